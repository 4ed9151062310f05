// Whether an effect may be called now. These rules keep EC2 from making the same thing twice, and a worker from acting
// for a migration that does not want it any more.

import { isReturned, serviceNameOf } from '../journal/services.ts'
import { isCleaning, isMove, issuedAtMs, latest } from '../journal/state.ts'
import { callOf, type Effect, type EffectState } from '../model/effects.ts'
import type { Facts } from '../model/facts.ts'
import { ANSWER_WITHIN_MS, RETRY_SLOWEST_MS, SHOWN_AFTER_MS } from '../model/limits.ts'
import type { Migration } from '../model/migration.ts'
import { isBehindLook } from '../rehearsing/ladder.ts'

/** Whether the migration, as it stands, issues this effect at all. A worker checks it again just before the call. */
export function mayIssue(m: Migration, state: EffectState): boolean {
  const { effect, status } = state
  if (m.paused || (status !== 'intended' && status !== 'issued')) return false
  // The old generation of marks would be put on volumes that were given back since.
  if (effect.step === 'tag' && isSuperseded(m, effect)) return false
  const isBack = effect.direction === 'back'
  if (isBehindLook(m, effect)) return false
  // A rehearsal takes away what it made while the rest of it still runs.
  if (!isMove(m) && m.endedAtMs === null) return m.phase === 'aborting' ? isBack : m.phase === 'seeding'
  switch (m.phase) {
    case 'seeding':
    case 'frozen':
    case 'moving':
      return !isBack
    case 'live':
      return isBack === isOfReturned(m, effect)
    case 'aborting':
      return isBack
    case 'done':
    case 'aborted':
      return isCleanup(m, effect)
    default:
      return false
  }
}

function isSuperseded(m: Migration, { subject, step, generation }: Effect): boolean {
  return (latest(m, subject, step)?.effect.generation ?? generation) > generation
}

/** Whether the effect is done for a service that was given back, for which everything leads home. */
function isOfReturned(m: Migration, effect: Effect): boolean {
  if (m.returns.length === 0) return false
  // A batch of marks has no service; on the way back each service has batches of its own.
  if (effect.step === 'tag') return effect.direction === 'back'
  const name = serviceNameOf(m, effect)
  return name !== null && isReturned(m, name)
}

/**
 * Whether a cleanup issues the effect: first the snapshots that protect live copies, then what an approver agreed to,
 * but for what was kept after all.
 */
export function isCleanup(m: Migration, effect: Effect): boolean {
  const { cleanup } = m
  if (!cleanup || !isCleaning(m)) return false
  if (effect.step === 'firstSnapshot') return m.phase === 'done' && cleanup.approved === null
  if (effect.subject.of !== 'resource') return false
  const { resource } = effect.subject
  return (cleanup.approved?.includes(resource) ?? false) && !cleanup.kept.has(resource)
}

/**
 * Whether the call may be made now. An intended effect may, unless EC2 asked for patience. One that is issued without
 * an answer may be repeated after ANSWER_WITHIN_MS if it is safe twice (by token, tags, states or an attribute); else
 * only on facts that began after the visibility window.
 */
export function mayCall(state: EffectState, facts: Facts, nowMs: number): boolean {
  const { effect, status, hindrance, notBeforeMs } = state
  if (callOf(effect) === null) return false
  if (status === 'intended') return notBeforeMs <= nowMs
  const atMs = issuedAtMs(state)
  if (status !== 'issued' || atMs === null) return false
  if (!isSafeTwice(effect)) return facts.beganAtMs >= atMs + SHOWN_AFTER_MS
  const heldMs = hindrance ? atMs - hindrance.sinceMs : 0
  return nowMs >= atMs + Math.max(ANSWER_WITHIN_MS, slower(heldMs))
}

/** The pause before a call that has come to nothing for `heldMs` is made again: an eighth of that, up to RETRY_SLOWEST_MS. */
export function slower(heldMs: number): number {
  return Math.min(heldMs / 8, RETRY_SLOWEST_MS)
}

/**
 * Whether the journal may have lost that this was done, or why it must not be. Until somebody has looked after the time
 * of doubt, a call without a token counts as issued and is only looked for, nothing freezes that an abort may have
 * opened again, and nothing on the way back goes on.
 */
export function isDoubtful(m: Migration, effect: Effect): boolean {
  if (!m.doubt?.isOpen) return false
  return m.phase === 'aborting' || effect.direction === 'back' || effect.step === 'freeze' || !isSafeTwice(effect)
}

function isSafeTwice(effect: Effect): boolean {
  return !['snapshot', 'attach', 'detach', 'delete', 'command'].includes(callOf(effect) ?? '')
}
