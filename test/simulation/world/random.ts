// Chance for a trial: all of it from one number, so that a trial runs again as it ran.

export type Random = {
  /** From 0 up to 1. */
  next(): number
  chance(probability: number): boolean
  /** A whole number from `least` to `most`, both among them. */
  whole(least: number, most: number): number
  between(least: number, most: number): number
  pick<T>(all: readonly [T, ...T[]]): T
  pick<T>(all: readonly T[]): T | undefined
  /** Another one, which draws on without moving this one. */
  fork(): Random
}

export function randomFrom(seed: number): Random {
  // splitmix32: a full period of 2^32, and neighbouring seeds have nothing in common.
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 0x1_0000_0000
  }
  const whole = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1))
  return {
    next,
    chance: (probability) => next() < probability,
    whole,
    between: (least, most) => least + next() * (most - least),
    pick: <T>(all: readonly T[]): T => all[whole(0, all.length - 1)] as T,
    fork: () => randomFrom(whole(0, 0xffffffff)),
  }
}
