// What an observation has to show. After the point of no return most services are finished for good: a thousand volumes
// need not be described every two minutes for the one that is still copying.
import { FILTER_VALUES_MAX } from '../model/limits.ts'
import type { Migration } from '../model/migration.ts'
import { isReplicaMove } from '../model/moves.ts'
import type { Move } from '../model/plan.ts'
import { ofCopy, subjectName } from '../model/subjects.ts'
import { isFinished } from '../steps/service-ladder.ts'

/** The moves that an observation still has to cover; null: everything, including new volumes of the source zone. */
export function movesInSight(m: Migration): readonly Move[] | null {
  // What the lost entries did may be visible anywhere.
  if (m.phase !== 'live' || m.doubt?.isOpen) return null
  // One call writes tags on many volumes, and they are seen on each.
  const isTagging = m.effects.values().some(({ effect, status }) => effect.step === 'tag' && status !== 'achieved')
  if (isTagging) return null
  const open = new Set(m.plan.services.filter((service) => !isFinished(m, service)).map(({ name }) => name))
  const moves = m.plan.moves.filter(({ service }) => open.has(service))
  return moves.length > 0 && moves.flatMap(subjectsOf).length <= FILTER_VALUES_MAX ? moves : null
}

/** The values that the tag `zonehop:move` may have on anything that was made for the move. */
export function subjectsOf(move: Move): string[] {
  return isReplicaMove(move) ? move.pairs.map(({ copy }) => subjectName(ofCopy(move.id, copy.id))) : [move.id]
}
