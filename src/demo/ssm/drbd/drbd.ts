// DRBD resources between two hosts: who is primary, what is out of sync, which generation of data each side has. A side is
// its volumes, since the metadata lies on them: detached here and attached there, it comes up there as what it was. Each side
// that is promoted alone begins a generation. When the sides meet again and one of them has begun a generation, it becomes
// the sync source whatever is asked; when both have, that is a split brain, and they stay apart until one side is told to
// discard its data.

import { isGone } from '../../ec2/world/states.ts'
import type { Hosts, Resource, Side } from '../entities.ts'

/** The side of a resource that is not this one. */
export function peerOf({ sides }: Resource, side: Side): Side {
  return side.node === 0 ? sides[1] : sides[0]
}

/** Whether both sides are up and talk to each other. */
export function isConnected({ link, sides }: Resource): boolean {
  return link === 'Connected' && sides.every(({ isUp }) => isUp)
}

/** Ends a sync that has had its time: its target is UpToDate then, of the source's generation. */
export function advance(resource: Resource, nowMs: number): void {
  const { sync, sides } = resource
  if (!sync || !isConnected(resource) || outOfSyncKib(resource, nowMs) > 0) return
  const target = sides[sync.target]
  Object.assign(target, { disk: 'UpToDate', generations: peerOf(resource, target).generations })
  resource.syncEnds.push(sync.sinceMs + (sync.kibPerSecond > 0 ? (sync.leftKib * 1000) / sync.kibPerSecond : 0))
  resource.sync = null
}

/**
 * The KiB a side is taken to have written while it was primary alone (1 GiB): so much is sent when the sides meet
 * again.
 */
export const DIRTY_KIB = 1024 * 1024

/** KiB that differ between the sides: what a sync has left, else what was written alone, else `lyingKib`. */
export function outOfSyncKib(resource: Resource, nowMs: number): number {
  const { sync, lyingKib, sides } = resource
  if (!sync) return sides[0].generations[0] === sides[1].generations[0] ? lyingKib : DIRTY_KIB
  const rate = sync.suspended === 'no' && isConnected(resource) ? sync.kibPerSecond : 0
  return Math.max(0, Math.ceil(sync.leftKib - (rate * (nowMs - sync.sinceMs)) / 1000))
}

/** The id of the instance to which all volumes of a side are attached; null while there is none. */
export function placeOf({ store }: Hosts, { volumes }: Side, nowMs: number): string | null {
  const places = volumes.map((id) => {
    const volume = store.volumes.get(id)
    const attachment =
      volume && !isGone(volume, nowMs) ? volume.attachments.find((one) => isThere(one, nowMs)) : undefined
    return attachment?.instance ?? null
  })
  return new Set(places).size === 1 ? (places[0] ?? null) : null
}

function isThere(
  { attachedAtMs, detachedAtMs }: { attachedAtMs: number; detachedAtMs: number },
  nowMs: number,
): boolean {
  return nowMs >= attachedAtMs && nowMs < detachedAtMs
}
