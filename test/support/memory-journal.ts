// The journal in memory, for tests that try thousands of worlds. Passes the same contract suite as the one on Redis, and keeps
// to its ways: a script that is atomic, replies that may be lost, a fold kept in each process, a run id that restarts change.
import { randomUUID } from 'node:crypto'
import { extendAll, fold } from '../../src/core/journal/fold.ts'
import { type Entry, type EntryBody, JOURNAL_VERSION } from '../../src/core/model/entries.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { type Aside, channelIn, checkEntry } from '../../src/store/entry-schema.ts'
import {
  type Appended,
  type Claims,
  DoesNotFit,
  isSameRedis,
  type Journal,
  lastNonceOf,
  orAside,
  requireFit,
} from '../../src/store/journal.ts'

/** What lies between a process and the journal: a time before each command, and one before its reply is read. */
export type Way = {
  /** Before the command takes effect. */
  there(command: string): Promise<void>
  /** Before the reply is read; false: it was lost, and the command is sent again. */
  back(command: string): Promise<boolean>
}

/** How a version writes and reads: a later one has kinds, steps and gates that this one does not know. */
export type Dialect = {
  readonly version: number
  /** `version`: in which the migration was planned. */
  write(entry: Entry, version: number): unknown
  /** Throws NotUnderstood for what it does not know. */
  read(written: unknown): Entry
}

const OWN: Dialect = { version: JOURNAL_VERSION, write: (entry) => entry, read: checkEntry }

export type MemoryJournal = Journal & {
  /** The last entries are lost while the same server runs. */
  loseTail(id: string, count: number): void
  /** Puts entries in as they are, as if written by an earlier process. */
  load(entries: readonly Entry[]): void
  /** The next append takes effect and its reply is lost. */
  loseNextReply(): void
  /** The same journal from another process, of another version where one is handed in. */
  open(way?: Way, dialect?: Dialect): Journal
  /** All that is kept now; `putBack` restores it as another run of the server, with what came later lost. */
  keep(): Kept
  putBack(kept: Kept, redis: Partial<Redis>): void
  redis(): Redis
}

/** As `INFO` tells it. */
export type Redis = { readonly runId: string; readonly replicationId: string }

export type Kept = {
  readonly streams: ReadonlyMap<string, readonly Written[]>
  readonly claims: ReadonlyMap<string, string>
  readonly running: ReadonlySet<string>
}

/** An entry as it stands, and what the script reads of it without knowing what it says. */
export type Written = { readonly nonce: string; readonly atMs: number; readonly entry: unknown }

type Server = { -readonly [K in keyof Kept]: Kept[K] } & { -readonly [K in keyof Redis]: Redis[K] } & {
  versions: ReadonlyMap<string, number>
}

type Options = {
  readonly nonce?: () => string
  /** Hears of every entry as it is written. */
  readonly written?: (id: string, entry: Entry) => void
}

const AT_ONCE: Way = { there: async () => undefined, back: async () => true }

