// How the simulated clock paces itself, decided on values: who is at work, how fast time runs, how far it may go, and who has
// heard it.
//
// Fast does not mean top speed at once: what has just changed is worth watching, so the speed starts at WATCHABLE_SPEED and
// doubles every DOUBLES_EVERY_MS. Short copies are seen to move, and a copy of 20 hours still ends within the minute.

/** Real ms between two steps of the clock. */
export const STEP_MS = 4
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
/** A day in a second, for whoever lets time pass without watching. */
export const HURRIED_SPEED = 86_400
/** The weight of each step in the speed that people are shown: a small one, so that the number does not flicker. */
const SHOWN_SHARE = 0.02
/** Real ms after which a follower that does not ask is not waited for: it is suspended, or dead without a word. */
const FOLLOWS_WITHIN_MS = 2_000

/** Somebody who sleeps until `atMs`; where `isBot` is false it is a person, who looks on while the bot works. */
export type Sleeper = { readonly atMs: number; readonly isBot: boolean; readonly wake: () => void }
/** The simulated time that a follower was told last, and the real ms when it was. */
export type Told = { nowMs: number; atRealMs: number }

/** How late the clock's steps lately were, in real ms, once one more has taken `elapsedMs`. */
export function latenessAfter(latenessMs: number, elapsedMs: number): number {
  return latenessMs + (Math.max(0, elapsedMs - STEP_MS) - latenessMs) * LATENESS_SHARE
}

/** Whether nobody is at work: the last work was long enough ago, `idleMs` real ms, and somebody sleeps. */
export function isQuiet(idleMs: number, latenessMs: number, sleepers: ReadonlySet<Sleeper>): boolean {
  const quietMs = QUIET_MS + QUIET_LATENESS * latenessMs
  const restMs = [...sleepers].some(({ isBot }) => isBot) ? quietMs : AT_REST_MS
  return idleMs >= restMs && sleepers.size > 0
}

/** How many times real time runs, after it was watched for `watchedForMs` real ms; it is slow unless `isFast`. */
export function speedOf(isFast: boolean, watchedForMs: number, speedTop: number): number {
  const speed = isFast ? WATCHABLE_SPEED * 2 ** (watchedForMs / DOUBLES_EVERY_MS) : SLOW_SPEED
  return Math.min(speed, speedTop)
}

/** The time `byMs` later, or that of the next sleeper, whom it does not pass; it never goes back. */
export function timeAfter(simulatedMs: number, byMs: number, sleepers: ReadonlySet<Sleeper>): number {
  const nextMs = Math.min(...[...sleepers].map(({ atMs }) => atMs))
  return Math.max(simulatedMs, Math.min(nextMs, simulatedMs + byMs))
}

/** The speed that people are shown, once time has passed by `passedMs` in `elapsedMs` real ones. */
export function speedShownAfter(speedShown: number, passedMs: number, elapsedMs: number): number {
  return elapsedMs > 0 ? speedShown + (passedMs / elapsedMs - speedShown) * SHOWN_SHARE : speedShown
}

/** Whether every follower has heard `nowMs`: one that goes by a time minutes old may be handed work by who wakes. */
export function isHeard(followers: ReadonlySet<Told>, nowMs: number, realMs: number): boolean {
  return [...followers].every((told) => told.nowMs >= nowMs || realMs - told.atRealMs > FOLLOWS_WITHIN_MS)
}
