// What is looked up at every call, kept as it changes: thousands of volumes are made and attached beside thousands.
import type { Volume } from './entities.ts'
import { isGone } from './states.ts'
import type { Store } from './store.ts'

export type Indexes = {
  /** By instance, the volumes that were ever attached to it; what they are to it now follows from their attachments. */
  readonly held: Map<string, Set<Volume>>
  /** By volume type, what all that were ever made have. */
  readonly made: Map<string, Provisioned>
  /** Volumes that are to go, or have gone. */
  readonly leaving: Set<Volume>
}

type Provisioned = { readonly gib: number; readonly iops: number }

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
