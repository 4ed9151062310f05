// The words of zonehop, as types. Every other file uses these words and no others.
//
// What is asked of a plan
//   Rule         what zonehop.yaml says of services, replicas, successors and volumes that stay
//   Watch        two zones that are planned once a day, before anybody asks, and the channel that hears what is new
//   Inventory    all that was found in the source zone when the plan was drawn, with the survey of the account
//   Survey       what EC2 answered to questions that only a plan needs: quotas, types, permissions
//   Choice       the route that an approver chose for one volume
//   Plan         what moves and how; immutable, named by its digest; red while a volume is uncovered or a check is red
//   Check        one question of preflight, with its result, its cause and what to do
//   Service      what people would miss; it has moves, and may open after others
//   Need         whether a service holds up the point of no return (required) or not (deferrable)
//   Method       how the writes of a service are stopped
//   Move         what travels together by one route: a volume by snapshots, or a DRBD resource by its replica
//   Volume       as the plan holds it: what its copy in the target zone must equal
//   Pair         a source volume and its replica's volume
//   Stay         a volume that does not move, with the reason
//   Leftover     what an earlier migration has where a copy of this plan goes
//   Uncovered    a volume for which nothing says whether it moves
//   Tags         the tags of an EC2 resource; zonehop's own are its second memory
//
// What is done
//   Subject      what a step is about: a move, a service, a copy, a batch of marks, a resource to delete
//   Step         one stage of a subject
//   Effect       a step as data: one call, or work for people; intended, issued, started, achieved or failed
//   Generation   the same step anew: a person retried its failure, or what it rests on changed
//   Direction    whether an effect leads to the target zone or back
//   Call         the kind of an effect's call; each kind has a queue and a rate
//   Rate         how many calls of a kind EC2 takes
//   Attempt      one issued call of an effect, named by the nonce of its entry
//   Hindrance    an answer of AWS with which a call came to nothing, or to nothing that is known
//   Failure      why an effect failed, and what to do
//   Reading      what both hosts of a replica reported, and what keeps it from being proven
//
// What is remembered
//   Migration    one run from a source zone to a target zone; the fold of its journal
//   Journal      the entries of a migration in order, as one Redis stream
//   Entry        one fact in the journal: its body, and who took it when
//   Nonce        the name of an entry, drawn by who appends it
//   Rev          the place of an entry in its journal, from 1; of a migration, the length of its journal
//   Purpose      what a migration is for: to move services, or to rehearse that
//   Claim        a volume that a migration holds, so that no other starts on it
//   Kind         what an entry says; which kind may follow which is one table
//   Phase        where a migration stands
//   State        where an effect stands
//   People       who may do what: operators and approvers, by the ids of users and user groups
//   Gate         where a migration asks people and waits
//   Asking       the question that stands now
//   Approval     the answer of a person to one question, by its name
//   Basis        what a question rests on, as a digest: the plan, and the evidence that it showed
//   Freeze       services that stop writing together, under one id that their volumes carry
//   Outage       from the first freeze until every required service serves again
//   SeedRound    by how much one seed differs from the one before it, how far apart they are, and how long it took
//   Earlier      what seeds of earlier migrations measured of a volume
//   Hours        a part of the day in UTC, such as the one in which hard disks may be read for seeds
//   DueSnapshot  a snapshot that others may begin, as they did a day or a week before
//   Rehearsed    what rehearsals measured of a volume
//   Unseeded     a volume of which the seeds of a day went wrong
//   OlderSeed    a snapshot that an earlier round of seeds took, and that the newest one makes superfluous
//   Forecast     how long an outage would last, told before it begins
//   Deferral     a required service that an approver took out of the way of the point of no return; a deferrable one is
//                out of its way from the start
//   Return       a deferred service that goes back home after the point of no return
//   Doubt        the journal may have lost its last entries; it ends once EC2 was looked at after its window
//   Memory       what tags on volumes say of a migration, where the journal may have lost it
//   Suspicion    a memory that no entry explains, and whether an approver said that it is so
//   Unexplained  a thing that a call of ours made and no entry knows
//   Halt         nothing is issued until people decide
//   Rival        a second zonehop on the same volumes, with another Redis or a copy of this one
//   Stray        a host that only a lost plan knew
//   Mark         a tag by which zonehop remembers on a volume how far it is
//   Away         a service of AWS that cannot be read
//   Cleanup      what was left behind is deleted, after the end, by name
//
// What is seen
//   Facts        the world as it was just observed
//   Observed     what one look brought back, before it is indexed
//   Initialization  how far EC2 has loaded copies from their snapshots, as it was asked last
//   Seen...      a resource as EC2 or SSM showed it
//   Answer       what somebody outside said, or why nobody could say
//
// What people read
//   Piece        a run of a sentence: text as it was written, or one of our marks with what it wraps

import type { EffectStates } from './effect-states.ts'
import type { Inventory, SeenVolume } from './facts.ts'
import type { Choice, Plan } from './plan.ts'
import type { Rules } from './rules.ts'

/**
 * What a migration is for: it moves services, it rehearses that beside them and takes away what it made, or it takes the snapshots of a day
 * ahead, of which the newest stay.
 */
