// The describes: ids, filters with wildcards, pages. One unknown id fails the whole call; filters never do.
import type { Instance, Snapshot, Tags, Volume } from './entities.ts'
import { attachmentState, Ec2Error, type Store, snapshotPercent, snapshotState, volumeState } from './store.ts'
import { items, list, type Params, records, text } from './wire.ts'

type Fields = Readonly<Record<string, readonly string[]>>

export function describeVolumes(store: Store, params: Params): object {
  const rows = select(store.volumes, list(params, 'VolumeId'), 'InvalidVolume.NotFound').filter((volume) =>
    matches(params, volume.tags, {
      'volume-id': [volume.id], 'availability-zone': [volume.zone], status: [volumeState(volume, store.now())],
      'snapshot-id': [volume.snapshotId ?? ''], 'attachment.instance-id': volume.attachment ? [volume.attachment.instance] : [],
    }),
  )
  return paged('volumeSet', rows, params, (volume) => volumeXml(store, volume))
}

export function describeSnapshots(store: Store, params: Params): object {
  const rows = select(store.snapshots, list(params, 'SnapshotId'), 'InvalidSnapshot.NotFound').filter((snapshot) =>
    matches(params, snapshot.tags, { 'snapshot-id': [snapshot.id], 'volume-id': [snapshot.volume], status: [snapshotState(snapshot, store.now())] }),
  )
  return paged('snapshotSet', rows, params, (snapshot) => snapshotXml(store, snapshot))
}

export function describeInstances(store: Store, params: Params): object {
  const rows = select(store.instances, list(params, 'InstanceId'), 'InvalidInstanceID.NotFound').filter((instance) =>
    matches(params, instance.tags, { 'instance-id': [instance.id], 'availability-zone': [instance.zone], 'instance-state-name': [instance.state] }),
  )
  return paged('reservationSet', rows, params, (instance) => ({ reservationId: `r-${instance.id}`, instancesSet: items([instanceXml(store, instance)]) }))
}

export function describeAvailabilityZones(store: Store): object {
  const rows = store.zones.map(({ name, id }) => ({ zoneName: name, zoneId: id, zoneState: 'available', regionName: name.slice(0, -1) }))
  return { availabilityZoneInfo: items(rows) }
}

function select<T>(all: ReadonlyMap<string, T>, ids: readonly string[], notFound: string): T[] {
  if (ids.length === 0) return [...all.values()]
  return ids.map((id) => {
    const found = all.get(id)
    if (!found) throw new Ec2Error(notFound, `The ID '${id}' does not exist`)
    return found
  })
}

function matches(params: Params, tags: Tags, fields: Fields): boolean {
  return records(params, 'Filter').every((filter) => {
    const name = text(filter, 'Name') ?? ''
    const actual = name.startsWith('tag:') ? [tags[name.slice(4)]].flatMap((value) => value ?? []) : name === 'tag-key' ? Object.keys(tags) : fields[name]
    if (!actual) throw new Ec2Error('InvalidParameterValue', `The filter '${name}' is invalid`)
    return list(filter, 'Value').some((pattern) => actual.some((value) => wildcard(pattern).test(value)))
  })
}

function wildcard(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`)
}

function paged<T>(set: string, rows: readonly T[], params: Params, xml: (row: T) => object): object {
  const max = text(params, 'MaxResults')
  const size = max === null ? rows.length : Number(max)
  if (max !== null && !(size >= 5 && size <= 1000)) throw new Ec2Error('InvalidParameterValue', `Value ( ${max} ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.`)
  const from = Number(text(params, 'NextToken') ?? 0)
  const more = from + size < rows.length ? { nextToken: String(from + size) } : {}
  return { [set]: items(rows.slice(from, from + size).map(xml)), ...more }
}

export function volumeXml(store: Store, volume: Volume): object {
  const nowMs = store.now()
  const { attachment } = volume
  const attached = attachment && {
    volumeId: volume.id, instanceId: attachment.instance, device: attachment.device, status: attachmentState(attachment, nowMs),
    attachTime: iso(attachment.attachedAtMs), deleteOnTermination: attachment.deleteOnTermination,
  }
  return {
    volumeId: volume.id, size: volume.sizeGib, snapshotId: volume.snapshotId ?? '', availabilityZone: volume.zone, status: volumeState(volume, nowMs),
    createTime: iso(volume.createdAtMs), attachmentSet: items(attached ? [attached] : []), tagSet: tagsXml(volume.tags), volumeType: volume.type,
    ...(volume.iops === null ? {} : { iops: volume.iops }), ...(volume.throughput === null ? {} : { throughput: volume.throughput }),
    encrypted: volume.encrypted, ...(volume.kmsKeyId === null ? {} : { kmsKeyId: volume.kmsKeyId }), multiAttachEnabled: false,
  }
}

export function snapshotXml(store: Store, snapshot: Snapshot): object {
  const nowMs = store.now()
  return {
    snapshotId: snapshot.id, volumeId: snapshot.volume, status: snapshotState(snapshot, nowMs), startTime: iso(snapshot.startedAtMs),
    progress: `${snapshotPercent(snapshot, nowMs)}%`, ownerId: '111122223333', volumeSize: snapshot.sizeGib, encrypted: snapshot.encrypted,
    description: '', tagSet: tagsXml(snapshot.tags),
  }
}

function instanceXml(store: Store, instance: Instance): object {
  const mappings = [...store.volumes.values()].flatMap(({ id, attachment }) =>
    attachment?.instance === instance.id
      ? [{ deviceName: attachment.device, ebs: { volumeId: id, status: attachmentState(attachment, store.now()), deleteOnTermination: attachment.deleteOnTermination } }]
      : [],
  )
  return {
    instanceId: instance.id, instanceState: { code: instance.state === 'running' ? 16 : 80, name: instance.state }, placement: { availabilityZone: instance.zone },
    rootDeviceName: instance.rootDevice, blockDeviceMapping: items(mappings), tagSet: tagsXml(instance.tags),
  }
}

function tagsXml(tags: Tags): object | string {
  return items(Object.entries(tags).map(([key, value]) => ({ key, value })))
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
