// Compares a copy with its source as the plan recorded it. A volume that is not the same does not pass `checkCopy`.
import type { SeenVolume } from '../model/facts.ts'
import { isSnapshotMove } from '../model/moves.ts'
import type { Move, SnapshotMove } from '../model/plan.ts'
import { copiedTags } from '../model/tags.ts'

/** One attribute in which a copy is not like its source, with both values as text. */
export type Difference = { readonly attribute: string; readonly source: string; readonly copy: string }

/**
 * What differs between a source and its copy. The copy of a replica was people's before: only where it is attached, and
 * how, is the migration's.
 */
export function differences(move: Move, copy: SeenVolume): Difference[] {
  const rows = isSnapshotMove(move) ? contentRows(move, copy) : []
  const source = isSnapshotMove(move) ? move.volume : move.pairs.find((pair) => pair.copy.id === copy.id)?.source
  const attachment = copy.attachments.find(({ state }) => state === 'attached')
  return [
    ...rows,
    ['instance', move.successor, attachment?.instance],
    ['device', source?.device, attachment?.device],
    // What EC2 does not say of either is no difference.
    ...(source?.deleteOnTermination == null || attachment?.deleteOnTermination === null
      ? []
      : [['DeleteOnTermination', source.deleteOnTermination, attachment?.deleteOnTermination] as const]),
  ]
    .filter(([, left, right]) => left !== right)
    .map(([attribute, left, right]) => ({ attribute: String(attribute), source: String(left), copy: String(right) }))
}

function contentRows({ volume: source }: SnapshotMove, copy: SeenVolume): (readonly [string, unknown, unknown])[] {
  return [
    ['size', source.sizeGib, copy.sizeGib],
    ['type', source.type, copy.type],
    ['IOPS', source.iops, copy.iops],
    ['throughput', source.throughputMibps, copy.throughputMibps],
    ['encryption', source.encrypted, copy.encrypted],
    ['KMS key', source.kmsKeyId, copy.kmsKeyId],
    // What people say to zonehop speaks for a later plan alone, and changes nothing of what a copy is.
    ...Object.entries(copiedTags(source.tags)).flatMap(([key, value]) =>
      key.startsWith('zonehop:') ? [] : [[`tag ${key}`, value, copy.tags[key]] as const],
    ),
  ]
}
