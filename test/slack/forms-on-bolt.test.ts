// Every form, opened in Slack by the button of the product's own message, filled in and sent: what it asks the person,
// which use case is asked for what, and what the person reads where it is refused.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Effect } from '../../src/core/model/effects.ts'
import type { EntryBody, EntryOf } from '../../src/core/model/entries.ts'
import type { Plan } from '../../src/core/model/plan.ts'
import { ofMove } from '../../src/core/model/subjects.ts'
import { mention } from '../../src/core/model/text.ts'
import type { Progress } from '../../src/core/telling/progress.ts'
import { button, buttons, hasButtons, type Message, message } from '../../src/slack/messages/blocks.ts'
import { planMessage } from '../../src/slack/messages/plan.ts'
import { statusMessage } from '../../src/slack/messages/status.ts'
import { move, plan, planned, seen, service } from '../support/plans.ts'
import { away, brokeOff, type Call, type Edge, GILES, HARRY, NOTHING, openEdge, PATIENT, told } from './on-bolt.ts'

const MOVES = [move({ id: 'vol-1', name: 'logs' }), move({ id: 'vol-2', name: 'dropbox' })]
const PLAN = plan(MOVES, { services: [service('logs'), service('dropbox')] })
/** Dropbox can wait. */
const LATER = plan(MOVES, { services: [service('logs'), service('dropbox', { need: 'deferrable' })] })
const RED = plan(MOVES, {
  uncovered: [
    { volume: 'vol-8', name: 'scratch', sizeGib: 5, instance: null, device: null },
    { volume: 'vol-9', name: 'mail', sizeGib: 500, instance: 'i-1', device: '/dev/sdf' },
  ],
})
const FREEZING: EntryBody = { kind: 'freezing', freeze: 'f', services: ['logs', 'dropbox'] }
const ABORTING: EntryBody = { kind: 'aborting', by: HARRY, reason: 'enough' }
const CLEANUP: readonly EntryBody[] = [
  ABORTING,
  { kind: 'aborted' },
  { kind: 'cleaning', by: HARRY },
  { kind: 'asked', gate: 'cleanup', basis: 'basis of cleanup', evidence: ['Deletes 1 of 1.'], again: null },
]
const failing = (effect: Effect, id: string): readonly EntryBody[] => [
  { kind: 'intended', effects: [effect] },
  { kind: 'failed', effect: id, issued: null, code: 'Stuck', problem: 'it hangs', remedy: 'look' },
]
const CUT: Effect = {
  subject: ofMove('vol-1'),
  step: 'snapshot',
  generation: 1,
  direction: 'forward',
  ...{ volumeId: 'vol-1', tags: {} },
}
const ATTACH: Effect = {
  subject: ofMove('vol-2'),
  step: 'attach',
  generation: 1,
  direction: 'forward',
  ...{ volumeId: 'vol-copy', instance: 'i-target', device: '/dev/sdf' },
}
const FENCE: Effect = {
  subject: ofMove('vol-1'),
  step: 'fence',
  generation: 1,
  direction: 'back',
  ...{ service: 'logs', resource: 'files', instances: ['i-target'], document: 'zonehop-replica-fence' },
}
const KEPT_BACK: EntryBody = {
  kind: 'warned',
  about: 'forecast over budget 1',
  service: null,
  text: 'It may be longer.',
}
const SLOW: EntryBody = { kind: 'warned', about: 'slow logs', service: 'logs', text: 'logs takes long.' }
const RIVAL: EntryBody = { kind: 'halted', why: 'somebody else drives' }

