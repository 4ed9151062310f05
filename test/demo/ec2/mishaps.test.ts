// Throttles, faults and permissions: what is refused before the effect, what is lost after it, all from the seed.
import { expect, test } from 'vitest'
import type { Faults } from '../../../src/demo/ec2/world/entities.ts'
import type { Params } from '../../../src/demo/ec2/world/wire.ts'
import { A, DATA, filter, rows, type Simulated, seconds, simulated, WORLD } from './simulated.ts'

const CALLS: Record<string, (s: Simulated) => Params> = {
  DescribeVolumes: () => filter('availability-zone', A),
  'DescribeVolumes unfiltered': () => ({}),
  'DescribeVolumes by id': (s) => ({ VolumeId: [s.id('data')] }),
  'DescribeVolumes in pages': () => ({ MaxResults: '500' }),
  DescribeAvailabilityZones: () => ({}),
  CreateVolume: () => ({ AvailabilityZone: A, Size: '1' }),
  CreateTags: (s) => ({ ResourceId: [s.id('data')], Tag: [{ Key: 'a', Value: 'b' }] }),
  ModifyInstanceAttribute: (s) => ({
    InstanceId: s.id('server'),
    BlockDeviceMapping: [{ DeviceName: '/dev/sdf', Ebs: { DeleteOnTermination: 'true' } }],
  }),
  StartInstances: (s) => ({ InstanceId: [s.id('server')] }),
  StopInstances: (s) => ({ InstanceId: [s.id('server')] }),
}

test.each([
  ['DescribeVolumes', 100, 20],
  ['DescribeVolumes in pages', 100, 20],
  ['DescribeVolumes unfiltered', 50, 10],
  ['DescribeVolumes by id', 50, 10],
  ['DescribeAvailabilityZones', 100, 20],
  ['CreateVolume', 100, 5],
  ['CreateTags', 100, 10],
  ['ModifyInstanceAttribute', 50, 5],
  ['StartInstances', 5, 2],
  ['StopInstances', 50, 5],
])('%s: %i at once, then %i a second', (name, burst, perSecond) => {
  const s = simulated({ isThrottling: true })
  const params = CALLS[name]?.(s) ?? {}
  const action = name.split(' ')[0] ?? ''
  const taken = (count: number) => {
    for (let index = 0; index < count; index++) if (s.code(action, params) === 'RequestLimitExceeded') return index
    return count
  }
  expect(taken(500)).toBe(burst)
  s.clock.nowMs += seconds(1)
  expect(taken(500)).toBe(perSecond)
  s.clock.nowMs += seconds(3_600)
  expect(taken(500)).toBe(burst)
})

test('instances have a bucket of their own: two a second once a thousand were started', () => {
  const instances = Array.from({ length: 900 }, (_, index) => ({ name: `i${index}`, zone: A }))
  const s = simulated({ isThrottling: true, world: { ...WORLD, instances } })
  const all = { InstanceId: [...s.store.instances.keys()] }
  expect(s.code('StartInstances', all)).toBe('answered')
  expect(s.code('StartInstances', all)).toBe('RequestLimitExceeded')
})

test('a throttled call is a server error to EC2, and counted', () => {
  const s = simulated({ isThrottling: true })
  for (let index = 0; index < 50; index++) s.call('DescribeVolumes')
  expect(s.call('DescribeVolumes')).toMatchObject({ code: 'RequestLimitExceeded', status: 503 })
  expect(s.store.counts.refused).toEqual({ RequestLimitExceeded: 1 })
})

const TAKE = (s: Simulated) => ({ VolumeId: s.id('data') })
const snapshots = (s: Simulated) => rows(s.body('DescribeSnapshots'), 'snapshotSet').length

test.each<[string, Faults, string, number]>([
  ['a throttle', { throttle: 1 }, 'RequestLimitExceeded', 0],
  ['a server error', { serverError: 1 }, 'InternalError', 0],
  ['a request lost on its way', { lostRequest: 1 }, 'lost', 0],
  ['a response lost on its way', { lostResponse: 1 }, 'lost', 1],
  ['a server error after the effect', { serverErrorAfter: 1 }, 'Unavailable', 1],
])('%s', (_, faults, then, made) => {
  const s = simulated({ faults })
  expect(s.code('CreateSnapshot', TAKE(s))).toBe(then)
  expect(s.store.snapshots.size).toBe(made)
})

test('faults come as often as the seed has them, and the same each time', () => {
  const run = () => {
    const s = simulated({ faults: { throttle: 0.2 } })
    return Array.from({ length: 500 }, () => s.code('DescribeVolumes', filter('availability-zone', A)))
  }
  const answers = run()
  const throttled = answers.filter((code) => code === 'RequestLimitExceeded').length
  expect(throttled).toBeGreaterThan(60)
  expect(throttled).toBeLessThan(140)
  expect(run()).toEqual(answers)
})

test('faults may strike what is made: a snapshot, a volume, an attachment', () => {
  const s = simulated({ faults: { failedSnapshot: 1, failedVolume: 1, stuckAttachment: 1 } })
  s.body('CreateSnapshot', TAKE(s))
  s.body('CreateVolume', { AvailabilityZone: A, Size: '1', VolumeType: 'gp3' })
  s.clock.nowMs += seconds(3_600)
  expect(rows(s.body('DescribeSnapshots'), 'snapshotSet')).toMatchObject([{ status: 'error' }])
  expect(rows(s.body('DescribeVolumes', filter('status', 'error')), 'volumeSet')).toHaveLength(1)
})

