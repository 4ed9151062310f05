// BullMQ as jobs/worker.ts uses it: a kind of call that has no token left rests for every worker, and when it goes on, what an
// outage waits for goes first. The buckets are the real ones, on the real clock.

import type { Redis } from 'ioredis'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openQueues, openWorker } from '../../jobs/worker.ts'
import type { Urgency } from '../../src/core/calling/priority.ts'
import { CALLS } from '../../src/core/model/limits.ts'
import type { StepJob } from '../../src/core/ports.ts'
import { type OwnRedis, startRedis } from '../../src/demo/redis/server.ts'
import { keysIn } from '../../src/store/keys.ts'
import { connect, connectBlocking } from '../../src/store/redis.ts'
import { redisTokens } from '../../src/store/tokens.ts'

const KEYS = keysIn('rates')
const CALL = 'instances'
const [OUTAGE, DEFERRABLE, SEED]: readonly [Urgency, Urgency, Urgency] = [1, 2, 3]
const ALL_WITHIN = { timeout: 30_000, interval: 20 }
const onError = (error: Error): never => {
  throw error
}

let server: OwnRedis
let redis: Redis
const closers: (() => Promise<void> | void)[] = []
beforeEach(async () => {
  server = await startRedis()
  redis = connect(server.socket)
})
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
  redis.disconnect()
  await server.close()
})

/** A worker as another process would have it, on connections of its own. */
function startWorker(body: (job: StepJob) => Promise<number | null>): void {
  const [commands, blocking] = [connect(server.socket), connectBlocking(server.socket)]
  const queue = openQueues(commands, KEYS, onError)
  const worker = openWorker(CALL, (data) => body(data as StepJob), { redis: blocking, keys: KEYS, queue, onError })
  closers.push(
    () => blocking.disconnect(),
    () => commands.disconnect(),
    () => queue.close(),
    () => worker.close(),
  )
}

function jobs(count: number, urgency: Urgency): StepJob[] {
  return Array.from({ length: count }, (_, index) => {
    const effect = `${['', 'outage', 'deferrable', 'seed'][urgency]}-${index}`
    return { migration: 'mig-1', effect, call: CALL, attempt: 1, priority: urgency, urgency }
  })
}

test('no worker takes a job while the queue rests, and none is lost', async () => {
  const takenAtMs: number[] = []
  let hasRested = false
  const body = async (): Promise<number | null> => {
    takenAtMs.push(performance.now())
    if (hasRested) return null
    hasRested = true
    return 1_000
  }
  for (let workers = 0; workers < 3; workers++) startWorker(body)
  const queue = openQueues(redis, KEYS, onError)
  closers.push(() => queue.close())
  await queue.enqueue(jobs(1, OUTAGE))
  await expect.poll(() => takenAtMs.length, ALL_WITHIN).toBe(1)
  await queue.enqueue(jobs(6, DEFERRABLE))
  await expect.poll(() => takenAtMs.length, ALL_WITHIN).toBe(8)
  const [first = 0, second = 0] = takenAtMs
  expect(second - first).toBeGreaterThan(900)
})

test('when calls are scarce, outage goes before deferrable and deferrable before seed, at the rate of the bucket', async () => {
  const { burst, perSecond } = CALLS[CALL]
  const tokens = redisTokens(redis, KEYS, () => Date.now())
  for (let taken = 0; taken < burst; taken++) expect(await tokens.take(CALL, OUTAGE)).toBe(0)
  const went: string[] = []
  const beganAtMs = performance.now()
  const queue = openQueues(redis, KEYS, onError)
  closers.push(() => queue.close())
  await queue.enqueue([...jobs(4, SEED), ...jobs(4, DEFERRABLE), ...jobs(4, OUTAGE)])
  for (let workers = 0; workers < 3; workers++) {
    startWorker(async ({ effect, urgency }) => {
      const waitMs = await tokens.take(CALL, urgency)
      if (waitMs > 0) return waitMs
      went.push(effect)
      return null
    })
  }
  await expect.poll(() => went.length, ALL_WITHIN).toBe(12)
  // Tokens that come together while a worker puts its job back let one of the next kind slip in between, so places are compared as sums.
  const places = (kind: string): number =>
    went.reduce((sum, effect, place) => (effect.startsWith(kind) ? sum + place : sum), 0)
  expect(places('outage')).toBeLessThan(places('deferrable'))
  expect(places('deferrable')).toBeLessThan(places('seed'))
  expect((performance.now() - beganAtMs) / 1000).toBeGreaterThan(11 / perSecond)
})
