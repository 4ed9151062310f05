// Indexes of what is looked up at every call, kept as it changes: a world may have thousands of volumes and make thousands
// more.
import type { Indexes, Provisioned, Volume } from './entities.ts'
import { isGone } from './states.ts'
import type { Store } from './store.ts'

/** The indexes of a world without volumes. */
export function emptyIndexes(): Indexes {
  return { held: new Map(), made: new Map(), leaving: new Set() }
}

/** Enters a new volume in the store and in every index, with the attachments it has. */
export function addToIndexes({ volumes, indexes }: Store, volume: Volume): void {
  volumes.set(volume.id, volume)
  const { gib, iops } = indexes.made.get(volume.type) ?? NOTHING
  indexes.made.set(volume.type, { gib: gib + volume.sizeGib, iops: iops + (volume.iops ?? 0) })
  for (const { instance } of volume.attachments) indexAttachment({ indexes }, volume, instance)
}

/** Enters an attachment of a volume to an instance, by the instance's id. */
export function indexAttachment({ indexes }: Pick<Store, 'indexes'>, volume: Volume, instance: string): void {
  indexes.held.set(instance, (indexes.held.get(instance) ?? new Set()).add(volume))
}

/** Marks a volume to go at `atMs`, unless it is to go already. */
export function indexLeaving({ indexes }: Store, volume: Volume, atMs: number): void {
  volume.deletedAtMs ??= atMs
  indexes.leaving.add(volume)
}

/** The GiB and IOPS of all volumes of this type that are not gone at `atMs`. */
export function provisioned({ indexes }: Store, type: string, atMs: number): Provisioned {
  let { gib, iops } = indexes.made.get(type) ?? NOTHING
  for (const volume of indexes.leaving) {
    if (volume.type !== type || !isGone(volume, atMs)) continue
    gib -= volume.sizeGib
    iops -= volume.iops ?? 0
  }
  return { gib, iops }
}

const NOTHING: Provisioned = { gib: 0, iops: 0 }
