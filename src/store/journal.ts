// The journal: one Redis stream a migration, appended by one script that checks, claims and writes together.
//
// The script compares the last entry's rev and nonce with what the writer folded (a rev alone is not enough: after a lost
// tail another entry may stand at the same rev). Twice: a nonce that already stands after what was folded is success, since
// then only the reply was lost. Stream ids are `rev-0`, `at` is Redis's own clock unless a drill hands in its own.
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Entry, Said } from '../core/entries.ts'
import { extend } from '../core/fold.ts'
import type { Migration } from '../core/migration.ts'

export type Claims = {
  /** Volumes this entry takes for its migration; refused whole when another migration holds one. */
  readonly take?: readonly string[]
  /** The migration is over: its claims and its place among the running are given back. */
  readonly release?: boolean
}

export type Appended =
  | { readonly outcome: 'appended'; readonly migration: Migration }
  | { readonly outcome: 'conflict' }
  | { readonly outcome: 'claimed'; readonly volume: string; readonly by: string }

export type Journal = {
  /** The fold of all entries, or null when there is no such migration. */
  read(id: string): Promise<Migration | null>
  entries(id: string): Promise<readonly Entry[]>
  /** Whether entries that followed this fold may be lost: another Redis run keeps the journal now, or they were seen and are gone. */
  mayHaveLost(migration: Migration): Promise<boolean>
  /** Appends after exactly the migration handed in (null: as the first entry). */
  append(id: string, after: Migration | null, said: Said, claims?: Claims): Promise<Appended>
  /** Ids of migrations that are not over. */
  running(): Promise<string[]>
  /** Ids of all migrations there ever were. */
  all(): Promise<string[]>
}

/**
 * Appends what `say` gives for the newest fold, anew from the fold after every lost race. Null when there is no such
 * migration or `say` has nothing to add.
 */
export async function appendFrom(
  journal: Journal,
  id: string,
  say: (migration: Migration) => Said | null,
  claims: Claims = {},
): Promise<Exclude<Appended, { outcome: 'conflict' }> | null> {
  for (;;) {
    const appended = await inTurn(journal, id, async () => {
      const migration = await journal.read(id)
      const said = migration ? say(migration) : null
      return migration && said ? await journal.append(id, migration, said, claims) : null
    })
    if (appended?.outcome !== 'conflict') return appended
  }
}

const turns = new WeakMap<Journal, Map<string, Promise<unknown>>>()

/**
 * Who reads, decides and appends in turn loses races to other processes alone. A tick over a thousand volumes takes longer to
 * decide than a busy worker's jobs leave between two entries: it would never win.
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
local stream, claims, running, all = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, rev, lastNonce, nonce, said, atMs, release = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local last = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
local lastRev, lastAt, standing = 0, 0, ''
if last then
  lastRev = tonumber(string.match(last[1], '^(%d+)'))
  local entry = cjson.decode(last[2][2])
  lastAt, standing = entry.atMs, entry.nonce
end
if lastRev ~= rev or standing ~= lastNonce then
  for _, found in ipairs(redis.call('XRANGE', stream, (rev + 1) .. '-0', '+')) do
    if cjson.decode(found[2][2]).nonce == nonce then return { 'appended' } end
  end
  return { 'conflict' }
end
for i = 8, #ARGV do
  local holder = redis.call('HGET', claims, ARGV[i])
  if holder and holder ~= id then return { 'claimed', ARGV[i], holder } end
end
for i = 8, #ARGV do redis.call('HSET', claims, ARGV[i], id) end
local at = tonumber(atMs)
if not at then
  local time = redis.call('TIME')
  at = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
if at < lastAt then at = lastAt end
local runId = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local stamp = string.format('{"rev":%d,"atMs":%.0f,"nonce":"%s","runId":"%s",', rev + 1, at, nonce, runId)
redis.call('XADD', stream, (rev + 1) .. '-0', 'entry', stamp .. string.sub(said, 2))
redis.call('SADD', all, id)
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

type Fold = { readonly migration: Migration; readonly nonce: string; readonly entries: readonly Entry[] }

/** `drillNowMs`: the drill's clock, when there is one; else Redis's own stamps the entries. */
export function redisJournal(redis: Redis, drillNowMs: (() => number) | null): Journal {
  const folds = new Map<string, Fold>()
  /** Journals whose last entry was gone though the same Redis kept them. */
  const cut = new Set<string>()
  const stream = (id: string) => `zonehop:journal:${id}`

  async function entriesFrom(id: string, rev: number): Promise<Entry[]> {
    const rows = await redis.xrange(stream(id), `${rev}-0`, '+')
    return rows.map(([, fields]) => JSON.parse(fields[1] ?? '') as Entry)
  }

  /** Extends the fold kept here by new entries; drops it when its last entry is not in the stream any more. */
  async function foldOf(id: string): Promise<Fold | null> {
    const kept = folds.get(id)
    const entries = await entriesFrom(id, kept?.migration.rev ?? 1)
    const isKept = kept !== undefined && entries[0]?.nonce === kept.nonce
    if (kept && !isKept) {
      folds.delete(id)
      const left = await foldOf(id)
      // Another run has said so itself, with its first entry.
      if (left?.migration.runId === kept.migration.runId) cut.add(id)
      return left
    }
    const fresh = isKept ? entries.slice(1) : entries
    const last = fresh.at(-1)
    if (!last) return kept ?? null
    const migration = fresh.reduce<Migration | null>(extend, kept?.migration ?? null)
    if (!migration) return null
    const fold = { migration, nonce: last.nonce, entries: [...(kept?.entries ?? []), ...fresh] }
    folds.set(id, fold)
    return fold
  }

  async function append(id: string, after: Migration | null, said: Said, claims: Claims = {}): Promise<Appended> {
    const kept = folds.get(id)
    const lastNonce = after === null ? '' : kept?.migration === after ? kept.nonce : null
    if (lastNonce === null) return { outcome: 'conflict' }
    const args = [
      id,
      after?.rev ?? 0,
      lastNonce,
      randomUUID(),
      JSON.stringify(said),
      drillNowMs ? Math.round(drillNowMs()) : '',
      claims.release ? '1' : '0',
      ...(claims.take ?? []),
    ]
    const keys = [stream(id), 'zonehop:claims', 'zonehop:running', 'zonehop:migrations']
    const [outcome, volume, by] = (await redis.eval(APPEND, keys.length, ...keys, ...args)) as [
      string,
      string?,
      string?,
    ]
    if (outcome === 'claimed' && volume && by) return { outcome, volume, by }
    if (outcome === 'appended' && said.kind === 'doubted') cut.delete(id)
    const fold = outcome === 'appended' ? await foldOf(id) : null
    return fold ? { outcome: 'appended', migration: fold.migration } : { outcome: 'conflict' }
  }

  return {
    append,
    read: async (id) => (await foldOf(id))?.migration ?? null,
    entries: async (id) => (await foldOf(id))?.entries ?? [],
    async mayHaveLost({ id, runId }) {
      const running = /run_id:(\w+)/.exec(await redis.info('server'))?.[1]
      return cut.has(id) || running !== runId
    },
    running: async () => (await redis.smembers('zonehop:running')).sort(),
    all: async () => (await redis.smembers('zonehop:migrations')).sort(),
  }
}
