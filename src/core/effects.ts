// Effects: what a step would do to the world, as data. One effect is one call, made by the job of its kind.
import type { SourceVolume, Tags } from './migration.ts'

type EffectOf<S extends string, D> = {
  /** What it is done for: a move's id, `service/NAME`, or a batch of volumes that get the same tags. */
  readonly subject: string
  readonly step: S
  /** From 1; counts definite failures of the same step, and every change of what it rests on. */
  readonly generation: number
} & D

export type SnapshotEffect = EffectOf<'seed' | 'snapshot', { readonly volumeId: string; readonly tags: Tags }>
export type RestoreEffect = EffectOf<
  'restore',
  { readonly snapshotId: string; readonly zone: string; readonly like: SourceVolume; readonly tags: Tags }
>
export type AttachEffect = EffectOf<
  'attach',
  { readonly volumeId: string; readonly instance: string; readonly device: string }
>
/** Never forced. `detachSource` takes a source from its stopped instance, so that it can be deleted. */
export type DetachEffect = EffectOf<
  'detach' | 'detachSource',
  { readonly volumeId: string; readonly instance: string; readonly device: string }
>
/** Of what an approver agreed to by name. */
export type DeleteEffect = EffectOf<'delete', { readonly resource: string }>
/** DeleteOnTermination as the source had it: the one attribute that AttachVolume cannot set. */
export type CheckEffect = EffectOf<
  'check',
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
export type ReplicaStep = 'demote' | 'prove' | 'down' | 'promote' | 'check' | 'fence' | 'reunite'
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
  | CheckEffect
  | TagEffect
  | ServiceEffect
  | ReplicaEffect

/** The kinds of call; each has a queue and a rate of its own. A person's work has none. */
export type Call = 'snapshot' | 'restore' | 'attach' | 'detach' | 'delete' | 'check' | 'tag' | 'instances' | 'command'

export function callOf(effect: Effect): Call | null {
  switch (effect.step) {
    case 'seed':
    case 'snapshot':
      return 'snapshot'
    case 'detachSource':
      return 'detach'
    case 'restore':
    case 'attach':
    case 'detach':
    case 'delete':
    case 'tag':
      return effect.step
    case 'check':
      return 'document' in effect ? 'command' : 'check'
    case 'demote':
    case 'prove':
    case 'down':
    case 'promote':
    case 'fence':
    case 'reunite':
      return 'command'
    default:
      return effect.work.method === 'manual' ? null : effect.work.method === 'document' ? 'command' : 'instances'
  }
}

/** The document that its hosts run; null for every other call. */
export function documentOf(effect: Effect): string | null {
  if ('document' in effect) return effect.document
  return 'work' in effect && effect.work.method === 'document' ? effect.work.document : null
}

/** A name for an effect that is the same in every process: `vol-1.snapshot.1`. */
export function effectId(effect: Pick<Effect, 'subject' | 'step' | 'generation'>): string {
  return `${effect.subject}.${effect.step}.${effect.generation}`
}

/** `service/NAME`; a service of more hosts than one call takes has further parts. */
export function serviceSubject(service: string, part = 1): string {
  return part === 1 ? `service/${service}` : `service/${service}/${part}`
}
