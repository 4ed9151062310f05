// Progress, sampled once and rendered many ways: a line for each move, and every wait with its reason.

import { freezeOf, isDeferred, isOpen, isReturned, movesOf } from '../journal/services.ts'
import { latest } from '../journal/state.ts'
import type { EffectState } from '../model/effects.ts'
import type { Facts, Initialization, SeenSnapshot } from '../model/facts.ts'
import type { Migration } from '../model/migration.ts'
import { isGone, isReplicaMove, nameOf, sizeOf } from '../model/moves.ts'
import type { Move, SnapshotMove } from '../model/plan.ts'
import { ofMove, subjectName } from '../model/subjects.ts'
import { seedsOf } from '../steps/seed-rounds.ts'
import type { Wait } from '../steps/waits.ts'
import { behind, remaining, remembered, type Tick, usualMs } from './estimate.ts'
import { etaWords, type Remaining } from './eta.ts'
import { copiesInUse } from './reads/copies.ts'
import { slowReadWords } from './reads/words.ts'
import { replicaPercent, replicaWords } from './replica-progress.ts'

/** How one move stands. */
export type Line = {
  readonly name: string
  readonly service: string
  readonly sizeGib: number
  /** Whole percent of the current snapshot as EC2 reports it, 100 once it is complete; null while EC2 reports none. */
  readonly percent: number | null
  readonly words: string
  readonly isFailed: boolean
  readonly isDone: boolean
  /** Whether a snapshot of it is being made. */
  readonly isCopying: boolean
  /** What that snapshot still takes; null while there is nothing to tell it by. */
  readonly left: Remaining | null
}

/** Of each pending snapshot, by its id, the percents that were seen of it. */
type Ticks = Readonly<Record<string, readonly Tick[]>>

/**
 * A sample of a migration's progress. `rev` is the journal's, `atMs` the time of the facts (ms since 1970). `ticks` are what the next
 * sample goes on from; absent: nothing was pending.
 */
export type Progress = {
  readonly rev: number
  readonly atMs: number
  readonly lines: readonly Line[]
  readonly waits: readonly Wait[]
  readonly ticks?: Ticks
  /** How far copies in use are loaded, as of a time of its own; absent: EC2 was not asked. */
  readonly initialization?: Initialization
}

const LADDER = ['checkCopy', 'attach', 'restore', 'snapshot', 'seed'] as const
const WORDS: Readonly<Record<(typeof LADDER)[number], readonly [doing: string, done: string]>> = {
  seed: ['seed snapshot', 'seeded'],
  snapshot: ['final snapshot', 'snapshot complete'],
  restore: ['restoring', 'restored'],
  attach: ['attaching', 'attached'],
  checkCopy: ['checking', 'checked'],
}

/**
 * A look that took longer, in ms, since its process was held up or EC2 was slow, may show percents of its end, by which a snapshot that
 * began a while ago would look faster than it is.
 */
const TIMED_LOOK_MS = 15_000

/**
 * The progress as of the facts, not as of now: the tick may have been suspended since. `waits` are those that were
 * decided on the same facts. `before` is the sample that was taken last, null where there is none: percents that it remembers make ranges
 * narrower, and without them they hold as well. `lookedMs`: how long the look took that gave the facts.
 */
export function sample(
  m: Migration,
  facts: Facts,
  waits: readonly Wait[],
  { before, lookedMs }: { readonly before: Progress | null; readonly lookedMs: number },
): Progress {
  const open = new Set(m.plan.services.map(({ name }) => name).filter((name) => isOpen(m, name)))
  const isTimed = lookedMs <= TIMED_LOOK_MS
  const ticks = isTimed ? ticksOf(facts, before?.ticks ?? {}) : (before?.ticks ?? {})
  return {
    rev: m.rev,
    atMs: facts.beganAtMs,
    lines: m.plan.moves.map((move) => lineOf(m, move, { facts, open, ticks, isTimed })),
    waits,
    ...(Object.keys(ticks).length > 0 ? { ticks } : {}),
    ...(facts.initialization ? { initialization: facts.initialization } : {}),
  }
}

function ticksOf({ snapshots, beganAtMs }: Facts, before: Ticks): Ticks {
  const pending = [...snapshots.values()].filter(({ state }) => state === 'pending')
  return Object.fromEntries(
    pending.map(({ id, startedAtMs, percent }) => [
      id,
      remembered(before[id] ?? [], [beganAtMs - startedAtMs, percent ?? 0]),
    ]),
  )
}

/** `isTimed`: it is known well enough when EC2 showed the percents to tell a rate by them. */
type Seen = {
  readonly facts: Facts
  readonly open: ReadonlySet<string>
  readonly ticks: Ticks
  readonly isTimed: boolean
}

