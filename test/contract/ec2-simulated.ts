// What the simulated EC2 does beyond: it has instances, a clock and a seed, and goes wrong when told to. With the real SDK.
import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateSnapshotsCommand,
  CreateVolumeCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumeStatusCommand,
  DescribeVolumesCommand,
  DescribeVolumesModificationsCommand,
  DetachVolumeCommand,
  ModifyInstanceAttributeCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { expect } from 'vitest'
import type { WorldSeed } from '../../src/demo/ec2/world/entities.ts'
import { codeOf, localClient, type Row, type Target } from './ec2-target.ts'

const [A, C] = ['us-east-1a', 'us-east-1c']
const data = { zone: A, sizeGib: 100, usedGib: 60, type: 'gp3', snapshotMinutes: 60 }

export const WORLD: WorldSeed = {
  zones: [
    { name: A, id: 'use1-az1' },
    { name: C, id: 'use1-az4' },
  ],
  instances: [
    { name: 'logs', zone: A },
    { name: 'logs', zone: C },
    { name: 'idle', zone: C, state: 'stopped' },
  ],
  volumes: [
    { ...data, name: 'root', instance: 'logs', device: '/dev/xvda', isRoot: true, deleteOnTermination: true },
    { ...data, name: 'logs', instance: 'logs', device: '/dev/sdf' },
    { ...data, name: 'archive', instance: 'logs', device: '/dev/sdg', modifyingMinutes: 600 },
    { ...data, name: 'free' },
    { ...data, name: 'free', zone: C },
    { ...data, name: 'hidden', managedBy: 'eks.amazonaws.com' },
  ],
}

async function volumeNamed({ client }: Target, name: string, zone = A) {
  const filters = [
    { Name: 'tag:Name', Values: [name] },
    { Name: 'availability-zone', Values: [zone] },
  ]
  const { Volumes = [] } = await client.send(new DescribeVolumesCommand({ Filters: filters }))
  return { id: Volumes[0]?.VolumeId ?? '', state: Volumes[0]?.State, attachments: Volumes[0]?.Attachments ?? [] }
}

async function instanceNamed({ client }: Target, name: string, zone = A) {
  const filters = [
    { Name: 'tag:Name', Values: [name] },
    { Name: 'availability-zone', Values: [zone] },
  ]
  const { Reservations = [] } = await client.send(new DescribeInstancesCommand({ Filters: filters }))
  const [instance] = Reservations.flatMap(({ Instances = [] }) => Instances)
  return { id: instance?.InstanceId ?? '', state: instance?.State?.Name, instance }
}

function simulatedOf({ simulated }: Target): NonNullable<Target['simulated']> {
  if (!simulated) throw new Error('this row is for the simulated EC2')
  return simulated
}

