// How long until the next look: often while something short is in flight, seldom behind slow snapshots.
import { callOf } from './effects.ts'
import type { Facts } from './facts.ts'
import { OBSERVE_LONG_MS, OBSERVE_MAX_MS, OBSERVE_SHORT_MS } from './limits.ts'
import type { EffectState, Migration } from './migration.ts'
import { latest } from './state.ts'

/** In ms from now. A slow snapshot is asked after a fifth of the time its last percent took. */
export function observeInMs(m: Migration, facts: Facts, nowMs: number): number {
  if ([...m.effects.values()].some((state) => isShort(state) || isAskedSoon(m, state))) return OBSERVE_SHORT_MS
  const percentMs = [...facts.snapshots.values()]
    .filter(({ state }) => state === 'pending')
    .map(({ startedAtMs, percent }) => (nowMs - startedAtMs) / ((percent ?? 0) + 1))
  return Math.min(OBSERVE_MAX_MS, Math.max(OBSERVE_LONG_MS, ...percentMs.map((ms) => ms / 5)))
}

/** A replica that left doubts within the outage, or on the way home: it is asked again in a moment. */
function isAskedSoon(m: Migration, { effect, reading }: EffectState): boolean {
  const isWaiting = ['frozen', 'moving', 'aborting'].includes(m.phase) && (reading?.doubts.length ?? 0) > 0
  return isWaiting && latest(m, effect.subject, effect.step)?.effect === effect
}

/** Under way and over soon: everything but a snapshot that EC2 has begun, and what a person does. */
function isShort({ effect, status }: EffectState): boolean {
  const isUnderWay = status === 'intended' || status === 'issued' || status === 'started'
  const isSnapshot = (effect.step === 'seed' || effect.step === 'snapshot') && status === 'started'
  return isUnderWay && !isSnapshot && callOf(effect) !== null
}
