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
// Attempt    one `issued` of an effect, named by that entry's nonce; its outcome, and what it makes, carry the name
// Doubt      the last entries may be lost; it lasts until somebody has looked at the world behind it
// Halt       nothing is issued until people decide: an entry does not fit, or somebody else drives the same volumes
import type { EffectStates } from './effect-states.ts'
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

/** One `issued`: by the nonce of its entry. */
export type Attempt = { readonly nonce: string; readonly atMs: number }

export type EffectState = {
  readonly effect: Effect
  readonly status: 'intended' | 'issued' | 'started' | 'achieved' | 'failed'
  /** Every one that the journal knows, oldest first. */
  readonly attempts: readonly Attempt[]
  /** The nonce and the rev of the entry that intended it. */
  readonly intended: string
  readonly intendedRev: number
  readonly intendedAtMs: number
  /** Not to be called again before this time: EC2 refused for now. */
  readonly notBeforeMs: number
  /** The id that its call returned; else what was found by the nonce of an attempt. */
  readonly resource: string | null
  /** More than one thing that its attempts made: they are named to a cleanup, and never used. */
  readonly others: readonly string[]
  readonly achievedAtMs: number | null
  readonly confirmedBy: string | null
  /** `nonce`: of the entry that says so. */
  readonly failure: (Failure & { readonly nonce: string }) | null
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

/** Answers the one question that it names. */
export type Approval = {
  readonly asked: string
  readonly gate: Gate
  readonly by: string
  readonly basis: string
  readonly atMs: number
  readonly rev: number
}

/** What is asked now, named by the nonce of its `asked`. */
export type Asking = {
  readonly gate: Gate
  readonly basis: string
  readonly nonce: string
  readonly atMs: number
  /** The entry by which the last look showed less than it rests on; null while all of it is shown. */
  readonly missingRev: number | null
}

/** Entries may be lost. `isOpen` until somebody has looked at the world behind `untilMs`. */
export type Doubt = { readonly sinceMs: number; readonly untilMs: number; readonly isOpen: boolean }

/** Why nothing is issued, and the phase to go back to. */
export type Halt = {
  readonly from: Phase
  readonly why: string
  /** Nonces of entries that do not fit and that nobody has passed yet. */
  readonly entries: readonly string[]
  /** Why somebody else is thought to drive these volumes; null where nobody is. */
  readonly rival: string | null
}

export type Freeze = { readonly id: string; readonly services: readonly string[]; readonly atMs: number }

export type Deferral = { readonly service: string; readonly by: string; readonly reason: string; readonly atMs: number }

/** `by` null: recovered from the volumes. */
export type Return = {
  readonly service: string
  readonly by: string | null
  readonly reason: string
  readonly atMs: number
}

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
  /** The version of its `planned`, in which it is written to its end. */
  readonly version: number
  /** Which Redis took the newest entry: its run, and the history that it replicates. */
  readonly runId: string
  readonly replicationId: string
  /** The newest time of doubt; null where there never was one. */
  readonly doubt: Doubt | null
  readonly halted: Halt | null
  /** Every entry that did not fit, by its nonce, and why: what it says was never taken. */
  readonly misfits: ReadonlyMap<string, string>
  readonly plannedAtMs: number
  readonly asking: Asking | null
  /** Nonces of everything that was ever asked. */
  readonly questions: ReadonlySet<string>
  readonly approvals: readonly Approval[]
  readonly deferrals: readonly Deferral[]
  readonly returns: readonly Return[]
  /** What people were warned about. */
  readonly warned: ReadonlySet<string>
  readonly freezes: readonly Freeze[]
  readonly effects: EffectStates
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
