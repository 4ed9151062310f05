// Effects: what a step would do to the world, as data. One effect is one call, made by the job of its kind, or one
// piece of work for a person. An effect describes itself: each step has one shape and one meaning, its subject is an
// object, and its direction says whether it leads to the target zone or back.
import type { Tags } from './plan.ts'
import { type Subject, subjectName } from './subjects.ts'

/** `back` effects belong to an abort or to the return of one service; on the way back no others are issued. */
export type Direction = 'forward' | 'back'

type EffectOf<S extends string, D> = {
  readonly subject: Subject
  readonly step: S
  /** Counts from 1. A person who retries a failure, or a change of what the step rests on, makes a new generation. */
  readonly generation: number
  readonly direction: Direction
} & D

/**
 * `seed`: of a source while services run. `snapshot`: of a frozen source, the final one. `firstSnapshot`: the first one
 * of a copy in the target zone.
 */
export type SnapshotStep = 'seed' | 'snapshot' | 'firstSnapshot'
/** Snapshots a volume. `tags` are the effect's own; the call adds the tags that identify it (tags.ts). */
export type SnapshotEffect = EffectOf<SnapshotStep, { readonly volumeId: string; readonly tags: Tags }>
/**
 * Makes the copy in `zone` from a snapshot. Its attributes and tags are those of the move's volume in the plan.
 * `initializationMibps`: the rate in MiB/s at which EC2 is asked to load the copy; absent where it is asked for none.
 */
export type RestoreEffect = EffectOf<
  'restore',
  { readonly snapshotId: string; readonly zone: string; readonly initializationMibps?: number }
>
/** Attaches a volume to an instance as a device. */
export type AttachEffect = EffectOf<
  'attach',
  { readonly volumeId: string; readonly instance: string; readonly device: string }
>
/**
 * Detaches a volume, never by force. `detachSource` takes a source off its stopped instance, so that it can be deleted.
 */
export type DetachEffect = EffectOf<
  'detach' | 'detachSource',
  { readonly volumeId: string; readonly instance: string; readonly device: string }
>
/** Deletes a volume or snapshot (`resource` is its id) that an approver agreed to by name. */
export type DeleteEffect = EffectOf<'delete', { readonly resource: string }>
/**
 * Compares a copy with its source, and sets DeleteOnTermination as the source had it: it is the one attribute that
 * AttachVolume cannot set.
 */
export type CheckCopyEffect = EffectOf<
  'checkCopy',
  {
    readonly volumeId: string
    readonly instance: string
    readonly device: string
    readonly deleteOnTermination: boolean
  }
>
/**
 * Writes `tags` on the resources, or takes the keys in `removed` away: the plan at `start`, a freeze's id, `left` and
 * `live` before anything opens, the phase at the end.
 */
export type TagEffect = EffectOf<
  'tag',
  { readonly resources: readonly string[]; readonly tags: Tags; readonly removed: readonly string[] }
>

/**
 * Steps on the hosts of a replica, each an SSM document that checks before it acts. `prove` asks two hosts, the
 * source's first; every other step runs on one host.
 */
export type ReplicaStep = 'demote' | 'prove' | 'down' | 'promote' | 'checkReplica' | 'fence' | 'reunite'
/** Runs a document for one DRBD resource; `instances` are the ids of its hosts. */
export type ReplicaEffect = EffectOf<
  ReplicaStep,
  {
    readonly service: string
    readonly resource: string
    readonly instances: readonly string[]
    readonly document: string
  }
>

/** Steps on the hosts of a service. `verify` is the service's own read-only check. */
export type ServiceStep = 'freeze' | 'unfreeze' | 'open' | 'afterAttach' | 'verify' | 'hook'
type Work =
  /** A person follows `todo` and confirms that it is done. */
  | { readonly method: 'manual'; readonly todo: readonly string[] }
  | { readonly method: 'stop-instances' | 'start-instances' }
  | { readonly method: 'document'; readonly document: string }
/** Work on the hosts of a service: by a person, by stopping or starting the instances, or by an SSM document. */
export type ServiceEffect = EffectOf<
  ServiceStep,
  { readonly service: string; readonly instances: readonly string[]; readonly work: Work }
