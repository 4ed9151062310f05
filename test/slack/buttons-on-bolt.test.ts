// Every button that asks at once, pressed in Slack as the product's own messages show it: which use case is asked for
// what, and what the person reads. Buttons that open a form are in forms-on-bolt.test.ts.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Effect } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Gate } from '../../src/core/model/migration.ts'
import { ofMove, ofService } from '../../src/core/model/subjects.ts'
import { mention } from '../../src/core/model/text.ts'
import { button, buttons, type Message, message } from '../../src/slack/messages/blocks.ts'
import { move, plan } from '../support/plans.ts'
import { away, brokeOff, type Call, type Edge, GILES, HARRY, NOTHING, openEdge, PATIENT, told } from './on-bolt.ts'

const PLAN = plan([move({ id: 'vol-1', name: 'logs' }), move({ id: 'vol-2', name: 'dropbox' })])
const asked = (gate: Gate): EntryBody => ({ kind: 'asked', gate, basis: `basis of ${gate}`, evidence: [], again: null })
const SUSPECTED: EntryBody = { kind: 'suspected', about: 'left', says: 'zonehop:left=mig-1', volumes: ['vol-1'] }
const FREEZING: EntryBody = { kind: 'freezing', freeze: 'f', services: ['logs', 'dropbox'] }
const ABORTING: EntryBody = { kind: 'aborting', by: GILES, reason: 'enough' }
const RIVAL: EntryBody = { kind: 'halted', why: 'somebody else drives' }
const hands = (step: 'freeze' | 'unfreeze' | 'open', direction: 'forward' | 'back'): EntryBody => {
  const work = { method: 'manual', todo: ['on i-1: `umount /dev/sdf`'] } as const
  const of = { subject: ofService('logs'), service: 'logs', instances: ['i-1'], work }
  const effect: Effect = { ...of, step, generation: 1, direction }
  return { kind: 'intended', effects: [effect] }
}
const CUT: Effect = {
  subject: ofMove('vol-1'),
  step: 'snapshot',
  generation: 1,
  direction: 'forward',
  ...{ volumeId: 'vol-1', tags: {} },
}
const FAILED: EntryBody = {
  kind: 'failed',
  effect: 'vol-1.snapshot.1',
  issued: null,
  ...{ code: 'UnauthorizedOperation', problem: 'You may not', remedy: 'give the permission' },
}

let edge: Edge
beforeAll(async () => {
  edge = await openEdge()
})
afterAll(() => edge.close())

/** Posts the last message of the thread, and tells its ts. */
async function posted(...said: readonly EntryBody[]): Promise<string> {
  const last = told(PLAN, ...said).thread.at(-1)
  if (!last) throw new Error('the thread has no message')
  await edge.given()
  return edge.post(last)
}

const BY = { id: 'mig-1', by: GILES }

test.each<[string, string, readonly EntryBody[], Call]>([
  [
    'start is approved by the question that was asked',
    'Start',
    [asked('start')],
    { approve: { ...BY, asked: 'n2', gate: 'start', basis: 'basis of start' } },
  ],
  [
    'freeze is approved by the question that was asked',
    'Stop writes',
    [{ kind: 'began' }, asked('freeze')],
    { approve: { ...BY, asked: 'n3', gate: 'freeze', basis: 'basis of freeze' } },
  ],
  [
    'going live is approved by the question that was asked',
    'Go live',
    [{ kind: 'began' }, FREEZING, asked('goLive')],
    { approve: { ...BY, asked: 'n4', gate: 'goLive', basis: 'basis of goLive' } },
  ],
  ['what tags say is so, by its entry', 'It is so', [SUSPECTED], { settle: { ...BY, suspected: 'n2', isSo: true } }],
  [
    'what tags say is not so, by its entry',
    'It is not so',
    [SUSPECTED],
    { settle: { ...BY, suspected: 'n2', isSo: false } },
  ],
  ['a start is declined by its question', 'Decline', [asked('start')], { decline: { ...BY, asked: 'n2' } }],
  [
    'a freeze by hand is confirmed by the entry that asks for it',
    'This is done',
    [FREEZING, hands('freeze', 'forward')],
    { confirm: { ...BY, intended: 'n3' } },
  ],
  [
    'an opening by hand is confirmed by the entry that asks for it',
    'This is done',
    [FREEZING, { kind: 'wentLive', percents: {} }, hands('open', 'forward')],
    { confirm: { ...BY, intended: 'n4' } },
  ],
  [
    'a way back by hand is confirmed by the entry that asks for it',
    'This is done',
    [FREEZING, ABORTING, hands('unfreeze', 'back')],
    { confirm: { ...BY, intended: 'n4' } },
  ],
  [
    'a step that failed is tried again by its own name',
    'Retry',
    [FREEZING, { kind: 'intended', effects: [CUT] }, FAILED],
    { retry: { ...BY, what: 'vol-1.snapshot.1' } },
  ],
  [
    'an entry that does not fit is passed by its name',
    'Pass this began',
    [{ kind: 'began' }, { kind: 'began' }],
    { skip: { ...BY, entry: 'n3' } },
  ],
  ['what was halted goes on', 'They are stopped: go on', [RIVAL], { resume: BY }],
])('%s', async (_, label, said, call) => {
  await edge.press(GILES, await posted(...said), label)
  await expect.poll(() => edge.heard(), PATIENT).toEqual({ ...NOTHING, calls: [call] })
})