const last = (said: readonly EntryBody[], drawn = PLAN): Message => {
  const { thread } = told(drawn, ...said)
  const message = thread.findLast(hasButtons) ?? thread.at(-1)
  if (!message) throw new Error('the thread has no message')
  return message
}
const COPIES = { isCopying: true, left: null }
const line = { service: 'logs', sizeGib: 10, words: 'final snapshot', isFailed: false, isDone: false, ...COPIES }
const STATUS = (): Message => {
  const lines = [
    { ...line, name: 'dropbox', service: 'dropbox', percent: 50 },
    { ...line, name: 'logs', percent: 1 },
  ]
  const progress: Progress = { rev: 1, atMs: 1_000, lines, waits: [] }
  return statusMessage(told(PLAN, FREEZING, { kind: 'intended', effects: [CUT] }).m, {
    progress,
    nowMs: 1_000,
    approvers: [],
  })
}

let edge: Edge
beforeAll(async () => {
  edge = await openEdge()
})
afterAll(() => edge.close())

type Given = Parameters<Edge['given']>[0]

/** Opens the form behind this button before Giles. */
async function open(message: Message, label: string, given: Given = {}): Promise<void> {
  const ts = await edge.post(message)
  await edge.given(given)
  await edge.press(GILES, ts, label)
  await expect.poll(() => edge.formOf(GILES), PATIENT).not.toBeNull()
}

/** What the person sees of the form: title, questions, what it is sent with, and what is wrong in it. */
function shown() {
  const form = edge.formOf(GILES)
  if (!form) return null
  const { title, blocks, submit } = form.view
  const questions = blocks.flatMap((block) => (block.type === 'input' ? [block.label.text] : []))
  return { title: title.text, questions, submit: submit?.text, errors: form.errors, trouble: form.trouble }
}

const BY = { id: 'mig-1', by: GILES }
const WHY = { ...BY, reason: 'I have seen it' }
const DOWN = 'How do you know that nothing writes there any more?'
type Way = {
  readonly name: string
  readonly message: () => Message
  readonly label: string
  readonly sees: readonly [title: string, question: string, submit: string]
  readonly call: Call
}
/** Every button that opens a form with one question. */
const WAYS: readonly Way[] = [
  {
    name: 'a service whose step failed is deferred',
    message: () => last([FREEZING, ...failing(CUT, 'vol-1.snapshot.1')]),
    label: 'Go on without logs',
    sees: ['Go on without it', 'Why can logs wait?', 'Save'],
    call: { defer: { ...WHY, service: 'logs' } },
  },
  {
    name: 'a service that an alert warns of is deferred',
    message: () => last([{ kind: 'began' }, SLOW]),
    label: 'Go on without logs',
    sees: ['Go on without it', 'Why can logs wait?', 'Save'],
    call: { defer: { ...WHY, service: 'logs' } },
  },
  {
    name: 'an outage that is kept back may be longer than its budget',
    message: () => last([{ kind: 'began' }, KEPT_BACK]),
    label: 'Let it be longer',
    sees: ['Let it be longer', 'Why may the outage be longer?', 'Save'],
    call: { exceed: WHY },
  },
  {
    name: 'the slowest service of the status message is deferred',
    message: STATUS,
    label: 'Go on without logs',
    sees: ['Go on without it', 'Why can logs wait?', 'Save'],
    call: { defer: { ...WHY, service: 'logs' } },
  },
  {
    name: 'a deferred service is given back',
    message: () => last([FREEZING, { kind: 'wentLive', percents: {} }, ...failing(ATTACH, 'vol-2.attach.1')], LATER),
    label: 'Give dropbox back',
    sees: ['Give it back', 'Why does dropbox go back?', 'Save'],
    call: { giveBack: { ...WHY, service: 'dropbox' } },
  },
  {
    name: 'a migration is aborted from its status message',
    message: STATUS,
    label: 'Abort',
    sees: ['Abort', 'Why go back?', 'Abort'],
    call: { abort: WHY },
  },
  {
    name: 'a migration is aborted from an alert',
    message: () => last([{ kind: 'began' }, SLOW]),
    label: 'Abort',
    sees: ['Abort', 'Why go back?', 'Abort'],
    call: { abort: WHY },
  },
  {
    name: 'a migration that was halted is aborted',
    message: () => last([RIVAL]),
    label: 'Abort',
    sees: ['Abort', 'Why go back?', 'Abort'],
    call: { abort: WHY },
  },
  {
    name: 'a person vouches for a host that does not answer',
    message: () => last([ABORTING, ...failing(FENCE, 'vol-1.fence.1')]),
    label: 'It is down, I have seen it',
    sees: ['It is down', DOWN, 'Save'],
    call: { vouch: { ...WHY, effect: 'vol-1.fence.1' } },
  },
  {
    name: 'a deletion is approved by what is typed, whatever that is',
    message: () => last(CLEANUP),
    label: 'Delete',
    sees: ['Delete for good', 'Type mig-1 to delete what the thread names', 'Delete'],
    call: {
      approve: { ...BY, asked: 'n5', gate: 'cleanup', basis: 'basis of cleanup', typed: 'I have seen it' },
    },
  },
]

