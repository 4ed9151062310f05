import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer } from 'node:net'
import type { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import type { Entry, EntryBody } from '../../src/core/model/entries.ts'
import { type OwnRedis, startRedis } from '../../src/demo/redis/server.ts'
import { checkEntry } from '../../src/store/entry-schema.ts'
import { redisJournal } from '../../src/store/journal.ts'
import { keysIn } from '../../src/store/keys.ts'
import { connect } from '../../src/store/redis.ts'
import { journalContract } from '../contract/journal.ts'
import { lossyProxy } from '../support/lossy-proxy.ts'
import { type Dialect, memoryJournal } from '../support/memory-journal.ts'
import { planned } from '../support/plans.ts'

const KEYS = keysIn('journals')

journalContract('the journal on Redis', async () => {
  const redis = await startRedis()
  const proxy = await lossyProxy(redis.socket)
  const [mine, theirs] = [connect(proxy.socket), connect(redis.socket)]
  let nowMs = 1_000
  const loseTail = async (id: string, count: number): Promise<void> => {
    const rows = await theirs.xrevrange(KEYS.of('journal', id), '+', '-', 'COUNT', count)
    // A stream put back to an older file forgets its last id too; XSETID says so.
    await theirs.xdel(KEYS.of('journal', id), ...rows.map(([row]) => row))
    const [last] = await theirs.xrevrange(KEYS.of('journal', id), '+', '-', 'COUNT', 1)
    await theirs.xsetid(KEYS.of('journal', id), last?.[0] ?? '0-0')
  }
  const other = redisJournal(theirs, KEYS, () => nowMs)
  return {
    journal: redisJournal(mine, KEYS, () => nowMs),
    other,
    loseTail,
    async writeAs(version, id, said) {
      const stream = KEYS.of('journal', id)
      const [last] = await theirs.xrevrange(stream, '+', '-', 'COUNT', 1)
      const rev = Number.parseInt(last?.[0] ?? '0', 10) + 1
      const stamp = { rev, atMs: nowMs, nonce: `raw-${rev}`, runId: 'r', replicationId: 'h' }
      const entry = JSON.stringify({ ...stamp, ...said })
      await theirs.xadd(stream, `${rev}-0`, 'nonce', stamp.nonce, 'at', nowMs, 'entry', entry)
      if (rev > 1) return
      for (const set of [KEYS.of('running'), KEYS.of('migrations')]) await theirs.sadd(set, id)
      await theirs.hset(KEYS.of('versions'), id, version)
    },
    async appendAsLater(id, said) {
      // This program writes its own version alone, which is later than the one that now stands there.
      await theirs.hset(KEYS.of('versions'), id, 0)
      return await other.append(id, await other.read(id), said)
    },
    failOverAndBack: () => failOverAndBack(redis, theirs),
    loseNextReply: () => proxy.loseNextReply(),
    setNow: (ms) => {
      nowMs = ms
    },
    async close() {
      for (const connection of [mine, theirs]) connection.disconnect()
      await proxy.close()
      await redis.close()
    },
  }
})

/** Another server replicates it and is promoted, it replicates that one, without a copy of all since both share a past, and is promoted again. */
async function failOverAndBack(redis: OwnRedis, client: Redis): Promise<void> {
  const second = await startRedis()
  const other = connect(second.socket)
  const [mine, theirs] = [await overTcp(redis.socket), await overTcp(second.socket)]
  try {
    for (const one of [client, other]) await one.config('SET', 'repl-diskless-sync-delay', 0)
    await other.replicaof('127.0.0.1', mine.port)
    await untilInSync(other)
    await other.replicaof('NO', 'ONE')
    await client.replicaof('127.0.0.1', theirs.port)
    await untilInSync(client)
    await client.replicaof('NO', 'ONE')
  } finally {
    other.disconnect()
    for (const way of [mine, theirs]) way.close()
    // It may be writing its first file, and does not end before.
    await second.kill()
    await second.close()
  }
}

async function untilInSync(replica: Redis): Promise<void> {
  await expect.poll(() => replica.info('replication'), { timeout: 10_000 }).toContain('master_link_status:up')
}

/** Our servers listen on a socket alone, and replicas come over TCP. */
async function overTcp(socket: string): Promise<{ readonly port: number; close(): void }> {
  const server = createServer((client) => {
    const upstream = createConnection(socket)
    client.pipe(upstream).pipe(client)
    for (const [one, another] of [[client, upstream] as const, [upstream, client] as const]) {
      one.on('close', () => another.destroy()).on('error', () => another.destroy())
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}

/** Writes what is handed in, and still knows what it made of it. */
function speaks(version: number, said: Readonly<Record<string, unknown>>): Dialect {
  const own = new Map<unknown, Entry>()
  return {
    version,
    write(entry) {
      const written = { ...entry, ...said }
      own.set(written, entry)
      return written
    },
    read: (written) => own.get(written) ?? checkEntry(written),
  }
}

/** Takes every migration for one of the next version. */
const LATER: Dialect = {
  version: 2,
  write: (entry) => entry,
  read(written) {
    const entry = checkEntry(written)
    return entry.kind === 'planned' ? { ...entry, version: 2 } : entry
  },
}

const ANYTHING: EntryBody = { kind: 'warned', about: 'a test', service: null, text: 'a test' }

journalContract('the journal in memory', async () => {
  let nowMs = 1_000
  const journal = memoryJournal(() => nowMs)
  return {
    journal,
    other: journal.open(),
    loseTail: async (id, count) => journal.loseTail(id, count),
    loseNextReply: () => journal.loseNextReply(),
    async writeAs(version, id, said) {
      const theirs = journal.open(undefined, speaks(version, said))
      const after = await theirs.read(id)
      await theirs.append(id, after, after ? ANYTHING : planned(id))
    },
    async appendAsLater(id, said) {
      const later = journal.open(undefined, LATER)
      return await later.append(id, await later.read(id), said)
    },
    failOverAndBack: async () => journal.putBack(journal.keep(), { replicationId: `history-${nowMs++}` }),
    setNow: (ms) => {
      nowMs = ms
    },
    close: async () => undefined,
  }
})

test('without a drill, Redis stamps the entries with its own clock and its run id', async () => {
  const redis = await startRedis()
  const connection = connect(redis.socket)
  const before = Number((await connection.time())[0]) * 1000
  const journal = redisJournal(connection, KEYS, null)
  await journal.append('mig-1', null, planned('mig-1'))
  const [entry] = await journal.entries('mig-1')
  const runId = /run_id:(\w+)/.exec(await connection.info('server'))?.[1]
  connection.disconnect()
  await redis.close()
  expect(entry?.atMs).toBeGreaterThanOrEqual(before)
  expect(entry?.runId).toBe(runId)
})
