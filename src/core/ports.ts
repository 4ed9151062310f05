// Ports: what the callers of the core need from the world, and what people can ask of zonehop. The edges and
// operations.ts implement them, and bot.ts wires them together.

import type { Person } from './asking/people.ts'
import type { Urgency } from './calling/priority.ts'
import type {
  AttachEffect,
  Call,
  CheckCopyEffect,
  DeleteEffect,
  DetachEffect,
  Failure,
  HostEffect,
  RestoreEffect,
  ServiceEffect,
  SnapshotEffect,
  TagEffect,
} from './model/effects.ts'
import type { Facts, Inventory, KeptInventory, SeenInitialization, SeenZone, SurveyAnswer } from './model/facts.ts'
import type { Away, Gate, Migration } from './model/migration.ts'
import type { Choice, Plan, SourceVolume, Tags } from './model/plan.ts'
import type { ChosenAhead } from './planning/watch/chosen.ts'
import type { WatchAge, WatchState } from './planning/watch/days.ts'
import type { Progress } from './telling/progress.ts'

/** The time, as it is handed in: the system's, or in drills that of the simulated EC2. */
export type Clock = {
  /** Ms since 1970. */
  now(): number
  /** Resolves after `ms`, or at once when the signal aborts; never throws. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** How many of its ms pass in one real ms: 1 except in drills. */
  speed(): number
}

/**
 * How AWS answered one call. `taken`: it took effect, `resource` is the id. `later`: it did not; call again after
 * `retryMs`. `unknown`: nobody can say whether it did. `refused`: it did not and will not; a person must act. While the
 * answer is `later`, or an `unknown` with a patience, the call is made again for `patienceMs` at most, and then has failed.
 */
export type Answer =
  | { readonly outcome: 'taken'; readonly resource: string | null }
  | ({ readonly outcome: 'later'; readonly retryMs: number; readonly patienceMs: number } & Failure)
  | ({ readonly outcome: 'unknown'; readonly patienceMs?: number } & Failure)
  | ({ readonly outcome: 'refused' } & Failure)

/** Thrown where AWS cannot be read: which service, whether it answers at all, and in a sentence why. */
export class Unreadable extends Error {
  readonly service: Away['service']
  readonly isAnswering: boolean
  constructor(of: Pick<Away, 'service' | 'isAnswering'>, why: string, cause: unknown) {
    super(why, { cause })
    this.name = 'Unreadable'
    this.service = of.service
    this.isAnswering = of.isAnswering
  }
}

/** For whom a call is made; whatever it makes carries both values. */
export type Order = {
  readonly migration: string
  /**
   * The nonce of the attempt. A call with a client token carries that of the first attempt, since the token is valid
   * for equal parameters alone.
   */
  readonly issued: string
  /** Whether an earlier attempt had no answer, or its entry may be lost: it may have taken effect. */
  readonly isRepeated: boolean
}

/** The zones between which a migration goes, by name; where a person typed them, by name or by id. */
export type Zones = { readonly sourceZone: string; readonly targetZone: string }

/** What stands in for a zone that EC2 does not show; `nowMs` is in ms since 1970. */
export type LastInventory = KeptInventory & { readonly nowMs: number }

/** Where the last inventory that could be read is kept, for the hour in which EC2 does not show a zone. */
export type Inventories = {
  last(zones: Zones): Promise<KeptInventory | null>
  keep(zones: Zones, kept: KeptInventory): Promise<void>
}

