// A snapshot whose percent stands: why it waits, where that is known, and from when on it counts as stalled, where it is not. EC2 does not
// say why a snapshot does not move. What it shows are older snapshots of the same volume, behind which it completes a later one, and the
// start of each, by which snapshots of one set are known.

import { isDeferred, serviceNamed } from '../../journal/services.ts'
import { isMove, latest } from '../../journal/state.ts'
import type { EffectState } from '../../model/effects.ts'
import { type Facts, groupedBy, type SeenSnapshot } from '../../model/facts.ts'
import type { Migration, Phase } from '../../model/migration.ts'
import { once } from '../../model/once.ts'
import type { SnapshotMove } from '../../model/plan.ts'
import { ofMove } from '../../model/subjects.ts'
import type { Course, Tick } from '../estimate.ts'
import { BEGINS_WITHIN_MS } from '../eta.ts'

/** A snapshot that stands for no known cause. `sinceMs` (ms since 1970): from then on, or from earlier, every look showed this percent. */
export type Stall = {
  readonly move: string
  readonly snapshot: string
  readonly percent: number
  readonly sinceMs: number
}

/**
 * What stands for less, in ms, is nothing to hear of in the night: percents of real snapshots pause for a minute or two, and who is called
 * should find something that lasts.
 */
const STALLS_AFTER_MS = 5 * 60_000
/** It stalls once it stands for so many times its usual gap; kinds of curves in test/bench/eta have paces that differ by up to that. */
const TIMES_USUAL = 3
/** Gaps that tell what is usual now: of remembered ticks (`remembered` in estimate.ts) the newest sixteen are all there, older ones thinned. */
const GAPS_MAX = 15
/** Fewer gaps are chance, so the pace so far counts beside them. */
const GAPS_MIN = 3
/** From this percent on all that can be copied is, and EC2 completes it when its turn has come. */
const COPIED_PERCENT = 99

/** The snapshots that people wait for, by phase. */
const AWAITED: Readonly<Partial<Record<Phase, 'seed' | 'snapshot'>>> = { seeding: 'seed', moving: 'snapshot' }

/**
 * The snapshot of a move that EC2 has begun and that the outage waits for, or before it the question whether to stop writes: of a service
 * without which nothing goes live. Null: there is none.
 */
export function awaited(m: Migration, { id, service }: SnapshotMove): EffectState | null {
  const step = isMove(m) ? AWAITED[m.halted?.from ?? m.phase] : undefined
  const named = serviceNamed(m, service)
  if (!step || !named || isDeferred(m, named)) return null
  const state = latest(m, ofMove(id), step)
  return state?.status === 'started' ? state : null
}

/**
 * How long after its start (ms) a look first showed the percent at which the snapshot stands now, with no known cause since: `explainedMs`
 * after it began a look has shown one last (0: never), and until its turn has come it may stand for no reason of its own. Null while it does
 * not stand for longer than the larger of STALLS_AFTER_MS and TIMES_USUAL gaps; one at 0% may stand for BEGINS_WITHIN_MS beside that.
 * Without ticks nothing stalls.
 */
export function stalledAfterMs(course: Course, explainedMs: number): number | null {
  const { percent, elapsedMs, ticks } = course
  const last = ticks.at(-1)
  if (last?.[1] !== percent) return null
  const beginsMs = percent < 1 ? BEGINS_WITHIN_MS : 0
  const sinceMs = Math.max(last[0], explainedMs)
  const isStalled = elapsedMs - sinceMs > beginsMs + Math.max(STALLS_AFTER_MS, TIMES_USUAL * usualGapMs(course, last))
  return isStalled ? sinceMs : null
}

/**
 * The gap that is usual between two percents that EC2 shows, in ms: the middle of the last ones. With few gaps it is no less than a percent
 * took at the pace so far, and under 1% than what a percent is expected to take.
 */
function usualGapMs({ percent, ticks, expectedMs }: Course, [movedMs]: Tick): number {
  const gaps = ticks
    .slice(1)
    .map(([atMs], index) => atMs - (ticks[index]?.[0] ?? 0))
    .slice(-GAPS_MAX)
  const middle = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0
  if (gaps.length >= GAPS_MIN) return middle
  return Math.max(middle, percent < 1 ? expectedMs / 100 : movedMs / percent)
}

/** An older snapshot of the same volume; `isOfSet`: it is copied, and waits for the rest of the set with which it was taken. */
type Older = { readonly id: string; readonly percent: number; readonly isOfSet: boolean }

/** A snapshot by when it began, in ms since 1970: one that is to come is younger than all. */
type Begun = Pick<SeenSnapshot, 'startedAtMs'>

/**
 * The pending snapshots of the volume that began before this one, the oldest first: ours and those of others, whatever their tags say of
 * whose they are.
 */
export function olderOf(snapshot: Begun, move: SnapshotMove, facts: Facts): SeenSnapshot[] {
  return (shownByVolume(facts).get(move.volume.id) ?? [])
    .filter(({ state, startedAtMs }) => state === 'pending' && startedAtMs < snapshot.startedAtMs)
    .toSorted((a, b) => a.startedAtMs - b.startedAtMs)
}

/** The older snapshot behind which EC2 completes this one; null where nothing that EC2 shows explains that it waits. */
export function causeOf(snapshot: Begun, move: SnapshotMove, facts: Facts): Older | null {
  const older = olderOf(snapshot, move, facts).at(-1)
  if (!older) return null
  const percent = older.percent ?? 0
  return { id: older.id, percent, isOfSet: percent >= COPIED_PERCENT && setOf(older, facts).length > 1 }
}

/**
 * A pending snapshot with those that are complete only together with it: the ones that one CreateSnapshots takes have one start time (its
 * example in EC2's API reference), and ours are taken one by one.
 */
export function setOf(snapshot: SeenSnapshot, facts: Facts): readonly SeenSnapshot[] {
  const together = othersByStart(facts).get(snapshot.startedAtMs) ?? []
  return together.some(({ id }) => id === snapshot.id) ? together : [snapshot]
}

const shownByVolume = once(({ snapshots, others }: Facts) =>
  groupedBy([...snapshots.values(), ...others], ({ volumeId }) => volumeId),
)
/** Those of another migration of ours are no set either, however close together their calls were. */
const othersByStart = once(({ others }: Facts) =>
  groupedBy(
    others.filter(({ tags }) => !('zonehop:migration' in tags)),
    ({ startedAtMs }) => startedAtMs,
  ),
)

/** Why a snapshot at this percent waits, in words for its line; empty where no cause is known. */
export function causeWords(percent: number, cause: Older | null): string {
  if (!cause) return ''
  const place = percent >= COPIED_PERCENT ? `waits at ${percent}% behind` : 'behind'
  const set = cause.isOfSet ? `, which waits at ${cause.percent}% for the rest of its set` : ` (${cause.percent}%)`
  return `${place} an older snapshot, ${cause.id}${set}`
}

/** Whether what others take of a volume may be what this snapshot of ours waits for: it is copied, or may be standing. */
export function mayStand({ state, percent, startedAtMs }: SeenSnapshot, nowMs: number): boolean {
  return state === 'pending' && ((percent ?? 0) >= COPIED_PERCENT || nowMs - startedAtMs > STALLS_AFTER_MS)
}
