// Questions to the fold: which generation of a step is the newest, whether it is achieved, which approval counts.
import { type Effect, effectId } from './effects.ts'
import type { Approval, EffectState, Gate, Migration } from './migration.ts'

/** The approval that counts for this gate on this basis, or none. */
export function approvalOf(m: Migration, gate: Gate, basis: string): Approval | null {
  return m.approvals.findLast((approval) => approval.gate === gate && approval.basis === basis) ?? null
}

export function isAchieved(m: Migration, effect: Effect): boolean {
  return m.effects.get(effectId(effect))?.status === 'achieved'
}

/** Nothing is to be done for it any more; a cleanup that somebody asked for may follow the end. */
export function isOver({ endedAtMs, cleanup }: Migration): boolean {
  return endedAtMs !== null && (cleanup === null || cleanup.endedAtMs !== null)
}

/** All generations of a step, oldest first. */
export function generationsOf(m: Migration, subject: string, step: Effect['step']): EffectState[] {
  const found: EffectState[] = []
  for (let next = m.effects.get(effectId({ subject, step, generation: 1 })); next; ) {
    found.push(next)
    next = m.effects.get(effectId({ subject, step, generation: found.length + 1 }))
  }
  return found
}

/** The newest generation of a step, or none if it was never intended. */
export function latest(m: Migration, subject: string, step: Effect['step']): EffectState | null {
  for (let generation = 1, found: EffectState | null = null; ; generation++) {
    const next = m.effects.get(effectId({ subject, step, generation }))
    if (!next) return found
    found = next
  }
}
