// What holds on any EC2: each row makes what it needs and removes it. Nothing here knows the simulated clock or its seed.
import { randomUUID } from 'node:crypto'
import {
  CreateSnapshotCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DeleteVolumeCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeRegionsCommand,
  DescribeSnapshotsCommand,
  DescribeTagsCommand,
  DescribeVolumeAttributeCommand,
  DescribeVolumeStatusCommand,
  DescribeVolumesCommand,
  DescribeVolumesModificationsCommand,
  paginateDescribeVolumes,
} from '@aws-sdk/client-ec2'
import { expect } from 'vitest'
import { codeOf, type Row, type Target } from './ec2-target.ts'

const RUN = randomUUID()
const NOBODY = { volume: 'vol-0123456789abcdef0', snapshot: 'snap-0123456789abcdef0', instance: 'i-0123456789abcdef0' }
const tagged = (type: 'volume' | 'snapshot', name: string) => [
  {
    ResourceType: type,
    Tags: [
      { Key: 'contract', Value: RUN },
      { Key: 'Name', Value: name },
    ],
  },
]

async function zones({ client }: Target): Promise<[string, string]> {
  const { AvailabilityZones = [] } = await client.send(new DescribeAvailabilityZonesCommand({}))
  const [first, second] = AvailabilityZones.flatMap(({ ZoneName }) => ZoneName ?? [])
  if (!first || !second) throw new Error('the contract needs two zones')
  return [first, second]
}

/** An empty volume, available. */
async function volume(target: Target, name: string): Promise<string> {
  const [zone] = await zones(target)
  const made = await target.client.send(
    new CreateVolumeCommand({
      AvailabilityZone: zone,
      Size: 1,
      VolumeType: 'gp3',
      TagSpecifications: tagged('volume', name),
    }),
  )
  const id = made.VolumeId ?? ''
  await target.until(`${id} available`, () => volumeIs(target, id, 'available'))
  return id
}

async function volumeIs({ client }: Target, id: string, state: string): Promise<true | null> {
  const { Volumes = [] } = await client.send(
    new DescribeVolumesCommand({ Filters: [{ Name: 'volume-id', Values: [id] }] }),
  )
  return Volumes[0]?.State === state ? true : null
}

async function dropped(target: Target, ...ids: string[]): Promise<void> {
  for (const id of ids) await target.client.send(new DeleteVolumeCommand({ VolumeId: id }))
}

