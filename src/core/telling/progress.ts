// Progress, sampled once and rendered many ways: a line for each move, and every wait with its reason.

import { freezeOf, isDeferred, isOpen, isReturned, movesOf } from '../journal/services.ts'
import { latest } from '../journal/state.ts'
import type { EffectState } from '../model/effects.ts'
import type { Facts } from '../model/facts.ts'
import type { Migration } from '../model/migration.ts'
import { isGone, isReplicaMove, nameOf, sizeOf } from '../model/moves.ts'
import type { Move, SnapshotMove } from '../model/plan.ts'
import { ofMove } from '../model/subjects.ts'
import type { Wait } from '../steps/waits.ts'
import { etaWords, type Remaining, remaining } from './eta.ts'
import { replicaPercent, replicaWords } from './replica-progress.ts'

/** How one move stands. */
export type Line = {
  readonly name: string
  readonly service: string
  readonly sizeGib: number
  /** Whole percent of the current snapshot as EC2 reports it, 100 once it is complete; null while EC2 reports none. */
  readonly percent: number | null
  readonly words: string
  /** How long its snapshot still takes; absent while that is not known, and in samples of an earlier zonehop. */
  readonly left?: Remaining
  readonly isFailed: boolean
  readonly isDone: boolean
}

/** A sample of a migration's progress. `rev` is the journal's, `atMs` the time of the facts (ms since 1970). */
export type Progress = {
  readonly rev: number
  readonly atMs: number
  readonly lines: readonly Line[]
  readonly waits: readonly Wait[]
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
 * The progress as of the facts, not as of now: the tick may have been suspended since. `waits` are those that were
 * decided on the same facts.
 */
export function sample(m: Migration, facts: Facts, waits: readonly Wait[]): Progress {
  const open = new Set(m.plan.services.map(({ name }) => name).filter((name) => isOpen(m, name)))
  return {
    rev: m.rev,
    atMs: facts.beganAtMs,
    lines: m.plan.moves.map((move) => lineOf(m, move, { facts, open })),
    waits,
  }
}

type Seen = { readonly facts: Facts; readonly open: ReadonlySet<string> }

function lineOf(m: Migration, move: Move, { facts, open }: Seen): Line {
  const { service } = move
  const percent = percentOf(m, move, facts)
  const base = { name: nameOf(move), service, sizeGib: sizeOf(move), percent, isFailed: false, isDone: false }
  if (isGone(m, move)) return { ...base, isFailed: true, words: 'GONE: deleted in EC2 since the plan' }
  if (isReplicaMove(move)) return { ...base, ...replicaWords(m, move) }
  if (isReturned(m, service)) return { ...base, isDone: true, words: `given back, stays in ${m.plan.sourceZone}` }
  const subject = ofMove(move.id)
  const step = LADDER.find((each) => latest(m, subject, each) !== null)
  const state = step ? latest(m, subject, step) : null
  if (!step || !state) return { ...base, words: freezeOf(m, move.service) ? 'waits for writes to stop' : 'planned' }
  if (state.failure) return { ...base, isFailed: true, words: `FAILED ${state.failure.code}: ${state.failure.problem}` }
  const [doing, done] = WORDS[step]
  if (step === 'checkCopy' && state.status === 'achieved') return { ...base, isDone: true, words: placeOf(move, open) }
  if (state.status !== 'started')
    return { ...base, words: state.status === 'achieved' ? done : `${doing}, asked of EC2` }
  const eta = etaOf(state, facts)
  return eta ? { ...base, words: `${doing}, ${etaWords(eta)}`, left: eta } : { ...base, words: doing }
}

function placeOf({ service, volume }: SnapshotMove, open: ReadonlySet<string>): string {
  return `${open.has(service) ? 'live' : 'attached and checked'} at ${volume.device}`
}

function etaOf({ resource }: EffectState, facts: Facts): Remaining | null {
  const snapshot = facts.snapshots.get(resource ?? '')
  return snapshot ? remaining(snapshot.percent ?? 0, facts.beganAtMs - snapshot.startedAtMs) : null
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
