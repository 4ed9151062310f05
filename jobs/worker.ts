// The only file that knows BullMQ: queues, workers, job options, rates, shutdown.
//
// A job makes one attempt; the reconciler decides whether there is another. The id of a kept job would silently swallow
// the next add, so no finished job is kept. Locks are short: within 8 s another worker takes over a killed worker's job.

import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { Queue as BullQueue, type ConnectionOptions, Worker } from 'bullmq'
import { JOURNAL_VERSION } from '../src/core/model/entries.ts'
import type { Rules, Watch } from '../src/core/model/rules.ts'
import type { Ebs, Inventories, Queue, StepJob, Watches, Zones } from '../src/core/ports.ts'
import type { EditTurns } from '../src/store/edit-turns.ts'
import type { Keys } from '../src/store/keys.ts'
import type { Living } from '../src/store/living.ts'
import { duplicate, type RedisClient } from '../src/store/redis.ts'
import type { Untold } from '../src/store/untold.ts'
import type { Views } from '../src/store/views.ts'
import { handOn, tellAside } from './aside.ts'
import { measuring } from './measuring.ts'
import { dueToTell, notify, orUntold, prove } from './notify.ts'
import { reconcile } from './reconcile.ts'
import { surveyDue } from './resurvey.ts'
import type { Speaker } from './speak.ts'
import { status } from './status.ts'
import type { StepPorts } from './steps/step.ts'
import { STEP_BODIES, STEP_QUEUES } from './steps/steps.ts'
import { blindness, stillness } from './stillness.ts'
import { Stopped, type Turns, turnsUntil } from './turns.ts'
import { keepWatch, watch } from './watching/watch.ts'

const QUEUES = ['reconcile', 'notify', 'status', 'watch', ...STEP_QUEUES] as const
type QueueName = (typeof QUEUES)[number]
/**
 * Real ms between two proofs that a message that asks is still there; the next proof is of the next one. Four of them are proven in
 * the time after which a person would look for what is gone.
 */
const PROVE_EVERY_MS = 10_000
/** The heartbeat nudges open migrations whatever the queues have lost. Real ms: a nudge is lost in real time. */
const HEARTBEAT_MS = 5_000
/** How long BullMQ may take to end after the last job has ended: it writes one outcome. Real ms. */
const ENDED_WITHIN_MS = 2_000
/** Jobs that are added in one call. */
const BULK_MAX = 100
const NOTHING_KEPT = { removeOnComplete: true, removeOnFail: true } as const
/**
 * Another worker takes a killed worker's jobs over in 4 to 8 s, and a kill is no reason to give a job up. The limiter
 * limits nothing by itself, but without one a worker does not look whether its queue rests. A job that goes back to a
 * resting queue wakes no worker, so a worker that waits for jobs looks again after `drainDelay`, in seconds.
 */
const WORKER_OPTIONS = {
  limiter: { max: Number.MAX_SAFE_INTEGER, duration: 1 },
  drainDelay: 1,
  concurrency: 10,
  lockDuration: 5_000,
  stalledInterval: 2_500,
  maxStalledCount: 1_000,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
}

/** All queues: wake-ups and step jobs. */
export type Queues = Queue & {
  /** Ends the wait of the migration's running tick, in whatever process it runs. */
  interrupt(id: string): Promise<void>
  /** Wakes the job that watches these zones, in one worker at a time. */
  nudgeWatch(zones: Zones): Promise<void>
  /** For so many real ms no worker of any process takes a job from this queue. */
  rest(name: QueueName, ms: number): Promise<void>
  close(): Promise<void>
}

/** The channel on which a waiting tick is woken. */
const WAKES = 'wake'
/** What the keys of all queues begin with. */
const QUEUE = 'queue'