test('faults may strike a rate of initialization, and nothing that is made without one', () => {
  const s = simulated({ faults: { refusedRate: 1 } })
  s.body('CreateSnapshot', TAKE(s))
  s.clock.nowMs += seconds(3_600)
  const [snapshot] = rows(s.body('DescribeSnapshots'), 'snapshotSet')
  const from = { AvailabilityZone: A, SnapshotId: `${snapshot?.snapshotId}`, VolumeType: 'gp3' }
  expect(s.code('CreateVolume', { ...from, VolumeInitializationRate: '300' })).toBe(
    'VolumeInitializationRateLimitExceeded',
  )
  expect(s.code('CreateVolume', from)).toBe('answered')
})

test('a region has 5,000 MiB/s for all volumes at once, until they are initialized', () => {
  const s = simulated()
  s.body('CreateSnapshot', TAKE(s))
  s.clock.nowMs += seconds(3_600)
  const [snapshot] = rows(s.body('DescribeSnapshots'), 'snapshotSet')
  const from = { AvailabilityZone: A, SnapshotId: `${snapshot?.snapshotId}`, VolumeType: 'gp3' }
  const ask = (rate: number) => s.code('CreateVolume', { ...from, VolumeInitializationRate: `${rate}` })
  const codes = Array.from({ length: 17 }, () => ask(300))
  expect(codes).toEqual([...Array.from({ length: 16 }, () => 'answered'), 'VolumeInitializationRateLimitExceeded'])
  expect(ask(200)).toBe('answered')
  expect(ask(100)).toBe('VolumeInitializationRateLimitExceeded')
  s.clock.nowMs += seconds(3_600)
  expect(ask(300)).toBe('answered')
})

test('once on purpose: the next such call fails, the one after does not', () => {
  const s = simulated()
  s.store.once.failing.push({ action: 'CreateSnapshot', code: 'InsufficientVolumeCapacity' })
  expect(s.call('CreateSnapshot', TAKE(s))).toMatchObject({ code: 'InsufficientVolumeCapacity', status: 500 })
  expect(s.code('CreateSnapshot', TAKE(s))).toBe('answered')
})

test('once on purpose: of a volume that is named the next such call fails, and of others none', () => {
  const s = simulated()
  s.store.once.failing.push({ action: 'CreateSnapshot', code: 'UnauthorizedOperation', volume: 'vol-other' })
  expect(s.code('CreateSnapshot', TAKE(s))).toBe('answered')
  s.store.once.failing.push({ action: 'CreateSnapshot', code: 'UnauthorizedOperation', volume: TAKE(s).VolumeId })
  expect(s.code('CreateSnapshot', TAKE(s))).toBe('UnauthorizedOperation')
})

test('once on purpose: the next response is lost, its effect stands', () => {
  const s = simulated()
  s.store.once.lost.push('CreateSnapshot')
  expect(s.code('CreateSnapshot', TAKE(s))).toBe('lost')
  expect(snapshots(s)).toBe(1)
  s.clock.nowMs += seconds(15)
  expect(s.code('CreateSnapshot', TAKE(s))).toBe('answered')
})

test.each<[string, string, Params, string]>([
  ['allowed, for real', 'StopInstances', {}, 'answered'],
  ['allowed, dry', 'StopInstances', { DryRun: 'true' }, 'DryRunOperation'],
  ['denied, for real', 'AttachVolume', {}, 'UnauthorizedOperation'],
  ['denied, dry', 'AttachVolume', { DryRun: 'true' }, 'UnauthorizedOperation'],
  ['denied, with a parameter missing', 'AttachVolume', { DryRun: 'true', Device: '' }, 'MissingParameter'],
])('permission: %s', (_, action, change, then) => {
  const s = simulated({ denied: ['AttachVolume'], world: { ...WORLD, volumes: [DATA] } })
  const params = { VolumeId: s.id('data'), InstanceId: s.id('server'), Device: '/dev/sdg' }
  const asked = action === 'StopInstances' ? { InstanceId: [s.id('server')] } : params
  expect(s.code(action, { ...asked, ...change })).toBe(then)
})

test('a dry run proves permission and parameters, no more, and changes nothing', () => {
  const s = simulated()
  const attach = { VolumeId: s.id('data'), InstanceId: s.id('server'), Device: '/dev/sdf', DryRun: 'true' }
  expect(s.call('AttachVolume', attach)).toMatchObject({ code: 'DryRunOperation', status: 412 })
  expect(s.code('CreateSnapshot', { ...TAKE(s), DryRun: 'true' })).toBe('DryRunOperation')
  expect(snapshots(s)).toBe(0)
  expect(s.store.counts.dryRuns).toEqual({ AttachVolume: 1, CreateSnapshot: 1 })
})

test('one seed makes one world, whatever the order of calls on different volumes', () => {
  const world = { ...WORLD, volumes: [DATA, { ...DATA, name: 'other', device: '/dev/sdg' }] }
  const run = (order: string[]) => {
    const s = simulated({ world, lateness: {}, random: () => 0.7 })
    for (const name of order) s.body('CreateSnapshot', { VolumeId: s.id(name) })
    s.clock.nowMs += seconds(5_000)
    return rows(s.body('DescribeSnapshots'), 'snapshotSet')
      .map(({ snapshotId }) => String(snapshotId))
      .sort()
  }
  expect(run(['data', 'other'])).toEqual(run(['other', 'data']))
})

test('a call that is never answered has no effect, however often, and no other resource notices', () => {
  const s = simulated()
  s.store.once.silent.push({ action: 'CreateSnapshot', resource: s.id('data') })
  for (let times = 0; times < 2; times++) {
    expect(s.code('CreateSnapshot', { VolumeId: s.id('data') })).toBe('lost')
  }
  expect(s.store.snapshots.size).toBe(0)
  expect(s.code('DescribeVolumes', { VolumeId: [s.id('data')] })).toBe('answered')
})
