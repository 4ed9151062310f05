// A world from its seed. Others may add to it while it runs: a volume nobody planned for.
import { setWriting } from '../calls/attachments.ts'
import { begin } from '../calls/create-snapshot.ts'
import { SNAPSHOT } from '../calls/create-volume.ts'
import { isKnownType } from '../calls/instances/type-table.ts'
import { performanceOf } from '../calls/volume-types.ts'
import { chanceFrom } from './chance.ts'
import { dataBy, seedCopies } from './data.ts'
import type {
  Attachment,
  Faults,
  Instance,
  InstanceSeed,
  Resource,
  Snapshot,
  SnapshotSeed,
  Volume,
  VolumeSeed,
  WorldSeed,
  WriteRate,
} from './entities.ts'
import { addToIndexes, emptyIndexes } from './indexes.ts'
import { workOf } from './snapshot-work.ts'
import { type Lateness, newResource, type Store } from './store.ts'

/** What a store is opened with. `now` is in ms since 1970, `random` gives numbers from 0 up to 1. */
export type WorldOptions = {
  readonly world: WorldSeed
  readonly now: () => number
  readonly random: () => number
  readonly faults?: Faults | undefined
  /** Actions that a policy denies. */
  readonly denied?: readonly string[] | undefined
  readonly isThrottling?: boolean | undefined
  readonly lateness?: Partial<Lateness> | undefined
}

/** How late describes are: "a couple of seconds". The five minutes that it may take are for those who ask for them. */
const LATENESS: Lateness = { usuallyMaxMs: 2_000, seldomShare: 0, seldomMaxMs: 300_000 }
/** The share of `usedGib` that a volume writes in an hour where its seed does not say. */
const WRITTEN_SHARE = 0.005

/** Opens a store with the world of a seed. Throws for an unknown instance type, or a snapshot of no volume. */
export function openStore({
  world,
  now,
  random,
  faults = {},
  denied = [],
  isThrottling = true,
  lateness,
}: WorldOptions): Store {
  const store: Store = {
    zones: world.zones,
    troubles: new Map(),
    impaired: new Set(),
    unusableKeys: new Set(world.unusableKeys),
    storageTib: world.storageTib ?? {},
    volumes: new Map(),
    snapshots: new Map(),
    instances: new Map(),
    indexes: emptyIndexes(),
    lines: new Map(),
    tokens: new Map(),
    buckets: new Map(),
    counts: { calls: {}, dryRuns: {}, refused: {} },
    now,
    chance: chanceFrom(random),
    isThrottling,
    lateness: { ...LATENESS, ...lateness },
    faults,
    once: { lost: [], failing: [], sticking: [], standing: [], silent: [] },
    denied: new Set(denied),
    hooks: { settle: () => undefined, turned: () => undefined, struck: () => undefined },
    busyUntilMs: Number.NEGATIVE_INFINITY,
  }
  for (const seed of world.instances) addInstance(store, seed)
  for (const seed of world.volumes) addVolume(store, seed)
  for (const seed of world.replicas ?? []) seedCopies(store, seed)
  for (const seed of world.snapshots ?? []) addSnapshot(store, seed)
  return store
}

function addInstance(
  store: Store,
  { name, zone, state = 'running', type = 'm5.large', tags = {} }: InstanceSeed,
): void {
  if (!isKnownType(type)) throw new Error(`${name}: the simulated region has no instance type ${type}`)
  const instance: Instance = {
    ...standing(newResource(store, 'i', `${name} in ${zone}`, { Name: name, ...tags })),
    name,
    zone,
    type,
    rootDevice: '/dev/xvda',
    goal: state,
    turnedAtMs: store.now(),
    settlesAtMs: store.now(),
    shutsDownFromMs: null,
    createdAtMs: store.now(),
    launchedAtMs: store.now(),
  }
  store.instances.set(instance.id, instance)
}

