// Doubt: the last entries may be lost. What begins it, what ends it, what is known by then, and when it is somebody else.
import { describe, expect, test } from 'vitest'
import { isDoubtful } from '../../src/core/calling/may-call.ts'
import { decide } from '../../src/core/decide.ts'
import { fold } from '../../src/core/journal/fold.ts'
import type { Effect } from '../../src/core/model/effects.ts'
import type { Entry, EntryBody } from '../../src/core/model/entries.ts'
import type { SeenSnapshot, SeenVolume } from '../../src/core/model/facts.ts'
import { SHOWN_AFTER_MS } from '../../src/core/model/limits.ts'
import type { Doubt, Migration } from '../../src/core/model/migration.ts'
import { ofCopy, ofMove, ofService } from '../../src/core/model/subjects.ts'
import { copyOf, facts, LATER_MS, snapshotOf, tagged } from '../support/facts.ts'
import { entries, move, plan, planned } from '../support/plans.ts'
import { fitting } from './journals.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const began: EntryBody = { kind: 'began' }
const freezing: EntryBody = { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] }
const STOP: Effect = {
  ...{ subject: ofService('logs'), step: 'freeze', generation: 1, direction: 'forward' },
  ...{ service: 'logs', instances: ['i-source'], work: { method: 'manual', todo: [] } },
}
/** Everybody who writes has stopped. The last of these is the fifth entry, at 5 s. */
const stopped: readonly EntryBody[] = [
  ...[began, freezing, { kind: 'intended', effects: [STOP] } as const],
  { kind: 'confirmed', intended: 'n4', effects: ['service/logs.freeze.1'], by: 'U-2' },
]
const doubted: EntryBody = { kind: 'doubted', why: 'a test' }
const looked: EntryBody = { kind: 'looked' }
const forward = { subject: ofMove('vol-1'), generation: 1, direction: 'forward' } as const
const SEED: Effect = { ...forward, step: 'seed', volumeId: 'vol-1', tags: { Name: 'logs (seed)' } }
const CUT: Effect = { ...forward, step: 'snapshot', volumeId: 'vol-1', tags: {} }
const intended: EntryBody = { kind: 'intended', effects: [SEED] }

function journal(...said: readonly EntryBody[]): Entry[] {
  return entries(planned('mig-1', { plan: plan([LOGS]), seeds: true }), ...said)
}

const at = (...said: readonly EntryBody[]): Migration => fitting(journal(...said))
const source = tagged(LOGS, {})
const frozen = tagged(LOGS, { 'zonehop:frozen': 'mig-1-f1' })

type World = { readonly volumes?: readonly SeenVolume[]; readonly snapshots?: readonly SeenSnapshot[] }

function next(
  m: Migration,
  { volumes = [source], snapshots = [] }: World = {},
  beganAtMs = LATER_MS,
): EntryBody | null {
  return decide(m, facts({ volumes, snapshots, beganAtMs }), beganAtMs).next
}

describe('begins', () => {
  const last = (over: Partial<Entry>, ...said: readonly EntryBody[]): Doubt | null => {
    const all = journal(began, ...said)
    return fitting(all.map((entry, index) => (index === all.length - 1 ? ({ ...entry, ...over } as Entry) : entry)))
      .doubt
  }
  const at3: Doubt = { sinceMs: 3_000, untilMs: 3_000 + SHOWN_AFTER_MS, isOpen: true }
  const warned: EntryBody = { kind: 'warned', about: 'a', service: null, text: '' }

  test.each<[string, Doubt | null, Doubt | null]>([
    ['not by an entry of the same Redis', last({}, warned), null],
    ['by another run', last({ runId: 'r2' }, warned), at3],
    ['by another history alone: a failover and back', last({ replicationId: 'h2' }, warned), at3],
    ['by an entry that says so', last({}, doubted), at3],
    ['by a thing that no entry explains', last({}, { kind: 'adopted', things: [] }), at3],
  ])('%s', (_, doubt, then) => expect(doubt).toEqual(then))

  test('anew by another Redis while it is open', () => {
    const all = journal(began, doubted, warned).map((entry) => (entry.rev === 4 ? { ...entry, runId: 'r2' } : entry))
    expect(fitting(all).doubt).toEqual({ sinceMs: 4_000, untilMs: 4_000 + SHOWN_AFTER_MS, isOpen: true })
  })

  test('once: who stays in the other Redis begins no more', () => {
    const all = journal(began, warned, warned).map((entry) =>
      entry.rev > 2 ? { ...entry, replicationId: 'h2' } : entry,
    )
    expect(fitting(all).doubt).toEqual(at3)
  })
})

