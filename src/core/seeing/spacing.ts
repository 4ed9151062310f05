// How long until the next observation: it comes soon while something short is in flight, and late while slow snapshots
// run. What the outage waits for sets the pace: a slow deferrable must not make a required one be seen late.

import { type Urgency, urgencyOf } from '../calling/priority.ts'
import { isLatest, issuedAtMs } from '../journal/state.ts'
import { callOf, type Effect, type EffectState, isSnapshotEffect } from '../model/effects.ts'
import type { Facts, SeenSnapshot } from '../model/facts.ts'
import {
  CALLS,
  OBSERVE_BRIEF_MS,
  OBSERVE_LONG_MS,
  OBSERVE_MAX_MS,
  OBSERVE_SHORT_MS,
  VOLUMES_PAGE_MAX,
} from '../model/limits.ts'
import type { Migration } from '../model/migration.ts'
import { isSnapshotMove, moveOf } from '../model/moves.ts'
import { remaining } from '../telling/estimate.ts'
import { measuredOf } from '../telling/forecast/deltas.ts'
import { remainingBySeeds } from '../telling/forecast/seeded.ts'

/**
 * Within the outage the end of a snapshot is seen late by no more than this share of what it has taken so far, where pages and
 * OBSERVE_SHORT_MS allow it. More looks would shorten nothing that anybody notices.
 */
const LATE_SHARE = 1 / 50

/** The end of something short likewise, by no more than this share: it takes seconds, and is asked for one after the other. */
const BRIEF_SHARE = 1 / 10

/**
 * In ms from now. While something short is in flight: OBSERVE_SHORT_MS, within the outage from OBSERVE_BRIEF_MS up to that, or
 * a tenth of the time that the waiting calls take. Else a fifth of the time that the slowest of the most urgent snapshots is
 * expected to take for its next percent, never past the expected end of any of them; and sooner where the outage waits for one
 * that may be over before that. If it costs several pages of volumes, it comes so many times less often.
 */
export function observeInMs(m: Migration, facts: Facts, nowMs: number): number {
  const states = m.effects.values()
  const cost = Math.max(1, facts.volumes.size / VOLUMES_PAGE_MAX)
  const soon = states.filter((state) => isShort(state) || isAskedSoon(m, state))
  if (soon.length > 0) {
    const backlogMs = (soon.length / CALLS.attach.perSecond / 10) * 1000
    return Math.min(OBSERVE_LONG_MS * cost, Math.max(shortMs(m, soon, nowMs) * cost, backlogMs), OBSERVE_MAX_MS)
  }
  const pending = states.flatMap((state): Pending[] => {
    const snapshot = isOpenSnapshot(state) ? facts.snapshots.get(state.resource ?? '') : undefined
    return snapshot?.state === 'pending'
      ? [{ urgency: urgencyOf(m, state.effect), effect: state.effect, snapshot }]
      : []
  })
  const most = Math.min(...pending.map(({ urgency }) => urgency))
  const waited = pending.filter(({ urgency }) => urgency === most)
  const windowMs = m.windowMs !== null && m.windowMs > nowMs ? m.windowMs - nowMs : Number.POSITIVE_INFINITY
  const leisureMs = Math.min(windowMs, atLeisureMs(waited, cost, nowMs))
  const isAwaited = ({ effect, urgency }: Pending) =>
    m.phase === 'moving' && effect.step === 'snapshot' && urgency === 1
  const endsInMs = waited.filter(isAwaited).map((one) => mayEndInMs(m, one, nowMs))
  return Math.min(leisureMs, ...endsInMs.map((ms) => Math.max(OBSERVE_SHORT_MS * cost, ms)))
}

/** The pause while something short is under way, where a look costs one page: in an outage by how long ago the last was asked for. */
function shortMs({ outage }: Migration, soon: readonly EffectState[], nowMs: number): number {
  if (outage === null || outage.untilMs !== null) return OBSERVE_SHORT_MS
  const ageMs = nowMs - Math.max(...soon.map((state) => issuedAtMs(state) ?? state.intendedAtMs))
  return Math.min(OBSERVE_SHORT_MS, Math.max(OBSERVE_BRIEF_MS, ageMs * BRIEF_SHARE))
}

type Pending = { readonly urgency: Urgency; readonly effect: Effect; readonly snapshot: SeenSnapshot }

/** The pause where nobody waits for the moment at which one of these ends. */
function atLeisureMs(waited: readonly Pending[], cost: number, nowMs: number): number {
  const paces = waited.map(({ snapshot }) => paceOf(snapshot, nowMs))
  const nextPercentMs = Math.max(0, ...paces.map((pace) => pace.nextPercentMs))
  const endMs = Math.min(OBSERVE_MAX_MS, ...paces.map((pace) => pace.endMs))
  return Math.min(OBSERVE_MAX_MS, Math.max(OBSERVE_LONG_MS * cost, Math.min(endMs, nextPercentMs / 5)))
}

/** The least that is left of a snapshot by what its seeds took, or by its percents; no sooner than after a share of its time so far. */
function mayEndInMs(m: Migration, { effect, snapshot }: Pending, nowMs: number): number {
  const { percent, startedAtMs } = snapshot
  const elapsedMs = nowMs - startedAtMs
  const move = moveOf(m, effect.subject)
  const measured = move && isSnapshotMove(move) ? measuredOf(m, move, startedAtMs) : null
  const course = { percent: percent ?? 0, elapsedMs, ticks: [], expectedMs: 0 }
  const left = measured ? remainingBySeeds(course, measured) : remaining(course)
  return Math.max(elapsedMs * LATE_SHARE, left?.leastMs ?? 0)
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
