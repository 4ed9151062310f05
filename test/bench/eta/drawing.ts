// Curves of snapshots that EC2 might show, drawn from a kind and from chance that a seed gives again. Nobody has published how EC2's
// snapshots go on, so what is drawn is wider than what was ever measured: sizes, rates, fixed starts, and how often somebody looks.
import type { Random } from '../../simulation/world/random.ts'
import type { Curve } from './curves.ts'

/**
 * How fast a snapshot copies at a share (0 to 1) of the time for which it copies, in any unit; asked from the beginning to the end in
 * STEPS equal steps.
 */
export type Pace = (share: number) => number

/** A kind of curve. `percentStep`: EC2 shows only multiples of it. `standsFirst`: there is a fixed start before the first byte. */
export type CurveKind = {
  readonly name: string
  readonly pace: (random: Random) => Pace
  readonly percentStep?: number
  readonly standsFirst?: boolean
}

const STEPS = 500
/** A trace shows 0% for 165 s, and a sample of AWS 190 s for 1.65 GiB; small ones take 60 s. */
const STANDS_SECONDS = [60, 190] as const
/**
 * MiB/s around which rates lie, and the spread of their logarithm: people reckon with 25 to 100, unverified, and a sample of AWS has 8.9 with
 * its fixed start.
 */
const RATE_MIBPS = 50
const RATE_SPREAD = 0.8
/** Seconds between two looks: the product looks every few seconds where it matters, and every minute where it does not. */
const LOOKS_SECONDS = [5, 15, 30, 60] as const
/** More looks tell nothing more, and take time. */
const LOOKS_MAX = 200
/** By how much rounds of seeds differ in rate, and a forecast of a delta from what it is, as spreads of logarithms; nobody has measured it. */
const ROUND_SPREAD = 0.06
const FORECAST_SPREAD = 0.05

/** A curve of the kind, of a volume that was never measured. */
export function drawnUnmeasured(kind: CurveKind, random: Random): Curve {
  const sizeGib = Math.round(Math.exp(random.between(Math.log(8), Math.log(4_000))))
  const seconds = (sizeGib * 1_024) / (RATE_MIBPS * Math.exp(RATE_SPREAD * normal(random)))
  const stands = standing(kind, random)
  return { ...curveOf(kind, { stands, seconds }, random), sizeGib, seeds: [] }
}

/** A curve of the kind, of a volume whose seeds were timed: a whole first one, then deltas. */
export function drawnSeeded(kind: CurveKind, random: Random): Curve {
  const usedGib = Math.exp(random.between(Math.log(20), Math.log(4_000)))
  const mibps = RATE_MIBPS * Math.exp(RATE_SPREAD * normal(random))
  const stands = random.between(...STANDS_SECONDS)
  const took = (gib: number) => stands + ((gib * 1_024) / mibps) * Math.exp(ROUND_SPREAD * normal(random))
  const deltas = Array.from({ length: random.whole(2, 5) }, () => usedGib * random.between(0.005, 0.15))
  const seeds = [usedGib, ...deltas].map((gib): [number, number] => [rounded(gib), rounded(took(gib))])
  const deltaGib = usedGib * random.between(0.005, 0.15)
  const sizeGib = rounded(deltaGib * Math.exp(FORECAST_SPREAD * normal(random)))
  return { ...curveOf(kind, { stands, seconds: took(deltaGib) - stands }, random), sizeGib, seeds }
}

type Times = { readonly stands: number; readonly seconds: number }

function standing({ standsFirst }: CurveKind, random: Random): number {
  const isThere = standsFirst ?? random.chance(0.6)
  return isThere ? random.between(...STANDS_SECONDS) : random.between(0, 20)
}

function curveOf(kind: CurveKind, { stands, seconds }: Times, random: Random) {
  const shares = sharesOf(kind.pace(random))
  const doneSeconds = rounded(stands + seconds)
  const every = Math.max(random.pick(LOOKS_SECONDS), doneSeconds / LOOKS_MAX)
  const step = kind.percentStep ?? 1
  const samples: [number, number][] = []
  for (let at = every; at < doneSeconds; at += every) {
    const place = Math.max(0, (at - stands) / seconds) * STEPS
    const [below, above] = [shares[Math.floor(place)] ?? 1, shares[Math.floor(place) + 1] ?? 1]
    const share = below + (above - below) * (place - Math.floor(place))
    samples.push([rounded(at), Math.min(99, Math.floor((100 * share) / step + 1e-9) * step)])
  }
  return { name: kind.name, kind: kind.name, samples, doneSeconds }
}

/** The share that is copied after each step; 0 first, 1 last. */
function sharesOf(pace: Pace): number[] {
  const paces = Array.from({ length: STEPS }, (_, step) => Math.max(1e-9, pace(step / STEPS)))
  const all = paces.reduce((sum, each) => sum + each, 0)
  const shares = [0]
  for (const each of paces) shares.push((shares.at(-1) ?? 0) + each / all)
  return shares
}

/** The sum of twelve draws is normal enough. */
export function normal(random: Random): number {
  return Array.from({ length: 12 }, () => random.next()).reduce((sum, each) => sum + each, -6)
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