>

/** Looks into copies of a service on one successor, in a rehearsal: each of the volumes is mounted read-only, read and unmounted. */
export type RehearseEffect = EffectOf<
  'rehearse',
  {
    readonly service: string
    readonly instances: readonly string[]
    readonly document: string
    readonly volumes: readonly string[]
  }
>

/** Effects on hosts that an SSM document can carry out. */
export type HostEffect = ServiceEffect | ReplicaEffect | RehearseEffect

/** Every effect. The step fixes the shape of the rest. */
export type Effect =
  | SnapshotEffect
  | RestoreEffect
  | AttachEffect
  | DetachEffect
  | DeleteEffect
  | CheckCopyEffect
  | TagEffect
  | ServiceEffect
  | ReplicaEffect
  | RehearseEffect

/** All step names; each belongs to one kind of effect. */
export type Step = Effect['step']

/** The kinds of call; each kind has a queue and a rate of its own. The work of a person has none. */
export type Call = 'snapshot' | 'restore' | 'attach' | 'detach' | 'delete' | 'check' | 'tag' | 'instances' | 'command'

/** The kind of call that carries the effect out; null if a person does it. */
export function callOf(effect: Effect): Call | null {
  switch (effect.step) {
    case 'seed':
    case 'snapshot':
    case 'firstSnapshot':
      return 'snapshot'
    case 'detachSource':
      return 'detach'
    case 'checkCopy':
      return 'check'
    case 'restore':
    case 'attach':
    case 'detach':
    case 'delete':
    case 'tag':
      return effect.step
    case 'demote':
    case 'prove':
    case 'down':
    case 'promote':
    case 'checkReplica':
    case 'fence':
    case 'reunite':
    case 'rehearse':
      return 'command'
    default:
      return WORK_CALLS[effect.work.method]
  }
}

const WORK_CALLS = {
  manual: null,
  document: 'command',
  'stop-instances': 'instances',
  'start-instances': 'instances',
} as const

const REPLICA_STEPS: ReadonlySet<Step> = new Set<ReplicaStep>([
  'demote',
  'prove',
  'down',
  'promote',
  'checkReplica',
  'fence',
  'reunite',
])
const SERVICE_STEPS: ReadonlySet<Step> = new Set<ServiceStep>([
  'freeze',
  'unfreeze',
  'open',
  'afterAttach',
  'verify',
  'hook',
])

/** All steps of what runs beside services: of a rehearsal, and of the seeds of a day. */
export const STEPS_BESIDE: Readonly<Record<'rehearsal' | 'seeds', readonly Step[]>> = {
  rehearsal: ['seed', 'restore', 'attach', 'prove', 'rehearse', 'detach', 'detachSource', 'delete'],
  seeds: ['seed', 'delete'],
}

/** The document of ssm/ that looks into the copies of a rehearsal. */
export const REHEARSAL_DOCUMENT = 'zonehop-rehearse'

/** The document of ssm/ that does each step of a service's hosts, where a document does it. */
export const SERVICE_DOCUMENTS: Readonly<Record<ServiceStep, string>> = {
  freeze: 'zonehop-freeze',
  unfreeze: 'zonehop-unfreeze',
  open: 'zonehop-open',
  afterAttach: 'zonehop-after-attach',
  verify: 'zonehop-check',
  hook: 'zonehop-hook',
}

/** The document of ssm/ that does each step of a replica's hosts. */
export const REPLICA_DOCUMENTS: Readonly<Record<ReplicaStep, string>> = {
  demote: 'zonehop-replica-demote',
  prove: 'zonehop-replica-status',
  down: 'zonehop-replica-down',
  promote: 'zonehop-replica-promote',
  checkReplica: 'zonehop-replica-check',
  fence: 'zonehop-replica-fence',
  reunite: 'zonehop-replica-reunite',
}

/** The code of a `prove` in the outage by which a host says that the resource is down there, though nobody here took it down. */
export const REPLICA_DOWN = 'ReplicaDown'

/** The code of a `restore` that EC2 may have refused for its initialization rate: it is intended anew without one, by no click. */
export const RATE_REFUSED = 'InitializationRateRefused'

