import { expect, test } from 'vitest'
import { startRedis } from '../../src/demo/redis/server.ts'
import { keysIn } from '../../src/store/keys.ts'
import { connect } from '../../src/store/redis.ts'
import { redisFacts } from '../../src/store/redis-facts.ts'

test('a real Redis says what it is, and what it was changed to', async () => {
  const redis = await startRedis()
  const connection = connect(redis.socket)
  const keys = keysIn('zonehop')
  const sound = await redisFacts(connection, keys)
  await connection.config('SET', 'appendfsync', 'everysec')
  const changed = await redisFacts(connection, keys)
  connection.disconnect()
  await redis.close()
  expect(sound).toMatchObject({ appendonly: 'yes', appendfsync: 'always', maxmemoryPolicy: 'noeviction' })
  expect(sound.version).toMatch(/^\d+\.\d+/)
  expect(changed.appendfsync).toBe('everysec')
})
