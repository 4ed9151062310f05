// How long a migration has stood at one entry, as this process has seen it, in real ms: what no worker takes is lost in real
// time, however fast a drill's clock runs.
/** For how long this process has not been able to look at the world for a migration, in real ms; 0 once it can. */
export function blindness(steadyMs: () => number): (id: string, isBlind: boolean) => number {
  const since = new Map<string, number>()
  return (id, isBlind) => {
    if (!isBlind) since.delete(id)
    else if (!since.has(id)) since.set(id, steadyMs())
    const atMs = since.get(id)
    return atMs === undefined ? 0 : steadyMs() - atMs
  }
}

export function stillness(steadyMs: () => number): (id: string, rev: number) => number {
  const since = new Map<string, { readonly rev: number; readonly atMs: number }>()
  return (id, rev) => {
    const seen = since.get(id)
    if (seen?.rev === rev) return steadyMs() - seen.atMs
    since.set(id, { rev, atMs: steadyMs() })
    return 0
  }
}
