// The journal: one Redis stream a migration, appended by one script that checks, claims volumes and writes together.
//
// The script compares the last entry's rev and nonce with what the writer folded (a rev alone is not enough: after a
// lost tail another entry may stand at the same rev). Twice: a nonce that is already in the stream after what was
// folded is success, since then only the reply was lost. Stream ids are `rev-0`; `at` is Redis's own clock unless a
// drill hands in its own.
//
// A migration is written to its end in the version of its `planned`; the script refuses a writer of a higher version. A
// migration that this version does not understand reads as if there were none, and `aside` returns the reason.

import { randomBytes } from 'node:crypto'
import { extendAll } from '../core/journal/fold.ts'
import { isOver } from '../core/journal/state.ts'
import { misfit } from '../core/journal/transitions.ts'
import { type Entry, type EntryBody, JOURNAL_VERSION } from '../core/model/entries.ts'
import type { Migration } from '../core/model/migration.ts'
import { type Aside, channelIn, NotUnderstood, parseEntry } from './entry-schema.ts'
import type { Keys } from './keys.ts'
import type { RedisClient } from './redis.ts'

/** What an append does besides writing its entry, in the same run of the script. */
export type Claims = {
  /** Ids of volumes that the entry claims for its migration; refused whole when another migration holds one. */
  readonly take?: readonly string[]
  /** The migration is over: its claims are released, and it is no longer among the running ones. */
  readonly release?: boolean
}

/**
 * `conflict`: the journal does not end with the fold that was handed in, so the caller reads and decides again.
 * `claimed`: nothing was written, since the migration `by` holds the volume.
 */
export type Appended =
  /**
   * `nonce` is that of the entry itself. `migration` is the newest fold: others may have appended after the entry, or
   * it may be lost already.
   */
  | { readonly outcome: 'appended'; readonly migration: Migration; readonly nonce: string }
  | { readonly outcome: 'conflict' }
  | { readonly outcome: 'claimed'; readonly volume: string; readonly by: string }

/** Thrown by an append for an entry that may not follow, by a writer's bug or by hand; nothing is appended. */
export class DoesNotFit extends Error {
  constructor(id: string, kind: EntryBody['kind'], why: string) {
    super(`${kind} is not written into the journal of ${id}: ${why}`)
    this.name = 'DoesNotFit'
  }
}

/** The journals of all migrations. Every method may also throw what its store throws. */
export type Journal = {
  /** The fold of all entries; null where there is no such migration, or where this version does not understand it. */
  read(id: string): Promise<Migration | null>
  /** Why this process leaves the migration alone; null where it does not. */
  aside(id: string): Promise<Aside | null>
  /** The channel of its messages, even if it is not understood here; null where its first entry names none. */
  channelOf(id: string): Promise<string | null>
  /** All entries, oldest first; none where `read` gives null. */
  entries(id: string): Promise<readonly Entry[]>
  /**
   * Whether entries after this fold may be lost: another Redis keeps the journal, or they were read and are gone. Known from the last
   * read of this journal here; true before the first.
   */
  mayHaveLost(migration: Migration): boolean
  /**
   * Appends after exactly the migration handed in: the very value that `read` or `append` returned last (null: as the
   * first entry). Throws DoesNotFit for an entry that may not follow it.
   */
  append(id: string, after: Migration | null, said: EntryBody, claims?: Claims): Promise<Appended>
  /** Ids of migrations that are not over. */
  running(): Promise<string[]>
  /** Ids of all migrations there ever were. */
  all(): Promise<string[]>
}

/**
 * Appends the entry that `say` returns for the newest fold; after every conflict it reads the fold and calls `say`, and
 * `claims` where they depend on the fold, again. Null when there is no such migration, or when `say` returns null.
 */
