// What a CreateVolume asks for, checked as far as its parameters go: all that a dry run finds out too.
import type { Snapshot, Tags, ZoneSeed } from '../world/entities.ts'
import { refuse, refuseValue, required } from '../world/errors.ts'
import { OWNER, type Store, snapshotOf, zoneOf } from '../world/store.ts'
import { isTrue, type Params, text, whole } from '../world/wire.ts'
import { tagsAtCreation } from './tags.ts'
import { checkParameters, type VolumeParameters } from './volume-types.ts'

const TOKEN_MAX = 64

const RATE = { min: 100, max: 300 }

/**
 * What a CreateVolume asks for. `throughput` and `initializationRate` are in MiB/s; null means that it was not asked
 * for.
 */
export type Asked = VolumeParameters & {
  readonly zone: ZoneSeed
  readonly snapshot: Snapshot | null
  readonly encrypted: boolean
  readonly kmsKeyId: string | null
  readonly initializationRate: number | null
  readonly tags: Tags
  readonly token: string | null
}

/**
 * Reads and checks the parameters of a CreateVolume. Refuses with the code that EC2 has for each, such as
 * InvalidSnapshot.NotFound, InvalidParameterDependency or InvalidClientToken.
 */
export function askedFor(store: Store, params: Params): Asked {
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
