// What is looked up at every call, kept as it changes: thousands of volumes are made and attached beside thousands.
import type { Indexes, Provisioned, Volume } from './entities.ts'
import { isGone } from './states.ts'
import type { Store } from './store.ts'

export function emptyIndexes(): Indexes {
  return { held: new Map(), made: new Map(), leaving: new Set() }
}

/** A volume comes to be. */
export function addToIndexes({ volumes, indexes }: Store, volume: Volume): void {
  volumes.set(volume.id, volume)
  const { gib, iops } = indexes.made.get(volume.type) ?? NOTHING
  indexes.made.set(volume.type, { gib: gib + volume.sizeGib, iops: iops + (volume.iops ?? 0) })
  for (const { instance } of volume.attachments) indexAttachment({ indexes }, volume, instance)
}

/** A volume is attached. */
export function indexAttachment({ indexes }: Pick<Store, 'indexes'>, volume: Volume, instance: string): void {
  indexes.held.set(instance, (indexes.held.get(instance) ?? new Set()).add(volume))
}

/** A volume goes at `atMs`, unless it goes already. */
export function indexLeaving({ indexes }: Store, volume: Volume, atMs: number): void {
  volume.deletedAtMs ??= atMs
  indexes.leaving.add(volume)
}

/** What the volumes of this type have that are there at `atMs`. */
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
