// Whose data the copies of a resource hold: that of their sources, as it is written while both are in sync, else as it was
// when they ceased to be.
import { dataOf, follows } from '../../ec2/world/data.ts'
import type { Volume } from '../../ec2/world/entities.ts'
import { lastWriteMs } from '../../ec2/world/states.ts'
import type { Store } from '../../ec2/world/store.ts'
import type { Resource } from '../entities.ts'
import { advance, isConnected, outOfSyncKib } from './drbd.ts'

type Pair = { readonly source: Volume; readonly copy: Volume }

/** Brings a resource to this time, and then what its copies hold. To be called before and after each change of it. */
export function keepUp(store: Store, resource: Resource, atMs: number): void {
  advance(resource, atMs)
  const isInSync = isConnected(resource) && outOfSyncKib(resource, atMs) === 0
  for (const pair of pairsOf(store, resource)) {
    const { source, copy } = pair
    if (copy.data && follows(copy.data) === isInSync) continue
    copy.data = isInSync ? { of: source.id, asOfMs: Number.POSITIVE_INFINITY } : dataOf(store, copy, atMs)
  }
  // They have met just now, and the source gives up what it has for what its copy has.
  if (resource.sync?.target === 0 && resource.sync.sinceMs === atMs) giveUp(store, resource, atMs)
}

function pairsOf({ volumes }: Store, { sides: [source, copy] }: Resource): Pair[] {
  return source.volumes.flatMap((id, index) => {
    const [from, to] = [volumes.get(id), volumes.get(copy.volumes[index] ?? '')]
    return from && to ? [{ source: from, copy: to }] : []
  })
}

/** What the copy lacks the source has lost for good, whatever it writes later. */
function giveUp(store: Store, resource: Resource, atMs: number): void {
  for (const { source, copy } of pairsOf(store, resource)) {
    const kept = dataOf(store, copy, atMs)
    if (kept && kept.asOfMs < lastWriteMs(source, atMs)) source.data = kept
  }
}
