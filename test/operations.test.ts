// What people ask for, as far as the journal: who may, what is said to them, and what stands there afterwards.
import { expect, test } from 'vitest'
import type { Effect } from '../src/core/model/effects.ts'
import { type EntryBody, JOURNAL_VERSION } from '../src/core/model/entries.ts'
import { NO_RULES } from '../src/core/model/rules.ts'
import { ofMove } from '../src/core/model/subjects.ts'
import type { Reply, UseCases } from '../src/core/ports.ts'
import { type OperationPorts, operations } from '../src/operations.ts'
import { checkEntry } from '../src/store/entry-schema.ts'
import { type MemoryJournal, memoryJournal } from './support/memory-journal.ts'
import { entries, move, plan, planned, service } from './support/plans.ts'

/** The version of a process that is newer than this one. */
const LATER = JOURNAL_VERSION + 1
const MOVES = ['logs', 'dropbox', 'mail'].map((name, index) => move({ id: `vol-${index + 1}`, name }))
const PLAN = plan(MOVES, {
  services: [
    service('logs'),
    service('dropbox', { need: 'deferrable' }),
    service('mail', { need: 'deferrable', after: ['dropbox'] }),
  ],
})
const BEGUN: readonly EntryBody[] = [planned('mig-1', { plan: PLAN })]
const FROZEN: readonly EntryBody[] = [
  ...BEGUN,
  { kind: 'freezing', freeze: 'f', services: ['logs', 'dropbox', 'mail'] },
]
const LIVE: readonly EntryBody[] = [...FROZEN, { kind: 'wentLive', percents: {} }]
const mark = (name: string): Effect => ({
  subject: { of: 'mark', mark: `live-${name}`, part: 1 },
  step: 'tag',
  generation: 1,
  direction: 'forward',
  ...{ resources: ['vol-copy'], tags: { 'zonehop:live': 'mig-1' }, removed: [] },
})
const ATTACH: Effect = {
  subject: ofMove('vol-2'),
  step: 'attach',
  generation: 1,
  direction: 'forward',
  ...{ volumeId: 'vol-copy', instance: 'i-target', device: '/dev/sdf' },
}
const BECAUSE = { id: 'mig-1', by: 'U-2', reason: 'its copy is slow' }

type Opened = { readonly use: UseCases; readonly journal: MemoryJournal; since(): Promise<unknown[]>; woken: string[] }

function open(said: readonly EntryBody[], approvers: readonly string[] = []): Opened {
  const journal = memoryJournal(() => 60_000)
  journal.load(entries(...said))
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
  const woken: string[] = []
  const wake = async (id: string): Promise<void> => void woken.push(id)
  const ports: OperationPorts = {
    journal,
    ec2: { inventory: () => expect.unreachable('EC2 is not asked by this test') },
    queue: { nudge: wake, nudgeNotify: wake, interrupt: wake },
    clock: { now: () => 60_000 },
    rules: NO_RULES,
    approvers,
    dangers: [],
  }
  /** What these use cases wrote, without its stamp. */
  const since = async (): Promise<unknown[]> =>
    (await journal.entries('mig-1'))
      .slice(said.length)
      .map(({ rev, atMs, nonce, runId, replicationId, ...rest }) => rest)
  return { use: operations(ports), journal, since, woken }
}

async function refused(reply: Promise<Reply>, text: string): Promise<void> {
  expect(await reply).toEqual({ ok: false, text: expect.stringContaining(text) })
}

const ASKED: EntryBody = { kind: 'asked', gate: 'start', basis: 'b1', evidence: [], again: null }
const ANSWER = { id: 'mig-1', by: 'U-2', gate: 'start', basis: 'b1' } as const

test('an approval answers the question that the button showed', async () => {
  const { use, since, woken } = open([...BEGUN, ASKED])
  expect(await use.approve({ ...ANSWER, asked: 'n2' })).toEqual({ ok: true, text: 'You approved start.' })
  expect(await since()).toEqual([{ kind: 'approved', asked: 'n2', gate: 'start', basis: 'b1', by: 'U-2' }])
  expect(woken).toContain('mig-1')
  await refused(use.approve({ ...ANSWER, by: 'U-3', asked: 'n2' }), 'Already approved by <@U-2>')
})