/** Opens every queue on this connection; `onError` gets the errors that the queues emit. */
export function openQueues(redis: RedisClient, keys: Keys, onError: (error: Error) => void): Queues {
  const options = { connection: asConnection(redis), prefix: keys.of(QUEUE) }
  const queues = Object.fromEntries(
    QUEUES.map((name) => [name, new BullQueue(name, options).on('error', onError)]),
  ) as Record<QueueName, BullQueue>
  const add = async (name: QueueName, id: string): Promise<void> => {
    await queues[name].add(name, { id }, { ...NOTHING_KEPT, deduplication: { id, keepLastIfActive: true } })
  }
  return {
    nudge: (id) => add('reconcile', id),
    nudgeNotify: async (id) => void (await Promise.all([add('notify', id), add('status', id)])),
    nudgeStatus: (id) => add('status', id),
    nudgeWatch: (zones) => add('watch', pairId(zones)),
    async enqueue(jobs) {
      for (const name of STEP_QUEUES) {
        const mine = jobs.filter(({ call }) => call === name).toSorted((a, b) => a.priority - b.priority)
        // Workers take the most urgent jobs while the rest of thousands is still being added.
        for (let at = 0; at < mine.length; at += BULK_MAX) {
          await queues[name].addBulk(mine.slice(at, at + BULK_MAX).map((job) => bulkJob(name, job)))
        }
      }
    },
    interrupt: async (id) => void (await redis.publish(keys.of(WAKES), id)),
    rest: async (name, ms) => void (await queues[name].rateLimit(ms)),
    close: async () => void (await Promise.all(Object.values(queues).map((queue) => queue.close()))),
  }
}

function pairId({ sourceZone, targetZone }: Zones): string {
  return `${sourceZone} ${targetZone}`
}

/** The job id only saves work: it keeps the same attempt from being queued twice at once. */
function bulkJob(name: QueueName, job: StepJob) {
  const jobId = `${job.migration}-${job.effect}-${job.attempt}`
  return { name, data: job, opts: { ...NOTHING_KEPT, jobId, priority: job.priority } }
}

type WorkerConnection = {
  readonly redis: RedisClient
  readonly keys: Keys
  readonly queue: Queues
  readonly onError: (error: Error) => void
}

/** What the jobs of a worker process work on; `redis` is a blocking connection (connectBlocking). */
export type WorkerPorts = Omit<StepPorts, 'handOn'> &
  WorkerConnection & {
    readonly ebs: Ebs
    readonly views: Views
    readonly untold: Untold
    readonly speaker: Speaker
    readonly editTurns: EditTurns
    readonly living: Living
    /** Who may pass gates, users and user groups by id. */
    readonly approvers: readonly string[]
    /** The zones that are planned once a day, and by which rules. */
    readonly watched: readonly Watch[]
    readonly watches: Watches
    readonly inventories: Inventories
    readonly rules: Rules
  }

/** Starts a worker a queue, and the heartbeat. `close` ends all waits, and resolves when running jobs have ended. */
export async function startWorkers(ports: WorkerPorts): Promise<{ close(): Promise<void> }> {
  const wakes = await listenForWakes(ports)
  const bodies = bodiesOf(ports, wakes)
  const running = new Set<Promise<unknown>>()
  const workers = QUEUES.map((name) => openWorker(name, kept(running, bodies[name]), ports))
  const beat = heartbeat(ports, wakes.stopped)
  const nudge = (pair: Watch) => ports.queue.nudgeWatch(pair)
  const watching = keepWatch(ports.watched, { ...ports, nudge }, wakes.stopped)
  return {
    async close() {
      wakes.stop()
      await Promise.all([...workers.map((worker) => endWorker(worker, running)), beat, watching])
      wakes.close()
    },
  }
}

/** The body, kept in `running` for as long as it runs. */
function kept(running: Set<Promise<unknown>>, body: Body): Body {
  return (data) => {
    const run = body(data).finally(() => running.delete(run))
    running.add(run)
    return run
  }
}

/**
 * Takes no more jobs, and resolves when those that run have ended. BullMQ's own waiting for that never ends where the
 * connection is being made again, so after the last body it is given up, and what it has not written the lock's end tells others.
 */
export async function endWorker(worker: Worker, running: ReadonlySet<Promise<unknown>>): Promise<void> {
  const ended = worker.pause().catch(() => undefined)
  await Promise.allSettled(running)
  await Promise.race([ended, delay(ENDED_WITHIN_MS, undefined, { ref: false })])
  await worker.close(true)
}

/**
 * Runs one job. Null: it is done. Else it goes back to its place in the queue, and for so many real ms no worker takes
 * a job of its kind.
 */
type Body = (data: unknown) => Promise<number | null>

/** A worker of one queue; exported for the test of what BullMQ makes of these options. */
export function openWorker(name: QueueName, body: Body, { redis, keys, queue, onError }: WorkerConnection) {
  const act = async ({ data }: { data: unknown }): Promise<void> => {
    const restMs = await body(data)
    if (restMs === null) return
    await queue.rest(name, restMs)
    throw Worker.RateLimitError()
  }
  const worker = new Worker(name, act, { connection: asConnection(redis), prefix: keys.of(QUEUE), ...WORKER_OPTIONS })
  return worker.on('error', onError).on('failed', (_job, error) => onError(error))
}

