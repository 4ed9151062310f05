// Progress, sampled once and rendered many ways: a line a move, and every wait with its reason.
import { etaWords, type Remaining, remaining } from './eta.ts'
import type { Facts } from './facts.ts'
import { latest } from './fold.ts'
import type { EffectState, Migration, Move, MoveStep } from './migration.ts'

/** What a migration waits for, in words that can be read out. */
export type Wait = { readonly on: string }

export type Line = {
  readonly name: string
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

const WORDS: Readonly<Record<MoveStep, readonly [doing: string, done: string]>> = {
  seed: ['seed snapshot', 'seeded'],
  snapshot: ['final snapshot', 'snapshot complete'],
  restore: ['restoring', 'restored'],
  attach: ['attaching', 'attached'],
  check: ['checking', 'checked'],
}
const LADDER: readonly MoveStep[] = ['check', 'attach', 'restore', 'snapshot', 'seed']

export function sample(m: Migration, facts: Facts, atMs: number): Progress {
  return { rev: m.rev, atMs, lines: m.plan.moves.map((move) => lineOf(m, move, facts)), waits: waitsOf(m, facts) }
}

function lineOf(m: Migration, move: Move, facts: Facts): Line {
  const { name, sizeGib } = move.volume
  const state = LADDER.map((step) => latest(m, move.id, step)).find((found) => found !== null)
  const base = { name, sizeGib, percent: percentOf(m, move, facts), isFailed: false, isDone: false }
  if (!state) return { ...base, words: m.phase === 'frozen' ? 'waits for writes to stop' : 'planned' }
  if (state.failure) return { ...base, isFailed: true, words: `FAILED ${state.failure.code}: ${state.failure.problem}` }
  const isAchieved = state.status === 'achieved'
  const [doing, done] = WORDS[state.effect.step as MoveStep]
  if (state.effect.step === 'check' && isAchieved) {
    const isOpen = m.opened.includes(move.service)
    return {
      ...base,
      isDone: true,
      words: `${isOpen ? 'live' : 'attached and checked'} in ${m.plan.targetZone} at ${move.volume.device}`,
    }
  }
  if (state.status !== 'started') return { ...base, words: isAchieved ? done : `${doing}, asked of EC2` }
  const eta = etaOf(state, facts)
  return { ...base, words: eta ? `${doing}, ${etaWords(eta)}` : doing }
}

function etaOf({ resource }: EffectState, facts: Facts): Remaining | null {
  const snapshot = facts.snapshots.get(resource ?? '')
  return snapshot ? remaining(snapshot.percent ?? 0, facts.beganAtMs - snapshot.startedAtMs) : null
}

function percentOf(m: Migration, move: Move, facts: Facts): number | null {
  const state = latest(m, move.id, 'snapshot') ?? latest(m, move.id, 'seed')
  if (state?.status === 'achieved') return 100
  return facts.snapshots.get(state?.resource ?? '')?.percent ?? null
}

/** Everything waited for, what people must do first. An old generation that failed waits for nothing any more. */
export function waitsOf(m: Migration, facts: Facts): Wait[] {
  const names = new Map(m.plan.moves.map(({ id, volume }) => [id, volume.name]))
  const people = [
    ...(m.phase === 'frozen' && m.freeze && !m.freeze.confirmedBy
      ? ['a person to confirm that writes have stopped']
      : []),
    ...(m.asking ? [`approval of ${m.asking.gate} by someone other than <@${m.by}>`] : []),
  ]
  const world = [...m.effects.values()]
    .filter((state) => state.status !== 'achieved' && latest(m, state.effect.subject, state.effect.step) === state)
    .map((state) => waitOn(names.get(state.effect.subject) ?? state.effect.subject, state, facts))
  return [...people, ...world].map((on) => ({ on }))
}

function waitOn(name: string, { effect, status, failure, resource }: EffectState, facts: Facts): string {
  if (failure) return `${name}: ${effect.step} failed (${failure.code}); ${failure.remedy}`
  if (status === 'issued') return `${name}: whether EC2 took ${effect.step}; looking for it`
  const percent = facts.snapshots.get(resource ?? '')?.percent ?? null
  return percent === null ? `${name}: ${effect.step}` : `${name}: ${effect.step} ${resource} ${percent}%`
}
