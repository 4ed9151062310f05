// CreateVolume: from a snapshot or empty. The token decides what a repetition means, the quota comes before the token (at the
// limit a repetition is refused although its volume exists), and a bad key shows only after the answer.
import type { Snapshot, Tags, Volume, ZoneSeed } from './entities.ts'
import { refuse, refuseValue, required } from './errors.ts'
import { happens } from './faults.ts'
import { isGone, snapshotState } from './states.ts'
import { newResource, OWNER, type Store, shortly, snapshotOf, zoneOf } from './store.ts'
import { tagsAtCreation } from './tags.ts'
import { volumeView } from './volumes.ts'
import { checkParameters, IOPS_MAX, performanceOf, STORAGE_TIB, type VolumeParameters } from './volumeTypes.ts'
import { type Body, isTrue, type Params, text, whole } from './wire.ts'

/** "Time until volume creation": 1.5 s median, 4 s at the 99th percentile (EBS CSI driver). */
const CREATING_MS = { least: 1_500, most: 4_000 }
const TOKEN_MAX = 64
const RATE = { min: 100, max: 300 }
/** What a snapshot uploads a second, and its fixed part, where the seed of the volume does not say. */
export const SNAPSHOT = { mibps: 50, overheadMs: 90_000 }

type Asked = VolumeParameters & {
  readonly zone: ZoneSeed
  readonly snapshot: Snapshot | null
  readonly encrypted: boolean
  readonly kmsKeyId: string | null
  readonly initializationRate: number | null
  readonly tags: Tags
  readonly token: string | null
}

export function createVolume(store: Store, params: Params): () => Body {
  const asked = askedFor(store, params)
  return () => {
    checkPossible(store, asked)
    const key = `${asked.zone.name} ${asked.token}`
    const earlier = asked.token === null ? undefined : store.tokens.get(key)
    if (earlier) return volumeView(store, repeated(store, earlier, params))
    const volume = made(store, asked)
    store.volumes.set(volume.id, volume)
    if (asked.token !== null) store.tokens.set(key, { asked: comparable(params), volumeId: volume.id })
    return { ...volumeView(store, volume), attachmentSet: undefined }
  }
}

function askedFor(store: Store, params: Params): Asked {
  const snapshotId = text(params, 'SnapshotId')
  const snapshot = snapshotId ? snapshotOf(store, snapshotId) : null
  const type = text(params, 'VolumeType') ?? 'gp2'
  const sizeGib = whole(params, 'Size') ?? snapshot?.sizeGib ?? required('size/snapshot')
  if (snapshot && sizeGib < snapshot.sizeGib) {
    refuse(
      'InvalidParameterValue',
      `The volume size of ${sizeGib}GiB is smaller than the snapshot's ${snapshot.sizeGib}GiB.`,
    )
  }
  const asked: Asked = {
    zone: zoneIn(store, params),
    snapshot,
    type,
    sizeGib,
    iops: whole(params, 'Iops'),
    throughput: whole(params, 'Throughput'),
    isMultiAttach: isTrue(params, 'MultiAttachEnabled'),
    ...encryptionIn(params, snapshot),
    initializationRate: rateIn(params, snapshot),
    tags: tagsAtCreation(params, 'volume'),
    token: tokenIn(params),
  }
  checkParameters(asked)
  return asked
}

function zoneIn(store: Store, params: Params): ZoneSeed {
  const name = text(params, 'AvailabilityZone')
  const id = text(params, 'AvailabilityZoneId')
  if (name && id) {
    refuse('InvalidParameterCombination', 'Specify either AvailabilityZone or AvailabilityZoneId, not both.')
  }
  if (name) return zoneOf(store, name)
  if (!id) required('AvailabilityZone')
  return (
    store.zones.find((zone) => zone.id === id) ?? refuse('InvalidZone.NotFound', `The zone '${id}' does not exist.`)
  )
}

/** The key of a snapshot is inherited unless another is asked for; an empty volume gets the account's own. */
function encryptionIn(params: Params, snapshot: Snapshot | null) {
  const key = text(params, 'KmsKeyId')
  const isAsked = isTrue(params, 'Encrypted')
  if (key && !isAsked) {
    refuse('InvalidParameterDependency', 'The parameter KmsKeyId requires the parameter Encrypted to be set.')
  }
  const encrypted = isAsked || (snapshot?.encrypted ?? false)
  const own = `arn:aws:kms:us-east-1:${OWNER}:key/00000000-0000-0000-0000-000000000ebs`
  return { encrypted, kmsKeyId: encrypted ? (key ?? snapshot?.kmsKeyId ?? own) : null }
}

function rateIn(params: Params, snapshot: Snapshot | null): number | null {
  const rate = whole(params, 'VolumeInitializationRate')
  if (rate === null) return null
  if (!snapshot) refuse('InvalidParameterCombination', 'VolumeInitializationRate requires a snapshot.')
  if (rate < RATE.min || rate > RATE.max)
    refuseValue('VolumeInitializationRate', String(rate), `Valid range: ${RATE.min} - ${RATE.max}.`)
  return rate
}

function tokenIn(params: Params): string | null {
  const token = text(params, 'ClientToken')
  if (!token) return null
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is all of ASCII
  if (token.length > TOKEN_MAX || !/^[\u0000-\u007f]+$/.test(token)) {
    refuse('InvalidClientToken', `The client token is longer than ${TOKEN_MAX} ASCII characters.`)
  }
  return token
}

/** What only a real creation finds out; a dry run does not. */
function checkPossible(store: Store, { zone, type, sizeGib, iops, snapshot }: Asked): void {
  const nowMs = store.now()
  if (snapshot && snapshotState(snapshot, nowMs) !== 'completed') {
    refuse('IncorrectState', `Snapshot is in invalid state - ${snapshotState(snapshot, nowMs)}`)
  }
  if (zone.lacksVolumeTypes?.includes(type)) {
    refuse('VolumeTypeNotAvailableInZone', `The volume type '${type}' is not available in the zone '${zone.name}'.`)
  }
  const others = [...store.volumes.values()].filter((volume) => volume.type === type && !isGone(volume, nowMs))
  const totalGib = others.reduce((sum, volume) => sum + volume.sizeGib, sizeGib)
  const limitTib = store.storageTib[type] ?? STORAGE_TIB[type] ?? 0
  if (totalGib > limitTib * 1024) {
    refuse(
      'VolumeLimitExceeded',
      `You have exceeded your maximum ${type} storage limit of ${limitTib} TiB in this region.`,
    )
  }
  const totalIops = others.reduce((sum, volume) => sum + (volume.iops ?? 0), iops ?? 0)
  if (totalIops > (IOPS_MAX[type] ?? Number.POSITIVE_INFINITY)) {
    refuse(
      'MaxIOPSLimitExceeded',
      `You have exceeded your maximum ${type} IOPS limit of ${IOPS_MAX[type]} in this region.`,
    )
  }
}

/** The first volume again, unless other things were asked, or its token is spent: its creation failed, or it is gone. */
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

/** Whatever changes what is made; the zone does not, since tokens are a zone's own. */
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
    availableAtMs: shortly(store, `create ${resource.key}`, CREATING_MS.least, CREATING_MS.most),
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
    attachments: [],
  }
}
