// How long until the next observation: it comes soon while something short is in flight, and late while slow snapshots
// run. What the outage waits for sets the pace: a slow deferrable must not make a required one be seen late.

import { urgencyOf } from '../calling/priority.ts'
import { isLatest } from '../journal/state.ts'
import { callOf, type EffectState, isSnapshotEffect } from '../model/effects.ts'
import type { Facts, SeenSnapshot } from '../model/facts.ts'
import { CALLS, OBSERVE_LONG_MS, OBSERVE_MAX_MS, OBSERVE_SHORT_MS, VOLUMES_PAGE_MAX } from '../model/limits.ts'
import type { Migration } from '../model/migration.ts'

/**
 * In ms from now. While something short is in flight: OBSERVE_SHORT_MS, or a tenth of the time that the waiting calls
 * take. Else a fifth of the time that the slowest of the most urgent snapshots is expected to take for its next
 * percent, never past the expected end of any of them. If it costs several pages of volumes, it comes so many times
 * less often.
 */
export function observeInMs(m: Migration, facts: Facts, nowMs: number): number {
  const states = m.effects.values()
  const cost = Math.max(1, facts.volumes.size / VOLUMES_PAGE_MAX)
  const soon = states.filter((state) => isShort(state) || isAskedSoon(m, state)).length
  if (soon > 0) {
    const backlogMs = (soon / CALLS.attach.perSecond / 10) * 1000
    return Math.min(OBSERVE_LONG_MS * cost, Math.max(OBSERVE_SHORT_MS * cost, backlogMs), OBSERVE_MAX_MS)
  }
  const pending = states.flatMap((state) => {
    const snapshot = isOpenSnapshot(state) ? facts.snapshots.get(state.resource ?? '') : undefined
    return snapshot?.state === 'pending' ? [{ urgency: urgencyOf(m, state.effect), snapshot }] : []
  })
  const most = Math.min(...pending.map(({ urgency }) => urgency))
  const waited = pending.filter(({ urgency }) => urgency === most).map(({ snapshot }) => paceOf(snapshot, nowMs))
  const nextPercentMs = Math.max(0, ...waited.map((pace) => pace.nextPercentMs))
  const endMs = Math.min(OBSERVE_MAX_MS, ...waited.map((pace) => pace.endMs))
  return Math.min(OBSERVE_MAX_MS, Math.max(OBSERVE_LONG_MS * cost, Math.min(endMs, nextPercentMs / 5)))
}

/** Expected from the percents so far, in ms: how long the next percent takes, and how long all that are left. */
function paceOf({ startedAtMs, percent }: SeenSnapshot, nowMs: number): { nextPercentMs: number; endMs: number } {
  const known = percent ?? 0
  const nextPercentMs = (nowMs - startedAtMs) / (known + 1)
  return { nextPercentMs, endMs: (100 - known) * nextPercentMs }
}

function isOpenSnapshot({ effect, status }: EffectState): boolean {
  return status === 'started' && isSnapshotEffect(effect)
}

/** Whether a replica left doubts within the outage, or on the way home: its hosts are asked again in a moment. */
function isAskedSoon(m: Migration, state: EffectState): boolean {
  const isWaiting = ['frozen', 'moving', 'aborting'].includes(m.phase) && (state.reading?.doubts.length ?? 0) > 0
  return isWaiting && isLatest(m, state)
}

/**
 * Whether the effect is under way and over soon: everything but a snapshot that EC2 has begun, and the work of a
 * person.
 */
function isShort(state: EffectState): boolean {
  const isUnderWay = ['intended', 'issued', 'started'].includes(state.status)
  return isUnderWay && !isOpenSnapshot(state) && callOf(state.effect) !== null
}
