// The kinds of curves that `npm run bench:eta` REPORTS on where it is given no file. None of them was used to calibrate: those stand in
// `kinds-calibrated.ts`.
import type { Random } from '../../simulation/world/random.ts'
import { type CurveKind, normal } from './drawing.ts'

/** Other causes than the kinds that were calibrated on: neighbours, credits, queues, maintenance. */
export const REPORTED: readonly CurveKind[] = [
  { name: 'even', pace: () => () => 1 },
  { name: 'even, with a fixed start', pace: () => () => 1, standsFirst: true },
  { name: 'burst credits run out', pace: (random) => credits(random.between(0.1, 0.6), random.between(0.15, 0.6)) },
  { name: 'a neighbour leaves', pace: (random) => credits(random.between(0.2, 0.7), random.between(1.5, 4)) },
  { name: 'night and day', pace: (random) => night(random.between(0.5, 3), random.between(0, 1)) },
  { name: 'sawtooth', pace: (random) => sawtooth(random.whole(2, 9)) },
  { name: 'several rates', pace: (random) => plateaus(random, random.whole(3, 8)) },
  { name: 'pauses by chance', pace: (random) => pauses(random, random.between(0.002, 0.01)) },
  { name: 'heavy-tailed steps', pace: (random) => heavy(random) },
  { name: 'steps of four', pace: (random) => plateaus(random, 4), percentStep: 4 },
  { name: 'slow first and last', pace: (random) => slowEnds(random.between(0.05, 0.3), random.between(0.2, 0.6)) },
  { name: 'waits for its set at 99%', pace: (random) => waitsAtEnd(random.between(0.02, 0.25)) },
  { name: 'queued behind an older one', pace: (random) => waitsFirst(random.between(0.05, 0.5)) },
]

/** One pace, and `factor` of it from `at` on. */
function credits(at: number, factor: number): (share: number) => number {
  return (share) => (share < at ? 1 : factor)
}

function night(periods: number, phase: number): (share: number) => number {
  return (share) => (Math.sin(2 * Math.PI * (periods * share + phase)) > 0 ? 1 : 0.35)
}

function sawtooth(teeth: number): (share: number) => number {
  return (share) => 1.2 - ((share * teeth) % 1)
}

function plateaus(random: Random, count: number): (share: number) => number {
  const paces = Array.from({ length: count }, () => Math.exp(0.6 * normal(random)))
  return (share) => paces[Math.floor(share * count)] ?? 1
}

/** At any moment it may stop, for one to twelve hundredths of the time. */
function pauses(random: Random, probability: number): (share: number) => number {
  let until = 0
  return (share) => {
    if (share >= until && random.chance(probability)) until = share + random.between(0.01, 0.12)
    return share < until ? 0.01 : 1
  }
}

/** Independent steps of which few are most of the work. */
function heavy(random: Random): (share: number) => number {
  return () => Math.min(40, (1 - random.next()) ** -0.7)
}

function slowEnds(length: number, factor: number): (share: number) => number {
  return (share) => (share < length || share > 1 - length ? factor : 1)
}

function waitsAtEnd(length: number): (share: number) => number {
  return (share) => (share < 1 - length ? 1 : 0)
}

function waitsFirst(length: number): (share: number) => number {
  return (share) => (share < length ? 0 : 1)
}
