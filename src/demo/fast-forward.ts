// Lets simulated time pass for people who do not want to sit through it: a day, or until something asks. What there is to see ends it
// at once, so that nobody misses the question that they waited for.
import type { SimulatedClock } from './clock.ts'
import type { Forward } from './page/entities.ts'
import type { Row } from './slack/entities.ts'

const DAY_MS = 86_400_000
/** The most simulated ms that each lasts: where nothing ever asks, it ends after a month. */
const LASTS_MAX_MS: Readonly<Record<Forward, number>> = { day: DAY_MS, question: 30 * DAY_MS }

/** At most one goes on at a time. */
export type FastForward = {
  /** What goes on; null where time runs as it does otherwise. */
  now(): Forward | null
  /** Begins, in place of what went on; a clock that is paused goes on. */
  start(forward: Forward): void
  stop(): void
  /** Hears of every row of the transcript. */
  hear(row: Row): void
}

/** Nothing goes on at first. */
export function fastForward(clock: SimulatedClock): FastForward {
  let current: { readonly forward: Forward; readonly stopped: AbortController } | null = null

  function stop(): void {
    // A scenario may hurry the clock for reasons of its own.
    if (!current) return
    current.stopped.abort()
    current = null
    clock.hurry(false)
  }
  return {
    now: () => current?.forward ?? null,
    start(forward) {
      stop()
      const mine = { forward, stopped: new AbortController() }
      current = mine
      clock.resume()
      clock.hurry(true)
      void clock.attend(LASTS_MAX_MS[forward], mine.stopped.signal).then(() => {
        if (current === mine) stop()
      })
    },
    stop,
    hear({ edited, inChannel, buttons }) {
      if (!edited && (inChannel || buttons)) stop()
    },
  }
}
