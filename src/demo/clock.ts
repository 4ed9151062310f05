// The simulated clock: time runs fast while nothing is due and the bot sleeps, and never passes a sleeper. In between, while
// the bot works or a person is asked, it keeps near real time, so that real milliseconds never become simulated minutes.
import type { Clock } from '../core/ports.ts'
import {
  HURRIED_SPEED,
  isHeard,
  isQuiet,
  latenessAfter,
  type Sleeper,
  STEP_MS,
  speedOf,
  speedShownAfter,
  type Told,
  timeAfter,
} from './clock-pace.ts'

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
  /** Whether time runs as fast as it can, whatever the top speed, while nothing is due and nobody is at work. */
  hurry(isHurried: boolean): void
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

/** The most real ms that one step counts for: a machine that stalls does not make the world jump. */
const ELAPSED_MAX_MS = 50

type Options = { readonly startMs: number; readonly speedTop: number; readonly isDue: () => boolean }

/** All that a clock keeps. Its `RealMs` are times of `performance.now()`. */
type State = {
  readonly sleepers: Set<Sleeper>
  readonly followers: Set<Told>
  simulatedMs: number
  steppedAtRealMs: number
  /** When somebody was last at work. */
  busyAtRealMs: number
  /** Real ms, but for those paused, since something happened that people want to see. */
  watchedForMs: number
  /** By how many real ms steps lately came late. */
  latenessMs: number
  speedTop: number
  speedShown: number
  isPaused: boolean
  isHurried: boolean
}

/**
 * Starts a clock at `startMs`, never faster than `speedTop` times real; it keeps near real time while `isDue` is true.
 */
export function simulatedClock({ startMs, speedTop, isDue }: Options): SimulatedClock {
  const state = stateAt(startMs, speedTop)
  const timer = setInterval(() => step(state, isDue), STEP_MS)
  return {
    now: () => nowIn(state),
    touch: () => {
      state.busyAtRealMs = performance.now()
    },
    watch: () => {
      state.watchedForMs = 0
    },
    follow: () => follow(state),
    idleMs: () => performance.now() - state.busyAtRealMs,
    speed: () => Math.max(1, state.speedShown),
    pause: () => {
      state.isPaused = true
      state.speedShown = 0
    },
    resume: () => {
      state.isPaused = false
    },
    setSpeedTop: (top) => {
      state.speedTop = top
    },
    hurry: (isHurried) => {
      state.isHurried = isHurried
    },
    state: () => ({
      nowMs: nowIn(state),
      speed: state.speedShown,
      speedTop: state.speedTop,
      isPaused: state.isPaused,
    }),
    close: () => clearInterval(timer),
    sleep: (ms, signal) => sleep(state, { ms, isBot: true }, signal),
    attend: (ms, signal) => sleep(state, { ms, isBot: false }, signal),
  }
}

function stateAt(startMs: number, speedTop: number): State {
  const realMs = performance.now()
  return {
    sleepers: new Set(),
    followers: new Set(),
    simulatedMs: startMs,
    steppedAtRealMs: realMs,
    busyAtRealMs: realMs,
    watchedForMs: 0,
    latenessMs: 0,
    speedTop,
    speedShown: 0,
    isPaused: false,
    isHurried: false,
  }
}

function nowIn({ simulatedMs }: State): number {
  return Math.floor(simulatedMs)
}

function step(state: State, isDue: () => boolean): void {
  const realMs = performance.now()
  const elapsedMs = Math.min(ELAPSED_MAX_MS, realMs - state.steppedAtRealMs)
  state.steppedAtRealMs = realMs
  state.latenessMs = latenessAfter(state.latenessMs, elapsedMs)
  const isFast = isQuiet(realMs - state.busyAtRealMs, state.latenessMs, state.sleepers) && !isDue()
  if (state.isPaused) {
    // A clock that people paused is not idle, or the demo would be taken for stuck.
    state.busyAtRealMs = realMs
    return
  }
  moveTime(state, elapsedMs, isFast)
  wakeSleepers(state, realMs)
}

function moveTime(state: State, elapsedMs: number, isFast: boolean): void {
  const beforeMs = state.simulatedMs
  state.watchedForMs += elapsedMs
  const { watchedForMs, speedTop, isHurried } = state
  const speed = isFast && isHurried ? HURRIED_SPEED : speedOf(isFast, watchedForMs, speedTop)
  state.simulatedMs = timeAfter(beforeMs, elapsedMs * speed, state.sleepers)
  state.speedShown = speedShownAfter(state.speedShown, state.simulatedMs - beforeMs, elapsedMs)
}

function wakeSleepers(state: State, realMs: number): void {
  const due = [...state.sleepers].filter(({ atMs }) => atMs <= state.simulatedMs)
  if (due.length === 0 || !isHeard(state.followers, nowIn(state), realMs)) return
  if (due.some(({ isBot }) => isBot)) state.busyAtRealMs = realMs
  for (const sleeper of due) sleeper.wake()
}

function sleep(
  { sleepers, simulatedMs }: State,
  { ms, isBot }: { readonly ms: number; readonly isBot: boolean },
  signal: AbortSignal | undefined,
): Promise<void> {
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

function follow(state: State): Follower {
  const told: Told = { nowMs: 0, atRealMs: Number.NEGATIVE_INFINITY }
  state.followers.add(told)
  return {
    tell: () => {
      told.nowMs = nowIn(state)
      told.atRealMs = performance.now()
      return told.nowMs
    },
    leave: () => void state.followers.delete(told),
  }
}
