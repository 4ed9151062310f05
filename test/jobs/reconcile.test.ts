// A tick that sleeps while it looks: the journal is put back to an older state meanwhile, or another one goes on. What was looked
// at was another migration.
import { describe, expect, test } from 'vitest'
import { type ReconcilePorts, reconcile } from '../../jobs/reconcile.ts'
import { blindness } from '../../jobs/stillness.ts'
import { type Effect, effectId } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Facts } from '../../src/core/model/facts.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { ofMove, ofService } from '../../src/core/model/subjects.ts'
import { type StepJob, Unreadable } from '../../src/core/ports.ts'
import { checkEntry } from '../../src/store/entry-schema.ts'
import type { Journal } from '../../src/store/journal.ts'
import { facts, LATER_MS, tagged } from '../support/facts.ts'
import { type MemoryJournal, memoryJournal } from '../support/memory-journal.ts'
import { entries, move, plan, planned, service } from '../support/plans.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const DROPBOX = move({ id: 'vol-2', name: 'dropbox', device: '/dev/sdg' })
const BOTH = plan([LOGS, DROPBOX], { services: [service('logs'), service('dropbox', { need: 'deferrable' })] })
const FROZEN = { 'zonehop:frozen': 'mig-1-f1' }
const RESTORE: Effect = {
  subject: ofMove('vol-2'),
  step: 'restore',
  generation: 1,
  direction: 'forward',
  snapshotId: 'snap-vol-2',
  zone: 'us-east-1c',
}
const OPEN: Effect = {
  subject: ofService('dropbox'),
  step: 'open',
  generation: 1,
  direction: 'forward',
  service: 'dropbox',
  instances: ['i-target'],
  work: { method: 'manual', todo: [] },
}
const OPENED = entries(
  planned('mig-1', { plan: BOTH }),
  { kind: 'began' },
  { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs', 'dropbox'] },
  { kind: 'intended', effects: [RESTORE] },
  {
    kind: 'seen',
    started: [{ effect: 'vol-2.restore.1', resource: 'vol-copy', others: [] }],
    achieved: ['vol-2.restore.1'],
  },
  { kind: 'wentLive', percents: {} },
  { kind: 'intended', effects: [OPEN] },
  { kind: 'confirmed', intended: 'n7', effects: ['service/dropbox.open.1'], by: 'U-2' },
)
const REDIS = { runId: 'r1', replicationId: 'h1' }

/** One tick, and whom it woke; `meanwhile` happens while it looks at the logs alone. */
async function tickOn(journal: MemoryJournal, meanwhile: () => Promise<void>) {
  const observe = async ({ rev }: Migration): Promise<Facts> => {
    await meanwhile()
    return facts({ rev, volumes: [tagged(LOGS, FROZEN)] })
  }
  const nothing = async (): Promise<void> => undefined
  const nudged: string[] = []
  const enqueued: StepJob[] = []
  let slept = 0
  const handed: string[] = []
  const ports = {
    journal,
    ec2: { observe, initializations: async () => ({ answer: [] }) },
    queue: {
      nudge: async (id: string) => void nudged.push(id),
      enqueue: async (jobs: readonly StepJob[]) => void enqueued.push(...jobs),
      nudgeNotify: nothing,
      nudgeStatus: nothing,
    },
    views: { saveProgress: nothing, progress: async () => null },
    clock: { now: () => LATER_MS, sleep: async () => void slept++ },
    interruption: () => new AbortController().signal,
    handOn: async (id: string) => void handed.push(id),
    stillMs: () => 0,
    blind: () => null,
    surveyDue: () => false,
    measure: () => undefined,
  }
  await reconcile('mig-1', ports as unknown as ReconcilePorts)
  return { nudged, enqueued, slept, handed }
}

async function say(journal: Journal, said: EntryBody): Promise<void> {
  const { outcome } = await journal.append('mig-1', await journal.read('mig-1'), said)
  expect(outcome).toBe('appended')
}

/** One tick of a migration with an open Dropbox, at which it does not look. */
async function tick(meanwhile: 'nothing' | 'put back' | 'put back, and written on'): Promise<EntryBody['kind'][]> {
  const journal = memoryJournal(() => LATER_MS)
  journal.load(OPENED.slice(0, -1))
  const older = journal.keep()
  journal.load(OPENED)
  journal.putBack(journal.keep(), REDIS)
  const { nudged } = await tickOn(journal, async () => {
    if (meanwhile !== 'nothing') journal.putBack(older, { runId: 'r2' })
    if (meanwhile === 'put back, and written on') await say(journal.open(), { kind: 'doubted', why: 'a test' })
  })
  expect(nudged).toEqual(['mig-1'])
  return (await journal.entries('mig-1')).slice(OPENED.length - 1).map(({ kind }) => kind)
}

test.each([
  ['nothing', ['confirmed', 'intended']],
  ['put back', []],
  ['put back, and written on', ['doubted']],
] as const)('%s: what it did not look for is not taken for gone', async (meanwhile, kinds) => {
  expect(await tick(meanwhile)).toEqual(kinds)
})

/** Stands in the facts of a tick that looked before it was intended. */
const MARK: Effect = {
  subject: { of: 'mark', mark: 'home-dropbox', part: 1 },
  step: 'tag',
  generation: 1,
  direction: 'forward',
  resources: ['vol-1'],
  tags: FROZEN,
  removed: [],
}

// Seed 907895: the way back intended to take a tag off, and the tick that had slept since before took it for done.
test('what another one intends while it sleeps is not done by what it saw before', async () => {
  const journal = memoryJournal(() => LATER_MS)
  journal.load(OPENED)
  journal.putBack(journal.keep(), REDIS)
  const asleep = await tickOn(journal, () => say(journal.open(), { kind: 'intended', effects: [MARK] }))
  expect(asleep).toEqual({ nudged: ['mig-1'], enqueued: [], slept: 0, handed: [] })
  const since = async () => (await journal.entries('mig-1')).slice(OPENED.length)
  expect((await since()).map(({ kind }) => kind)).toEqual(['intended'])
  // The next one looks behind it, and may say so.
  await tickOn(journal, async () => undefined)
  expect((await since())[1]).toMatchObject({ kind: 'seen', achieved: ['home-dropbox-1.tag.1'] })
})

test('what people say while it sleeps keeps nobody from going on', async () => {
  const journal = memoryJournal(() => LATER_MS)
  journal.load(OPENED)
  journal.putBack(journal.keep(), REDIS)
  const { nudged, slept } = await tickOn(journal, () => say(journal.open(), { kind: 'paused', by: 'U-2' }))
  expect([nudged, slept]).toEqual([['mig-1'], 1])
  const kinds = (await journal.entries('mig-1')).slice(OPENED.length).map(({ kind }) => kind)
  expect(kinds).toEqual(['paused', 'intended'])
})

/** What a later version writes into a migration that this one has begun to read. */
async function ponder(journal: MemoryJournal): Promise<void> {
  const later = journal.open(undefined, {
    version: 1,
    write: (entry) => ({ ...entry, kind: 'pondered' }),
    read: checkEntry,
  })
  await later.append('mig-1', await later.read('mig-1'), { kind: 'looked' })
}

test('who stands aside from a migration hands its tick on, and does nothing for it', async () => {
  const journal = memoryJournal(() => LATER_MS)
  journal.load(OPENED)
  await ponder(journal)
  const looked = tickOn(journal, () => expect.unreachable('it was looked at'))
  expect(await looked).toEqual({ nudged: [], enqueued: [], slept: 0, handed: ['mig-1'] })
})

test('who has to stand aside from it while it looks leaves it there, without a word', async () => {
  const journal = memoryJournal(() => LATER_MS)
  journal.load(OPENED)
  journal.putBack(journal.keep(), REDIS)
  const { enqueued } = await tickOn(journal, () => ponder(journal))
  expect(enqueued).toEqual([])
  expect(await journal.aside('mig-1')).toMatchObject({ why: expect.stringContaining('pondered') })
})

const BACK = entries(
  planned('mig-1', { plan: BOTH }),
  { kind: 'began' },
  { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs', 'dropbox'] },
  { kind: 'intended', effects: [{ ...OPEN, step: 'freeze', subject: ofService('logs'), service: 'logs' }] },
  { kind: 'aborting', by: 'U-2', reason: 'second thoughts' },
)

test.each([
  ['a moment', 59_000, []],
  ['a minute', 60_000, ['service/logs.unfreeze.1']],
])('EC2 cannot be reached for %s on the way back', async (_, forMs, asked) => {
  const journal = memoryJournal(() => LATER_MS)
  journal.load(BACK)
  journal.putBack(journal.keep(), REDIS)
  const told: string[] = []
  const ports = {
    journal,
    ec2: {
      observe: async () => {
        throw new Error('no answer')
      },
    },
    queue: {
      nudge: async () => undefined,
      nudgeNotify: async (id: string) => void told.push(id),
      nudgeStatus: async () => undefined,
    },
    clock: { now: () => LATER_MS, sleep: async () => undefined },
    interruption: () => new AbortController().signal,
    blind: () => ({ forMs, sinceMs: LATER_MS, looks: 2 }),
    surveyDue: () => false,
    measure: () => undefined,
  }
  await expect(reconcile('mig-1', ports as unknown as ReconcilePorts)).rejects.toThrow('no answer')
  const m = await journal.read('mig-1')
  const open = m?.effects.values().filter(({ effect, status }) => effect.direction === 'back' && status === 'intended')
  expect(open?.map(({ effect }) => effectId(effect))).toEqual(asked)
  expect(told).toHaveLength(asked.length)
})

describe('while AWS cannot be read', () => {
  const FROM_MS = 1_000_000
  const NO_NAME = new Unreadable({ service: 'EC2', isAnswering: false }, 'AWS does not answer (ENOTFOUND)', null)

  /** Looks at these times (ms since the first), each of which fails, or succeeds where it is negative; and what was said. */
  async function looks(journal: MemoryJournal, times: readonly number[], error: Error = NO_NAME) {
    let nowMs = 0
    const woken: string[] = []
    const ports = {
      journal,
      views: { saveProgress: async () => undefined, progress: async () => null },
      ec2: {
        observe: async ({ rev }: Migration): Promise<Facts> => {
          if (isSeen) return facts({ rev, volumes: [tagged(LOGS, FROZEN)] })
          throw error
        },
      },
      queue: {
        nudge: async () => void woken.push('reconcile'),
        nudgeNotify: async () => void woken.push('notify'),
        nudgeStatus: async () => void woken.push('status'),
        enqueue: async () => undefined,
      },
      clock: { now: () => nowMs, sleep: async () => undefined },
      interruption: () => new AbortController().signal,
      stillMs: () => 0,
      surveyDue: () => false,
      measure: () => undefined,
      blind: blindness(
        () => nowMs,
        () => nowMs,
      ),
    } as unknown as ReconcilePorts
    let isSeen = false
    const before = (await journal.entries('mig-1')).length
    for (const time of times) {
      nowMs = FROM_MS + Math.abs(time)
      isSeen = time < 0
      const tick = reconcile('mig-1', ports)
      await (isSeen ? tick : expect(tick).rejects.toBe(error))
    }
    return { said: (await journal.entries('mig-1')).slice(before), woken }
  }

  function opened(): MemoryJournal {
    const journal = memoryJournal(() => FROM_MS)
    journal.load(BACK)
    journal.putBack(journal.keep(), REDIS)
    return journal
  }
  const OUT = {
    ...{ kind: 'unreachable', service: 'EC2', isAnswering: false },
    ...{ why: 'AWS does not answer (ENOTFOUND)', sinceMs: FROM_MS },
  }

  test('one broken connection is no news', async () => {
    expect((await looks(opened(), [0])).said).toEqual([])
  })

  test('it is told once, however often it is looked, and the status message goes on', async () => {
    const { said, woken } = await looks(opened(), [0, 5_000, 20_000, 25_000, 40_000])
    expect(said.filter(({ kind }) => kind === 'unreachable')).toMatchObject([OUT])
    expect(woken.filter((job) => job === 'status').length).toBe(4)
    expect(woken.filter((job) => job === 'reconcile').length).toBe(5)
  })

  test('once it can be read again, that is told once', async () => {
    const { said } = await looks(opened(), [0, 20_000, -30_000, -31_000])
    const kinds = said.map(({ kind }) => kind).filter((kind) => kind.endsWith('reachable'))
    expect(kinds).toEqual(['unreachable', 'reachable'])
  })

  test('and where others can read it, this process says so again only after a while', async () => {
    const journal = opened()
    const said = await looks(journal, [0, 20_000])
    expect(said.said).toMatchObject([OUT])
    await say(journal, { kind: 'reachable', service: 'EC2' })
    const m = await journal.read('mig-1')
    expect(m?.away?.untilMs).toBe(FROM_MS)
    const again = await looks(journal, [0, 20_000, 179_000, 180_000])
    expect(again.said.filter(({ kind }) => kind === 'unreachable')).toHaveLength(1)
  })

  test('what answers, but not what was asked, is told as such', async () => {
    const refused = new Unreadable({ service: 'SSM', isAnswering: true }, 'AWS answered AuthFailure', null)
    const { said } = await looks(opened(), [0, 20_000], refused)
    expect(said).toMatchObject([
      { kind: 'unreachable', service: 'SSM', isAnswering: true, why: 'AWS answered AuthFailure' },
    ])
  })
})
