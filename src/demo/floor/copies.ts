// What a volume that is copied by snapshots could not have done faster.
import type { SnapshotMove } from '../../core/model/plan.ts'
import type { TimedVolume } from '../ec2/world/durations.ts'
import type { Outage, Timed } from './terms.ts'

/**
 * From the final snapshot to the attached copy, in order; none where no copy stands at the successor. An older snapshot of the volume
 * counts for as long as it held the final one up: EC2 takes that only afterwards, or completes it only afterwards. `stoppedAtMs` gives
 * when the service had stopped, the last time before a time.
 */
export function copyTerms(
  outage: Outage,
  move: SnapshotMove,
  stoppedAtMs: (beforeMs: number) => number,
): readonly Timed[] {
  const { service, volume, successor } = move
  const line = outage.durations.snapshots.get(volume.id) ?? []
  const standing = line
    .filter(({ startedAtMs }) => startedAtMs >= outage.fromMs)
    .flatMap((cut) => cut.copies.map((id) => ({ cut, place: placeAt(outage, id, successor) })))
    .flatMap(({ cut, place }) => (place ? [{ cut, ...place }] : []))
    .toSorted((a, b) => a.attachedAtMs - b.attachedAtMs)
    .at(-1)
  if (!standing) return []
  const { cut, copy, attachMs } = standing
  const olderEndsMs = Math.max(0, ...line.slice(0, line.indexOf(cut)).map(({ endsAtMs }) => endsAtMs))
  const isOneAtATime = outage.durations.volumes.get(volume.id)?.snapshotsAtOnce === 1
  const heldMs = olderEndsMs - stoppedAtMs(cut.startedAtMs) - (isOneAtATime ? 0 : cut.ownMs)
  return [
    { service, step: 'olderSnapshot', ms: Math.max(0, heldMs) },
    { service, step: 'snapshot', ms: cut.ownMs },
    { service, step: 'restore', ms: copy.usableAtMs - copy.createdAtMs },
    { service, step: 'attach', ms: attachMs },
  ]
}

type Place = { readonly copy: TimedVolume; readonly attachMs: number; readonly attachedAtMs: number }

/** The copy's last attachment to this instance that came to be in the outage; null where there is none. */
function placeAt({ durations, fromMs, untilMs }: Outage, id: string, instance: string): Place | null {
  const copy = durations.volumes.get(id)
  const last = copy?.attachments.findLast(
    (one) => one.instance === instance && one.beganAtMs >= fromMs && one.attachedAtMs <= untilMs,
  )
  return copy && last ? { copy, attachMs: last.attachedAtMs - last.beganAtMs, attachedAtMs: last.attachedAtMs } : null
}
