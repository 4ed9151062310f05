// How long a migration has stood at one entry, as this process has seen it, in real ms: what no worker takes is lost in real
// time, however fast a drill's clock runs.
export function stillness(steadyMs: () => number): (id: string, rev: number) => number {
  const since = new Map<string, { readonly rev: number; readonly atMs: number }>()
  return (id, rev) => {
    const seen = since.get(id)
    if (seen?.rev === rev) return steadyMs() - seen.atMs
    since.set(id, { rev, atMs: steadyMs() })
    return 0
  }
}
