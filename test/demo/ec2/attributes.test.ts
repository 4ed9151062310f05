// Attributes of instances and volumes, asked for one at a time, and the region.
import { expect, test } from 'vitest'
import { filter, rows, simulated } from './simulated.ts'

test.each<[string, unknown]>([
  ['disableApiStop', { value: false }],
  ['disableApiTermination', { value: false }],
  ['ebsOptimized', { value: true }],
  ['enclaveOptions', { enabled: false }],
  ['groupSet', [{ groupId: expect.stringMatching(/^sg-0[0-9a-f]{16}$/), groupName: 'default' }]],
  ['instanceInitiatedShutdownBehavior', { value: 'stop' }],
  ['instanceType', { value: 'm5.large' }],
  ['kernel', {}],
  ['productCodes', []],
  ['ramdisk', {}],
  ['rootDeviceName', { value: '/dev/xvda' }],
  ['sourceDestCheck', { value: true }],
  ['sriovNetSupport', {}],
  ['userData', {}],
])('an instance has the attribute %s', (name, then) => {
  const s = simulated()
  const id = s.id('server')
  expect(s.body('DescribeInstanceAttribute', { InstanceId: id, Attribute: name })).toEqual({
    instanceId: id,
    [name]: then,
  })
})

test('the block devices of an instance are those that its attribute shows, as they are set', () => {
  const s = simulated()
  const InstanceId = s.id('server')
  const BlockDeviceMapping = [{ DeviceName: '/dev/sdf', Ebs: { DeleteOnTermination: 'true' } }]
  s.body('ModifyInstanceAttribute', { InstanceId, BlockDeviceMapping })
  const shown = s.body('DescribeInstanceAttribute', { InstanceId, Attribute: 'blockDeviceMapping' })
  expect(rows(shown, 'blockDeviceMapping')).toMatchObject([
    { deviceName: '/dev/xvda', ebs: { volumeId: s.id('root') } },
    { deviceName: '/dev/sdf', ebs: { volumeId: s.id('data'), deleteOnTermination: true } },
  ])
})

test.each<[string, string, Record<string, string>, string]>([
  ['no such attribute', 'DescribeInstanceAttribute', { Attribute: 'colour' }, 'InvalidParameterValue'],
  [
    'one that EC2 does not show here',
    'DescribeInstanceAttribute',
    { Attribute: 'enaSupport' },
    'InvalidParameterValue',
  ],
  ['one of objects in general', 'DescribeInstanceAttribute', { Attribute: 'toString' }, 'InvalidParameterValue'],
  ['no attribute', 'DescribeInstanceAttribute', {}, 'MissingParameter'],
  [
    'no such instance',
    'DescribeInstanceAttribute',
    { InstanceId: 'i-0123456789abcdef0', Attribute: 'userData' },
    'InvalidInstanceID.NotFound',
  ],
  ['no such attribute of a volume', 'DescribeVolumeAttribute', { Attribute: 'colour' }, 'InvalidParameterValue'],
  ['no attribute of a volume', 'DescribeVolumeAttribute', {}, 'MissingParameter'],
  [
    'no such volume',
    'DescribeVolumeAttribute',
    { VolumeId: 'vol-0123456789abcdef0', Attribute: 'autoEnableIO' },
    'InvalidVolume.NotFound',
  ],
])('refused: %s', (_, action, params, then) => {
  const s = simulated()
  expect(s.code(action, { InstanceId: s.id('server'), VolumeId: s.id('data'), ...params })).toBe(then)
})

test('the region of the world is shown, and no other is there', () => {
  const s = simulated()
  const row = { regionName: 'us-east-1', regionEndpoint: 'ec2.us-east-1.amazonaws.com' }
  expect(rows(s.body('DescribeRegions', { AllRegions: 'true' }), 'regionInfo')).toMatchObject([row])
  expect(rows(s.body('DescribeRegions', filter('endpoint', '*us-west*')), 'regionInfo')).toEqual([])
  expect(s.code('DescribeRegions', { RegionName: ['eu-west-1'] })).toBe('InvalidParameterValue')
})

test('a volume has two attributes', () => {
  const s = simulated()
  const shown = (Attribute: string) => s.body('DescribeVolumeAttribute', { VolumeId: s.id('data'), Attribute })
  expect(shown('autoEnableIO')).toEqual({ volumeId: s.id('data'), autoEnableIO: { value: false } })
  expect(shown('productCodes')).toEqual({ volumeId: s.id('data'), productCodes: [] })
})