const NAMED = WAYS.map((way) => [way.name, way] as const)

test.each(NAMED)(
  '%s: the form asks one question, and what is typed is sent',
  async (_, { message, label, sees, call }) => {
    await open(message(), label)
    const [title, question, submit] = sees
    expect(shown()).toEqual({ title, questions: [question], submit, errors: {}, trouble: null })
    expect(edge.heard()).toEqual(NOTHING)
    await edge.send(GILES, { reason: 'I have seen it' })
    expect(edge.heard()).toEqual({ ...NOTHING, calls: [call] })
    expect(edge.formOf(GILES)).toBeNull()
  },
)

/** What a form says above its fields. */
function spoken(): readonly string[] {
  const blocks = edge.formOf(GILES)?.view.blocks ?? []
  const first = blocks.findIndex(({ type }) => type === 'input')
  return blocks.slice(0, first).flatMap((block) => (block.type === 'section' ? [block.text?.text ?? ''] : []))
}

const OPENS = 'stays down until its own copy is open in us-east-1c, after go-live. Go-live no longer waits for it.'
const KEPT = 'The snapshots and copies that were made are kept until a cleanup is approved.'
const LIVE: EntryBody = { kind: 'wentLive', percents: {} }
test.each<[string, Plan, readonly EntryBody[], () => Message, string, string | null]>([
  [
    'a deferral before the freeze',
    PLAN,
    [{ kind: 'began' }, SLOW],
    () => last([{ kind: 'began' }, SLOW]),
    'Go on without logs',
    `logs (100 GiB) stops before go-live as the others do, and ${OPENS}`,
  ],
  [
    'a deferral inside the outage',
    PLAN,
    [FREEZING],
    STATUS,
    'Go on without logs',
    `logs (100 GiB) is down now, and ${OPENS.replace('stays down', 'stays so')}`,
  ],
  [
    'giving back',
    LATER,
    [FREEZING, LIVE],
    () => last([FREEZING, LIVE, ...failing(ATTACH, 'vol-2.attach.1')], LATER),
    'Give dropbox back',
    'dropbox (100 GiB) serves in us-east-1a again, from its volumes there, and its copy for us-east-1c is given up. What is live in us-east-1c stays live.',
  ],
  [
    'an abort before the freeze',
    PLAN,
    [{ kind: 'began' }],
    STATUS,
    'Abort',
    `No service is stopped yet: all of them go on in us-east-1a, and nothing more is begun. ${KEPT}`,
  ],
  [
    'an abort inside the outage',
    PLAN,
    [FREEZING],
    STATUS,
    'Abort',
    `Every service (logs, dropbox) goes back: it opens in us-east-1a again, from its volumes there, and no data is copied back. ${KEPT}`,
  ],
  ['an abort that comes too late, which is refused', PLAN, [FREEZING, LIVE], STATUS, 'Abort', null],
  [
    'vouching',
    PLAN,
    [ABORTING, ...failing(FENCE, 'vol-1.fence.1')],
    () => last([ABORTING, ...failing(FENCE, 'vol-1.fence.1')]),
    'It is down, I have seen it',
    'On your word that nothing writes on i-target, logs starts again in us-east-1a. If something writes there after all, the two sides part, and what one of them wrote is lost.',
  ],
])('%s: the form says what will happen', async (_, drawn, said, message, label, sentence) => {
  await open(message(), label, { running: () => [told(drawn, ...said).m] })
  expect(spoken()).toEqual(sentence === null ? [] : [sentence])
})

