// Preflight for what EC2 shows of a source and its copy will not have, or that nobody can take over because EC2 does not say it.

import { type Check, yellow } from '../../model/checks.ts'
import type { SeenVolume } from '../../model/facts.ts'
import { isSnapshotMove } from '../../model/moves.ts'
import type { PreflightRequest } from '../request.ts'

/** A yellow check for each thing that a copy made from a snapshot would lose, by the name of its source. */
export function copyChecks({ moves, volumes }: PreflightRequest): Check[] {
  const seen = new Map(volumes.map((volume) => [volume.id, volume]))
  return moves.filter(isSnapshotMove).flatMap(({ volume: { id, name } }) => {
    const volume = seen.get(id)
    return volume ? lossesOf(volume).map(([cause, remedy]) => yellow(`copy of ${name}`, cause, remedy)) : []
  })
}

type Loss = readonly [cause: string, remedy: string]

function lossesOf({ isMultiAttach, attachments: [attachment] }: SeenVolume): Loss[] {
  const { deleteOnTermination, card, instance } = attachment ?? {}
  return [
    ...(isMultiAttach
      ? [
          [
            'several instances at once may have it (multi-attach); its copy is for one',
            'let it stay where more than one needs it',
          ] as const,
        ]
      : []),
    ...(card
      ? [[`it is on EBS card ${card} of ${instance}; its copy goes to the first`, 'move it there by hand'] as const]
      : []),
    ...(deleteOnTermination === null
      ? [
          [
            `EC2 does not say whether it is deleted when ${instance} is terminated; its copy is kept then`,
            'set DeleteOnTermination of the copy by hand, if it should go too',
          ] as const,
        ]
      : []),
  ]
}