/** EC2, as the callers need it. A mutating call gives EC2's answer, and does not wait until EC2 is done with it. */
export type Ec2 = {
  /** Whether a call of this kind would arrive: one that did not is followed by a question first. */
  isReachable(call: Call): Promise<boolean>
  /** The zones of the region. Rejects with Unreadable. */
  zones(): Promise<readonly SeenZone[]>
  /** Rejects with Unreadable. */
  inventory(zones: Zones, last?: LastInventory): Promise<Inventory>
  /** `sources`: reads only these volumes, and in a cleanup the instances. Rejects with Unreadable. */
  observe(migration: Migration, nowMs: number, sources?: readonly string[]): Promise<Facts>
  /** How far EC2 has loaded these volumes of a zone from their snapshots, or why it does not tell. Never rejects. */
  initializations(zone: string, volumes: readonly string[]): Promise<SurveyAnswer<readonly SeenInitialization[]>>
  createSnapshot(effect: SnapshotEffect, order: Order): Promise<Answer>
  /** `like`: the source, whose attributes the copy takes. `tags`: the source's tags that it takes too. */
  createVolume(
    effect: RestoreEffect,
    order: Order & { readonly like: SourceVolume; readonly tags: Tags },
  ): Promise<Answer>
  attachVolume(effect: AttachEffect): Promise<Answer>
  /** Detaches, never by force. */
  detachVolume(effect: DetachEffect): Promise<Answer>
  deleteResource(effect: DeleteEffect): Promise<Answer>
  setDeleteOnTermination(effect: CheckCopyEffect): Promise<Answer>
  createTags(effect: TagEffect): Promise<Answer>
  deleteTags(effect: TagEffect): Promise<Answer>
  /** Stops or starts a service's instances, as its work says. */
  setInstances(effect: ServiceEffect): Promise<Answer>
}

/** What changed between snapshots, for who forecasts how much the next one copies. */
export type Ebs = {
  /**
   * GiB in blocks that differ between two completed snapshots of one volume, by id; what was written and is the same again counts, as the
   * next snapshot copies it too. `denied` where AWS does not let zonehop's role ask, which it may do without; `incomparable` where one of
   * them is gone or not completed, or they are of different volumes. Rejects with Unreadable where AWS does not answer; the service is told
   * as EC2, to which snapshots belong.
   */
  changedGib(pair: { readonly first: string; readonly second: string }): Promise<number | 'denied' | 'incomparable'>
}

/** What a host needs in order to refuse a command that comes late or out of order. */
export type CommandOrder = Order & {
  /**
   * Rises with every intent: a host refuses a command with a lower one than it has seen for the service. It is the
   * journal's time of the intent, in ms. The number of the entry would come again after a lost tail, and a host that
   * had seen a higher one would refuse everything.
   */
  readonly rev: number
  /** Ms since 1970; the host refuses to act after this time. */
  readonly notAfterMs: number
}

/** Commands to hosts. */
export type Hosts = {
  /** Sends an effect's document to its hosts; the resource of the answer is the command's id. */
  run(effect: HostEffect, order: CommandOrder): Promise<Answer>
}

/** The job queues. They hold wake-ups only, since the journal holds the intent. */
export type Queue = {
  /** Wakes the reconciler of a migration, which is told nothing but the id. */
  nudge(id: string): Promise<void>
  /** Wakes the job that makes the Slack thread say what the journal says. */
  nudgeNotify(id: string): Promise<void>
  /** Wakes the job that edits the status message alone, which shows a clock. */
  nudgeStatus(id: string): Promise<void>
  enqueue(jobs: readonly StepJob[]): Promise<void>
}

/** A job that makes one attempt at one effect, by its id. */
export type StepJob = {
  readonly migration: string
  readonly effect: string
  readonly call: Call
  /** The number of the attempt, one more than the journal knew when the job was made. It only saves work. */
  readonly attempt: number
  /** Its place in its queue; lower numbers go first. */
  readonly priority: number
  readonly urgency: Urgency
}

/** Who is who, as far as somebody outside says: Slack, or the configuration of a terminal. Never throws. */
export type Directory = {
  /** `isFresh`: asked again, where otherwise an answer of the last minutes will do. */
  person(id: string, isFresh: boolean): Promise<Person>
  /** Ids of who belongs to a user group; null where nobody can say. */
  members(group: string): Promise<readonly string[] | null>
  /** What a channel is; null where nobody can say. */
  channel(id: string): Promise<SeenChannel | null>
  /** Ids of who is in a channel; null where nobody can say, or where they are too many to be read while somebody waits. */
  present(channel: string): Promise<readonly string[] | null>
}

