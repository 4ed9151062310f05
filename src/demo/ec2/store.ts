// The simulated EC2's state. Nothing ticks: what state a thing is in follows from when it began and the time now.
import type { Attachment, Instance, Snapshot, Tags, Volume, VolumeSeed, WorldSeed, WorldState } from './entities.ts'

/** An error as EC2 answers it. */
export class Ec2Error extends Error {
  readonly code: string
  readonly status: number
  constructor(code: string, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}

export type Store = {
  readonly zones: WorldSeed['zones']
  readonly volumes: Map<string, Volume>
  readonly snapshots: Map<string, Snapshot>
  readonly instances: Map<string, Instance>
  /** CreateVolume's tokens: what was asked with them and what was made. */
  readonly tokens: Map<string, { readonly asked: string; readonly volumeId: string }>
  readonly now: () => number
  /** Between 0 and 1, from the seed of the run. */
  readonly random: () => number
  readonly nextId: (kind: 'vol' | 'snap' | 'i') => string
}

/** How long a first snapshot takes where the seed does not say: 50 MiB/s over what was written. */
const SNAPSHOT_MS_PER_GIB = (1024 / 50) * 1000

export function openStore(world: WorldSeed, now: () => number, random: () => number): Store {
  let count = 0
  const nextId = (kind: string) => `${kind}-0${(++count).toString(16).padStart(16, '0')}`
  const store: Store = { zones: world.zones, volumes: new Map(), snapshots: new Map(), instances: new Map(), tokens: new Map(), now, random, nextId }
  for (const { name, zone, state = 'running', tags = {} } of world.instances) {
    const id = nextId('i')
    store.instances.set(id, { id, name, zone, state, rootDevice: '/dev/xvda', tags: { Name: name, ...tags } })
  }
  for (const seed of world.volumes) addVolume(store, seed)
  return store
}

function addVolume(store: Store, seed: VolumeSeed): void {
  const id = store.nextId('vol')
  const host = [...store.instances.values()].find(({ name, zone }) => name === seed.instance && zone === seed.zone)
  const attachment: Attachment | null =
    host && seed.device ? { instance: host.id, device: seed.device, attachedAtMs: store.now(), deleteOnTermination: seed.deleteOnTermination ?? false } : null
  if (host && seed.isRoot && seed.device) host.rootDevice = seed.device
  const { iops, throughput } = performanceOf(seed.type, seed.sizeGib, seed.iops ?? null, seed.throughput ?? null)
  store.volumes.set(id, {
    id, zone: seed.zone, sizeGib: seed.sizeGib, type: seed.type, iops, throughput, encrypted: seed.encrypted ?? false,
    kmsKeyId: seed.kmsKeyId ?? null, snapshotId: null, createdAtMs: store.now(), availableAtMs: store.now(), attachment,
    snapshotMs: seed.snapshotMinutes ? seed.snapshotMinutes * 60_000 : seed.usedGib * SNAPSHOT_MS_PER_GIB,
    tags: { Name: seed.name, ...seed.tags },
  })
}

/** What EC2 reports for a type: gp3's baseline when nothing was asked, gp2's 3 IOPS a GiB, none for the disks. */
export function performanceOf(type: string, sizeGib: number, iops: number | null, throughput: number | null) {
  if (type === 'gp3') return { iops: iops ?? 3000, throughput: throughput ?? 125 }
  if (type === 'gp2') return { iops: Math.min(16_000, Math.max(100, sizeGib * 3)), throughput: null }
  return { iops: type === 'io1' || type === 'io2' ? iops : null, throughput: null }
}

export function volumeState(volume: Volume, nowMs: number): 'creating' | 'available' | 'in-use' {
  if (nowMs < volume.availableAtMs) return 'creating'
  return volume.attachment ? 'in-use' : 'available'
}

export function attachmentState({ attachedAtMs }: Attachment, nowMs: number): 'attaching' | 'attached' {
  return nowMs < attachedAtMs ? 'attaching' : 'attached'
}

export function snapshotPercent({ startedAtMs, completesAtMs }: Snapshot, nowMs: number): number {
  if (nowMs >= completesAtMs) return 100
  return Math.min(99, Math.floor((100 * (nowMs - startedAtMs)) / (completesAtMs - startedAtMs)))
}

export function snapshotState(snapshot: Snapshot, nowMs: number): 'pending' | 'completed' {
  return nowMs >= snapshot.completesAtMs ? 'completed' : 'pending'
}

export function isInFlight(store: Store): boolean {
  const nowMs = store.now()
  return [...store.volumes.values()].some(({ availableAtMs, attachment }) => nowMs < availableAtMs || (attachment !== null && nowMs < attachment.attachedAtMs))
}

export function worldState(store: Store): WorldState {
  const nowMs = store.now()
  return {
    volumes: [...store.volumes.values()].map((volume) => ({
      id: volume.id, name: volume.tags.Name ?? '', zone: volume.zone, state: volumeState(volume, nowMs), instance: volume.attachment?.instance ?? null,
      device: volume.attachment?.device ?? null, sizeGib: volume.sizeGib, type: volume.type, iops: volume.iops, throughput: volume.throughput,
      encrypted: volume.encrypted, deleteOnTermination: volume.attachment?.deleteOnTermination ?? null, tags: { ...volume.tags },
    })),
    snapshots: [...store.snapshots.values()].map((snapshot) => ({
      id: snapshot.id, volume: snapshot.volume, state: snapshotState(snapshot, nowMs), progress: snapshotPercent(snapshot, nowMs), tags: { ...snapshot.tags },
    })),
    instances: [...store.instances.values()].map(({ id, name, zone, state }) => ({ id, name, zone, state })),
  }
}

export function checkTags(tags: Tags): Tags {
  if (Object.keys(tags).some((key) => key.toLowerCase().startsWith('aws:'))) throw new Ec2Error('InvalidParameterValue', 'Tag keys starting with "aws:" are reserved for internal use')
  if (Object.keys(tags).length > 50) throw new Ec2Error('TagLimitExceeded', 'More than 50 tags on one resource')
  return tags
}
