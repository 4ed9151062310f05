// How long a migration has stood at one entry, and how long AWS could not be read for it, as this process has seen it.

/** For how long AWS could not be read, by the steady clock and since when by the migration's; `looks` is how often it was tried. */
export type Blind = { readonly forMs: number; readonly sinceMs: number; readonly looks: number }

/**
 * Takes whether a look at a migration's world failed; gives for how long they do, or null once one succeeds. A worker's patience
 * is in real ms, however fast a drill's clock runs; what people are told is in the time of the migration.
 */
export type Blindness = (id: string, isBlind: boolean) => Blind | null

/** Counts the failed looks of one process: `steadyMs` in real ms, `nowMs` in ms since 1970 of the migration's clock. */
export function blindness(steadyMs: () => number, nowMs: () => number): Blindness {
  const since = new Map<string, { readonly steadyMs: number; readonly sinceMs: number; readonly looks: number }>()
  return (id, isBlind) => {
    if (!isBlind) {
      since.delete(id)
      return null
    }
    const was = since.get(id)
    const now = was ? { ...was, looks: was.looks + 1 } : { steadyMs: steadyMs(), sinceMs: nowMs(), looks: 1 }
    since.set(id, now)
    return { forMs: steadyMs() - now.steadyMs, sinceMs: now.sinceMs, looks: now.looks }
  }
}

/**
 * Returns a function that gives the real ms since its first call with this rev of a migration; 0 for a new rev. A job that no
 * worker takes is lost in real time.
 */
export function stillness(steadyMs: () => number): (id: string, rev: number) => number {
  const since = new Map<string, { readonly rev: number; readonly atMs: number }>()
  return (id, rev) => {
    const seen = since.get(id)
    if (seen?.rev === rev) return steadyMs() - seen.atMs
    since.set(id, { rev, atMs: steadyMs() })
    return 0
  }
}
