// The calls that change the world, each with what EC2 refuses.
import { snapshotXml, volumeXml } from './describe.ts'
import type { Snapshot, Tags, Volume } from './entities.ts'
import { checkTags, Ec2Error, performanceOf, type Store, snapshotState, volumeState } from './store.ts'
import { list, nested, type Params, records, text } from './wire.ts'

/** "Wait at least 15 seconds between concurrent volume snapshots" (EC2 error reference). */
const SNAPSHOT_SPACING_MS = 15_000
/** An incremental snapshot in the simulated world: 2% of the first, a minute at least. */
const INCREMENTAL = { share: 0.02, minMs: 60_000 }

export function createSnapshot(store: Store, params: Params): object {
  const volume = found(store.volumes, text(params, 'VolumeId'), 'InvalidVolume.NotFound')
  const nowMs = store.now()
  const earlier = [...store.snapshots.values()].filter((snapshot) => snapshot.volume === volume.id)
  const pending = earlier.filter((snapshot) => snapshotState(snapshot, nowMs) === 'pending')
  if (pending.some(({ startedAtMs }) => nowMs - startedAtMs < SNAPSHOT_SPACING_MS)) {
    throw new Ec2Error('SnapshotCreationPerVolumeRateExceeded', 'The rate per volume of CreateSnapshot has been exceeded. Wait at least 15 seconds.')
  }
  if (pending.length >= (['st1', 'sc1'].includes(volume.type) ? 1 : 5)) throw new Ec2Error('ConcurrentSnapshotLimitExceeded', 'Maximum allowed in-progress snapshots for a single volume exceeded.')
  const isFirst = !earlier.some((snapshot) => snapshotState(snapshot, nowMs) === 'completed')
  const takesMs = isFirst ? volume.snapshotMs : Math.max(INCREMENTAL.minMs, volume.snapshotMs * INCREMENTAL.share)
  // Snapshots of one volume complete in the order they began.
  const completesAtMs = Math.max(nowMs + takesMs, ...pending.map((snapshot) => snapshot.completesAtMs))
  const snapshot: Snapshot = {
    id: store.nextId('snap'), volume: volume.id, sizeGib: volume.sizeGib, encrypted: volume.encrypted, kmsKeyId: volume.kmsKeyId,
    startedAtMs: nowMs, completesAtMs, tags: tagsAtCreation(params),
  }
  store.snapshots.set(snapshot.id, snapshot)
  return { ...snapshotXml(store, snapshot), progress: '' }
}

export function createVolume(store: Store, params: Params): object {
  const token = text(params, 'ClientToken')
  const asked = JSON.stringify(params)
  const before = token === null ? undefined : store.tokens.get(token)
  if (before && before.asked !== asked) throw new Ec2Error('IdempotentParameterMismatch', 'The client token was used before with other parameters')
  if (before) return volumeXml(store, found(store.volumes, before.volumeId, 'InvalidVolume.NotFound'))
  const volume = newVolume(store, params)
  store.volumes.set(volume.id, volume)
  if (token !== null) store.tokens.set(token, { asked, volumeId: volume.id })
  return volumeXml(store, volume)
}

function newVolume(store: Store, params: Params): Volume {
  const zone = text(params, 'AvailabilityZone') ?? ''
  if (!store.zones.some(({ name }) => name === zone)) throw new Ec2Error('InvalidZone.NotFound', `The zone '${zone}' does not exist.`)
  const snapshot = found(store.snapshots, text(params, 'SnapshotId'), 'InvalidSnapshot.NotFound')
  if (snapshotState(snapshot, store.now()) !== 'completed') throw new Ec2Error('IncorrectState', `Snapshot '${snapshot.id}' is not completed`)
  const type = text(params, 'VolumeType') ?? 'gp2'
  const iops = numberOf(params, 'Iops')
  const throughput = numberOf(params, 'Throughput')
  if (iops !== null && !['gp3', 'io1', 'io2'].includes(type)) throw new Ec2Error('InvalidParameterCombination', `The parameter iops is not supported for ${type} volumes.`)
  if (throughput !== null && type !== 'gp3') throw new Ec2Error('InvalidParameterCombination', `The parameter throughput is not supported for ${type} volumes.`)
  const sizeGib = numberOf(params, 'Size') ?? snapshot.sizeGib
  if (sizeGib < snapshot.sizeGib) throw new Ec2Error('InvalidParameterValue', 'The size of a volume cannot be smaller than its snapshot.')
  const encrypted = snapshot.encrypted || text(params, 'Encrypted') === 'true'
  const kmsKeyId = text(params, 'KmsKeyId') ?? snapshot.kmsKeyId
  const source = store.volumes.get(snapshot.volume)
  const nowMs = store.now()
  return {
    id: store.nextId('vol'), zone, sizeGib, type, ...performanceOf(type, sizeGib, iops, throughput), encrypted, kmsKeyId, snapshotId: snapshot.id,
    snapshotMs: source?.snapshotMs ?? 0, createdAtMs: nowMs, availableAtMs: nowMs + 1_500 + 2_500 * store.random(), attachment: null, tags: tagsAtCreation(params),
  }
}

