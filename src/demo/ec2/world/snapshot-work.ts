// How long a snapshot takes: a fixed part, then what has to be copied at the volume's rate. The first copies all that was
// ever written, later ones what was written since the one before; a volume made from a snapshot builds on that one.
import type { Snapshot, Stand, Volume } from './entities.ts'
import { happens } from './faults.ts'
import { isGone, snapshotState, writtenGib } from './states.ts'
import type { Store } from './store.ts'

/** What a snapshot that begins now takes: `workMs` in all, of which `overheadMs` is the fixed part. */
export type Work = {
  readonly overheadMs: number
  readonly workMs: number
  readonly stands: Stand | null
  /** When it ends: never before an older one of its volume. A snapshot of a set ends with its set instead. */
  readonly endsAtMs: number
  readonly isFailing: boolean
  readonly writtenGib: number
}

/** The share of its work after which a failing snapshot ends. */
const FAILS_AT = 0.4

/**
 * The work of a snapshot of this volume that begins now. It uses up one of the snapshots that the seed has fail, and one that is to
 * stand.
 */
export function workOf(store: Store, volume: Volume): Work {
  const nowMs = store.now()
  const written = writtenGib(volume, nowMs)
  const base = baseOf(store, volume)
  const changedGib = base === null ? volume.usedGib : changedSince(volume, base, written)
  const copyMs = (changedGib * 1024 * 1000) / volume.snapshotRateMibps
  const overheadMs = volume.snapshotOverheadMs
  const workMs = Math.round(overheadMs + copyMs)
  const stands = standOf(store, volume, { overheadMs, copyMs })
  const isFailing = fails(store, volume)
  const ownMs = (isFailing ? Math.round(workMs * FAILS_AT) : workMs) + (stands ? stands.untilMs - stands.fromMs : 0)
  const olderEndsMs = Math.max(0, ...(store.lines.get(volume.id) ?? []).map(({ endsAtMs }) => endsAtMs))
  return { overheadMs, workMs, stands, endsAtMs: Math.max(nowMs + ownMs, olderEndsMs), isFailing, writtenGib: written }
}

/**
 * GiB that differ between two moments, by what the volume had written in all at each: never more than what it holds, since what is
 * written twice is copied once.
 */
export function changedSince({ usedGib }: Pick<Volume, 'usedGib'>, firstGib: number, secondGib: number): number {
  return Math.min(usedGib, secondGib - firstGib)
}

/**
 * GiB that the volume had written at its newest snapshot that still stands; null without one: all has to be copied
 * then.
 */
function baseOf(store: Store, volume: Volume): number | null {
  const nowMs = store.now()
  const stands = (snapshot: Snapshot) =>
    !isGone(snapshot, nowMs) && !snapshot.isFailing && snapshot.kmsKeyId === volume.kmsKeyId
  const newest = (store.lines.get(volume.id) ?? []).findLast(stands)
  if (newest) return newest.writtenGib
  const origin = volume.snapshotId === null ? undefined : store.snapshots.get(volume.snapshotId)
  return origin && stands(origin) ? 0 : null
}

/** Half of the way through the percent at which it is to stand, so that rounding shows no other one. */
function standOf(
  { once: { standing }, now, hooks }: Store,
  { id }: Volume,
  { overheadMs, copyMs }: { readonly overheadMs: number; readonly copyMs: number },
): Stand | null {
  const planned = standing.findIndex(({ volume }) => volume === id)
  if (planned < 0) return null
  const [{ percent, minutes } = { percent: 0, minutes: 0 }] = standing.splice(planned, 1)
  hooks.struck('stall')
  const fromMs = Math.round(now() + overheadMs + (copyMs * (percent + 0.5)) / 100)
  return { fromMs, untilMs: fromMs + minutes * 60_000 }
}

function fails(store: Store, volume: Volume): boolean {
  if (volume.failingSnapshots > 0) {
    volume.failingSnapshots--
    return true
  }
  return happens(store, store.faults.failedSnapshot, `failed snapshot ${volume.key}`)
}

/**
 * How many of a volume's snapshots are unfinished: deleting a pending one changes nothing, a failed one counts until
 * deleted.
 */
export function unfinished(store: Store, volume: Volume): number {
  const nowMs = store.now()
  return (store.lines.get(volume.id) ?? []).filter((snapshot) => {
    const state = snapshotState(snapshot, nowMs)
    return state === 'pending' || (state === 'error' && !isGone(snapshot, nowMs))
  }).length
}
