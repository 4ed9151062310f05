// CreateVolume: what a volume of each type may be, what a token means, and what only time tells.
import { expect, test } from 'vitest'
import type { Params } from '../../../src/demo/ec2/world/wire.ts'
import { A, C, DATA, minutes, rows, seconds, simulated, string, WORLD } from './simulated.ts'

const REFUSED = 'InvalidParameterCombination'
const WRONG = 'InvalidParameterValue'

test.each<[string, Params, string]>([
  ['gp3 alone', { VolumeType: 'gp3', Size: '1' }, 'answered'],
  [
    'gp3 at its largest',
    { VolumeType: 'gp3', Size: '65536', Iops: '80000', Throughput: '2000' },
    'VolumeLimitExceeded',
  ],
  ['gp3 too large', { VolumeType: 'gp3', Size: '65537' }, WRONG],
  ['gp3 with few IOPS', { VolumeType: 'gp3', Size: '100', Iops: '2999' }, WRONG],
  ['gp3 with its baseline, small', { VolumeType: 'gp3', Size: '1', Iops: '3000' }, 'answered'],
  ['gp3 with more IOPS than 500 a GiB', { VolumeType: 'gp3', Size: '10', Iops: '5001' }, WRONG],
  ['gp3 with throughput', { VolumeType: 'gp3', Size: '10', Iops: '4000', Throughput: '1000' }, 'answered'],
  ['gp3 with more than 0.25 MiB/s an IOPS', { VolumeType: 'gp3', Size: '10', Iops: '3000', Throughput: '751' }, WRONG],
  ['gp3 with little throughput', { VolumeType: 'gp3', Size: '10', Throughput: '124' }, WRONG],
  ['gp2 with IOPS', { VolumeType: 'gp2', Size: '10', Iops: '3000' }, REFUSED],
  ['gp2 with throughput', { VolumeType: 'gp2', Size: '10', Throughput: '125' }, REFUSED],
  ['gp2 too large', { VolumeType: 'gp2', Size: '16385' }, WRONG],
  ['gp2 shared', { VolumeType: 'gp2', Size: '10', MultiAttachEnabled: 'true' }, REFUSED],
  ['io1 without IOPS', { VolumeType: 'io1', Size: '10' }, 'MissingParameter'],
  ['io1 shared', { VolumeType: 'io1', Size: '10', Iops: '500', MultiAttachEnabled: 'true' }, 'answered'],
  ['io1 above 50 a GiB', { VolumeType: 'io1', Size: '10', Iops: '501' }, WRONG],
  ['io2 at 1,000 a GiB', { VolumeType: 'io2', Size: '10', Iops: '10000' }, 'answered'],
  ['io2 too small', { VolumeType: 'io2', Size: '3', Iops: '100' }, WRONG],
  ['io2 past the account', { VolumeType: 'io2', Size: '200', Iops: '100001' }, 'MaxIOPSLimitExceeded'],
  ['st1 too small', { VolumeType: 'st1', Size: '124' }, WRONG],
  ['sc1', { VolumeType: 'sc1', Size: '125' }, 'answered'],
  ['standard too large', { VolumeType: 'standard', Size: '1025' }, WRONG],
  ['a type nobody knows', { VolumeType: 'gp9', Size: '10' }, 'UnknownVolumeType'],
  ['no type: gp2', { Size: '10' }, 'answered'],
  ['neither size nor snapshot', { VolumeType: 'gp3' }, 'MissingParameter'],
  ['a size that is no number', { Size: 'big' }, WRONG],
  ['a key without encryption', { Size: '10', KmsKeyId: 'key' }, 'InvalidParameterDependency'],
  ['a rate without a snapshot', { Size: '10', VolumeInitializationRate: '200' }, REFUSED],
  ['a token of 65', { Size: '10', ClientToken: 'x'.repeat(65) }, 'InvalidClientToken'],
])('%s', (_, params, then) => {
  expect(simulated().code('CreateVolume', { AvailabilityZone: A, ...params })).toBe(then)
})

test.each<[string, Params, string]>([
  ['none', {}, 'MissingParameter'],
  ['unknown', { AvailabilityZone: 'us-east-1z' }, 'InvalidZone.NotFound'],
  ['unknown by id', { AvailabilityZoneId: 'use1-az9' }, 'InvalidZone.NotFound'],
  ['by id', { AvailabilityZoneId: 'use1-az4' }, 'answered'],
  ['by both', { AvailabilityZone: C, AvailabilityZoneId: 'use1-az4' }, 'InvalidParameterCombination'],
])('zone: %s', (_, params, then) => {
  expect(simulated().code('CreateVolume', { Size: '10', ...params })).toBe(then)
})

