// What people call a volume where zonehop speaks of it by its id.
import type { Migration } from '../model/migration.ts'
import { rowsOf } from '../model/moves.ts'
import { copyIdsOf } from '../steps/marks.ts'

/** A source, or a copy of one, by its name and its id; by the id alone where the plan does not know it. */
export function volumeNamed(m: Migration, id: string): string {
  const source = rowsOf(m.plan.moves).find(({ volume }) => volume.id === id)
  if (source) return `${source.volume.name} (${id})`
  const move = m.plan.moves.find((each) => copyIdsOf(m, each).includes(id))
  const [first] = move ? rowsOf([move]) : []
  return first ? `the copy of ${first.volume.name} (${id})` : id
}
