// How long a migration has stood at one entry, and how long EC2 could not be observed for it, as this process has seen
// it. Both are in real ms: a job that no worker takes is lost in real time, however fast a drill's clock runs.

/** Returns a function that gives the real ms for which a migration's world could not be observed; 0 once it can be. */
export function blindness(steadyMs: () => number): (id: string, isBlind: boolean) => number {
  const since = new Map<string, number>()
  return (id, isBlind) => {
    if (!isBlind) since.delete(id)
    else if (!since.has(id)) since.set(id, steadyMs())
    const atMs = since.get(id)
    return atMs === undefined ? 0 : steadyMs() - atMs
  }
}

/** Returns a function that gives the real ms since its first call with this rev of a migration; 0 for a new rev. */
export function stillness(steadyMs: () => number): (id: string, rev: number) => number {
  const since = new Map<string, { readonly rev: number; readonly atMs: number }>()
  return (id, rev) => {
    const seen = since.get(id)
    if (seen?.rev === rev) return steadyMs() - seen.atMs
    since.set(id, { rev, atMs: steadyMs() })
    return 0
  }
}