function lineOf(m: Migration, move: Move, seen: Seen): Line {
  const { service } = move
  const { facts, open } = seen
  const percent = percentOf(m, move, facts)
  const nothing = { isFailed: false, isDone: false, isCopying: false, left: null }
  const base = { name: nameOf(move), service, sizeGib: sizeOf(move), percent, ...nothing }
  if (isGone(m, move)) return { ...base, isFailed: true, words: 'GONE: deleted in EC2 since the plan' }
  if (isReplicaMove(move)) return { ...base, ...replicaWords(m, move) }
  if (isReturned(m, service)) return { ...base, isDone: true, words: `given back, stays in ${m.plan.sourceZone}` }
  const subject = ofMove(move.id)
  const step = LADDER.find((each) => latest(m, subject, each) !== null)
  const state = step ? latest(m, subject, step) : null
  if (!step || !state) return { ...base, words: freezeOf(m, move.service) ? 'waits for writes to stop' : 'planned' }
  if (state.failure) return { ...base, isFailed: true, words: `FAILED ${state.failure.code}: ${state.failure.problem}` }
  const [doing, done] = step === 'seed' ? seedWords(m, move) : WORDS[step]
  if (step === 'checkCopy' && state.status === 'achieved') {
    const slow = slowReadWords(facts.initialization ?? null, copyInUse(m, move))
    return { ...base, isDone: true, words: `${placeOf(move, open)}${slow ? `; ${slow}` : ''}` }
  }
  if (state.status !== 'started')
    return { ...base, words: state.status === 'achieved' ? done : `${doing}, asked of EC2` }
  const left = seen.isTimed ? etaOf(state, move, seen) : null
  const isCopying = step === 'snapshot' || step === 'seed'
  return { ...base, isCopying, left, words: left ? `${doing}, ${etaWords(left)}` : doing }
}

/** Of the seeds that follow the first it is said which one runs. */
function seedWords(m: Migration, move: SnapshotMove): (typeof WORDS)['seed'] {
  const rounds = seedsOf(m, move).length
  return rounds === 0 ? WORDS.seed : [`seed snapshot ${rounds + 1}`, WORDS.seed[1]]
}

function copyInUse(m: Migration, { id }: SnapshotMove): string | null {
  const copy = latest(m, ofMove(id), 'restore')?.resource ?? null
  return copy !== null && copiesInUse(m).has(copy) ? copy : null
}

function placeOf({ service, volume }: SnapshotMove, open: ReadonlySet<string>): string {
  return `${open.has(service) ? 'live' : 'attached and checked'} at ${volume.device}`
}

/** EC2 completes the snapshots of a volume in the order in which they began, so an older one of ours counts too. */
function etaOf({ resource }: EffectState, move: SnapshotMove, seen: Seen): Remaining | null {
  const { snapshots, snapshotsOf } = seen.facts
  const snapshot = snapshots.get(resource ?? '')
  if (!snapshot) return null
  const own = leftOf(snapshot, move, seen)
  const older = (snapshotsOf.get(subjectName(ofMove(move.id))) ?? []).filter(
    ({ state, volumeId, startedAtMs }) =>
      state === 'pending' && volumeId === move.volume.id && startedAtMs < snapshot.startedAtMs,
  )
  return older.flatMap((one) => leftOf(one, move, seen) ?? []).reduce((left, one) => behind(one, left), own)
}

function leftOf({ id, percent, startedAtMs }: SeenSnapshot, { volume }: SnapshotMove, seen: Seen): Remaining | null {
  const elapsedMs = seen.facts.beganAtMs - startedAtMs
  const expectedMs = usualMs(volume.sizeGib)
  return remaining({ percent: percent ?? 0, elapsedMs, ticks: seen.ticks[id] ?? [], expectedMs })
}

function percentOf(m: Migration, move: Move, facts: Facts): number | null {
  if (isReplicaMove(move)) return replicaPercent(m, move)
  const state = latest(m, ofMove(move.id), 'snapshot') ?? latest(m, ofMove(move.id), 'seed')
  if (state?.status === 'achieved') return 100
  return facts.snapshots.get(state?.resource ?? '')?.percent ?? null
}

/** For every deferred service, the percent of its slowest volume; 0 while EC2 reports none. */
export function percentsOf(m: Migration, facts: Facts): Record<string, number> {
  const deferred = m.plan.services.filter((service) => isDeferred(m, service))
  return Object.fromEntries(
    deferred.map(({ name }) => [name, Math.min(...movesOf(m, name).map((move) => percentOf(m, move, facts) ?? 0))]),
  )
}
