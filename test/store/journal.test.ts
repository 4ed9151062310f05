import { expect, test } from 'vitest'
import { startRedis } from '../../src/demo/redis.ts'
import { redisJournal } from '../../src/store/journal.ts'
import { connect } from '../../src/store/redis.ts'
import { journalContract } from '../contract/journal.ts'
import { lossyProxy } from '../support/lossy-proxy.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { planned } from '../support/plans.ts'

journalContract('the journal on Redis', async () => {
  const redis = await startRedis()
  const proxy = await lossyProxy(redis.socket)
  const [mine, theirs] = [connect(proxy.socket), connect(redis.socket)]
  let nowMs = 1_000
  const loseTail = async (id: string, count: number): Promise<void> => {
    const rows = await theirs.xrevrange(`zonehop:journal:${id}`, '+', '-', 'COUNT', count)
    // A stream put back to an older file forgets its last id too; XSETID says so.
    await theirs.xdel(`zonehop:journal:${id}`, ...rows.map(([row]) => row))
    const [last] = await theirs.xrevrange(`zonehop:journal:${id}`, '+', '-', 'COUNT', 1)
    await theirs.xsetid(`zonehop:journal:${id}`, last?.[0] ?? '0-0')
  }
  return {
    journal: redisJournal(mine, () => nowMs),
    other: redisJournal(theirs, () => nowMs),
    loseTail,
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

journalContract('the journal in memory', async () => {
  let nowMs = 1_000
  const journal = memoryJournal(() => nowMs)
  return {
    journal,
    other: journal.open(),
    loseTail: async (id, count) => journal.loseTail(id, count),
    loseNextReply: () => journal.loseNextReply(),
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
  const journal = redisJournal(connection, null)
  await journal.append('mig-1', null, planned('mig-1'))
  const [entry] = await journal.entries('mig-1')
  const runId = /run_id:(\w+)/.exec(await connection.info('server'))?.[1]
  connection.disconnect()
  await redis.close()
  expect(entry?.atMs).toBeGreaterThanOrEqual(before)
  expect(entry?.runId).toBe(runId)
})
