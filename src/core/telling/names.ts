// What people call a volume where zonehop speaks of it by its id.
import type { Migration } from '../model/migration.ts'
import { isSnapshotMove, rowsOf } from '../model/moves.ts'
import type { Move } from '../model/plan.ts'
import { copyIdsOf } from '../steps/marks.ts'

/** A source, or a copy of one, by its name and its id; by the id alone where the plan does not know it. */
export function volumeNamed(m: Migration, id: string): string {
  const source = rowsOf(m.plan.moves).find(({ volume }) => volume.id === id)
  if (source) return `${source.volume.name} (${id})`
  const names = m.plan.moves.flatMap((move) => sourceOfCopy(m, move, id) ?? [])
  return names.length > 0 ? `the copy of ${names[0]} (${id})` : id
}

function sourceOfCopy(m: Migration, move: Move, id: string): string | null {
  if (isSnapshotMove(move)) return copyIdsOf(m, move).includes(id) ? move.volume.name : null
  return move.pairs.find(({ copy }) => copy.id === id)?.source.name ?? null
}
