// How long a snapshot of a volume still takes whose seeds were timed. Each seed says how many GiB took how many seconds; a fixed start and
// a rate explain them, and with the forecast of what has changed since they give a range before the snapshot has begun.

import { type Course, remaining, SHOWN_LATE_MS } from '../estimate.ts'
import type { Remaining } from '../eta.ts'

/** An earlier snapshot of the volume: what it copied, and how long it took in all. */
export type Timed = readonly [gib: number, seconds: number]

/** Fewer rounds do not tell a fixed start from a rate, and a rate from its noise. */
const SEEDS_MIN = 3
/** The fixed start of a snapshot in seconds, and by how much it differs: 60 to 190 s were measured, whatever the size. */
const STANDS_SECONDS = 125
const STANDS_SPREAD = 40
/**
 * By how much a snapshot differs from what its seeds say, as a share of it, where they do not tell, and as how many more seeds that counts:
 * forecasts of a delta and rates are each off by about a tenth.
 */
const SPREAD = 0.14
const SPREAD_COUNTS = 4
/** Nine of ten lie within so many spreads of the middle (normal distribution). */
const NINE_OF_TEN = 1.645

/** The seeds of a volume, and how much is forecast to have changed since, in GiB. */
export type Measured = { readonly seeds: readonly Timed[]; readonly forecastGib: number }

/**
 * Bounds of what is left, in ms, that hold nine times of ten. While nothing has begun, `elapsedMs` is 0. With fewer than three seeds, or
 * where the percents speak against the seeds, it is what `remaining` says without them.
 */
export function remainingBySeeds(course: Course, { seeds, forecastGib }: Measured): Remaining | null {
  const { percent, elapsedMs } = course
  const timed = seeds.filter(([gib, seconds]) => gib >= 0 && seconds > 0)
  if (timed.length < SEEDS_MIN || percent >= 100) return remaining(course)
  const { standsSeconds, secondsPerGib, spread } = fitted(timed)
  const copiesMs = secondsPerGib * forecastGib * 1_000
  const unmeasured = remaining({ ...course, expectedMs: copiesMs })
  const totalMs = standsSeconds * 1_000 + copiesMs
  const factor = Math.exp(NINE_OF_TEN * spread)
  const bySeeds = { leastMs: totalMs / factor - elapsedMs, mostMs: totalMs * factor - elapsedMs }
  const leastMs = Math.max(0, bySeeds.leastMs, unmeasured?.leastMs ?? 0)
  const mostMs = Math.min(bySeeds.mostMs, unmeasured?.mostMs ?? Number.POSITIVE_INFINITY)
  // So near to the latest end that its seeds know of, the percents know more: they may be as late as that.
  const isNear = elapsedMs > 0 && bySeeds.mostMs < SHOWN_LATE_MS
  return leastMs < mostMs && !isNear
    ? { leastMs, mostMs, basis: 'seeds', atRateMs: unmeasured?.atRateMs ?? 0 }
    : unmeasured
}

type Fit = { readonly standsSeconds: number; readonly secondsPerGib: number; readonly spread: number }

/**
 * Least squares of seconds over GiB. An error counts as a share of what the seed took; a fixed start that nobody could tell from the seeds
 * is the usual one.
 */
function fitted(seeds: readonly Timed[]): Fit {
  const rows = seeds.map(([gib, seconds]) => ({ gib, seconds, weight: (SPREAD * seconds) ** -2 }))
  const sum = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((all, row) => all + of(row), 0)
  const usual = STANDS_SPREAD ** -2
  const [w, wx, wxx] = [
    sum(({ weight }) => weight) + usual,
    sum(({ weight, gib }) => weight * gib),
    sum(({ weight, gib }) => weight * gib * gib),
  ]
  const wy = sum(({ weight, seconds }) => weight * seconds) + usual * STANDS_SECONDS
  const wxy = sum(({ weight, gib, seconds }) => weight * gib * seconds)
  const determinant = w * wxx - wx * wx
  const perGib = determinant > 0 ? Math.max(0, (w * wxy - wx * wy) / determinant) : 0
  const standsSeconds = Math.max(0, (wy - perGib * wx) / w)
  const secondsPerGib = standsSeconds > 0 ? perGib : wxy / wxx
  const off = sum(({ gib, seconds }) => ((standsSeconds + secondsPerGib * gib) / seconds - 1) ** 2)
  // Two of the seeds are used up by the two numbers that are fitted.
  const spread = Math.sqrt((off + SPREAD_COUNTS * SPREAD ** 2) / (seeds.length - 2 + SPREAD_COUNTS))
  return { standsSeconds, secondsPerGib, spread }
}