export type Purpose = 'move' | 'rehearsal' | 'seeds'

/** A snapshot of a source that an earlier migration took ahead, by the ids of both. */
export type OlderSeed = { readonly snapshot: string; readonly migration: string }

/** A volume, by its id and name, of which the seeds of a day went wrong, and how in words. */
export type Unseeded = {
  readonly volume: string
  readonly name: string
  readonly cause: string
  /** Where it is about a snapshot alone, its id; absent: it is about the volume. */
  readonly snapshot?: string
}

/** Every gate, in the order in which a migration passes them; the last comes after its end. */
export const GATES = ['start', 'freeze', 'goLive', 'cleanup'] as const

/** The four points at which people are asked: before the first call, the outage, the point of no return, a deletion. */
export type Gate = (typeof GATES)[number]
/** Where a migration stands; transitions.ts has which entry leads from which phase to which. */
export type Phase = 'planned' | 'seeding' | 'frozen' | 'moving' | 'live' | 'done' | 'aborting' | 'aborted' | 'halted'

/** The phases before the point of no return in which nobody has asked to go back. */
export const BEFORE_LIVE: readonly Phase[] = ['planned', 'seeding', 'frozen', 'moving']

/**
 * The answer of a person to one question: `asked` is the nonce of its `asked` entry, `basis` the digest of what was
 * shown.
 */
export type Approval = {
  readonly asked: string
  readonly gate: Gate
  readonly by: string
  readonly basis: string
  readonly atMs: number
  readonly rev: number
}

/** The question that stands now, named by the nonce of its `asked` entry. */
export type Asking = {
  readonly gate: Gate
  readonly basis: string
  readonly nonce: string
  readonly atMs: number
  /** Since when the gate has asked without an answer or a withdrawal, whatever changed in what it shows. */
  readonly sinceMs: number
  /**
   * The rev of the entry by which the last look showed less than the question rests on; null while all of it is shown.
   */
  readonly missingRev: number | null
  /** Ids of the older snapshots for which it says that final ones would wait. */
  readonly behind: readonly string[]
}

/** A service of AWS that cannot be read, since when and why; `untilMs` is null while it cannot. Times in ms since 1970. */
export type Away = {
  readonly service: 'EC2' | 'SSM'
  readonly isAnswering: boolean
  readonly why: string
  readonly sinceMs: number
  readonly untilMs: number | null
}

/** Entries may be lost. It `isOpen` until somebody has looked at the world after `untilMs` (ms since 1970). */
export type Doubt = { readonly sinceMs: number; readonly untilMs: number; readonly isOpen: boolean }

/** What the tags on volumes may remember when the journal has lost it. */
export type Memory = 'frozen' | 'left' | 'aborted' | 'returned' | 'leftAgain' | 'live'

/**
 * What tags say and no entry explains. `isSo` is null until an approver has said whether it is so, at `settledAtMs` (ms
 * since 1970).
 */
export type Suspicion = {
  readonly about: Memory
  readonly says: string
  /** Ids of the volumes whose tags say so. */
  readonly volumes: readonly string[]
  readonly nonce: string
  readonly isSo: boolean | null
  readonly settledAtMs: number | null
}

/** Why nothing is issued, and the phase to go back to. */
export type Halt = {
  readonly from: Phase
  readonly why: string
  /** Nonces of the entries that do not fit and that nobody has passed yet, in the order of the journal. */
  readonly entries: readonly string[]
  /** Why somebody else is thought to drive these volumes; null if nobody is. */
  readonly rival: string | null
}

/** Services that stop writing together. Their sources and final snapshots carry `id` as a tag. */
export type Freeze = {
  readonly id: string
  readonly services: readonly string[]
  /** Ids of the source volumes that it covers: those of its services in the plan of its time. */
  readonly sources: readonly string[]
  readonly atMs: number
  /** The rev of its entry. What stopped the same service under an earlier freeze was intended before that. */
  readonly rev: number
}

/** An approver's decision that the point of no return does not wait for a service. */
export type Deferral = { readonly service: string; readonly by: string; readonly reason: string; readonly atMs: number }

/** A deferred service that was given back to the source zone. `by` is null if that was recovered from its volumes. */
export type Return = {
  readonly service: string
  readonly by: string | null
  readonly reason: string
  readonly atMs: number
}

/** A seed that was measured: the GiB that it copied, how long that took, and how long before it the one before began. */
export type SeedRound = { readonly gib: number; readonly seconds: number; readonly apartMs: number }

/** What earlier migrations measured of a volume, oldest first, and the newest seed of theirs: its snapshot, and when it began (ms since 1970). */
export type EarlierSeeds = {
  readonly rounds: readonly SeedRound[]
  readonly last: { readonly snapshot: string; readonly atMs: number }
}

/** By the id of a volume; those of which nothing is known are left out. */
export type Earlier = Readonly<Record<string, EarlierSeeds>>

/**
 * By the id of a volume, how many ms its copy took in a rehearsal to be made, attached and read on its successor, as the looks saw it; those of
 * which that is not known are left out.
 */
