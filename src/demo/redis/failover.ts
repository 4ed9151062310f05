// A failover of Redis in the middle of a migration: the replica is cut off, the migration goes on, and then the master dies.
import { setTimeout as delay } from 'node:timers/promises'
import type { Migration } from '../../core/model/migration.ts'
import type { SimulatedClock } from '../clock.ts'
import type { OwnCluster } from './cluster.ts'

/** So many entries the replica is to lack, unless the migration stands still before. */
const LACKS = 4
/** The longest that is waited for them, and for the first look behind the failover, in real ms. */
const LACKS_WITHIN_MS = 5_000
const LOOKS_WITHIN_MS = 60_000
const LOOKS_EVERY_MS = 20
/** How fast time goes meanwhile: processes that wait for Redis do so in real time, in which hours would fly by. */
const SPEED_MEANWHILE = 30

type Stage = {
  readonly migration: () => Promise<Migration | null>
  readonly clock: SimulatedClock
  readonly stop: AbortSignal
}

/** Fails over once snapshots run; how many entries were lost, or null where it was stopped before. */
export async function failOver(cluster: OwnCluster, { migration, clock, stop }: Stage): Promise<number | null> {
  const rev = async (): Promise<number> => (await migration())?.rev ?? 0
  const until = async (isSo: () => Promise<boolean>, withinMs: number): Promise<void> => {
    const endsAt = performance.now() + withinMs
    while (!stop.aborted && performance.now() < endsAt && !(await isSo())) await delay(LOOKS_EVERY_MS)
  }
  await until(async () => (await migration())?.phase === 'moving', Number.POSITIVE_INFINITY)
  if (stop.aborted) return null
  const { speedTop } = clock.state()
  clock.setSpeedTop(Math.min(speedTop, SPEED_MEANWHILE))
  await cluster.cutOff()
  const from = await rev()
  await until(async () => (await rev()) >= from + LACKS, LACKS_WITHIN_MS)
  const lost = (await rev()) - from
  await cluster.failOver()
  await until(async () => (await migration())?.doubt?.isOpen === true, LOOKS_WITHIN_MS)
  clock.setSpeedTop(speedTop)
  return lost
}
