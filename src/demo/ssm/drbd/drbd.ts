// DRBD resources between two hosts: who is primary, what is out of sync, which generation of data each side has. A side is
// its volumes, since the metadata lies on them: detached here and attached there, it comes up there as what it was. Each side
// that is promoted alone begins a generation. Meeting again, one new generation becomes the sync source whatever is asked;
// two are a split brain, which stays apart until one side is told to discard its data.

import { isGone } from '../../ec2/world/states.ts'
import type { Hosts, Resource, Side } from '../entities.ts'

export function peerOf({ sides }: Resource, side: Side): Side {
  return side.node === 0 ? sides[1] : sides[0]
}

export function isConnected({ link, sides }: Resource): boolean {
  return link === 'Connected' && sides.every(({ isUp }) => isUp)
}

/** Lets a sync end that has had its time. */
export function advance(resource: Resource, nowMs: number): void {
  const { sync, sides } = resource
  if (!sync || !isConnected(resource) || outOfSyncKib(resource, nowMs) > 0) return
  const target = sides[sync.target]
  Object.assign(target, { disk: 'UpToDate', generations: peerOf(resource, target).generations })
  resource.sync = null
}

/** What was written alone: so much is sent when the sides meet again. */
export const DIRTY_KIB = 1024 * 1024

export function outOfSyncKib(resource: Resource, nowMs: number): number {
  const { sync, lyingKib, sides } = resource
  if (!sync) return sides[0].generations[0] === sides[1].generations[0] ? lyingKib : DIRTY_KIB
  const rate = sync.suspended === 'no' && isConnected(resource) ? sync.kibPerSecond : 0
  return Math.max(0, Math.ceil(sync.leftKib - (rate * (nowMs - sync.sinceMs)) / 1000))
}

/** The instance on which a side's volumes are all attached; null while they are not on one. */
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