/** A channel as Slack shows it to zonehop. One that it hides is one in which zonehop is no member. */
export type SeenChannel = {
  /** Whether other organisations are in it, or invited. */
  readonly isShared: boolean
  readonly isMember: boolean
  readonly isArchived: boolean
  /** Whether Slack says that it takes no messages of ours, or none in threads: it is read-only, frozen, or has no threads or nothing else. */
  readonly isClosed: boolean
  /** Whether it is a conversation of a few people, and no channel. */
  readonly isDirect: boolean
}

/** Which events from outside were heard; one may come again, and to another process. */
export type Hearing = {
  /** True once for each event, by its id. */
  isFirst(event: string): Promise<boolean>
}

/** Keeps the last answer about each person for 30 days, also the one that there is no such person (kind `unknown`). */
export type Acquaintances = {
  remember(person: Person): Promise<void>
  /** Null where nothing is known of them. */
  recall(id: string): Promise<Person | null>
}

/**
 * What became of a request, in a sentence for the person who asked; `about`: the migration that it is about, where the request could not
 * name it.
 */
export type Reply = { readonly ok: boolean; readonly text: string; readonly about?: string }

/** A message in a channel, both by the names that Slack has for them. */
export type PostedMessage = { readonly channel: string; readonly ts: string }

/** The report of a migration. */
export type Report = {
  readonly id: string
  /** The channel of its messages, by id. */
  readonly channel: string
  /** One paragraph, as a sentence with our marks (model/text.ts). */
  readonly summary: string
  /** Its Markdown and the picture that this shows, each under the name of its file. */
  readonly files: { readonly 'report.md': string; readonly 'report.png': Uint8Array }
}

/** Where the watch of each pair of zones is kept. */
export type Watches = {
  /** `rev` rises by one with each state that is kept; 0 and null before the first. */
  read(zones: Zones): Promise<{ readonly rev: number; readonly state: WatchState | null }>
  /** Keeps a state that was made from the one of this `rev`; false where another one was kept meanwhile, and this one is not. */
  save(zones: Zones, state: WatchState, rev: number): Promise<boolean>
  /** The routes that people chose ahead, one a volume, also of volumes that have changed since. */
  chosen(zones: Zones): Promise<readonly ChosenAhead[]>
  /** In place of an earlier choice for its volume. */
  choose(zones: Zones, chosen: ChosenAhead): Promise<void>
  /** Takes the choices for these volumes away, by id. */
  forget(zones: Zones, volumes: readonly string[]): Promise<void>
}

/** A volume as the last look showed it, for who chooses its route before there is a migration. */
export type AheadVolume = {
  /** One line: its name, id, size and place. */
  readonly which: string
  readonly sizeGib: number
  /** Whether EC2 would let it move as it stands. */
  readonly isMovable: boolean
  /** Names of the services of the plan that would be drawn from that look. */
  readonly services: readonly string[]
}

type On<D = unknown> = { readonly id: string; readonly by: string } & Readonly<D>

/** Where a migration stands, as far as it is kept beside the journal. Times are in ms since 1970. */
export type LastLook = {
  /** The newest sample; null where none is kept. */
  readonly progress: Progress | null
  readonly nowMs: number
}

/** What a person says of a migration that is started. */
export type StartOptions = {
  readonly seeds: boolean
  /** The person repeated which zone is left, so nothing is asked back. */
  readonly isMeant: boolean
  /** How many minutes the outage may last; null where the rules say it, or nobody does. */
  readonly budgetMinutes: number | null
  /** The minute of the day in UTC before which the outage is not asked for; null: as soon as it can be. */
  readonly atMinute: number | null
}

