// What the simulated EC2 is made of: the seed of a world, its entities, and the state handed out to scenarios. Entities hold
// when things begin and end, never what state they are in: that follows from the time now (states.ts).
import type { HostSeed, HostState, ReplicaSeed, ReplicaState, SsmMishap } from '../../ssm/seeds.ts'
import type { Durations } from './durations.ts'
import type { Body, Params } from './wire.ts'

/** Tags of a resource: values by key. */
export type Tags = Record<string, string>

/** What a world starts with. Instances and volumes are given by their Name; ids are drawn when the world opens. */
export type WorldSeed = {
  readonly zones: readonly ZoneSeed[]
  readonly instances: readonly InstanceSeed[]
  readonly volumes: readonly VolumeSeed[]
  readonly snapshots?: readonly SnapshotSeed[]
  /** What runs on the instances, where it differs from what the service tags of their volumes say. */
  readonly hosts?: readonly HostSeed[]
  /** DRBD resources between two hosts. */
  readonly replicas?: readonly ReplicaSeed[]
  /** KMS keys with which a volume's creation seems to succeed and then fails. */
  readonly unusableKeys?: readonly string[]
  /** The storage quota in TiB by volume type, where it is not EBS's default. */
  readonly storageTib?: Readonly<Record<string, number>>
}

/** An Availability Zone: its name and its zone id. It is `available`, and has all types, where nothing else is said. */
export type ZoneSeed = {
  readonly name: string
  readonly id: string
  readonly state?: 'available' | 'impaired' | 'constrained' | 'unavailable'
  readonly lacksVolumeTypes?: readonly string[]
  readonly lacksInstanceTypes?: readonly string[]
}

/**
 * What is the matter with a zone: its state, what EC2 says of it, and that describes of what stands there fail, as EC2 does in the
 * disruption of a zone.
 */
export type ZoneTrouble = {
  readonly state: 'impaired' | 'constrained' | 'unavailable'
  readonly message: string
  readonly isDark: boolean
}

/** An instance, which is running where nothing else is said. Its root volume is a VolumeSeed of its own. */
export type InstanceSeed = {
  readonly name: string
  readonly zone: string
  readonly state?: 'running' | 'stopped'
  /** The instance type; m5.large where it is not said. */
  readonly type?: string
  /** With the tag `aws:autoscaling:groupName` it is in that group, which terminates it soon after it is stopped. */
  readonly tags?: Tags
}

/** A volume, attached where it names an `instance` of its zone. `throughput` is in MiB/s; snapshots copy `usedGib`. */
export type VolumeSeed = {
  readonly name: string
  readonly zone: string
  readonly instance?: string
  /** Further instances of the zone that it is attached to, as a multi-attach volume. */
  readonly sharedWith?: readonly string[]
  readonly device?: string
  readonly sizeGib: number
  readonly usedGib: number
  readonly type: string
  readonly iops?: number
  readonly throughput?: number
  readonly encrypted?: boolean
  readonly kmsKeyId?: string
  readonly deleteOnTermination?: boolean
  readonly tags?: Tags
  /** How many minutes its first, full snapshot takes. */
  readonly snapshotMinutes?: number
  /** GiB written an hour while it is in use; half a percent of `usedGib` where it is not said. */
  readonly writesGibPerHour?: number
  /** The same by hour of the day, UTC, where it differs: 24 numbers, the first for the hour after midnight. */
  readonly writesGibByHour?: readonly number[]
  /** How many of its first snapshots end in `error`. */
  readonly failingSnapshots?: number
  /** Mounted on its instance: a detach hangs at `busy` until it is unmounted, forced, or the instance stops. */
  readonly mounted?: boolean
  /** The AWS service that manages it: it is hidden unless asked for, and cannot be detached or deleted. */
  readonly managedBy?: string
  /** For how many minutes Elastic Volumes is still changing it. */
  readonly modifyingMinutes?: number
  readonly isRoot?: boolean
}

/**
 * A snapshot that exists already, such as a backup tool's, of a volume by its Name; it is complete once it has had the
 * time it takes.
 */
export type SnapshotSeed = { readonly volume: string; readonly minutesAgo: number; readonly tags?: Tags }

/** What volumes, snapshots and instances share: an id, and when describes show it. `order` rises with each one made. */
export type Resource = {
  readonly id: string
  /** The name by which chance draws for it: the same in every run of a seed. */
  readonly key: string
  readonly order: number
  readonly visibleAtMs: number
  /** When it is gone, maybe in the future; null while nobody deleted it. */
  deletedAtMs: number | null
  tags: Tags
  /** The tags that describes show until `untilMs`, since a change shows late; null before the first such change. */
  tagsBefore: { readonly tags: Tags; readonly untilMs: number } | null
}

/** Whose bytes a volume or a snapshot holds: the id of the volume that wrote them, and its last write among them. */
export type Data = { readonly of: string; readonly asOfMs: number }

