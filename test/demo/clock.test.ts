// The drill's clock over real HTTP, both sides: what a bot in another process reads, and what the simulated clock does for it.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type DrillClock, drillClock } from '../../src/clock.ts'
import { type SimulatedClock, simulatedClock } from '../../src/demo/clock.ts'
import { type ClockServer, serveClock } from '../../src/demo/clock-server.ts'

const START_MS = Date.UTC(2026, 2, 3, 5, 10)
const HOUR_MS = 3_600_000
const QUARTER_MS = HOUR_MS / 4
/** Between two answers, near real time: 25 ms at 30x, and what a busy machine adds. */
const BEHIND_MAX_MS = 15_000

let isDue = false
let clock: SimulatedClock
let server: ClockServer
const drills: DrillClock[] = []

// One clock for all: it takes it some seconds to come up to speed.
beforeAll(async () => {
  clock = simulatedClock({ startMs: START_MS, speedTop: 100_000, isDue: () => isDue })
  server = await serveClock(clock)
})
afterEach(() => {
  isDue = false
  for (const drill of drills.splice(0)) drill.close()
})
afterAll(async () => {
  await server.close()
  clock.close()
})

async function follow(): Promise<DrillClock> {
  const drill = await drillClock(server.url)
  drills.push(drill)
  return drill
}

describe('a drill clock', () => {
  test('is answered with the time and the speed', async () => {
    const { nowMs, speed } = (await (await fetch(server.url)).json()) as { nowMs: number; speed: number }
    expect(nowMs).toBeGreaterThanOrEqual(START_MS)
    expect(speed).toBeGreaterThanOrEqual(1)
  })

  test('sleeps until its time has come, however fast time flies, and reads that time as soon as it wakes', async () => {
    const drill = await follow()
    const untilMs = drill.now() + 2 * QUARTER_MS
    await drill.sleep(2 * QUARTER_MS)
    expect(drill.now()).toBeGreaterThanOrEqual(untilMs)
    expect(drill.now()).toBeLessThan(untilMs + BEHIND_MAX_MS)
  })

  test('is never passed while it sleeps', async () => {
    const drill = await follow()
    const [near, far] = [drill.now() + QUARTER_MS, drill.now() + HOUR_MS]
    const sleeps = [drill.sleep(far - drill.now()), drill.sleep(near - drill.now()).then(() => clock.now())]
    const [, wokenAtMs] = await Promise.all(sleeps)
    expect(wokenAtMs).toBeGreaterThanOrEqual(near)
    expect(wokenAtMs).toBeLessThan(near + BEHIND_MAX_MS)
  })

  test('of another process has heard the time before anybody wakes, though it flew until then', async () => {
    const [sleeper, onlooker] = [await follow(), await follow()]
    for (let nights = 0; nights < 3; nights++) {
      await sleeper.sleep(2 * HOUR_MS)
      expect(Math.abs(onlooker.now() - sleeper.now())).toBeLessThan(BEHIND_MAX_MS)
    }
  })

  test('wakes others when it is suspended, after a moment', async () => {
    const suspended = clock.follow()
    suspended.tell()
    const untilMs = clock.now() + QUARTER_MS
    await clock.sleep(QUARTER_MS)
    expect(clock.now()).toBeGreaterThanOrEqual(untilMs)
    suspended.leave()
  })

  test('is near real time while something is due', async () => {
    const drill = await follow()
    isDue = true
    void drill.sleep(HOUR_MS)
    // From the clock's own time: what a follower heard last may be from before, on a busy machine.
    const [fromMs, beganAtMs] = [clock.now(), performance.now()]
    await delay(500)
    expect(drill.now() - fromMs).toBeLessThanOrEqual((performance.now() - beganAtMs) * 30 + 1_000)
    await expect.poll(() => drill.now(), { timeout: 10_000 }).toBeGreaterThan(fromMs)
  })

  test('is forgotten when it hangs up: nobody sleeps, so time does not fly', async () => {
    const drill = await follow()
    const stop = new AbortController()
    const asleep = drill.sleep(HOUR_MS, stop.signal)
    await delay(50)
    stop.abort()
    await asleep
    await delay(50)
    const [fromMs, beganAtMs] = [clock.now(), performance.now()]
    await delay(500)
    expect(clock.now() - fromMs).toBeLessThanOrEqual((performance.now() - beganAtMs) * 30 + 1_000)
  })

  test('never runs backwards', async () => {
    const drill = await follow()
    let last = drill.now()
    const watch = setInterval(() => {
      expect(drill.now()).toBeGreaterThanOrEqual(last)
      last = drill.now()
    }, 1)
    for (let naps = 0; naps < 20; naps++) await drill.sleep(60_000)
    clearInterval(watch)
  })

  test('says where it looked when there is no drill', async () => {
    await server.close()
    await expect(drillClock(server.url)).rejects.toThrow(/ECONNREFUSED/)
  })
})
