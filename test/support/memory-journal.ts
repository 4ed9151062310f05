// The journal in memory, for tests that try thousands of worlds. Passes the same contract suite as the one on Redis, and keeps
// to its ways: a script that is atomic, replies that may be lost, a fold kept in each process, a run id that restarts change.
import { randomUUID } from 'node:crypto'
import type { Entry, Said } from '../../src/core/entries.ts'
import { extend, fold } from '../../src/core/fold.ts'
import type { Migration } from '../../src/core/migration.ts'
import type { Appended, Claims, Journal } from '../../src/store/journal.ts'

/** What lies between a process and the journal: a time before each command, and one before its reply is read. */
export type Way = {
  /** Before the command takes effect. */
  there(command: string): Promise<void>
  /** Before the reply is read; false: it was lost, and the command is sent again. */
  back(command: string): Promise<boolean>
}

export type MemoryJournal = Journal & {
  /** The last entries are lost while the same server runs. */
  loseTail(id: string, count: number): void
  /** Puts entries in as they are, as if written by an earlier process. */
  load(entries: readonly Entry[]): void
  /** The next append takes effect and its reply is lost. */
  loseNextReply(): void
  /** The same journal from another process. */
  open(way?: Way): Journal
  /** All that is kept now; `putBack` restores it as another run of the server, with what came later lost. */
  keep(): Kept
  putBack(kept: Kept, runId: string): void
}

export type Kept = {
  readonly streams: ReadonlyMap<string, readonly Entry[]>
  readonly claims: ReadonlyMap<string, string>
  readonly running: ReadonlySet<string>
}

type Server = {
  -readonly [K in keyof Kept]: Kept[K]
} & { runId: string }

type Options = {
  readonly nonce?: () => string
  /** Hears of every entry as it is written. */
  readonly written?: (id: string, entry: Entry) => void
}

const AT_ONCE: Way = { there: async () => undefined, back: async () => true }

export function memoryJournal(now: () => number, { nonce = randomUUID, written }: Options = {}): MemoryJournal {
  const server: Server = { streams: new Map(), claims: new Map(), running: new Set(), runId: 'memory' }
  let isLosing = false

  /** What the script on Redis does, as one. */
  function write({ id, after, lastNonce, said, mine, claims }: Write): Written {
    const entries = server.streams.get(id) ?? []
    const last = entries.at(-1)
    if (entries.length !== after || (last?.nonce ?? '') !== lastNonce) {
      return { outcome: entries.slice(after).some((entry) => entry.nonce === mine) ? 'appended' : 'conflict' }
    }
    const { take = [], release } = claims
    const holder = take.find((volume) => (server.claims.get(volume) ?? id) !== id)
    if (holder) return { outcome: 'claimed', volume: holder, by: server.claims.get(holder) ?? '' }
    if (take.length > 0) server.claims = new Map([...server.claims, ...take.map((volume) => [volume, id] as const)])
    const atMs = Math.max(last?.atMs ?? 0, Math.round(now()))
    const entry: Entry = { ...said, rev: entries.length + 1, atMs, nonce: mine, runId: server.runId }
    server.streams = new Map(server.streams).set(id, [...entries, entry])
    if (release) server.claims = new Map([...server.claims].filter(([, by]) => by !== id))
    const others = [...server.running].filter((one) => one !== id)
    server.running = new Set(release ? others : [...others, id])
    written?.(id, entry)
    return { outcome: 'appended' }
  }

  function open(way: Way = AT_ONCE): Journal {
    const folds = new Map<string, Fold>()
    const cut = new Set<string>()

    async function ask<T>(command: string, answer: () => T): Promise<T> {
      for (;;) {
        await way.there(command)
        const given = answer()
        if (await way.back(command)) return given
      }
    }

    async function foldOf(id: string): Promise<Fold | null> {
      const kept = folds.get(id)
      const from = kept?.migration.rev ?? 1
      const entries = await ask('read', () => (server.streams.get(id) ?? []).slice(from - 1))
      const isKept = kept !== undefined && entries[0]?.nonce === kept.nonce
      if (kept && !isKept) {
        folds.delete(id)
        const left = await foldOf(id)
        if (left?.migration.runId === kept.migration.runId) cut.add(id)
        return left
      }
      const fresh = isKept ? entries.slice(1) : entries
      const migration = fresh.reduce<Migration | null>(extend, kept?.migration ?? null)
      const nonce = fresh.at(-1)?.nonce ?? kept?.nonce
      if (!migration || !nonce) return null
      const newest = { migration, nonce }
      folds.set(id, newest)
      return newest
    }

    return {
      async append(id, after, said, claims = {}): Promise<Appended> {
        const kept = folds.get(id)
        const lastNonce = after === null ? '' : kept?.migration === after ? kept.nonce : null
        if (lastNonce === null) return { outcome: 'conflict' }
        const request = { id, after: after?.rev ?? 0, lastNonce, said: structuredClone(said), mine: nonce(), claims }
        const reply = await ask(`append ${said.kind}`, () => {
          const first = write(request)
          const reply = isLosing ? write(request) : first
          isLosing = false
          return reply
        })
        if (reply.outcome === 'claimed') return reply
        if (reply.outcome === 'appended' && said.kind === 'doubted') cut.delete(id)
        const newest = reply.outcome === 'appended' ? await foldOf(id) : null
        return newest ? { outcome: 'appended', migration: newest.migration } : { outcome: 'conflict' }
      },
      read: async (id) => (await foldOf(id))?.migration ?? null,
      entries: (id) => ask('entries', () => structuredClone([...(server.streams.get(id) ?? [])])),
      mayHaveLost: ({ id, runId }) => ask('run id', () => cut.has(id) || server.runId !== runId),
      running: () => ask('running', () => [...server.running].sort()),
      all: () => ask('all', () => [...server.streams.keys()].sort()),
    }
  }

  return {
    ...open(),
    open,
    loseTail(id, count) {
      server.streams = new Map(server.streams).set(id, (server.streams.get(id) ?? []).slice(0, -count))
    },
    loseNextReply() {
      isLosing = true
    },
    load(entries) {
      const id = fold(entries)?.id
      if (!id) throw new Error('nothing to load')
      server.streams = new Map(server.streams).set(id, structuredClone([...entries]))
      server.running = new Set([...server.running, id])
    },
    keep: () => ({ streams: server.streams, claims: server.claims, running: server.running }),
    putBack: (kept, runId) => void Object.assign(server, kept, { runId }),
  }
}

type Fold = { readonly migration: Migration; readonly nonce: string }
type Written =
  | { readonly outcome: 'appended' | 'conflict' }
  | { readonly outcome: 'claimed'; readonly volume: string; readonly by: string }
type Write = {
  readonly id: string
  readonly after: number
  readonly lastNonce: string
  readonly said: Said
  readonly mine: string
  readonly claims: Claims
}
