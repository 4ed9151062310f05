// The journal in memory, for tests that try thousands of worlds. Passes the same contract suite as the one on Redis.
import { randomUUID } from 'node:crypto'
import type { Entry, Said } from '../../src/core/entries.ts'
import { extend, fold } from '../../src/core/fold.ts'
import type { Migration } from '../../src/core/migration.ts'
import type { Appended, Claims, Journal } from '../../src/store/journal.ts'

export type MemoryJournal = Journal & {
  /** The last entries are lost, as with a Redis put back to an older file. */
  loseTail(id: string, count: number): void
  /** Puts entries in as they are, as if written by an earlier process. */
  load(entries: readonly Entry[]): void
}

export function memoryJournal(now: () => number, nonce: () => string = randomUUID): MemoryJournal {
  const streams = new Map<string, Entry[]>()
  const claims = new Map<string, string>()
  const running = new Set<string>()
  const folds = new Map<string, { migration: Migration; nonce: string }>()

  function foldOf(id: string): Migration | null {
    const entries = streams.get(id) ?? []
    const kept = folds.get(id)
    const isKept = kept !== undefined && entries[kept.migration.rev - 1]?.nonce === kept.nonce
    const from = isKept ? kept.migration : null
    const migration = entries.slice(from?.rev ?? 0).reduce<Migration | null>(extend, from)
    const last = entries.at(-1)
    if (migration && last) folds.set(id, { migration, nonce: last.nonce })
    else folds.delete(id)
    return migration
  }

  async function append(
    id: string,
    after: Migration | null,
    said: Said,
    { take = [], release }: Claims = {},
  ): Promise<Appended> {
    const entries = streams.get(id) ?? []
    const last = entries.at(-1)
    const kept = folds.get(id)
    const isNext = after === null ? entries.length === 0 : kept?.migration === after && last?.nonce === kept.nonce
    if (!isNext) return { outcome: 'conflict' }
    const holder = take.find((volume) => (claims.get(volume) ?? id) !== id)
    if (holder) return { outcome: 'claimed', volume: holder, by: claims.get(holder) ?? '' }
    for (const volume of take) claims.set(volume, id)
    const atMs = Math.max(last?.atMs ?? 0, Math.round(now()))
    streams.set(id, [
      ...entries,
      { ...structuredClone(said), rev: entries.length + 1, atMs, nonce: nonce(), runId: 'memory' },
    ])
    if (release) for (const [volume, by] of claims) if (by === id) claims.delete(volume)
    if (release) running.delete(id)
    else running.add(id)
    return { outcome: 'appended', migration: foldOf(id) as Migration }
  }

  return {
    append,
    read: async (id) => foldOf(id),
    entries: async (id) => structuredClone(streams.get(id) ?? []),
    running: async () => [...running].sort(),
    all: async () => [...streams.keys()].sort(),
    loseTail: (id, count) => void streams.set(id, (streams.get(id) ?? []).slice(0, -count)),
    load(entries) {
      const id = fold(entries)?.id
      if (!id) throw new Error('nothing to load')
      streams.set(id, structuredClone([...entries]))
      running.add(id)
    },
  }
}
