// How long a snapshot still takes, from EC2's whole percents alone. p percent after t means the true share lies in [p,
// p + 1): at a constant rate the whole takes between 100t/(p+1) and 100t/p. At 0% there is only the lower bound, and it
// is the sentence that mattered most on the morning of the report: "under 1% after ten minutes" is at least 16 hours.

/** Bounds of the time that is left, in ms; `mostMs` is null while there is no upper bound. */
export type Remaining = { readonly leastMs: number; readonly mostMs: number | null }

/** Before this much time has passed a 0% says nothing worth a person's attention. */
const SAYS_NOTHING_BEFORE_MS = 5 * 60_000

/** Bounds of what is left, in ms; null while nothing can be said or nothing is left. */
export function remaining(percent: number, elapsedMs: number): Remaining | null {
  if (percent >= 100 || elapsedMs <= 0) return null
  if (percent < 1 && elapsedMs < SAYS_NOTHING_BEFORE_MS) return null
  const leastMs = Math.max(0, (elapsedMs * 100) / (percent + 1) - elapsedMs)
  return { leastMs, mostMs: percent < 1 ? null : (elapsedMs * 100) / percent - elapsedMs }
}

/** "at least 16 h to go", "12 min to 14 min to go". */
export function etaWords({ leastMs, mostMs }: Remaining): string {
  if (mostMs === null) return `at least ${spell(leastMs)} to go at the rate so far`
  const [least, most] = [spell(leastMs), spell(mostMs)]
  return least === most ? `about ${most} to go` : `${least} to ${most} to go`
}

/** One unit, rounded: 35 s, 14 min, 16 h, 2 d. */
export function spell(ms: number): string {
  const units: readonly [word: string, ms: number, below: number][] = [
    ['s', 1_000, 90],
    ['min', 60_000, 90],
    ['h', 3_600_000, 48],
  ]
  const unit = units.find(([, size, below]) => Math.round(ms / size) < below)
  return unit ? `${Math.round(ms / unit[1])} ${unit[0]}` : `${Math.round(ms / 86_400_000)} d`
}
