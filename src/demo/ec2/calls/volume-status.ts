// The status of volumes, with the initialization of restored ones, and what Elastic Volumes is changing in them.

import type { Volume } from '../world/entities.ts'
import { refuse } from '../world/errors.ts'
import { attachmentsOf, initializedAtMs, volumeState } from '../world/states.ts'
import { KINDS, type Store, zoneOf } from '../world/store.ts'
import { type Body, iso, list, type Params } from '../world/wire.ts'
import { asked, describe } from './describe.ts'
import { operatorView, volumesIn } from './volumes.ts'

/**
 * Answers DescribeVolumeStatus. Volumes in error are not told apart: it "does not indicate volumes in the error state".
 */
export function describeVolumeStatus(store: Store, params: Params): Body {
  return describe(params, {
    set: 'volumeStatusSet',
    rows: volumesIn(store, params),
    order: ({ order }) => order,
    paths: STATUS_PATHS,
    view: (volume) => ({
      volumeId: volume.id,
      availabilityZone: volume.zone,
      availabilityZoneId: zoneOf(store, volume.zone).id,
      volumeStatus: {
        status: statusOf(store, volume),
        details: [
          { name: 'io-enabled', status: 'passed' },
          { name: 'io-performance', status: 'not-applicable' },
        ],
      },
      attachmentStatuses: attachmentsOf(volume, store.now()).map(({ instance }) => ({
        instanceId: instance,
        ioPerformance: 'not-applicable',
      })),
      initializationStatusDetails: initializationView(store, volume),
      operator: operatorView(volume),
      actionsSet: [],
      eventsSet: [],
    }),
  })
}

/** The filters of DescribeVolumeStatus, by where the view shows what they compare; no volume has events or actions here. */
const STATUS_PATHS: Readonly<Record<string, string>> = {
  'action.code': 'actionsSet.code',
  'action.description': 'actionsSet.description',
  'action.event-id': 'actionsSet.eventId',
  'attachment-status.instance-id': 'attachmentStatuses.instanceId',
  'attachment-status.io-performance': 'attachmentStatuses.ioPerformance',
  'availability-zone': 'availabilityZone',
  'event.description': 'eventsSet.description',
  'event.event-id': 'eventsSet.eventId',
  'event.event-type': 'eventsSet.eventType',
  'event.not-after': 'eventsSet.notAfter',
  'event.not-before': 'eventsSet.notBefore',
  'volume-status.details-name': 'volumeStatus.details.name',
  'volume-status.details-status': 'volumeStatus.details.status',
  'volume-status.status': 'volumeStatus.status',
}

function statusOf(store: Store, volume: Volume): string {
  return volumeState(volume, store.now()) === 'creating' ? 'insufficient-data' : 'ok'
}

function initializationView(store: Store, volume: Volume): Body | undefined {
  if (volume.snapshotId === null) return undefined
  const endsAtMs = initializedAtMs(volume)
  const takesMs = endsAtMs - volume.availableAtMs
  const passedMs = Math.max(0, store.now() - volume.availableAtMs)
  const leftSeconds = Math.max(0, Math.ceil((endsAtMs - store.now()) / 1000))
  return {
    initializationType: volume.initializationRate === null ? 'default' : 'provisioned-rate',
    progress: takesMs === 0 ? 100 : Math.min(100, Math.floor((100 * passedMs) / takesMs)),
    estimatedTimeToCompleteInSeconds: volume.initializationRate === null ? undefined : leftSeconds,
  }
}

/**
 * Answers DescribeVolumesModifications. Refuses with InvalidVolumeModification.NotFound where a volume given by id was
 * never modified, even where it exists.
 */
export function describeVolumesModifications(store: Store, params: Params): Body {
  const volumes = [...asked(store, store.volumes, { params, parameter: 'VolumeId', kind: KINDS.volume })]
  const rows = volumes.flatMap((volume) =>
    volume.modifiedUntilMs === null ? [] : { volume, untilMs: volume.modifiedUntilMs },
  )
  const missing = volumes.find(({ modifiedUntilMs }) => modifiedUntilMs === null)
  if (missing && list(params, 'VolumeId').length > 0) {
    refuse('InvalidVolumeModification.NotFound', `Modification for volume '${missing.id}' does not exist.`)
  }
  return describe(params, {
    set: 'volumeModificationSet',
    rows,
    order: ({ volume }) => volume.order,
    paths: MODIFICATION_PATHS,
    view: ({ volume, untilMs }) => modificationView(store, volume, untilMs),
  })
}

/** The filters of DescribeVolumesModifications, by where the view shows what they compare. */
const MODIFICATION_PATHS: Readonly<Record<string, string>> = {
  'modification-state': 'modificationState',
  'original-iops': 'originalIops',
  'original-size': 'originalSize',
  'original-volume-type': 'originalVolumeType',
  originalMultiAttachEnabled: 'originalMultiAttachEnabled',
  'start-time': 'startTime',
  'target-iops': 'targetIops',
  'target-size': 'targetSize',
  'target-volume-type': 'targetVolumeType',
  targetMultiAttachEnabled: 'targetMultiAttachEnabled',
  'volume-id': 'volumeId',
}

function modificationState(untilMs: number, nowMs: number): 'optimizing' | 'completed' {
  return nowMs < untilMs ? 'optimizing' : 'completed'
}

function modificationView(store: Store, volume: Volume, untilMs: number): Body {
  const nowMs = store.now()
  const share = (nowMs - volume.createdAtMs) / Math.max(1, untilMs - volume.createdAtMs)
  return {
    volumeId: volume.id,
    modificationState: modificationState(untilMs, nowMs),
    targetSize: volume.sizeGib,
    targetVolumeType: volume.type,
    targetIops: volume.iops ?? undefined,
    targetThroughput: volume.throughput ?? undefined,
    targetMultiAttachEnabled: volume.isMultiAttach,
    originalSize: volume.sizeGib,
    originalVolumeType: volume.type,
    originalIops: volume.iops ?? undefined,
    originalThroughput: volume.throughput ?? undefined,
    originalMultiAttachEnabled: volume.isMultiAttach,
    progress: Math.min(100, Math.floor(100 * share)),
    startTime: iso(volume.createdAtMs),
    endTime: nowMs < untilMs ? undefined : iso(untilMs),
  }
}