export function attachVolume(store: Store, params: Params): object {
  const volume = found(store.volumes, text(params, 'VolumeId'), 'InvalidVolume.NotFound')
  const instance = found(store.instances, text(params, 'InstanceId'), 'InvalidInstanceID.NotFound')
  const device = text(params, 'Device') ?? ''
  const nowMs = store.now()
  const state = volumeState(volume, nowMs)
  if (state === 'in-use') throw new Ec2Error('VolumeInUse', `${volume.id} is already attached to an instance`)
  if (state !== 'available') throw new Ec2Error('IncorrectState', `${volume.id} is not 'available'.`)
  if (volume.zone !== instance.zone) throw new Ec2Error('InvalidVolume.ZoneMismatch', `The volume '${volume.id}' is not in the same availability zone as instance '${instance.id}'`)
  const isTaken = [...store.volumes.values()].some(({ attachment }) => attachment?.instance === instance.id && attachment.device === device)
  if (isTaken) throw new Ec2Error('InvalidParameterValue', `Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`)
  volume.attachment = { instance: instance.id, device, attachedAtMs: nowMs + 1_000 + 3_000 * store.random(), deleteOnTermination: false }
  return { volumeId: volume.id, instanceId: instance.id, device, status: 'attaching', deleteOnTermination: false }
}

export function createTags(store: Store, params: Params): object {
  const resources = list(params, 'ResourceId').map((id) => {
    const resource = store.volumes.get(id) ?? store.snapshots.get(id) ?? store.instances.get(id)
    if (!resource) throw new Ec2Error('InvalidID', `The ID '${id}' is not valid`)
    return resource
  })
  const tags = tagsOf(params)
  const merged = resources.map((resource) => checkTags({ ...resource.tags, ...tags }))
  for (const [index, resource] of resources.entries()) resource.tags = merged[index] ?? resource.tags
  return { return: true }
}

export function modifyInstanceAttribute(store: Store, params: Params): object {
  const instance = found(store.instances, text(params, 'InstanceId'), 'InvalidInstanceID.NotFound')
  for (const mapping of records(params, 'BlockDeviceMapping')) {
    const device = text(mapping, 'DeviceName')
    const volume = [...store.volumes.values()].find(({ attachment }) => attachment?.instance === instance.id && attachment.device === device)
    if (!volume?.attachment) throw new Ec2Error('InvalidInstanceAttributeValue', `No device is currently mapped at ${device}`)
    volume.attachment.deleteOnTermination = text(nested(mapping, 'Ebs'), 'DeleteOnTermination') === 'true'
  }
  return { return: true }
}

function found<T>(all: ReadonlyMap<string, T>, id: string | null, code: string): T {
  const one = all.get(id ?? '')
  if (!one) throw new Ec2Error(code, `The ID '${id}' does not exist`)
  return one
}

function tagsAtCreation(params: Params): Tags {
  return checkTags(Object.assign({}, ...records(params, 'TagSpecification').map(tagsOf)))
}

function tagsOf(params: Params): Tags {
  return Object.fromEntries(records(params, 'Tag').map((tag) => [text(tag, 'Key') ?? '', text(tag, 'Value') ?? '']))
}

function numberOf(params: Params, key: string): number | null {
  const value = text(params, key)
  return value === null ? null : Number(value)
}
