// What a journal entry says. Later entries may only add kinds and fields: journals outlive the code that wrote them.
import type { Effect } from './effects.ts'
import type { Inventory, SeenVolume } from './facts.ts'
import type { Choice, Failure, Gate, Plan, Reading } from './migration.ts'
import type { Rules } from './rules.ts'

type Says<K extends string, D = unknown> = { readonly kind: K } & Readonly<D>

export type Said =
  | Says<
      'planned',
      { id: string; plan: Plan; inventory: Inventory; rules: Rules; by: string; channel: string; seeds: boolean }
    >
  /** The plan drawn anew: a person chose, or volumes appeared in the source zone. */
  | Says<'replanned', { plan: Plan; choices: readonly Choice[]; found: readonly SeenVolume[]; by: string | null }>
  /** Source volumes that EC2 does not show any more. */
  | Says<'gone', { volumes: readonly string[] }>
  | Says<'asked', { gate: Gate; basis: string; evidence: readonly string[] }>
  | Says<'withdrew', { gate: Gate; why: string }>
  | Says<'approved', { gate: Gate; basis: string; by: string }>
  | Says<'declined', { gate: 'start'; by: string }>
  | Says<'began'>
  | Says<'freezing', { freeze: string; services: readonly string[] }>
  | Says<'deferred', { service: string; by: string; reason: string }>
  /** Something people should hear before they ask; `about` says it once. */
  | Says<'warned', { about: string; service: string | null; text: string }>
  | Says<'paused' | 'resumed', { by: string }>
  /** The last entries may be lost: another Redis run keeps the journal, or what was read of it is not there any more. */
  | Says<'doubted'>
  | Says<'wentLive', { percents: Readonly<Record<string, number>> }>
  | Says<'aborting', { by: string | null; reason: string }>
  | Says<'intended', { effects: readonly Effect[] }>
  | Says<'issued', { effect: string; attempt: number }>
  | Says<'notCalled', { effect: string; attempt: number; why: string; retryMs: number }>
  | Says<'started', { effect: string; resource: string | null }>
  | Says<
      'seen',
      { started: readonly { readonly effect: string; readonly resource: string }[]; achieved: readonly string[] }
    >
  /** What both hosts said of a replica. */
  | Says<'read', { effect: string } & Reading>
  /** A person did it and says so. */
  | Says<'confirmed', { effects: readonly string[]; by: string; reason?: string }>
  | Says<'failed', { effect: string } & Failure>
  | Says<'retried', { effect: string; by: string }>
  | Says<'aborted' | 'done'>
  /** Behind the end: somebody asks for a cleanup; an approver agreed to what is named; something of it is in use again; it is over. */
  | Says<'cleaning', { by: string }>
  | Says<'clearing', { resources: readonly string[] }>
  | Says<'kept', { resources: readonly { readonly id: string; readonly name: string; readonly why: string }[] }>
  | Says<'cleaned'>

/** An entry as the journal keeps it. `rev` counts from 1; `atMs` is the journal's own clock, never before the last entry's. */
export type Entry = Said & {
  readonly rev: number
  readonly atMs: number
  readonly nonce: string
  /** The run id of the Redis that took it. */
  readonly runId: string
}

export type EntryOf<K extends Entry['kind']> = Extract<Entry, { kind: K }>