test('a form with a reason opens also where what runs cannot be read: an abort must not wait for that', async () => {
  await open(STATUS(), 'Abort', { running: away })
  expect(spoken()).toEqual([])
  await edge.send(GILES, { reason: 'I have seen it' })
  expect(edge.heard()).toEqual({ ...NOTHING, calls: [{ abort: WHY }] })
})

test.each(NAMED)('%s: a refusal stands in the form, so that nothing typed is lost', async (_, { message, label }) => {
  await open(message(), label, { reply: () => ({ ok: false, text: `Only ${mention('U09')} may do this.` }) })
  await edge.send(GILES, { reason: 'I have seen it' })
  expect(shown()).toMatchObject({ errors: { reason: 'Only @U09 may do this.' }, trouble: null })
  expect(edge.heard()).toMatchObject({ read: [], logged: [] })
})

test.each(NAMED)('%s: what breaks off stands in the form, and in the log', async (_, { message, label }) => {
  await open(message(), label, { reply: away })
  await edge.send(GILES, { reason: 'I have seen it' })
  expect(shown()).toMatchObject({ errors: { reason: brokeOff('Error: Redis is away') }, trouble: null })
  expect(edge.heard()).toMatchObject({ read: [], logged: ['Redis is away'] })
})

test.each(NAMED)('%s: a form that is closed, or sent empty, asks for nothing', async (_, { message, label }) => {
  await open(message(), label)
  await edge.send(GILES, {})
  expect(shown()?.errors).toEqual({ reason: 'This field is required.' })
  await edge.slack.dismiss(GILES, edge.formOf(GILES)?.id ?? '')
  expect(edge.heard()).toEqual(NOTHING)
})

test.each<[string, () => Message, string, number]>([
  ['a reason has room for 200 characters', STATUS, 'Abort', 200],
  ['an id has room for 50 characters', () => last(CLEANUP), 'Delete', 50],
])('%s, and no more', async (_, message, label, most) => {
  await open(message(), label)
  await edge.send(GILES, { reason: 'x'.repeat(most + 1) })
  expect(Object.keys(shown()?.errors ?? {})).toEqual(['reason'])
  expect(edge.heard().calls).toEqual([])
  await edge.send(GILES, { reason: 'x'.repeat(most) })
  expect(edge.heard().calls).toHaveLength(1)
})

test('the form of a refusal can be sent again', async () => {
  const replies = [
    { ok: false, text: 'Type mig-1 to approve; you typed "mig-2".' },
    { ok: true, text: 'You approved cleanup.' },
  ]
  await open(last(CLEANUP), 'Delete', { reply: () => replies.shift() ?? away() })
  await edge.send(GILES, { reason: 'mig-2' })
  expect(shown()?.errors).toEqual({ reason: 'Type mig-1 to approve; you typed "mig-2".' })
  await edge.send(GILES, { reason: 'mig-1' })
  expect(edge.formOf(GILES)).toBeNull()
  expect(edge.heard().calls.map((call) => (call.approve as { typed: string }).typed)).toEqual(['mig-2', 'mig-1'])
})

