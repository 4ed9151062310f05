// Whose data a volume or a snapshot holds, and up to which write. What a copy is written to later, once a service is open on
// it, does not count: it stays the data of the volume that it was made from.
import type { ReplicaSeed } from '../../ssm/seeds.ts'
import type { Data, Volume } from './entities.ts'
import { lastWriteMs } from './states.ts'
import type { Store } from './store.ts'

/** What the volume holds at that time; null where it was made empty. For a snapshot, read its `data`: it never changes. */
export function dataOf(store: Store, volume: Volume, atMs = store.now()): Data | null {
  const { data } = volume
  if (data === null || !follows(data)) return data
  const source = store.volumes.get(data.of)
  if (!source || source === volume) return { of: data.of, asOfMs: lastWriteMs(volume, atMs) }
  return dataOf(store, source, atMs)
}

/** Whether every write of the source is in it as it is made. */
export function follows({ asOfMs }: Data): boolean {
  return asOfMs === Number.POSITIVE_INFINITY
}

/** The data as of a time before the world began; it is taken to have been written until then. */
export function dataBy(data: Data | null, atMs: number): Data | null {
  return data && { of: data.of, asOfMs: Math.min(data.asOfMs, atMs) }
}

/** Has the copies of a replica hold the data of their sources, in the order in which the seed names both. */
export function seedCopies(store: Store, { source, replica, leftGib = 0, lyingKib = 0 }: ReplicaSeed): void {
  const named = (name: string | undefined) => [...store.volumes.values()].find(({ tags }) => tags.Name === name)
  // What one that is behind from the start lacks was written before the world began.
  const asOfMs = leftGib > 0 || lyingKib > 0 ? store.now() - 1 : Number.POSITIVE_INFINITY
  replica.forEach((name, index) => {
    const [from, copy] = [named(source[index]), named(name)]
    if (from && copy) copy.data = { of: from.id, asOfMs }
  })
}
