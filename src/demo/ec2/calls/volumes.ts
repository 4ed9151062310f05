// Volumes as they are described, and their deletion.

import type { Attachment, Volume } from '../world/entities.ts'
import { refuse } from '../world/errors.ts'
import { indexLeaving } from '../world/indexes.ts'
import { attachmentState, attachmentsOf, isShown, shownTags, volumeState } from '../world/states.ts'
import { KINDS, type Store, shortly, volumeOf, zoneOf } from '../world/store.ts'
import { type Body, given, iso, isTrue, list, type Params, records, text } from '../world/wire.ts'
import { asked, describe, tagsShown } from './describe.ts'
import { tagSet } from './tags.ts'

const DELETING_MS = { least: 500, most: 5_000 }

/** Answers DescribeVolumes; volumes that an AWS service manages are hidden unless asked for. */
export function describeVolumes(store: Store, params: Params): Body {
  const nowMs = store.now()
  const attachments = (value: (attachment: Attachment) => string | boolean) => (volume: Volume) =>
    attachmentsOf(volume, nowMs).map(value)
  return describe(params, {
    set: 'volumeSet',
    rows: volumesIn(store, params),
    order: ({ order }) => order,
    isDark: ({ zone }) => store.troubles.get(zone)?.isDark ?? false,
    tags: tagsShown(store),
    filters: {
      'volume-id': ({ id }) => [id],
      'availability-zone': ({ zone }) => [zone],
      'availability-zone-id': ({ zone }) => [zoneOf(store, zone).id],
      status: (volume) => [volumeState(volume, nowMs)],
      'snapshot-id': ({ snapshotId }) => [snapshotId ?? ''],
      'volume-type': ({ type }) => [type],
      size: ({ sizeGib }) => [sizeGib],
      encrypted: ({ encrypted }) => [encrypted],
      // No snapshot here is enabled for fast restore.
      'fast-restored': () => [false],
      'multi-attach-enabled': ({ isMultiAttach }) => [isMultiAttach],
      'create-time': ({ createdAtMs }) => [iso(createdAtMs)],
      'operator.managed': ({ managedBy }) => [managedBy !== null],
      'operator.principal': ({ managedBy }) => [managedBy ?? ''],
      'attachment.instance-id': attachments(({ instance }) => instance),
      'attachment.device': attachments(({ device }) => device),
      'attachment.status': attachments((attachment) => attachmentState(attachment, nowMs)),
      'attachment.delete-on-termination': attachments(({ deleteOnTermination }) => deleteOnTermination),
      'attachment.attach-time': attachments(({ beganAtMs }) => iso(beganAtMs)),
    },
    view: (volume) => volumeView(store, volume),
  })
}

/** The volumes asked for by id or by a `volume-id` filter, or all; managed ones only with IncludeManagedResources. */
export function* volumesIn(store: Store, params: Params): Iterable<Volume> {
  const isAll = isTrue(params, 'IncludeManagedResources')
  const rows =
    named(store, params) ?? asked(store, store.volumes, { params, parameter: 'VolumeId', kind: KINDS.volume })
  for (const volume of rows) {
    if (isAll || volume.managedBy === null) yield volume
  }
}

/**
 * The volumes that a filter by ids alone names, so that a look at ten of ten thousand is quick; null where there is
 * none.
 */
function named({ volumes, now }: Store, params: Params): Volume[] | null {
  const filter = records(params, 'Filter').find((one) => text(one, 'Name') === 'volume-id')
  const ids = filter ? list(filter, 'Value') : []
  if (ids.length === 0 || ids.some((id) => /[*?\\]/.test(id)) || list(params, 'VolumeId').length > 0) return null
  const found = [...new Set(ids)].flatMap((id) => volumes.get(id) ?? [])
  return found.filter((volume) => isShown(volume, now())).sort((a, b) => a.order - b.order)
}

