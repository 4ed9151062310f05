import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Progress } from '../../src/core/telling/progress.ts'
import { type OwnRedis, startRedis } from '../../src/demo/redis/server.ts'
import { keysIn } from '../../src/store/keys.ts'
import { connect } from '../../src/store/redis.ts'
import { redisViews, type Views } from '../../src/store/views.ts'

let redis: OwnRedis
let connection: ReturnType<typeof connect>
let views: Views
beforeAll(async () => {
  redis = await startRedis()
  connection = connect(redis.socket)
  views = redisViews(connection, keysIn('views'))
})
afterAll(async () => {
  connection.disconnect()
  await redis.close()
})

const sample = (atMs: number): Progress => ({ rev: 1, atMs, lines: [], waits: [] })

test('the newest sample of progress stays: a tick that was suspended puts nobody back', async () => {
  expect(await views.progress('mig-1')).toBeNull()
  await views.saveProgress('mig-1', sample(2_000))
  await views.saveProgress('mig-1', sample(1_000))
  expect(await views.progress('mig-1')).toEqual(sample(2_000))
  await views.saveProgress('mig-1', sample(3_000))
  expect(await views.progress('mig-1')).toEqual(sample(3_000))
  await views.saveProgress('mig-2', sample(1_000))
  expect(await views.progress('mig-2')).toEqual(sample(1_000))
})
