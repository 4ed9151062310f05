// What the simulated EC2 is made of: the seed of a world, its entities, and the state handed out to scenarios. Entities hold
// when things begin and end, never what state they are in: that follows from the time now (states.ts).
import type { HostSeed, HostState, ReplicaSeed, ReplicaState, SsmMishap } from '../../ssm/seeds.ts'
import type { Body, Params } from './wire.ts'

export type Tags = Record<string, string>

export type WorldSeed = {
  readonly zones: readonly ZoneSeed[]
  readonly instances: readonly InstanceSeed[]
  readonly volumes: readonly VolumeSeed[]
  readonly snapshots?: readonly SnapshotSeed[]
  /** What runs on the instances, where it is not what their volumes' service tags say. */
  readonly hosts?: readonly HostSeed[]
  /** DRBD resources between two hosts. */
  readonly replicas?: readonly ReplicaSeed[]
  /** KMS keys with which a volume's creation seems to succeed and then fails. */
  readonly unusableKeys?: readonly string[]
  /** TiB of storage by volume type, where it is not EBS's default. */
  readonly storageTib?: Readonly<Record<string, number>>
}

export type ZoneSeed = {
  readonly name: string
  readonly id: string
  readonly state?: 'available' | 'impaired' | 'constrained' | 'unavailable'
  readonly lacksVolumeTypes?: readonly string[]
  readonly lacksInstanceTypes?: readonly string[]
}

export type InstanceSeed = {
  readonly name: string
  readonly zone: string
  readonly state?: 'running' | 'stopped'
  /** m5.large where it is not said. */
  readonly type?: string
  /** With `aws:autoscaling:groupName` it is a member: stopped, it is terminated soon after. */
  readonly tags?: Tags
}

export type VolumeSeed = {
  readonly name: string
  readonly zone: string
  readonly instance?: string
  /** Further instances of the zone: the volume is multi-attach. */
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
  /** How long its first, full snapshot takes. */
  readonly snapshotMinutes?: number
  /** How much is written an hour while it is in use; half a percent of what is used, where it is not said. */
  readonly writesGibPerHour?: number
  /** So many of its first snapshots end in `error`. */
  readonly failingSnapshots?: number
  /** Mounted on its instance: a detach hangs at `busy` until it is unmounted, forced, or the instance stops. */
  readonly mounted?: boolean
  /** An AWS service manages it: hidden unless asked for, and it cannot be detached. */
  readonly managedBy?: string
  /** Being changed by Elastic Volumes, for so long. */
  readonly modifyingMinutes?: number
  readonly isRoot?: boolean
}

/** A snapshot that exists already, such as a backup tool's; it is complete once it has had the time it takes. */
export type SnapshotSeed = { readonly volume: string; readonly minutesAgo: number; readonly tags?: Tags }

/** Something with an id, made at some time, perhaps not shown yet, perhaps gone. */
export type Resource = {
  readonly id: string
  /** A name that chance knows it by: the same in every run of a seed. */
  readonly key: string
  readonly order: number
  readonly visibleAtMs: number
  /** Null while nobody deleted it; a time to come once it is to go. */
  deletedAtMs: number | null
  tags: Tags
  /** What describes still show for a while after a change. */
  tagsBefore: { readonly tags: Tags; readonly untilMs: number } | null
}

export type Attachment = {
  readonly instance: string
  readonly device: string
  readonly beganAtMs: number
  /** Infinity: stuck at `attaching`. */
  readonly attachedAtMs: number
  deleteOnTermination: boolean
  isMounted: boolean
  detachAskedAtMs: number | null
  /** Infinity: nobody asked, or it is busy. */
  detachedAtMs: number
}

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
  /** Its creation fails when it would have become available. */
  readonly isFailing: boolean
  readonly initializationRate: number | null
  readonly snapshotRateMibps: number
  readonly snapshotOverheadMs: number
  readonly managedBy: string | null
  readonly modifiedUntilMs: number | null
  failingSnapshots: number
  /** Written so far, and since when at which rate. */
  writes: { readonly gib: number; readonly sinceMs: number; readonly gibPerHour: number }
  readonly writesGibPerHour: number
  attachments: Attachment[]
}

