// Describes: ids, filters, pages; and that a thing just made or tagged may not be shown yet.
import { expect, test } from 'vitest'
import type { Params } from '../../../src/demo/ec2/world/wire.ts'
import {
  A,
  C,
  DATA,
  filter,
  minutes,
  ROOT,
  rows,
  type Simulated,
  seconds,
  simulated,
  string,
  WORLD,
} from './simulated.ts'

const MANY = {
  ...WORLD,
  volumes: [
    ROOT,
    { ...DATA, tags: { team: 'web', 'cost*center': '1' } },
    { ...DATA, name: 'data-2', zone: C, encrypted: true, type: 'gp2', tags: { team: 'ops' } },
  ],
}

function names(s: Simulated, params: Params): unknown[] {
  return rows(s.body('DescribeVolumes', params), 'volumeSet').map(({ volumeId }) => {
    return [...s.store.volumes.values()].find(({ id }) => id === volumeId)?.tags.Name
  })
}

test.each<[string, Params, string[]]>([
  ['nothing: all', {}, ['root', 'data', 'data-2']],
  ['a zone', filter('availability-zone', C), ['data-2']],
  ['a zone id', filter('availability-zone-id', 'use1-az1'), ['root', 'data']],
  ['one of two values', filter('tag:team', 'web', 'ops'), ['data', 'data-2']],
  ['a wildcard', filter('tag:Name', 'data*'), ['data', 'data-2']],
  ['a wildcard for one character', filter('tag:Name', 'data??'), ['data-2']],
  ['a tag key', filter('tag-key', 'team'), ['data', 'data-2']],
  ['a tag key with an escaped star', filter('tag-key', 'cost\\*center'), ['data']],
  ['a dot that is only a dot', filter('tag:Name', 'd.ta'), []],
  ['other case: nothing', filter('tag:Name', 'Data'), []],
  ['a type', filter('volume-type', 'gp2'), ['data-2']],
  ['encryption', filter('encrypted', 'true'), ['data-2']],
  ['a size', filter('size', '8'), ['root']],
  ['a device', filter('attachment.device', '/dev/sdf'), ['data', 'data-2']],
  ['attached', filter('attachment.status', 'attached'), ['root', 'data', 'data-2']],
  ['going with its instance', filter('attachment.delete-on-termination', 'true'), ['root']],
  ['in use', filter('status', 'in-use'), ['root', 'data', 'data-2']],
  ['an id nobody has: nothing, no error', filter('volume-id', 'vol-0123456789abcdef0'), []],
])('volumes by %s', (_, params, then) => {
  expect(names(simulated({ world: MANY }), params)).toEqual(then)
})

test('several filters all have to fit', () => {
  const both = {
    Filter: [
      { Name: 'availability-zone', Value: [A] },
      { Name: 'tag:team', Value: ['web', 'ops'] },
    ],
  }
  expect(names(simulated({ world: MANY }), both)).toEqual(['data'])
})

test.each<[string, string, Params, string]>([
  ['an unknown filter', 'DescribeVolumes', filter('colour', 'red'), 'InvalidParameterValue'],
  ['a filter of objects in general', 'DescribeVolumes', filter('toString', 'x'), 'InvalidParameterValue'],
  [
    '201 values',
    'DescribeVolumes',
    filter('size', ...Array.from({ length: 201 }, (_, n) => `${n}`)),
    'FilterLimitExceeded',
  ],
  [
    'one unknown id among known ones',
    'DescribeVolumes',
    { VolumeId: ['vol-0123456789abcdef0'] },
    'InvalidVolume.NotFound',
  ],
  ['an id of another kind', 'DescribeVolumes', { VolumeId: ['snap-0123456789abcdef0'] }, 'InvalidParameterValue'],
  ['too small a page', 'DescribeVolumes', { MaxResults: '4' }, 'InvalidParameterValue'],
  ['too large a page', 'DescribeSnapshots', { MaxResults: '1001' }, 'InvalidParameterValue'],
  ['a token that is none', 'DescribeVolumes', { NextToken: 'page-2' }, 'InvalidNextToken'],
  [
    'ids with a page size',
    'DescribeInstances',
    { InstanceId: ['i-1'], MaxResults: '5' },
    'InvalidParameterCombination',
  ],
  [
    'a modification of what was never modified',
    'DescribeVolumesModifications',
    { VolumeId: ['data'] },
    'InvalidVolumeModification.NotFound',
  ],
  ['a type nobody knows', 'DescribeInstanceTypes', { InstanceType: ['m9.large'] }, 'InvalidInstanceType'],
  ['a zone nobody knows', 'DescribeAvailabilityZones', { ZoneName: ['us-east-1z'] }, 'InvalidParameterValue'],
  ['an action nobody knows', 'DescribeEverything', {}, 'InvalidAction'],
])('refused: %s', (_, action, params, then) => {
  const s = simulated({ world: MANY })
  const known = 'VolumeId' in params && Array.isArray(params.VolumeId) && params.VolumeId[0] === 'data'
  expect(s.code(action, known ? { VolumeId: [s.id('data')] } : params)).toBe(then)
})

