// What people ask for, as far as the journal: who may, what is said to them, and what stands there afterwards.

import { describe, expect, test } from 'vitest'
import { cautionLines } from '../src/core/model/checks.ts'
import type { Effect } from '../src/core/model/effects.ts'
import { type Entry, type EntryBody, JOURNAL_VERSION } from '../src/core/model/entries.ts'
import { NO_RULES } from '../src/core/model/rules.ts'
import { ofMove } from '../src/core/model/subjects.ts'
import { channelMention, mention } from '../src/core/model/text.ts'
import type { Reply, UseCases } from '../src/core/ports.ts'
import { journalledIn, type OperationPorts, operations } from '../src/operations.ts'
import { checkEntry } from '../src/store/entry-schema.ts'
import { memoryInventories, notWatching } from './support/memory-inventories.ts'
import { type MemoryJournal, memoryJournal } from './support/memory-journal.ts'
import { approvedBy, directoryOf, FITTING } from './support/people.ts'
import { entries, inventory, move, NO_SURVEY, plan, planned, seen, service } from './support/plans.ts'
import { EC2_IS_NOT_ASKED, NO_VIEWS, showing } from './support/use-cases.ts'

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

const MEMBERS = ['U-2', 'U-3', 'U-asker']

function open(
  said: readonly EntryBody[],
  approvers: readonly string[] = MEMBERS,
  over: Partial<OperationPorts> = {},
): Opened {
  const journal = memoryJournal(() => 60_000)
  journal.load(entries(...said))
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
  const woken: string[] = []
  const wake = async (id: string): Promise<void> => void woken.push(id)
  const ports: OperationPorts = {
    journal,
    ec2: EC2_IS_NOT_ASKED,
    views: NO_VIEWS,
    inventories: memoryInventories(),
    watching: notWatching(),
    queue: { nudge: wake, nudgeNotify: wake, interrupt: wake },
    clock: { now: () => 60_000 },
    directory: directoryOf(),
    rules: NO_RULES,
    people: approvedBy(...approvers),
    channels: null,
    dangers: [],
    ...over,
  }
  /** What these use cases wrote, without its stamp. */
  const since = async (): Promise<unknown[]> =>
    (await journal.entries('mig-1'))
      .slice(said.length)
      .map(({ rev, atMs, nonce, runId, replicationId, ...rest }) => rest)
  return { use: operations(ports), journal, since, woken }
}

async function refused(reply: Promise<Reply>, text: string): Promise<void> {
  expect(await reply).toMatchObject({ ok: false, text: expect.stringContaining(text) })
}

const ASKED: EntryBody = { kind: 'asked', gate: 'start', basis: 'b1', evidence: [], again: null }
const APPROVED: EntryBody = { kind: 'approved', asked: 'n2', gate: 'start', basis: 'b1', by: 'U-2' }
const ANSWER = { id: 'mig-1', by: 'U-2', gate: 'start', basis: 'b1' } as const

test('an approval answers the question that the button showed', async () => {
  const { use, since, woken } = open([...BEGUN, ASKED])
  expect(await use.approve({ ...ANSWER, asked: 'n2' })).toEqual({ ok: true, text: 'You approved start.' })
  expect(await since()).toEqual([{ kind: 'approved', asked: 'n2', gate: 'start', basis: 'b1', by: 'U-2' }])
  expect(woken).toContain('mig-1')
  await refused(use.approve({ ...ANSWER, by: 'U-3', asked: 'n2' }), `Already approved by ${mention('U-2')}`)
})

test('a plan is not declined while lost entries may say that it has begun', async () => {
  const doubted: EntryBody = { kind: 'doubted', why: 'a test' }
  const { use, since } = open([...BEGUN, ASKED, doubted])
  await refused(use.decline({ id: 'mig-1', by: 'U-2', asked: 'n2' }), 'may be lost, so it may have begun')
  expect(await since()).toEqual([])
})

