// The simulated clock: time runs fast while nothing is due and the bot sleeps, and never passes a sleeper. In between, while
// the bot works or a person is asked, it keeps near real time, so that real milliseconds never become simulated minutes.
//
// Fast does not mean top speed at once: what has just changed is worth watching, so the speed starts at WATCHABLE_SPEED and
// doubles every DOUBLES_EVERY_MS. Short copies are seen to move, and a copy of 20 hours still ends within the minute.
import type { Clock } from '../core/ports.ts'

/**
 * The clock that the bot, the simulators and the scripted people share. Times are simulated ms unless said otherwise.
 */
export type SimulatedClock = Clock & {
  /**
   * Sleeps as `sleep` does, but does not count as the bot at rest: it is for people, who look on while the bot works.
   */
  attend(ms: number, signal?: AbortSignal): Promise<void>
  /** Called by the simulators at every request: somebody is at work. */
  touch(): void
  /** Something people want to see has happened (a post, not an edit): the clock starts again from a speed one can watch. */
  watch(): void
  /** Real ms since anybody was at work. */
  idleMs(): number
  /** Enters somebody in another process, who goes by the time that it was told last, until it leaves. */
  follow(): Follower
  /** Makes time stand still until `resume`; sleepers sleep on. */
  pause(): void
  resume(): void
  setSpeedTop(speedTop: number): void
  /** `speed` is how many simulated ms have lately passed in a real one. */
  state(): { readonly nowMs: number; readonly speed: number; readonly speedTop: number; readonly isPaused: boolean }
  close(): void
}

/** A process that goes by this clock from elsewhere; no sleeper is woken before it has been told that time. */
export type Follower = {
  /** The time now in ms, which the follower counts as having heard from here on. */
  tell(): number
  leave(): void
}

const STEP_MS = 4
/** Real ms without a request and without a sleeper woken, after which nobody is at work. */
const QUIET_MS = 12
/** Work shows late on a busy machine, so the clock waits longer: this many times the lateness of its own last steps. */
const QUIET_LATENESS = 4
const LATENESS_SHARE = 0.05
/** A bot that does not sleep is at work, but after so many real ms without a request it has nothing left to do. */
const AT_REST_MS = 1_000
const SLOW_SPEED = 15
const WATCHABLE_SPEED = 200
const DOUBLES_EVERY_MS = 2_500
/** The weight of each step in the speed that people are shown: a small one, so that the number does not flicker. */
const SHOWN_SHARE = 0.02
/** The most real ms that one step counts for: a machine that stalls does not make the world jump. */
const ELAPSED_MAX_MS = 50
/** Real ms after which a follower that does not ask is not waited for: it is suspended, or dead without a word. */
const FOLLOWS_WITHIN_MS = 2_000

type Sleeper = { readonly atMs: number; readonly isBot: boolean; readonly wake: () => void }
type Told = { nowMs: number; atRealMs: number }
type Options = { readonly startMs: number; readonly speedTop: number; readonly isDue: () => boolean }

/**
 * Starts a clock at `startMs`, never faster than `speedTop` times real; it keeps near real time while `isDue` is true.
 */
export function simulatedClock({ startMs, isDue, ...options }: Options): SimulatedClock {
  const sleepers = new Set<Sleeper>()
  const followers = new Set<Told>()
  let simulatedMs = startMs
  let steppedAt = performance.now()
  let busyAt = steppedAt
  let fastForMs = 0
  let speedTop = options.speedTop
  let speedShown = 0
  let isPaused = false
  let latenessMs = 0

  function step(): void {
    const realMs = performance.now()
    const elapsedMs = Math.min(ELAPSED_MAX_MS, realMs - steppedAt)
    steppedAt = realMs
    latenessMs += (Math.max(0, elapsedMs - STEP_MS) - latenessMs) * LATENESS_SHARE
    const quietMs = QUIET_MS + QUIET_LATENESS * latenessMs
    const restMs = [...sleepers].some(({ isBot }) => isBot) ? quietMs : AT_REST_MS
    const isQuiet = realMs - busyAt >= restMs && sleepers.size > 0 && !isDue()
    if (isPaused) {
      // A clock that people paused is not idle, or the demo would be taken for stuck.
      busyAt = realMs
      return
    }
    fastForMs += elapsedMs
    const speed = isQuiet ? WATCHABLE_SPEED * 2 ** (fastForMs / DOUBLES_EVERY_MS) : SLOW_SPEED
    const nextMs = Math.min(...[...sleepers].map(({ atMs }) => atMs))
    const beforeMs = simulatedMs
    simulatedMs = Math.max(simulatedMs, Math.min(nextMs, simulatedMs + elapsedMs * Math.min(speed, speedTop)))
    if (elapsedMs > 0) speedShown += ((simulatedMs - beforeMs) / elapsedMs - speedShown) * SHOWN_SHARE
    const due = [...sleepers].filter(({ atMs }) => atMs <= simulatedMs)
    if (due.length === 0 || !isHeardBy(realMs)) return
    if (due.some(({ isBot }) => isBot)) busyAt = realMs
    for (const sleeper of due) sleeper.wake()
  }

  /**
   * Whether every follower has heard this time. Nobody is woken before that: a follower may still go by a time that is
   * minutes old, and a sleeper that wakes may hand it work.
   */
  function isHeardBy(realMs: number): boolean {
    const nowMs = Math.floor(simulatedMs)
    return [...followers].every((told) => told.nowMs >= nowMs || realMs - told.atRealMs > FOLLOWS_WITHIN_MS)
  }
  function sleep(ms: number, isBot: boolean, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        sleepers.delete(sleeper)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const sleeper: Sleeper = { atMs: simulatedMs + ms, isBot, wake }
      if (signal?.aborted) return resolve()
      signal?.addEventListener('abort', wake, { once: true })
      sleepers.add(sleeper)
    })
  }
  const timer = setInterval(step, STEP_MS)

  return {
    now: () => Math.floor(simulatedMs),
    touch: () => {
      busyAt = performance.now()
    },
    watch: () => {
      fastForMs = 0
    },
    follow: () => {
      const told: Told = { nowMs: 0, atRealMs: Number.NEGATIVE_INFINITY }
      followers.add(told)
      return {
        tell: () => {
          told.nowMs = Math.floor(simulatedMs)
          told.atRealMs = performance.now()
          return told.nowMs
        },
        leave: () => void followers.delete(told),
      }
    },
    idleMs: () => performance.now() - busyAt,
    speed: () => Math.max(1, speedShown),
    pause: () => {
      isPaused = true
      speedShown = 0
    },
    resume: () => {
      isPaused = false
    },
    setSpeedTop: (top) => {
      speedTop = top
    },
    state: () => ({ nowMs: Math.floor(simulatedMs), speed: speedShown, speedTop, isPaused }),
    close: () => clearInterval(timer),
    sleep: (ms, signal) => sleep(ms, true, signal),
    attend: (ms, signal) => sleep(ms, false, signal),
  }
}
