// How long a snapshot of a volume still takes whose rate was never measured. EC2 shows whole percents alone, and its snapshots are not
// steady: they stand first, slow down, stop for a while, and wait at 99%. So a range is not the arithmetic of a constant rate. What is left
// at the pace so far is widened by what curves of many kinds do from there on, so that nine of ten ranges hold; a stall to come cannot be
// seen, and room for it is part of the range from the beginning.

import { BEGINS_WITHIN_MS, leastAtRate, type Remaining } from './eta.ts'

/** A percent, and for how long the snapshot had been running when it was seen first, in ms. */
export type Tick = readonly [elapsedMs: number, percent: number]

/**
 * What is known of a pending snapshot: its whole percent now, how long ago it began, the ticks up to now (`remembered`), and for how long
 * it was expected to copy before there were any (ms; 0: nothing was expected).
 */
export type Course = {
  readonly percent: number
  readonly elapsedMs: number
  readonly ticks: readonly Tick[]
  readonly expectedMs: number
}

/**
 * What `npm run bench:eta -- --calibrate` finds: it fits these constants to the kinds of curves in
 * test/bench/eta/kinds-calibrated.ts, and prints how they do on kinds that it did not fit.
 *
 * - `priorPercent`: what was expected counts as much as so many percent that were seen.
 * - `most`, `mostDrift`: the upper bound is so many times what is left at the pace so far, times the drift to that power. The drift is
 *   the pace of the last WINDOW_PERCENT over that of all.
 * - `stall`: that share of the time so far is added, for a stall to come, or for one that lasts.
 * - `least`, `leastEarly`, `leastDrift`: the lower bound likewise, times e to the -`leastEarly` over the root of the percent.
 */
export type Constants = Readonly<
  Record<'priorPercent' | 'most' | 'mostDrift' | 'stall' | 'least' | 'leastEarly' | 'leastDrift', number>
>
export const CALIBRATED: Constants = {
  priorPercent: 5.2,
  most: 1.71,
  mostDrift: 0.54,
  stall: 0.32,
  least: 0.71,
  leastEarly: 5,
  leastDrift: 0.2,
}

/**
 * MiB/s of a snapshot of which nothing is known. AWS publishes no rate; this is the middle of the 25 to 100 that people reckon with, which
 * nobody has verified, so it counts for little and is bounded by WRONG_BY.
 */
const USUAL_MIBPS = 50
/** By how much what was expected counts as wrong about the pace that is seen: most volumes are not full, and rates differ. */
const WRONG_BY = 3
/**
 * By how many ms EC2 may show a percent late: by some seconds, as everything that it describes. Many percents that show at once are no sign
 * that a snapshot of a minute copies faster.
 */
export const SHOWN_LATE_MS = 10_000
/** How many percent make a pace: fewer are noise, and more are too late to show that it changes. */
const WINDOW_PERCENT = 10
/** For how long a snapshot stands before it copies, in ms, as long as its percents do not tell: the middle of 60 to 190 s. */
const STANDS_MS = 125_000
/**
 * Under 1% there is at least so many times the time so far to come, of which it may have stood from the beginning: of the calibrated
 * kinds, even those that stand still for the first two fifths.
 */
const LEAST_UNDER_ONE = 2
/** Before this much time has passed a 0% says nothing worth a person's attention. */
const SAYS_NOTHING_BEFORE_MS = 5 * 60_000
/** Points that are kept of a snapshot. More make no range better, and all of them are written at every look. */
const TICKS_MAX = 32

/** The ticks with what was seen now; the same ones where the percent is the same. Of many, every second of the older half goes. */
export function remembered(ticks: readonly Tick[], now: Tick): readonly Tick[] {
  if (ticks.at(-1)?.[1] === now[1]) return ticks
  const all = [...ticks, now]
  return all.length <= TICKS_MAX ? all : all.filter((_, index) => index % 2 === 0 || index > all.length / 2)
}

/**
 * Bounds of what is left, in ms, that hold nine times of ten; null while nothing can be said or nothing is left. Under 1% there is no upper
 * bound. The lower one is never above what the rate so far would give. `constants` is for their calibration.
 */
export function remaining(course: Course, constants: Constants = CALIBRATED): Remaining | null {
  const { percent, elapsedMs } = course
  if (percent >= 100 || elapsedMs <= 0) return null
  if (percent >= 1) return ranged(course, constants)
  if (elapsedMs < SAYS_NOTHING_BEFORE_MS) return null
  const leastMs = LEAST_UNDER_ONE * Math.max(0, elapsedMs - BEGINS_WITHIN_MS)
  return { leastMs, mostMs: null, basis: 'size', atRateMs: leastAtRate(percent, elapsedMs) }
}

