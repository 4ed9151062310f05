// What seeds of a volume have measured: how much each copied, which is by how much it differs from the one before it, and how long that took.

import { tookMs } from '../../journal/state.ts'
import type { Migration, SeedRound } from '../../model/migration.ts'
import { isSnapshotMove } from '../../model/moves.ts'
import type { SnapshotMove } from '../../model/plan.ts'
import { beganAtMs, seedsOf } from '../../steps/seeds/rounds.ts'
import type { Measured, Timed } from './seeded.ts'

/** Two seeds of a volume that follow each other, by the ids of the snapshots. */
export type SeedPair = { readonly first: string; readonly second: string }

/** The pairs of which the journal does not have how much they differ. */
export function pairsToMeasure(m: Migration): SeedPair[] {
  const pairs = m.plan.moves.filter(isSnapshotMove).flatMap((move) => pairsOf(m, move))
  const named = pairs.map(({ first, second }) => ({ first: first.snapshot, second: second.snapshot }))
  return named.filter(({ second }) => !m.deltas.has(second))
}

/**
 * What seeds of a move have measured, those of earlier migrations too, and what has changed by `nowMs` (ms since 1970) since the last one
 * of this migration began: at the rate of the two that were taken last, since what is written differs by the hour. Null where no two were
 * measured, or this migration took none. The first seed there ever was tells nothing: whether somebody else's older snapshot made it shorter
 * is not known.
 */
export function measuredOf(m: Migration, move: SnapshotMove, nowMs: number): Measured | null {
  const rounds = [...(m.earlier[move.volume.id]?.rounds ?? []), ...roundsOf(m, move)]
  const last = rounds.at(-1)
  const newest = seedsOf(m, move).at(-1)
  const sinceMs = newest ? beganAtMs(newest) : null
  if (!last || sinceMs === null) return null
  return measuredBy(rounds, last, Math.max(0, nowMs - sinceMs))
}

/**
 * What earlier migrations measured of a move, and what had changed when the first seed of this one began; null where nothing was measured,
 * and where none is complete.
 */
export function measuredBefore(m: Migration, move: SnapshotMove): Measured | null {
  const earlier = m.earlier[move.volume.id]
  const newest = earlier?.rounds.at(-1)
  const first = seedsOf(m, move)[0]
  const atMs = first ? beganAtMs(first) : null
  if (!earlier || !newest || atMs === null) return null
  return measuredBy(earlier.rounds, newest, Math.max(0, atMs - earlier.last.atMs))
}

/** How long after the last seed an outage usually begins, in ms: that seed has to end, and people have to answer. */
const BEGINS_AFTER_MS = 10 * 60_000

/** What earlier migrations measured of a move, and what will have changed when an outage begins after one more seed; null where nothing was. */
export function measuredAhead(m: Migration, move: SnapshotMove): Measured | null {
  const rounds = m.earlier[move.volume.id]?.rounds ?? []
  const last = rounds.at(-1)
  return last ? measuredBy(rounds, last, BEGINS_AFTER_MS) : null
}

/** As much will have changed after so long (ms) as in the last of the rounds in its time. */
function measuredBy(rounds: readonly SeedRound[], { gib, apartMs }: SeedRound, forMs: number): Measured {
  return { seeds: rounds.map((round): Timed => [round.gib, round.seconds]), forecastGib: (gib / apartMs) * forMs }
}

/** What the seeds of a move in this migration have measured, oldest first. */
export function roundsOf(m: Migration, move: SnapshotMove): SeedRound[] {
  return pairsOf(m, move).flatMap(({ first, second }) => {
    const gib = m.deltas.get(second.snapshot) ?? null
    const apartMs = second.atMs - first.atMs
    return gib === null || second.ms === null || apartMs <= 0 ? [] : { gib, seconds: second.ms / 1_000, apartMs }
  })
}

/** A seed: its snapshot, when it was called for, and how long it took in ms; null where that is not known. */
type Seed = { readonly snapshot: string; readonly atMs: number; readonly ms: number | null }

/** The first seed of this migration follows the newest of the earlier ones. */
function pairsOf(m: Migration, move: SnapshotMove): { readonly first: Seed; readonly second: Seed }[] {
  const earlier = m.earlier[move.volume.id]?.last
  const own = seedsOf(m, move).flatMap((state): Seed[] => {
    const atMs = beganAtMs(state)
    return state.resource === null || atMs === null ? [] : [{ snapshot: state.resource, atMs, ms: tookMs(state) }]
  })
  const line = earlier ? [{ ...earlier, ms: null }, ...own] : own
  return line.slice(1).flatMap((second, index) => {
    const first = line[index]
    return first ? [{ first, second }] : []
  })
}
