// How long a snapshot still takes, from EC2's whole percents alone. p percent after t means the true share lies in [p,
// p + 1): at a constant rate the whole takes between 100t/(p+1) and 100t/p. At 0% there is only the lower bound, and it
// is the sentence that mattered most on the morning of the report: "under 1% after ten minutes" is at least 16 hours.

/** Bounds of the time that is left, in ms; `mostMs` is null while there is no upper bound. */
export type Remaining = { readonly leastMs: number; readonly mostMs: number | null }

/**
 * For how long a snapshot may stand before it copies: 60 to 190 s were measured, whatever its size.
 */
const BEGINS_WITHIN_MS = 190_000
/** Before this much time has passed a 0% says nothing worth a person's attention. */
const SAYS_NOTHING_BEFORE_MS = 5 * 60_000

/**
 * Bounds of what is left, in ms; null while nothing can be said or nothing is left. EC2 begins to copy only after a while, which counts
 * neither as copied nor as time that copying took, so the lower bound leaves it out.
 */
export function remaining(percent: number, elapsedMs: number): Remaining | null {
  if (percent >= 100 || elapsedMs <= 0) return null
  if (percent < 1 && elapsedMs < SAYS_NOTHING_BEFORE_MS) return null
  const copiedMs = Math.max(0, elapsedMs - BEGINS_WITHIN_MS)
  const leastMs = Math.max(0, (copiedMs * 100) / (percent + 1) - copiedMs)
  return { leastMs, mostMs: percent < 1 ? null : (elapsedMs * 100) / percent - elapsedMs }
}

/** "at least 16 h to go", "12 min to 14 min to go"; the lower bound is rounded down, and the upper one up. */
export function etaWords({ leastMs, mostMs }: Remaining): string {
  if (mostMs === null) return `at least ${spellLeast(leastMs)} to go at the rate so far`
  const [least, most] = [spellLeast(leastMs), spellMost(mostMs)]
  return least === most ? `about ${most} to go` : `${least} to ${most} to go`
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
