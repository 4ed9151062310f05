// What earlier migrations have where the copies of this one go. It is told by their journals alone, since anybody may write our tags: to
// take away what somebody else attached is nothing that a plan may offer.

import type { SeenVolume } from '../model/facts.ts'
import { isSnapshotMove } from '../model/moves.ts'
import type { Leftover, Move } from '../model/plan.ts'
import { directoryOf } from './directory.ts'
import { abortedMakerOf, leaverOf } from './memory-tags.ts'
import type { PlanRequest } from './request.ts'

/** What earlier migrations have at devices where these moves go, attached there alone. */
export function leftoversIn(request: PlanRequest, moves: readonly Move[]): Leftover[] {
  // The tags of a migration that is rebuilt explain themselves, which is no journal's word.
  if (request.own) return []
  const directory = directoryOf(request.inventory)
  return moves.filter(isSnapshotMove).flatMap(({ id: move, volume, successor }) => {
    const found = directory.volumeAt(successor, volume.device)
    const [attachment, second] = found?.attachments ?? []
    const kind = found && kindOf(found, request)
    if (!found || !kind || !attachment || second) return []
    if (request.named && !request.named.has(found.id)) return []
    const { id, tags, sizeGib } = found
    return { ...kind, volume: id, move, name: tags.Name || id, sizeGib, instance: successor, device: attachment.device }
  })
}

function kindOf(volume: SeenVolume, request: PlanRequest): Pick<Leftover, 'what' | 'migration'> | null {
  const [maker, leaver] = [abortedMakerOf(volume, request), leaverOf(volume, request)]
  if (maker) return { what: 'copy', migration: maker }
  return leaver ? { what: 'source', migration: leaver } : null
}