export async function appendFrom(
  journal: Journal,
  id: string,
  say: (migration: Migration) => EntryBody | null,
  claims: Claims | ((migration: Migration) => Claims) = {},
): Promise<Exclude<Appended, { outcome: 'conflict' }> | null> {
  for (;;) {
    const appended = await inTurn(journal, id, async () => {
      const migration = await journal.read(id)
      const said = migration ? say(migration) : null
      if (!migration || !said) return null
      return await journal.append(id, migration, said, typeof claims === 'function' ? claims(migration) : claims)
    })
    if (appended?.outcome !== 'conflict') return appended
  }
}

/**
 * Whether the journal may have lost what came behind this state, and nobody has said so yet: nothing is told from it. The next tick writes
 * that down within seconds; of a migration that is over there is none.
 */
export function isUnsure(m: Migration, journal: Pick<Journal, 'mayHaveLost'>): boolean {
  return !isOver(m) && journal.mayHaveLost(m)
}

const turns = new WeakMap<Journal, Map<string, Promise<unknown>>>()

/**
 * Runs `act` after the acts that wait for the same migration in this process, so that reading, deciding and appending
 * lose races to other processes alone. Without turns a tick over a thousand volumes would never win: it takes longer to
 * decide than a busy worker's jobs leave between two entries.
 */
export async function inTurn<T>(journal: Journal, id: string, act: () => Promise<T>): Promise<T> {
  const mine = turns.get(journal) ?? new Map<string, Promise<unknown>>()
  turns.set(journal, mine)
  const turn = (mine.get(id) ?? Promise.resolve()).then(act)
  mine.set(
    id,
    turn.catch(() => undefined),
  )
  return await turn
}

const APPEND = `
local stream, claims, running, all, versions = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local id, rev, lastNonce, nonce, said, atMs, release, version, first =
  ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], tonumber(ARGV[8]), 9
local function field(fields, name)
  for i = 1, #fields, 2 do if fields[i] == name then return fields[i + 1] end end
end
local last = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
local lastRev, lastAt, standing = 0, 0, ''
if last then
  lastRev = tonumber(string.match(last[1], '^(%d+)'))
  lastAt, standing = tonumber(field(last[2], 'at')), field(last[2], 'nonce')
end
if lastRev ~= rev or standing ~= lastNonce then
  for _, found in ipairs(redis.call('XRANGE', stream, (rev + 1) .. '-0', '+')) do
    if field(found[2], 'nonce') == nonce then return { 'appended' } end
  end
  return { 'conflict' }
end
if rev > 0 and version > (tonumber(redis.call('HGET', versions, id)) or version) then return { 'newer' } end
for i = first, #ARGV do
  local holder = redis.call('HGET', claims, ARGV[i])
  if holder and holder ~= id then return { 'claimed', ARGV[i], holder } end
end
for i = first, #ARGV do redis.call('HSET', claims, ARGV[i], id) end
local at = tonumber(atMs)
if not at then
  local time = redis.call('TIME')
  at = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
if at < lastAt then at = lastAt end
local runId = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local replicationId = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)') or ''
local stamp = string.format('{"rev":%d,"atMs":%.0f,"nonce":"%s","runId":"%s","replicationId":"%s",',
  rev + 1, at, nonce, runId, replicationId)
redis.call('XADD', stream, (rev + 1) .. '-0',
  'nonce', nonce, 'at', string.format('%.0f', at), 'entry', stamp .. string.sub(said, 2))
redis.call('SADD', all, id)
if rev == 0 then redis.call('HSET', versions, id, version) end
if release == '1' then
  redis.call('SREM', running, id)
  local held = redis.call('HGETALL', claims)
  for i = 1, #held, 2 do
    if held[i + 1] == id then redis.call('HDEL', claims, held[i]) end
  end
else
  redis.call('SADD', running, id)
end
return { 'appended' }
`

/**
 * The nonce of the entry at a rev, the entries after it, and which Redis answers: inside the script it is the node that holds the key, in
 * a cluster too. Every read checks by that nonce whether the fold kept here still holds; the nonce alone is returned, since the entry
 * itself may hold ten thousand volumes.
 */
