// What the core's callers need of the world, and what people can ask of zonehop. Implemented by the edges and by operations.ts;
// wired together in bot.ts.

import type { Urgency } from './calling/priority.ts'
import type {
  AttachEffect,
  Call,
  CheckCopyEffect,
  DeleteEffect,
  DetachEffect,
  HostEffect,
  RestoreEffect,
  ServiceEffect,
  SnapshotEffect,
  TagEffect,
} from './model/effects.ts'
import type { Facts, Inventory } from './model/facts.ts'
import type { Gate, Migration } from './model/migration.ts'
import type { Choice, Plan, SourceVolume, Tags } from './model/plan.ts'

export type Clock = {
  /** Ms since 1970. */
  now(): number
  /** Resolves at its time, or at once when the signal aborts; never throws. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** How many of its ms pass in a real one: 1 but in drills. */
  speed(): number
}

/**
 * How EC2 answered one call. `unknown`: nobody can say whether it took effect. `later`: it did not, ask again after
 * `retryMs`. `refused`: it did not and will not; a person must act.
 */
export type Answer =
  | { readonly outcome: 'taken'; readonly resource: string | null }
  | { readonly outcome: 'later'; readonly code: string; readonly retryMs: number }
  | { readonly outcome: 'unknown'; readonly code: string }
  | { readonly outcome: 'refused'; readonly code: string; readonly problem: string; readonly remedy: string }

/** Whose call it is: what it makes carries both. */
export type Order = {
  readonly migration: string
  /** The nonce of the attempt; of a call with a token that of the first one, since the token holds for equal parameters alone. */
  readonly issued: string
}

export type Ec2 = {
  inventory(zones: { sourceZone: string; targetZone: string }): Promise<Inventory>
  /** `sources`: of these volumes of the plan alone. */
  observe(migration: Migration, nowMs: number, sources?: readonly string[]): Promise<Facts>
  createSnapshot(effect: SnapshotEffect, order: Order): Promise<Answer>
  /** `like`: the source, whose attributes and tags the copy takes. */
  createVolume(
    effect: RestoreEffect,
    order: Order & { readonly like: SourceVolume; readonly tags: Tags },
  ): Promise<Answer>
  attachVolume(effect: AttachEffect): Promise<Answer>
  /** Never by force. */
  detachVolume(effect: DetachEffect): Promise<Answer>
  deleteResource(effect: DeleteEffect): Promise<Answer>
  setDeleteOnTermination(effect: CheckCopyEffect): Promise<Answer>
  createTags(effect: TagEffect): Promise<Answer>
  deleteTags(effect: TagEffect): Promise<Answer>
  /** Stops or starts a service's instances, as its work says. */
  setInstances(effect: ServiceEffect): Promise<Answer>
}

/** What a host needs to refuse a command that comes late or out of order. */
export type CommandOrder = Order & {
  /**
   * Rises with every intent: a host refuses one lower than it has seen for the service. The journal's time of the intent, in
   * ms; its number in the journal would come again after a lost tail, and a host that had seen it would refuse everything.
   */
  readonly rev: number
  /** Ms since 1970; a host refuses to act after it. */
  readonly notAfterMs: number
}

export type Hosts = {
  /** Sends a document to its hosts; the resource is the command's id. */
  run(effect: HostEffect, order: CommandOrder): Promise<Answer>
}

export type Queue = {
  /** Wakes the reconciler; told nothing but the id. */
  nudge(id: string): Promise<void>
  nudgeNotify(id: string): Promise<void>
  enqueue(jobs: readonly StepJob[]): Promise<void>
}

export type StepJob = {
  readonly migration: string
  readonly effect: string
  readonly call: Call
  /** Counts the attempts that the journal knew when the job was made: only saves work. */
  readonly attempt: number
  /** The lower before the higher. */
  readonly priority: number
  readonly urgency: Urgency
}

/** What became of a request, in a sentence for the person who asked. */
export type Reply = { readonly ok: boolean; readonly text: string }

type Zones = { readonly sourceZone: string; readonly targetZone: string }
type On<D = unknown> = { readonly id: string; readonly by: string } & Readonly<D>

/** What people can do, whatever door they come through. */
export type UseCases = {
  /** Draws the plan and starts nothing. */
  plan(request: Zones): Promise<{ readonly plan: Plan } | Reply>
  start(request: Zones & { seeds: boolean; by: string; channel: string }): Promise<Reply>
  choose(request: On<{ choice: Choice }>): Promise<Reply>
  /** `typed`: the migration's id in the person's own writing, where the gate asks for it. */
  approve(request: On<{ asked: string; gate: Gate; basis: string; typed?: string }>): Promise<Reply>
  /** `asked`: the question that is declined; null where none is asked yet. */
  decline(request: On<{ asked: string | null }>): Promise<Reply>
  /** A person did what was asked of them by hand, by the nonce of the entry that asked. */
  confirm(request: On<{ intended: string }>): Promise<Reply>
  /** An approver has seen that a silent host is out, and says how they know. */
  vouch(request: On<{ effect: string; reason: string }>): Promise<Reply>
  defer(request: On<{ service: string; reason: string }>): Promise<Reply>
  /** Gives a deferrable service back to where it was, behind the point of no return and before its own. */
  giveBack(request: On<{ service: string; reason: string }>): Promise<Reply>
  /** Passes an entry that did not fit, by its nonce. */
  skip(request: On<{ entry: string }>): Promise<Reply>
  /** By the effect's id, or by the name of a volume or service. */
  retry(request: On<{ what: string }>): Promise<Reply>
  pause(request: On): Promise<Reply>
  resume(request: On): Promise<Reply>
  abort(request: On<{ reason: string }>): Promise<Reply>
  /** Asks for what was left behind to be deleted; the thread shows what that is, by name. */
  cleanup(request: On): Promise<Reply>
  /** Migrations that are not over. */
  running(): Promise<readonly Migration[]>
  /** Sentences about those that run and that this version does not understand. */
  aside(): Promise<readonly string[]>
  /** Those that are over, and left something behind, the newest first. */
  ended(): Promise<readonly Migration[]>
}
