// Preflight for room for tags: zonehop's memory is in them, and EC2 refuses a whole CreateTags for one volume that has
// no room left, or the copy's creation.

import { type Check, red } from '../../model/checks.ts'
import { TAGS_MAX } from '../../model/limits.ts'
import { isSnapshotMove, sourcesOf } from '../../model/moves.ts'
import type { Move, SourceVolume, Tags } from '../../model/plan.ts'
import { ofMove } from '../../model/subjects.ts'
import { copiedTags, identity } from '../../model/tags.ts'
import type { PreflightRequest } from '../request.ts'

/** Keys that a migration may write on its sources. All are counted: which of them, nobody knows beforehand. */
export const SOURCE_MARKS: readonly string[] = [
  'zonehop:plan',
  'zonehop:frozen',
  'zonehop:phase',
  'zonehop:aborted',
  'zonehop:left',
  'zonehop:ended',
]

/** Keys that a migration may write on a copy that it made, beside those that identify it. */
export const COPY_MARKS: readonly string[] = ['zonehop:phase', 'zonehop:aborted', 'zonehop:live', 'zonehop:ended']

/** Keys that a migration may write on the copy of a replica, which was there before. */
export const REPLICA_COPY_MARKS: readonly string[] = [...COPY_MARKS, 'zonehop:plan', 'zonehop:proven']

/** A red check for each volume, or copy, that would have more tags than EC2 takes. */
export function tagChecks({ moves }: PreflightRequest): Check[] {
  return moves.flatMap((move) => [
    ...sourcesOf(move).flatMap((volume) => tooMany(volume, { what: 'it', tags: volume.tags, marks: SOURCE_MARKS })),
    ...copiesOf(move),
  ])
}

function copiesOf(move: Move): Check[] {
  if (!isSnapshotMove(move)) {
    return move.pairs.flatMap(({ source, copy }) =>
      tooMany(copy, { what: 'it', tags: copy.tags, marks: REPLICA_COPY_MARKS, source: source.id }),
    )
  }
  const made = identity('', { subject: ofMove(move.id), step: 'restore', generation: 1 }, '')
  const tags = { ...copiedTags(move.volume.tags), ...made }
  return tooMany(move.volume, { what: 'its copy', tags, marks: COPY_MARKS })
}

type Asked = {
  readonly what: string
  readonly tags: Tags
  readonly marks: readonly string[]
  /** The id of the source, where the volume itself is not it. */
  readonly source?: string
}

/** Tags whose keys begin with `aws:` do not count ("Tag restrictions", EC2 User Guide). */
function tooMany({ id, name }: SourceVolume, { what, tags, marks, source = id }: Asked): Check[] {
  const keys = new Set([...Object.keys(tags).filter((key) => !key.startsWith('aws:')), ...marks])
  if (keys.size <= TAGS_MAX) return []
  const cause = `${what} would have ${keys.size} tags with those that zonehop writes; EC2 takes ${TAGS_MAX}`
  const owner = what === 'it' ? name : `the copy of ${name}`
  return [{ ...red(`tags of ${owner}`, cause, `take ${keys.size - TAGS_MAX} of your own away`), volume: source }]
}
