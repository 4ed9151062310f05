// Questions to the fold: which generation of a step is the newest, whether it is achieved, which approval counts.
import type { Effect } from './effects.ts'
import type { Approval, EffectState, Gate, Migration } from './migration.ts'
import { once } from './once.ts'

/** The approval that counts for this gate on this basis, or none. */
export function approvalOf(m: Migration, gate: Gate, basis: string): Approval | null {
  return m.approvals.findLast((approval) => approval.gate === gate && approval.basis === basis) ?? null
}

export function isAchieved({ effects }: Migration, { subject, step, generation }: Effect): boolean {
  return statesBySubject(effects).get(subject)?.[step]?.[generation]?.status === 'achieved'
}

/** Nothing is to be done for it any more; a cleanup that somebody asked for may follow the end. */
export function isOver(m: Migration): boolean {
  return m.endedAtMs !== null && !isCleaning(m)
}

export function isCleaning({ cleanup }: Migration): boolean {
  return cleanup !== null && cleanup.endedAtMs === null
}

/** Who asked for what the gate is about, and so cannot approve it. */
export function askerOf({ by, cleanup }: Migration, gate: Gate): string {
  return gate === 'cleanup' ? (cleanup?.by ?? by) : by
}

/** All generations of a step that are known, oldest first. */
export function generationsOf({ effects }: Migration, subject: string, step: Effect['step']): EffectState[] {
  return (statesBySubject(effects).get(subject)?.[step] ?? []).filter((state) => state !== undefined)
}

/** The newest generation of a step, or none if it was never intended. Of a lost tail the older ones may not be known. */
export function latest({ effects }: Migration, subject: string, step: Effect['step']): EffectState | null {
  return statesBySubject(effects).get(subject)?.[step]?.at(-1) ?? null
}

type Generations = Partial<Record<Effect['step'], EffectState[]>>

/** By subject and step, each generation at its number: asked hundreds of times a decision, and ids are slow to put together. */
const statesBySubject = once((effects: Migration['effects']): ReadonlyMap<string, Generations> => {
  const bySubject = new Map<string, Generations>()
  for (const state of effects.values()) {
    const { subject, step, generation } = state.effect
    const steps = bySubject.get(subject) ?? {}
    const generations = steps[step] ?? []
    generations[generation] = state
    steps[step] = generations
    bySubject.set(subject, steps)
  }
  return bySubject
})
