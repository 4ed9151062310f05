// What the product says along a curve: it remembers of the samples what the product would keep, and no more.
import {
  CALIBRATED,
  type Constants,
  type Course,
  remaining,
  remembered,
  type Tick,
  usualMs,
} from '../../../src/core/telling/estimate.ts'
import type { Remaining } from '../../../src/core/telling/eta.ts'
import { remainingBySeeds } from '../../../src/core/telling/forecast/seeded.ts'
import type { Curve } from './curves.ts'
import type { Estimator, Point, Range } from './score.ts'

/** As for a volume that was never measured. */
export function unmeasured(constants: Constants = CALIBRATED): Estimator {
  return (point) => inSeconds(remaining(courseAt(point), constants))
}

/** As for a volume whose seeds were timed. */
export const seeded: Estimator = (point) =>
  inSeconds(remainingBySeeds(courseAt(point), { seeds: point.curve.seeds, forecastGib: point.curve.sizeGib }))

function inSeconds(left: Remaining | null): Range | null {
  return left && { least: left.leastMs / 1_000, most: (left.mostMs ?? Number.POSITIVE_INFINITY) / 1_000 }
}

function courseAt({ curve, index }: Point): Course {
  const known = courses.get(curve) ?? coursesOf(curve)
  courses.set(curve, known)
  return known[index] as Course
}

/** They are asked for again and again while constants are fitted. */
const courses = new WeakMap<Curve, readonly Course[]>()

function coursesOf({ samples, sizeGib }: Curve): Course[] {
  let ticks: readonly Tick[] = []
  return samples.map(([seconds, shown]) => {
    const [elapsedMs, percent] = [seconds * 1_000, Math.floor(shown)]
    ticks = remembered(ticks, [elapsedMs, percent])
    return { elapsedMs, percent, ticks, expectedMs: usualMs(sizeGib) }
  })
}
