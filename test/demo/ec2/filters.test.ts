// Filters: every one that EC2 documents is taken, and finds what the answers show. Read from the SDK's own words, by the SDK.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  DescribeAvailabilityZonesCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeVolumesCommand,
  DescribeVolumesModificationsCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ACTIONS } from '../../../src/demo/ec2/perform.ts'
import { openSimulated, type Target } from '../../contract/ec2-target.ts'
import { C, DATA, filter, simulated, WORLD } from './simulated.ts'

const MODELS = join(import.meta.dirname, '../../../node_modules/@aws-sdk/client-ec2/dist-types/models')
const TYPES = readdirSync(MODELS).map((file) => readFileSync(join(MODELS, file), 'utf8'))

/** The filters that the SDK's documentation lists for an action; those of tags by one tag. */
function documented(action: string): string[] {
  const head = new RegExp(`export interface ${action}Request \\{([\\s\\S]*?)\\n\\}`)
  const body = TYPES.flatMap((text) => head.exec(text)?.[1] ?? [])[0] ?? ''
  const [, words = ''] = /\/\*\*((?:(?!\*\/)[\s\S])*?)\*\/\s*Filters\?:/.exec(body) ?? []
  const names = [...words.matchAll(/<li>[\s*]*(?:<p>)?[\s*]*<code>(.*?)<\/code>/g)].map(([, name = '']) => name)
  // A page that is written in another way is not read by halves.
  if (names.length !== words.split('<li>').length - 1) throw new Error(`the filters of ${action} cannot be read`)
  return names.map((name) => (/^tag(:|$)/.test(name) ? 'tag:Name' : name))
}

const DESCRIBES = ACTIONS.filter((action) => documented(action).length > 0)

test('the documentation is read', () => {
  expect(DESCRIBES.length).toBeGreaterThanOrEqual(10)
  expect(documented('DescribeInstances')).toEqual(expect.arrayContaining(['vpc-id', 'network-interface.vpc-id']))
})

test.each(DESCRIBES.map((action) => [action]))('%s takes each filter that is documented, and no other', (action) => {
  const s = simulated()
  const refused = documented(action).filter((name) => s.code(action, filter(name, '*')) !== 'answered')
  expect(refused).toEqual([])
  expect(s.code(action, filter('tagged', '*'))).toBe('InvalidParameterValue')
  expect(s.code(action, filter('vpc', '*'))).toBe('InvalidParameterValue')
})

let target: Target
beforeAll(async () => {
  target = await openSimulated({ ...WORLD, volumes: [...WORLD.volumes, { ...DATA, name: 'odd', zone: C }] })
})
afterAll(() => target.close())

const by = (name: string, value: unknown) => ({ Filters: [{ Name: name, Values: [String(value)] }] })

async function instances(input: { Filters?: { Name: string; Values: string[] }[] } = {}) {
  const { Reservations = [] } = await target.client.send(new DescribeInstancesCommand(input))
  return Reservations.flatMap(({ Instances = [] }) => Instances)
}

test('an instance is found by all that it shows of its network', async () => {
  const all = await instances()
  const [one, other] = all
  const [card] = one?.NetworkInterfaces ?? []
  expect(one).toMatchObject({ PrivateIpAddress: expect.stringMatching(/^172\.31\./), Architecture: 'x86_64' })
  expect(one?.VpcId).toBe(other?.VpcId)
  const mine = {
    'subnet-id': one?.SubnetId,
    'private-ip-address': one?.PrivateIpAddress,
    'private-dns-name': one?.PrivateDnsName,
    'network-interface.network-interface-id': card?.NetworkInterfaceId,
    'network-interface.mac-address': card?.MacAddress,
    'network-interface.attachment.attachment-id': card?.Attachment?.AttachmentId,
    'network-interface.attachment.instance-id': one?.InstanceId,
  }
  for (const [name, value] of Object.entries(mine)) {
    expect([name, ...(await instances(by(name, value))).map(({ InstanceId }) => InstanceId)]).toEqual([
      name,
      one?.InstanceId,
    ])
  }
})

test.each([
  ['vpc-id', '*', 2],
  ['vpc-id', 'vpc-00000000000000000', 0],
  ['architecture', 'x86_64', 2],
  ['virtualization-type', 'paravirtual', 0],
  ['hypervisor', 'xen', 2],
  ['tenancy', 'default', 2],
  ['instance.group-name', 'default', 2],
  ['launch-time', '2026-03-03T*', 2],
  ['metadata-options.http-tokens', 'optional', 2],
  ['block-device-mapping.attach-time', '2026-*', 2],
  ['ip-address', '*', 0],
  ['key-name', '*', 0],
  ['platform', 'windows', 0],
  ['network-interface.addresses.primary', 'true', 2],
  ['ebs-optimized', 'true', 2],
])('instances by %s %s', async (name, value, then) => {
  expect(await instances(by(name, value))).toHaveLength(then)
})

test('what is terminated has left its network', async () => {
  const { client, simulated: world } = target
  const [one] = await instances(by('availability-zone', C))
  await client.send(new TerminateInstancesCommand({ InstanceIds: [one?.InstanceId ?? ''] }))
  expect(await instances(by('instance-state-code', 32))).toMatchObject([{ VpcId: one?.VpcId }])
  if (world) world.clock.nowMs += 60_000
  const [gone] = await instances(by('instance-state-name', 'terminated'))
  expect(gone).toMatchObject({ NetworkInterfaces: [], StateReason: { Code: 'Client.UserInitiatedShutdown' } })
  expect(gone?.VpcId).toBeUndefined()
  expect(await instances(by('subnet-id', one?.SubnetId))).toEqual([])
})

test('types, zones, volumes and states are found by what they show', async () => {
  const { client } = target
  const types = async (name: string, value: string) =>
    (await client.send(new DescribeInstanceTypesCommand(by(name, value)))).InstanceTypes?.map(
      ({ InstanceType }) => InstanceType,
    )
  expect(await types('burstable-performance-supported', 'true')).toEqual(['t3.medium'])
  expect(await types('supported-virtualization-type', 'paravirtual')).toEqual([
    'm1.large',
    'm1.xlarge',
    'm3.large',
    'm3.xlarge',
  ])
  expect(await types('ebs-info.ebs-optimized-info.maximum-iops', '40000')).toEqual(['m6i.large', 'm7i.large'])
  expect(await types('vcpu-info.valid-cores', '2')).toContain('m5.xlarge')
  const { AvailabilityZones } = await client.send(new DescribeAvailabilityZonesCommand(by('group-name', 'us-east-1-*')))
  expect(AvailabilityZones).toMatchObject([{ GroupName: 'us-east-1-zg-1' }, { GroupName: 'us-east-1-zg-1' }])
  const volumes = await client.send(new DescribeVolumesCommand(by('fast-restored', false)))
  expect(volumes.Volumes?.map(({ FastRestored }) => FastRestored)).toContain(false)
  expect(
    (await client.send(new DescribeVolumesModificationsCommand(by('target-size', 100)))).VolumesModifications,
  ).toEqual([])
  const { InstanceStatuses } = await client.send(
    new DescribeInstanceStatusCommand(by('instance-status.reachability', 'passed')),
  )
  expect(InstanceStatuses).toMatchObject([{ SystemStatus: { Details: [{ Name: 'reachability', Status: 'passed' }] } }])
})
