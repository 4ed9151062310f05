// A worker ends whatever its connection is doing: nobody waits for ever for a process that was told to stop.
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { endWorker, openQueues, openWorker } from '../../jobs/worker.ts'
import { type OwnRedis, startRedis } from '../../src/demo/redis/server.ts'
import { keysIn } from '../../src/store/keys.ts'
import { connect, connectBlocking } from '../../src/store/redis.ts'

const KEYS = keysIn('ends')
let server: OwnRedis
beforeEach(async () => {
  server = await startRedis()
})
afterEach(() => server.close())

function open(body: () => Promise<null>) {
  const [commands, blocking] = [connect(server.socket), connectBlocking(server.socket)]
  for (const connection of [commands, blocking]) connection.on('error', () => undefined)
  const queue = openQueues(commands, KEYS, () => undefined)
  const worker = openWorker('reconcile', body, { redis: blocking, keys: KEYS, queue, onError: () => undefined })
  const close = async (): Promise<void> => {
    await queue.close()
    commands.disconnect()
    blocking.disconnect()
  }
  return { queue, worker, close }
}

test('it ends while Redis is away, and its connection is between two attempts', async () => {
  const { worker, close } = open(async () => null)
  await worker.waitUntilReady()
  await server.kill()
  // ioredis waits longer between two attempts with each of them, and what ends in between is what never ended.
  await delay(1_500)
  await expect(endWorker(worker, new Set())).resolves.toBeUndefined()
  await close()
})

test('it ends once the job that it runs has ended, and takes no other', async () => {
  const done: string[] = []
  let letEnd = (): void => undefined
  const running = new Set<Promise<unknown>>()
  const gate = new Promise<void>((resolve) => {
    letEnd = resolve
  })
  const { queue, worker, close } = open(() => {
    const run = gate.then(() => void done.push('job')).then(() => null)
    running.add(run)
    return run
  })
  await queue.nudge('mig-1')
  await expect.poll(() => running.size).toBe(1)
  const ending = endWorker(worker, running).then(() => done.push('worker'))
  await delay(100)
  expect(done).toEqual([])
  letEnd()
  await ending
  await queue.nudge('mig-2')
  await delay(100)
  expect(done).toEqual(['job', 'worker'])
  await close()
})