test('an older question is not approved, nor declined, in the name of the newer', async () => {
  const { use, since } = open([...BEGUN, ASKED, { ...ASKED, basis: 'b2' }])
  await refused(use.approve({ ...ANSWER, asked: 'n2' }), 'has changed since')
  await refused(use.decline({ id: 'mig-1', by: 'U-2', asked: 'n2' }), 'has changed since')
  expect(await since()).toEqual([])
  expect(await use.decline({ id: 'mig-1', by: 'U-2', asked: 'n3' })).toMatchObject({ ok: true })
  expect(await since()).toEqual([{ kind: 'declined', asked: 'n3', gate: 'start', by: 'U-2' }])
})

test('what was never asked is not approved: entries may be lost, and that is doubted once', async () => {
  const { use, since, journal } = open([...BEGUN, ASKED])
  await refused(use.approve({ ...ANSWER, asked: 'lost' }), 'This was never asked as far as the journal knows')
  expect(await since()).toEqual([{ kind: 'doubted', why: '<@U-2> answered a question that is not in the journal' }])
  expect(await journal.read('mig-1')).toMatchObject({ doubt: { isOpen: true }, approvals: [] })
  await refused(use.approve({ ...ANSWER, asked: 'lost' }), 'This was never asked')
  await refused(use.approve({ ...ANSWER, by: 'U-3', asked: 'lost too' }), 'This was never asked')
  expect(await since()).toHaveLength(1)
})

test('who may not approve begins no doubt', async () => {
  const { use, since } = open([...BEGUN, ASKED], ['U-9'])
  await refused(use.approve({ ...ANSWER, asked: 'n2' }), 'Only <@U-9> may do this')
  await refused(use.approve({ ...ANSWER, by: 'U-asker', asked: 'n2' }), 'someone else has to approve')
  expect(await since()).toEqual([])
})

test('work for hands is confirmed by the entry that asked for it, and once', async () => {
  const freeze: Effect = {
    subject: { of: 'service', service: 'logs', part: 1 },
    step: 'freeze',
    generation: 1,
    direction: 'forward',
    ...{ service: 'logs', instances: ['i-source'], work: { method: 'manual', todo: [] } },
  }
  const { use, since } = open([...FROZEN, { kind: 'intended', effects: [freeze, { ...ATTACH, generation: 2 }] }])
  await refused(use.confirm({ id: 'mig-1', by: 'U-2', intended: 'n2' }), 'not asked for any more')
  expect(await use.confirm({ id: 'mig-1', by: 'U-2', intended: 'n3' })).toMatchObject({ ok: true })
  await refused(use.confirm({ id: 'mig-1', by: 'U-3', intended: 'n3' }), 'Already confirmed by <@U-2>')
  expect(await since()).toEqual([{ kind: 'confirmed', intended: 'n3', effects: ['service/logs.freeze.1'], by: 'U-2' }])
})

test.each<[string, readonly EntryBody[], string, string]>([
  ['before the point of no return', FROZEN, 'mail', 'before it goes live, /migrate abort brings everything back'],
  ['behind the end', [...LIVE, { kind: 'done' }], 'mail', 'mig-1 is done: it is over'],
  ['what is required', LIVE, 'logs', 'logs is required and went live with the rest'],
  ['what there is not', LIVE, 'maill', 'There is no service "maill" in mig-1; it has logs, dropbox, mail'],
  [
    'behind its own live mark',
    [...LIVE, { kind: 'intended', effects: [mark('mail')] }],
    'mail',
    'its copies are marked, and they may be taking writes',
  ],
  [
    'twice',
    [...LIVE, { kind: 'returned', service: 'mail', by: 'U-2', reason: 'x' }],
    'mail',
    'mail is given back already',
  ],
  ['what another one opens after', LIVE, 'dropbox', 'mail opens after dropbox; give mail back first'],
])('is not given back: %s', async (_, said, name, why) => {
  const { use, since } = open(said)
  await refused(use.giveBack({ ...BECAUSE, service: name }), why)
  expect(await since()).toEqual([])
})

