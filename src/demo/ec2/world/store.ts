// The simulated EC2's state and how its resources are looked up. Nothing ticks: what state a thing is in follows from when
// it began and the time now, so a world can be asked at any moment, by any number of callers, and costs nothing meanwhile.

import type { Chance } from './chance.ts'
import type {
  Bucket,
  Counts,
  Faults,
  Indexes,
  Instance,
  OneShots,
  Resource,
  Snapshot,
  Tags,
  Volume,
  WorldSeed,
  ZoneSeed,
  ZoneTrouble,
} from './entities.ts'
import { refuse, refuseValue } from './errors.ts'
import { isShown } from './states.ts'

/** All that one simulated EC2 knows; volumes, snapshots and instances are by id. */
export type Store = {
  readonly zones: readonly ZoneSeed[]
  /** By the zone's name. */
  readonly troubles: Map<string, ZoneTrouble>
  /** Ids of instances whose attached volumes do not complete I/O. */
  readonly impaired: Set<string>
  readonly unusableKeys: ReadonlySet<string>
  readonly storageTib: NonNullable<WorldSeed['storageTib']>
  readonly volumes: Map<string, Volume>
  readonly snapshots: Map<string, Snapshot>
  readonly instances: Map<string, Instance>
  readonly indexes: Indexes
  /** By volume, its snapshots in the order they began, deleted ones too: they still count. */
  readonly lines: Map<string, Snapshot[]>
  /** By zone and client token of a CreateVolume, what was asked with it and the volume that was made. */
  readonly tokens: Map<string, { readonly asked: string; readonly volumeId: string }>
  readonly buckets: Map<string, Bucket>
  readonly counts: Counts
  readonly now: () => number
  readonly chance: Chance
  readonly isThrottling: boolean
  readonly lateness: Lateness
  readonly faults: Faults
  readonly once: OneShots
  denied: ReadonlySet<string>
  readonly hooks: Hooks
  /** Something short is under way until then, so the simulated clock keeps near real time. */
  busyUntilMs: number
}

/**
 * How EC2 calls on what stands behind its instances, where anything does: hosts, on which commands act in their own
 * time.
 */
type Hooks = {
  /** Lets everything happen that was due by now; called before anything is looked at. */
  settle: () => void
  /** Called when an instance has been told to start, stop or terminate. */
  turned: (instance: Instance) => void
  /** Hears the kind of each fault that strikes by chance. */
  struck: (kind: string) => void
}

/** How late a describe shows what was just made or tagged ("a couple of seconds", seldom "up to five minutes"). */
export type Lateness = {
  readonly usuallyMaxMs: number
  /** The share, from 0 to 1, of those that take up to `seldomMaxMs`. */
  readonly seldomShare: number
  readonly seldomMaxMs: number
}

/** The id of the simulated account, which owns everything. */
export const OWNER = '111122223333'
/** As whom everybody calls: the ARN that refusals and STS name. */
export const CALLER = `arn:aws:sts::${OWNER}:assumed-role/zonehop/local`

/**
 * What a new resource of this kind starts with; `parent` names what it is made of, so that its id is the same in every
 * run.
 */
export function newResource(store: Store, kind: 'vol' | 'snap' | 'i', parent: string, tags: Tags): Resource {
  const order = store.volumes.size + store.snapshots.size + store.instances.size
  const siblings = `${kind} of ${parent}`
  const key = `${siblings} ${store.chance.nth(siblings)}`
  return {
    id: `${kind}-0${store.chance.digits(key)}`,
    key,
    order,
    visibleAtMs: store.now() + latenessMs(store, key),
    deletedAtMs: null,
    tags,
    tagsBefore: null,
  }
}

/** How late describes show what happens now to the resource of this key, in ms. */
export function latenessMs({ chance, lateness }: Store, key: string): number {
  const isSeldom = chance.drawNext(`seldom ${key}`) < lateness.seldomShare
  return Math.floor(chance.drawNext(`late ${key}`) * (isSeldom ? lateness.seldomMaxMs : lateness.usuallyMaxMs))
}

/** The least and the most ms that something takes. */
export type Span = { readonly least: number; readonly most: number }

/**
 * When something short is over that begins now, or at `fromMs`; its span is drawn by `name`. Until then the world is
 * busy.
 */
export function shortly(store: Store, name: string, { least, most }: Span, fromMs = store.now()): number {
  const endsAtMs = fromMs + Math.round(least + (most - least) * store.chance.drawNext(name))
  store.busyUntilMs = Math.max(store.busyUntilMs, endsAtMs)
  return endsAtMs
}

/** The volume of this id. Refuses with InvalidVolume.NotFound where none is shown. */
export function volumeOf(store: Store, id: string): Volume {
  return shown(store, store.volumes, id, KINDS.volume)
}

/** The snapshot of this id. Refuses with InvalidSnapshot.NotFound where none is shown. */
export function snapshotOf(store: Store, id: string): Snapshot {
  return shown(store, store.snapshots, id, KINDS.snapshot)
}

/** The instance of this id. Refuses with InvalidInstanceID.NotFound where none is shown. */
export function instanceOf(store: Store, id: string): Instance {
  return shown(store, store.instances, id, KINDS.instance)
}

/** How the ids of a kind of resource begin, and the codes that refuse one that is not there, or is not an id at all. */
export type Kind = {
  readonly name: string
  readonly prefix: string
  readonly notFound: string
  readonly malformed: string
}

/** The kinds of resources that calls name by id. */
export const KINDS = {
  volume: { name: 'volume', prefix: 'vol-', notFound: 'InvalidVolume.NotFound', malformed: 'InvalidParameterValue' },
  snapshot: {
    name: 'snapshot',
    prefix: 'snap-',
    notFound: 'InvalidSnapshot.NotFound',
    malformed: 'InvalidParameterValue',
  },
  instance: {
    name: 'instance',
    prefix: 'i-',
    notFound: 'InvalidInstanceID.NotFound',
    malformed: 'InvalidInstanceID.Malformed',
  },
} as const satisfies Record<string, Kind>

/**
 * The resource of this id. Refuses with the kind's codes where it is not shown yet, or no more, or where the id is
 * malformed.
 */
export function shown<T extends Resource>(store: Store, all: ReadonlyMap<string, T>, id: string, kind: Kind): T {
  const one = all.get(id)
  if (one && isShown(one, store.now())) return one
  if (!/^[a-z]+-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id) || !id.startsWith(kind.prefix)) {
    if (kind.malformed === 'InvalidParameterValue') refuseValue(`${kind.name}Id`, id, `Expected: '${kind.prefix}...'.`)
    refuse(kind.malformed, `Invalid id: "${id}" (expecting "${kind.prefix}...")`)
  }
  return refuse(kind.notFound, `The ${kind.name} '${id}' does not exist.`)
}

/** The zone of this name. Refuses with InvalidZone.NotFound. */
export function zoneOf(store: Store, name: string): ZoneSeed {
  return (
    store.zones.find((zone) => zone.name === name) ??
    refuse('InvalidZone.NotFound', `The zone '${name}' does not exist.`)
  )
}

/** The region of a zone: its name without the last letter. */
export function regionOf(zone: string): string {
  return zone.slice(0, -1)
}
