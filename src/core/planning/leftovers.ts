// What an aborted migration left where the copies of this one go. It is told by the journal alone, since anybody may write our tags:
// to take away what somebody else attached is nothing that a plan may offer.

import { isSnapshotMove } from '../model/moves.ts'
import type { Leftover, Move } from '../model/plan.ts'
import { directoryOf } from './directory.ts'
import { abortedMakerOf } from './memory-tags.ts'
import type { PlanRequest } from './request.ts'

/** The copies of aborted migrations that stand at devices of these moves, attached there alone. */
export function leftoversIn(request: PlanRequest, moves: readonly Move[]): Leftover[] {
  const directory = directoryOf(request.inventory)
  return moves.filter(isSnapshotMove).flatMap(({ id: move, volume, successor }) => {
    const found = directory.volumeAt(successor, volume.device)
    const migration = found && abortedMakerOf(found, request)
    const [attachment, second] = found?.attachments ?? []
    if (!found || !migration || !attachment || second) return []
    if (request.named && !request.named.has(found.id)) return []
    const { id, tags, sizeGib } = found
    return {
      volume: id,
      move,
      name: tags.Name || id,
      sizeGib,
      migration,
      instance: successor,
      device: attachment.device,
    }
  })
}
