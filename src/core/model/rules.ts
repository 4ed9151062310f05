// Rules: what zonehop.yaml says of services and successors. Beside tags and people's choices, what a plan is drawn by; kept in
// the journal, so that a plan can be drawn again as it was.
import type { Method, Need } from './plan.ts'

export type ServiceRule = {
  readonly need?: Need | undefined
  readonly after?: readonly string[] | undefined
  readonly freeze?: Method | undefined
  readonly afterAttach?: boolean | undefined
  readonly check?: boolean | undefined
  readonly hook?: string | undefined
  /** Volumes that belong to it, by id or Name. */
  readonly volumes?: readonly string[] | undefined
}

/** A DRBD resource: its source volumes, and in the same order their copies in the target zone, by id or Name. */
export type ReplicaRule = { readonly volumes: readonly string[]; readonly replicas: readonly string[] }

export type Rules = {
  readonly services: Readonly<Record<string, ServiceRule>>
  /** By the name of the resource. */
  readonly replicas: Readonly<Record<string, ReplicaRule>>
  /** Volumes that stay, by id or Name, each with the reason. */
  readonly stays: Readonly<Record<string, string>>
  /** Successors by the source instance's id or Name. */
  readonly successors: Readonly<Record<string, string>>
  /** Days for which what was left behind is kept before a cleanup may be asked for. */
  readonly retentionDays: number
  /** Minutes of outage after which people are asked what to do; null: never. */
  readonly budgetMinutes: number | null
}

export const NO_RULES: Rules = {
  services: {},
  replicas: {},
  stays: {},
  successors: {},
  retentionDays: 14,
  budgetMinutes: null,
}

/** Until then what a migration that ended at this time left behind is not to be deleted; both in ms since 1970. */
export function keptUntilMs({ retentionDays }: Rules, endedAtMs: number): number {
  return endedAtMs + retentionDays * 86_400_000
}