export type Rehearsed = Readonly<Record<string, number>>

/**
 * Bounds of an outage in ms, without waits for people, before it begins; `gib`: what the final snapshots would copy. `behind`: ids of older
 * snapshots for which they would wait; where `mostMs` is null, of those whose end nobody can tell. Absent: they would wait for none.
 */
export type Forecast = {
  readonly leastMs: number
  readonly mostMs: number | null
  readonly gib: number
  readonly behind?: readonly string[]
  /** What comes around the final snapshots is bounded by what rehearsals took. */
  readonly isRehearsed?: true
}

/** From the entry `freezing` until every required service serves again; `untilMs` is null while it lasts. */
export type Outage = {
  readonly fromMs: number
  readonly untilMs: number | null
  /** The part of the outage that was spent waiting for people. */
  readonly gateWaitMs: number
  /** Waiting has been counted up to this time, so that two people at work at once are waited for once. */
  readonly countedUntilMs: number
}

/** A migration as the fold of its journal (journal/fold.ts). Times are in ms since 1970. */
export type Migration = {
  readonly id: string
  readonly rev: number
  readonly phase: Phase
  readonly paused: boolean
  readonly plan: Plan
  /** What the plan was drawn from, so that it can be drawn again when a person chooses or a volume appears. */
  readonly inventory: Inventory
  /** The memory tags in it that journals of other migrations explained, as planning/memory-tags.ts writes them. */
  readonly explained: ReadonlySet<string>
  /** Ids of migrations that volumes in it name as their makers, and that no journal here knew then. */
  readonly unjournalled: ReadonlySet<string>
  /** Volumes that appeared in the source zone since the inventory was read. */
  readonly found: readonly SeenVolume[]
  /** Ids of volumes of the plan, sources and copies of replicas, that were deleted after it was drawn. */
  readonly gone: ReadonlySet<string>
  readonly rules: Rules
  readonly choices: readonly Choice[]
  readonly by: string
  readonly channel: string
  readonly seeds: boolean
  /** When the outage was first asked for; null before. */
  readonly freezeAskedMs: number | null
  /** Before this time (ms since 1970) the outage is not asked for; null: as soon as it can be. */
  readonly windowMs: number | null
  readonly purpose: Purpose
  /** Whether it was rebuilt from tags, when its journal was gone. */
  readonly isRebuilt: boolean
  /** The version of its `planned` entry, in which the migration is written to its end. */
  readonly version: number
  /** The Redis that took the newest entry: its run id, and the id of the history that it replicates. */
  readonly runId: string
  readonly replicationId: string
  /** When AWS could last not be read; null if it always could. */
  readonly away: Away | null
  /** The newest time of doubt; null if there never was one. */
  readonly doubt: Doubt | null
  readonly halted: Halt | null
  /** Why an entry did not fit, by its nonce. What such an entry says was never applied. */
  readonly misfits: ReadonlyMap<string, string>
  readonly plannedAtMs: number
  /** Since when seeds are taken; null before. */
  readonly beganAtMs: number | null
  /** When somebody last chose something in the plan; at first, when it was planned. */
  readonly chosenAtMs: number
  readonly asking: Asking | null
  /** Nonces of all questions that were ever asked. */
  readonly questions: ReadonlySet<string>
  readonly approvals: readonly Approval[]
  /** The newest suspicion of each kind of memory. */
  readonly suspicions: ReadonlyMap<Memory, Suspicion>
  readonly deferrals: readonly Deferral[]
  /** An approver has let the outage be asked for though its forecast does not fit the budget. */
  readonly isExceeded: boolean
  /** Since when the question that begins the outage is kept back by the budget (ms since 1970); null where it is not. */
  readonly keptBackMs: number | null
  readonly returns: readonly Return[]
  /** The `about` of every warning that was given. */
  readonly warned: ReadonlySet<string>
  readonly freezes: readonly Freeze[]
  readonly effects: EffectStates
  /** By how many GiB a seed differs from the one before it, by its id; null where that cannot be known. */
  readonly deltas: ReadonlyMap<string, number | null>
  /** What was known of its volumes when it was planned. */
  readonly earlier: Earlier
  readonly rehearsed: Rehearsed
  /** Of seeds: those of earlier days that were still there when it was planned, by the id of the volume. */
  readonly older: Readonly<Record<string, readonly OlderSeed[]>>
  readonly outage: Outage | null
  readonly wentLiveAtMs: number | null
  /** For each service that was deferred at the point of no return, the percent of its slowest volume by then. */
  readonly percentsAtGoLive: Readonly<Record<string, number>>
  readonly endedAtMs: number | null
  /** The cleanup that was asked for after the end; null if nobody has. */
  readonly cleanup: Cleanup | null
}

/** A cleanup that `by` asked for; `endedAtMs` is null while it lasts. */
export type Cleanup = {
  readonly by: string
  readonly atMs: number
  readonly rev: number
  /** Ids of what an approver agreed to delete; null before that. */
  readonly approved: readonly string[] | null
  /** Why a volume or snapshot was kept after all, by its id. */
  readonly kept: ReadonlyMap<string, string>
  readonly endedAtMs: number | null
}