/** What people can do, whatever door they come through. */
export type UseCases = {
  /**
   * Draws the plan and starts nothing. `caution`: what a start of it would ask back, in a sentence; null where it would not. `watched`: how
   * old the watch's last plan is; null where the zones are not watched. `forecast`: of the outage, in a sentence; null where nobody knows.
   */
  plan(request: Zones & { by: string }): Promise<
    | {
        readonly plan: Plan
        readonly caution: string | null
        readonly watched: WatchAge | null
        readonly forecast: string | null
      }
    | Reply
  >
  start(
    request: Zones & Pick<StartOptions, 'seeds'> & Partial<StartOptions> & { by: string; channel: string },
  ): Promise<Reply>
  /** Rebuilds a migration whose journal is gone from its tags; `id` is null where only one can be meant. */
  adopt(request: Zones & { id: string | null; by: string; channel: string }): Promise<Reply>
  /** Rehearses the move beside the services: copies of snapshots are attached, looked into and taken away. */
  rehearse(request: Zones & { by: string; channel: string }): Promise<Reply>
  choose(request: On<{ choice: Choice }>): Promise<Reply>
  /** What a form says of a volume of watched zones, by id; null where the last look did not show it. */
  ahead(request: Zones & { readonly volume: string }): Promise<AheadVolume | null>
  /** Chooses a route before there is a migration; the next plan between the zones takes it while the volume is as it was shown. */
  chooseAhead(request: Zones & { readonly by: string; readonly choice: Choice }): Promise<Reply>
  /** `typed`: the migration's id as the person typed it, where the gate asks for it. */
  approve(request: On<{ asked: string; gate: Gate; basis: string; typed?: string }>): Promise<Reply>
  /** `asked`: the question that is declined; null where none is asked yet. */
  decline(request: On<{ asked: string | null }>): Promise<Reply>
  /** A person has done what was asked of them by hand; `intended` is the nonce of the entry that asked for it. */
  confirm(request: On<{ intended: string }>): Promise<Reply>
  /** An approver has seen that a host which does not answer is out of use, and says how they know. */
  vouch(request: On<{ effect: string; reason: string }>): Promise<Reply>
  defer(request: On<{ service: string; reason: string }>): Promise<Reply>
  /** An approver lets the outage be longer than its budget, while the question that begins it is kept back for that. */
  exceed(request: On<{ reason: string }>): Promise<Reply>
  /** Gives a deferred service back to where it was, after the point of no return and before the service's own. */
  giveBack(request: On<{ service: string; reason: string }>): Promise<Reply>
  /** An approver says whether it is so what tags say and no entry explains; `suspected` is the nonce of that entry. */
  settle(request: On<{ suspected: string; isSo: boolean }>): Promise<Reply>
  /** Passes an entry that did not fit, by its nonce. */
  skip(request: On<{ entry: string }>): Promise<Reply>
  /** `what`: the effect's id, or the name of a volume or service. */
  retry(request: On<{ what: string }>): Promise<Reply>
  /** A person writes down what the journal cannot know, for the report; also after the end. */
  note(request: On<{ text: string }>): Promise<Reply>
  pause(request: On): Promise<Reply>
  resume(request: On): Promise<Reply>
  abort(request: On<{ reason: string }>): Promise<Reply>
  /** Asks for what was left behind to be deleted; the thread shows what that is, by name. */
  cleanup(request: On): Promise<Reply>
  /** Migrations that are not over. */
  running(): Promise<readonly Migration[]>
  /**
   * The report as of the last entry, at any time; `thread` is the ts of the status message that its thread hangs on, null where none is
   * posted. `by` is null where somebody reads on the host itself.
   */
  report(request: {
    readonly id: string
    readonly by: string | null
  }): Promise<(Report & { readonly thread: string | null }) | Reply>
  /** Sentences about running migrations that this version does not understand. */
  aside(): Promise<readonly string[]>
  /** Why nothing can be told of a migration that `running` returned: entries behind it may be lost. Null where it can. */
  untold(migration: Migration): string | null
  /** Migrations that are over and left something behind, the newest first; behind them all seeds of a day. */
  ended(): Promise<readonly Migration[]>
  standing(id: string): Promise<LastLook>
  /** The status message of a migration; null while none is posted. */
  statusMessage(id: string): Promise<PostedMessage | null>
  /** The id of the migration whose status message a thread hangs on; null where it hangs on none. `thread` is a ts. */
  inThread(place: { readonly channel: string; readonly thread: string }): Promise<string | null>
}
