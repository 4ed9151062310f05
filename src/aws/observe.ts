// Looks at EC2 for all volumes at once: paginated, filtered describes, never one a volume. Filters never raise NotFound,
// so one unknown id cannot fail a page.
import {
  DescribeAvailabilityZonesCommand,
  type EC2Client,
  type Instance,
  paginateDescribeInstances,
  paginateDescribeSnapshots,
  paginateDescribeVolumes,
  type Snapshot,
  type Volume,
} from '@aws-sdk/client-ec2'
import {
  type Facts,
  factsOf,
  type Inventory,
  type SeenInstance,
  type SeenSnapshot,
  type SeenVolume,
} from '../core/facts.ts'
import { SNAPSHOTS_PAGE_MAX, VOLUMES_PAGE_MAX } from '../core/limits.ts'
import type { Migration, Tags } from '../core/migration.ts'

export async function inventory(
  client: EC2Client,
  { sourceZone, targetZone }: { sourceZone: string; targetZone: string },
): Promise<Inventory> {
  const { AvailabilityZones = [] } = await client.send(new DescribeAvailabilityZonesCommand({}))
  const zones = AvailabilityZones.flatMap(({ ZoneName }) => ZoneName ?? []).sort()
  const volumes = await volumesBy(client, 'availability-zone', sourceZone)
  return { zones, volumes, instances: await instancesIn(client, [sourceZone, targetZone]) }
}

export async function observe(client: EC2Client, migration: Migration, nowMs: number): Promise<Facts> {
  const [snapshots, made, sources] = await Promise.all([
    snapshotsOf(client, migration.id),
    volumesBy(client, 'tag:zonehop:migration', migration.id),
    volumesBy(client, 'availability-zone', migration.plan.sourceZone),
  ])
  return factsOf({ rev: migration.rev, beganAtMs: nowMs, snapshots, volumes: [...sources, ...made] })
}

async function snapshotsOf(client: EC2Client, migrationId: string): Promise<SeenSnapshot[]> {
  const input = { OwnerIds: ['self'], Filters: [{ Name: 'tag:zonehop:migration', Values: [migrationId] }] }
  const seen: SeenSnapshot[] = []
  for await (const page of paginateDescribeSnapshots({ client, pageSize: SNAPSHOTS_PAGE_MAX }, input)) {
    seen.push(...(page.Snapshots ?? []).map(seenSnapshot))
  }
  return seen
}

async function volumesBy(client: EC2Client, filter: string, value: string): Promise<SeenVolume[]> {
  const seen: SeenVolume[] = []
  const input = { Filters: [{ Name: filter, Values: [value] }] }
  for await (const page of paginateDescribeVolumes({ client, pageSize: VOLUMES_PAGE_MAX }, input)) {
    seen.push(...(page.Volumes ?? []).map(seenVolume))
  }
  return seen
}

async function instancesIn(client: EC2Client, zones: string[]): Promise<SeenInstance[]> {
  const seen: SeenInstance[] = []
  const input = { Filters: [{ Name: 'availability-zone', Values: zones }] }
  for await (const page of paginateDescribeInstances({ client, pageSize: 1000 }, input)) {
    for (const { Instances = [] } of page.Reservations ?? []) seen.push(...Instances.map(seenInstance))
  }
  return seen
}

function seenSnapshot(snapshot: Snapshot): SeenSnapshot {
  const percent = Number.parseInt(snapshot.Progress ?? '', 10)
  return {
    id: snapshot.SnapshotId ?? '',
    volumeId: snapshot.VolumeId ?? '',
    state: snapshot.State ?? '',
    percent: Number.isNaN(percent) ? null : percent,
    startedAtMs: snapshot.StartTime?.getTime() ?? 0,
    tags: tagsOf(snapshot.Tags),
  }
}

function seenVolume(volume: Volume): SeenVolume {
  return {
    id: volume.VolumeId ?? '',
    zone: volume.AvailabilityZone ?? '',
    state: volume.State ?? '',
    sizeGib: volume.Size ?? 0,
    type: volume.VolumeType ?? '',
    iops: volume.Iops ?? null,
    throughputMibps: volume.Throughput ?? null,
    encrypted: volume.Encrypted ?? false,
    kmsKeyId: volume.KmsKeyId ?? null,
    snapshotId: volume.SnapshotId ?? null,
    createdAtMs: volume.CreateTime?.getTime() ?? 0,
    tags: tagsOf(volume.Tags),
    attachments: (volume.Attachments ?? []).map((attachment) => ({
      instance: attachment.InstanceId ?? '',
      device: attachment.Device ?? '',
      state: attachment.State ?? '',
      deleteOnTermination: attachment.DeleteOnTermination ?? false,
    })),
  }
}

function seenInstance(instance: Instance): SeenInstance {
  const tags = tagsOf(instance.Tags)
  return {
    id: instance.InstanceId ?? '',
    name: tags.Name ?? instance.InstanceId ?? '',
    zone: instance.Placement?.AvailabilityZone ?? '',
    state: instance.State?.Name ?? '',
    rootDevice: instance.RootDeviceName ?? null,
    tags,
  }
}

function tagsOf(tags: { Key?: string | undefined; Value?: string | undefined }[] = []): Tags {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]))
}
