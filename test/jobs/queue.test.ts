// The queues by one contract: BullMQ on a real Redis, with the options of jobs/worker.ts, and those in memory.

import { afterAll, beforeAll } from 'vitest'
import { openQueues, openWorker } from '../../jobs/worker.ts'
import type { StepJob } from '../../src/core/ports.ts'
import { type OwnRedis, startRedis } from '../../src/demo/redis/server.ts'
import { keysIn } from '../../src/store/keys.ts'
import { connect, connectBlocking } from '../../src/store/redis.ts'
import { type Body, type QueueName, queueContract } from '../contract/queue.ts'
import { type MemoryJob, memoryQueue } from '../support/memory-queue.ts'

const KEYS = keysIn('queues')

let server: OwnRedis
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.close())

queueContract('the queues on Redis', async () => {
  const closers: (() => unknown)[] = []
  const redis = connect(server.socket)
  await redis.flushall()
  // A connection that is cut on purpose says so.
  const queue = openQueues(redis, KEYS, () => undefined)
  return {
    nudge: queue.nudge,
    enqueue: queue.enqueue,
    work(name: QueueName, body: Body) {
      const connection = connectBlocking(server.socket)
      const worker = openWorker(name, body, { redis: connection, keys: KEYS, queue, onError: () => undefined })
      closers.push(async () => {
        await worker.close(true).catch(() => undefined)
        connection.disconnect()
      })
      return {
        /** As a process that is gone: nothing is sent any more, locks are not renewed. */
        kill: () => {
          void worker.close(true).catch(() => undefined)
          connection.disconnect()
        },
      }
    },
    wipe: async () => void (await redis.flushall()),
    async close() {
      for (const close of closers) await close()
      await queue.close().catch(() => undefined)
      redis.disconnect()
    },
  }
})

const AT_ONCE_MAX = 10

queueContract('the queues in memory', async () => {
  const workers: { name: string; body: Body; isAlive: boolean; active: number }[] = []
  const queue = memoryQueue({ now: () => performance.now(), waits: (name) => void setImmediate(() => serve(name)) })

  function serve(name: string): void {
    const worker = workers.find((one) => one.name === name && one.isAlive && one.active < AT_ONCE_MAX)
    if (!worker || !queue.hasWaiting(name)) return
    const restMs = queue.restsUntilMs(name) - performance.now()
    if (restMs > 0) return void setTimeout(() => serve(name), restMs)
    const holder = { worker }
    const job = queue.take(name, holder)
    if (job) void run(worker, job, holder)
    serve(name)
  }

  async function run(worker: (typeof workers)[number], job: MemoryJob, holder: object): Promise<void> {
    worker.active++
    const restMs = await worker.body(job.data).catch(() => null)
    worker.active--
    if (!worker.isAlive) return
    if (restMs === null) queue.finish(job, holder)
    else {
      queue.rest(job.queue, restMs)
      queue.putOff(job, holder)
    }
    serve(job.queue)
  }

  return {
    nudge: async (id) => void queue.add('reconcile', { id }, { deduplication: id }),
    async enqueue(jobs: readonly StepJob[]) {
      for (const job of jobs) {
        const jobId = `${job.migration}-${job.effect}-${job.attempt}`
        queue.add(job.call, job, { jobId, priority: job.priority })
      }
    },
    work(name, body) {
      const worker = { name, body, isAlive: true, active: 0 }
      workers.push(worker)
      serve(name)
      return {
        kill() {
          worker.isAlive = false
          setTimeout(() => queue.lapse((holder) => (holder as { worker: object }).worker === worker), 50)
        },
      }
    },
    wipe: async () => queue.wipe(),
    async close() {
      for (const worker of workers) worker.isAlive = false
    },
  }
})