/** Whether EC2 refused the effect with its initialization rate. */
export function isRateRefused({ failure }: EffectState): boolean {
  return failure?.code === RATE_REFUSED
}

/** Whether the step runs on the hosts of a replica. */
export function isReplicaEffect(effect: Effect): effect is ReplicaEffect {
  return REPLICA_STEPS.has(effect.step)
}

/** Whether the step runs on the hosts of a service. */
export function isServiceEffect(effect: Effect): effect is ServiceEffect {
  return SERVICE_STEPS.has(effect.step)
}

/** Whether the effect makes a snapshot: `seed`, `snapshot` or `firstSnapshot`. */
export function isSnapshotEffect(effect: Effect): effect is SnapshotEffect {
  return callOf(effect) === 'snapshot'
}

/** The SSM document that the effect's hosts run; null for every other call. */
export function documentOf(effect: Effect): string | null {
  if (isReplicaEffect(effect) || effect.step === 'rehearse') return effect.document
  return isServiceEffect(effect) && effect.work.method === 'document' ? effect.work.document : null
}

/** A name for an effect that is the same in every process: `vol-1.snapshot.1`. */
export function effectId(effect: Pick<Effect, 'subject' | 'step' | 'generation'>): string {
  return `${subjectName(effect.subject)}.${effect.step}.${effect.generation}`
}

/** Why an effect failed: EC2's code or one of zonehop's own, the problem in words, and what a person should do. */
export type Failure = { readonly code: string; readonly problem: string; readonly remedy: string }

/** An answer with which a call came to nothing, or to nothing that is known; `sinceMs`: since the first of that code. */
export type Hindrance = Failure & { readonly sinceMs: number }

/** One `issued` entry of an effect; the attempt is named by that entry's nonce. */
export type Attempt = { readonly nonce: string; readonly atMs: number }

/** Where an effect stands, as the fold of its entries. */
export type EffectState = {
  readonly effect: Effect
  readonly status: 'intended' | 'issued' | 'started' | 'achieved' | 'failed'
  /** All attempts that the journal knows, oldest first. */
  readonly attempts: readonly Attempt[]
  /** The nonce, the rev and the time of the entry that intended it. */
  readonly intended: string
  readonly intendedRev: number
  readonly intendedAtMs: number
  /** What AWS has answered instead of taking the call, last, and since when (ms since 1970); null where nothing hinders it. */
  readonly hindrance: Hindrance | null
  /** The call is not made before this time (ms since 1970), since EC2 refused it for now; 0 if EC2 did not. */
  readonly notBeforeMs: number
  /**
   * The id that the call returned; if no answer came, the id of the thing that carries an attempt's nonce; else null.
   * For `down` of a replica it is the DRBD generation that the host reported.
   */
  readonly resource: string | null
  /** `resource` was found by its tags: no call is known to have returned the id, and whoever may tag may have made the thing. */
  readonly isFound: boolean
  /** Ids of further things that the attempts made: they are never used, and a cleanup names them. */
  readonly others: readonly string[]
  readonly achievedAtMs: number | null
  /** A look in doubt has shown that it is done, which says nothing of when: the entry that did may be lost. */
  readonly isUndated?: true
  /** How long EC2 says that it made the snapshot, in ms: a look comes up to minutes after its end. Absent where it does not say. */
  readonly madeInMs?: number
  readonly confirmedBy: string | null
  /** `nonce` is that of the `failed` entry. */
  readonly failure: (Failure & { readonly nonce: string }) | null
  /** What both hosts reported of a replica, if the effect asked them; else null. */
  readonly reading: Reading | null
}

/**
 * A replica as both hosts reported it: the doubts that keep it from being proven, and how far a sync is. `leftKib` is
 * what the sync still has to copy; null if nothing syncs.
 */
export type Reading = {
  readonly doubts: readonly string[]
  readonly leftKib: number | null
  /** The progress of the sync in words; null if nothing syncs. */
  readonly sync: string | null
  readonly isStalled: boolean
  readonly sourceRole: string
}

/** Ids of all that the effect's attempts made, as far as the journal knows: its resource first. */
export function thingsOf({ resource, others }: EffectState): string[] {
  return [...(resource === null ? [] : [resource]), ...others]
}
