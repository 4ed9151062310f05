// What a journal entry says. Who speaks of an earlier entry names its nonce: revs and attempt numbers come again after a lost tail,
// and the word of a process that slept must not count for another's attempt. What names an entry that is not the one at hand says
// nothing.
//
// A migration is written to its end in the version of its `planned`. Nothing was released before version 1, so journals from before
// it have no reader.
import type { Effect, Failure, Reading } from './effects.ts'
import type { Inventory, SeenVolume } from './facts.ts'
import type { Gate } from './migration.ts'
import type { Choice, Plan } from './plan.ts'
import type { Rules } from './rules.ts'

/** The version in which this program writes a migration that it starts, and the newest that it reads. */
export const JOURNAL_VERSION = 1

type Says<K extends string, D = unknown> = { readonly kind: K } & Readonly<D>

/** A thing that EC2 shows as made by a call of this migration that no entry explains. */
export type Unexplained = {
  readonly effect: Effect
  /** The nonce of the lost `issued`, as the thing's own tags have it. */
  readonly issued: string
  readonly resource: string
}

export type EntryBody =
  | Says<
      'planned',
      {
        version: number
        id: string
        plan: Plan
        inventory: Inventory
        rules: Rules
        by: string
        channel: string
        seeds: boolean
      }
    >
  /** The plan drawn anew: a person chose, or volumes appeared in the source zone. */
  | Says<'replanned', { plan: Plan; choices: readonly Choice[]; found: readonly SeenVolume[]; by: string | null }>
  /** Source volumes that EC2 does not show any more. */
  | Says<'gone', { volumes: readonly string[] }>
  /** `again`: the same was asked before, and why its approval does not count any more. */
  | Says<'asked', { gate: Gate; basis: string; evidence: readonly string[]; again: string | null }>
  /** A look shows less than the question rests on; a second one in a row withdraws it. */
  | Says<'missing', { asked: string; what: string }>
  /** The next look shows everything again. */
  | Says<'shown', { asked: string }>
  | Says<'withdrew', { gate: Gate; why: string }>
  | Says<'approved', { asked: string; gate: Gate; basis: string; by: string }>
  | Says<'declined', { asked: string | null; gate: 'start'; by: string }>
  | Says<'began'>
  | Says<'freezing', { freeze: string; services: readonly string[] }>
  | Says<'deferred', { service: string; by: string; reason: string }>
  /** Behind the point of no return a deferrable service is given back to where it was. */
  /** `by` null: the volumes say so, and the entry was lost. */
  | Says<'returned', { service: string; by: string | null; reason: string }>
  /** Something people should hear before they ask; `about` says it once. */
  | Says<'warned', { about: string; service: string | null; text: string }>
  | Says<'paused' | 'resumed', { by: string }>
  /** The last entries may be lost: another Redis keeps the journal, or what was read of it is not there any more. */
  | Says<'doubted', { why: string }>
  /** Things that EC2 shows and the journal does not know; they begin doubt, and are known from here on. */
  | Says<'adopted', { things: readonly Unexplained[] }>
  /** Somebody looked at the world behind the time of doubt: what was lost is known as far as it can be. */
  | Says<'looked'>
  /** Somebody else drives these volumes, or an entry does not fit: nothing more is issued until people decide. */
  | Says<'halted', { why: string }>
  /** An approver passes an entry that did not fit; `entry` is its nonce. */
  | Says<'skipped', { entry: string; by: string }>
  | Says<'wentLive', { percents: Readonly<Record<string, number>> }>
  | Says<'aborting', { by: string | null; reason: string }>
  | Says<'intended', { effects: readonly Effect[] }>
  | Says<'issued', { effect: string }>
  | Says<'notCalled', { effect: string; issued: string; why: string; retryMs: number }>
  | Says<'started', { effect: string; issued: string; resource: string | null }>
  | Says<
      'seen',
      {
        started: readonly {
          readonly effect: string
          readonly resource: string
          /** Others that the same attempts made: never used, and named to a cleanup. */
          readonly others: readonly string[]
        }[]
        achieved: readonly string[]
      }
    >
  /** What both hosts said of a replica. */
  | Says<'read', { effect: string } & Reading>
  /** A person did it and says so; `intended` names the entry that asked. */
  | Says<'confirmed', { intended: string; effects: readonly string[]; by: string; reason?: string }>
  /** `issued`: EC2 refused that call; null: a look shows it. */
  | Says<'failed', { effect: string; issued: string | null } & Failure>
  | Says<'retried', { effect: string; failed: string; by: string }>
  | Says<'aborted' | 'done'>
  /** Behind the end: somebody asks for a cleanup; an approver agreed to what is named; something of it is in use again; it is over. */
  | Says<'cleaning', { by: string }>
  | Says<'clearing', { resources: readonly string[] }>
  | Says<'kept', { resources: readonly { readonly id: string; readonly name: string; readonly why: string }[] }>
  | Says<'cleaned'>

/** An entry as the journal keeps it. `rev` counts from 1; `atMs` is the journal's own clock, never before the last entry's. */
export type Entry = EntryBody & {
  readonly rev: number
  readonly atMs: number
  readonly nonce: string
  /** Which Redis took it: its run, and the history it replicates. A failover and failback changes the second alone. */
  readonly runId: string
  readonly replicationId: string
}

export type Kind = Entry['kind']
export type EntryOf<K extends Kind> = Extract<Entry, { kind: K }>