test('a volume keeps what its snapshot holds, and is usable within four seconds', () => {
  const s = simulated({ world: { ...WORLD, volumes: [{ ...DATA, encrypted: true, kmsKeyId: 'key-1' }] } })
  const SnapshotId = string(s.body('CreateSnapshot', { VolumeId: s.id('data') }), 'snapshotId')
  expect(s.code('CreateVolume', { SnapshotId, AvailabilityZone: C })).toBe('IncorrectState')
  s.clock.nowMs += minutes(60)
  expect(s.code('CreateVolume', { SnapshotId, AvailabilityZone: C, Size: '99' })).toBe('InvalidParameterValue')
  const made = s.body('CreateVolume', { SnapshotId, AvailabilityZone: C, VolumeType: 'gp3' })
  expect(made).toMatchObject({ status: 'creating', size: 100, encrypted: true, kmsKeyId: 'key-1', iops: 3000 })
  s.clock.nowMs += seconds(4)
  const [row] = rows(s.body('DescribeVolumes', { VolumeId: [string(made, 'volumeId')] }), 'volumeSet')
  expect(row).toMatchObject({ status: 'available', availabilityZone: C, snapshotId: SnapshotId })
})

const ASKED = { AvailabilityZone: C, Size: '10', VolumeType: 'gp3', ClientToken: 'once' }

test.each<[string, Params, (first: string, second: string | undefined, code: string) => boolean]>([
  ['the same again: the first volume', {}, (first, second) => second === first],
  ['a dry run of it: nothing', { DryRun: 'true' }, (_, __, code) => code === 'DryRunOperation'],
  ['another size: a mismatch', { Size: '11' }, (_, __, code) => code === 'IdempotentParameterMismatch'],
  [
    'a tag more: a mismatch',
    { TagSpecification: [{ ResourceType: 'volume', Tag: [{ Key: 'a', Value: 'b' }] }] },
    (_, __, code) => code === 'IdempotentParameterMismatch',
  ],
  [
    'another zone: a second volume',
    { AvailabilityZone: A },
    (first, second) => second !== undefined && second !== first,
  ],
  [
    'another token: a second volume',
    { ClientToken: 'twice' },
    (first, second) => second !== undefined && second !== first,
  ],
])('a token used again, %s', (_, change, holds) => {
  const s = simulated()
  const first = string(s.body('CreateVolume', ASKED), 'volumeId')
  const answer = s.call('CreateVolume', { ...ASKED, ...change })
  const second = answer.kind === 'answered' ? string(answer.body, 'volumeId') : undefined
  expect(holds(first, second, answer.kind === 'refused' ? answer.code : answer.kind)).toBe(true)
})

test('at the quota even a repetition is refused, although its volume stands', () => {
  const s = simulated({ world: { ...WORLD, storageTib: { gp3: 0.12 } } })
  expect(s.code('CreateVolume', ASKED)).toBe('answered')
  expect(s.code('CreateVolume', ASKED)).toBe('VolumeLimitExceeded')
})

test('a bad key fails after the answer, and its token is spent', () => {
  const s = simulated({ world: { ...WORLD, unusableKeys: ['gone'] } })
  const asked = { ...ASKED, Encrypted: 'true', KmsKeyId: 'gone' }
  const id = string(s.body('CreateVolume', asked), 'volumeId')
  expect(s.code('CreateVolume', asked)).toBe('answered')
  s.clock.nowMs += seconds(4)
  expect(rows(s.body('DescribeVolumes', { VolumeId: [id] }), 'volumeSet')).toMatchObject([{ status: 'error' }])
  expect(s.code('CreateVolume', asked)).toBe('IdempotentParameterMismatch')
  expect(s.code('CreateVolume', { ...asked, ClientToken: 'once-2', KmsKeyId: 'good' })).toBe('answered')
})

test('a zone may lack a type', () => {
  const zones = [
    { name: C, id: 'use1-az4', lacksVolumeTypes: ['io2'] },
    { name: A, id: 'use1-az1' },
  ]
  const s = simulated({ world: { ...WORLD, zones } })
  const asked = { Size: '10', VolumeType: 'io2', Iops: '500' }
  expect(s.code('CreateVolume', { ...asked, AvailabilityZone: C })).toBe('VolumeTypeNotAvailableInZone')
  expect(s.code('CreateVolume', { ...asked, AvailabilityZone: A })).toBe('answered')
})

test('a deleted volume is gone within seconds, and its token stays spent', () => {
  const s = simulated()
  const id = string(s.body('CreateVolume', ASKED), 'volumeId')
  expect(s.code('DeleteVolume', { VolumeId: id })).toBe('IncorrectState')
  s.clock.nowMs += seconds(4)
  expect(s.code('DeleteVolume', { VolumeId: id })).toBe('answered')
  expect(rows(s.body('DescribeVolumes', { VolumeId: [id] }), 'volumeSet')).toMatchObject([{ status: 'deleting' }])
  s.clock.nowMs += seconds(5)
  expect(s.code('DescribeVolumes', { VolumeId: [id] })).toBe('InvalidVolume.NotFound')
  expect(s.code('DeleteVolume', { VolumeId: id })).toBe('InvalidVolume.NotFound')
  expect(s.code('CreateVolume', ASKED)).toBe('IdempotentParameterMismatch')
})
