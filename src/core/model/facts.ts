// Facts: the world as just observed, with the `rev` of the journal at which observing began.
// What is absent is evidence only against what began before the facts did and is older than the visibility window.
import type { Tags } from './plan.ts'
import type { ReplicaReading } from './replica-reading.ts'

export type SeenSnapshot = {
  readonly id: string
  readonly volumeId: string
  readonly state: string
  /** Whole percent as EC2 reports it; null while it reports none. */
  readonly percent: number | null
  readonly startedAtMs: number
  readonly tags: Tags
}

export type SeenAttachment = {
  readonly instance: string
  readonly device: string
  readonly state: string
  readonly deleteOnTermination: boolean
}

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
  /** Who manages it, where that is an AWS service; it can then be neither attached nor detached by others. */
  readonly managedBy: string | null
  readonly attachments: readonly SeenAttachment[]
  readonly tags: Tags
}

/** A command that an SSM document ran on hosts, found by the attempt it was sent for. */
export type SeenCommand = {
  readonly id: string
  readonly document: string
  readonly instances: readonly string[]
  /** `pending`: it may still act. `ended`: it will not, whatever it did. */
  readonly state: 'pending' | 'succeeded' | 'ended'
  readonly sentAtMs: number
  /** Its status as SSM words it, and what it wrote, of the first host that failed. */
  readonly details: string
  /** What its hosts told of a replica, by instance; empty but for the documents that tell something. */
  readonly told: Readonly<Record<string, HostAnswer>>
}

/** A host's answer: the readings of a replica's state, null where they were not understood; its current generation of data. */
export type HostAnswer = { readonly readings: readonly ReplicaReading[] | null; readonly generation: string | null }

export type SeenInstance = {
  readonly id: string
  readonly name: string
  readonly zone: string
  readonly state: string
  readonly type: string
  readonly rootDevice: string | null
  readonly tags: Tags
}

export type Facts = {
  readonly rev: number
  readonly beganAtMs: number
  /** Every snapshot the migration made, by id; during a cleanup every snapshot of its copies too. */
  readonly snapshots: ReadonlyMap<string, SeenSnapshot>
  /** Every volume of the source zone, and every volume the migration made, by id. */
  readonly volumes: ReadonlyMap<string, SeenVolume>
  /** What the migration made, by the tag `zonehop:move`: 1,000 moves must not look through 1,000 snapshots each. */
  readonly snapshotsOf: ReadonlyMap<string, readonly SeenSnapshot[]>
  readonly volumesOf: ReadonlyMap<string, readonly SeenVolume[]>
  /** Instances of both zones by id; empty while nothing that is waited for depends on them. */
  readonly instances: ReadonlyMap<string, SeenInstance>
  /** Commands by the nonce of the attempt that sent them. */
  readonly commands: ReadonlyMap<string, SeenCommand>
}

export type Observed = {
  readonly rev: number
  readonly beganAtMs: number
  readonly snapshots: readonly SeenSnapshot[]
  readonly volumes: readonly SeenVolume[]
  readonly instances: readonly SeenInstance[]
  readonly commands: ReadonlyMap<string, SeenCommand>
}

/** Facts from what was observed; what was observed twice counts once. */
export function factsOf({ rev, beganAtMs, snapshots, volumes, instances, commands }: Observed): Facts {
  const [snapshotsById, volumesById] = [byId(snapshots), byId(volumes)]
  return {
    rev,
    beganAtMs,
    snapshots: snapshotsById,
    volumes: volumesById,
    snapshotsOf: byMove([...snapshotsById.values()]),
    volumesOf: byMove([...volumesById.values()]),
    instances: byId(instances),
    commands,
  }
}

/** What was asked of AWS, or why it could not be. */
export type SurveyAnswer<T> = { readonly answer: T } | { readonly because: string }

export type InstanceTypeFacts = { readonly attachmentsMax: number | null; readonly hasInstanceStore: boolean }

/** What preflight asks beside the inventory itself. */
export type Survey = {
  /** Instance types of the source zone's instances that the target zone offers. */
  readonly offeredTypes: SurveyAnswer<readonly string[]>
  /** By instance type of both zones: EBS volumes it takes (null: EC2 names no limit), and whether it has disks of its own. */
  readonly instanceTypes: SurveyAnswer<Readonly<Record<string, InstanceTypeFacts>>>
  /** Storage by volume type, in GiB: what the region holds and what it may. */
  readonly storage: SurveyAnswer<Readonly<Record<string, { readonly usedGib: number; readonly quotaGib: number }>>>
  /** Each mutating call to come, tried with DryRun: null where it is allowed, else EC2's code. */
  readonly dryRuns: SurveyAnswer<Readonly<Record<string, string | null>>>
  /** Snapshots of source volumes that are not complete yet. */
  readonly pendingSnapshots: SurveyAnswer<readonly { readonly id: string; readonly volumeId: string }[]>
  /** Source volumes that Elastic Volumes is changing. */
  readonly modifying: SurveyAnswer<readonly string[]>
}

/** Inventory: all that was found in the source zone, and the instances of both zones, when the plan is drawn. */
export type Inventory = {
  readonly zones: readonly { readonly name: string; readonly id: string }[]
  readonly instances: readonly SeenInstance[]
  readonly volumes: readonly SeenVolume[]
  readonly survey: Survey
}

function byId<T extends { readonly id: string }>(all: readonly T[]): ReadonlyMap<string, T> {
  return new Map(all.map((one) => [one.id, one]))
}

function byMove<T extends { readonly tags: Tags }>(all: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const move = one.tags['zonehop:move'] ?? ''
    const group = groups.get(move)
    if (group) group.push(one)
    else groups.set(move, [one])
  }
  return groups
}
