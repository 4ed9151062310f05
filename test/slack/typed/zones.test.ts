// Two zones as people type them; what could be read either way is asked for again.
import { describe, expect, test } from 'vitest'
import { parseCommand } from '../../../src/slack/command.ts'

const ZONES = { sourceZone: 'us-east-1a', targetZone: 'us-east-1c' }
const A_TO_C = { verb: 'start', ...ZONES, seeds: true, isMeant: false, budgetMinutes: null, atMinute: null }

describe('two zones', () => {
  test.each([
    'us-east-1a us-east-1c',
    'US-EAST-1A US-East-1c',
    'us-east-1a to us-east-1c',
    'from us-east-1a to us-east-1c',
    'From us-east-1a To us-east-1c.',
    'to us-east-1c from us-east-1a',
    'us-east-1a, us-east-1c',
    'us-east-1a,us-east-1c',
    'us-east-1a -> us-east-1c',
    'us-east-1a->us-east-1c',
    'us-east-1a-&gt;us-east-1c',
    'us-east-1a → us-east-1c',
    'us-east-1a→us-east-1c',
    'us-east-1a => us-east-1c',
    'us-east-1a — us-east-1c',
    'us‑east‑1a –> us–east–1c',
    '`us-east-1a` “us-east-1c”',
    '&lt;us-east-1a&gt; &lt;us-east-1c&gt;',
  ])('%s', (text) => {
    expect(parseCommand(`start ${text}`)).toEqual(A_TO_C)
  })

  test('by id, in any case', () => {
    const ids = { verb: 'start', sourceZone: 'use1-az4', targetZone: 'use1-az6' }
    expect(parseCommand('start use1-az4 USE1-AZ6')).toMatchObject(ids)
    expect(parseCommand('plan us-east-1a use1-az6')).toMatchObject({ sourceZone: 'us-east-1a', targetZone: 'use1-az6' })
  })

  test.each([
    ['start us-east-1a', 'start needs exactly two zones'],
    ['start us-east-1a us-east-1b us-east-1c', 'start needs exactly two zones'],
    ['start us-east-1a us-east-1a', 'Source and target are both us-east-1a; name two different zones'],
    ['plan us-east-1a to US-EAST-1A', 'Source and target are both us-east-1a'],
    ['start us-east-1a &lt;- us-east-1c', '"<-" is not an availability zone'],
    ['start us-east-1a&lt;-us-east-1c', '"us-east-1a<-us-east-1c" is not an availability zone'],
    ['start us-east-1a &lt;-&gt; us-east-1c', '"<" is not an availability zone'],
    ['start us-east-1a ← us-east-1c', '"←" is not an availability zone'],
    ['start to us-east-1a to us-east-1c', 'It is not clear which zone is left'],
    ['start from us-east-1a from us-east-1c', 'It is not clear which zone is left'],
    ['start us-east-1a from us-east-1c', null],
    ['start us-east-1 us-east-1c', '"us-east-1" is not an availability zone; one looks like us-east-1a'],
    ['start mig-0a us-east-1a us-east-1c', '"mig-0a" is not an availability zone'],
  ])('%s', (text, wrong) => {
    const command = parseCommand(text)
    if (wrong) expect(command).toEqual({ verb: 'wrong', sentence: expect.stringContaining(wrong) })
    else expect(command).toMatchObject({ sourceZone: 'us-east-1c', targetZone: 'us-east-1a' })
  })
})

describe('what is left is repeated', () => {
  test.each([
    ['start us-east-1a us-east-1c --yes-leave us-east-1a', { ...A_TO_C, isMeant: true }],
    ['start us-east-1a us-east-1c —yes-leave us-east-1a', { ...A_TO_C, isMeant: true }],
    ['start --yes-leave us-east-1a us-east-1a us-east-1c', { ...A_TO_C, isMeant: true }],
    ['start us-east-1a us-east-1c --no-seed --yes-leave us-east-1a', { ...A_TO_C, isMeant: true, seeds: false }],
    ['start us-east-1a us-east-1c --yes-leave us-east-1c', { verb: 'wrong' }],
    ['start us-east-1a us-east-1c --yes-leave', { verb: 'wrong' }],
    ['plan us-east-1a us-east-1c --yes-leave us-east-1a', { verb: 'wrong' }],
  ])('%s', (text, command) => {
    expect(parseCommand(text)).toMatchObject(command)
  })
})

describe('a time before which the outage is not asked for', () => {
  test.each([
    ['--at 05:00', 300],
    ['--at 5:00', 300],
    ['--at 0500', 300],
    ['—at 05:00Z', 300],
    ['--at=23:59', 1_439],
    ['at 00:00 UTC', 0],
    ['--at 05:00 --budget 15m', 300],
  ])('%s', (option, atMinute) => {
    expect(parseCommand(`start us-east-1a us-east-1c ${option}`)).toMatchObject({ verb: 'start', ...ZONES, atMinute })
    expect(parseCommand(`start ${option} us-east-1a us-east-1c`)).toMatchObject({ verb: 'start', ...ZONES, atMinute })
  })

  test.each(['--at', '--at noon', '--at 24:00', '--at 5', '--at 05:60', '--at 2026-03-05'])('%s is none', (option) => {
    expect(parseCommand(`start us-east-1a us-east-1c ${option}`)).toMatchObject({
      sentence: expect.stringContaining('--at takes a time of day in UTC, such as --at 05:00'),
    })
  })

  test('no other command takes it', () => {
    expect(parseCommand('plan us-east-1a us-east-1c --at 05:00')).toMatchObject({
      sentence: expect.stringMatching(/is not an option of plan/),
    })
  })
})

describe('a budget', () => {
  test.each([
    ['--budget 15m', 15],
    ['--budget 15min', 15],
    ['—budget 15M', 15],
    ['--budget=2h', 120],
    ['--budget 1h30', 90],
    ['--budget 168h', 10_080],
    ['--budget 1h30m --no-seed', 90],
  ])('%s', (option, budgetMinutes) => {
    expect(parseCommand(`start us-east-1a us-east-1c ${option}`)).toMatchObject({
      verb: 'start',
      ...ZONES,
      budgetMinutes,
    })
    expect(parseCommand(`start ${option} us-east-1a us-east-1c`)).toMatchObject({
      verb: 'start',
      ...ZONES,
      budgetMinutes,
    })
  })

  test.each([
    '--budget',
    '--budget 15',
    '--budget 0m',
    '--budget soon',
    '--budget 1h90s',
    '--budget 168h1',
    '--budget 999h',
  ])('not %s', (option) => {
    expect(parseCommand(`start us-east-1a us-east-1c ${option}`)).toEqual({
      verb: 'wrong',
      sentence: expect.stringMatching(
        /^--budget takes minutes or hours, at most a week, such as --budget 15m or --budget 1h30: \/migrate start /,
      ),
    })
  })
})
