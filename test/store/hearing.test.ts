import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OwnRedis, startRedis } from '../../src/demo/redis/server.ts'
import { redisHearing } from '../../src/store/hearing.ts'
import { keysIn } from '../../src/store/keys.ts'
import { connect } from '../../src/store/redis.ts'

let redis: OwnRedis
let connections: ReturnType<typeof connect>[]
beforeAll(async () => {
  redis = await startRedis()
  connections = [connect(redis.socket), connect(redis.socket)]
})
afterAll(async () => {
  for (const connection of connections) connection.disconnect()
  await redis.close()
})

test('of all processes one hears an event first, and only once', async () => {
  const processes = connections.map((connection) => redisHearing(connection, keysIn('hearing')))
  const first = await Promise.all(processes.map((one) => one.isFirst('Ev1')))
  expect(first.filter(Boolean)).toHaveLength(1)
  expect(await processes[0]?.isFirst('Ev1')).toBe(false)
  expect(await processes[1]?.isFirst('Ev2')).toBe(true)
})

test('and forgets it in the end', async () => {
  const key = keysIn('hearing').of('heard', 'Ev1')
  expect(await connections[0]?.ttl(key)).toBeGreaterThan(600)
})
