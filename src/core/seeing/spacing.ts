// How long until the next look: often while something short is in flight, seldom behind slow snapshots. What the outage waits for
// sets the pace: a slow deferrable must not make a required one be seen late.

import { urgencyOf } from '../calling/priority.ts'
import { isLatest } from '../journal/state.ts'
import type { EffectState } from '../model/effects.ts'
import { callOf, isSnapshotEffect } from '../model/effects.ts'
import type { Facts, SeenSnapshot } from '../model/facts.ts'
import { CALLS, OBSERVE_LONG_MS, OBSERVE_MAX_MS, OBSERVE_SHORT_MS, VOLUMES_PAGE_MAX } from '../model/limits.ts'
import type { Migration } from '../model/migration.ts'

/**
 * In ms from now: a fifth of the time that the next percent of the slowest snapshot is expected to take, of those that matter most
 * now, and never past the expected end of any of them. A look that costs several pages of volumes is taken so many times less often;
 * and while many calls wait for their turn it waits for a tenth of the time that they take.
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

/** Expected from the percents so far: how long the next one takes, and all that are left. */
function paceOf({ startedAtMs, percent }: SeenSnapshot, nowMs: number): { nextPercentMs: number; endMs: number } {
  const known = percent ?? 0
  const nextPercentMs = (nowMs - startedAtMs) / (known + 1)
  return { nextPercentMs, endMs: (100 - known) * nextPercentMs }
}

function isOpenSnapshot({ effect, status }: EffectState): boolean {
  return status === 'started' && isSnapshotEffect(effect)
}

/** A replica that left doubts within the outage, or on the way home: it is asked again in a moment. */
function isAskedSoon(m: Migration, state: EffectState): boolean {
  const isWaiting = ['frozen', 'moving', 'aborting'].includes(m.phase) && (state.reading?.doubts.length ?? 0) > 0
  return isWaiting && isLatest(m, state)
}

/** Under way and over soon: everything but a snapshot that EC2 has begun, and what a person does. */
function isShort(state: EffectState): boolean {
  const isUnderWay = ['intended', 'issued', 'started'].includes(state.status)
  return isUnderWay && !isOpenSnapshot(state) && callOf(state.effect) !== null
}
