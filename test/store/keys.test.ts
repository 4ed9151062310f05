// Two installations on one Redis: neither reads the other's journal, and neither takes the other's jobs.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openQueues, openWorker } from '../../jobs/worker.ts'
import { type OwnRedis, startRedis } from '../../src/demo/redis/server.ts'
import { redisJournal } from '../../src/store/journal.ts'
import { keysIn } from '../../src/store/keys.ts'
import { connect, connectBlocking } from '../../src/store/redis.ts'
import { redisViews } from '../../src/store/views.ts'
import { planned } from '../support/plans.ts'

const [ONE, OTHER] = [keysIn('one'), keysIn('other')]

let server: OwnRedis
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.close())

test('a key carries the hash tag of its installation', () => {
  expect(ONE.of('journal', 'mig-1')).toBe('{one}:journal:mig-1')
  expect(ONE.of('living', 2)).toBe('{one}:living:2')
})

test('journals and views of one are not there for the other', async () => {
  const redis = connect(server.socket)
  const [one, other] = [redisJournal(redis, ONE, () => 1), redisJournal(redis, OTHER, () => 1)]
  await one.append('mig-1', null, planned('mig-1'), { take: ['vol-1'] })
  await redisViews(redis, ONE).remember('mig-1', 'status', '1.0 digest')
  expect(await one.running()).toEqual(['mig-1'])
  expect(await other.running()).toEqual([])
  expect(await other.read('mig-1')).toBeNull()
  expect(await redisViews(redis, OTHER).posted('mig-1')).toEqual({})
  // Claims are an installation's own, too: what keeps two installations from one volume is the volume's tags.
  const taken = await other.append('mig-2', null, planned('mig-2'), { take: ['vol-1'] })
  expect(taken.outcome).toBe('appended')
  redis.disconnect()
})

test('no job of one is taken by the other', async () => {
  const [redis, blocking] = [connect(server.socket), connectBlocking(server.socket)]
  const onError = (): void => undefined
  const [mine, theirs] = [openQueues(redis, ONE, onError), openQueues(redis, OTHER, onError)]
  const taken: unknown[] = []
  const body = async (data: unknown): Promise<null> => {
    taken.push(data)
    return null
  }
  const worker = openWorker('reconcile', body, { redis: blocking, keys: ONE, queue: mine, onError })
  await theirs.nudge('mig-of-the-other')
  await mine.nudge('mig-1')
  await expect.poll(() => taken, { timeout: 30_000 }).toEqual([{ id: 'mig-1' }])
  expect(await redis.keys('{other}:queue:reconcile:wait')).toHaveLength(1)
  expect((await redis.keys('*')).filter((key) => !/^\{(one|other)\}:/.test(key))).toEqual([])
  await worker.close()
  await Promise.all([mine.close(), theirs.close()])
  for (const connection of [redis, blocking]) connection.disconnect()
})