test('given back by an approver who says why, the last in line first', async () => {
  const { use, since } = open(LIVE, ['U-2'])
  await refused(use.giveBack({ ...BECAUSE, by: 'U-3', service: 'mail' }), 'Only <@U-2> may do this')
  await refused(use.giveBack({ ...BECAUSE, reason: ' ', service: 'mail' }), 'Say why')
  expect(await use.giveBack({ ...BECAUSE, service: 'mail' })).toMatchObject({ ok: true })
  expect(await use.giveBack({ ...BECAUSE, service: 'dropbox' })).toMatchObject({ ok: true })
  expect(await since()).toEqual([
    { kind: 'returned', service: 'mail', by: 'U-2', reason: 'its copy is slow' },
    { kind: 'returned', service: 'dropbox', by: 'U-2', reason: 'its copy is slow' },
  ])
})

test('of a service that was given back the way there is not tried again', async () => {
  const failed: EntryBody = {
    kind: 'failed',
    effect: 'vol-2.attach.1',
    ...{ issued: null, code: 'AttachmentStuck', problem: 'it hangs', remedy: 'detach it' },
  }
  const given: EntryBody = { kind: 'returned', service: 'dropbox', by: 'U-2', reason: 'x' }
  const { use, since } = open([...LIVE, { kind: 'intended', effects: [ATTACH] }, failed, given])
  await refused(use.retry({ id: 'mig-1', by: 'U-2', what: 'dropbox' }), 'given back')
  expect(await since()).toEqual([])
})

const MISFIT: readonly EntryBody[] = [...BEGUN, { kind: 'began' }, { kind: 'began' }]

test('an entry that does not fit is passed by an approver alone, and only by its name', async () => {
  const { use, since, journal } = open(MISFIT, ['U-2'])
  expect(await journal.read('mig-1')).toMatchObject({ phase: 'halted' })
  await refused(use.skip({ id: 'mig-1', by: 'U-3', entry: 'n3' }), 'Only <@U-2> may do this')
  await refused(use.skip({ id: 'mig-1', by: 'U-2', entry: 'n2' }), 'holds nothing up any more')
  await refused(use.resume({ id: 'mig-1', by: 'U-2' }), 'Pass that entry by its button in the thread')
  expect(await since()).toEqual([])
  expect(await use.skip({ id: 'mig-1', by: 'U-2', entry: 'n3' })).toEqual({
    ok: true,
    text: 'mig-1 goes on without it.',
  })
  expect(await journal.read('mig-1')).toMatchObject({ phase: 'seeding', halted: null })
  await refused(use.skip({ id: 'mig-1', by: 'U-2', entry: 'n3' }), 'holds nothing up any more')
})

test('where somebody else drives, who resumes says that they are stopped, and it is looked anew', async () => {
  const { use, journal } = open([...BEGUN, { kind: 'began' }, { kind: 'halted', why: 'somebody else drives mig-1' }])
  await refused(use.pause({ id: 'mig-1', by: 'U-2' }), 'mig-1 is halted')
  await refused(use.retry({ id: 'mig-1', by: 'U-2', what: 'logs' }), 'mig-1 is halted')
  expect(await use.resume({ id: 'mig-1', by: 'U-2' })).toMatchObject({ ok: true })
  expect(await journal.read('mig-1')).toMatchObject({ phase: 'seeding', halted: null, doubt: { isOpen: true } })
})

test('who stands aside says which zonehop to ask, and writes nothing', async () => {
  const { use, journal } = open(BEGUN)
  const later = journal.open(undefined, {
    version: LATER,
    write: (entry) => ({ ...entry, version: LATER }),
    read: (written) => checkEntry({ ...(written as object), version: JOURNAL_VERSION }),
  })
  await later.append('mig-2', null, planned('mig-2', { plan: PLAN }))
  const aside = `This zonehop stands aside from mig-2: it is written in version ${LATER} of the journal. Start a zonehop that writes version ${LATER} of the journal, and ask there.`
  expect(await use.aside()).toEqual([aside])
  expect((await use.running()).map(({ id }) => id)).toEqual(['mig-1'])
  expect(await use.pause({ id: 'mig-2', by: 'U-2' })).toEqual({ ok: false, text: aside })
  expect(await use.approve({ ...ANSWER, id: 'mig-2', asked: 'n2' })).toEqual({ ok: false, text: aside })
  expect(await later.entries('mig-2')).toHaveLength(1)
})