export type Snapshot = Resource & {
  readonly volume: string
  readonly sizeGib: number
  readonly usedGib: number
  /** What its volume had written when it was taken. */
  readonly writtenGib: number
  readonly encrypted: boolean
  readonly kmsKeyId: string | null
  readonly description: string
  readonly startedAtMs: number
  readonly overheadMs: number
  readonly workMs: number
  /** When it completes or fails: never before an older one of its volume, never before the rest of its set. */
  readonly endsAtMs: number
  readonly isFailing: boolean
}

export type Instance = Resource & {
  readonly name: string
  readonly zone: string
  readonly type: string
  rootDevice: string
  /** Where it is going, and when it gets there. */
  goal: 'running' | 'stopped'
  settlesAtMs: number
  launchedAtMs: number
}

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
    readonly tags: Tags
  }[]
  readonly snapshots: readonly {
    readonly id: string
    readonly volume: string
    readonly state: string
    readonly progress: number
    /** Its point in time, ISO 8601. */
    readonly startedAt: string
    readonly tags: Tags
  }[]
  readonly instances: readonly {
    readonly id: string
    readonly name: string
    readonly zone: string
    readonly state: string
  }[]
  /** What runs on the instances; not told where only volumes matter. */
  readonly hosts?: readonly HostState[]
  readonly replicas?: readonly ReplicaState[]
}

export type Counts = {
  readonly calls: Record<string, number>
  readonly dryRuns: Record<string, number>
  readonly refused: Record<string, number>
}

export type Answer =
  | { readonly kind: 'answered'; readonly body: Body }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly status: number }
  /** The connection broke; nobody can say from outside whether before or after the effect. */
  | { readonly kind: 'lost' }

export type SimulatedEc2 = {
  /** EC2, SSM and Service Quotas answer at one address. */
  readonly url: string
  state(): Required<WorldState>
  counts(): Counts
  /** The same of SSM and Service Quotas, which are counted apart. */
  otherCounts(): Counts
  /** A request being answered, a volume being made, an attachment under way; a pending snapshot is none. */
  isEffectInFlight(): boolean
  /** The next response of this action is lost after its effect. */
  loseNext(action: string): void
  /** From now on this action on this resource has no effect, and no answer. */
  silence(action: string, resource: string): void
  /** The next call of this action is refused with this code, before any effect. */
  failNext(action: string, code: string): void
  /** The next attachment to this instance stays at `attaching`. */
  stickNext(instanceId: string): void
  /** The next command of this document meets this on its way or on its host. */
  mishapNext(document: string, mishap: SsmMishap): void
  /** Somebody else creates a volume, attached where its seed says; its id. */
  addVolume(seed: VolumeSeed): string
  /** Somebody else calls EC2, in process: past the network, not past its rules, and not counted. */
  perform(action: string, params: Params): Answer
  /** A person at the host sets a service's state by hand. */
  setService(instanceId: string, service: string, state: 'open' | 'frozen' | 'stopped'): void
  /** From now on so many KiB of this DRBD resource differ, although both its sides say UpToDate. */
  lie(resource: string, kib: number): void
  /** What this DRBD resource still has to sync, now and later, does not move. */
  stall(resource: string): void
  /** From now on these actions, and only these, are not allowed. */
  deny(actions: readonly string[]): void
  close(): Promise<void>
}

export type Bucket = { tokens: number; atMs: number }

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
}

/** Each is used up by the next call it fits. */
export type OneShots = {
  readonly lost: string[]
  readonly failing: { readonly action: string; readonly code: string }[]
  /** Instances to which the next attachment sticks. */
  readonly sticking: string[]
  /** Not used up: calls that have no effect and no answer, as often as they are made. */
  readonly silent: { readonly action: string; readonly resource: string }[]
}

export type Indexes = {
  /** By instance, the volumes that were ever attached to it; what they are to it now follows from their attachments. */
  readonly held: Map<string, Set<Volume>>
  /** By volume type, what all that were ever made have. */
  readonly made: Map<string, Provisioned>
  /** Volumes that are to go, or have gone. */
  readonly leaving: Set<Volume>
}

export type Provisioned = { readonly gib: number; readonly iops: number }
