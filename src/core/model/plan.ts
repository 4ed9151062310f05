// A plan, as types: what moves, how, with which service, and what stays. A plan is never changed; when the source zone
// changes or a person chooses, a new one is drawn.
import type { Check } from './checks.ts'

/** The tags of an EC2 resource, value by key. */
export type Tags = Readonly<Record<string, string>>

/**
 * A volume as it was when the plan was drawn. Of a source, it is what the copy in the target zone must equal. `iops`,
 * `throughputMibps` and `kmsKeyId` are null where EC2 gives none.
 */
export type SourceVolume = {
  readonly id: string
  readonly name: string
  readonly sizeGib: number
  readonly type: string
  readonly iops: number | null
  readonly throughputMibps: number | null
  readonly encrypted: boolean
  readonly kmsKeyId: string | null
  readonly tags: Tags
  readonly instance: string
  readonly device: string
  /** Null where EC2 does not say: the copy is kept when its instance is terminated. */
  readonly deleteOnTermination: boolean | null
}

/** One volume, copied by snapshots. `id` is that of its source volume, `successor` that of the instance it goes to. */
export type SnapshotMove = {
  readonly id: string
  readonly service: string
  readonly route: 'snapshot'
  readonly volume: SourceVolume
  readonly successor: string
}

/** A source volume, and the volume in the target zone that holds the same data; the copy is at the backup server. */
export type Pair = { readonly source: SourceVolume; readonly copy: SourceVolume }

/**
 * One DRBD resource, on one volume or several. Its copies go from the backup server to the successor. `id` is
 * `replica/RESOURCE`.
 */
export type ReplicaMove = {
  readonly id: string
  readonly service: string
  readonly route: 'replica'
  readonly resource: string
  readonly pairs: readonly Pair[]
  readonly successor: string
}

/** What travels together by one route. */
export type Move = SnapshotMove | ReplicaMove

/** A volume that does not move, with the reason. */
export type Stay = { readonly volume: string; readonly name: string; readonly sizeGib: number; readonly reason: string }

/** A volume for which nothing that counts says whether it moves; while there is one, the plan is red. */
export type Uncovered = {
  readonly volume: string
  readonly name: string
  readonly sizeGib: number
  readonly instance: string | null
  readonly device: string | null
  /** The service that its tags or zonehop.yaml name, and that froze without it. */
  readonly missed?: string
  /** A memory tag on it that no journal explains, as `key=value`. */
  readonly remembers?: string
}

/**
 * What an earlier migration has at a place where a copy of this plan goes: a copy that it made before its abort, or, on the way back, a
 * source that it left. Whoever approves the start agrees that it is detached, and that the copy is deleted.
 */
export type Leftover = {
  readonly what: 'copy' | 'source'
  readonly volume: string
  /** The id of the move whose copy goes there. */
  readonly move: string
  readonly name: string
  readonly sizeGib: number
  readonly migration: string
  readonly instance: string
  readonly device: string
}

/** Whether the point of no return waits for a service (`required`), or the service may be finished after it. */
export type Need = 'required' | 'deferrable'

/** How a service's writes are stopped. `open` and `unfreeze` mirror it: by hand, by starting instances, by document. */
export type Method = 'manual' | 'stop-instances' | 'document'

/** What people would miss: a service with its order, and how it is stopped, checked and opened. */
export type Service = {
  readonly name: string
  readonly need: Need
  /** Names of the services that must be open before this one opens. */
  readonly after: readonly string[]
  readonly method: Method
  /** Whether its hosts run something once its volumes are attached, and a read-only check before `goLive` asks. */
  readonly afterAttach: boolean
  readonly check: boolean
  /** What its hook does once the service is open, in words; null if it has none. */
  readonly hook: string | null
}

/** An immutable plan; plans of equal content have an equal `digest`. */
export type Plan = {
  readonly sourceZone: string
  readonly targetZone: string
  readonly services: readonly Service[]
  readonly moves: readonly Move[]
  readonly stays: readonly Stay[]
  readonly uncovered: readonly Uncovered[]
  /** Absent: none. */
  readonly leftovers?: readonly Leftover[]
  readonly checks: readonly Check[]
  readonly digest: string
}

/** What an approver chose for one volume when the plan was shown; it outranks tags and zonehop.yaml. */
export type Choice = {
  readonly volume: string
  readonly service: string
  readonly route: 'snapshot' | 'stay'
  readonly need: Need
}