const CROWD = {
  ...WORLD,
  volumes: Array.from({ length: 2_300 }, (_, index) => ({ ...DATA, name: `v${index}`, sizeGib: 1 })),
}

test.each([
  [1000, [1000, 1000, 300]],
  [5, Array.from({ length: 460 }, () => 5)],
])('2,300 volumes in pages of %i', (size, then) => {
  const s = simulated({ world: CROWD })
  const { counts, ids } = paged(s, size)
  expect(counts).toEqual(then)
  expect(new Set(ids).size).toBe(2_300)
})

function paged(s: Simulated, size: number, between = () => {}): { counts: number[]; ids: unknown[] } {
  const counts: number[] = []
  const ids: unknown[] = []
  let token: Params = {}
  do {
    const body = s.body('DescribeVolumes', { MaxResults: `${size}`, ...filter('availability-zone', A), ...token })
    const page = rows(body, 'volumeSet')
    counts.push(page.length)
    ids.push(...page.map(({ volumeId }) => volumeId))
    token = typeof body.nextToken === 'string' ? { NextToken: body.nextToken } : {}
    between()
  } while (token.NextToken !== undefined)
  return { counts, ids }
}

test('what is deleted between two pages shifts nothing', () => {
  const s = simulated({ world: CROWD })
  const [first] = s.store.volumes.values()
  const { ids } = paged(s, 1000, () => {
    if (first) first.deletedAtMs = s.clock.nowMs
  })
  expect(new Set(ids).size).toBe(2_300)
})

test('what was just made is shown late: absent by filter, not found by id', () => {
  const s = simulated({ lateness: { usuallyMaxMs: 0, seldomShare: 1, seldomMaxMs: minutes(5) } })
  const tag = [{ ResourceType: 'snapshot', Tag: [{ Key: 'move', Value: 'm1' }] }]
  const id = string(s.body('CreateSnapshot', { VolumeId: s.id('data'), TagSpecification: tag }), 'snapshotId')
  expect(s.code('DescribeSnapshots', { SnapshotId: [id] })).toBe('InvalidSnapshot.NotFound')
  expect(rows(s.body('DescribeSnapshots', filter('tag:move', 'm1')), 'snapshotSet')).toEqual([])
  expect(s.code('CreateTags', { ResourceId: [id], Tag: [{ Key: 'a', Value: 'b' }] })).toBe('InvalidSnapshot.NotFound')
  s.clock.nowMs += minutes(5)
  expect(rows(s.body('DescribeSnapshots', filter('tag:move', 'm1')), 'snapshotSet')).toHaveLength(1)
})

test('usually within two seconds', () => {
  const s = simulated({ lateness: {} })
  const id = string(s.body('CreateSnapshot', { VolumeId: s.id('data') }), 'snapshotId')
  expect(s.code('DescribeSnapshots', { SnapshotId: [id] })).toBe('InvalidSnapshot.NotFound')
  s.clock.nowMs += seconds(2)
  expect(s.code('DescribeSnapshots', { SnapshotId: [id] })).toBe('answered')
})

test('new tags are shown late, old ones meanwhile', () => {
  const s = simulated({ lateness: {} })
  s.body('CreateTags', { ResourceId: [s.id('data')], Tag: [{ Key: 'Name', Value: 'logs' }] })
  expect(rows(s.body('DescribeVolumes', filter('tag:Name', 'logs')), 'volumeSet')).toEqual([])
  expect(rows(s.body('DescribeVolumes', filter('tag:Name', 'data')), 'volumeSet')).toHaveLength(1)
  s.clock.nowMs += seconds(2)
  expect(rows(s.body('DescribeVolumes', filter('tag:Name', 'logs')), 'volumeSet')).toHaveLength(1)
})

test('an Elastic Volumes modification goes on in the background', () => {
  const s = simulated({ world: { ...WORLD, volumes: [{ ...DATA, modifyingMinutes: 60 }] } })
  const state = () => rows(s.body('DescribeVolumesModifications'), 'volumeModificationSet')[0]
  s.clock.nowMs += minutes(30)
  expect(state()).toMatchObject({ modificationState: 'optimizing', progress: 50 })
  s.clock.nowMs += minutes(30)
  expect(state()).toMatchObject({ modificationState: 'completed', progress: 100 })
})

test('a zone may not offer an instance type', () => {
  const zones = [
    { name: A, id: 'use1-az1', lacksInstanceTypes: ['m3.large'] },
    { name: C, id: 'use1-az4' },
  ]
  const s = simulated({ world: { ...WORLD, zones } })
  const asked = { LocationType: 'availability-zone', ...filter('instance-type', 'm3.large') }
  const offered = rows(s.body('DescribeInstanceTypeOfferings', asked), 'instanceTypeOfferingSet')
  expect(offered.map(({ location }) => location)).toEqual([C])
})
