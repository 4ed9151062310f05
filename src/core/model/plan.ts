// A plan, as types: what moves, how, with which service, and what stays.
import type { Check } from './checks.ts'

export type Tags = Readonly<Record<string, string>>

/** A source volume as it was when the plan was drawn: what the copy in the target zone must equal. */
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
  readonly deleteOnTermination: boolean
}

/** One volume, copied by way of snapshots; named by the id of its source. */
export type SnapshotMove = {
  readonly id: string
  readonly service: string
  readonly route: 'snapshot'
  readonly volume: SourceVolume
  readonly successor: string
}

/** A source volume, and the volume in the target zone that holds the same data, at its backup server. */
export type Pair = { readonly source: SourceVolume; readonly copy: SourceVolume }

/** One DRBD resource, on one volume or several: its copies go from the backup server to the successor. `replica/RESOURCE`. */
export type ReplicaMove = {
  readonly id: string
  readonly service: string
  readonly route: 'replica'
  readonly resource: string
  readonly pairs: readonly Pair[]
  readonly successor: string
}

export type Move = SnapshotMove | ReplicaMove

export type Stay = { readonly volume: string; readonly name: string; readonly sizeGib: number; readonly reason: string }

/** A volume nothing speaks for; while there is one, the plan is red. */
export type Uncovered = {
  readonly volume: string
  readonly name: string
  readonly sizeGib: number
  readonly instance: string | null
  readonly device: string | null
}

export type Need = 'required' | 'deferrable'

/** How a service's writes are stopped; `open` and `unfreeze` mirror it. */
export type Method = 'manual' | 'stop-instances' | 'document'

export type Service = {
  readonly name: string
  readonly need: Need
  /** Opens only once these are open. */
  readonly after: readonly string[]
  readonly method: Method
  /** Whether its hosts have something to run once its volumes are attached, and a read-only check before `goLive` asks. */
  readonly afterAttach: boolean
  readonly check: boolean
  /** What its hook does behind the live system, in words; null where it has none. */
  readonly hook: string | null
}

export type Plan = {
  readonly sourceZone: string
  readonly targetZone: string
  readonly services: readonly Service[]
  readonly moves: readonly Move[]
  readonly stays: readonly Stay[]
  readonly uncovered: readonly Uncovered[]
  readonly checks: readonly Check[]
  readonly digest: string
}

/** What an approver chose for one volume, on the plan itself; it outranks tags and zonehop.yaml. */
export type Choice = {
  readonly volume: string
  readonly service: string
  readonly route: 'snapshot' | 'stay'
  readonly need: Need
}