test('nor while an approver has still to say what tags tell of it', async () => {
  const suspected: EntryBody = { kind: 'suspected', about: 'left', says: 'zonehop:left=mig-1', volumes: ['vol-1'] }
  const { use, since } = open([...BEGUN, suspected])
  await refused(use.decline({ id: 'mig-1', by: 'U-2', asked: null }), 'so it may have begun')
  expect(await since()).toEqual([])
})

test('nor where nobody has said yet that they may be lost, but another Redis keeps them', async () => {
  const { use, since, journal } = open([...BEGUN, ASKED])
  journal.putBack(journal.keep(), { runId: 'r2' })
  await refused(use.decline({ id: 'mig-1', by: 'U-2', asked: 'n2' }), 'may be lost, so it may have begun')
  expect(await since()).toEqual([])
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
  expect(await since()).toEqual([
    { kind: 'doubted', why: `${mention('U-2')} answered a question that is not in the journal` },
  ])
  expect(await journal.read('mig-1')).toMatchObject({ doubt: { isOpen: true }, approvals: [] })
  await refused(use.approve({ ...ANSWER, asked: 'lost' }), 'This was never asked')
  await refused(use.approve({ ...ANSWER, by: 'U-3', asked: 'lost too' }), 'This was never asked')
  expect(await since()).toHaveLength(1)
})

test('who may not approve begins no doubt', async () => {
  const { use, since } = open([...BEGUN, ASKED], ['U-9'])
  await refused(use.approve({ ...ANSWER, asked: 'n2' }), `Only ${mention('U-9')} may do this`)
  await refused(use.approve({ ...ANSWER, asked: 'lost' }), `Only ${mention('U-9')} may do this`)
  expect(await since()).toEqual([])
})

