// What journal entries say. An entry that speaks of an earlier one names its nonce: revs and attempt numbers come again
// after a lost tail, and the word of a process that slept must not count for another's attempt. An entry that names any
// other than the current attempt, question or failure changes nothing.
//
// A migration is written to its end in the version of its `planned`. Nothing was released before version 1, so journals
// from before it have no reader.
import type { Effect, Failure, Reading } from './effects.ts'
import type { Inventory, SeenVolume } from './facts.ts'
import type { Away, Earlier, Forecast, Gate, Memory, OlderSeed, Purpose, Rehearsed } from './migration.ts'
import type { Choice, Plan } from './plan.ts'
import type { Rules } from './rules.ts'

/** The version in which this program writes a migration that it starts, and the newest that it reads. */
export const JOURNAL_VERSION = 1

type Says<K extends string, D = unknown> = { readonly kind: K } & Readonly<D>

/** A snapshot or volume in EC2 that a call of this migration made, and that no entry explains. */
export type Unexplained = {
  readonly effect: Effect
  /** The nonce of the lost `issued` entry, from the tags of the thing itself. */
  readonly issued: string
  /** Null where several volumes claim to be what that call made: only EC2 can tell, by the call's token. */
  readonly resource: string | null
  /** Ids of further snapshots that claim to be what that call made; absent where none does. Copies may be of any of them. */
  readonly others?: readonly string[]
}

