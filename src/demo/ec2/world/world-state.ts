// The state of a world as scenarios read it: the truth, whatever describes still show.
import { dataOf } from './data.ts'
import type { Data, DataState, Resource, Volume, WorldState } from './entities.ts'
import { attachmentsOf, instanceState, isGone, snapshotPercent, snapshotState, volumeState } from './states.ts'
import type { Store } from './store.ts'
import { iso } from './wire.ts'

/** Whether something short is under way, such as an attachment or a volume that is being made. */
export function isInFlight({ now, busyUntilMs }: Store): boolean {
  return now() < busyUntilMs
}

/** The volumes, snapshots and instances that are not gone; hosts and replicas are told by SSM's side. */
export function worldState(store: Store): Omit<WorldState, 'hosts' | 'replicas'> {
  store.hooks.settle()
  const nowMs = store.now()
  const here = <T extends Resource>(all: ReadonlyMap<string, T>) =>
    [...all.values()].filter((one) => !isGone(one, nowMs))
  return {
    volumes: here(store.volumes).map((volume) => volumeRow(store, volume, nowMs)),
    snapshots: here(store.snapshots).map((snapshot) => ({
      id: snapshot.id,
      volume: snapshot.volume,
      state: snapshotState(snapshot, nowMs),
      progress: snapshotPercent(snapshot, nowMs),
      startedAt: iso(snapshot.startedAtMs),
      data: dataRow(snapshot.data),
      tags: { ...snapshot.tags },
    })),
    instances: here(store.instances).map((instance) => ({
      id: instance.id,
      name: instance.name,
      zone: instance.zone,
      state: instanceState(instance, nowMs),
    })),
  }
}

function volumeRow(store: Store, volume: Volume, nowMs: number): WorldState['volumes'][number] {
  const [attachment] = attachmentsOf(volume, nowMs)
  return {
    id: volume.id,
    name: volume.tags.Name ?? '',
    zone: volume.zone,
    state: volumeState(volume, nowMs),
    instance: attachment?.instance ?? null,
    device: attachment?.device ?? null,
    sizeGib: volume.sizeGib,
    type: volume.type,
    iops: volume.iops,
    throughput: volume.throughput,
    encrypted: volume.encrypted,
    deleteOnTermination: attachment?.deleteOnTermination ?? null,
    data: dataRow(dataOf(store, volume, nowMs)),
    tags: { ...volume.tags },
  }
}

function dataRow(data: Data | null): DataState {
  return data && { of: data.of, asOf: iso(data.asOfMs) }
}
