// What may be typed in a terminal, and the sentence for what may not.
import { expect, test } from 'vitest'
import { FORMS, HELP, parseTyped } from '../../src/terminal/command.ts'

test.each<[string, object]>([
  ['status', { verb: 'status', id: null, isWatched: false }],
  ['status mig-1', { verb: 'status', id: 'mig-1', isWatched: false }],
  ['', { verb: 'help' }],
  ['help', { verb: 'help' }],
  ['approve --help', { verb: 'help' }],
  ['approve freeze', { verb: 'approve', gate: 'freeze', id: null, code: null }],
  ['approve goLive mig-1 --code abc123', { verb: 'approve', gate: 'goLive', id: 'mig-1', code: 'abc123' }],
  ['confirm --code abc123', { verb: 'confirm', id: null, code: 'abc123' }],
  ['decline mig-1', { verb: 'decline', id: 'mig-1' }],
  ['pause', { verb: 'pause', id: null }],
  ['resume mig-1', { verb: 'resume', id: 'mig-1' }],
  ['abort --because slow', { verb: 'abort', id: null, reason: 'slow' }],
  ['report --to out', { verb: 'report', id: null, directory: 'out' }],
  ['report mig-1 --to out', { verb: 'report', id: 'mig-1', directory: 'out' }],
  ['note we called them', { verb: 'note', id: null, text: 'we called them' }],
  ['note mig-1 we called mig-2', { verb: 'note', id: 'mig-1', text: 'we called mig-2' }],
  ['return mail mig-1 --because slow', { verb: 'return', service: 'mail', id: 'mig-1', reason: 'slow' }],
  ['status --watch', { verb: 'status', id: null, isWatched: true }],
  ['plan us-east-1a USE1-AZ4', { verb: 'plan', sourceZone: 'us-east-1a', targetZone: 'use1-az4' }],
  [
    'start us-east-1a us-east-1c --channel C0TEAM --no-seed --budget 1h30 --at 5:30 --yes-leave us-east-1a',
    {
      ...{ verb: 'start', sourceZone: 'us-east-1a', targetZone: 'us-east-1c' },
      ...{ channel: 'C0TEAM', seeds: false, isMeant: true, budgetMinutes: 90, atMinute: 330 },
    },
  ],
  ['exceed mig-1 --because nobody-is-up', { verb: 'exceed', id: 'mig-1', reason: 'nobody-is-up' }],
  ['defer mail mig-1 --because slow', { verb: 'defer', service: 'mail', id: 'mig-1', reason: 'slow' }],
  ['retry mail', { verb: 'retry', what: 'mail', id: null }],
  ['cleanup mig-1', { verb: 'cleanup', id: 'mig-1' }],
  ['journal', { verb: 'journal', id: null }],
  ['choose vol-1 stay', { verb: 'choose', volume: 'vol-1', route: 'stay', id: null, service: null, need: null }],
  [
    'choose logs snapshot mig-1 --service files --need required',
    { verb: 'choose', volume: 'logs', route: 'snapshot', id: 'mig-1', service: 'files', need: 'required' },
  ],
  ['vouch', { verb: 'vouch', id: null, code: null, reason: '' }],
  ['vouch --code abc --because seen', { verb: 'vouch', id: null, code: 'abc', reason: 'seen' }],
  ['settle no mig-1', { verb: 'settle', isSo: false, id: 'mig-1', code: null }],
  ['skip --code abc', { verb: 'skip', id: null, code: 'abc' }],
])('zonehop %s', (line, typed) => {
  expect(parseTyped(line.split(' ').filter(Boolean))).toEqual({ typed, isJson: false })
})

test('the answer may be JSON', () => {
  expect(parseTyped(['status', '--json'])).toEqual({
    typed: { verb: 'status', id: null, isWatched: false },
    isJson: true,
  })
})

test.each([
  ['statos', 'There is no "statos". `zonehop help` shows every form.'],
  ['approve', '"" is no gate: zonehop approve start|freeze|goLive|cleanup [<id>] --code <code>'],
  ['approve golive', '"golive" is no gate'],
  ['status all', '"all" is no id of a migration: zonehop status [<id>] [--json] [--watch]'],
  ['pause mig-1 mig-2', 'It takes one id at most: zonehop pause [<id>]'],
  ['abort', 'Say why: zonehop abort [<id>] --because <reason>'],
  ['abort mig-1 --because=', 'Say why'],
  ['report', 'Say where to write it: zonehop report [<id>] --to <directory>'],
  ['report now --to out', '"now" is no id of a migration'],
  ['note', 'Say what to note: zonehop note [<id>] <text>'],
  ['note mig-1', 'Say what to note'],
  ['return', 'It takes the name of a service: zonehop return <service> [<id>] --because <reason>'],
  ['return mail', 'Say why'],
  ['status --jsn', 'jsn'],
  ['plan us-east-1a', 'It takes exactly two zones: zonehop plan <source zone> <target zone>'],
  ['plan us-east-1a here', '"here" is not an availability zone; one looks like us-east-1a'],
  ['start us-east-1a us-east-1a --channel C0TEAM', 'Source and target are both us-east-1a'],
  ['start us-east-1a us-east-1c', 'Say in which channel it has its thread'],
  ['start us-east-1a us-east-1c --channel C0TEAM --yes-leave us-east-1c', '--yes-leave us-east-1a'],
  ['exceed', 'Say why: zonehop exceed [<id>] --because <reason>'],
  ['defer mail', 'Say why: zonehop defer <service> [<id>] --because <reason>'],
  ['retry', 'Say what to retry'],
  ['choose', 'It takes a volume, by id or Name'],
  ['choose logs', 'Say what happens to it, stay or snapshot'],
  ['choose logs snapshot', 'Say whether the site can open without it'],
  ['choose logs snapshot --need none', '"none" is no need'],
  ['vouch --code abc', 'Say how you know'],
  ['settle', 'Say whether it is so, yes or no'],
])('zonehop %s is refused', (line, sentence) => {
  expect(parseTyped(line.split(' ').filter(Boolean))).toEqual({ wrong: expect.stringContaining(sentence) })
})

test('help lists every form, in 80 columns', () => {
  for (const line of HELP.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  const told = HELP.replaceAll(/\s+/g, ' ')
  for (const form of Object.values(FORMS)) expect(told).toContain(form)
})
