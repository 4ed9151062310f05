// How good ranges are: how often they hold, how wide they are, and both in one number.
//
// The score of one range is Winkler's for 90% on the time that is left, as a share of how long the snapshot took in all:
//
//     (high - low + 20 max(0, low - left) + 20 max(0, left - high)) / duration
//
// so a range pays for its width, and 2 / (1 - 0.9) times for what it misses by. Less is better. Of every kind of number the mean is taken
// over the points of a curve first, and over the curves then, so that long curves do not count more.
import type { Curve } from './curves.ts'

/** Bounds of the time that is left, in seconds; `most` is infinite where there is no upper bound. */
export type Range = { readonly least: number; readonly most: number }

/** What somebody knows at a sample: the curve up to it. */
export type Point = {
  readonly curve: Curve
  readonly index: number
  readonly seconds: number
  readonly percent: number
}

/** A range for a point; null where none is given. */
export type Estimator = (point: Point) => Range | null

/** A point with its range. */
export type Judged = { readonly point: Point; readonly range: Range }

/** 2 over the tenth of the ranges that need not hold. */
const MISS_COSTS = 20

/** The samples at which something is left to tell. */
export function pointsOf(curve: Curve): Point[] {
  return curve.samples.flatMap(([seconds, percent], index) =>
    seconds < curve.doneSeconds && percent < 100 ? [{ curve, index, seconds, percent }] : [],
  )
}

/** The ranges that are given along a curve. */
export function judged(curve: Curve, estimator: Estimator): Judged[] {
  return pointsOf(curve).flatMap((point) => {
    const range = estimator(point)
    return range ? [{ point, range }] : []
  })
}

/** Whether what was really left lies in the range; where there is no upper bound, the lower one alone has to hold. */
export function holds({ point: { curve, seconds }, range: { least, most } }: Judged): boolean {
  const left = curve.doneSeconds - seconds
  return least <= left && left <= most
}

/** The score of a bounded range, as above; `missCosts` is for calibrating on other shares than 90%. */
export function scoreOf({ point: { curve, seconds }, range: { least, most } }: Judged, missCosts = MISS_COSTS): number {
  const left = curve.doneSeconds - seconds
  const missedBy = Math.max(0, least - left) + Math.max(0, left - most)
  return (most - least + missCosts * missedBy) / curve.doneSeconds
}

/** High over low of when it is complete, counted from its beginning. */
export function widthOf({ point: { seconds }, range: { least, most } }: Judged): number {
  return (seconds + most) / (seconds + least)
}

/** By how much the middle of the range is off, as a share of how long it took. */
export function errorOf({ point: { curve, seconds }, range: { least, most } }: Judged): number {
  return Math.abs(seconds + (least + most) / 2 - curve.doneSeconds) / curve.doneSeconds
}

/** The mean over the curves of the mean over their points; NaN where there is none. */
export function meanByCurve(curves: readonly (readonly number[])[]): number {
  return mean(curves.filter((points) => points.length > 0).map(mean))
}

export function mean(all: readonly number[]): number {
  return all.length === 0 ? Number.NaN : all.reduce((sum, each) => sum + each, 0) / all.length
}

/** The middle one; NaN where there is none. */
export function median(all: readonly number[]): number {
  const sorted = all.toSorted((a, b) => a - b)
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]]
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2
}

/** The baseline that takes the average rate of the whole run, give or take half. */
export const wholeRun: Estimator = ({ seconds, percent }) =>
  percent > 0 ? around((seconds / percent) * (100 - percent)) : null

/** The baseline that takes the rate of the last ten percent, give or take half; before there are ten, that of the whole run. */
export const lastTen: Estimator = (point) => {
  const { curve, index, seconds, percent } = point
  const since = curve.samples.slice(0, index).findLast(([, before]) => before <= percent - 10)
  if (!since) return wholeRun(point)
  return around(((seconds - since[0]) / (percent - since[1])) * (100 - percent))
}

function around(left: number): Range {
  return { least: left / 2, most: left * 1.5 }
}