function ranged(course: Course, constants: Constants): Remaining {
  const { percent, elapsedMs } = course
  const { priorPercent, most, mostDrift, stall, least, leastEarly, leastDrift } = constants
  const seen = pacesOf(course)
  const paceMs = (percent * seen.wholeMs + priorPercent * priorMs(course, seen.wholeMs)) / (percent + priorPercent)
  const drift = seen.wholeMs > 0 ? seen.lastMs / seen.wholeMs : 1
  // What this percent has taken counts at most once: the next one is shown when it is over.
  const leftAt = (pace: number): number =>
    Math.max(0, pace * (100 - percent) - seen.ageMs, pace * (100 - percent - seen.grain))
  const share = Math.min(1, least * Math.exp(-leastEarly / Math.sqrt(percent)) * drift ** leastDrift)
  const atRateMs = leastAtRate(percent, elapsedMs)
  const leastMs = Math.min(leftAt(paceMs * share), atRateMs)
  return {
    leastMs,
    mostMs: Math.max(leastMs, leftAt(paceMs * most * drift ** mostDrift)) + stall * elapsedMs,
    basis: percent < priorPercent ? 'size' : 'percents',
    atRateMs,
  }
}

/** Paces are in ms a percent. `grain`: the fewest percent that EC2 shows at once; `ageMs`: for how long the percent has stood. */
type Paces = { readonly wholeMs: number; readonly lastMs: number; readonly grain: number; readonly ageMs: number }

/** A pace is that of the ticks, unless the next tick is overdue by it. */
function pacesOf({ percent, elapsedMs, ticks }: Course): Paces {
  const moved = ticks.filter((tick) => tick[1] >= 1 && tick[1] <= percent)
  const [firstMs, first] = moved[0] ?? [elapsedMs, percent]
  const [lastMs] = moved.at(-1) ?? [elapsedMs]
  const grain = grainOf(moved)
  const paceSince = ([fromMs, from]: Tick): number =>
    Math.max((lastMs - fromMs) / Math.max(1, percent - from), (elapsedMs - fromMs) / (percent + grain - from))
  // It stood for no longer than the first percent that was seen leaves room for.
  const wholeMs = paceSince([Math.min(STANDS_MS, firstMs / (1 + first)), 0])
  const window = moved.findLast((tick) => tick[1] <= percent - WINDOW_PERCENT)
  return { wholeMs, lastMs: window ? lastPace(window) : wholeMs, grain, ageMs: elapsedMs - lastMs }

  function lastPace(from: Tick): number {
    const paceMs = paceSince(from)
    const unlateMs = paceMs + SHOWN_LATE_MS / (percent - from[1])
    return paceMs < wholeMs ? Math.min(wholeMs, unlateMs) : paceMs
  }
}

function grainOf(moved: readonly Tick[]): number {
  const jumps = moved.slice(1).map(([, percent], index) => percent - (moved[index]?.[1] ?? 0))
  return jumps.length < 2 ? 1 : Math.max(1, Math.min(...jumps))
}

/** What a percent was expected to take, no further from what is seen than such an expectation is wrong. */
function priorMs({ expectedMs }: Course, wholeMs: number): number {
  if (expectedMs <= 0) return wholeMs
  return Math.min(wholeMs * WRONG_BY, Math.max(wholeMs / WRONG_BY, expectedMs / 100))
}

/** For how long so much is usually copied, in ms; the size of a volume is the most that there can be to copy. */
export function usualMs(sizeGib: number): number {
  return (sizeGib * 1_024 * 1_000) / USUAL_MIBPS
}

/** What is left of a snapshot that EC2 completes only behind an older one of its volume; of its `own`, null while nothing can be said. */
export function behind(older: Remaining, own: Remaining | null): Remaining {
  if (!own) return { ...older, mostMs: null }
  const mostMs = older.mostMs === null || own.mostMs === null ? null : older.mostMs + own.mostMs
  return { ...(slowestOf([older, own]) ?? own), mostMs }
}

/**
 * What is left until all of them are complete: the later of the lower bounds, and of the upper ones where each has one. It rests on
 * little as long as one of them does. Null: there are none.
 */
export function slowestOf(all: readonly Remaining[]): Remaining | null {
  const [first] = all
  if (!first) return null
  const mostMs = Math.max(...all.map((each) => each.mostMs ?? Number.POSITIVE_INFINITY))
  return {
    leastMs: Math.max(...all.map(({ leastMs }) => leastMs)),
    mostMs: Number.isFinite(mostMs) ? mostMs : null,
    basis: all.find(({ basis }) => basis === 'size')?.basis ?? first.basis,
    atRateMs: Math.max(...all.map(({ atRateMs }) => atRateMs)),
  }
}
