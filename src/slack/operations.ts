// What this edge needs of the use cases; main.ts hands them in.
import type { Choice, Gate, Migration, Plan } from '../core/migration.ts'

export type Reply = { readonly ok: boolean; readonly text: string }

type Zones = { readonly sourceZone: string; readonly targetZone: string }
type On<D = unknown> = { readonly id: string; readonly by: string } & Readonly<D>

export type SlackOperations = {
  plan(request: Zones): Promise<{ readonly plan: Plan } | Reply>
  start(request: Zones & { seeds: boolean; by: string; channel: string }): Promise<Reply>
  choose(request: On<{ choice: Choice }>): Promise<Reply>
  approve(request: On<{ gate: Gate; basis: string }>): Promise<Reply>
  decline(request: On): Promise<Reply>
  confirm(request: On<{ rev: number }>): Promise<Reply>
  defer(request: On<{ service: string; reason: string }>): Promise<Reply>
  /** By the effect's id, or by the name of a volume or service. */
  retry(request: On<{ what: string }>): Promise<Reply>
  pause(request: On): Promise<Reply>
  resume(request: On): Promise<Reply>
  abort(request: On<{ reason: string }>): Promise<Reply>
  running(): Promise<readonly Migration[]>
}