export const SIMULATED: readonly Row[] = [
  {
    actions: ['AttachVolume', 'DetachVolume', 'ModifyInstanceAttribute', 'DescribeInstances'],
    name: 'a volume is attached, marked, shown with its instance, and detached',
    run: async (target) => {
      const { client } = target
      const free = (await volumeNamed(target, 'free', C)).id
      const host = (await instanceNamed(target, 'logs', C)).id
      const wrong = (await instanceNamed(target, 'logs', A)).id
      const there = { VolumeId: free, InstanceId: host, Device: '/dev/sdf' }
      expect(await codeOf(client.send(new AttachVolumeCommand({ ...there, InstanceId: wrong })))).toBe(
        'InvalidVolume.ZoneMismatch',
      )
      expect(await client.send(new AttachVolumeCommand(there))).toMatchObject({
        State: 'attaching',
        Device: '/dev/sdf',
        DeleteOnTermination: false,
      })
      expect(await codeOf(client.send(new AttachVolumeCommand(there)))).toBe('VolumeInUse')
      await target.until('attached', async () =>
        (await volumeNamed(target, 'free', C)).attachments[0]?.State === 'attached' ? true : null,
      )
      const mapping = { DeviceName: '/dev/sdf', Ebs: { DeleteOnTermination: true } }
      await client.send(new ModifyInstanceAttributeCommand({ InstanceId: host, BlockDeviceMappings: [mapping] }))
      const { instance } = await instanceNamed(target, 'logs', C)
      expect(instance).toMatchObject({
        Placement: { AvailabilityZone: C },
        InstanceType: 'm5.large',
        RootDeviceName: '/dev/xvda',
        BlockDeviceMappings: [
          { DeviceName: '/dev/sdf', Ebs: { VolumeId: free, Status: 'attached', DeleteOnTermination: true } },
        ],
      })
      expect(await client.send(new DetachVolumeCommand({ VolumeId: free }))).toMatchObject({ State: 'detaching' })
      await target.until('available', async () =>
        (await volumeNamed(target, 'free', C)).state === 'available' ? true : null,
      )
      expect(await codeOf(client.send(new DetachVolumeCommand({ VolumeId: free })))).toBe('IncorrectState')
    },
  },
  {
    actions: ['StopInstances', 'StartInstances', 'DescribeInstanceStatus', 'TerminateInstances'],
    name: 'an instance gets another type while it is stopped, starts, stops and is terminated',
    run: async (target) => {
      const { client } = target
      const { id } = await instanceNamed(target, 'idle', C)
      const is = (state: string) => async () => ((await instanceNamed(target, 'idle', C)).state === state ? true : null)
      const retype = (Value: string) =>
        client.send(new ModifyInstanceAttributeCommand({ InstanceId: id, InstanceType: { Value } }))
      expect(await codeOf(retype('m5.none'))).toBe('InvalidInstanceAttributeValue')
      await retype('m5.xlarge')
      expect((await instanceNamed(target, 'idle', C)).instance?.InstanceType).toBe('m5.xlarge')
      const started = await client.send(new StartInstancesCommand({ InstanceIds: [id] }))
      expect(started.StartingInstances).toMatchObject([
        { InstanceId: id, CurrentState: { Name: 'pending' }, PreviousState: { Name: 'stopped' } },
      ])
      await target.until('running', is('running'))
      expect(await codeOf(retype('m5.large'))).toBe('IncorrectInstanceState')
      const { InstanceStatuses } = await client.send(new DescribeInstanceStatusCommand({ InstanceIds: [id] }))
      expect(InstanceStatuses).toMatchObject([
        { InstanceId: id, InstanceStatus: { Status: 'ok' }, InstanceState: { Name: 'running' } },
      ])
      const stopped = await client.send(new StopInstancesCommand({ InstanceIds: [id] }))
      expect(stopped.StoppingInstances).toMatchObject([{ CurrentState: { Name: 'stopping', Code: 64 } }])
      await target.until('stopped', is('stopped'))
      await client.send(new TerminateInstancesCommand({ InstanceIds: [id] }))
      await target.until('terminated', is('terminated'))
    },
  },
  {
    actions: ['DescribeInstanceAttribute'],
    name: 'an instance tells one attribute at a time',
    run: async (target) => {
      const { id, instance } = await instanceNamed(target, 'logs')
      const asked = (Attribute: 'instanceType' | 'groupSet') =>
        target.client.send(new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute }))
      expect(await asked('instanceType')).toMatchObject({ InstanceId: id, InstanceType: { Value: 'm5.large' } })
      expect((await asked('groupSet')).Groups).toEqual(instance?.SecurityGroups)
    },
  },
  {
    actions: ['CreateSnapshots', 'DescribeSnapshots'],
    name: 'a set of snapshots is taken at one moment and completes as one',
    run: async (target) => {
      const { client } = target
      const { id } = await instanceNamed(target, 'logs')
      const set = new CreateSnapshotsCommand({
        InstanceSpecification: { InstanceId: id, ExcludeBootVolume: true },
        CopyTagsFromSource: 'volume',
        Description: 'set',
        TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'set', Value: 'one' }] }],
      })
      const { Snapshots = [] } = await client.send(set)
      expect(Snapshots.map(({ State, Tags = [] }) => [State, Tags.find(({ Key }) => Key === 'Name')?.Value])).toEqual([
        ['pending', 'logs'],
        ['pending', 'archive'],
      ])
      expect(new Set(Snapshots.map(({ StartTime }) => StartTime?.getTime())).size).toBe(1)
      simulatedOf(target).clock.nowMs += 60 * 60_000
      const { Snapshots: later = [] } = await client.send(
        new DescribeSnapshotsCommand({ Filters: [{ Name: 'tag:set', Values: ['one'] }] }),
      )
      expect(later.map(({ State }) => State)).toEqual(['completed', 'completed'])
    },
  },
  {
    actions: ['CreateSnapshot'],
    name: 'a response lost after the effect leaves a snapshot, and the SDK knows nothing of it',
    run: async (target) => {
      const { client } = target
      const { ec2, clock } = simulatedOf(target)
      const { id } = await volumeNamed(target, 'free')
      ec2.loseNext('CreateSnapshot')
      await expect(client.send(new CreateSnapshotCommand({ VolumeId: id }))).rejects.toThrow()
      clock.nowMs += 2_000
      const { Snapshots } = await client.send(
        new DescribeSnapshotsCommand({ Filters: [{ Name: 'volume-id', Values: [id] }] }),
      )
      expect(Snapshots).toMatchObject([{ State: 'pending', Progress: '0%' }])
      expect(await codeOf(client.send(new CreateSnapshotCommand({ VolumeId: id })))).toBe(
        'SnapshotCreationPerVolumeRateExceeded',
      )
    },
  },
  {
    actions: ['DescribeVolumes'],
    name: 'a throttle is a RequestLimitExceeded with status 503, which the SDK retries when it may',
    run: async (target) => {
      const { ec2 } = simulatedOf(target)
      ec2.failNext('DescribeVolumes', 'RequestLimitExceeded')
      const refused = target.client.send(new DescribeVolumesCommand({ MaxResults: 5 }))
      await expect(refused).rejects.toMatchObject({ name: 'RequestLimitExceeded', $metadata: { httpStatusCode: 503 } })
      const patient = localClient(ec2.url, 2)
      ec2.failNext('DescribeVolumes', 'RequestLimitExceeded')
      expect((await patient.send(new DescribeVolumesCommand({ MaxResults: 5 }))).Volumes).toHaveLength(5)
      patient.destroy()
    },
  },
  {
    actions: ['AttachVolume', 'CreateVolume'],
    name: 'what a policy denies is UnauthorizedOperation, dry or not; the rest may be tried dry',
    run: async (target) => {
      const { ec2 } = simulatedOf(target)
      const there = {
        VolumeId: (await volumeNamed(target, 'free', C)).id,
        InstanceId: (await instanceNamed(target, 'logs', C)).id,
        Device: '/dev/sdk',
      }
      ec2.deny(['AttachVolume'])
      expect(await codeOf(target.client.send(new AttachVolumeCommand({ ...there, DryRun: true })))).toBe(
        'UnauthorizedOperation',
      )
      expect(await codeOf(target.client.send(new AttachVolumeCommand(there)))).toBe('UnauthorizedOperation')
      expect(
        await codeOf(target.client.send(new CreateVolumeCommand({ AvailabilityZone: C, Size: 1, DryRun: true }))),
      ).toBe('DryRunOperation')
      ec2.deny([])
      expect(await codeOf(target.client.send(new AttachVolumeCommand({ ...there, DryRun: true })))).toBe(
        'DryRunOperation',
      )
    },
  },
  {
    actions: ['DescribeVolumes'],
    name: 'managed volumes are shown to those who ask for them',
    run: async ({ client }) => {
      const filters = [{ Name: 'tag:Name', Values: ['hidden'] }]
      expect((await client.send(new DescribeVolumesCommand({ Filters: filters }))).Volumes).toEqual([])
      const { Volumes } = await client.send(
        new DescribeVolumesCommand({ Filters: filters, IncludeManagedResources: true }),
      )
      expect(Volumes).toMatchObject([
        { Operator: { Managed: true, Principal: 'eks.amazonaws.com', HiddenByDefault: true } },
      ])
    },
  },
  {
    actions: ['DescribeVolumesModifications', 'DescribeVolumeStatus'],
    name: 'a modification shows its progress, a restored volume how far it is initialized',
    run: async (target) => {
      const { client } = target
      const { clock } = simulatedOf(target)
      const { id } = await volumeNamed(target, 'archive')
      const { VolumesModifications } = await client.send(new DescribeVolumesModificationsCommand({ VolumeIds: [id] }))
      expect(VolumesModifications).toMatchObject([
        { VolumeId: id, ModificationState: 'optimizing', Progress: expect.any(Number) },
      ])
      clock.nowMs += 60_000
      const { SnapshotId } = await client.send(new CreateSnapshotCommand({ VolumeId: id }))
      clock.nowMs += 3_600_000
      const rate = { VolumeInitializationRate: 200, VolumeType: 'gp3' } as const
      const made = await client.send(new CreateVolumeCommand({ AvailabilityZone: C, SnapshotId, ...rate }))
      clock.nowMs += 60_000
      const { VolumeStatuses } = await client.send(
        new DescribeVolumeStatusCommand({ VolumeIds: [made.VolumeId ?? ''] }),
      )
      const details = {
        InitializationType: 'provisioned-rate',
        Progress: expect.any(Number),
        EstimatedTimeToCompleteInSeconds: expect.any(Number),
      }
      expect(VolumeStatuses).toMatchObject([{ VolumeStatus: { Status: 'ok' }, InitializationStatusDetails: details }])
    },
  },
  {
    actions: ['DescribeVolumes', 'DeleteVolume'],
    name: 'what somebody else makes, attaches and deletes is there, and gone',
    run: async (target) => {
      const { ec2 } = simulatedOf(target)
      const found = async (id: string) => {
        const { Volumes = [] } = await target.client.send(
          new DescribeVolumesCommand({ Filters: [{ Name: 'volume-id', Values: [id] }] }),
        )
        return Volumes[0]?.State ?? 'none'
      }
      const attached = ec2.addVolume({ ...data, name: 'late', instance: 'logs', device: '/dev/sdp' })
      expect(await found(attached)).toBe('in-use')
      const spare = ec2.addVolume({ ...data, name: 'spare' })
      expect(ec2.perform('DeleteVolume', { VolumeId: spare }).kind).toBe('answered')
      await target.until('gone', async () => ((await found(spare)) === 'none' ? true : null))
    },
  },
]
