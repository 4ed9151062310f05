// What the queues promise, whatever they are kept in: BullMQ on Redis as jobs/worker.ts uses it, and the ones in memory that the
// simulation runs on. What BullMQ does here was found out, not read; so both run this.
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StepJob } from '../../src/core/ports.ts'

export type QueueName = 'reconcile' | 'snapshot'
/** Ms for which the queue rests while the job goes back to it; null: it is done. */
export type Body = (data: unknown) => Promise<number | null>

export type QueueUnderTest = {
  nudge(id: string): Promise<void>
  enqueue(jobs: readonly StepJob[]): Promise<void>
  /** A worker as another process has it; killed, it says nothing more, and its locks run out. */
  work(name: QueueName, body: Body): { kill(): void }
  /** Everything that is queued or held is gone. */
  wipe(): Promise<void>
  close(): Promise<void>
}

const SOON = { timeout: 5_000, interval: 10 }
/** A killed worker's job is taken on within 8 s. */
const TAKEN_ON = { timeout: 15_000, interval: 50 }
/** Longer than whatever may still come would take. */
const QUIET_MS = 300

export function queueContract(name: string, open: () => Promise<QueueUnderTest>): void {
  describe(name, () => {
    let under: QueueUnderTest
    let ran: string[]
    beforeEach(async () => {
      under = await open()
      ran = []
    })
    afterEach(() => under.close())

    /** Notes what runs, and lets each run end when the test says so. */
    function held(name: QueueName) {
      const ends: ((restMs: number | null) => void)[] = []
      const worker = under.work(name, (data) => {
        ran.push(nameOf(data))
        return new Promise((resolve) => ends.push(resolve))
      })
      return { ...worker, end: (restMs: number | null = null) => ends.shift()?.(restMs) }
    }

    async function quiet(): Promise<readonly string[]> {
      await delay(QUIET_MS)
      return ran
    }

    test('an attempt is queued once, whether it waits or runs, and again once it is over', async () => {
      await under.enqueue([job('a'), job('a')])
      const worker = held('snapshot')
      await expect.poll(() => ran, SOON).toEqual(['a'])
      await under.enqueue([job('a')])
      worker.end()
      expect(await quiet()).toEqual(['a'])
      await under.enqueue([job('a')])
      await expect.poll(() => ran, SOON).toEqual(['a', 'a'])
      worker.end()
    })

    test('another attempt is another job', async () => {
      const worker = held('snapshot')
      await under.enqueue([job('a', { attempt: 1 }), job('a', { attempt: 2 })])
      await expect.poll(() => ran, SOON).toEqual(['a', 'a'])
      worker.end()
      worker.end()
    })

    test('what an outage waits for goes first, then in order', async () => {
      await under.enqueue([job('seed', { priority: 3 }), job('later', { priority: 2 }), job('first'), job('second')])
      under.work('snapshot', async (data) => {
        ran.push(nameOf(data))
        return null
      })
      await expect.poll(() => ran, SOON).toEqual(['first', 'second', 'later', 'seed'])
    })

    test('nudges that wait are one', async () => {
      for (let nudge = 0; nudge < 5; nudge++) await under.nudge('m')
      const worker = held('reconcile')
      await expect.poll(() => ran, SOON).toEqual(['m'])
      worker.end()
      expect(await quiet()).toEqual(['m'])
    })

    test('nudges during a tick are one more, and no two ticks of a migration run at once', async () => {
      const worker = held('reconcile')
      await under.nudge('m')
      await expect.poll(() => ran, SOON).toEqual(['m'])
      await Promise.all(Array.from({ length: 20 }, () => under.nudge('m')))
      expect(await quiet()).toEqual(['m'])
      worker.end()
      await expect.poll(() => ran, SOON).toEqual(['m', 'm'])
      worker.end()
      expect(await quiet()).toEqual(['m', 'm'])
    })

    test('another migration ticks beside it', async () => {
      const worker = held('reconcile')
      await under.nudge('m')
      await under.nudge('n')
      await expect.poll(() => [...ran].sort(), SOON).toEqual(['m', 'n'])
      worker.end()
      worker.end()
    })

    test('a tick that throws hands its nudge on', async () => {
      under.work('reconcile', async (data) => {
        ran.push(nameOf(data))
        if (ran.length > 1) return null
        await under.nudge('m')
        throw new Error('EC2 did not answer')
      })
      await under.nudge('m')
      await expect.poll(() => ran, SOON).toEqual(['m', 'm'])
    })

    test('a killed worker’s job is run again by another, and its nudge follows', { timeout: 40_000 }, async () => {
      const killed = held('reconcile')
      await under.nudge('m')
      await expect.poll(() => ran, SOON).toEqual(['m'])
      await under.nudge('m')
      killed.kill()
      const other = held('reconcile')
      await expect.poll(() => ran, TAKEN_ON).toEqual(['m', 'm'])
      other.end()
      await expect.poll(() => ran, SOON).toEqual(['m', 'm', 'm'])
      other.end()
    })

    test('a wipe forgets what waits, runs and was to follow, and swallows nothing after it', async () => {
      const worker = held('snapshot')
      const ticks = held('reconcile')
      await under.enqueue([job('a')])
      await under.nudge('m')
      await expect.poll(() => [...ran].sort(), SOON).toEqual(['a', 'm'])
      await under.nudge('m')
      await under.wipe()
      await under.enqueue([job('a')])
      await under.nudge('m')
      await expect.poll(() => [...ran].sort(), SOON).toEqual(['a', 'a', 'm', 'm'])
      for (const each of [worker, ticks, worker, ticks]) each.end()
      expect(await quiet()).toHaveLength(4)
    })

    test('a queue that rests runs nothing, and then what went back to it', async () => {
      const restMs = 700
      let restsFromMs = 0
      const times: number[] = []
      under.work('snapshot', async (data) => {
        ran.push(nameOf(data))
        times.push(performance.now() - restsFromMs)
        if (ran.length > 1) return null
        restsFromMs = performance.now()
        return restMs
      })
      await under.enqueue([job('a')])
      await expect.poll(() => ran, SOON).toEqual(['a'])
      await under.enqueue([job('b')])
      await expect.poll(() => [...ran].sort(), SOON).toEqual(['a', 'a', 'b'])
      for (const afterMs of times.slice(1)) expect(afterMs).toBeGreaterThan(restMs - 50)
    })
  })
}

function job(effect: string, over: Partial<StepJob> = {}): StepJob {
  return { migration: 'mig-1', effect, call: 'snapshot', attempt: 1, priority: 1, urgency: 1, ...over }
}

function nameOf(data: unknown): string {
  const { effect, id } = data as { effect?: string; id?: string }
  return effect ?? id ?? ''
}
