// Progress, sampled once and rendered many ways: a line a move, and every wait with its reason.
import { isCleanup, mayIssue } from './attempt.ts'
import { callOf } from './effects.ts'
import { etaWords, type Remaining, remaining } from './eta.ts'
import type { Facts } from './facts.ts'
import type { EffectState, Migration, Move, SnapshotMove } from './migration.ts'
import { isGone, isReplicaMove, moveOf, nameOf, sizeOf } from './moves.ts'
import { replicaPercent, replicaWaits, replicaWords } from './progress-replica.ts'
import { freezeOf, isDeferred, isOpen, movesOf } from './services.ts'
import { askerOf, latest } from './state.ts'
import { thawedWaits } from './thawed.ts'

/** What a migration waits for, in words that can be read out. */
export type Wait = { readonly on: string }

export type Line = {
  readonly name: string
  readonly service: string
  readonly sizeGib: number
  /** Whole percent of the current snapshot as EC2 reports it, 100 once it is complete; null while EC2 reports none. */
  readonly percent: number | null
  readonly words: string
  readonly isFailed: boolean
  readonly isDone: boolean
}

export type Progress = {
  readonly rev: number
  readonly atMs: number
  readonly lines: readonly Line[]
  readonly waits: readonly Wait[]
}

const LADDER = ['check', 'attach', 'restore', 'snapshot', 'seed'] as const
const WORDS: Readonly<Record<(typeof LADDER)[number], readonly [doing: string, done: string]>> = {
  seed: ['seed snapshot', 'seeded'],
  snapshot: ['final snapshot', 'snapshot complete'],
  restore: ['restoring', 'restored'],
  attach: ['attaching', 'attached'],
  check: ['checking', 'checked'],
}

/** As of the facts: a tick that was suspended since says nothing of now. */
export function sample(m: Migration, facts: Facts): Progress {
  return {
    rev: m.rev,
    atMs: facts.beganAtMs,
    lines: m.plan.moves.map((move) => lineOf(m, move, facts)),
    waits: waitsOf(m, facts),
  }
}

function lineOf(m: Migration, move: Move, facts: Facts): Line {
  const { service } = move
  const percent = percentOf(m, move, facts)
  const base = { name: nameOf(move), service, sizeGib: sizeOf(move), percent, isFailed: false, isDone: false }
  if (isGone(m, move)) return { ...base, isFailed: true, words: 'GONE: deleted in EC2 since the plan' }
  if (isReplicaMove(move)) return { ...base, ...replicaWords(m, move) }
  const step = LADDER.find((each) => latest(m, move.id, each) !== null)
  const state = step ? latest(m, move.id, step) : null
  if (!step || !state) return { ...base, words: freezeOf(m, move.service) ? 'waits for writes to stop' : 'planned' }
  if (state.failure) return { ...base, isFailed: true, words: `FAILED ${state.failure.code}: ${state.failure.problem}` }
  const [doing, done] = WORDS[step]
  if (step === 'check' && state.status === 'achieved') return { ...base, isDone: true, words: placeOf(m, move) }
  if (state.status !== 'started')
    return { ...base, words: state.status === 'achieved' ? done : `${doing}, asked of EC2` }
  const eta = etaOf(state, facts)
  return { ...base, words: eta ? `${doing}, ${etaWords(eta)}` : doing }
}

function placeOf(m: Migration, { service, volume }: SnapshotMove): string {
  return `${isOpen(m, service) ? 'live' : 'attached and checked'} at ${volume.device}`
}

function etaOf({ resource }: EffectState, facts: Facts): Remaining | null {
  const snapshot = facts.snapshots.get(resource ?? '')
  return snapshot ? remaining(snapshot.percent ?? 0, facts.beganAtMs - snapshot.startedAtMs) : null
}

