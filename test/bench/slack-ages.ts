// For how long something was so and was not shown: every distinct content of a message since it first was so, until that or a newer one
// is shown. A content that was so only between two looks is not known here, and what is shown then counts as old: ages are never too small.

/** Real ms between two looks, by which every age is longer than it looks. */
export const LOOK_EVERY_MS = 250

type Pending = { readonly content: string; readonly sinceMs: number }

/** What is shown of many messages, by name; times in ms of one clock. */
export type Ages = {
  /** At this time the message should say `wanted`, and shows `shown`. */
  look(name: string, wanted: string, shown: string, atMs: number): void
  /** The longest age so far, in ms. */
  ageMsMax(): number
  /** The messages that do not show what they should. */
  pending(): readonly string[]
}

export function openAges(): Ages {
  const all = new Map<string, readonly Pending[]>()
  let ageMsMax = 0
  return {
    look(name, wanted, shown, atMs) {
      const before = all.get(name) ?? []
      const isNew = before.length > 0 ? before.at(-1)?.content !== wanted : wanted !== shown
      const now = isNew ? [...before, { content: wanted, sinceMs: atMs }] : before
      for (const { sinceMs } of now) ageMsMax = Math.max(ageMsMax, atMs - sinceMs + LOOK_EVERY_MS)
      all.set(name, now.slice(now.findLastIndex(({ content }) => content === shown) + 1))
    },
    ageMsMax: () => ageMsMax,
    pending: () => [...all].flatMap(([name, left]) => (left.length > 0 ? name : [])),
  }
}

/** The most of these times (ms, rising) that lie in one span of so many ms, both ends included. */
export function mostWithin(times: readonly number[], spanMs: number): number {
  let [most, from] = [0, 0]
  for (const [to, atMs] of times.entries()) {
    while ((times[from] ?? atMs) < atMs - spanMs) from++
    most = Math.max(most, to - from + 1)
  }
  return most
}
