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
import type { Inventory, SeenVolume } from './facts.ts'
import type { Choice, Plan } from './plan.ts'
import type { Rules } from './rules.ts'

export type Gate = 'start' | 'freeze' | 'goLive' | 'cleanup'
export type Phase = 'planned' | 'seeding' | 'frozen' | 'moving' | 'live' | 'done' | 'aborting' | 'aborted' | 'halted'

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