const READ = `
local rev = tonumber(ARGV[1])
local kept = redis.call('XRANGE', KEYS[1], rev .. '-0', rev .. '-0')[1]
local nonce = ''
if kept then
  for i = 1, #kept[2], 2 do if kept[2][i] == 'nonce' then nonce = kept[2][i + 1] end end
end
return {
  nonce,
  redis.call('XRANGE', KEYS[1], (rev + 1) .. '-0', '+'),
  string.match(redis.call('INFO', 'server'), 'run_id:(%x+)'),
  string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)') or '',
}
`

/**
 * Random bytes in a nonce: two equal ones among a million entries are less likely than a broken disk, and the 12
 * characters that they make fit into an SSM comment.
 */
const NONCE_BYTES = 9

type Fold = { readonly migration: Migration; readonly nonce: string; readonly entries: Entry[] }

/** What one process keeps of the journals: its folds, and what is wrong with them. */
type Keeper = {
  readonly redis: RedisClient
  readonly keys: Keys
  readonly drillNowMs: (() => number) | null
  readonly folds: Map<string, Fold>
  /** Ids of journals that the same Redis keeps, but whose last entry, as it was folded here, is gone. */
  readonly cut: Set<string>
  /** Which Redis answered the last read, by id. */
  readonly answered: Map<string, WhichRedis>
  readonly asides: Map<string, Aside>
}

/** `drillNowMs`: the drill's clock, which then stamps the entries; null: Redis's own clock does. */
export function redisJournal(redis: RedisClient, keys: Keys, drillNowMs: (() => number) | null): Journal {
  const keeper: Keeper = {
    redis,
    keys,
    drillNowMs,
    folds: new Map(),
    cut: new Set(),
    answered: new Map(),
    asides: new Map(),
  }
  return {
    append: (id, after, said, claims = {}) => append(keeper, { id, after, said, claims }),
    read: async (id) => (await foldOf(keeper, id))?.migration ?? null,
    async aside(id) {
      await foldOf(keeper, id)
      return keeper.asides.get(id) ?? null
    },
    async channelOf(id) {
      const [row] = await redis.xrange(streamOf(keys, id), '-', '+', 'COUNT', 1)
      return row ? channelIn(textOf(row[1])) : null
    },
    entries: async (id) => (await foldOf(keeper, id))?.entries ?? [],
    mayHaveLost: (m) => keeper.cut.has(m.id) || !isSameRedis(m, keeper.answered.get(m.id)),
    running: async () => (await redis.smembers(keys.of('running'))).sort(),
    all: async () => (await redis.smembers(keys.of('migrations'))).sort(),
  }
}

function streamOf(keys: Keys, id: string): string {
  return keys.of('journal', id)
}

async function foldOf(keeper: Keeper, id: string): Promise<Fold | null> {
  return await orAside(keeper.asides, id, () => foldAll(keeper, id))
}

/** Extends the fold kept here by the new entries; drops it where its last entry is not in the stream any more. */
async function foldAll(keeper: Keeper, id: string): Promise<Fold | null> {
  const { folds, cut } = keeper
  const kept = folds.get(id)
  const { nonce, fresh } = await entriesAfter(keeper, id, kept?.migration.rev ?? 0)
  if (kept && nonce !== kept.nonce) {
    folds.delete(id)
    const left = await foldAll(keeper, id)
    // Where another Redis keeps the journal now, its first entry shows that by itself.
    if (left && isSameRedis(left.migration, kept.migration)) cut.add(id)
    return left
  }
  const last = fresh.at(-1)
  if (!last) return kept ?? null
  const migration = extendAll(kept?.migration ?? null, fresh)
  if (!migration) return null
  // All folds of a journal share one list, since copying it for each entry would make a long journal slow. Each entry
  // is written at its own index, since two concurrent reads have the same entries to add.
  const all = kept?.entries ?? []
  for (const entry of fresh) all[entry.rev - 1] = entry
  all.length = last.rev
  const fold = { migration, nonce: last.nonce, entries: all }
  folds.set(id, fold)
  return fold
}

