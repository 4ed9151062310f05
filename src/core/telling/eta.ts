// How long a snapshot still takes, in words, and the bound that a constant rate gives: p percent after t means that the true share lies in
// [p, p + 1), so at the rate so far the whole takes at least 100t/(p+1). It is the sentence that mattered most on the morning of the
// report: "under 1% after ten minutes" is at least 11 hours at that rate. What is to be expected of real snapshots is estimate.ts.

/** What a range rests on: mostly the size of the volume, the percents so far, or what seeds of the volume took. */
export type Basis = 'size' | 'percents' | 'seeds'

/**
 * Bounds of the time that is left, in ms; `mostMs` is null while there is no upper bound. `atRateMs` is the lower bound if it went on at the
 * rate so far.
 */
export type Remaining = {
  readonly leastMs: number
  readonly mostMs: number | null
  readonly basis: Basis
  readonly atRateMs: number
}

/**
 * For how long a snapshot may stand before it copies: 60 to 190 s were measured, whatever its size.
 */
export const BEGINS_WITHIN_MS = 190_000

/**
 * The least that is left at the rate so far, in ms. EC2 begins to copy only after a while, which counts neither as copied nor as time
 * that copying took, so it is left out.
 */
export function leastAtRate(percent: number, elapsedMs: number): number {
  const copiedMs = Math.max(0, elapsedMs - BEGINS_WITHIN_MS)
  return Math.max(0, (copiedMs * 100) / (percent + 1) - copiedMs)
}

const BASES: Readonly<Record<Basis, string>> = {
  size: 'a wide range: little is known of its rate yet',
  percents: 'by its percents so far',
  seeds: 'by its earlier snapshots',
}

/**
 * "at least 13 min to go (11 h at the rate so far)", "12 min to 40 min to go (by its percents so far)"; the lower bound is rounded down, and
 * the upper one up.
 */
export function etaWords({ leastMs, mostMs, basis, atRateMs }: Remaining): string {
  const least = spellLeast(leastMs)
  if (mostMs === null) return `at least ${least} to go (${spellLeast(atRateMs)} at the rate so far)`
  const most = spellMost(mostMs)
  return `${least === most ? `about ${most}` : `${least} to ${most}`} to go (${BASES[basis]})`
}

/** A lower bound: what is said is never more than it. */
export function spellLeast(ms: number): string {
  return spelled(ms, Math.floor)
}

/** An upper bound: what is said is never less than it. */
export function spellMost(ms: number): string {
  return spelled(ms, Math.ceil)
}

/** Rounded to its smallest unit: 35 s, 14 min, 1 h 32 min, 2 d 3 h. */
export function spell(ms: number): string {
  return spelled(ms, Math.round)
}

function spelled(ms: number, round: (value: number) => number): string {
  const seconds = round(ms / 1_000)
  if (seconds < 90) return `${seconds} s`
  const minutes = round(ms / 60_000)
  if (minutes < 90) return `${minutes} min`
  const hours = round(ms / 3_600_000)
  return hours < 48 ? inTwo(minutes, 60, ['h', 'min']) : inTwo(hours, 24, ['d', 'h'])
}

/** `1 h 32 min`, or `2 h` where nothing is over. */
function inTwo(count: number, size: number, [large, small]: readonly [string, string]): string {
  const over = count % size
  return `${Math.floor(count / size)} ${large}${over > 0 ? ` ${over} ${small}` : ''}`
}
