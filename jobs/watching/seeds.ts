// The seeds of a day: where zonehop.yaml says `seed: daily`, a good look at two zones begins them, and they go on like a migration of their own.
// Twice: while they go on they hold the two zones in the journal, as a move holds its volumes, so of two workers one begins them.
import { isUserId } from '../../src/core/asking/people.ts'
import { olderSeedsFor } from '../../src/core/daily/ladder.ts'
import { isBetween, isOver } from '../../src/core/journal/state.ts'
import { type EntryBody, JOURNAL_VERSION } from '../../src/core/model/entries.ts'
import type { Inventory } from '../../src/core/model/facts.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { isSnapshotMove } from '../../src/core/model/moves.ts'
import type { Plan } from '../../src/core/model/plan.ts'
import type { Rules, Watch } from '../../src/core/model/rules.ts'
import type { Journalled } from '../../src/core/planning/memory-tags.ts'
import type { Queue } from '../../src/core/ports.ts'
import { earlierSeeds } from '../../src/core/telling/forecast/earlier.ts'
import { newId } from '../../src/operations.ts'
import type { Journal } from '../../src/store/journal.ts'

export type SeedPorts = {
  readonly journal: Pick<Journal, 'append'>
  readonly queue: Pick<Queue, 'nudge'>
  readonly rules: Rules
  readonly approvers: readonly string[]
}

/** What a look has found, the day that it is of (ms since 1970), and all migrations of this installation. */
type Looked = {
  readonly plan: Plan
  readonly inventory: Inventory
  readonly journalled: Journalled
  readonly dueMs: number
  readonly all: readonly Migration[]
}

/** Begins the seeds of the day, once; not while those of the day before go on, and nothing where no volume is copied by snapshot. */
export async function beginSeeds(pair: Watch, looked: Looked, ports: SeedPorts): Promise<void> {
  const { plan, inventory, journalled, dueMs, all } = looked
  const { sourceZone, targetZone, channel } = pair
  const days = all.filter((m) => m.purpose === 'seeds' && isBetween(m, pair))
  const isBegun = days.some((m) => !isOver(m) || m.plannedAtMs >= dueMs)
  if (isBegun || !plan.moves.some(isSnapshotMove)) return
  const id = newId()
  const base = { kind: 'planned', version: JOURNAL_VERSION, purpose: 'seeds', seeds: true } as const
  const planned: EntryBody = {
    ...base,
    ...{ id, plan, inventory, ...journalled, rules: ports.rules, channel },
    // Somebody is asked where it is halted.
    by: ports.approvers.find(isUserId) ?? ports.approvers[0] ?? '',
    earlier: earlierSeeds(plan, all),
    older: olderSeedsFor(plan, all),
  }
  const { outcome } = await ports.journal.append(id, null, planned, { take: [`seeds ${sourceZone} ${targetZone}`] })
  if (outcome === 'appended') await ports.queue.nudge(id)
}
