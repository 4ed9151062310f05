// Translates between EC2's shapes and ours.
import type { Instance, ResourceType, Snapshot, Volume, VolumeAttachment } from '@aws-sdk/client-ec2'
import type { SeenAttachment, SeenInstance, SeenSnapshot, SeenVolume } from '../core/model/facts.ts'
import type { Tags } from '../core/model/plan.ts'
import { theirs, withoutMarks } from '../core/model/text.ts'

/** TagSpecifications for a create call: the new resource carries the tags from the start. */
export function tagSpecification(type: ResourceType, tags: Tags) {
  return [{ ResourceType: type, Tags: pairs(tags) }]
}

/** Tags in the SDK's shape. */
export function pairs(tags: Tags) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

/** `percent` is null while EC2 reports no progress; `startedAtMs` is 0 where EC2 gives no start time. */
export function seenSnapshot(snapshot: Snapshot): SeenSnapshot {
  const percent = Number.parseInt(snapshot.Progress ?? '', 10)
  return {
    id: snapshot.SnapshotId ?? '',
    volumeId: snapshot.VolumeId ?? '',
    state: snapshot.State ?? '',
    percent: Number.isNaN(percent) ? null : percent,
    startedAtMs: snapshot.StartTime?.getTime() ?? 0,
    ...(snapshot.CompletionTime ? { completedAtMs: snapshot.CompletionTime.getTime() } : {}),
    tags: tagsOf(snapshot.Tags),
  }
}

/** `managedBy` is null unless an AWS service manages the volume; `createdAtMs` is 0 where EC2 gives no time. */
export function seenVolume(volume: Volume): SeenVolume {
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
    snapshotId: volume.SnapshotId || null,
    createdAtMs: volume.CreateTime?.getTime() ?? 0,
    managedBy: volume.Operator?.Managed ? theirs(volume.Operator.Principal ?? 'an AWS service') : null,
    tags: tagsOf(volume.Tags),
    ...(volume.MultiAttachEnabled ? { isMultiAttach: true } : {}),
    ...(volume.OutpostArn ? { outpost: theirs(volume.OutpostArn) } : {}),
    ...(volume.VolumeInitializationRate ? { initializationMibps: volume.VolumeInitializationRate } : {}),
    attachments: (volume.Attachments ?? []).filter(({ State }) => State !== 'detached').map(seenAttachment),
  }
}

function seenAttachment(attachment: VolumeAttachment): SeenAttachment {
  const { AssociatedResource, InstanceOwningService, EbsCardIndex } = attachment
  const owner = [InstanceOwningService, AssociatedResource].filter(Boolean).join(' for ')
  return {
    instance: attachment.InstanceId ?? '',
    device: attachment.Device ?? '',
    state: attachment.State ?? '',
    deleteOnTermination: attachment.DeleteOnTermination ?? null,
    ...(owner ? { owner: theirs(owner) } : {}),
    ...(EbsCardIndex ? { card: EbsCardIndex } : {}),
  }
}

/** `name` is the tag Name as far as it can be seen, or else the instance's id; `rootDevice` is null where EC2 names none. */
export function seenInstance(instance: Instance): SeenInstance {
  const tags = tagsOf(instance.Tags)
  return {
    id: instance.InstanceId ?? '',
    name: theirs(tags.Name ?? '') || (instance.InstanceId ?? ''),
    zone: instance.Placement?.AvailabilityZone ?? '',
    state: instance.State?.Name ?? '',
    type: instance.InstanceType ?? '',
    rootDevice: instance.RootDeviceName ?? null,
    interfaces: instance.NetworkInterfaces?.length ?? 0,
    ...(instance.LaunchTime ? { launchedAtMs: instance.LaunchTime.getTime() } : {}),
    tags,
  }
}

/** Tags as they are, but for the marks of our own markup: no tag can bring them into a sentence. */
function tagsOf(tags: { Key?: string | undefined; Value?: string | undefined }[] = []): Tags {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, withoutMarks(Value)]))
}
