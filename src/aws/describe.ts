// Batched, paginated describes. Filters never raise NotFound, so one unknown id cannot fail a page; no list of ids is
// ever sent, since an empty one describes everything.
import {
  DescribeAvailabilityZonesCommand,
  type EC2Client,
  type Filter,
  paginateDescribeInstanceStatus,
  paginateDescribeInstances,
  paginateDescribeSnapshots,
  paginateDescribeVolumes,
} from '@aws-sdk/client-ec2'
import type { SeenInstance, SeenSnapshot, SeenVolume, SeenZone } from '../core/model/facts.ts'
import { FILTER_VALUES_MAX, INSTANCES_PAGE_MAX, SNAPSHOTS_PAGE_MAX, VOLUMES_PAGE_MAX } from '../core/model/limits.ts'
import { SAID_MAX, theirs } from '../core/model/text.ts'
import { seenInstance, seenSnapshot, seenVolume } from './wire.ts'

/** One filter of a describe: it matches resources whose attribute has any of the values. */
export function filter(name: string, ...values: readonly string[]): Filter {
  return { Name: name, Values: [...values] }
}

/**
 * Volumes that match every filter. Volumes that AWS services manage are included: EC2 hides them by default, and hidden
 * data is forgotten data.
 */
export async function volumesBy(client: EC2Client, ...filters: readonly Filter[]): Promise<SeenVolume[]> {
  const seen: SeenVolume[] = []
  const input = { Filters: [...filters], IncludeManagedResources: true }
  for await (const page of paginateDescribeVolumes({ client, pageSize: VOLUMES_PAGE_MAX }, input)) {
    seen.push(...(page.Volumes ?? []).map(seenVolume))
  }
  return seen
}

/** Snapshots owned by this account that match every filter. */
export async function snapshotsBy(client: EC2Client, ...filters: readonly Filter[]): Promise<SeenSnapshot[]> {
  const seen: SeenSnapshot[] = []
  const input = { OwnerIds: ['self'], Filters: [...filters] }
  for await (const page of paginateDescribeSnapshots({ client, pageSize: SNAPSHOTS_PAGE_MAX }, input)) {
    seen.push(...(page.Snapshots ?? []).map(seenSnapshot))
  }
  return seen
}

/** Every snapshot of these volumes that matches the filters, with as many volumes a call as it takes; no volumes, no call. */
export async function snapshotsOf(
  client: EC2Client,
  volumes: readonly string[],
  ...filters: readonly Filter[]
): Promise<SeenSnapshot[]> {
  const beside = filters.reduce((sum, { Values = [] }) => sum + Values.length, 0)
  return await inParts(volumes, (...some) => snapshotsBy(client, filter('volume-id', ...some), ...filters), beside)
}

/** The snapshots of this account with these ids, whatever their tags; ids that EC2 does not know are left out. */
export async function snapshotsNamed(client: EC2Client, ids: readonly string[]): Promise<SeenSnapshot[]> {
  return await inParts(ids, (...some) => snapshotsBy(client, filter('snapshot-id', ...some)))
}

/** The volumes with these ids, whatever their tags; ids that EC2 does not know are left out. */
export async function volumesNamed(client: EC2Client, ids: readonly string[]): Promise<SeenVolume[]> {
  return await inParts(ids, (...some) => volumesBy(client, filter('volume-id', ...some)))
}

/** As many values a call as it takes, where other filters of it have so many; none, no call. */
async function inParts<T>(
  values: readonly string[],
  read: (...some: string[]) => Promise<T[]>,
  beside = 0,
): Promise<T[]> {
  const most = FILTER_VALUES_MAX - beside
  const calls = Array.from({ length: Math.ceil(values.length / most) }, (_, index) =>
    read(...values.slice(index * most, (index + 1) * most)),
  )
  return (await Promise.all(calls)).flat()
}

/** Instances of these availability zones, in whatever state. */
export async function instancesIn(client: EC2Client, zones: readonly string[]): Promise<SeenInstance[]> {
  const seen: SeenInstance[] = []
  const input = { Filters: [filter('availability-zone', ...zones)] }
  for await (const page of paginateDescribeInstances({ client, pageSize: INSTANCES_PAGE_MAX }, input)) {
    for (const { Instances = [] } of page.Reservations ?? []) seen.push(...Instances.map(seenInstance))
  }
  return seen
}

/** Ids of the running instances of a zone whose attached volumes do not complete I/O, as EC2's status checks say. */
export async function impairedIn(client: EC2Client, zone: string): Promise<string[]> {
  const ids: string[] = []
  const input = { Filters: [filter('availability-zone', zone), filter('attached-ebs-status.status', 'impaired')] }
  for await (const page of paginateDescribeInstanceStatus({ client, pageSize: INSTANCES_PAGE_MAX }, input)) {
    ids.push(...(page.InstanceStatuses ?? []).flatMap(({ InstanceId }) => InstanceId ?? []))
  }
  return ids
}

/** Every zone of the region, by name. */
export async function zonesOf(client: EC2Client): Promise<SeenZone[]> {
  const { AvailabilityZones = [] } = await client.send(new DescribeAvailabilityZonesCommand({}))
  const zones = AvailabilityZones.map(({ ZoneName = '', ZoneId = '', State = 'available', Messages = [] }) => ({
    ...{ name: ZoneName, id: ZoneId, state: State },
    messages: Messages.map(({ Message = '' }) => theirs(Message, SAID_MAX)).filter(Boolean),
  }))
  return zones.sort((a, b) => (a.name < b.name ? -1 : 1))
}
