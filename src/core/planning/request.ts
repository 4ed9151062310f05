// What a plan is drawn from, and what preflight then checks.
import type { Inventory, SeenVolume } from '../model/facts.ts'
import type { Choice, Leftover, Move, Service } from '../model/plan.ts'
import type { Rules } from '../model/rules.ts'

/** All that a plan is drawn from. */
export type PlanRequest = {
  readonly sourceZone: string
  readonly targetZone: string
  readonly inventory: Inventory
  readonly rules: Rules
  readonly choices: readonly Choice[]
  /** Volumes that appeared since the inventory was read. */
  readonly found: readonly SeenVolume[]
  /** The memory tags that journals explain, as planning/memory-tags.ts writes them; absent: none. */
  readonly explained?: ReadonlySet<string>
  /** Ids of migrations that volumes name as their makers and no journal here knows; absent: none. */
  readonly unjournalled?: ReadonlySet<string>
  /** Ids of the leftovers that the start has named. Before the start there are none yet, and each is named by it. */
  readonly named?: ReadonlySet<string>
  /** The id of the migration that is rebuilt: what its own tags say of it is no obstacle, and neither is what it has done by now. */
  readonly own?: string
  /** By the name of a frozen service, the ids of the volumes that its freeze covers. Before the outage there are none. */
  readonly frozen?: ReadonlyMap<string, ReadonlySet<string>>
}

/** A plan as preflight checks it; `volumes` are all of the source zone. */
export type PreflightRequest = PlanRequest & {
  readonly moves: readonly Move[]
  readonly services: readonly Service[]
  readonly leftovers: readonly Leftover[]
  readonly volumes: readonly SeenVolume[]
}