/** The entries after this one, and the nonce that stands at its place now. */
async function entriesAfter(
  { redis, keys, answered }: Keeper,
  id: string,
  rev: number,
): Promise<{ nonce: string; fresh: Entry[] }> {
  const reply = (await redis.eval(READ, 1, streamOf(keys, id), rev)) as [string, [string, string[]][], string, string]
  const [nonce, rows, runId, replicationId] = reply
  answered.set(id, { runId, replicationId })
  return { nonce, fresh: rows.map(([, fields]) => parseEntry(textOf(fields))) }
}

type Append = {
  readonly id: string
  readonly after: Migration | null
  readonly said: EntryBody
  readonly claims: Claims
}

async function append(keeper: Keeper, { id, after, said, claims }: Append): Promise<Appended> {
  const { redis, keys, drillNowMs, folds, cut } = keeper
  const lastNonce = lastNonceOf(folds.get(id), after)
  if (lastNonce === null) return { outcome: 'conflict' }
  requireFit(id, after, said)
  const nonce = randomBytes(NONCE_BYTES).toString('base64url')
  const args = [
    id,
    after?.rev ?? 0,
    lastNonce,
    nonce,
    JSON.stringify(said),
    drillNowMs ? Math.round(drillNowMs()) : '',
    claims.release ? '1' : '0',
    after?.version ?? JOURNAL_VERSION,
    ...(claims.take ?? []),
  ]
  const touched = [streamOf(keys, id), ...['claims', 'running', 'migrations', 'versions'].map((name) => keys.of(name))]
  const reply = (await redis.eval(APPEND, touched.length, ...touched, ...args)) as [string, string?, string?]
  const [outcome, volume, by] = reply
  if (outcome === 'newer') throw new DoesNotFit(id, said.kind, 'it was planned in an older version of the journal')
  if (outcome === 'claimed' && volume && by) return { outcome, volume, by }
  if (outcome === 'appended' && said.kind === 'doubted') cut.delete(id)
  const fold = outcome === 'appended' ? await foldOf(keeper, id) : null
  return fold ? { outcome: 'appended', migration: fold.migration, nonce } : { outcome: 'conflict' }
}

/**
 * The nonce of the entry that the caller appends after: empty before the first one. Null where the migration handed in is not the very
 * value that was folded last, so that the caller has to read again.
 */
export function lastNonceOf(
  kept: { readonly migration: Migration; readonly nonce: string } | undefined,
  after: Migration | null,
): string | null {
  if (after === null) return ''
  return kept?.migration === after ? kept.nonce : null
}

function textOf(fields: readonly string[]): string {
  return fields[fields.indexOf('entry') + 1] ?? ''
}

/** A run of Redis and its replication history, as `INFO` gives them. */
export type WhichRedis = Pick<Entry, 'runId' | 'replicationId'>

/** Whether one run of Redis, with one replication history, took both; false where the other one is not known. */
export function isSameRedis(a: WhichRedis, b: WhichRedis | undefined): boolean {
  return a.runId === b?.runId && a.replicationId === b.replicationId
}

/** What `foldAll` returns; null also where it throws NotUnderstood: `asides` keeps the reason until a fold succeeds. */
export async function orAside<T>(
  asides: Map<string, Aside>,
  id: string,
  foldAll: (id: string) => Promise<T | null>,
): Promise<T | null> {
  try {
    const fold = await foldAll(id)
    asides.delete(id)
    return fold
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error
    asides.set(id, error.aside)
    return null
  }
}

/** Throws DoesNotFit where the entry may not follow `after`; checks nothing where `after` is null. */
export function requireFit(id: string, after: Migration | null, said: EntryBody): void {
  const why = after === null ? null : misfit(after, said)
  if (why !== null) throw new DoesNotFit(id, said.kind, why)
}
