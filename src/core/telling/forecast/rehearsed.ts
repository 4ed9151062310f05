// What rehearsals have measured of the steps around a final snapshot: how long a copy takes to be made, attached and read on its successor.

import { looksInto } from '../../journal/services.ts'
import { isOver, lastDone, tookMs } from '../../journal/state.ts'
import type { EffectState } from '../../model/effects.ts'
import type { Migration, Rehearsed } from '../../model/migration.ts'
import { isSnapshotMove } from '../../model/moves.ts'
import type { Plan, SnapshotMove } from '../../model/plan.ts'
import { ofMove } from '../../model/subjects.ts'

/** Of the volumes of the plan, what the newest rehearsal of each has measured. `all` are the migrations of this installation, in any order. */
export function rehearsedBefore(plan: Plan, all: readonly Migration[]): Rehearsed {
  const wanted = new Set(plan.moves.filter(isSnapshotMove).map(({ volume }) => volume.id))
  const oldestFirst = all
    .filter((m) => m.purpose === 'rehearsal' && isOver(m) && m.plan.targetZone === plan.targetZone)
    .toSorted((a, b) => a.plannedAtMs - b.plannedAtMs)
  const known = oldestFirst.flatMap((m) => m.plan.moves.filter(isSnapshotMove).flatMap((move) => measured(m, move)))
  return Object.fromEntries(known.filter(([volume]) => wanted.has(volume)))
}

/** Nothing where a step did not end well, or its time is not known: how long the move takes is then as unknown as before. */
function measured(m: Migration, move: SnapshotMove): [volume: string, ms: number][] {
  const copied = (['restore', 'attach'] as const).map((step) => lasted(lastDone(m, ofMove(move.id), step)))
  const looks = looksInto(m, move.service).map((state) => lasted(state.status === 'achieved' ? state : null))
  const all = [...copied, looks.length > 0 ? slowest(looks) : null]
  return all.every((ms) => ms !== null) ? [[move.volume.id, all.reduce((sum, ms) => sum + ms, 0)]] : []
}

function lasted(done: EffectState | null): number | null {
  return done && tookMs(done)
}

function slowest(all: readonly (number | null)[]): number | null {
  return all.reduce<number | null>((most, ms) => (most === null || ms === null ? null : Math.max(most, ms)), 0)
}
