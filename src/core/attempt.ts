// May this effect be called now? The one rule that keeps EC2 from making the same thing twice.
import type { Facts } from './facts.ts'
import { VISIBILITY_WINDOW_MS } from './limits.ts'
import type { EffectState } from './migration.ts'

/** Longer than one call may take with its HTTP timeout; until then the first caller may still be at it. */
const ANSWER_WITHIN_MS = 15_000

/**
 * Intended: yes, unless EC2 asked for patience. Issued without an answer: a call that is safe twice (token, tags, an
 * attribute) may be repeated; CreateSnapshot and AttachVolume only after the visibility window, on facts that began after it.
 */
export function mayCall(state: EffectState, facts: Facts, nowMs: number): boolean {
  if (state.status === 'intended') return state.notBeforeMs <= nowMs
  if (state.status !== 'issued' || state.issuedAtMs === null) return false
  return isSafeTwice(state)
    ? nowMs >= state.issuedAtMs + ANSWER_WITHIN_MS
    : facts.beganAtMs >= state.issuedAtMs + VISIBILITY_WINDOW_MS
}

function isSafeTwice({ effect }: EffectState): boolean {
  return !['seed', 'snapshot', 'attach'].includes(effect.step)
}
