// May this effect be called now? The rules that keep EC2 from making the same thing twice, and a worker from acting for a
// migration that does not want it any more.
import { callOf, type Effect } from './effects.ts'
import type { Facts } from './facts.ts'
import { ANSWER_WITHIN_MS, SHOWN_AFTER_MS } from './limits.ts'
import type { EffectState, Migration } from './migration.ts'
import { moveOf } from './moves.ts'
import { isCleaning } from './state.ts'
import { HOME, SOURCE } from './way-back.ts'

/** The fence: whether this migration issues this effect at all, as it stands. Read again just before the call. */
export function mayIssue(m: Migration, { effect, status }: EffectState): boolean {
  if (m.paused || (status !== 'intended' && status !== 'issued')) return false
  switch (m.phase) {
    case 'seeding':
    case 'frozen':
    case 'moving':
    case 'live':
      return true
    case 'aborting':
      return isWayBack(effect)
    case 'done':
    case 'aborted':
      return isCleanup(m, effect)
    default:
      return false
  }
}

const BACK_STEPS: readonly Effect['step'][] = ['unfreeze', 'fence', 'reunite']

/** Whether it belongs to the way back: nothing else is issued on it. */
export function isWayBack({ step, subject }: Effect): boolean {
  if (step === 'tag') return subject.startsWith('aborted')
  return BACK_STEPS.includes(step) || [HOME, SOURCE].includes(subject.split('/').at(-1) ?? '')
}

/** Behind the end: protecting the copies, and what an approver agreed to, but for what was kept after all. */
export function isCleanup(m: Migration, { step, subject }: Effect): boolean {
  const { cleanup } = m
  if (!cleanup || !isCleaning(m)) return false
  // Of a copy that lives. What an abort left uncalled is the seed of a source.
  if (step === 'seed') return m.phase === 'done' && cleanup.approved === null && moveOf(m, subject)?.id !== subject
  const isOne = step === 'delete' || step === 'detachSource'
  return isOne && (cleanup.approved?.includes(subject) ?? false) && !cleanup.kept.has(subject)
}

const SETTLES: readonly Effect['step'][] = ['demote', 'down', 'promote', 'check', 'detach', 'attach']

/** Of the way forward, and may still act: a host at its document, a volume of a replica between two instances. */
export function isUnderWay(m: Migration, { effect, status }: EffectState): boolean {
  if (status !== 'started' || isWayBack(effect)) return false
  return effect.step === 'freeze' || (SETTLES.includes(effect.step) && moveOf(m, effect.subject)?.route === 'replica')
}

/**
 * Intended: yes, unless EC2 asked for patience. Issued without an answer: a call that is safe twice (token, tags, states, an
 * attribute) may be repeated; one that is not only after the visibility window, on facts that began after it.
 */
export function mayCall(
  { effect, status, notBeforeMs, issuedAtMs }: EffectState,
  facts: Facts,
  nowMs: number,
): boolean {
  if (callOf(effect) === null) return false
  if (status === 'intended') return notBeforeMs <= nowMs
  if (status !== 'issued' || issuedAtMs === null) return false
  return isSafeTwice(effect) ? nowMs >= issuedAtMs + ANSWER_WITHIN_MS : facts.beganAtMs >= issuedAtMs + SHOWN_AFTER_MS
}

/** Issued, and whether it took effect cannot be told yet. Past the window what is not seen was not done. */
export function isUnknown({ status, issuedAtMs }: EffectState, facts: Facts): boolean {
  return status === 'issued' && facts.beganAtMs < (issuedAtMs ?? 0) + SHOWN_AFTER_MS
}

/**
 * Whether the journal may have lost that this was done, or why it must not be: what has no token counts as issued, so it is
 * only looked for, nothing freezes that an abort may have opened again, and nothing on the way back goes on, while EC2 may not
 * yet show what was lost.
 */
export function isDoubtful(m: Migration, effect: Effect, atMs: number): boolean {
  return atMs < m.doubtUntilMs && (m.phase === 'aborting' || effect.step === 'freeze' || !isSafeTwice(effect))
}

function isSafeTwice(effect: Effect): boolean {
  return !['snapshot', 'attach', 'detach', 'delete', 'command'].includes(callOf(effect) ?? '')
}
