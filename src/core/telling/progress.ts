// Progress, sampled once and rendered many ways: a line for each move, and every wait with its reason.

import { freezeOf, isDeferred, isOpen, isReturned, movesOf } from '../journal/services.ts'
import { latest } from '../journal/state.ts'
import type { EffectState } from '../model/effects.ts'
import type { Facts, Initialization, SeenSnapshot } from '../model/facts.ts'
import type { Migration } from '../model/migration.ts'
import { isGone, isReplicaMove, isSnapshotMove, nameOf, sizeOf } from '../model/moves.ts'
import type { Move, SnapshotMove } from '../model/plan.ts'
import { ofMove } from '../model/subjects.ts'
import { timeBeside } from '../model/text.ts'
import { seedsOf } from '../steps/seeds/rounds.ts'
import type { Wait } from '../steps/waits.ts'
import { remaining, remembered, type Tick } from './estimate.ts'
import { etaWords, type Remaining } from './eta.ts'
import { measuredOf } from './forecast/deltas.ts'
import { courseFor, leftBehind } from './forecast/older.ts'
import { type Measured, remainingBySeeds } from './forecast/seeded.ts'
import { copiesInUse } from './reads/copies.ts'
import { slowReadWords } from './reads/words.ts'
import { replicaPercent, replicaWords } from './replica-progress.ts'
import { awaited, causeOf, causeWords, olderOf, type Stall, stalledAfterMs } from './stalls/stall.ts'

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
  /** There where people wait for that snapshot, its percent stands, and no cause is known. */
  readonly stall?: Stall
}

/** Of each pending snapshot, by its id, the percents that were seen of it. */
type Ticks = Readonly<Record<string, readonly Tick[]>>
/** Of each pending snapshot, by its id, how long after its start (ms) a look has last shown why it waits. */
type Explained = Readonly<Record<string, number>>

/**
 * A sample of a migration's progress. `rev` is the journal's, `atMs` the time of the facts (ms since 1970). `ticks` and `explained` are
 * what the next sample goes on from; absent: nothing was pending, or nothing that was waited for a known cause.
 */
export type Progress = {
  readonly rev: number
  readonly atMs: number
  readonly lines: readonly Line[]
  readonly waits: readonly Wait[]
  readonly ticks?: Ticks
  readonly explained?: Explained
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
 * A look that took longer, in ms, since its process was held up or EC2 was slow, may show percents of its end, by which a snapshot would
 * look faster than it is; one that began a moment ago also by less: by more than this share of its time so far.
 */
const TIMED_LOOK_MS = 15_000
const TIMED_SHARE = 1 / 3
const MINUTE_MS = 60_000

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
  const ticks = ticksOf(facts, before?.ticks ?? {}, lookedMs)
  const explained = explainedOf(m, facts, before?.explained ?? {})
  return {
    rev: m.rev,
    atMs: facts.beganAtMs,
    lines: m.plan.moves.map((move) => lineOf(m, move, { facts, open, ticks, explained, lookedMs })),
    waits,
    ...(Object.keys(ticks).length > 0 ? { ticks } : {}),
    ...(Object.keys(explained).length > 0 ? { explained } : {}),
    ...(facts.initialization ? { initialization: facts.initialization } : {}),
  }
}

function ticksOf({ snapshots, others, beganAtMs }: Facts, before: Ticks, lookedMs: number): Ticks {
  const pending = [...snapshots.values(), ...others].filter(({ state }) => state === 'pending')
  return Object.fromEntries(
    pending.flatMap(({ id, startedAtMs, percent }) => {
      const elapsedMs = beganAtMs - startedAtMs
      const known = before[id] ?? []
      const ticks = isTimed(elapsedMs, lookedMs) ? remembered(known, [elapsedMs, percent ?? 0]) : known
      return ticks.length > 0 ? [[id, ticks]] : []
    }),
  )
}

/** EC2 shows what is older before or behind ours, so one look without a cause does not say for how long there was none. */
function explainedOf(m: Migration, facts: Facts, before: Explained): Explained {
  const all = m.plan.moves.filter(isSnapshotMove).flatMap((move) => {
    const snapshot = facts.snapshots.get(awaited(m, move)?.resource ?? '')
    if (snapshot?.state !== 'pending') return []
    const lastMs = causeOf(snapshot, move, facts) ? facts.beganAtMs - snapshot.startedAtMs : before[snapshot.id]
    return lastMs === undefined ? [] : [[snapshot.id, lastMs] as const]
  })
  return Object.fromEntries(all)
}

type Seen = {
  readonly facts: Facts
  readonly open: ReadonlySet<string>
  readonly ticks: Ticks
  readonly explained: Explained
  readonly lookedMs: number
}

/** Whether it is known well enough when EC2 showed the percents of a snapshot to tell a rate by them. */
function isTimed(elapsedMs: number, lookedMs: number): boolean {
  return lookedMs <= TIMED_LOOK_MS && lookedMs <= TIMED_SHARE * elapsedMs
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
  const isCopying = step === 'snapshot' || step === 'seed'
  return { ...base, isCopying, ...courseOf(m, move, seen, { doing, state }) }
}

/** What is to be said of a snapshot that is being made: why it waits, or since when it stands, and what is left. */
function courseOf(
  m: Migration,
  move: SnapshotMove,
  seen: Seen,
  { doing, state }: { readonly doing: string; readonly state: EffectState },
): Pick<Line, 'words' | 'left' | 'stall'> {
  const snapshot = seen.facts.snapshots.get(state.resource ?? '')
  if (snapshot?.state !== 'pending') return { words: doing, left: null }
  // Seeds have measured what a final snapshot copies; another seed is one more measurement.
  const measured = state.effect.step === 'snapshot' ? measuredOf(m, move, snapshot.startedAtMs) : null
  const isKnown = isTimed(seen.facts.beganAtMs - snapshot.startedAtMs, seen.lookedMs)
  const left = isKnown ? etaOf(snapshot, move, { ...seen, measured }) : null
  const cause = causeOf(snapshot, move, seen.facts)
  const stall = isKnown && !cause ? stallOf(m, move, snapshot, seen) : null
  const stands = stall ? `stands since ${timeBeside(stall.sinceMs, seen.facts.beganAtMs)} or earlier` : ''
  const why = causeWords(snapshot.percent ?? 0, cause) || stands
  const words = [doing, why, left ? etaWords(left) : ''].filter(Boolean).join(', ')
  return { words, left, ...(stall ? { stall } : {}) }
}

/** A look may show percents of its end, so it was seen to stand only from then on; a minute that is said has begun after that. */
function stallOf(m: Migration, move: SnapshotMove, snapshot: SeenSnapshot, seen: Seen): Stall | null {
  const course = courseFor(snapshot, move, seen)
  if (awaited(m, move)?.resource !== snapshot.id) return null
  const afterMs = stalledAfterMs(course, seen.explained[snapshot.id] ?? 0)
  if (afterMs === null) return null
  const sinceMs = Math.ceil((snapshot.startedAtMs + afterMs + TIMED_LOOK_MS) / MINUTE_MS) * MINUTE_MS
  return { move: move.id, snapshot: snapshot.id, percent: course.percent, sinceMs }
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

/** Older snapshots of the volume count too, whoever takes them. */
function etaOf(
  snapshot: SeenSnapshot,
  move: SnapshotMove,
  seen: Seen & { readonly measured: Measured | null },
): Remaining | null {
  const course = courseFor(snapshot, move, seen)
  const own = seen.measured ? remainingBySeeds(course, seen.measured) : remaining(course)
  return leftBehind(olderOf(snapshot, move, seen.facts), own, { move, seen })
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