/** What an entry says, by kind. transitions.ts has which kind may follow which, and fold.ts what each kind changes. */
export type EntryBody =
  | Says<
      'planned',
      {
        version: number
        id: string
        plan: Plan
        inventory: Inventory
        explained: readonly string[]
        /** Ids of migrations that volumes name as their makers and no journal here knows; absent: none. */
        unjournalled?: readonly string[]
        rules: Rules
        by: string
        channel: string
        seeds: boolean
        /** Before this time (ms since 1970) the outage is not asked for; absent: it is asked for as soon as it can be. */
        windowMs?: number
        /** Absent: it moves services. */
        purpose?: Exclude<Purpose, 'move'>
        /** Of seeds: those of earlier days that are still there, by the id of the volume; absent: none. */
        older?: Readonly<Record<string, readonly OlderSeed[]>>
        /** What earlier migrations measured of the volumes of the plan; absent: nothing. */
        earlier?: Earlier
        /** What rehearsals measured of them; absent: nothing. */
        rehearsed?: Rehearsed
        /** Its journal was gone, and it is rebuilt from tags, which say these choices: everything else that it had is in doubt. */
        rebuilt?: { readonly choices: readonly Choice[] }
      }
    >
  /**
   * The plan was drawn anew: a person chose (`by`), volumes appeared in the source zone, or, while it waited for its start,
   * everything was looked at again: then `inventory` is what was seen, and takes the place of the one before. `by` is null for both.
   */
  | Says<
      'replanned',
      {
        plan: Plan
        choices: readonly Choice[]
        found: readonly SeenVolume[]
        by: string | null
        inventory?: Inventory
        /** With an inventory: the memory tags in it that journals explain, and the makers named in it that no journal here knows. */
        explained?: readonly string[]
        unjournalled?: readonly string[]
      }
    >
  /** Volumes of the plan, sources and copies of replicas, that EC2 does not show any more. */
  | Says<'gone', { volumes: readonly string[] }>
  /**
   * A gate asks. `again`: why the approval of the same question does not count any more; null for a new question. `forecast`: of the
   * outage that would begin; absent where nobody knows. It is shown and not agreed to.
   */
  | Says<
      'asked',
      {
        gate: Gate
        basis: string
        evidence: readonly string[]
        again: string | null
        forecast?: Forecast
        /** Ids of the older snapshots for which final ones would wait; absent: none. */
        behind?: readonly string[]
      }
    >
  /** An observation shows less than the question rests on; a second one in a row withdraws the question. */
  | Says<'missing', { asked: string; what: string }>
  /** The next observation shows everything again. */
  | Says<'shown', { asked: string }>
  | Says<'withdrew', { gate: Gate; why: string }>
  | Says<'approved', { asked: string; gate: Gate; basis: string; by: string }>
  /** `by` is null where nobody answered for a day (START_ENDS_MS). */
  | Says<'declined', { asked: string | null; gate: 'start'; by: string | null }>
  | Says<'began'>
  | Says<'freezing', { freeze: string; services: readonly string[] }>
  | Says<'deferred', { service: string; by: string; reason: string }>
  /** An approver lets the outage be asked for though its forecast does not fit the budget. */
  | Says<'exceeded', { by: string; reason: string }>
  /**
   * After the point of no return a deferred service is given back to where it was. `by` is null if the entry was lost
   * and the tags of the volumes show it.
   */
  | Says<'returned', { service: string; by: string | null; reason: string }>
  /** A person writes down what the journal cannot know, for the report. It changes nothing. */
  | Says<'noted', { by: string; text: string }>
  /**
   * How much two seeds of a volume that follow each other differ, in GiB: so much the second one copied. `first` and `second` are the ids
   * of the snapshots. `gib` is null where AWS does not let zonehop ask, or does not compare them.
   */
  | Says<'measured', { first: string; second: string; gib: number | null }>
  /** People are warned unasked. `about` names the subject, so that each warning is given once. */
  | Says<'warned', { about: string; service: string | null; text: string }>
  /** `by` is null where nobody answered the freeze (`askHours` in zonehop.yaml): it is put away until somebody resumes. */
  | Says<'paused', { by: string | null }>
  | Says<'resumed', { by: string }>
  /**
   * A process cannot read this service of AWS since `sinceMs` (ms since 1970); `isAnswering`: it answers, but not what was asked.
   * `reachable`: it can be read again.
   */
  | Says<'unreachable', { service: Away['service']; isAnswering: boolean; why: string; sinceMs: number }>
  | Says<'reachable', { service: Away['service'] }>
  /**
   * The last entries may be lost: another Redis keeps the journal, or entries that were read are not there any more.
   */
  | Says<'doubted', { why: string }>
  /** Things that EC2 shows and no entry explains. They begin doubt, and the journal knows them from here on. */
  | Says<'adopted', { things: readonly Unexplained[] }>
  /**
   * Tags on volumes say something of this migration that no entry explains: entries were lost, or somebody else wrote the tags.
   * `says` is the tag. They are not believed until an approver says that it is so.
   */
  | Says<'suspected', { about: Memory; says: string; volumes: readonly string[] }>
  /** An approver says whether it is so; `suspected` is the nonce of that entry. */
  | Says<'settled', { suspected: string; isSo: boolean; by: string }>
  /** The world was observed after the time of doubt: what was lost is known as far as it can be. */
  | Says<'looked'>
  /**
   * Somebody else drives these volumes: nothing more is issued until people decide. An entry that does not fit halts
   * too, without this entry.
   */
  | Says<'halted', { why: string }>
  /** An approver passes an entry that did not fit; `entry` is its nonce. */
  | Says<'skipped', { entry: string; by: string }>
  /** The point of no return. `percents`: for each deferred service, how far its slowest volume is. */
  | Says<'wentLive', { percents: Readonly<Record<string, number>> }>
  | Says<'aborting', { by: string | null; reason: string }>
  | Says<'intended', { effects: readonly Effect[] }>
  | Says<'issued', { effect: string }>
  /** `answer`: what AWS said; it is absent where zonehop itself put the call off. */
  | Says<'notCalled', { effect: string; issued: string; why: string; retryMs: number; answer?: Failure }>
  /** Nobody can say whether the call took effect: it is looked for, or made again. `answer`: what was heard instead. */
  | Says<'unanswered', { effect: string; issued: string; answer: Failure }>
  | Says<'started', { effect: string; issued: string; resource: string | null }>
  | Says<
      'seen',
      {
        started: readonly {
          readonly effect: string
          readonly resource: string
          /** Ids of further things that the same attempts made: they are never used, and a cleanup names them. */
          readonly others: readonly string[]
        }[]
        achieved: readonly string[]
        /** How long EC2 says that it made snapshots among them, in ms by the effect; absent where it does not say. */
        took?: Readonly<Record<string, number>>
      }
    >
  /** What both hosts reported of a replica. */
  | Says<'read', { effect: string } & Reading>
  /**
   * A person confirms work done by hand; `intended` is the nonce of the entry that asked for it. `reason` is given by
   * an approver who vouches for a fence.
   */
  | Says<'confirmed', { intended: string; effects: readonly string[]; by: string; reason?: string }>
  /** `issued`: the attempt that EC2 refused; null if an observation shows the failure. */
  | Says<'failed', { effect: string; issued: string | null } & Failure>
  | Says<'retried', { effect: string; failed: string; by: string }>
  | Says<'aborted' | 'done'>
  /**
   * After the end. `cleaning`: somebody asks for a cleanup. `clearing`: an approver agreed to what is named. `kept`:
   * some of it must stay after all, for example because it is in use again. `cleaned`: the cleanup is over.
   */
  | Says<'cleaning', { by: string }>
  | Says<'clearing', { resources: readonly string[] }>
  | Says<'kept', { resources: readonly { readonly id: string; readonly name: string; readonly why: string }[] }>
  | Says<'cleaned'>

/**
 * An entry as the journal keeps it. `rev` counts from 1; `atMs` is the journal's own clock (ms since 1970), and never
 * before the last entry's.
 */
export type Entry = EntryBody & {
  readonly rev: number
  readonly atMs: number
  readonly nonce: string
  /**
   * The Redis that took the entry: its run id, and the id of the history it replicates. A failover and failback changes
   * only the second.
   */
  readonly runId: string
  readonly replicationId: string
}

/** The names of all kinds of entry. */
export type Kind = Entry['kind']
/** The entries of the kinds in `K`, as the journal keeps them. */
export type EntryOf<K extends Kind> = Extract<Entry, { kind: K }>
