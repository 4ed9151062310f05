// Compares a copy with its source as the plan recorded it: a volume that is not the same is not checked.
import type { SeenVolume } from './facts.ts'
import type { Move } from './migration.ts'
import { copiedTags } from './plan.ts'

export type Difference = { readonly attribute: string; readonly source: string; readonly copy: string }

export function differences({ volume: source, successor }: Move, copy: SeenVolume): Difference[] {
  const attachment = copy.attachments.find(({ state }) => state === 'attached')
  const tags = copiedTags(source.tags)
  const rows: [string, unknown, unknown][] = [
    ['size', source.sizeGib, copy.sizeGib],
    ['type', source.type, copy.type],
    ['IOPS', source.iops, copy.iops],
    ['throughput', source.throughputMibps, copy.throughputMibps],
    ['encryption', source.encrypted, copy.encrypted],
    ['KMS key', source.kmsKeyId, copy.kmsKeyId],
    ['instance', successor, attachment?.instance],
    ['device', source.device, attachment?.device],
    ['DeleteOnTermination', source.deleteOnTermination, attachment?.deleteOnTermination],
    ...Object.entries(tags).map(([key, value]): [string, unknown, unknown] => [`tag ${key}`, value, copy.tags[key]]),
  ]
  return rows
    .filter(([, left, right]) => left !== right)
    .map(([attribute, left, right]) => ({ attribute, source: String(left), copy: String(right) }))
}