function bodiesOf(ports: WorkerPorts, wakes: Wakes): Readonly<Record<QueueName, Body>> {
  const telling = { ...ports, turns: turnsUntil(wakes.stopped, ports.editTurns) }
  const proofDue = proofs(telling.turns, ports.steadyMs)
  const stillMs = stillness(ports.steadyMs)
  const due = surveyDue(() => ports.clock.now())
  const blind = blindness(ports.steadyMs, () => ports.clock.now())
  const measure = measuring(ports)
  const wait = async (ms: number): Promise<void> => {
    await delay(ms, undefined, { signal: wakes.stopped }).catch(() => undefined)
  }
  const able = { ...ports, handOn: (id: string) => handOn(id, { ...ports, wait }) }
  const steps = STEP_QUEUES.map((name): [QueueName, Body] => [
    name,
    async (data) => {
      const waitMs = await STEP_BODIES[name](data as StepJob, able)
      return waitMs === null ? null : Math.max(1, Math.ceil(waitMs / ports.clock.speed()))
    },
  ])
  return {
    ...(Object.fromEntries(steps) as Record<(typeof STEP_QUEUES)[number], Body>),
    reconcile: done((data) =>
      reconcile(idOf(data), { ...able, interruption: wakes.signalOf, stillMs, blind, surveyDue: due, measure }),
    ),
    // Both post, so both are jobs of one queue, of which one migration has one at a time.
    notify: done(async (data) => {
      const id = idOf(data)
      await orUntold(id, ports.untold, async () => {
        const nth = await proofDue(id)
        return nth === null ? await notify(id, telling) : await prove(id, telling, nth)
      })
    }),
    status: done(async (data) => {
      const id = idOf(data)
      if (await status(id, telling)) await ports.queue.nudgeNotify(id)
    }),
    // A pair that zonehop.yaml names no more may still be nudged by a process with an older file.
    watch: done(async (data) => {
      const pair = ports.watched.find((one) => pairId(one) === idOf(data))
      if (pair) await watch(pair, telling)
    }),
  }
}

function done(body: (data: unknown) => Promise<void>): Body {
  return async (data) => {
    await body(data).catch((error: unknown) => {
      if (!(error instanceof Stopped)) throw error
    })
    return null
  }
}

/**
 * Returns a function from an id to which of its messages to prove now (`nth` of `prove`), with the turn for that taken. Null where it
 * proved one, or was first asked, less than PROVE_EVERY_MS ago; and where no turn is to spare.
 */
function proofs(turns: Turns, steadyMs: () => number): (id: string) => Promise<number | null> {
  const last = new Map<string, { readonly nth: number; readonly atMs: number }>()
  return async (id) => {
    const atMs = steadyMs()
    const before = last.get(id)
    if (!before) last.set(id, { nth: -1, atMs })
    if (!before || atMs - before.atMs < PROVE_EVERY_MS || !(await turns.take(`proof ${id}`, 'proof'))) return null
    const nth = before.nth + 1
    last.set(id, { nth, atMs })
    return nth
  }
}

async function heartbeat(ports: WorkerPorts, stopped: AbortSignal): Promise<void> {
  const { journal, queue, living, untold, onError } = ports
  while (!stopped.aborted) {
    try {
      await living.announce(JOURNAL_VERSION)
      const running = await journal.running()
      for (const id of running) await queue.nudge(id)
      for (const id of await dueToTell(running, untold)) await queue.nudgeNotify(id)
      for (const id of running) await tellAside(id, ports).catch((error: unknown) => onError(error as Error))
    } catch (error) {
      onError(error as Error)
    }
    await delay(HEARTBEAT_MS, undefined, { signal: stopped }).catch(() => undefined)
  }
}

type Wakes = Awaited<ReturnType<typeof listenForWakes>>

async function listenForWakes({ redis, keys, onError }: WorkerPorts) {
  const subscriber = duplicate(redis).on('error', onError)
  const stop = new AbortController()
  // Every job may wait on it, and so many at once are no leak.
  setMaxListeners(0, stop.signal)
  const waiting = new Map<string, AbortController>()
  await subscriber.subscribe(keys.of(WAKES))
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

/** BullMQ brings ioredis types of its own; the object is the same. */
function asConnection(redis: RedisClient): ConnectionOptions {
  return redis as unknown as ConnectionOptions
}