function percentOf(m: Migration, move: Move, facts: Facts): number | null {
  if (isReplicaMove(move)) return replicaPercent(m, move)
  const state = latest(m, move.id, 'snapshot') ?? latest(m, move.id, 'seed')
  if (state?.status === 'achieved') return 100
  return facts.snapshots.get(state?.resource ?? '')?.percent ?? null
}

/** Of every deferred service, the percent of its slowest volume. */
export function percentsOf(m: Migration, facts: Facts): Record<string, number> {
  const deferred = m.plan.services.filter((service) => isDeferred(m, service))
  return Object.fromEntries(
    deferred.map(({ name }) => [name, Math.min(...movesOf(m, name).map((move) => percentOf(m, move, facts) ?? 0))]),
  )
}

/** Everything waited for, what people must do first. An old generation that failed waits for nothing any more. */
export function waitsOf(m: Migration, facts: Facts): Wait[] {
  const open = [...m.effects.values()].filter(
    (state) => isWaitedFor(m, state) && latest(m, state.effect.subject, state.effect.step) === state,
  )
  const hands = open.filter(({ effect }) => callOf(effect) === null)
  const urgent = urgency(m, facts)
  const calls = open
    .filter(({ effect }) => callOf(effect) !== null)
    .map((state) => ({ state, at: urgent(state) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ state }) => state)
  const words = (state: EffectState): string => waitOn(m, state, facts)
  return [
    ...(m.plan.uncovered.length > 0 ? [`a route for ${m.plan.uncovered.map(({ name }) => name).join(', ')}`] : []),
    ...m.plan.checks.flatMap(({ name, result, remedy }) => (result === 'red' ? [`${name}: ${remedy}`] : [])),
    ...(facts.beganAtMs < m.doubtUntilMs ? [doubtOf(m)] : []),
    ...(m.paused ? ['someone to resume it: /migrate resume'] : []),
    ...(m.asking ? [`approval of ${m.asking.gate} by someone other than <@${askerOf(m, m.asking.gate)}>`] : []),
    ...thawedWaits(m, facts),
    ...hands.map(words),
    ...replicaWaits(m),
    ...calls.map(words),
  ].map((on) => ({ on }))
}

function doubtOf({ doubtUntilMs }: Migration): string {
  const until = new Date(doubtUntilMs).toISOString().slice(11, 16)
  return `EC2 to show what the journal may have lost: until ${until} UTC it is only looked`
}

/** What has failed first, then what the outage waits for, the slowest of it foremost; what can wait last. */
function urgency(m: Migration, facts: Facts): (state: EffectState) => number {
  const deferred = new Set(m.plan.services.filter((service) => isDeferred(m, service)).map(({ name }) => name))
  return ({ effect, failure, resource }) => {
    if (failure) return 0
    const service = 'service' in effect ? effect.service : (moveOf(m, effect.subject)?.service ?? '')
    const percent = facts.snapshots.get(resource ?? '')?.percent ?? 100
    return (deferred.has(service) ? 2_000 : 1_000) + percent
  }
}

/** What the fence keeps back on the way back, or was left behind when it ended, is waited for by nobody. */
function isWaitedFor(m: Migration, state: EffectState): boolean {
  if (m.endedAtMs !== null && !isCleanup(m, state.effect)) return false
  return state.status !== 'achieved' && (m.phase !== 'aborting' || state.status !== 'intended' || mayIssue(m, state))
}

function waitOn(m: Migration, { effect, status, failure, resource }: EffectState, facts: Facts): string {
  const move = moveOf(m, effect.subject)
  const name = move ? nameOf(move) : effect.subject.replace('service/', '')
  if (failure) return `${name}: ${effect.step} failed (${failure.code}); ${failure.remedy}`
  if (callOf(effect) === null) return `someone to say that ${effect.step} of ${name} is done`
  if (status === 'issued') return `${name}: whether EC2 took ${effect.step}; looking for it`
  const percent = facts.snapshots.get(resource ?? '')?.percent ?? null
  return percent === null ? `${name}: ${effect.step}` : `${name}: ${effect.step} ${resource} ${percent}%`
}
