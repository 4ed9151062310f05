// From the simulated EC2's bodies to the core's facts: what src/aws/wire.ts does from the SDK's shapes.
import type { SeenInstance, SeenSnapshot, SeenVolume } from '../../../src/core/model/facts.ts'
import type { Tags } from '../../../src/core/model/plan.ts'
import type { Body } from '../../../src/demo/ec2/world/wire.ts'

export function rowsOf(body: Body, set: string): readonly Body[] {
  return (body[set] ?? []) as readonly Body[]
}

export function seenSnapshot(row: Body): SeenSnapshot {
  const percent = Number.parseInt(String(row.progress), 10)
  return {
    id: String(row.snapshotId),
    volumeId: String(row.volumeId),
    state: String(row.status),
    percent: Number.isNaN(percent) ? null : percent,
    startedAtMs: Date.parse(String(row.startTime)),
    tags: tagsOf(row),
  }
}

export function seenVolume(row: Body): SeenVolume {
  return {
    id: String(row.volumeId),
    zone: String(row.availabilityZone),
    state: String(row.status),
    sizeGib: Number(row.size),
    type: String(row.volumeType),
    iops: numberOf(row.iops),
    throughputMibps: numberOf(row.throughput),
    encrypted: row.encrypted === true,
    kmsKeyId: row.kmsKeyId === undefined ? null : String(row.kmsKeyId),
    snapshotId: String(row.snapshotId) || null,
    createdAtMs: Date.parse(String(row.createTime)),
    managedBy: null,
    tags: tagsOf(row),
    attachments: rowsOf(row, 'attachmentSet').map(({ instanceId, device, status, deleteOnTermination }) => ({
      instance: String(instanceId),
      device: String(device),
      state: String(status),
      deleteOnTermination: deleteOnTermination === true,
    })),
  }
}

export function seenInstance(row: Body): SeenInstance {
  const tags = tagsOf(row)
  return {
    id: String(row.instanceId),
    name: tags.Name ?? String(row.instanceId),
    zone: String((row.placement as Body).availabilityZone),
    state: String((row.instanceState as Body).name),
    type: String(row.instanceType),
    rootDevice: String(row.rootDeviceName),
    tags,
  }
}

function numberOf(value: Body[string]): number | null {
  return value === undefined ? null : Number(value)
}

function tagsOf(row: Body): Tags {
  const tags: Record<string, string> = {}
  for (const { key, value } of rowsOf(row, 'tagSet')) tags[String(key)] = String(value)
  return tags
}