/** What each question offers, and what is filled in. */
function choices() {
  const elements = edge.formOf(GILES)?.view.blocks.flatMap((block) => (block.type === 'input' ? [block.element] : []))
  return elements?.map((element) => {
    if (element.type !== 'static_select') throw new Error(`${element.type} is no choice`)
    const values = element.options.map(({ value }) => value)
    return { values, ...(element.initial_option ? { filledIn: element.initial_option.value } : {}) }
  })
}
const RUNNING: Given = { running: () => [told(RED).m] }

test('a route is chosen for the volume of the button, which the form names, and nothing is filled in', async () => {
  await open(last([], RED), 'Choose for mail', RUNNING)
  const questions = ['What happens to it?', 'Can the site open without it?', 'Which service is it?']
  expect(shown()).toMatchObject({ title: 'Choose a route', questions, submit: 'Save' })
  expect(choices()).toEqual([
    { values: ['snapshot', 'stay'] },
    { values: ['required', 'deferrable'] },
    { values: ['mail', 'dropbox', 'logs'] },
  ])
  const about = edge.formOf(GILES)?.view.blocks[0]
  expect(about).toMatchObject({
    type: 'section',
    text: { text: expect.stringMatching(/^mail \(vol-9, \d+ GiB, .+\)$/) },
  })
  expect(spoken().slice(1)).toEqual([
    'If it is required, the outage waits for the copy of its 500 GiB. If it can come later, it stays down until its copy is open in us-east-1c, after go-live. If it stays, nothing of it is copied, and us-east-1c goes without it.',
  ])
  await edge.send(GILES, {})
  expect(edge.heard().calls).toEqual([])
  expect(shown()?.errors).toMatchObject({ route: expect.any(String) })
  await edge.send(GILES, { route: 'snapshot', need: 'required', service: 'mail' })
  const choice = { volume: 'vol-9', service: 'mail', route: 'snapshot', need: 'required' }
  expect(edge.heard()).toEqual({ ...NOTHING, calls: [{ choose: { ...BY, choice } }] })
})

test('a volume that a red check is about has a button, and one that nobody can move is only let stay', async () => {
  const check = (volume: string) => ({
    ...{ name: `route of ${volume}`, result: 'red', cause: 'it is taken', remedy: 'free it', volume },
  })
  const stopped = plan(MOVES, { checks: [check('vol-1'), check('vol-2'), check('vol-gone')] as Plan['checks'] })
  const [logs, dropbox] = MOVES.map((one) => seen(one))
  if (!logs || !dropbox) throw new Error('There are two moves')
  const loose = { ...dropbox, attachments: [] }
  const { m } = told(stopped)
  const running = { ...m, inventory: { ...m.inventory, volumes: [logs, loose] } }
  const message = planMessage(running, planned('mig-1', { plan: stopped }) as EntryOf<'planned'>, {
    approvers: [],
    entries: [],
  })
  if (!message) throw new Error('A red plan is told')
  const labels = JSON.stringify(message.blocks).match(/Choose for \w+/g)
  expect(new Set(labels)).toEqual(new Set(['Choose for logs', 'Choose for dropbox']))
  await open(message, 'Choose for logs', { running: () => [running] })
  expect(choices()?.map(({ values }) => values[0])).toEqual(['snapshot', 'required', 'logs'])
  await open(message, 'Choose for dropbox', { running: () => [running] })
  expect(choices()).toEqual([{ values: ['stay'] }])
  expect(edge.formOf(GILES)?.view.blocks[0]).toMatchObject({
    text: { text: 'dropbox (vol-2, 100 GiB, attached to nothing). It cannot move as it stands.' },
  })
  expect(spoken().slice(1)).toEqual([
    'It stays in us-east-1a as it is: nothing of it is copied, and us-east-1c goes without it.',
  ])
  await edge.send(GILES, { route: 'stay' })
  const choice = { volume: 'vol-2', service: 'vol-2', route: 'stay', need: 'required' }
  expect(edge.heard()).toEqual({ ...NOTHING, calls: [{ choose: { ...BY, choice } }] })
})