describe('ends', () => {
  const untilMs = 3_000 + SHOWN_AFTER_MS
  const m = at(began, doubted)

  test.each<[string, number, boolean]>([
    ['not by a look that began before its time', untilMs - 1, false],
    ['by one that began then', untilMs, true],
  ])('%s', (_, beganAtMs, ends) => {
    const said = decide(m, facts({ volumes: [source], beganAtMs }), LATER_MS).next
    expect(said?.kind === 'looked').toBe(ends)
  })

  test('by that entry alone', () => {
    expect(at(began, doubted, looked).doubt).toEqual({ sinceMs: 3_000, untilMs, isOpen: false })
    expect(at(began, doubted, intended).doubt).toEqual({ sinceMs: 3_000, untilMs, isOpen: true })
    expect(at(began, looked).doubt).toBeNull()
  })

  test('behind everything that the look shows', () => {
    const lost = snapshotOf(LOGS, { step: 'seed', issued: 'n-lost', startedAtMs: 2_500, state: 'pending', percent: 1 })
    expect(next(m, { snapshots: [lost] }, untilMs)).toMatchObject({ kind: 'adopted' })
    const left = tagged(LOGS, { 'zonehop:left': 'mig-1' })
    expect(next(m, { volumes: [left] }, untilMs)).toMatchObject({ kind: 'suspected', about: 'left' })
  })
})

describe('1201072: a worker slept through the whole time of doubt', () => {
  const m = at(began, intended, doubted)
  const state = m.effects.get('vol-1.seed.1')

  test('long after it, while nobody looked: the seed is not called on a look from before', () => {
    const early = facts({ volumes: [source], beganAtMs: 3_000 })
    expect(isDoubtful(m, SEED)).toBe(true)
    expect(decide(m, early, 10 * LATER_MS)).toMatchObject({
      next: { kind: 'intended' },
      effects: [],
    })
  })

  test('once somebody has looked it may be', () => {
    const after = at(began, intended, doubted, looked)
    expect(isDoubtful(after, SEED)).toBe(false)
    expect(decide(after, facts({ volumes: [source] }), LATER_MS).effects).toEqual([state])
  })
})

