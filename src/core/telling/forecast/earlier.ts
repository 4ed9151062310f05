// What earlier migrations measured of the volumes of a plan: snapshots that were taken ahead on other days, by a rehearsal or a move that was
// aborted, tell as much of a volume as those of today.

import type { Earlier, EarlierSeeds, Migration } from '../../model/migration.ts'
import { isSnapshotMove } from '../../model/moves.ts'
import type { Plan, SnapshotMove } from '../../model/plan.ts'
import { seedsOf } from '../../steps/seed-rounds.ts'
import { beganAtMs, roundsOf } from './deltas.ts'

/** Seeds of one volume that are kept: what a disk or its use was like before says little. */
const KEPT_MAX = 12

/** By the id of the volume, for those of the plan of which something is known. `all` are the migrations of this installation, in any order. */
export function earlierSeeds(plan: Plan, all: readonly Migration[]): Earlier {
  const known: Record<string, EarlierSeeds> = {}
  const before = all.toSorted((a, b) => a.plannedAtMs - b.plannedAtMs)
  for (const { volume } of plan.moves.filter(isSnapshotMove)) {
    const seeds = before.flatMap((m) => seedsIn(m, volume.id))
    const last = seeds.at(-1)?.last
    if (last) known[volume.id] = { rounds: seeds.flatMap(({ rounds }) => rounds).slice(-KEPT_MAX), last }
  }
  return known
}

function seedsIn(m: Migration, volume: string): EarlierSeeds[] {
  const mine = m.plan.moves.filter((move): move is SnapshotMove => isSnapshotMove(move) && move.volume.id === volume)
  return mine.flatMap((move) => {
    const last = seedsOf(m, move).at(-1)
    const atMs = last ? beganAtMs(last) : null
    if (!last?.resource || atMs === null) return []
    return { rounds: roundsOf(m, move), last: { snapshot: last.resource, atMs } }
  })
}