/** Adds a volume, also while a world runs: somebody else creates it then. Throws for a day that has not 24 hours. */
export function addVolume(store: Store, seed: VolumeSeed): Volume {
  const nowMs = store.now()
  const isShared = seed.sharedWith !== undefined
  const hosts = [seed.instance, ...(seed.sharedWith ?? [])].flatMap((name) => hostOf(store, name, seed.zone) ?? [])
  const resource = newResource(store, 'vol', `${seed.name} in ${seed.zone}`, { Name: seed.name, ...seed.tags })
  const volume: Volume = {
    ...standing(resource),
    zone: seed.zone,
    sizeGib: seed.sizeGib,
    usedGib: seed.usedGib,
    type: seed.type,
    ...performanceOf(seed.type, seed.sizeGib, seed.iops ?? null, seed.throughput ?? null),
    encrypted: seed.encrypted ?? false,
    kmsKeyId: seed.kmsKeyId ?? null,
    isMultiAttach: isShared,
    snapshotId: null,
    createdAtMs: nowMs,
    availableAtMs: nowMs,
    isFailing: false,
    initializationRate: null,
    ...paceOf(seed),
    managedBy: seed.managedBy ?? null,
    modifiedUntilMs: seed.modifyingMinutes ? nowMs + seed.modifyingMinutes * 60_000 : null,
    failingSnapshots: seed.failingSnapshots ?? 0,
    writes: { gib: 0, sinceMs: nowMs, gibPerHour: 0 },
    writesGibPerHour: rateOf(seed),
    data: { of: resource.id, asOfMs: Number.POSITIVE_INFINITY },
    attachments: hosts.map((host) => attached(seed, host, nowMs)),
  }
  for (const host of hosts) if (seed.isRoot && seed.device) host.rootDevice = seed.device
  addToIndexes(store, volume)
  setWriting(store, volume)
  return volume
}

/** A resource that is shown from the start: what a seed made was there before anybody looked. */
function standing(resource: Resource): Resource {
  return { ...resource, visibleAtMs: Number.NEGATIVE_INFINITY }
}

function hostOf(store: Store, name: string | undefined, zone: string): Instance | undefined {
  return [...store.instances.values()].find((instance) => instance.name === name && instance.zone === zone)
}

function attached(seed: VolumeSeed, host: Instance, nowMs: number): Attachment {
  return {
    instance: host.id,
    device: seed.device ?? '/dev/sdf',
    beganAtMs: nowMs,
    attachedAtMs: nowMs,
    deleteOnTermination: seed.deleteOnTermination ?? false,
    isMounted: seed.mounted ?? false,
    detachAskedAtMs: null,
    detachedAtMs: Number.POSITIVE_INFINITY,
  }
}

function rateOf({ name, usedGib, writesGibPerHour, writesGibByHour }: VolumeSeed): WriteRate {
  if (writesGibByHour && writesGibByHour.length !== 24) {
    throw new Error(`${name}: writesGibByHour has ${writesGibByHour.length} numbers; a day has 24 hours`)
  }
  return writesGibByHour ?? writesGibPerHour ?? usedGib * WRITTEN_SHARE
}

/**
 * The rate and the fixed part with which its first snapshot takes the minutes that the seed says, the fixed part
 * included.
 */
function paceOf({ snapshotMinutes, usedGib }: VolumeSeed) {
  if (!snapshotMinutes) return { snapshotRateMibps: SNAPSHOT.mibps, snapshotOverheadMs: SNAPSHOT.overheadMs }
  const totalMs = snapshotMinutes * 60_000
  const snapshotOverheadMs = Math.min(SNAPSHOT.overheadMs, totalMs / 4)
  return { snapshotRateMibps: (usedGib * 1024 * 1000) / (totalMs - snapshotOverheadMs), snapshotOverheadMs }
}

function addSnapshot(store: Store, { volume: name, minutesAgo, tags = {} }: SnapshotSeed): void {
  const volume = [...store.volumes.values()].find((one) => one.tags.Name === name)
  if (!volume) throw new Error(`the world has no volume ${name} for its snapshot`)
  const agoMs = minutesAgo * 60_000
  const work = workOf(store, volume)
  const made = begin(store, volume, work, { description: 'made before', tags })
  const earlier: Snapshot = {
    ...made,
    visibleAtMs: Number.NEGATIVE_INFINITY,
    startedAtMs: made.startedAtMs - agoMs,
    stands: made.stands && { fromMs: made.stands.fromMs - agoMs, untilMs: made.stands.untilMs - agoMs },
    endsAtMs: made.endsAtMs - agoMs,
    data: dataBy(made.data, made.startedAtMs - agoMs),
  }
  store.snapshots.set(made.id, earlier)
  store.lines.set(
    volume.id,
    (store.lines.get(volume.id) ?? []).map((one) => (one.id === made.id ? earlier : one)),
  )
}
