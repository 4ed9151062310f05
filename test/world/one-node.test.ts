// Redis in cluster mode refuses a script or a queue whose keys lie on several nodes (CROSSSLOT): each key of an installation is in the
// one slot that its hash tag has. A real cluster is asked by test/store/cluster.test.ts.
import { expect, test } from 'vitest'
import { openQueues } from '../../jobs/worker.ts'
import { startRedis } from '../../src/demo/redis/server.ts'
import { redisJournal } from '../../src/store/journal.ts'
import { keysIn } from '../../src/store/keys.ts'
import { redisLiving } from '../../src/store/living.ts'
import { redisAcquaintances } from '../../src/store/people.ts'
import { connect } from '../../src/store/redis.ts'
import { redisTokens } from '../../src/store/tokens.ts'
import { redisViews } from '../../src/store/views.ts'
import { planned } from '../support/plans.ts'

test('every key that is written, by stores and by queues, has the hash tag of its installation', async () => {
  const server = await startRedis()
  const redis = connect(server.socket)
  const keys = keysIn('zonehop')
  const journal = redisJournal(redis, keys, null)
  await journal.append('mig-1', null, planned('mig-1'), { take: ['vol-1'] })
  await redisTokens(redis, keys, () => 0).take('tag', 0)
  await redisViews(redis, keys).saveProgress('mig-1', { rev: 1, atMs: 0, lines: [], waits: [] })
  await redisViews(redis, keys).remember('mig-1', 'status', '1.0 digest')
  await redisAcquaintances(redis, keys).remember({ id: 'U-1', kind: 'member', groups: [] })
  await redisLiving(redis, keys).announce(1)
  const queues = openQueues(redis, keys, () => undefined)
  await queues.nudge('mig-1')
  await queues.nudgeNotify('mig-1')
  const place = { migration: 'mig-1', effect: 'vol-1.tag.1', attempt: 1, priority: 1, urgency: 1 } as const
  await queues.enqueue([{ ...place, call: 'tag' }])
  const written = await redis.keys('*')
  await queues.close()
  redis.disconnect()
  await server.close()
  expect(written.length).toBeGreaterThan(12)
  expect(written.filter((key) => !/^\{zonehop\}:[^{}]+$/.test(key))).toEqual([])
})
