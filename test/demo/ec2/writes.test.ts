// What a volume writes where its seed says it hour by hour: exactly the hours that passed, and when the last write was.
import { expect, test } from 'vitest'
import { lastWriteMs, writtenGib } from '../../../src/demo/ec2/world/states.ts'
import { volumeOf } from '../../../src/demo/ec2/world/store.ts'
import { DATA, minutes, type Simulated, simulated, string, WORLD } from './simulated.ts'

/** Quiet but for 09 to 11 UTC, in which 10 and 4 GiB are written; the world begins at 05:00. */
const BUSY = Array.from({ length: 24 }, (_, hour) => ({ 9: 10, 10: 4 })[hour] ?? 0)
const hours = (count: number): number => minutes(60 * count)

function opened(byHour: readonly number[] = BUSY): Simulated {
  return simulated({ world: { ...WORLD, volumes: [{ ...DATA, writesGibByHour: byHour }] } })
}

const data = (s: Simulated) => volumeOf(s.store, s.id('data'))

test.each([
  [4, 0],
  [4.5, 5],
  [5, 10],
  [5.75, 13],
  [12, 14],
  [24 + 4.5, 14 + 5],
  [100 * 24 + 5.25, 100 * 14 + 11],
])('after %d hours %d GiB', (passed, gib) => {
  const s = opened()
  s.clock.nowMs += hours(passed)
  expect(writtenGib(data(s), s.clock.nowMs)).toBeCloseTo(gib, 9)
})

test('looked at in between or not, it is the same', () => {
  const s = opened(Array.from({ length: 24 }, (_, hour) => hour / 7))
  const stop = () => s.body('StopInstances', { InstanceId: [s.id('server')] })
  const start = () => s.body('StartInstances', { InstanceId: [s.id('server')] })
  s.clock.nowMs += hours(7.3)
  stop()
  const atStop = writtenGib(data(s), s.clock.nowMs)
  s.clock.nowMs += hours(3)
  expect(writtenGib(data(s), s.clock.nowMs)).toBe(atStop)
  start()
  s.clock.nowMs += hours(30)
  // From 15:18 of one day to 21:18 of the next, after 05:00 to 12:18 of the first.
  const whole = (24 * 23) / 2 / 7
  const before = (5 + 6 + 7 + 8 + 9 + 10 + 11 + 12 * 0.3) / 7
  const after = (15 * 0.7 + 16 + 17 + 18 + 19 + 20 + 21 * 0.3) / 7
  expect(writtenGib(data(s), s.clock.nowMs)).toBeCloseTo(before + whole + after, 9)
})

test('the last write is the end of the last hour in which anything was written', () => {
  const s = opened()
  const beganMs = s.clock.nowMs
  expect(lastWriteMs(data(s), beganMs + hours(2))).toBe(beganMs)
  expect(lastWriteMs(data(s), beganMs + hours(4.5))).toBe(beganMs + hours(4.5))
  expect(lastWriteMs(data(s), beganMs + hours(6))).toBe(beganMs + hours(6))
  expect(lastWriteMs(data(s), beganMs + hours(9))).toBe(beganMs + hours(6))
  s.clock.nowMs += hours(9)
  s.body('StopInstances', { InstanceId: [s.id('server')] })
  s.clock.nowMs += hours(20)
  expect(lastWriteMs(data(s), s.clock.nowMs)).toBe(beganMs + hours(6))
})

test('the next snapshot copies what those hours wrote', () => {
  const s = opened()
  const first = string(s.body('CreateSnapshot', { VolumeId: s.id('data') }), 'snapshotId')
  s.clock.nowMs += hours(24)
  const second = string(s.body('CreateSnapshot', { VolumeId: s.id('data') }), 'snapshotId')
  const [one, two] = [first, second].map((id) => s.store.snapshots.get(id))
  expect((two?.writtenGib ?? 0) - (one?.writtenGib ?? 0)).toBe(14)
  // A full copy of 60 GiB takes an hour, of which the fixed part is not for copying.
  const copyMs = (snapshot = one) => (snapshot?.workMs ?? 0) - (snapshot?.overheadMs ?? 0)
  expect(copyMs(two) / copyMs(one)).toBeCloseTo(14 / 60, 6)
})

test('a day that has not 24 hours is refused', () => {
  expect(() => opened([1, 2, 3])).toThrow('data: writesGibByHour has 3 numbers; a day has 24 hours')
})