test('who presses is who asks, and nobody is told in words what the message will show', async () => {
  await edge.press(HARRY, await posted(asked('start')), 'Start')
  await expect.poll(() => edge.heard().calls, PATIENT).toEqual([{ approve: expect.objectContaining({ by: HARRY }) }])
  expect([edge.heard(GILES).read, edge.heard(HARRY).read]).toEqual([[], []])
})

test('each of two entries that do not fit is passed by its own button', async () => {
  const { thread } = told(PLAN, { kind: 'began' }, { kind: 'began' }, { kind: 'done' })
  const [, first, second] = thread as readonly [Message, Message, Message]
  await edge.given()
  const [ofFirst, ofSecond] = [await edge.post(first), await edge.post(second)]
  await edge.press(GILES, ofSecond, 'Pass this done')
  await edge.press(GILES, ofFirst, 'Pass this began')
  await expect
    .poll(() => edge.heard().calls, PATIENT)
    .toEqual([{ skip: { ...BY, entry: 'n4' } }, { skip: { ...BY, entry: 'n3' } }])
})

const PRESSES: readonly [name: string, label: string, said: readonly EntryBody[]][] = [
  ['an approval', 'Start', [asked('start')]],
  ['a decline', 'Decline', [asked('start')]],
  ['a confirmation', 'This is done', [FREEZING, hands('freeze', 'forward')]],
  ['a retry', 'Retry', [FREEZING, { kind: 'intended', effects: [CUT] }, FAILED]],
  ['a skip', 'Pass this began', [{ kind: 'began' }, { kind: 'began' }]],
  ['a resumption', 'They are stopped: go on', [RIVAL]],
]

test.each(PRESSES)(
  '%s that is refused is answered to that person alone, and the buttons stay',
  async (_, label, said) => {
    const ts = await posted(...said)
    const before = edge.slack.messages().find((message) => message.ts === ts)
    await edge.given({ reply: () => ({ ok: false, text: `Only ${mention('U09')} may do this.` }) })
    await edge.press(GILES, ts, label)
    await expect.poll(() => edge.heard().read, PATIENT).toEqual(['Only <@U09> may do this.'])
    expect(edge.heard(HARRY).read).toEqual([])
    expect(edge.slack.messages().find((message) => message.ts === ts)).toEqual(before)
  },
)

test.each(PRESSES)('%s that breaks off is answered to that person alone, and logged', async (_, label, said) => {
  const ts = await posted(...said)
  await edge.given({ reply: away })
  await edge.press(GILES, ts, label)
  await expect.poll(() => edge.heard().read, PATIENT).toEqual([brokeOff('Error: Redis is away')])
  expect(edge.heard().logged).toEqual(['Redis is away'])
  expect(edge.heard(HARRY).read).toEqual([])
})

test('a cause that is too long for a sentence is cut', async () => {
  const ts = await posted(asked('start'))
  await edge.given({
    reply: () => {
      throw new Error('x'.repeat(1_000))
    },
  })
  await edge.press(GILES, ts, 'Start')
  await expect.poll(() => edge.heard().read, PATIENT).toEqual([brokeOff(`Error: ${'x'.repeat(292)}…`)])
})

/** A message whose button another version of zonehop may have left in the channel. */
const old = (actionId: string, value: object): Message =>
  message('An old question.', [buttons(button(actionId, 'Old', value))])

test.each<[string, string, object]>([
  ['an approval without its question', 'approve-start', { id: 'mig-1', gate: 'start', basis: 'b' }],
  ['an approval without its basis', 'approve-start', { id: 'mig-1', gate: 'start', asked: 'n2' }],
  ['an approval of a gate that there is not', 'approve-thaw', { id: 'mig-1', asked: 'n2', gate: 'thaw', basis: 'b' }],
  ['a decline without its question', 'decline-start', { id: 'mig-1' }],
  ['a confirmation without its entry', 'confirm-freeze', { id: 'mig-1' }],
  ['a retry without its step', 'retry-step', { id: 'mig-1' }],
  ['a skip without its entry', 'skip-entry', { id: 'mig-1' }],
  ['a resumption without its migration', 'resume-halted', {}],
])('%s asks for nothing, and the person reads that it is of another version', async (_, actionId, value) => {
  await edge.given()
  await edge.press(GILES, await edge.post(old(actionId, value)), 'Old')
  await expect
    .poll(() => edge.heard().read, PATIENT)
    .toEqual([expect.stringMatching(/^This button is of another version/)])
  expect(edge.heard()).toMatchObject({ calls: [], logged: [] })
})

test('what a button carries beyond what is asked is not handed on', async () => {
  await edge.given()
  const value = { id: 'mig-1', intended: 'n3', by: HARRY, typed: 'mig-1' }
  await edge.press(GILES, await edge.post(old('confirm-freeze', value)), 'Old')
  await expect.poll(() => edge.heard().calls, PATIENT).toEqual([{ confirm: { ...BY, intended: 'n3' } }])
})
