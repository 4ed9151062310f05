// What earlier migrations measured of the volumes of a plan: snapshots that were taken ahead on other days, by a rehearsal or a move that was
// aborted, tell as much of a volume as those of today.

import type { Earlier, EarlierSeeds, Migration } from '../../model/migration.ts'
import { isSnapshotMove } from '../../model/moves.ts'
import type { Plan, SnapshotMove } from '../../model/plan.ts'
import { beganAtMs, seedsOf } from '../../steps/seeds/rounds.ts'
import { roundsOf } from './deltas.ts'

/** Seeds of one volume that are kept: what a disk or its use was like before says little. */
const KEPT_MAX = 12

/**
 * By the id of the volume, for those of the plan of which something is known. `all` are the migrations of this installation, in any order.
 * They are read from the newest on, each once, until enough is known of every volume.
 */
export function earlierSeeds(plan: Plan, all: readonly Migration[]): Earlier {
  const known = new Map<string, EarlierSeeds>()
  const open = new Set(plan.moves.filter(isSnapshotMove).map(({ volume }) => volume.id))
  for (const m of all.toSorted((a, b) => a.plannedAtMs - b.plannedAtMs).toReversed()) {
    if (open.size === 0) break
    for (const move of m.plan.moves.filter(isSnapshotMove).toReversed()) {
      const { id } = move.volume
      const seeds = open.has(id) ? seedsIn(m, move) : null
      if (!seeds) continue
      const newer = known.get(id)
      const rounds = [...seeds.rounds, ...(newer?.rounds ?? [])].slice(-KEPT_MAX)
      known.set(id, { rounds, last: newer?.last ?? seeds.last })
      if (rounds.length === KEPT_MAX) open.delete(id)
    }
  }
  return Object.fromEntries(known)
}

/** Null where the migration completed no seed of the move, or it is not known when the last one began. */
function seedsIn(m: Migration, move: SnapshotMove): EarlierSeeds | null {
  const last = seedsOf(m, move).at(-1)
  const atMs = last ? beganAtMs(last) : null
  if (!last?.resource || atMs === null) return null
  return { rounds: roundsOf(m, move), last: { snapshot: last.resource, atMs } }
}
