// Migrations that cannot begin at first, and begin once people have put right what was said.
import { expect, test } from 'vitest'
import { notInvited } from '../../src/demo/scenarios/not-invited.ts'
import { redThenGreen } from '../../src/demo/scenarios/red-then-green.ts'
import { secondTry } from '../../src/demo/scenarios/second-try.ts'
import { playFast } from '../support/play.ts'
import { expectTranscript } from '../support/transcript.ts'
import { expectAllowed } from './permissions.ts'

test('not-invited: answered with the invitation, and nothing begun; then whatever is deleted comes back', {
  timeout: 240_000,
}, async () => {
  const json = await playFast(notInvited)
  expect(json.wrong).toEqual([])
  expect(json.migration?.phase).toBe('done')
  const said = (text: string) => json.transcript.filter((row) => !row.edited && row.text.includes(text))
  expect(said('I am not in this channel: type /invite @zonehop, then this again.')).toHaveLength(1)
  // The same command twice, and one migration.
  expect(
    json.transcript.filter(({ user, text }) => user === 'giles' && text.startsWith('/migrate start')),
  ).toHaveLength(2)
  expect(said('is planned; its status message')).toHaveLength(1)
  const gates = json.transcript.filter(({ edited, text }) => !edited && /Stop writes now\?|^Stop writes \(/.test(text))
  expect(gates.length).toBeGreaterThan(1)
  const roots = json.transcript.filter(
    ({ user, thread, text, edited }) => !edited && user === 'zonehop' && thread === null && !text.startsWith('(only'),
  )
  expect(roots).toHaveLength(2)
  const [gate] = said('Go live?')
  expect(gate?.thread).not.toBe(said('Start moving')[0]?.thread)
  expectAllowed(json)
})

test('red-then-green: what is put right while it waits is red no more, without a new command', {
  timeout: 240_000,
}, async () => {
  const json = await playFast(redThenGreen)
  expect(json.wrong).toEqual([])
  expect(json.migration?.phase).toBe('done')
  expect(json.transcript.filter(({ user }) => user === 'giles')).toHaveLength(1)
  const reds = json.transcript.filter(
    ({ edited, text }) => !edited && text.includes('Blocked, and nothing has started'),
  )
  const [first, last] = [reds[0]?.text ?? '', reds.at(-1)?.text ?? '']
  for (const cause of ['is taken by', 'SSM says ConnectionLost', 'SSM has no such document'])
    expect(first).toContain(cause)
  expect(last).toContain('SSM has no such document')
  expect(last).not.toContain('is taken by')
  expectAllowed(json)
  expectTranscript('red-then-green', json.transcript)
})

test('second-try: the copies of the first one are named at the start, and gone before the outage', {
  timeout: 240_000,
}, async () => {
  const json = await playFast(secondTry)
  expect(json.wrong).toEqual([])
  expect(json.migration?.phase).toBe('done')
  const asked = json.transcript.filter(
    ({ edited, text }) => !edited && text.startsWith('Start, what an approval covers'),
  )
  expect(asked.map(({ text }) => text.split('Deletes first: ').length - 1)).toEqual([0, 2])
  const at = (text: string) => json.transcript.findLastIndex((row) => !row.edited && row.text.includes(text))
  expect(at('Deleted, as the start said, where new copies go: ')).toBeGreaterThan(at('Started by '))
  expect(at('Deleted, as the start said, where new copies go: ')).toBeLessThan(at('Stop writes now?'))
  expectAllowed(json)
  expectTranscript('second-try', json.transcript)
})