/**
 * Answers DeleteVolume. Refuses with VolumeInUse, with IncorrectState while it is `creating`, or with
 * UnsupportedOperationException where an AWS service manages it.
 */
export function deleteVolume(store: Store, params: Params): () => Body {
  const volume = volumeOf(store, given(params, 'VolumeId'))
  return () => {
    const state = volumeState(volume, store.now())
    checkManaged(volume)
    if (state === 'in-use')
      refuse('VolumeInUse', `Volume ${volume.id} is currently attached to ${instancesOf(store, volume)}`)
    if (state === 'creating') refuse('IncorrectState', `The volume '${volume.id}' is 'creating'`)
    if (volume.deletedAtMs === null) indexLeaving(store, volume, shortly(store, `delete ${volume.key}`, DELETING_MS))
    return { return: true }
  }
}

/** Refuses, with UnsupportedOperationException, to change by hand what an AWS service manages. */
export function checkManaged({ id, managedBy }: Volume): void {
  if (managedBy === null) return
  refuse('UnsupportedOperationException', `The volume '${id}' is managed by ${managedBy} and cannot be changed.`)
}

function instancesOf(store: Store, volume: Volume): string {
  return attachmentsOf(volume, store.now())
    .map(({ instance }) => instance)
    .join(', ')
}

/** A volume as EC2 writes it. */
export function volumeView(store: Store, volume: Volume): Body {
  const nowMs = store.now()
  return {
    volumeId: volume.id,
    size: volume.sizeGib,
    snapshotId: volume.snapshotId ?? '',
    availabilityZone: volume.zone,
    availabilityZoneId: zoneOf(store, volume.zone).id,
    status: volumeState(volume, nowMs),
    createTime: iso(volume.createdAtMs),
    attachmentSet: attachmentsOf(volume, nowMs).map((attachment) => attachmentView(volume, attachment, nowMs)),
    tagSet: tagSet(shownTags(volume, nowMs)),
    volumeType: volume.type,
    iops: volume.iops ?? undefined,
    throughput: volume.throughput ?? undefined,
    encrypted: volume.encrypted,
    kmsKeyId: volume.kmsKeyId ?? undefined,
    multiAttachEnabled: volume.isMultiAttach,
    fastRestored: false,
    volumeInitializationRate: volume.initializationRate ?? undefined,
    operator: operatorView(volume),
  }
}

/** Who manages a volume, as EC2 writes it: the owner, or an AWS service. */
export function operatorView({ managedBy }: Volume): Body {
  return managedBy === null ? { managed: false } : { managed: true, principal: managedBy, hiddenByDefault: true }
}

/** An attachment as EC2 writes it; it reads the same in a volume as in the answer to AttachVolume. */
export function attachmentView({ id }: Volume, attachment: Attachment, nowMs: number): Body {
  return {
    volumeId: id,
    instanceId: attachment.instance,
    device: attachment.device,
    status: attachmentState(attachment, nowMs),
    attachTime: iso(attachment.beganAtMs),
    deleteOnTermination: attachment.deleteOnTermination,
  }
}

/** The volumes attached to an instance at a time, oldest first; the attachments may be in any state. */
export function volumesOn(
  store: Store,
  instanceId: string,
  atMs = store.now(),
): { volume: Volume; attachment: Attachment }[] {
  const found: { volume: Volume; attachment: Attachment }[] = []
  for (const volume of store.indexes.held.get(instanceId) ?? []) {
    const here = attachmentsOf(volume, atMs).filter(({ instance }) => instance === instanceId)
    found.push(...here.map((attachment) => ({ volume, attachment })))
  }
  return found.sort((a, b) => a.volume.order - b.volume.order)
}

/** The ids of a parameter, given as a list or as a single one. Refuses with MissingParameter where there are none. */
export function idsIn(params: Params, parameter: string): string[] {
  const ids = list(params, parameter)
  return ids.length > 0 ? ids : [given(params, parameter)]
}
