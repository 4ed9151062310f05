// The time axis of the picture: which stretch it shows, and where a time stands on it. Its scale is the same everywhere; what would
// leave no room for the outage is cut off, and said in words.
import type { Story } from './story.ts'

/** Around an outage at least this much is shown, in ms. */
const BEFORE_MS = 15 * 60_000
const AFTER_MS = 10 * 60_000

/** From when to when, in ms since 1970; whether anything is cut off, and where `fromX` and `toX` are, in pixels. */
export type Axis = {
  readonly fromMs: number
  readonly toMs: number
  readonly isCutBefore: boolean
  readonly isCutAfter: boolean
  readonly fromX: number
  readonly toX: number
}

/** The axis of a story: from its plan until its end, or its last entry; a cleanup afterwards is not shown. */
export function axisOf({ fromMs, asOfMs, outages, migration }: Story, fromX: number, toX: number): Axis {
  const endMs = Math.max(migration.endedAtMs ?? asOfMs, fromMs + 60_000)
  const [first, last] = [outages[0], outages.at(-1)]
  if (!first || !last) return { fromMs, toMs: endMs, isCutBefore: false, isCutAfter: false, fromX, toX }
  const outageEndMs = last.untilMs ?? endMs
  const lengthMs = outageEndMs - first.fromMs
  const shownFromMs = Math.max(fromMs, first.fromMs - Math.max(lengthMs, BEFORE_MS))
  const shownToMs = Math.min(endMs, outageEndMs + Math.max(lengthMs / 2, AFTER_MS))
  return {
    fromMs: shownFromMs,
    toMs: shownToMs,
    isCutBefore: shownFromMs > fromMs,
    isCutAfter: shownToMs < endMs,
    fromX,
    toX,
  }
}

/** Where a time stands on the axis, in pixels; at its ends for what is cut off. */
export function xOf({ fromMs, toMs, fromX, toX }: Axis, ms: number): number {
  const share = (Math.min(Math.max(ms, fromMs), toMs) - fromMs) / (toMs - fromMs)
  return Math.round((fromX + share * (toX - fromX)) * 10) / 10
}

const MINUTE_MS = 60_000
const DAY_MS = 1_440 * MINUTE_MS
const STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 10_080, 43_200].map(
  (minutes) => minutes * MINUTE_MS,
)

/** A mark of the axis with its time in words. */
export type Tick = { readonly x: number; readonly text: string }

/** Marks at round times, at least `apartPx` from each other. */
export function ticksOf(axis: Axis, apartPx: number): Tick[] {
  const { fromMs, toMs, fromX, toX } = axis
  const leastMs = ((toMs - fromMs) * apartPx) / (toX - fromX)
  const stepMs = STEPS_MS.find((each) => each >= leastMs) ?? Math.ceil(leastMs / DAY_MS) * DAY_MS
  const first = Math.ceil(fromMs / stepMs) * stepMs
  const count = Math.max(0, Math.floor((toMs - first) / stepMs) + 1)
  return Array.from({ length: count }, (_, index) => first + index * stepMs).map((ms) => {
    const iso = new Date(ms).toISOString()
    return { x: xOf(axis, ms), text: ms % DAY_MS === 0 ? iso.slice(5, 10) : iso.slice(11, 16) }
  })
}
