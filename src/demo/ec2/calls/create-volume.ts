// CreateVolume: from a snapshot or empty. The token decides what a repetition means, the quota comes before the token (at the
// limit a repetition is refused although its volume exists), and a bad key shows only after the answer.
import type { Volume } from '../world/entities.ts'
import { refuse } from '../world/errors.ts'
import { happens } from '../world/faults.ts'
import { addToIndexes, provisioned } from '../world/indexes.ts'
import { initializedAtMs, isGone, snapshotState } from '../world/states.ts'
import { newResource, type Store, shortly } from '../world/store.ts'
import type { Body, Params } from '../world/wire.ts'
import { type Asked, askedFor } from './volume-asked.ts'
import { IOPS_MAX, performanceOf, STORAGE_TIB } from './volume-types.ts'
import { volumeView } from './volumes.ts'

/** "Time until volume creation": 1.5 s median, 4 s at the 99th percentile (EBS CSI driver). */
const CREATING_MS = { least: 1_500, most: 4_000 }
/** MiB/s that a snapshot uploads, and ms of its fixed part, where the seed of the volume does not say. */
export const SNAPSHOT = { mibps: 50, overheadMs: 90_000 }

/**
 * Answers CreateVolume; a token that was used before answers with its volume. Refuses with IdempotentParameterMismatch,
 * IncorrectState, VolumeTypeNotAvailableInZone, VolumeLimitExceeded, MaxIOPSLimitExceeded or VolumeInitializationRateLimitExceeded.
 */
export function createVolume(store: Store, params: Params): () => Body {
  const asked = askedFor(store, params)
  return () => {
    checkPossible(store, asked)
    const key = `${asked.zone.name} ${asked.token}`
    const earlier = asked.token === null ? undefined : store.tokens.get(key)
    if (earlier) return volumeView(store, repeated(store, earlier, params))
    const volume = made(store, asked)
    addToIndexes(store, volume)
    if (asked.token !== null) store.tokens.set(key, { asked: comparable(params), volumeId: volume.id })
    return { ...volumeView(store, volume), attachmentSet: undefined }
  }
}

/** MiB/s that a region has for all volumes that are initialized at a set rate at once (EBS quotas). */
const RATES_MAX = 5_000

/** Refuses a rate that goes over the quota with those of the volumes that are not initialized yet, or by chance. */
function checkRate(store: Store, { initializationRate: rate, snapshot }: Asked): void {
  if (rate === null) return
  const nowMs = store.now()
  const isTaking = (volume: Volume): boolean =>
    volume.initializationRate !== null && !isGone(volume, nowMs) && nowMs < initializedAtMs(volume)
  const taken = [...store.volumes.values()]
    .filter(isTaking)
    .reduce((sum, { initializationRate }) => sum + (initializationRate ?? 0), 0)
  const isRefused = happens(store, store.faults.refusedRate, `refusedRate ${snapshot?.key ?? ''}`)
  if (isRefused || taken + rate > RATES_MAX) {
    refuse(
      'VolumeInitializationRateLimitExceeded',
      `You have exceeded your maximum cumulative volume initialization rate of ${RATES_MAX} MiB/s in this region.`,
    )
  }
}

/** Refuses what only a real creation finds out, and a dry run does not. */
function checkPossible(store: Store, asked: Asked): void {
  const { zone, type, sizeGib, iops, snapshot } = asked
  const nowMs = store.now()
  if (snapshot && snapshotState(snapshot, nowMs) !== 'completed') {
    refuse('IncorrectState', `Snapshot is in invalid state - ${snapshotState(snapshot, nowMs)}`)
  }
  if (zone.lacksVolumeTypes?.includes(type)) {
    refuse('VolumeTypeNotAvailableInZone', `The volume type '${type}' is not available in the zone '${zone.name}'.`)
  }
  const standing = provisioned(store, type, nowMs)
  const limitTib = store.storageTib[type] ?? STORAGE_TIB[type] ?? 0
  if (standing.gib + sizeGib > limitTib * 1024) {
    refuse(
      'VolumeLimitExceeded',
      `You have exceeded your maximum ${type} storage limit of ${limitTib} TiB in this region.`,
    )
  }
  if (standing.iops + (iops ?? 0) > (IOPS_MAX[type] ?? Number.POSITIVE_INFINITY)) {
    refuse(
      'MaxIOPSLimitExceeded',
      `You have exceeded your maximum ${type} IOPS limit of ${IOPS_MAX[type]} in this region.`,
    )
  }
  checkRate(store, asked)
}

/**
 * The volume that was first made with a token. Refuses with IdempotentParameterMismatch where other things were asked
 * for, or the token is spent: its creation failed, or its volume is gone.
 */
function repeated(store: Store, earlier: { asked: string; volumeId: string }, params: Params): Volume {
  const volume = store.volumes.get(earlier.volumeId)
  const isSpent = !volume || volume.deletedAtMs !== null || (volume.isFailing && store.now() >= volume.availableAtMs)
  if (isSpent || earlier.asked !== comparable(params)) {
    refuse(
      'IdempotentParameterMismatch',
      'The client token was used before with other parameters, or its request failed.',
    )
  }
  return volume
}

/**
 * The parameters that a repetition has to repeat: all that change what is made, but not the zone, since tokens are a
 * zone's own.
 */
function comparable(params: Params): string {
  const { Action, Version, DryRun, ClientToken, AvailabilityZone, AvailabilityZoneId, ...rest } = params
  return JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function made(store: Store, asked: Asked): Volume {
  const { zone, snapshot, type, sizeGib, iops, throughput, kmsKeyId } = asked
  const resource = newResource(store, 'vol', snapshot?.key ?? zone.name, asked.tags)
  const source = snapshot && store.volumes.get(snapshot.volume)
  const nowMs = store.now()
  return {
    ...resource,
    zone: zone.name,
    sizeGib,
    usedGib: snapshot?.usedGib ?? 0,
    type,
    ...performanceOf(type, sizeGib, iops, throughput),
    encrypted: asked.encrypted,
    kmsKeyId,
    isMultiAttach: asked.isMultiAttach,
    snapshotId: snapshot?.id ?? null,
    createdAtMs: nowMs,
    availableAtMs: shortly(store, `create ${resource.key}`, CREATING_MS),
    isFailing:
      (kmsKeyId !== null && store.unusableKeys.has(kmsKeyId)) ||
      happens(store, store.faults.failedVolume, `failed ${resource.key}`),
    initializationRate: asked.initializationRate,
    snapshotRateMibps: source?.snapshotRateMibps ?? SNAPSHOT.mibps,
    snapshotOverheadMs: source?.snapshotOverheadMs ?? SNAPSHOT.overheadMs,
    managedBy: null,
    modifiedUntilMs: null,
    failingSnapshots: 0,
    writes: { gib: 0, sinceMs: nowMs, gibPerHour: 0 },
    writesGibPerHour: source?.writesGibPerHour ?? 0,
    data: snapshot?.data ?? null,
    attachments: [],
  }
}
