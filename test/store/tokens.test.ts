// The token buckets, in Redis and in memory, by one contract; and what only Redis has to do: hold for several processes.

import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CALLS } from '../../src/core/model/limits.ts'
import { type OwnRedis, startRedis } from '../../src/demo/redis/server.ts'
import { keysIn } from '../../src/store/keys.ts'
import { connect } from '../../src/store/redis.ts'
import { redisTokens } from '../../src/store/tokens.ts'
import { tokensContract } from '../contract/tokens.ts'
import { memoryTokens } from '../support/memory-tokens.ts'

const KEYS = keysIn('tokens')

let server: OwnRedis
let redis: Redis
beforeAll(async () => {
  server = await startRedis()
  redis = connect(server.socket)
})
afterAll(async () => {
  redis.disconnect()
  await server.close()
})

tokensContract('in Redis', async (now) => {
  await redis.flushall()
  return redisTokens(redis, KEYS, now)
})
tokensContract('in memory', async (now) => memoryTokens(now))

test('processes share the buckets', async () => {
  await redis.flushall()
  const connections = [connect(server.socket), connect(server.socket), connect(server.socket)]
  const all = connections.map((connection) => redisTokens(connection, KEYS, () => 0))
  const waits = await Promise.all(all.flatMap((tokens) => Array.from({ length: 60 }, () => tokens.take('restore', 1))))
  expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(CALLS.restore.burst)
  for (const connection of connections) connection.disconnect()
})

test('a bucket that nobody asks for an hour is forgotten, and full when it is asked again', async () => {
  await redis.flushall()
  await redisTokens(redis, KEYS, () => 0).take('tag', 1)
  expect(await redis.pttl(KEYS.of('tokens', 'tag'))).toBeGreaterThan(3_590_000)
})