test('a route is chosen as it was picked', async () => {
  await open(last([], RED), 'Choose for scratch', RUNNING)
  await edge.send(GILES, { route: 'stay', need: 'deferrable', service: 'logs' })
  const choice = { volume: 'vol-8', service: 'logs', route: 'stay', need: 'deferrable' }
  expect(edge.heard()).toEqual({ ...NOTHING, calls: [{ choose: { ...BY, choice } }] })
  expect(edge.formOf(GILES)).toBeNull()
})

test.each<[string, () => never | { ok: false; text: string }, string]>([
  ['a choice that is refused', () => ({ ok: false, text: 'It is too late.' }), 'It is too late.'],
  ['a choice that breaks off', away, brokeOff('Error: Redis is away')],
])('%s says so at the first question of its form', async (_, reply, sentence) => {
  await open(last([], RED), 'Choose for mail', { ...RUNNING, reply })
  await edge.send(GILES, { route: 'snapshot', need: 'required', service: 'mail' })
  expect(shown()).toMatchObject({ errors: { route: sentence }, trouble: null })
})

test.each<[string, readonly string[], readonly string[]]>([
  ['a service of the same name as the volume is offered once', ['mail', 'logs'], ['mail', 'logs']],
  [
    'of more services than a menu holds, the first are offered',
    Array.from({ length: 120 }, (_, index) => `s${index}`),
    ['mail', ...Array.from({ length: 99 }, (_, index) => `s${index}`)],
  ],
])('%s', async (_, names, offered) => {
  const drawn = { ...RED, services: names.map((name) => service(name)) }
  await open(last([], RED), 'Choose for mail', { running: () => [told(drawn).m] })
  expect(choices()?.[2]).toEqual({ values: offered })
})

test('the services of another migration are not offered', async () => {
  await open(last([], RED), 'Choose for mail', { running: () => [{ ...told(RED).m, id: 'mig-2' }] })
  expect(choices()?.[2]?.values).toEqual(['mail'])
})

const old = (actionId: string): Message => message('An old one.', [buttons(button(actionId, 'Old', {}))])
type Broken = readonly [name: string, message: () => Message, label: string, given: Given, late: boolean]
const BROKEN: readonly Broken[] = [
  ...WAYS.map(({ name, message, label }): Broken => [`${name}, and its trigger is too old`, message, label, {}, true]),
  ['a route is chosen, and its trigger is too old', () => last([], RED), 'Choose for mail', RUNNING, true],
  ['a route is chosen, and what runs cannot be read', () => last([], RED), 'Choose for mail', { running: away }, false],
]

test.each(BROKEN)(
  '%s: no form opens, nothing is asked for, and the log says why',
  async (_, message, label, given, late) => {
    const ts = await edge.post(message())
    await edge.given(given, late)
    await edge.press(GILES, ts, label)
    await expect.poll(() => edge.heard().logged, PATIENT).toHaveLength(1)
    expect(edge.heard().calls).toEqual([])
    expect(edge.formOf(GILES)).toBeNull()
  },
)

test.each(BROKEN)('%s: the person reads that no form opened', async (_, message, label, given, late) => {
  const ts = await edge.post(message())
  await edge.given(given, late)
  await edge.press(GILES, ts, label)
  await expect.poll(() => edge.heard().read, PATIENT).toEqual([expect.stringMatching(/^The form did not open \(/)])
})

test('the button of an old message, which names no migration, opens no form, and the person reads why', async () => {
  const ts = await edge.post(old('abort-migration'))
  await edge.given({})
  await edge.press(GILES, ts, 'Old')
  await expect.poll(() => edge.heard().read, PATIENT).toEqual([expect.stringMatching(/^This button is of another/)])
  expect(edge.heard()).toMatchObject({ calls: [], logged: [] })
  expect(edge.formOf(GILES)).toBeNull()
})
