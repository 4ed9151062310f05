// The words of zonehop, as types. Everything else speaks these and no others.
//
// Migration  one run from a source zone to a target zone; its `rev` is the length of its journal
// Plan       what moves and how; immutable, named by its `digest`
// Service    what people would miss; has moves
// Move       what travels together by one route (here: `snapshot`, one volume)
// Step       one stage of a move or service; tried anew after a definite failure, it has a new generation
// Effect     a step's one EC2 call: intended, then issued, then started by EC2, then achieved (seen done) or failed
// Gate       where a migration asks people and waits; an approval counts for the basis that was shown, and no other
// Journal    the entries below, in order; a migration is a pure fold of them (fold.ts)

export type Tags = Readonly<Record<string, string>>

/** A source volume as it was when the plan was drawn: what the copy in the target zone must equal. */
export type SourceVolume = {
  readonly id: string
  readonly name: string
  readonly sizeGib: number
  readonly type: string
  readonly iops: number | null
  readonly throughputMibps: number | null
  readonly encrypted: boolean
  readonly kmsKeyId: string | null
  readonly tags: Tags
  readonly instance: string
  readonly device: string
  readonly deleteOnTermination: boolean
}

export type Move = {
  readonly id: string
  readonly service: string
  readonly route: 'snapshot'
  readonly volume: SourceVolume
  readonly successor: string
}

export type Stay = { readonly volume: string; readonly name: string; readonly sizeGib: number; readonly reason: string }

export type Plan = {
  readonly sourceZone: string
  readonly targetZone: string
  readonly services: readonly { readonly name: string; readonly need: 'required' | 'deferrable' }[]
  readonly moves: readonly Move[]
  readonly stays: readonly Stay[]
  readonly digest: string
}

export type Gate = 'start' | 'freeze' | 'goLive'
export type Phase = 'planned' | 'seeding' | 'frozen' | 'moving' | 'live' | 'done' | 'aborting' | 'aborted' | 'halted'

export type MoveStep = 'seed' | 'snapshot' | 'restore' | 'attach' | 'check'
/** Steps that only write tags: the plan at `start`, the freeze's id before writes stop, left and live before anything opens, the end. */
export type TagStep = 'start' | 'freeze' | 'tag' | 'done'

type EffectOf<S extends string, D> = {
  /** What it is done for: a move's id, or `batch-N` of volumes that get the same tags. */
  readonly subject: string
  readonly step: S
  /** From 1; counts definite failures of the same step. */
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
export type TagEffect = EffectOf<TagStep, { readonly resources: readonly string[]; readonly tags: Tags }>
export type Effect = SnapshotEffect | RestoreEffect | AttachEffect | CheckEffect | TagEffect

/** What a journal entry says. Later entries may only add kinds and fields. */
export type Said =
  | {
      readonly kind: 'planned'
      readonly id: string
      readonly plan: Plan
      readonly by: string
      readonly channel: string
      readonly seeds: boolean
    }
  | { readonly kind: 'asked'; readonly gate: Gate; readonly basis: string; readonly evidence: readonly string[] }
  | { readonly kind: 'withdrew'; readonly gate: Gate; readonly why: string }
  | { readonly kind: 'approved'; readonly gate: Gate; readonly basis: string; readonly by: string }
  | { readonly kind: 'declined'; readonly gate: 'start'; readonly by: string }
  | { readonly kind: 'began' }
  | { readonly kind: 'freezing'; readonly freeze: string }
  | { readonly kind: 'confirmed'; readonly step: 'freeze'; readonly freeze: string; readonly by: string }
  | { readonly kind: 'wentLive' }
  | { readonly kind: 'intended'; readonly effects: readonly Effect[] }
  | { readonly kind: 'issued'; readonly effect: string; readonly attempt: number }
  | {
      readonly kind: 'notCalled'
      readonly effect: string
      readonly attempt: number
      readonly why: string
      readonly retryMs: number
    }
  | { readonly kind: 'started'; readonly effect: string; readonly resource: string | null }
  | {
      readonly kind: 'seen'
      readonly started: readonly { readonly effect: string; readonly resource: string }[]
      readonly achieved: readonly string[]
    }
  | {
      readonly kind: 'failed'
      readonly effect: string
      readonly code: string
      readonly problem: string
      readonly remedy: string
    }
  | { readonly kind: 'retried'; readonly effect: string; readonly by: string }
  | { readonly kind: 'opened'; readonly services: readonly string[] }
  | { readonly kind: 'done' }

/** An entry as the journal keeps it. `rev` counts from 1; `atMs` is the journal's own clock, never before the previous entry's. */
export type Entry = Said & {
  readonly rev: number
  readonly atMs: number
  readonly nonce: string
  readonly runId: string
}

export type EffectState = {
  readonly effect: Effect
  readonly status: 'intended' | 'issued' | 'started' | 'achieved' | 'failed'
  readonly attempts: number
  readonly intendedRev: number
  readonly issuedAtMs: number | null
  /** Not to be called again before this time: EC2 refused for now. */
  readonly notBeforeMs: number
  readonly resource: string | null
  readonly achievedAtMs: number | null
  readonly failure: { readonly code: string; readonly problem: string; readonly remedy: string } | null
}

export type Approval = {
  readonly gate: Gate
  readonly by: string
  readonly basis: string
  readonly atMs: number
  readonly rev: number
}

export type Migration = {
  readonly id: string
  readonly rev: number
  readonly phase: Phase
  readonly paused: boolean
  readonly plan: Plan
  readonly by: string
  readonly channel: string
  readonly seeds: boolean
  readonly plannedAtMs: number
  readonly asking: {
    readonly gate: Gate
    readonly basis: string
    readonly atMs: number
    readonly evidence: readonly string[]
  } | null
  readonly approvals: readonly Approval[]
  readonly freeze: {
    readonly id: string
    readonly atMs: number
    readonly rev: number
    readonly confirmedBy: string | null
    readonly confirmedAtMs: number | null
  } | null
  readonly effects: ReadonlyMap<string, EffectState>
  readonly opened: readonly string[]
  readonly outage: { readonly fromMs: number; readonly untilMs: number | null; readonly gateWaitMs: number } | null
  readonly endedAtMs: number | null
}

/** A name for an effect that is the same in every process: `vol-1.snapshot.1`. */
export function effectId(effect: Pick<Effect, 'subject' | 'step' | 'generation'>): string {
  return `${effect.subject}.${effect.step}.${effect.generation}`
}
