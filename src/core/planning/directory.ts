// The directory of an inventory: things are looked up instead of searched for, since ten thousand volumes must not look
// through ten thousand volumes each. Results keep the order of the inventory.
import type { Inventory, SeenInstance, SeenVolume } from '../model/facts.ts'
import { once } from '../model/once.ts'

/** Lookups in one inventory. */
export type Directory = {
  readonly instance: (id: string) => SeenInstance | null
  /** Instances that are running or stopped in this zone, of this Name. */
  readonly instancesOfName: (zone: string, name: string) => readonly SeenInstance[]
  /** Instances that are running or stopped in this zone, of this id or Name. */
  readonly instancesCalled: (zone: string, word: string) => readonly SeenInstance[]
  /** Volumes in this zone, of this id or Name. */
  readonly volumesCalled: (zone: string, word: string) => readonly SeenVolume[]
  /** Volumes in this zone whose tag zonehop:replica-of is one of these words. */
  readonly replicasOf: (zone: string, words: readonly string[]) => readonly SeenVolume[]
  /** The first volume that is attached to this instance as this device, by whichever of its names. */
  readonly volumeAt: (instance: string, device: string) => SeenVolume | null
  /** The volumes that are attached to this instance. */
  readonly volumesOn: (instance: string) => readonly SeenVolume[]
}

/** The directory of an inventory, made once for each. */
export const directoryOf = once(({ instances, volumes }: Inventory): Directory => {
  const instancesById = firsts(instances, ({ id }) => [id])
  const standing = instances.filter(({ state }) => state === 'running' || state === 'stopped')
  const byName = groups(standing, ({ zone, name }) => [key(zone, name)])
  const byWord = groups(standing, ({ zone, id, name }) => [key(zone, id), key(zone, name)])
  const volumesByWord = groups(volumes, ({ zone, id, tags }) =>
    [id, tags.Name].flatMap((word) => (word === undefined ? [] : key(zone, word))),
  )
  const volumesByPlace = firsts(volumes, ({ attachments }) =>
    attachments.map(({ instance, device }) => placeOf(instance, device)),
  )
  const volumesByInstance = groups(volumes, ({ attachments }) => attachments.map(({ instance }) => instance))
  return {
    instance: (id) => instancesById.get(id) ?? null,
    instancesOfName: (zone, name) => byName.get(key(zone, name)) ?? [],
    instancesCalled: (zone, word) => byWord.get(key(zone, word)) ?? [],
    volumesCalled: (zone, word) => volumesByWord.get(key(zone, word)) ?? [],
    replicasOf: replicasIn(volumes),
    volumeAt: (instance, device) => volumesByPlace.get(placeOf(instance, device)) ?? null,
    volumesOn: (instance) => volumesByInstance.get(instance) ?? [],
  }
})

/**
 * The key of a device of an instance. EC2 takes `/dev/sdf`, `sdf`, `/dev/xvdf` and `xvdf` for one device and tells each as it was
 * given (EC2 User Guide, device naming).
 */
export function placeOf(instance: string, device: string): string {
  return key(instance, device.replace(/^(?:\/dev\/)?(?:sd|xvd)(?=[a-z])/, ''))
}

/** Two words may name different copies of one source; these are given in the order of the inventory. */
function replicasIn(volumes: readonly SeenVolume[]): Directory['replicasOf'] {
  const places = volumes.map((volume, place) => ({ volume, place }))
  const byWord = groups(places, ({ volume: { zone, tags } }) => {
    const source = tags['zonehop:replica-of']
    // Consoles leave empty Names behind, so an empty word names nobody.
    return source ? [key(zone, source)] : []
  })
  return (zone, words) =>
    [...new Set(words)]
      .flatMap((word) => byWord.get(key(zone, word)) ?? [])
      .sort((a, b) => a.place - b.place)
      .map(({ volume }) => volume)
}

/**
 * The items by each of their keys, in their order. An item stands once under a key, also if two of its keys are equal.
 */
export function groups<T>(all: readonly T[], keysOf: (one: T) => readonly string[]): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>()
  for (const one of all) {
    for (const each of new Set(keysOf(one))) {
      const group = found.get(each)
      if (group) group.push(one)
      else found.set(each, [one])
    }
  }
  return found
}

/** The first item of each key. */
export function firsts<T>(all: readonly T[], keysOf: (one: T) => readonly string[]): ReadonlyMap<string, T> {
  const found = new Map<string, T>()
  for (const one of all) {
    for (const each of keysOf(one)) if (!found.has(each)) found.set(each, one)
  }
  return found
}

/** One key of two words. The space separates them, since neither a zone's name nor an instance's id has one. */
export function key(place: string, word: string): string {
  return `${place} ${word}`
}
