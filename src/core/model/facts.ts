// Facts: the world as it was just observed, with the `rev` of the journal at which the observation began. Absence is
// evidence only against things that began before the observation and are older than the visibility window.
import type { Tags } from './plan.ts'
import type { ReplicaReading } from './replica-reading.ts'

/** A snapshot as EC2 describes it. `state` is EC2's word: pending, completed, error. */
export type SeenSnapshot = {
  readonly id: string
  readonly volumeId: string
  readonly state: string
  /** Whole percent as EC2 reports it; null while it reports none. */
  readonly percent: number | null
  readonly startedAtMs: number
  /** By the same clock of EC2; absent while it is not complete, or where EC2 does not say. */
  readonly completedAtMs?: number
  readonly tags: Tags
}

/**
 * One attachment of a volume. `state` is EC2's word: attaching, attached, detaching, busy (a detachment that waits for what is mounted),
 * detached. `deleteOnTermination` is null where EC2 does not say. `owner` is there where an AWS service attached it for a resource of its
 * own, and `card` (from 1) where it is on another EBS card of the instance than the first.
 */
export type SeenAttachment = {
  readonly instance: string
  readonly device: string
  readonly state: string
  readonly deleteOnTermination: boolean | null
  readonly owner?: string
  readonly card?: number
}

/** A volume as EC2 describes it; a field is null where EC2 gives none. `snapshotId`: what the volume was made from. */
export type SeenVolume = {
  readonly id: string
  readonly zone: string
  readonly state: string
  readonly sizeGib: number
  readonly type: string
  readonly iops: number | null
  readonly throughputMibps: number | null
  readonly encrypted: boolean
  readonly kmsKeyId: string | null
  readonly snapshotId: string | null
  readonly createdAtMs: number
  /** The AWS service that manages the volume, so that nobody else can attach or detach it; null if none does. */
  readonly managedBy: string | null
  /** There where it is so: several instances at once may have it; the Outpost on which it stands. */
  readonly isMultiAttach?: true
  readonly outpost?: string
  /** The initialization rate in MiB/s that it was made with; absent where it was made without one. */
  readonly initializationMibps?: number
  readonly attachments: readonly SeenAttachment[]
  readonly tags: Tags
}

/** One run of an SSM document on hosts, found by the nonce of the attempt that sent it. */
export type SeenCommand = {
  readonly id: string
  readonly document: string
  readonly instances: readonly string[]
  /**
   * `pending`: the command may still act. `ended`: it has not succeeded, and will not act any more, whatever it did.
   */
  readonly state: 'pending' | 'succeeded' | 'ended'
  readonly sentAtMs: number
  /** The status as SSM words it, and the output, of the first host that failed. */
  readonly details: string
  /** What the hosts reported of a replica, by instance id; empty for documents that report nothing. */
  readonly told: Readonly<Record<string, HostAnswer>>
}

/**
 * What one host reported of a replica. `readings` is null if they were not understood; `generation`, the current
 * generation of its data, is null if it was not reported.
 */
export type HostAnswer = { readonly readings: readonly ReplicaReading[] | null; readonly generation: string | null }

/** An instance as EC2 describes it. `name` is its Name tag, else its id. */
export type SeenInstance = {
  readonly id: string
  readonly name: string
  readonly zone: string
  readonly state: string
  readonly type: string
  readonly rootDevice: string | null
  /** How many network interfaces it has; absent in journals of an earlier zonehop. */
  readonly interfaces?: number
  /** When it was last started, in ms since 1970; absent in journals of an earlier zonehop, and where EC2 did not say. */
  readonly launchedAtMs?: number
  readonly tags: Tags
}

/**
 * How far EC2 has loaded a volume from its snapshot. `percent` is null where EC2 does not say, and `leftMs`, what it still
 * takes, where EC2 names no end: it does so for a set rate alone.
 */
export type SeenInitialization = {
  readonly volume: string
  readonly percent: number | null
  readonly leftMs: number | null
}

/**
 * How far the copies in use were loaded when EC2 was asked last, at `atMs` (ms since 1970): the reading has a time of its own,
 * since EC2 is not asked at every look. `because`: why EC2 did not tell then; null where it did.
 */
export type Initialization = {
  readonly atMs: number
  readonly volumes: readonly SeenInitialization[]
  readonly because: string | null
}

/** A snapshot that others may begin at `atMs` (ms since 1970), since they began one a day or a week before. */
export type DueSnapshot = { readonly volumeId: string; readonly atMs: number }

