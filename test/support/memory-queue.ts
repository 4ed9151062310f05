// The queues in memory, for tests that try thousands of worlds: BullMQ's ways as jobs/worker.ts uses them. Passes the same
// contract suite. Who takes a job holds it until it is finished or the holder's locks have run out; only then may another.

export type MemoryJob = {
  readonly queue: string
  readonly id: string
  readonly data: unknown
  readonly priority: number
  readonly order: number
  readonly deduplication: string | null
}

export type Added = {
  readonly jobId?: string
  readonly priority?: number
  /** At most one waits or runs; what is added while it runs follows it, once. */
  readonly deduplication?: string
}

export type MemoryQueue = {
  /** False: a job of its id, or for its deduplication, is there already. */
  add(queue: string, data: unknown, options?: Added): boolean
  /** The next job of the queue, held by `holder`; null where none waits, or the queue rests. */
  take(queue: string, holder: object): MemoryJob | null
  /** Done or failed alike: it is gone, and what was to follow it waits. False: the holder had lost it. */
  finish(job: MemoryJob, holder: object): boolean
  /** Back to where it waited, as a rate-limited job is. */
  putOff(job: MemoryJob, holder: object): boolean
  /** Nobody takes a job of the queue for so long. */
  rest(queue: string, ms: number): void
  restsUntilMs(queue: string): number
  /** The locks of these holders have run out: whatever they held waits again. */
  lapse(has: (holder: object) => boolean): void
  wipe(): void
  /** All that is kept now; `putBack` restores it. Who held a job then does not hold it any more: it waits again. */
  keep(): KeptQueues
  putBack(kept: KeptQueues): void
  hasWaiting(queue: string): boolean
}

export type KeptQueues = ReadonlyMap<string, { readonly jobs: readonly MemoryJob[]; readonly following: Following }>

type Following = ReadonlyMap<string, unknown>

type Options = {
  readonly now: () => number
  /** Hears that a job waits. */
  readonly waits?: (queue: string) => void
  /** Ids of finished jobs are kept, and swallow the next add: what production must not do. */
  readonly isKeeping?: boolean
}

type State = {
  readonly waiting: Map<string, MemoryJob>
  readonly active: Map<string, { readonly job: MemoryJob; readonly holder: object }>
  readonly following: Map<string, unknown>
  restsUntilMs: number
}

export function memoryQueue({ now, waits = () => undefined, isKeeping = false }: Options): MemoryQueue {
  const queues = new Map<string, State>()
  const kept = new Set<string>()
  let order = 0

  function stateOf(queue: string): State {
    const known = queues.get(queue)
    if (known) return known
    const state: State = { waiting: new Map(), active: new Map(), following: new Map(), restsUntilMs: 0 }
    queues.set(queue, state)
    return state
  }

  function add(queue: string, data: unknown, { jobId, priority = 0, deduplication }: Added = {}): boolean {
    const { waiting, active, following } = stateOf(queue)
    const isSame = ({ deduplication: other }: MemoryJob): boolean => other === deduplication
    if (deduplication !== undefined) {
      if ([...waiting.values()].some(isSame)) return false
      if ([...active.values()].some(({ job }) => isSame(job))) return following.set(deduplication, data) && false
    }
    const id = jobId ?? `${order}`
    if (waiting.has(id) || active.has(id) || kept.has(`${queue} ${id}`)) return false
    waiting.set(id, { queue, id, data, priority, order: order++, deduplication: deduplication ?? null })
    waits(queue)
    return true
  }

  function holds(job: MemoryJob, holder: object): boolean {
    return stateOf(job.queue).active.get(job.id)?.holder === holder
  }

  function waitAgain(job: MemoryJob): void {
    const { active, waiting } = stateOf(job.queue)
    active.delete(job.id)
    waiting.set(job.id, job)
    waits(job.queue)
  }

  return {
    add,
    take(queue, holder) {
      const { waiting, active, restsUntilMs } = stateOf(queue)
      if (restsUntilMs > now()) return null
      // What has no priority goes first; what is equal goes in order.
      const [job] = [...waiting.values()].sort((a, b) => a.priority - b.priority || a.order - b.order)
      if (!job) return null
      waiting.delete(job.id)
      active.set(job.id, { job, holder })
      return job
    },
    finish(job, holder) {
      if (!holds(job, holder)) return false
      const { active, following } = stateOf(job.queue)
      active.delete(job.id)
      if (isKeeping) kept.add(`${job.queue} ${job.id}`)
      const { deduplication } = job
      if (deduplication !== null && following.has(deduplication)) {
        const data = following.get(deduplication)
        following.delete(deduplication)
        add(job.queue, data, { deduplication })
      }
      return true
    },
    putOff(job, holder) {
      if (!holds(job, holder)) return false
      waitAgain(job)
      return true
    },
    rest(queue, ms) {
      stateOf(queue).restsUntilMs = Math.max(stateOf(queue).restsUntilMs, now() + ms)
    },
    restsUntilMs: (queue) => stateOf(queue).restsUntilMs,
    lapse(has) {
      for (const { active } of queues.values()) {
        for (const { job, holder } of [...active.values()]) if (has(holder)) waitAgain(job)
      }
    },
    wipe() {
      queues.clear()
      kept.clear()
    },
    keep: () =>
      new Map(
        [...queues].map(([queue, { waiting, active, following }]) => [
          queue,
          { jobs: [...waiting.values(), ...[...active.values()].map(({ job }) => job)], following: new Map(following) },
        ]),
      ),
    putBack(older) {
      queues.clear()
      for (const [queue, { jobs, following }] of older) {
        const state = stateOf(queue)
        for (const [deduplication, data] of following) state.following.set(deduplication, data)
        for (const job of jobs) waitAgain(job)
      }
    },
    hasWaiting: (queue) => stateOf(queue).waiting.size > 0,
  }
}
