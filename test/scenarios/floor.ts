// What is told of the floor of every scenario's outage: it is there once every required service is open in the target zone, it adds up, and
// nobody was faster.
import { expect } from 'vitest'
import type { play } from '../../src/demo/run.ts'

type Told = Pick<
  Awaited<ReturnType<typeof play>>['json'],
  'migration' | 'outageSeconds' | 'gateWaitSeconds' | 'outageFloorSeconds' | 'outageFloor'
>

/** Throws what is not so. */
export function expectFloor({
  migration,
  outageSeconds,
  gateWaitSeconds,
  outageFloorSeconds,
  outageFloor,
}: Told): void {
  const isThere = migration?.phase === 'live' || migration?.phase === 'done'
  if (!isThere || outageSeconds === null || gateWaitSeconds === null) {
    expect([outageFloorSeconds, outageFloor]).toEqual([null, null])
    return
  }
  expect(outageFloorSeconds).toBeGreaterThan(0)
  expect(outageFloorSeconds).toBeLessThanOrEqual(outageSeconds - gateWaitSeconds)
  const sum = (outageFloor ?? []).reduce((total, { seconds }) => total + seconds, 0)
  expect(Math.abs(sum - (outageFloorSeconds ?? 0))).toBeLessThanOrEqual(0.5)
}