/** What one observation shows. `rev` is the journal's and `beganAtMs` the time (ms since 1970) when it began. */
export type Facts = {
  readonly rev: number
  readonly beganAtMs: number
  /** Every snapshot the migration made, by id; during a cleanup every snapshot of its copies too. */
  readonly snapshots: ReadonlyMap<string, SeenSnapshot>
  /**
   * Pending snapshots of the plan's volumes that others take; read only while one of ours that people wait for may stand behind one, and
   * where the question that begins the outage is asked or about to be; else empty.
   */
  readonly others: readonly SeenSnapshot[]
  /**
   * Snapshots that others are to be expected to take of volumes that may still be seeded; absent while none are looked for.
   */
  readonly due?: readonly DueSnapshot[]
  /** Every volume of the source zone, every copy of a replica, and every volume the migration made, by id. */
  readonly volumes: ReadonlyMap<string, SeenVolume>
  /**
   * Snapshots and volumes by their tag `zonehop:move`, so that 1,000 moves need not look through 1,000 snapshots each.
   */
  readonly snapshotsOf: ReadonlyMap<string, readonly SeenSnapshot[]>
  readonly volumesOf: ReadonlyMap<string, readonly SeenVolume[]>
  /** Instances of both zones by id; empty while nothing that the migration waits for depends on them. */
  readonly instances: ReadonlyMap<string, SeenInstance>
  /** The zones of the region; empty while no gate is near, and null where EC2 did not say. */
  readonly zones: readonly SeenZone[] | null
  /**
   * Ids of instances in the target zone whose attached volumes do not complete I/O, as EC2 says (attachedEbsStatus); empty while
   * no copies wait for go-live, and null where EC2 did not say.
   */
  readonly impaired: readonly string[] | null
  /** SSM commands by the nonce of the attempt that sent them. */
  readonly commands: ReadonlyMap<string, SeenCommand>
  /** Absent before the point of no return, and where no copy in use was made from a snapshot. */
  readonly initialization?: Initialization
}

/** What an observation read, before it is indexed as facts. The same thing may be in it twice. */
export type Observed = {
  readonly rev: number
  readonly beganAtMs: number
  readonly snapshots: readonly SeenSnapshot[]
  readonly others?: readonly SeenSnapshot[]
  readonly due?: readonly DueSnapshot[]
  readonly volumes: readonly SeenVolume[]
  readonly instances: readonly SeenInstance[]
  readonly zones?: readonly SeenZone[] | null
  readonly impaired?: readonly string[] | null
  readonly commands: ReadonlyMap<string, SeenCommand>
}

/** The facts from what was observed. A thing that was observed twice counts once, as it was observed last. */
export function factsOf(observed: Observed): Facts {
  const { rev, beganAtMs, snapshots, others = [], volumes, instances, zones = [], impaired = [], commands } = observed
  const [snapshotsById, volumesById] = [byId(snapshots), byId(volumes)]
  return {
    rev,
    beganAtMs,
    snapshots: snapshotsById,
    others: others.filter(({ id }) => !snapshotsById.has(id)),
    ...(observed.due === undefined ? {} : { due: observed.due }),
    volumes: volumesById,
    snapshotsOf: byMove([...snapshotsById.values()]),
    volumesOf: byMove([...volumesById.values()]),
    instances: byId(instances),
    zones,
    impaired,
    commands,
  }
}

/** The answer of AWS to one question, or why it could not be asked. */
export type SurveyAnswer<T> = { readonly answer: T } | { readonly because: string }

/**
 * How many EBS volumes an instance type takes (null: EC2 names no limit), and whether it has disks of its own. `isShared`: network
 * interfaces and those `disks` (NVMe instance store) count against that limit too.
 */
export type InstanceTypeFacts = {
  readonly attachmentsMax: number | null
  readonly hasInstanceStore: boolean
  readonly isShared?: boolean
  readonly disks?: number
}

/** What preflight asks AWS beside the inventory itself. */
export type Survey = {
  /** Instance types of the source zone's instances that the target zone offers. */
  readonly offeredTypes: SurveyAnswer<readonly string[]>
  /** Facts of the instance types of both zones, by type. */
  readonly instanceTypes: SurveyAnswer<Readonly<Record<string, InstanceTypeFacts>>>
  /** By volume type, in GiB: the storage that the region holds, and the quota. */
  readonly storage: SurveyAnswer<Readonly<Record<string, { readonly usedGib: number; readonly quotaGib: number }>>>
  /** Each mutating call to come, by its action and tried with DryRun: null if it is allowed, else EC2's code. */
  readonly dryRuns: SurveyAnswer<Readonly<Record<string, string | null>>>
  /** Snapshots of source volumes that are not complete yet. */
  readonly pendingSnapshots: SurveyAnswer<readonly { readonly id: string; readonly volumeId: string }[]>
  /** Ids of source volumes that Elastic Volumes is changing. */
  readonly modifying: SurveyAnswer<readonly string[]>
  /** Whether zonehop's role may use only hosts that opted in. Journals of an earlier zonehop do not have it. */
  readonly optsIn?: SurveyAnswer<boolean>
  /**
   * By the name of a KMS key in EC2: its state in KMS's word (`Enabled` alone can be used), or null if KMS knows no such
   * key. Journals of an earlier zonehop do not have it.
   */
  readonly keys?: Readonly<Record<string, SurveyAnswer<string | null>>>
  /** Each document that zonehop may send, by its name; null if SSM has no such document. */
  readonly documents?: SurveyAnswer<Readonly<Record<string, SeenDocument | null>>>
  /** `PingStatus` of each instance with an agent that SSM knows (`Online` alone takes commands), by the instance's id. */
  readonly agents?: SurveyAnswer<Readonly<Record<string, string>>>
}

