// What the core's callers need of the world; the edges implement these, main.ts hands them in.
import type { Facts, Inventory } from './facts.ts'
import type {
  AttachEffect,
  CheckEffect,
  Effect,
  Migration,
  RestoreEffect,
  SnapshotEffect,
  TagEffect,
} from './migration.ts'

export type Clock = {
  /** Ms since 1970. */
  now(): number
  /** Resolves at its time, or at once when the signal aborts; never throws. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
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

export type Ec2 = {
  inventory(zones: { sourceZone: string; targetZone: string }): Promise<Inventory>
  observe(migration: Migration, nowMs: number): Promise<Facts>
  createSnapshot(migrationId: string, effect: SnapshotEffect): Promise<Answer>
  createVolume(migrationId: string, effect: RestoreEffect): Promise<Answer>
  attachVolume(effect: AttachEffect): Promise<Answer>
  setDeleteOnTermination(effect: CheckEffect): Promise<Answer>
  createTags(effect: TagEffect): Promise<Answer>
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
  readonly step: Effect['step']
  readonly attempt: number
}
