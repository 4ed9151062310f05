// Facts: the world as just observed, with the `rev` of the journal at which observing began.
// What is absent is evidence only against what began before the facts did and is older than the visibility window.
import type { Tags } from './migration.ts'

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
  readonly attachments: readonly SeenAttachment[]
  readonly tags: Tags
}

export type Facts = {
  readonly rev: number
  readonly beganAtMs: number
  /** Every snapshot the migration made, by id. */
  readonly snapshots: ReadonlyMap<string, SeenSnapshot>
  /** Every volume of the source zone, and every volume the migration made, by id. */
  readonly volumes: ReadonlyMap<string, SeenVolume>
  /** What the migration made, by the tag `zonehop:move`: 1,000 moves must not look through 1,000 snapshots each. */
  readonly snapshotsOf: ReadonlyMap<string, readonly SeenSnapshot[]>
  readonly volumesOf: ReadonlyMap<string, readonly SeenVolume[]>
}

type Observed = {
  readonly rev: number
  readonly beganAtMs: number
  readonly snapshots: readonly SeenSnapshot[]
  readonly volumes: readonly SeenVolume[]
}

/** Facts from what was observed; a volume observed twice counts once. */
export function factsOf({ rev, beganAtMs, snapshots, volumes }: Observed): Facts {
  const volumesById = byId(volumes)
  return {
    rev,
    beganAtMs,
    snapshots: byId(snapshots),
    volumes: volumesById,
    snapshotsOf: byMove(snapshots),
    volumesOf: byMove([...volumesById.values()]),
  }
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

export type SeenInstance = {
  readonly id: string
  readonly name: string
  readonly zone: string
  readonly state: string
  readonly rootDevice: string | null
  readonly tags: Tags
}

/** Inventory: all that was found in the source zone, and the instances of both zones, when the plan is drawn. */
export type Inventory = {
  readonly zones: readonly string[]
  readonly instances: readonly SeenInstance[]
  readonly volumes: readonly SeenVolume[]
}
