// What every implementation of the token buckets must do; src/store/tokens.ts and test/support/memory-tokens.ts both do.
import { beforeEach, describe, expect, test } from 'vitest'
import type { Call } from '../../src/core/model/effects.ts'
import { CALLS, GIVE_WAY, RATE_BACK_MS } from '../../src/core/model/limits.ts'
import type { Tokens } from '../../src/store/tokens.ts'

const START_MS = Date.UTC(2026, 2, 3, 5, 10)
/** Priorities as src/core/calling/priority.ts gives them. */
const [OUTAGE, DEFERRABLE, SEED] = [1, 2, 3]
const KINDS = Object.keys(CALLS) as Call[]

/** Buckets of its own, full, on the clock handed in. */
export type OpenTokens = (now: () => number) => Promise<Tokens>

export function tokensContract(name: string, open: OpenTokens): void {
  describe(`token buckets: ${name}`, () => {
    let nowMs = START_MS
    let tokens: Tokens
    beforeEach(async () => {
      nowMs = START_MS
      tokens = await open(() => nowMs)
    })

    /** Takes until there is none; how many there were. */
    async function drain(call: Call, priority = OUTAGE): Promise<number> {
      for (let taken = 0; ; taken++) if ((await tokens.take(call, priority)) > 0) return taken
    }

    test.each(KINDS)('%s: so many at once, and not one more', async (call) => {
      expect(await drain(call)).toBe(CALLS[call].burst)
    })

    test.each(KINDS)('%s: says when the next one is there, and then it is', async (call) => {
      await drain(call)
      const waitMs = await tokens.take(call, OUTAGE)
      expect(waitMs).toBe(Math.ceil(1000 / CALLS[call].perSecond))
      nowMs += waitMs - 1
      expect(await tokens.take(call, OUTAGE)).toBe(1)
      nowMs += 1
      expect(await tokens.take(call, OUTAGE)).toBe(0)
      expect(await tokens.take(call, OUTAGE)).toBeGreaterThan(0)
    })

    test('over a minute, the burst and the rate, however often it is asked', async () => {
      const { burst, perSecond } = CALLS.snapshot
      let taken = await drain('snapshot')
      for (let step = 0; step < 200; step++) {
        nowMs += 300
        taken += await drain('snapshot')
      }
      expect(taken).toBeGreaterThanOrEqual(burst + Math.floor(60 * perSecond) - 1)
      expect(taken).toBeLessThanOrEqual(burst + Math.ceil(60 * perSecond))
    })

    test('what can wait leaves tokens to what cannot', async () => {
      const { burst } = CALLS.snapshot
      expect(await drain('snapshot', SEED)).toBe(burst - 2)
      expect(await drain('snapshot', DEFERRABLE)).toBe(1)
      expect(await drain('snapshot', OUTAGE)).toBe(1)
    })

    test('who has to leave tokens goes on at the same rate once nobody else asks', async () => {
      await drain('snapshot')
      let taken = 0
      for (let waitedMs = 0; waitedMs < 60_000; ) {
        const waitMs = await tokens.take('snapshot', SEED)
        if (waitMs === 0) taken++
        nowMs += waitMs
        waitedMs += waitMs
      }
      expect(taken).toBeGreaterThan(60 * CALLS.snapshot.perSecond - 5)
    })

    test('a pause fills the bucket to its brim and no further', async () => {
      await drain('snapshot')
      nowMs += 24 * 3_600_000
      expect(await drain('snapshot')).toBe(CALLS.snapshot.burst)
    })

    test('each kind has a bucket of its own', async () => {
      await drain('snapshot')
      expect(await tokens.take('restore', OUTAGE)).toBe(0)
    })

    test('a clock that is behind gets nothing for it, and takes nothing from others', async () => {
      await drain('attach')
      nowMs -= 60_000
      expect(await tokens.take('attach', OUTAGE)).toBeGreaterThan(0)
      nowMs += 60_000
      expect(await tokens.take('attach', OUTAGE)).toBeGreaterThan(0)
      nowMs += 1_000
      expect(await tokens.take('attach', OUTAGE)).toBe(0)
    })

    /** Takes whatever there is, asking often, for so long: how many there were. */
    async function takeFor(call: Call, lastsMs: number): Promise<number> {
      let taken = 0
      for (const untilMs = nowMs + lastsMs; nowMs < untilMs; nowMs += 100) taken += await drain(call)
      return taken
    }

    /** Refused so often that the rate is at its least. */
    async function refuseToTheLeast(call: Call): Promise<void> {
      for (let times = 0; times < 10; times++) {
        nowMs += GIVE_WAY.asOneMs
        await tokens.refused(call)
      }
    }

    test('a refusal empties the bucket, and it fills at a part of its rate', async () => {
      const { perSecond } = CALLS.snapshot
      await tokens.refused('snapshot')
      expect(await tokens.take('snapshot', OUTAGE)).toBeGreaterThan(1000 / perSecond)
      const taken = await takeFor('snapshot', 10_000)
      // It grows by three fortieths of the whole in ten seconds.
      expect(taken).toBeGreaterThanOrEqual(Math.floor(10 * perSecond * GIVE_WAY.factor))
      expect(taken).toBeLessThanOrEqual(Math.ceil(10 * perSecond * (GIVE_WAY.factor + 0.075)))
    })

    test('refusals of calls that were under way together are one', async () => {
      for (let times = 0; times < 20; times++) await tokens.refused('snapshot')
      nowMs += GIVE_WAY.asOneMs - 1
      await tokens.refused('snapshot')
      const taken = await takeFor('snapshot', 10_000)
      expect(taken).toBeGreaterThanOrEqual(Math.floor(10 * CALLS.snapshot.perSecond * GIVE_WAY.factor))
    })

    test('gives way again at every later refusal, but not below the least', async () => {
      const { perSecond } = CALLS.snapshot
      await refuseToTheLeast('snapshot')
      const taken = await takeFor('snapshot', 10_000)
      expect(taken).toBeGreaterThanOrEqual(Math.floor(10 * perSecond * GIVE_WAY.leastShare))
      expect(taken).toBeLessThanOrEqual(Math.ceil(10 * perSecond * (GIVE_WAY.leastShare + 0.075)))
    })

    test('grows back with time, and is whole again', async () => {
      const { perSecond, burst } = CALLS.snapshot
      await refuseToTheLeast('snapshot')
      const rates: number[] = []
      for (let part = 0; part < 4; part++) rates.push(await takeFor('snapshot', RATE_BACK_MS / 4))
      expect(rates).toEqual([...rates].sort((a, b) => a - b))
      expect(rates[0]).toBeLessThan(rates[3] ?? 0)
      const whole = await takeFor('snapshot', 60_000)
      expect(whole).toBeGreaterThanOrEqual(Math.floor(60 * perSecond) - 1)
      nowMs += 3_600_000
      expect(await drain('snapshot')).toBe(burst)
    })

    test.each(KINDS)('%s: says when the next one is there while it grows back, and then it is', async (call) => {
      await refuseToTheLeast(call)
      for (let taken = 0; taken < 50; taken++) {
        const waitMs = await tokens.take(call, OUTAGE)
        expect(waitMs).toBeGreaterThan(0)
        nowMs += waitMs - 1
        expect(await tokens.take(call, OUTAGE)).toBe(1)
        nowMs += 1
        expect(await tokens.take(call, OUTAGE)).toBe(0)
      }
    })

    test('however rarely it is asked, it has grown by as much', async () => {
      await refuseToTheLeast('tag')
      nowMs += 8_000
      // At a tenth of 9.9 a second, growing by 0.9 in 120 s: 8 s hold 10.3.
      expect(await drain('tag')).toBe(10)
    })

    test('a refusal on a clock that is behind empties the bucket, and is no other refusal', async () => {
      await tokens.refused('attach')
      nowMs -= 60_000
      await tokens.refused('attach')
      nowMs += 60_000
      expect(await tokens.take('attach', OUTAGE)).toBeGreaterThan(0)
      expect(await takeFor('attach', 10_000)).toBeGreaterThanOrEqual(
        Math.floor(10 * CALLS.attach.perSecond * GIVE_WAY.factor),
      )
    })

    test('a refusal is of its own kind', async () => {
      await tokens.refused('snapshot')
      expect(await drain('restore')).toBe(CALLS.restore.burst)
    })

    test('many who ask at once get no more than there are', async () => {
      const waits = await Promise.all(Array.from({ length: 200 }, () => tokens.take('snapshot', OUTAGE)))
      expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(CALLS.snapshot.burst)
    })
  })
}
