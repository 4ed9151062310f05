// The words of zonehop, as types. Everything else speaks these and no others.
//
// Migration  one run from a source zone to a target zone; its `rev` is the length of its journal
// Inventory  all that was found in the source zone when the plan was drawn (facts.ts)
// Plan       what moves and how; immutable, named by its `digest`; red while a volume is uncovered or a check is
// Service    what people would miss: `required` or `deferrable`; may come `after` others; has moves
// Move       what travels together by one route: `snapshot`, one volume; `replica`, one DRBD resource; `stay`, with its reason
// Step       one stage of a move or service; tried anew after a definite failure, it has a new generation
// Effect     a step's one call: intended, then issued, then started by EC2, then achieved (seen done) or failed
// Gate       where a migration asks people and waits; an approval counts for the basis that was shown, and no other
// Freeze     the services that stop writing together, under one id that their sources and final snapshots carry
// Journal    the entries of entries.ts, in order; a migration is a pure fold of them (fold.ts)
import type { Effect } from './effects.ts'
import type { Inventory, SeenVolume } from './facts.ts'
import type { Check } from './preflight.ts'
import type { Rules } from './rules.ts'

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

export type Gate = 'start' | 'freeze' | 'goLive' | 'cleanup'
export type Phase = 'planned' | 'seeding' | 'frozen' | 'moving' | 'live' | 'done' | 'aborting' | 'aborted' | 'halted'

export type Failure = { readonly code: string; readonly problem: string; readonly remedy: string }

export type EffectState = {
  readonly effect: Effect
  readonly status: 'intended' | 'issued' | 'started' | 'achieved' | 'failed'
  readonly attempts: number
  readonly intendedRev: number
  readonly intendedAtMs: number
  readonly issuedAtMs: number | null
  /** Not to be called again before this time: EC2 refused for now. */
  readonly notBeforeMs: number
  readonly resource: string | null
  readonly achievedAtMs: number | null
  readonly confirmedBy: string | null
  readonly failure: Failure | null
  /** What both hosts said of a replica, where the effect was to ask them. */
  readonly reading: Reading | null
}

/** A replica as both hosts told it: what keeps it from being proven, and how far it is where it syncs. */
export type Reading = {
  readonly doubts: readonly string[]
  readonly leftKib: number | null
  /** How the sync goes, in words; null where nothing syncs. */
  readonly sync: string | null
  readonly isStalled: boolean
  readonly sourceRole: string
}

export type Approval = {
  readonly gate: Gate
  readonly by: string
  readonly basis: string
  readonly atMs: number
  readonly rev: number
}

export type Freeze = { readonly id: string; readonly services: readonly string[]; readonly atMs: number }

export type Deferral = { readonly service: string; readonly by: string; readonly reason: string; readonly atMs: number }

export type Outage = {
  readonly fromMs: number
  readonly untilMs: number | null
  /** The part of it that was spent waiting for people. */
  readonly gateWaitMs: number
  /** Up to when waiting has been counted: two people at work at once are waited for once. */
  readonly countedUntilMs: number
}

export type Migration = {
  readonly id: string
  readonly rev: number
  readonly phase: Phase
  readonly paused: boolean
  readonly plan: Plan
  /** What the plan was drawn from, so that it can be drawn again when a person chooses or a volume appears. */
  readonly inventory: Inventory
  readonly found: readonly SeenVolume[]
  /** Volumes of the plan, sources and copies of replicas, that were deleted under it. */
  readonly gone: ReadonlySet<string>
  readonly rules: Rules
  readonly choices: readonly Choice[]
  readonly by: string
  readonly channel: string
  readonly seeds: boolean
  /** The run id of the Redis that took the newest entry. */
  readonly runId: string
  /** Until then entries before `rev` may be lost whose effects EC2 does not show yet; 0 where none were. */
  readonly doubtUntilMs: number
  readonly plannedAtMs: number
  readonly asking: {
    readonly gate: Gate
    readonly basis: string
    readonly atMs: number
  } | null
  readonly approvals: readonly Approval[]
  readonly deferrals: readonly Deferral[]
  /** What people were warned about. */
  readonly warned: ReadonlySet<string>
  readonly freezes: readonly Freeze[]
  readonly effects: ReadonlyMap<string, EffectState>
  readonly outage: Outage | null
  readonly wentLiveAtMs: number | null
  /** Percents of what was not yet there when the point of no return was passed, by service. */
  readonly percentsAtGoLive: Readonly<Record<string, number>>
  readonly endedAtMs: number | null
  /** Asked for after the end; null where nobody has. */
  readonly cleanup: Cleanup | null
}

export type Cleanup = {
  readonly by: string
  readonly atMs: number
  readonly rev: number
  /** What an approver agreed to, by id; null before. */
  readonly approved: readonly string[] | null
  /** Why something of it was kept after all, by id. */
  readonly kept: ReadonlyMap<string, string>
  readonly endedAtMs: number | null
}