describe('a thing that no entry explains', () => {
  const lostSeed = snapshotOf(LOGS, {
    step: 'seed',
    issued: 'n-lost',
    startedAtMs: 2_500,
    state: 'pending',
    percent: 1,
  })
  /** Begun a minute after the freeze: later than that, however far apart the clocks are. */
  const lostCut = snapshotOf(LOGS, { issued: 'n-lost', startedAtMs: 65_000 })
  const adopts = (effect: Effect, resource: string): EntryBody => ({
    ...{ kind: 'adopted', things: [{ effect, issued: `n-${resource}`, resource }] },
  })
  const final: Effect = { ...CUT, tags: { 'zonehop:frozen': 'mig-1-f1' } } as Effect
  const cut = [...stopped, adopts(final, 'snap-vol-1'), looked]
  const lostCopy = copyOf(LOGS, {
    createdAtMs: 3_900,
    tags: { ...copyOf(LOGS).tags, 'zonehop:issued': 'n-lost' },
  })

  type Case = [fact: string, said: readonly EntryBody[], world: World, thing: object, resource: string]
  test.each<Case>([
    ['a seed', [began], { snapshots: [lostSeed] }, { step: 'seed', volumeId: 'vol-1' }, 'snap-vol-1'],
    [
      'a final snapshot that was begun under the freeze that stands',
      stopped,
      { volumes: [frozen], snapshots: [lostCut] },
      { step: 'snapshot', volumeId: 'vol-1' },
      'snap-vol-1',
    ],
    [
      'one that may be from before the freeze, as a seed',
      stopped,
      { volumes: [frozen], snapshots: [{ ...lostCut, startedAtMs: 64_999 }] },
      { step: 'seed', volumeId: 'vol-1' },
      'snap-vol-1',
    ],
    [
      'one of another freeze, as a seed',
      stopped,
      { volumes: [frozen], snapshots: [{ ...lostCut, tags: { ...lostCut.tags, 'zonehop:frozen': 'mig-1-f0' } }] },
      { step: 'seed', volumeId: 'vol-1' },
      'snap-vol-1',
    ],
    [
      'a volume from the present snapshot',
      cut,
      { volumes: [frozen, lostCopy] },
      { step: 'restore', snapshotId: 'snap-vol-1', zone: 'us-east-1c' },
      'vol-copy-vol-1',
    ],
    [
      'a volume from a seed, under its own name',
      [...stopped, adopts(SEED, 'snap-vol-1'), looked],
      { volumes: [frozen, lostCopy] },
      { subject: ofCopy('vol-1', 'vol-copy-vol-1'), step: 'restore', snapshotId: 'snap-vol-1', zone: 'us-east-1c' },
      'vol-copy-vol-1',
    ],
  ])('begins doubt, and is known from there on: %s', (_, before, world, effect, resource) => {
    const said = next(at(...before), world) as EntryBody
    expect(said).toMatchObject({
      kind: 'adopted',
      things: [{ issued: 'n-lost', resource, effect: { ...forward, ...effect } }],
    })
    const after = at(...before, said)
    expect(after.doubt).toMatchObject({ isOpen: true, sinceMs: after.rev * 1_000 })
    expect(after.effects.values().at(-1)).toMatchObject({
      ...{ status: 'started', resource, others: [] },
      attempts: [{ nonce: 'n-lost', atMs: after.rev * 1_000 }],
    })
    expect(next(after, world)).not.toMatchObject({ kind: 'adopted' })
  })

  test('keeps the generation that its tags say', () => {
    const third = snapshotOf(LOGS, { step: 'seed', issued: 'n-lost', startedAtMs: 2_500, generation: '3' })
    expect(next(at(began), { snapshots: [third] })).toMatchObject({ things: [{ effect: { generation: 3 } }] })
  })

  const seed = (over: Parameters<typeof snapshotOf>[1]) =>
    snapshotOf(LOGS, { step: 'seed', issued: 'n-lost', startedAtMs: 2_500, ...over })
  const copy = (over: Partial<SeenVolume>) => ({ ...lostCopy, ...over })

  test.each<[string, World]>([
    ['it says another migration', { snapshots: [seed({ tags: { 'zonehop:migration': 'mig-0' } })] }],
    ['it says no attempt', { snapshots: [{ ...seed({}), tags: { ...seed({}).tags, 'zonehop:issued': '' } }] }],
    ['an attempt of the journal made it', { snapshots: [seed({ issued: 'n4' })] }],
    ['it is of another volume, whatever its tags', { snapshots: [seed({ volumeId: 'vol-7' })] }],
    ['it was begun before the plan', { snapshots: [seed({ startedAtMs: 1_000 - 60_001 })] }],
    ['it is a volume in another zone', { volumes: [source, copy({ zone: 'us-east-1b' })] }],
    ['it is a volume of no snapshot', { volumes: [source, copy({ snapshotId: null })] }],
    ['it is a volume of a snapshot that no entry knows', { volumes: [source, copy({ snapshotId: 'snap-9' })] }],
  ])('is none of ours where %s', (_, world) => {
    const begun: EntryBody = {
      ...{ kind: 'seen', started: [{ effect: 'vol-1.seed.1', resource: 'snap-vol-1', others: [] }], achieved: [] },
    }
    const m = at(began, intended, { kind: 'issued', effect: 'vol-1.seed.1' }, begun)
    expect(next(m, world, 10_000)?.kind).not.toBe('adopted')
    expect(next(m, world, 10_000)?.kind).not.toBe('halted')
  })

  test.each<[string, World]>([
    ['a snapshot', { snapshots: [seed({ state: 'error' })] }],
    ['a volume', { volumes: [source, copy({ state: 'error' })] }],
  ])('in error is of no use where nothing asks for it: %s', (_, world) => {
    expect(next(at(began), world, 10_000)).toMatchObject({ kind: 'intended' })
  })

  test('in error tells why the call that is asked for did not succeed', () => {
    const world: World = { snapshots: [seed({ state: 'error' })] }
    const said = next(at(began, intended), world, 10_000) as EntryBody
    expect(said).toMatchObject({ kind: 'adopted', things: [{ issued: 'n-lost', resource: 'snap-vol-1' }] })
    expect(next(at(began, intended, said), world, 10_000)).toMatchObject({ kind: 'failed', code: 'SnapshotError' })
  })

  test('while doubt is open already it is adopted, and doubt does not begin anew', () => {
    const said = next(at(began, doubted), { snapshots: [lostSeed] }, 20_000) as EntryBody
    expect(said.kind).toBe('adopted')
    expect(at(began, doubted, said).doubt).toMatchObject({ sinceMs: 3_000, isOpen: true })
  })

  // recover.ts adopts them in the order in which EC2 shows them, and fold.ts takes the first.
  test('two of one effect: the latest begun is used, the other is named', () => {
    const two = [
      seed({ id: 'snap-a', issued: 'n-a', startedAtMs: 2_500 }),
      seed({ id: 'snap-b', issued: 'n-b', startedAtMs: 2_900 }),
    ]
    const used = (snapshots: readonly SeenSnapshot[]) =>
      at(began, next(at(began), { snapshots }) as EntryBody).effects.get('vol-1.seed.1')
    expect(used(two.toReversed())).toMatchObject({ resource: 'snap-b', others: ['snap-a'] })
    expect(used(two)).toMatchObject({ resource: 'snap-b', others: ['snap-a'] })
  })
})