/** A volume's place at an instance, by its id. Its state follows from these times (attachmentState). */
export type Attachment = {
  readonly instance: string
  readonly device: string
  readonly beganAtMs: number
  /** Infinity where it is stuck at `attaching`. */
  readonly attachedAtMs: number
  deleteOnTermination: boolean
  isMounted: boolean
  detachAskedAtMs: number | null
  /** Infinity while nobody asked for it, or while the detach is busy. */
  detachedAtMs: number
}

/** GiB written an hour: always the same, or 24 numbers by the hour of the day, UTC. */
export type WriteRate = number | readonly number[]

/** A volume. `throughput` is in MiB/s; `iops` and `throughput` are null where EC2 reports none for the type. */
export type Volume = Resource & {
  readonly zone: string
  readonly sizeGib: number
  readonly usedGib: number
  readonly type: string
  readonly iops: number | null
  readonly throughput: number | null
  readonly encrypted: boolean
  readonly kmsKeyId: string | null
  readonly isMultiAttach: boolean
  readonly snapshotId: string | null
  readonly createdAtMs: number
  readonly availableAtMs: number
  /** Whether its creation fails at the time when it would have become available. */
  readonly isFailing: boolean
  readonly initializationRate: number | null
  readonly snapshotRateMibps: number
  readonly snapshotOverheadMs: number
  readonly managedBy: string | null
  readonly modifiedUntilMs: number | null
  failingSnapshots: number
  /** GiB written up to `sinceMs`, and the rate from then on. At a rate of 0 `sinceMs` is when the last write was. */
  writes: { readonly gib: number; readonly sinceMs: number; readonly gibPerHour: WriteRate }
  readonly writesGibPerHour: WriteRate
  /**
   * Null where it was made empty. `asOfMs` is Infinity while every write of `of` is in it: its own, or those of the
   * volume that DRBD copies to it (dataOf).
   */
  data: Data | null
  /** In the order they began, also those that have ended. */
  attachments: Attachment[]
}

/** A snapshot, taken at `startedAtMs`. Copying takes `workMs`, of which `overheadMs` is the fixed part. */
export type Snapshot = Resource & {
  readonly volume: string
  readonly sizeGib: number
  readonly usedGib: number
  /** GiB that its volume had written in all when the snapshot was taken. */
  readonly writtenGib: number
  /** What its volume held when the snapshot was taken. */
  readonly data: Data | null
  readonly encrypted: boolean
  readonly kmsKeyId: string | null
  readonly description: string
  readonly startedAtMs: number
  readonly overheadMs: number
  readonly workMs: number
  /** Between these times it copies nothing, and its percent stands; null: it copies without a break. */
  readonly stands: Stand | null
  /** When it completes or fails: never before an older one of its volume, never before the rest of its set. */
  readonly endsAtMs: number
  readonly isFailing: boolean
}

/** For how long a snapshot stands, in ms since 1970. */
export type Stand = { readonly fromMs: number; readonly untilMs: number }

/** An instance as EC2 sees it; what runs on it is its Host, on the side of SSM. */
export type Instance = Resource & {
  readonly name: string
  readonly zone: string
  /** Somebody may change it while the instance is stopped. */
  type: string
  rootDevice: string
  /** The state that it was told to take at `turnedAtMs`, last, and which it has from `settlesAtMs` on. */
  goal: 'running' | 'stopped'
  turnedAtMs: number
  settlesAtMs: number
  /** When it began to shut down for good; null before, and where it was stopped when it was terminated. */
  shutsDownFromMs: number | null
  readonly createdAtMs: number
  /** When it was last started. */
  launchedAtMs: number
}

/**
 * Whose bytes it is, by a volume's id, and when that volume wrote the last of them, ISO 8601. Null where it was made
 * empty.
 */
export type DataState = { readonly of: string; readonly asOf: string } | null

/** The truth about a world, as the checks of scenarios and the page read it; what is gone is not in it. */
export type WorldState = {
  readonly volumes: readonly {
    readonly id: string
    readonly name: string
    readonly zone: string
    readonly state: string
    readonly instance: string | null
    readonly device: string | null
    readonly sizeGib: number
    readonly type: string
    readonly iops: number | null
    readonly throughput: number | null
    readonly encrypted: boolean
    readonly deleteOnTermination: boolean | null
    readonly data: DataState
    readonly tags: Tags
  }[]
  readonly snapshots: readonly {
    readonly id: string
    readonly volume: string
    readonly state: string
    readonly progress: number
    /** Its point in time, ISO 8601. */
    readonly startedAt: string
    readonly data: DataState
    readonly tags: Tags
  }[]
  readonly instances: readonly {
    readonly id: string
    readonly name: string
    readonly zone: string
    readonly state: string
  }[]
  /** What runs on the instances; left out where only volumes matter. */
  readonly hosts?: readonly HostState[]
  readonly replicas?: readonly ReplicaState[]
}

/**
 * How many calls went through, though their answers may be lost, and how many were dry runs, both by action; how many
 * were refused, by error code.
 */
export type Counts = {
  readonly calls: Record<string, number>
  readonly dryRuns: Record<string, number>
  readonly refused: Record<string, number>
}

