// Effects: what a step would do to the world, as data. One effect is one call, made by the job of its kind. An effect says what it
// is: each step has one shape and one meaning, its subject is an object, and its direction says whether it leads there or back.
import type { Tags } from './plan.ts'
import { type Subject, subjectName } from './subjects.ts'

/** `back`: an abort, or the return of one service; nothing else is issued on the way back. */
export type Direction = 'forward' | 'back'

type EffectOf<S extends string, D> = {
  readonly subject: Subject
  readonly step: S
  /** From 1; counts definite failures of the same step, and every change of what it rests on. */
  readonly generation: number
  readonly direction: Direction
} & D

/** `seed`: of a source while services run. `snapshot`: its final cut. `firstSnapshot`: of a copy in the target zone. */
export type SnapshotStep = 'seed' | 'snapshot' | 'firstSnapshot'
export type SnapshotEffect = EffectOf<SnapshotStep, { readonly volumeId: string; readonly tags: Tags }>
/** The copy of the move's volume, whose attributes and tags stand in the plan. */
export type RestoreEffect = EffectOf<'restore', { readonly snapshotId: string; readonly zone: string }>
export type AttachEffect = EffectOf<
  'attach',
  { readonly volumeId: string; readonly instance: string; readonly device: string }
>
/** Never forced. `detachSource` takes a source from its stopped instance, so that it can be deleted. */
export type DetachEffect = EffectOf<
  'detach' | 'detachSource',
  { readonly volumeId: string; readonly instance: string; readonly device: string }
>
/** Deletes what an approver agreed to by name. */
export type DeleteEffect = EffectOf<'delete', { readonly resource: string }>
/** DeleteOnTermination as the source had it: the one attribute that AttachVolume cannot set. */
export type CheckCopyEffect = EffectOf<
  'checkCopy',
  {
    readonly volumeId: string
    readonly instance: string
    readonly device: string
    readonly deleteOnTermination: boolean
  }
>
/** Writes tags, or takes some away: the plan at `start`, a freeze's id, left and live before anything opens, the end. */
export type TagEffect = EffectOf<
  'tag',
  { readonly resources: readonly string[]; readonly tags: Tags; readonly removed: readonly string[] }
>

/**
 * What the hosts of a replica do, each a document of its own that checks before it acts. `prove` asks two hosts, the source's
 * first; every other step is one host's.
 */
export type ReplicaStep = 'demote' | 'prove' | 'down' | 'promote' | 'checkReplica' | 'fence' | 'reunite'
export type ReplicaEffect = EffectOf<
  ReplicaStep,
  {
    readonly service: string
    readonly resource: string
    readonly instances: readonly string[]
    readonly document: string
  }
>

/** What a service's hosts do. `verify` is the service's own read-only check. */
export type ServiceStep = 'freeze' | 'unfreeze' | 'open' | 'afterAttach' | 'verify' | 'hook'
type Work =
  /** A person does it and says so. */
  | { readonly method: 'manual'; readonly todo: readonly string[] }
  | { readonly method: 'stop-instances' | 'start-instances' }
  | { readonly method: 'document'; readonly document: string }
export type ServiceEffect = EffectOf<
  ServiceStep,
  { readonly service: string; readonly instances: readonly string[]; readonly work: Work }
>

/** What a document does on hosts. */
export type HostEffect = ServiceEffect | ReplicaEffect

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

export type Step = Effect['step']

/** The kinds of call; each has a queue and a rate of its own. A person's work has none. */
export type Call = 'snapshot' | 'restore' | 'attach' | 'detach' | 'delete' | 'check' | 'tag' | 'instances' | 'command'

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

export function isReplicaEffect(effect: Effect): effect is ReplicaEffect {
  return REPLICA_STEPS.has(effect.step)
}

export function isServiceEffect(effect: Effect): effect is ServiceEffect {
  return SERVICE_STEPS.has(effect.step)
}

export function isSnapshotEffect(effect: Effect): effect is SnapshotEffect {
  return callOf(effect) === 'snapshot'
}

/** The document that its hosts run; null for every other call. */
export function documentOf(effect: Effect): string | null {
  if (isReplicaEffect(effect)) return effect.document
  return isServiceEffect(effect) && effect.work.method === 'document' ? effect.work.document : null
}

/** A name for an effect that is the same in every process: `vol-1.snapshot.1`. */
export function effectId(effect: Pick<Effect, 'subject' | 'step' | 'generation'>): string {
  return `${subjectName(effect.subject)}.${effect.step}.${effect.generation}`
}

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