export function memoryJournal(now: () => number, { nonce = randomUUID, written: hears }: Options = {}): MemoryJournal {
  const server: Server = {
    streams: new Map(),
    claims: new Map(),
    running: new Set(),
    runId: 'memory',
    replicationId: 'history',
    versions: new Map(),
  }
  let isLosing = false

  /** What the script on Redis does, as one. */
  function write({ id, after, lastNonce, said, mine, claims, version, dialect }: Write): Reply {
    const entries = server.streams.get(id) ?? []
    const last = entries.at(-1)
    if (entries.length !== after || (last?.nonce ?? '') !== lastNonce) {
      return { outcome: entries.slice(after).some((entry) => entry.nonce === mine) ? 'appended' : 'conflict' }
    }
    if (after > 0 && version > (server.versions.get(id) ?? version)) return { outcome: 'newer' }
    const { take = [], release } = claims
    const holder = take.find((volume) => (server.claims.get(volume) ?? id) !== id)
    if (holder) return { outcome: 'claimed', volume: holder, by: server.claims.get(holder) ?? '' }
    if (take.length > 0) server.claims = new Map([...server.claims, ...take.map((volume) => [volume, id] as const)])
    const atMs = Math.max(last?.atMs ?? 0, Math.round(now()))
    const { runId, replicationId } = server
    const stamped = said.kind === 'planned' ? { ...said, version } : said
    const entry: Entry = { ...stamped, rev: entries.length + 1, atMs, nonce: mine, runId, replicationId }
    const written = { nonce: mine, atMs, entry: dialect.write(entry, version) }
    server.streams = new Map(server.streams).set(id, [...entries, written])
    if (after === 0) server.versions = new Map(server.versions).set(id, version)
    if (release) server.claims = new Map([...server.claims].filter(([, by]) => by !== id))
    const others = [...server.running].filter((one) => one !== id)
    server.running = new Set(release ? others : [...others, id])
    hears?.(id, entry)
    return { outcome: 'appended' }
  }

  function open(way: Way = AT_ONCE, dialect: Dialect = OWN): Journal {
    const asides = new Map<string, Aside>()
    const folds = new Map<string, Fold>()
    const cut = new Set<string>()
    const answered = new Map<string, Redis>()

    async function ask<T>(command: string, answer: () => T): Promise<T> {
      for (;;) {
        await way.there(command)
        const given = answer()
        if (await way.back(command)) return given
      }
    }

    const foldOf = (id: string): Promise<Fold | null> => orAside(asides, id, foldAll)

    async function foldAll(id: string): Promise<Fold | null> {
      const kept = folds.get(id)
      const from = kept?.migration.rev ?? 1
      const { written, by } = await ask('read', () => ({
        written: (server.streams.get(id) ?? []).slice(from - 1),
        by: { runId: server.runId, replicationId: server.replicationId },
      }))
      answered.set(id, by)
      const entries = written.map(({ entry }) => dialect.read(entry))
      const isKept = kept !== undefined && entries[0]?.nonce === kept.nonce
      if (kept && !isKept) {
        folds.delete(id)
        const left = await foldAll(id)
        if (left && isSameRedis(left.migration, kept.migration)) cut.add(id)
        return left
      }
      const fresh = isKept ? entries.slice(1) : entries
      const migration = extendAll(kept?.migration ?? null, fresh)
      const nonce = fresh.at(-1)?.nonce ?? kept?.nonce
      if (!migration || !nonce) return null
      const newest = { migration, nonce }
      folds.set(id, newest)
      return newest
    }

    return {
      async append(id, after, said, claims = {}): Promise<Appended> {
        const kept = folds.get(id)
        const lastNonce = lastNonceOf(kept, after)
        if (lastNonce === null) return { outcome: 'conflict' }
        requireFit(id, after, said)
        const version = after?.version ?? dialect.version
        const copied = structuredClone(said)
        const mine = nonce()
        const request = { id, after: after?.rev ?? 0, lastNonce, said: copied, mine, claims, version, dialect }
        const reply = await ask(`append ${said.kind}`, () => {
          const first = write(request)
          const reply = isLosing ? write(request) : first
          isLosing = false
          return reply
        })
        if (reply.outcome === 'newer') throw new DoesNotFit(id, said.kind, 'it was planned in an older version')
        if (reply.outcome === 'claimed') return reply
        if (reply.outcome === 'appended' && said.kind === 'doubted') cut.delete(id)
        const newest = reply.outcome === 'appended' ? await foldOf(id) : null
        return newest ? { outcome: 'appended', migration: newest.migration, nonce: mine } : { outcome: 'conflict' }
      },
      read: async (id) => (await foldOf(id))?.migration ?? null,
      async aside(id) {
        await foldOf(id)
        return asides.get(id) ?? null
      },
      channelOf: (id) => ask('channel', () => channelIn(server.streams.get(id)?.[0]?.entry)),
      async entries(id) {
        await foldOf(id)
        const written = await ask('entries', () => structuredClone([...(server.streams.get(id) ?? [])]))
        return asides.has(id) ? [] : written.map(({ entry }) => dialect.read(entry))
      },
      mayHaveLost: (m) => cut.has(m.id) || !isSameRedis(m, answered.get(m.id)),
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
      const written = entries.map((entry) => ({ nonce: entry.nonce, atMs: entry.atMs, entry: structuredClone(entry) }))
      server.streams = new Map(server.streams).set(id, written)
      server.running = new Set([...server.running, id])
    },
    keep: () => ({ streams: server.streams, claims: server.claims, running: server.running }),
    redis: () => ({ runId: server.runId, replicationId: server.replicationId }),
    putBack: (kept, redis) => void Object.assign(server, kept, redis),
  }
}

type Fold = { readonly migration: Migration; readonly nonce: string }
type Reply =
  | { readonly outcome: 'appended' | 'conflict' | 'newer' }
  | { readonly outcome: 'claimed'; readonly volume: string; readonly by: string }
type Write = {
  readonly id: string
  readonly after: number
  readonly lastNonce: string
  readonly said: EntryBody
  readonly mine: string
  readonly claims: Claims
  readonly version: number
  readonly dialect: Dialect
}