/** How one call to EC2 ended; `refused` has EC2's error code, its sentence, and the HTTP status. */
export type Answer =
  | { readonly kind: 'answered'; readonly body: Body }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly status: number }
  /** The connection broke; the caller cannot know whether before or after the effect. */
  | { readonly kind: 'lost' }

/** The running simulator: where it answers, what its world is like, and what may befall the world beside the bot. */
export type SimulatedEc2 = {
  /** EC2 and all that stands beside it answer at one address. */
  readonly url: string
  state(): Required<WorldState>
  counts(): Counts
  /** The same for SSM, Service Quotas, KMS and EBS, which are counted apart. */
  otherCounts(): Counts
  /** How long what was done by now took by itself. */
  durations(): Durations
  /**
   * Whether a request is being answered or something short is under way, such as an attachment; a pending snapshot does
   * not count.
   */
  isEffectInFlight(): boolean
  /** The next response of this action is lost after its effect. */
  loseNext(action: string): void
  /** From now on calls of this action with this VolumeId have no effect, and no answer. */
  silence(action: string, resource: string): void
  /** The next call of this action is refused with this code, before any effect; where a volume is named, the next with this VolumeId. */
  failNext(action: string, code: string, volumeId?: string): void
  /** The next attachment to this instance stays at `attaching`. */
  stickNext(instanceId: string): void
  /** The next snapshot of this volume stands at this percent for so many minutes, and goes on. */
  standNext(volumeId: string, percent: number, minutes: number): void
  /** The next command of this document meets this mishap, on its way or on its host. */
  mishapNext(document: string, mishap: SsmMishap): void
  /** Somebody else creates a volume, attached where its seed says; returns its id. */
  addVolume(seed: VolumeSeed): string
  /** Somebody else calls EC2 in process: without the network, but under all its rules, and not counted. */
  perform(action: string, params: Params): Answer
  /** A person at the host sets a service's state by hand. */
  setService(instanceId: string, service: string, state: 'open' | 'frozen' | 'stopped'): void
  /** From now on so many KiB of this DRBD resource differ, although both its sides say UpToDate. */
  lie(resource: string, kib: number): void
  /** From now on no sync of this DRBD resource moves, neither the present one nor a later one. */
  stall(resource: string): void
  /** From now on these actions, and only these, are not allowed. */
  deny(actions: readonly string[]): void
  /** Starts or stops the SSM agents of the instances with this Name. */
  setAgents(name: string, isUp: boolean): void
  /** Registers a document with this JSON content, or takes it away (null). */
  setDocument(name: string, content: string | null): void
  /** What is the matter with a zone from now on; null: nothing is. */
  setZone(name: string, trouble: ZoneTrouble | null): void
  /** From now on the volumes attached to this instance do not complete I/O. */
  impair(instanceId: string): void
  /** Whether nothing answers at its address: connections are refused, and those that stand are cut. */
  setAway(isAway: boolean): Promise<void>
  close(): Promise<void>
}

/** A token bucket as it was at `atMs`, when it was last asked. */
export type Bucket = { tokens: number; atMs: number }

/** How likely each kind of fault is, from 0 to 1; 0 where it is not given. */
export type Faults = {
  /** RequestLimitExceeded although the bucket has tokens. */
  readonly throttle?: number
  /** InternalError before any effect. */
  readonly serverError?: number
  /** Unavailable although the effect stands. */
  readonly serverErrorAfter?: number
  /** The connection drops before any effect. */
  readonly lostRequest?: number
  /** The connection drops after the effect. */
  readonly lostResponse?: number
  /** An attachment stays at `attaching` until it is detached. */
  readonly stuckAttachment?: number
  /** A snapshot ends in `error`. */
  readonly failedSnapshot?: number
  /** A volume's creation fails after it was answered; its token is spent. */
  readonly failedVolume?: number
  /** CreateVolume with an initialization rate is refused. */
  readonly refusedRate?: number
}

/** What a scenario has go wrong on purpose; each is used up by the next call that it fits, but for `silent`. */
export type OneShots = {
  readonly lost: string[]
  /** `volume`: a VolumeId; without it the next call of whichever volume fails. */
  readonly failing: { readonly action: string; readonly code: string; readonly volume?: string | undefined }[]
  /** Instances to which the next attachment sticks. */
  readonly sticking: string[]
  /** Volumes whose next snapshot stands at this percent for so many minutes, and goes on. */
  readonly standing: { readonly volume: string; readonly percent: number; readonly minutes: number }[]
  /** Calls that have no effect and no answer, as often as they are made; `resource` is a VolumeId. */
  readonly silent: { readonly action: string; readonly resource: string }[]
}

/** What lookups need at every call, kept up to date by indexes.ts. */
export type Indexes = {
  /** By instance, the volumes that were ever attached to it; whether they are now follows from their attachments. */
  readonly held: Map<string, Set<Volume>>
  /** By volume type, the GiB and IOPS of all volumes that were ever made. */
  readonly made: Map<string, Provisioned>
  /** Volumes that are to go, or have gone. */
  readonly leaving: Set<Volume>
}

/** GiB and provisioned IOPS of several volumes together, as EBS's quotas count them. */
export type Provisioned = { readonly gib: number; readonly iops: number }
