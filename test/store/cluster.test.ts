// Redis in cluster mode: found out by asking, and everything of one installation on the node that has its hash tag.

import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OwnCluster, startCluster } from '../../src/demo/redis/cluster.ts'
import { requireAbilities } from '../../src/store/abilities.ts'
import { redisJournal } from '../../src/store/journal.ts'
import { keysIn } from '../../src/store/keys.ts'
import { connect, type RedisClient, requireRedis } from '../../src/store/redis.ts'
import { redisFacts } from '../../src/store/redis-facts.ts'
import { redisTokens } from '../../src/store/tokens.ts'
import { planned } from '../support/plans.ts'

const KEYS = keysIn('zonehop')
let cluster: OwnCluster
let redis: RedisClient
beforeAll(async () => {
  cluster = await startCluster({ key: KEYS.of('migrations'), hasReplica: true })
  redis = connect(cluster.url, await requireRedis(cluster.url)).on('error', () => undefined)
}, 60_000)
afterAll(async () => {
  redis.disconnect()
  await cluster.close()
})

test('it says what it is, and what its own node is set to', async () => {
  expect(await requireRedis(cluster.url)).toBe('cluster')
  await requireAbilities(redis, KEYS)
  expect(await redisFacts(redis, KEYS)).toMatchObject({ appendfsync: 'always', replicas: 1, minReplicasToWrite: '0' })
})

test('a journal is written and read, and tokens are taken', async () => {
  const journal = redisJournal(redis, KEYS, null)
  await journal.append('mig-1', null, planned('mig-1'), { take: ['vol-1'] })
  const m = await journal.read('mig-1')
  if (!m) throw new Error('nothing was written')
  expect((await journal.append('mig-1', m, { kind: 'began' })).outcome).toBe('appended')
  expect(await journal.running()).toEqual(['mig-1'])
  expect(await redisTokens(redis, KEYS, () => 0).take('tag', 0)).toBe(0)
})

test('a replica that takes over without the last entries is another history, and who appends behind it doubts', async () => {
  const journal = redisJournal(redis, KEYS, null)
  const before = await journal.read('mig-1')
  if (!before) throw new Error('there is no migration')
  await cluster.cutOff()
  const lost = await journal.append('mig-1', before, { kind: 'paused', by: 'U-1' })
  expect(lost.outcome).toBe('appended')
  await cluster.failOver()
  const seen = async (): Promise<boolean> => journal.mayHaveLost((await journal.read('mig-1')) ?? before)
  await expect.poll(seen, { timeout: 20_000 }).toBe(true)
  const after = await journal.read('mig-1')
  expect(after).toMatchObject({ rev: before.rev, paused: false })
}, 60_000)

test('who may not run scripts hears of it at start-up, by name', async () => {
  const admin = new Redis(cluster.url)
  const rights = ['on', '>a-password', '~*', '&*', '+@all', '-eval']
  await admin.call('ACL', 'SETUSER', 'limited', ...rights)
  const url = new URL(cluster.url)
  url.username = 'limited'
  url.password = 'a-password'
  const limited = new Redis(url.href)
  await expect(requireAbilities(limited, KEYS)).rejects.toThrow(
    /^Redis does not let zonehop run a script that writes a stream and a hash, and reads INFO and TIME \(NOPERM/,
  )
  limited.disconnect()
  admin.disconnect()
})