/** A document as SSM shows it: its status in SSM's word (`Active` alone can run), and whether it is the one that is shipped in ssm/. */
export type SeenDocument = { readonly status: string; readonly isShipped: boolean }

/** The tag by which people let zonehop use a host: iam-policy.json allows it no other. */
export const HOST_TAG = { key: 'zonehop:host', value: 'yes' } as const

/** Whether people have tagged the instance as one that zonehop may use. */
export function isOptedIn({ tags }: SeenInstance): boolean {
  return tags[HOST_TAG.key] === HOST_TAG.value
}

/** A zone: `state` in EC2's word (available, constrained, impaired, information, unavailable), with what EC2 says of it. */
export type SeenZone = {
  readonly name: string
  readonly id: string
  readonly state?: string
  readonly messages?: readonly string[]
}

/** The zones between which data moves. */
export function zonesBetween(
  zones: readonly SeenZone[],
  { sourceZone, targetZone }: { readonly sourceZone: string; readonly targetZone: string },
): SeenZone[] {
  return zones.filter(({ name }) => name === sourceZone || name === targetZone)
}

/** What EC2 says of a zone that is not simply available; null of one that is. */
export function healthWords({ name, state = 'available', messages = [] }: SeenZone): string | null {
  if (state === 'available' && messages.length === 0) return null
  const said = messages.map((message) => message.replace(/\.$/, '')).join('; ')
  return `EC2 says that ${name} is ${state}${said ? `: ${said}` : ''}`
}

/** Whether nothing should go to the zone, nor be given up for what stands there. */
export function isInTrouble({ state = 'available' }: SeenZone): boolean {
  return TROUBLES.includes(state)
}

/** States of a zone, in EC2's words, in which nothing should go there. */
export const TROUBLES: readonly string[] = ['impaired', 'unavailable']

/** What a warning of a zone in a state is about. */
export function zoneAlert({ name, state = 'available' }: Pick<SeenZone, 'name' | 'state'>): string {
  return `zone ${name} ${state}`
}

/** All volumes and instances of both zones, and the survey, as they were when the plan was drawn. */
export type Inventory = {
  readonly zones: readonly SeenZone[]
  readonly instances: readonly SeenInstance[]
  readonly volumes: readonly SeenVolume[]
  readonly survey: Survey
  /** Absent: all of it is as EC2 shows it. */
  readonly asOf?: InventoryAge
}

/**
 * Zones that EC2 does not show now, and `why`; what stands here of them was read at `atMs`, and asked for in vain at `triedAtMs` (ms since
 * 1970). `survey` is what was answered then.
 */
export type InventoryAge = {
  readonly zones: readonly string[]
  readonly why: string
  readonly atMs: number
  readonly triedAtMs: number
  readonly survey: Survey
}

/** The last inventory that could be read whole, and when (ms since 1970). */
export type KeptInventory = { readonly inventory: Inventory; readonly atMs: number }

function byId<T extends { readonly id: string }>(all: readonly T[]): ReadonlyMap<string, T> {
  return new Map(all.map((one) => [one.id, one]))
}

function byMove<T extends { readonly tags: Tags }>(all: readonly T[]): ReadonlyMap<string, readonly T[]> {
  return groupedBy(all, ({ tags }) => tags['zonehop:move'] ?? '')
}

/** Whether the volume is attached there, or on its way there or off. */
export function isAttachedAt(
  { attachments }: SeenVolume,
  { instance, device }: Pick<SeenAttachment, 'instance' | 'device'>,
): boolean {
  return attachments.some((one) => one.instance === instance && one.device === device && one.state !== 'detached')
}

/** All that have one key, in their order, by that key; Map.groupBy is not in Node 20. */
export function groupedBy<K, T>(all: Iterable<T>, keyOf: (one: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>()
  for (const one of all) {
    const key = keyOf(one)
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return groups
}