describe('somebody else drives it', () => {
  /** Doubt began at 3 s; half a minute of it is clocks apart, the rest a call on its way. */
  const made = (ms: number): World => ({
    snapshots: [snapshotOf(LOGS, { step: 'seed', issued: 'n-rival', startedAtMs: 3_000 + ms, state: 'pending' })],
  })
  const m = at(began, doubted)

  test.each<[string, number, EntryBody['kind']]>([
    ['made 75 s after doubt began: it may still be ours', 75_000, 'adopted'],
    ['made later: nobody of ours made it', 75_001, 'halted'],
  ])('%s', (_, ms, kind) => expect(next(m, made(ms))?.kind).toBe(kind))

  test('a volume likewise', () => {
    const known: readonly EntryBody[] = [
      intended,
      { kind: 'seen', started: [{ effect: 'vol-1.seed.1', resource: 'snap-vol-1', others: [] }], achieved: [] },
    ]
    const seeded = at(began, doubted, ...known)
    const copy = copyOf(LOGS, { createdAtMs: 78_001 })
    expect(next(seeded, { volumes: [source, copy] })?.kind).toBe('halted')
    expect(next(seeded, { volumes: [source, { ...copy, createdAtMs: 78_000 }] })?.kind).toBe('adopted')
    // Of a snapshot that nobody here knows it is nobody's, and says nothing of anybody.
    expect(next(m, { volumes: [source, copy] })?.kind).not.toBe('halted')
  })

  test('says what was made, when, and what to do', () => {
    expect(next(m, made(80_000))).toEqual({
      kind: 'halted',
      why: 'somebody else drives mig-1: snap-vol-1 was made at 1970-01-01 00:01 UTC by a call that this journal never made. Look for a second Redis or a copy of zonehop, and stop it; then /migrate resume, or /migrate abort',
    })
  })

  test('resumed lifts the halt, begins doubt anew, and what was made is known then', () => {
    const said: readonly EntryBody[] = [began, doubted, next(m, made(80_000)) as EntryBody]
    const halted = fold(journal(...said)) as Migration
    expect(halted).toMatchObject({ phase: 'halted', halted: { from: 'seeding', entries: [] } })
    expect(decide(halted, facts({ volumes: [source] }), LATER_MS)).toMatchObject({ next: null, effects: [] })
    const resumedAtMs = 600_000
    const resumed = fitting(
      journal(...said, { kind: 'resumed', by: 'U-2' }).map((entry) =>
        entry.kind === 'resumed' ? { ...entry, atMs: resumedAtMs } : entry,
      ),
    )
    expect(resumed).toMatchObject({ phase: 'seeding', halted: null })
    expect(resumed.doubt).toEqual({ sinceMs: resumedAtMs, untilMs: resumedAtMs + SHOWN_AFTER_MS, isOpen: true })
    expect(next(resumed, made(80_000), resumedAtMs)).toMatchObject({ kind: 'adopted' })
  })

  test('a pause that is resumed begins none', () => {
    expect(at(began, { kind: 'paused', by: 'U-2' }, { kind: 'resumed', by: 'U-2' }).doubt).toBeNull()
  })

  test('without doubt there is nobody else: it begins it', () => {
    expect(next(at(began), made(10_000_000))?.kind).toBe('adopted')
  })

  // A tail that is lost once more says so first, by the Redis that comes up without it (jobs/reconcile.ts).
  test('also once doubt is over', () => {
    expect(next(at(began, doubted, looked), made(75_001))?.kind).toBe('halted')
  })
})

test('the cut is not made in doubt, and is once somebody looked', () => {
  const cutting: EntryBody = { kind: 'intended', effects: [CUT] }
  expect(decide(at(began, freezing, cutting, doubted), facts({ volumes: [frozen] }), LATER_MS).effects).toEqual([])
  const after = at(began, freezing, cutting, doubted, looked)
  expect(decide(after, facts({ volumes: [frozen] }), LATER_MS).effects).toMatchObject([{ effect: CUT }])
})
