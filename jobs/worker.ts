// The only file that knows BullMQ: queues, workers, job options, rate of attempts, shutdown.
//
// A job makes one attempt; trying again is the reconciler's. Kept job ids would silently swallow the next add, so nothing is
// kept. Locks are short: a killed worker's job is taken on within 8 s.
import { setTimeout as delay } from 'node:timers/promises'
import { Queue as BullQueue, type ConnectionOptions, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Clock, Ec2, Queue, StepJob } from '../src/core/ports.ts'
import type { Journal } from '../src/store/journal.ts'
import type { Views } from '../src/store/views.ts'
import { notify } from './notify.ts'
import { reconcile } from './reconcile.ts'
import type { Speaker } from './speak.ts'
import { status } from './status.ts'
import type { StepPorts } from './step.ts'
import { QUEUE_OF, STEP_BODIES, STEP_QUEUES, type StepQueue } from './steps.ts'

const QUEUES = ['reconcile', 'notify', 'status', ...STEP_QUEUES] as const
type QueueName = (typeof QUEUES)[number]
/** chat.update is Tier 3, 50 a minute for a workspace: an edit in this time leaves room for gates. Real ms. */
const STATUS_EVERY_MS = 1_500
/** Nudges open migrations whatever the queues have lost. Real ms: what is lost is lost in real time. */
const HEARTBEAT_MS = 5_000
const KEPT = { removeOnComplete: true, removeOnFail: true } as const
const WAKES = 'zonehop:wake'

export type Queues = Queue & {
  /** Ends the wait of a running tick, in whatever process it runs. */
  interrupt(id: string): Promise<void>
  close(): Promise<void>
}

export function openQueues(redis: Redis): Queues {
  const queues = new Map(QUEUES.map((name) => [name, new BullQueue(name, { connection: asConnection(redis) })]))
  const add = async (name: QueueName, id: string): Promise<void> => {
    await queues.get(name)?.add(name, { id }, { ...KEPT, deduplication: { id, keepLastIfActive: true } })
  }
  return {
    nudge: (id) => add('reconcile', id),
    nudgeNotify: async (id) => void (await Promise.all([add('notify', id), add('status', id)])),
    async enqueue(jobs) {
      for (const name of STEP_QUEUES) {
        const mine = jobs.filter(({ step }) => QUEUE_OF[step] === name)
        if (mine.length === 0) continue
        await queues.get(name)?.addBulk(
          mine.map((data) => ({
            name,
            data,
            opts: { ...KEPT, jobId: `${data.migration}-${data.effect}-${data.attempt}` },
          })),
        )
      }
    },
    interrupt: async (id) => void (await redis.publish(WAKES, id)),
    close: async () => void (await Promise.all([...queues.values()].map((queue) => queue.close()))),
  }
}

export type WorkerPorts = StepPorts & {
  readonly redis: Redis
  readonly journal: Journal
  readonly views: Views
  readonly ec2: Ec2
  readonly queue: Queues
  readonly clock: Clock
  readonly speaker: Speaker
  readonly onError: (error: Error) => void
}

export async function startWorkers(ports: WorkerPorts): Promise<{ close(): Promise<void> }> {
  const wakes = await listenForWakes(ports.redis)
  const interruption = wakes.signalOf
  const lastStatusAt = new Map<string, number>()
  const work: Readonly<Record<Exclude<QueueName, StepQueue>, (data: unknown) => Promise<void>>> = {
    reconcile: (data) => reconcile(idOf(data), { ...ports, interruption }),
    notify: (data) => notify(idOf(data), ports),
    status: async (data) => {
      const id = idOf(data)
      const waitMs = (lastStatusAt.get(id) ?? -STATUS_EVERY_MS) + STATUS_EVERY_MS - ports.steadyMs()
      if (waitMs > 0) await delay(waitMs, undefined, { signal: wakes.stopped }).catch(() => undefined)
      lastStatusAt.set(id, ports.steadyMs())
      await status(id, ports)
    },
  }
  const bodyOf = (name: QueueName): ((data: unknown) => Promise<void>) =>
    name in STEP_BODIES
      ? (data) => STEP_BODIES[name as StepQueue](data as StepJob, ports)
      : work[name as keyof typeof work]
  const workers = QUEUES.map((name) => {
    const worker = new Worker(name, (job) => bodyOf(name)(job.data), {
      connection: asConnection(ports.redis),
      concurrency: 10,
      lockDuration: 5_000,
      stalledInterval: 2_500,
      maxStalledCount: 1_000,
      ...KEPT_BY_WORKER,
    })
    return worker.on('error', ports.onError).on('failed', (_job, error) => ports.onError(error))
  })
  const beat = heartbeat(ports, wakes.stopped)
  return {
    async close() {
      wakes.stop()
      await Promise.all([...workers.map((worker) => worker.close()), beat])
      wakes.close()
    },
  }
}

const KEPT_BY_WORKER = { removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } }

async function heartbeat({ journal, queue, onError }: WorkerPorts, stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    try {
      for (const id of await journal.running()) await queue.nudge(id)
    } catch (error) {
      onError(error as Error)
    }
    await delay(HEARTBEAT_MS, undefined, { signal: stopped }).catch(() => undefined)
  }
}

async function listenForWakes(redis: Redis) {
  const subscriber = redis.duplicate()
  const stop = new AbortController()
  const waiting = new Map<string, AbortController>()
  await subscriber.subscribe(WAKES)
  subscriber.on('message', (_channel, id) => waiting.get(id)?.abort())
  return {
    stopped: stop.signal,
    stop: () => stop.abort(),
    close: () => subscriber.disconnect(),
    signalOf(id: string): AbortSignal {
      const controller = new AbortController()
      waiting.set(id, controller)
      return AbortSignal.any([controller.signal, stop.signal])
    },
  }
}

function idOf(data: unknown): string {
  return (data as { id: string }).id
}

/** BullMQ carries ioredis types of its own; the object is the same. */
function asConnection(redis: Redis): ConnectionOptions {
  return redis as unknown as ConnectionOptions
}