test('who started does not approve', async () => {
  const { use, since } = open([...BEGUN, ASKED])
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
  await refused(use.confirm({ id: 'mig-1', by: 'U-3', intended: 'n3' }), `Already confirmed by ${mention('U-2')}`)
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
  await refused(use.giveBack({ ...BECAUSE, by: 'U-3', service: 'mail' }), `Only ${mention('U-2')} may do this`)
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
  await refused(use.skip({ id: 'mig-1', by: 'U-3', entry: 'n3' }), `Only ${mention('U-2')} may do this`)
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

/** Every use case on a migration, with what it takes to be asked. */
const ASKS: Readonly<Record<string, (use: UseCases, by: string) => Promise<Reply>>> = {
  approve: (use, by) => use.approve({ ...ANSWER, by, asked: 'n2' }),
  decline: (use, by) => use.decline({ id: 'mig-1', by, asked: 'n2' }),
  confirm: (use, by) => use.confirm({ id: 'mig-1', by, intended: 'n3' }),
  vouch: (use, by) => use.vouch({ id: 'mig-1', by, effect: 'x', reason: 'x' }),
  settle: (use, by) => use.settle({ id: 'mig-1', by, suspected: 'n3', isSo: true }),
  skip: (use, by) => use.skip({ id: 'mig-1', by, entry: 'n3' }),
  choose: (use, by) =>
    use.choose({ id: 'mig-1', by, choice: { volume: 'vol-1', service: 'logs', route: 'stay', need: 'required' } }),
  defer: (use, by) => use.defer({ id: 'mig-1', by, service: 'mail', reason: 'x' }),
  giveBack: (use, by) => use.giveBack({ id: 'mig-1', by, service: 'mail', reason: 'x' }),
  retry: (use, by) => use.retry({ id: 'mig-1', by, what: 'logs' }),
  pause: (use, by) => use.pause({ id: 'mig-1', by }),
  resume: (use, by) => use.resume({ id: 'mig-1', by }),
  abort: (use, by) => use.abort({ id: 'mig-1', by, reason: 'x' }),
  cleanup: (use, by) => use.cleanup({ id: 'mig-1', by }),
  start: (use, by) => use.start({ sourceZone: 'a', targetZone: 'b', seeds: true, by, channel: 'C0X' }),
  plan: async (use, by) => {
    const drawn = await use.plan({ sourceZone: 'a', targetZone: 'b', by })
    return 'plan' in drawn ? { ok: true, text: 'drawn' } : drawn
  },
}
const NOBODY = { U0GUEST: { kind: 'guest' }, U0STRANGER: { kind: 'stranger' }, U0BOT: { kind: 'bot' } } as const

describe.each(Object.keys(NOBODY))('%s', (by) => {
  test.each(Object.keys(ASKS))('may not %s, and nothing is written', async (name) => {
    const { use, since, woken } = open([...BEGUN, ASKED], ['U-9'], { directory: directoryOf(NOBODY) })
    await refused(ASKS[name]?.(use, by) ?? expect.unreachable(), 'Only ')
    expect(await since()).toEqual([])
    expect(woken).toEqual([])
  })
})

const OPERATES = ['decline', 'retry', 'pause', 'resume', 'abort', 'cleanup', 'start', 'plan']

test.each(Object.keys(ASKS).filter((name) => !OPERATES.includes(name)))('an operator may not %s', async (name) => {
  const { use, since } = open([...BEGUN, ASKED], ['U-9'])
  await refused(ASKS[name]?.(use, 'U-3') ?? expect.unreachable(), 'Only ')
  expect(await since()).toEqual([])
})

test.each([
  ['pause', { kind: 'paused', by: 'U-3' }],
  ['abort', { kind: 'aborting', by: 'U-3', reason: 'x' }],
  ['decline', { kind: 'declined', asked: 'n2', gate: 'start', by: 'U-3' }],
])('an operator may %s', async (name, said) => {
  const { use, since } = open([...BEGUN, ASKED], ['U-9'])
  expect(await ASKS[name]?.(use, 'U-3')).toMatchObject({ ok: true })
  expect(await since()).toEqual([said])
})

test.each<[string, Partial<OperationPorts>, string]>([
  ['where nobody approves', { people: approvedBy() }, 'Nobody could approve this: name approvers in zonehop.yaml'],
  ['by the only approver', { people: approvedBy('U-3') }, 'You are the only approver, and someone else has to approve'],
  [
    'by one of two approvers, where two have to approve',
    { people: approvedBy('U-3', 'U-2'), rules: { ...NO_RULES, approvals: 2 } },
    'There is one approver besides you, and 2 others have to approve',
  ],
  [
    'in a channel that is not named',
    { channels: ['C0A', 'C0B'] },
    `started in ${channelMention('C0A')}, ${channelMention('C0B')} alone`,
  ],
  [
    'in a channel that is shared',
    { directory: { ...directoryOf(), channel: async () => ({ ...FITTING, isShared: true }) } },
    'This channel is shared with other organisations',
  ],
  [
    'in a channel of which Slack says nothing',
    { directory: { ...directoryOf(), channel: async () => null } },
    'or Slack does not say whether it is',
  ],
  [
    'where zonehop was not invited',
    { directory: { ...directoryOf(), channel: async () => ({ ...FITTING, isMember: false }) } },
    'I am not in this channel: type /invite @zonehop, then this again.',
  ],
  [
    'where zonehop was not invited, though the channel is named',
    {
      channels: ['C0X'],
      directory: { ...directoryOf(), channel: async () => ({ ...FITTING, isMember: false }) },
    },
    'I am not in this channel',
  ],
  [
    'in an archived channel',
    { directory: { ...directoryOf(), channel: async () => ({ ...FITTING, isArchived: true }) } },
    'This channel is archived',
  ],
  [
    'in a channel that takes no messages',
    { channels: ['C0X'], directory: { ...directoryOf(), channel: async () => ({ ...FITTING, isClosed: true }) } },
    'Slack takes no messages of mine in this channel',
  ],
  [
    'in a direct message',
    { directory: { ...directoryOf(), channel: async () => ({ ...FITTING, isMember: false, isDirect: true }) } },
    'A migration has its thread in a channel',
  ],
])('nothing is started %s', async (_, over, sentence) => {
  const { use } = open(BEGUN, MEMBERS, over)
  await refused(ASKS.start?.(use, 'U-3') ?? expect.unreachable(), sentence)
})

test('two have to approve a freeze, and they are two people', async () => {
  const TWO: EntryBody = planned('mig-1', { plan: PLAN, rules: { ...NO_RULES, approvals: 2 } })
  const freeze: EntryBody = { ...ASKED, gate: 'freeze' }
  const { use, journal } = open([TWO, ASKED, { ...APPROVED, by: 'U-2' }, { kind: 'began' }, freeze])
  const answer = { ...ANSWER, gate: 'freeze', asked: 'n5' } as const
  expect(await use.approve(answer)).toEqual({
    ok: true,
    text: 'You approved freeze. Someone else has to approve it too.',
  })
  await refused(use.approve(answer), 'someone else has to approve it too')
  await refused(use.approve({ ...answer, by: 'U-asker' }), 'You asked for this migration')
  expect(await use.approve({ ...answer, by: 'U-3' })).toEqual({ ok: true, text: 'You approved freeze.' })
  await refused(use.approve({ ...answer, by: 'U-9' }), 'Only ')
  expect((await journal.read('mig-1'))?.approvals.map(({ by }) => by)).toEqual(['U-2', 'U-2', 'U-3'])
})

describe('a start where another plan waits between the same zones', () => {
  const zones = { sourceZone: PLAN.sourceZone, targetZone: PLAN.targetZone, seeds: true, channel: 'C0X' }
  const standing = {
    zones: [
      { name: PLAN.sourceZone, id: 'use1-az1' },
      { name: PLAN.targetZone, id: 'use1-az3' },
    ],
  }
  const volumes = [PLAN.sourceZone, PLAN.targetZone].map((zone) =>
    seen(move({ id: `vol-${zone}`, name: zone }), { zone }),
  )
  const ec2 = showing({ ...standing, volumes, instances: [], survey: NO_SURVEY })

  test.each([
    ['who started it', 'U-asker', MEMBERS],
    ['an approver', 'U-2', MEMBERS],
  ])('by %s replaces it, and its volumes are free', async (_, by, approvers) => {
    const { use, since, journal } = open([...BEGUN, ASKED], approvers, { ec2 })
    expect(await use.start({ ...zones, by })).toMatchObject({ ok: true })
    expect(await since()).toEqual([{ kind: 'declined', asked: 'n2', gate: 'start', by }])
    expect((await journal.running()).filter((id) => id === 'mig-1')).toEqual([])
    expect(await journal.running()).toHaveLength(1)
  })

  test('with a time of day asks no earlier than when it is that next', async () => {
    const { use, journal } = open([...BEGUN, ASKED], ['U-2'], { ec2 })
    await use.start({ ...zones, by: 'U-asker', atMinute: 300 })
    const [id = ''] = (await journal.running()).filter((one) => one !== 'mig-1')
    const m = await journal.read(id)
    const plannedAtMs = m?.plannedAtMs ?? 0
    expect(new Date(m?.windowMs ?? 0).toISOString()).toMatch(/T05:00:00\.000Z$/)
    // One that was just passed is meant, and not that of tomorrow.
    expect(m?.windowMs).toBeGreaterThanOrEqual(plannedAtMs - 3_601_000)
    expect(m?.windowMs).toBeLessThan(plannedAtMs + 86_400_000 - 3_599_000)
  })

  test('says whom to invite where nobody in the channel may approve it', async () => {
    const alone = { ...directoryOf(), present: async () => ['U-asker'] }
    const { use } = open([...BEGUN, ASKED], ['U-2'], { ec2, directory: alone })
    const { ok, text } = await use.start({ ...zones, by: 'U-asker' })
    expect([ok, text]).toEqual([true, expect.stringContaining(`where they are not: invite ${mention('U-2')}.`)])
    const both = { ...directoryOf(), present: async () => ['U-asker', 'U-2'] }
    const other = open([...BEGUN, ASKED], ['U-2'], { ec2, directory: both })
    expect((await other.use.start({ ...zones, by: 'U-asker' })).text).toMatch(/its thread asks\.$/)
  })

  test('by anybody else is told of it', async () => {
    const { use, since } = open([...BEGUN, ASKED], ['U-2'], { ec2 })
    await refused(use.start({ ...zones, by: 'U-3' }), `mig-1, which ${mention('U-asker')} planned, waits for its start`)
    expect(await since()).toEqual([])
  })

  test('leaves alone what has begun, and what is between other zones', async () => {
    const { use, since } = open([...BEGUN, ASKED, { ...APPROVED }, { kind: 'began' }], MEMBERS, { ec2 })
    expect(await use.start({ ...zones, by: 'U-3' })).toMatchObject({ ok: true })
    const other = open([...BEGUN, ASKED], MEMBERS, { ec2 })
    const back = { ...zones, sourceZone: PLAN.targetZone, targetZone: PLAN.sourceZone }
    expect(await other.use.start({ ...back, by: 'U-3' })).toMatchObject({ ok: true })
    expect([...(await since()), ...(await other.since())]).toEqual([])
  })
})

test('an approver says once whether it is so what tags say', async () => {
  const SUSPECTED: EntryBody = { kind: 'suspected', about: 'left', says: 'zonehop:left=mig-1', volumes: ['vol-1'] }
  const { use, since } = open([...BEGUN, SUSPECTED])
  const settle = { id: 'mig-1', by: 'U-2', suspected: 'n2' } as const
  await refused(use.settle({ ...settle, suspected: 'n1', isSo: true }), 'not asked for any more')
  expect(await use.settle({ ...settle, isSo: false })).toEqual({ ok: true, text: 'Recorded: it is not believed.' })
  await refused(use.settle({ ...settle, by: 'U-3', isSo: true }), 'It is settled already: it is not so.')
  expect(await since()).toEqual([{ kind: 'settled', suspected: 'n2', isSo: false, by: 'U-2' }])
})

describe('a plan of volumes that carry memory tags', () => {
  const SOURCE = PLAN.sourceZone
  const RESTORE: Effect = {
    ...{ subject: ofMove('vol-1'), generation: 1, direction: 'forward' },
    ...{ step: 'restore', snapshotId: 'snap-1', zone: PLAN.targetZone },
  }
  const ended: readonly EntryBody[] = [
    planned('mig-00000a', { plan: PLAN }),
    { kind: 'began' },
    { kind: 'intended', effects: [RESTORE] },
    { kind: 'seen', started: [{ effect: 'vol-1.restore.1', resource: 'vol-copy', others: [] }], achieved: [] },
    { kind: 'aborting', by: 'U-2', reason: 'a test' },
    { kind: 'aborted' },
  ]
  const tagged = (id: string, migration: string) =>
    seen(move({ id, name: id }), { tags: { Name: id, 'zonehop:service': id, 'zonehop:aborted': migration } })
  const planOf = async (...volumes: readonly ReturnType<typeof tagged>[]) => {
    const zones = [SOURCE, PLAN.targetZone].map((name, index) => ({ name, id: `use1-az${index}` }))
    const ec2 = showing({ zones, volumes, instances: [], survey: NO_SURVEY })
    const { use, journal } = open(ended, MEMBERS, { ec2 })
    const drawn = await use.plan({ sourceZone: SOURCE, targetZone: PLAN.targetZone, by: 'U-2' })
    if (!('plan' in drawn)) throw new Error(drawn.text)
    const started = await use.start({
      sourceZone: SOURCE,
      targetZone: PLAN.targetZone,
      seeds: true,
      by: 'U-2',
      channel: 'C0X',
    })
    const id = (await journal.running()).find((one) => one !== 'mig-00000a') ?? ''
    const [first] = await journal.entries(id)
    return {
      uncovered: drawn.plan.uncovered.flatMap(({ remembers }) => remembers ?? []),
      started: started.ok,
      explained: first?.kind === 'planned' ? first.explained : [],
      unjournalled: first?.kind === 'planned' ? first.unjournalled : [],
      cautions: cautionLines(drawn.plan.checks).filter((line) => line.includes('copies of mig-')),
    }
  }

  test('of a migration whose journal has the volume, as a source or as a copy, asks nothing', async () => {
    const { uncovered, explained } = await planOf(tagged('vol-1', 'mig-00000a'), tagged('vol-copy', 'mig-00000a'))
    expect(uncovered).toEqual([])
    expect(explained).toEqual(
      expect.arrayContaining(['vol-1', 'vol-copy'].map((id) => `${id} zonehop:aborted=mig-00000a`)),
    )
  })

  const made = (id: string, migration: string) =>
    seen(move({ id, name: id }), { zone: PLAN.targetZone, tags: { 'zonehop:migration': migration } })
  test('as made by a migration without a journal is named, and kept for the plan that is drawn again', async () => {
    const { cautions, started, unjournalled } = await planOf(
      tagged('vol-1', 'mig-00000a'),
      made('vol-2', 'mig-00000a'),
      made('vol-3', 'mig-00000b'),
      made('vol-4', 'mig-* x'),
    )
    expect(cautions).toEqual([expect.stringContaining('made by mig-00000b, which no journal here knows: vol-3')])
    expect([started, unjournalled]).toEqual([true, ['mig-00000b']])
  })

  test('as made by more migrations than one plan can name is named of the first', async () => {
    const many = Array.from({ length: 60 }, (_, index) => made(`vol-m${index}`, `mig-${String(100_000 + index)}`))
    const { unjournalled } = await planOf(tagged('vol-1', 'mig-00000a'), ...many)
    expect(unjournalled).toHaveLength(50)
  })

  test('as made by one that a newer zonehop writes is known', async () => {
    const journal = memoryJournal(() => 0)
    const newer = journal.open(undefined, {
      ...{ version: 2, write: (entry) => ({ ...entry, version: 2 }), read: (written) => written as Entry },
    })
    await newer.append('mig-00000c', null, planned('mig-00000c', { version: 2 }))
    const zones = { sourceZone: SOURCE, targetZone: PLAN.targetZone }
    const volumes = [made('vol-1', 'mig-00000c'), made('vol-2', 'mig-00000d')]
    const found = await journalledIn(journal, { ...inventory([]), volumes }, zones)
    expect(await journal.read('mig-00000c')).toBeNull()
    expect(found.unjournalled).toEqual(['mig-00000d'])
  })

  test('of a migration that is not known here, or never had the volume, is red', async () => {
    const { uncovered, started } = await planOf(
      tagged('vol-1', 'mig-00000b'),
      tagged('vol-x', 'mig-00000a'),
      tagged('vol-2', '* x'),
    )
    expect(uncovered).toEqual(['mig-00000b', '* x', 'mig-00000a'].map((id) => `zonehop:aborted=${id}`))
    expect(started).toBe(true)
  })
})

describe('a note', () => {
  test('is written down as one line of text, and changes nothing', async () => {
    const { use, journal, since, woken } = open(BEGUN)
    const before = await journal.read('mig-1')
    const reply = await use.note({ id: 'mig-1', by: 'U-2', text: ' customers\nwere\u202Etold ' })
    expect(reply).toEqual({ ok: true, text: 'Noted in the journal of mig-1; its report holds it.' })
    expect(await since()).toEqual([{ kind: 'noted', by: 'U-2', text: 'customers were told' }])
    expect(await journal.read('mig-1')).toEqual({ ...before, rev: 2 })
    expect(woken).toContain('mig-1')
  })

  test('about a migration that is over does not let it run again', async () => {
    const { use, journal } = open([...BEGUN, { kind: 'declined', asked: null, gate: 'start', by: 'U-2' }])
    expect((await use.note({ id: 'mig-1', by: 'U-2', text: 'we try next week' })).ok).toBe(true)
    expect(await journal.running()).toEqual([])
  })

  test('says something', async () => {
    await refused(open(BEGUN).use.note({ id: 'mig-1', by: 'U-2', text: ' \u200B ' }), 'Say what to note.')
  })

  test('is for those who operate', async () => {
    const guest = directoryOf({ 'U-2': { kind: 'guest' } })
    const { use, since } = open(BEGUN, MEMBERS, { directory: guest, people: approvedBy('U-3') })
    expect((await use.note({ id: 'mig-1', by: 'U-2', text: 'x' })).ok).toBe(false)
    expect(await since()).toEqual([])
  })
})
