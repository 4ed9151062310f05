// The kinds of curves on which the constants of src/core/telling/estimate.ts were CALIBRATED: a first table that was fitted to, and a
// second one that was only looked at. What is reported is measured on neither: `kinds-reported.ts` has other kinds.
import type { Random } from '../../simulation/world/random.ts'
import { type CurveKind, normal } from './drawing.ts'

/** Fitted to. */
export const FITTED: readonly CurveKind[] = [
  { name: 'steady', pace: (random) => jitter(random, 0.1) },
  { name: 'steady in coarse percents', pace: (random) => jitter(random, 0.1), percentStep: 5 },
  { name: 'long fixed start', pace: (random) => waits(random.between(0.05, 0.4), jitter(random, 0.1)) },
  { name: 'slowing', pace: (random) => bends(random.between(-1.8, -0.4), jitter(random, 0.1)) },
  { name: 'speeding', pace: (random) => bends(random.between(0.4, 1.8), jitter(random, 0.1)) },
  { name: 'bursty', pace: (random) => bursts(random) },
  { name: 'stuck for a while', pace: (random) => stuck(random, random.between(0.1, 0.9), random.between(0.05, 0.35)) },
  { name: 'stuck twice', pace: (random) => stuckTwice(random) },
  { name: 'stuck at the end', pace: (random) => stuck(random, 1, random.between(0.03, 0.3)) },
  { name: 'wandering', pace: (random) => wanders(random, random.between(0.1, 0.25)) },
]

/** Looked at, and not fitted to. */
export const LOOKED_AT: readonly CurveKind[] = [
  { name: 'two speeds', pace: (random) => steps(random.between(0.2, 0.8), random.between(0.2, 0.5)) },
  {
    name: 'slow half, coarse',
    pace: (random) => steps(random.between(0.3, 0.6), random.between(0.3, 3)),
    percentStep: 10,
  },
  { name: 'waves', pace: (random) => waves(random.between(1, 6), random.between(0.3, 0.9)) },
  { name: 'ramps up and down', pace: () => (share) => 0.15 + Math.sin(Math.PI * share) },
]

/** A steady pace with noise of that spread. */
function jitter(random: Random, spread: number): (share: number) => number {
  return () => Math.exp(spread * normal(random))
}

function waits(until: number, then: (share: number) => number): (share: number) => number {
  return (share) => (share < until ? 0 : then(share))
}

/** Grows or falls exponentially, by e to the `bend` in all. */
function bends(bend: number, noise: (share: number) => number): (share: number) => number {
  return (share) => Math.exp(bend * share) * noise(share)
}

/** Full speed and nearly nothing by turns. */
function bursts(random: Random): (share: number) => number {
  const idle = random.between(0.02, 0.3)
  const length = random.between(0.01, 0.08)
  const [on, off] = [length * random.between(0.6, 2), length * random.between(0.6, 2)]
  let [isOn, until] = [true, 0]
  return (share) => {
    if (share >= until) {
      isOn = !isOn
      until = share + (isOn ? on : off) * random.between(0.3, 1.7)
    }
    return isOn ? 1 : idle
  }
}

/** Nothing for `length` of the time, which begins at a share of the rest. */
function stuck(random: Random, at: number, length: number): (share: number) => number {
  const noise = jitter(random, 0.1)
  const from = at * (1 - length)
  return (share) => (share >= from && share < from + length ? 0 : noise(share))
}

function stuckTwice(random: Random): (share: number) => number {
  const [first, second] = [random.between(0.05, 0.4), random.between(0.5, 0.85)]
  const [one, two] = [random.between(0.03, 0.15), random.between(0.03, 0.15)]
  const noise = jitter(random, 0.1)
  return (share) => {
    const isStuck = (share >= first && share < first + one) || (share >= second && share < second + two)
    return isStuck ? 0 : noise(share)
  }
}

/** The logarithm of the pace walks at random. */
function wanders(random: Random, spread: number): (share: number) => number {
  let log = 0
  return () => {
    log = 0.985 * log + spread * normal(random)
    return Math.exp(log)
  }
}

function steps(at: number, factor: number): (share: number) => number {
  return (share) => (share < at ? 1 : factor)
}

function waves(count: number, depth: number): (share: number) => number {
  return (share) => 1 + depth * Math.sin(2 * Math.PI * count * share)
}