export const PORTABLE: readonly Row[] = [
  {
    actions: ['DescribeAvailabilityZones'],
    name: 'zones have a name, an id and a region; an unknown one is refused',
    run: async (target) => {
      const [first] = await zones(target)
      const { AvailabilityZones = [] } = await target.client.send(
        new DescribeAvailabilityZonesCommand({ ZoneNames: [first] }),
      )
      expect(AvailabilityZones).toMatchObject([
        { ZoneName: first, State: 'available', ZoneId: expect.stringMatching(/-az\d+$/) },
      ])
      expect(
        await codeOf(target.client.send(new DescribeAvailabilityZonesCommand({ ZoneNames: ['us-east-1zz'] }))),
      ).toBe('InvalidParameterValue')
    },
  },
  {
    actions: ['DescribeRegions'],
    name: 'a region is shown by its name, and an unknown one is refused',
    run: async ({ client }) => {
      const region = await client.config.region()
      const { Regions } = await client.send(new DescribeRegionsCommand({ RegionNames: [region] }))
      expect(Regions).toMatchObject([{ RegionName: region, OptInStatus: expect.any(String) }])
      expect(await codeOf(client.send(new DescribeRegionsCommand({ RegionNames: ['moon-east-1'] })))).toBe(
        'InvalidParameterValue',
      )
    },
  },
  {
    actions: ['DescribeVolumeAttribute'],
    name: 'a volume has two attributes of its own',
    run: async (target) => {
      const { client } = target
      const id = await volume(target, 'attributes')
      const asked = (Attribute: 'autoEnableIO' | 'productCodes') =>
        client.send(new DescribeVolumeAttributeCommand({ VolumeId: id, Attribute }))
      expect(await asked('autoEnableIO')).toMatchObject({ VolumeId: id, AutoEnableIO: { Value: false } })
      expect((await asked('productCodes')).ProductCodes).toEqual([])
      await dropped(target, id)
    },
  },
  {
    actions: ['CreateVolume', 'DescribeVolumes', 'DeleteVolume'],
    name: 'a volume is made once for one token, becomes available, is found by its tags, and goes',
    run: async (target) => {
      const { client } = target
      const [zone] = await zones(target)
      const asked = {
        AvailabilityZone: zone,
        Size: 1,
        VolumeType: 'gp3',
        ClientToken: randomUUID(),
        TagSpecifications: tagged('volume', 'once'),
      } as const
      const made = await client.send(new CreateVolumeCommand(asked))
      expect(made).toMatchObject({
        State: 'creating',
        Size: 1,
        VolumeType: 'gp3',
        Iops: 3000,
        AvailabilityZone: zone,
        Encrypted: false,
      })
      const id = made.VolumeId ?? ''
      expect((await client.send(new CreateVolumeCommand(asked))).VolumeId).toBe(id)
      expect(await codeOf(client.send(new CreateVolumeCommand({ ...asked, Size: 2 })))).toBe(
        'IdempotentParameterMismatch',
      )
      await target.until('available', () => volumeIs(target, id, 'available'))
      const { Volumes = [] } = await client.send(
        new DescribeVolumesCommand({
          Filters: [
            { Name: 'tag:contract', Values: [RUN] },
            { Name: 'tag:Name', Values: ['on*'] },
          ],
        }),
      )
      expect(Volumes).toMatchObject([{ VolumeId: id, State: 'available', Attachments: [] }])
      await client.send(new DeleteVolumeCommand({ VolumeId: id }))
      await target.until('gone', async () =>
        (await codeOf(client.send(new DescribeVolumesCommand({ VolumeIds: [id] })))) === 'InvalidVolume.NotFound'
          ? true
          : null,
      )
    },
  },
  {
    actions: ['CreateSnapshot', 'DescribeSnapshots', 'DeleteSnapshot', 'CreateVolume'],
    name: 'a snapshot completes, and a volume is made from it in another zone',
    run: async (target) => {
      const { client } = target
      const [, elsewhere] = await zones(target)
      const source = await volume(target, 'source')
      const taken = await client.send(
        new CreateSnapshotCommand({
          VolumeId: source,
          Description: 'contract & test',
          TagSpecifications: tagged('snapshot', 'copy'),
        }),
      )
      expect(taken).toMatchObject({
        State: 'pending',
        VolumeId: source,
        VolumeSize: 1,
        Description: 'contract & test',
        StartTime: expect.any(Date),
      })
      const snapshotId = taken.SnapshotId ?? ''
      const done = await target.until('completed', async () => {
        const { Snapshots = [] } = await client.send(
          new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters: [{ Name: 'volume-id', Values: [source] }] }),
        )
        return Snapshots[0]?.State === 'completed' ? Snapshots[0] : null
      })
      expect(done).toMatchObject({ SnapshotId: snapshotId, Progress: '100%' })
      const copy = await client.send(
        new CreateVolumeCommand({ AvailabilityZone: elsewhere, SnapshotId: snapshotId, VolumeType: 'gp3' }),
      )
      expect(copy).toMatchObject({ AvailabilityZone: elsewhere, SnapshotId: snapshotId, Size: 1 })
      const id = copy.VolumeId ?? ''
      await target.until('available', () => volumeIs(target, id, 'available'))
      await client.send(new DeleteSnapshotCommand({ SnapshotId: snapshotId }))
      await dropped(target, id, source)
    },
  },
  {
    actions: ['CreateTags', 'DeleteTags', 'DescribeTags'],
    name: 'tags are written, listed and removed; reserved ones are refused',
    run: async (target) => {
      const { client } = target
      const id = await volume(target, 'tags')
      const team = async () => {
        const filters = [
          { Name: 'resource-id', Values: [id] },
          { Name: 'key', Values: ['team'] },
        ]
        const { Tags = [] } = await client.send(new DescribeTagsCommand({ Filters: filters }))
        return Tags[0]?.Value ?? 'none'
      }
      await client.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'team', Value: 'web' }] }))
      await target.until('tagged', async () => ((await team()) === 'web' ? true : null))
      await client.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: 'team', Value: 'ops' }] }))
      expect(await team()).toBe('web')
      await client.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: 'team' }] }))
      await target.until('untagged', async () => ((await team()) === 'none' ? true : null))
      const reserved = new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'aws:team', Value: 'web' }] })
      expect(await codeOf(client.send(reserved))).toMatch(/^Invalid(ParameterValue|TagKey.Malformed)$/)
      await dropped(target, id)
    },
  },
  {
    actions: ['DescribeVolumes'],
    name: 'pages hold what they were asked to, and all pages together everything',
    run: async (target) => {
      const ids = await Promise.all(Array.from({ length: 7 }, () => volume(target, 'paged')))
      const filters = [
        { Name: 'tag:contract', Values: [RUN] },
        { Name: 'tag:Name', Values: ['paged'] },
      ]
      const seen = await target.until('all seven', async () => {
        const pages: (string | undefined)[][] = []
        for await (const { Volumes = [] } of paginateDescribeVolumes(
          { client: target.client, pageSize: 5 },
          { Filters: filters },
        )) {
          pages.push(Volumes.map(({ VolumeId }) => VolumeId))
        }
        return pages.flat().length === ids.length ? pages : null
      })
      expect(seen.every((page) => page.length <= 5)).toBe(true)
      expect(seen.flat().sort()).toEqual([...ids].sort())
      await dropped(target, ...ids)
    },
  },
  {
    actions: ['DescribeVolumes', 'DescribeSnapshots', 'DescribeInstances', 'DescribeVolumesModifications'],
    name: 'one unknown id fails a describe, a filter never does',
    run: async ({ client }) => {
      const volumeIds = [NOBODY.volume]
      expect(await codeOf(client.send(new DescribeVolumesCommand({ VolumeIds: volumeIds })))).toBe(
        'InvalidVolume.NotFound',
      )
      expect(await codeOf(client.send(new DescribeVolumesModificationsCommand({ VolumeIds: volumeIds })))).toBe(
        'InvalidVolume.NotFound',
      )
      expect(await codeOf(client.send(new DescribeSnapshotsCommand({ SnapshotIds: [NOBODY.snapshot] })))).toBe(
        'InvalidSnapshot.NotFound',
      )
      expect(await codeOf(client.send(new DescribeInstancesCommand({ InstanceIds: [NOBODY.instance] })))).toBe(
        'InvalidInstanceID.NotFound',
      )
      const filtered = await client.send(
        new DescribeVolumesCommand({ Filters: [{ Name: 'volume-id', Values: volumeIds }] }),
      )
      expect(filtered.Volumes).toEqual([])
      const unknown = new DescribeVolumesCommand({ Filters: [{ Name: 'colour', Values: ['red'] }] })
      expect(await codeOf(client.send(unknown))).toBe('InvalidParameterValue')
    },
  },
  {
    actions: ['CreateVolume'],
    name: 'parameters a type does not take are refused',
    run: async (target) => {
      const [zone] = await zones(target)
      const code = (input: object) =>
        codeOf(
          target.client.send(
            new CreateVolumeCommand({ AvailabilityZone: zone, Size: 10, VolumeType: 'gp2', ...input }),
          ),
        )
      expect(await code({ Iops: 3000 })).toMatch(/^InvalidParameter/)
      expect(await code({ Throughput: 125 })).toMatch(/^InvalidParameter/)
      expect(await code({ VolumeType: 'st1', Size: 10 })).toBe('InvalidParameterValue')
      expect(await code({ AvailabilityZone: `${zone}z` })).toMatch(/^InvalidZone.NotFound|InvalidParameterValue$/)
    },
  },
  {
    actions: ['CreateVolume', 'CreateSnapshot'],
    name: 'a dry run says that it would have succeeded, and makes nothing',
    run: async (target) => {
      const [zone] = await zones(target)
      const dry = new CreateVolumeCommand({
        AvailabilityZone: zone,
        Size: 1,
        VolumeType: 'gp3',
        DryRun: true,
        TagSpecifications: tagged('volume', 'dry'),
      })
      expect(await codeOf(target.client.send(dry))).toBe('DryRunOperation')
      const { Volumes } = await target.client.send(
        new DescribeVolumesCommand({
          Filters: [
            { Name: 'tag:contract', Values: [RUN] },
            { Name: 'tag:Name', Values: ['dry'] },
          ],
        }),
      )
      expect(Volumes).toEqual([])
    },
  },
  {
    actions: ['DescribeInstanceTypes', 'DescribeInstanceTypeOfferings'],
    name: 'instance types say how many volumes they take, offerings where they are to be had',
    run: async (target) => {
      const [zone] = await zones(target)
      const { InstanceTypes = [] } = await target.client.send(
        new DescribeInstanceTypesCommand({ InstanceTypes: ['m5.large'] }),
      )
      expect(InstanceTypes).toMatchObject([
        { InstanceType: 'm5.large', Hypervisor: 'nitro', InstanceStorageSupported: false },
      ])
      const filters = [
        { Name: 'instance-type', Values: ['m5.large'] },
        { Name: 'location', Values: [zone] },
      ]
      const { InstanceTypeOfferings = [] } = await target.client.send(
        new DescribeInstanceTypeOfferingsCommand({ LocationType: 'availability-zone', Filters: filters }),
      )
      expect(InstanceTypeOfferings).toEqual([
        { InstanceType: 'm5.large', Location: zone, LocationType: 'availability-zone' },
      ])
    },
  },
  {
    actions: ['DescribeVolumeStatus'],
    name: 'the status of a volume is ok',
    run: async (target) => {
      const id = await volume(target, 'status')
      const { VolumeStatuses = [] } = await target.client.send(new DescribeVolumeStatusCommand({ VolumeIds: [id] }))
      expect(VolumeStatuses).toMatchObject([
        { VolumeId: id, VolumeStatus: { Status: expect.stringMatching(/^(ok|insufficient-data)$/) } },
      ])
      await dropped(target, id)
    },
  },
]
