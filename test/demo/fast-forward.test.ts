// Letting simulated time pass: how far it goes, what ends it, and that everything else about the clock stays as it was.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type SimulatedClock, simulatedClock } from '../../src/demo/clock.ts'
import { type FastForward, fastForward } from '../../src/demo/fast-forward.ts'
import type { Row } from '../../src/demo/slack/entities.ts'

const START_MS = Date.UTC(2026, 2, 3, 5, 10)
const DAY_MS = 86_400_000
const PATIENT = { timeout: 60_000, interval: 20 }
const ROW: Row = {
  ...{ at: '', user: 'zonehop', text: 'said', thread: null, edited: false },
  ...{ inChannel: true, mentions: [], words: 1 },
}
const SILENT: Row = { ...ROW, thread: '1.000000', inChannel: false }

let clock: SimulatedClock
let forward: FastForward
beforeEach(() => {
  clock = simulatedClock({ startMs: START_MS, speedTop: 1, isDue: () => false })
  forward = fastForward(clock)
})
afterEach(() => clock.close())

test('a day passes however slow the clock is set, and not more; then it is as slow as before', async () => {
  forward.start('day')
  expect(forward.now()).toBe('day')
  await expect.poll(() => forward.now(), PATIENT).toBe(null)
  expect(clock.now() - START_MS).toBeGreaterThanOrEqual(DAY_MS)
  expect(clock.now() - START_MS).toBeLessThan(DAY_MS + 60_000)
  expect(clock.state().speedTop).toBe(1)
})

test('nobody who sleeps is passed', async () => {
  const woken: number[] = []
  const nap = async (): Promise<void> => {
    for (let naps = 0; naps < 20; naps++) {
      const untilMs = clock.now() + 3_600_000
      await clock.sleep(3_600_000)
      woken.push(clock.now() - untilMs)
    }
  }
  forward.start('question')
  await nap()
  expect(Math.max(...woken)).toBeLessThan(60_000)
})

test.each<[string, Row, boolean]>([
  ['a post in the channel ends it', ROW, true],
  ['a question in a thread ends it', { ...SILENT, buttons: [{ label: 'Go', confirms: false }] }, true],
  ['a reply that asks nothing does not', SILENT, false],
  ['an edit does not', { ...ROW, edited: true }, false],
])('%s', (_, row, ends) => {
  forward.start('question')
  forward.hear(row)
  expect(forward.now()).toBe(ends ? null : 'question')
})

test('one takes the place of another, a paused clock goes on, and it can be stopped', async () => {
  clock.pause()
  forward.start('question')
  forward.start('day')
  expect([forward.now(), clock.state().isPaused]).toEqual(['day', false])
  forward.stop()
  forward.start('question')
  await expect.poll(() => clock.now() - START_MS, PATIENT).toBeGreaterThan(2 * DAY_MS)
  expect(forward.now()).toBe('question')
  forward.stop()
  expect(forward.now()).toBe(null)
})
