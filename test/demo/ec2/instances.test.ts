// Instances: stopping, starting, and what goes with them.
import { expect, test } from 'vitest'
import { A, DATA, filter, minutes, ROOT, rows, type Simulated, seconds, simulated, string, WORLD } from './simulated.ts'

function state(s: Simulated, name = 'server'): unknown {
  const [reservation] = rows(s.body('DescribeInstances', { InstanceId: [s.id(name)] }), 'reservationSet')
  const [instance] = rows(reservation ?? {}, 'instancesSet')
  return instance?.instanceState
}

test('stopping takes up to a minute, so does starting', () => {
  const s = simulated()
  const server = { InstanceId: [s.id('server')] }
  const [change] = rows(s.body('StopInstances', server), 'instancesSet')
  expect(change).toMatchObject({ previousState: { name: 'running' }, currentState: { name: 'stopping', code: 64 } })
  expect(s.code('StartInstances', server)).toBe('IncorrectInstanceState')
  s.clock.nowMs += minutes(1)
  expect(state(s)).toEqual({ code: 80, name: 'stopped' })
  s.body('StartInstances', server)
  expect(state(s)).toEqual({ code: 0, name: 'pending' })
  expect(s.code('StopInstances', server)).toBe('IncorrectInstanceState')
  s.clock.nowMs += minutes(1)
  expect(state(s)).toEqual({ code: 16, name: 'running' })
})

test('stopping what is stopped changes nothing', () => {
  const s = simulated({ world: { ...WORLD, instances: [{ name: 'server', zone: A, state: 'stopped' }] } })
  const [change] = rows(s.body('StopInstances', { InstanceId: [s.id('server')] }), 'instancesSet')
  expect(change).toMatchObject({ previousState: { name: 'stopped' }, currentState: { name: 'stopped' } })
})

test('one unknown instance refuses all', () => {
  const s = simulated()
  expect(s.code('StopInstances', { InstanceId: [s.id('server'), 'i-0123456789abcdef0'] })).toBe(
    'InvalidInstanceID.NotFound',
  )
  expect(state(s)).toMatchObject({ name: 'running' })
})

test('a stopped host writes nothing: its next snapshot is short', () => {
  const s = simulated()
  const take = () => string(s.body('CreateSnapshot', { VolumeId: s.id('data') }), 'snapshotId')
  s.body('StopInstances', { InstanceId: [s.id('server')] })
  take()
  s.clock.nowMs += minutes(120)
  const id = take()
  s.clock.nowMs += seconds(90)
  expect(rows(s.body('DescribeSnapshots', { SnapshotId: [id] }), 'snapshotSet')).toMatchObject([
    { status: 'completed' },
  ])
})

test('a stopped member of an Auto Scaling group is terminated, with the volumes marked so', () => {
  const member = { name: 'server', zone: A, tags: { 'aws:autoscaling:groupName': 'web' } }
  const s = simulated({ world: { ...WORLD, instances: [member], volumes: [ROOT, DATA] } })
  s.body('StopInstances', { InstanceId: [s.id('server')] })
  s.clock.nowMs += minutes(2)
  expect(state(s)).toEqual({ code: 48, name: 'terminated' })
  expect(rows(s.body('DescribeVolumes'), 'volumeSet')).toMatchObject([{ volumeId: s.id('data'), status: 'available' }])
})

test('terminating takes what is marked so and leaves the rest', () => {
  const s = simulated()
  s.body('TerminateInstances', { InstanceId: [s.id('server')] })
  s.clock.nowMs += minutes(1)
  expect(state(s)).toMatchObject({ name: 'terminated' })
  expect(rows(s.body('DescribeVolumes'), 'volumeSet').map(({ volumeId }) => volumeId)).toEqual([s.id('data')])
})

test('terminating takes up to a minute, and nothing starts or stops what shuts down or is terminated', () => {
  const s = simulated()
  const server = { InstanceId: [s.id('server')] }
  const changed = () => rows(s.body('TerminateInstances', server), 'instancesSet')[0]
  const down = { name: 'shutting-down', code: 32 }
  const gone = { name: 'terminated', code: 48 }
  expect(changed()).toMatchObject({ previousState: { name: 'running' }, currentState: down })
  expect(state(s)).toEqual(down)
  expect(changed()).toMatchObject({ previousState: down, currentState: down })
  const refused = () => ['StopInstances', 'StartInstances'].map((action) => s.code(action, server))
  expect(refused()).toEqual(['IncorrectInstanceState', 'IncorrectInstanceState'])
  expect(rows(s.body('DescribeVolumes', filter('status', 'in-use')), 'volumeSet')).toHaveLength(2)
  s.clock.nowMs += minutes(1)
  expect(state(s)).toEqual(gone)
  expect(changed()).toMatchObject({ previousState: gone, currentState: gone })
  expect(refused()).toEqual(['IncorrectInstanceState', 'IncorrectInstanceState'])
  s.clock.nowMs += minutes(60)
  expect(s.code('TerminateInstances', server)).toBe('InvalidInstanceID.NotFound')
})

test.each<[string, (s: Simulated) => void, string]>([
  ['stopping', (s) => s.body('StopInstances', { InstanceId: [s.id('server')] }), 'shutting-down'],
  [
    'stopped',
    (s) => {
      s.body('StopInstances', { InstanceId: [s.id('server')] })
      s.clock.nowMs += minutes(1)
    },
    'terminated',
  ],
])('terminating what is %s', (from, before, then) => {
  const s = simulated()
  before(s)
  const [change] = rows(s.body('TerminateInstances', { InstanceId: [s.id('server')] }), 'instancesSet')
  expect(change).toMatchObject({ previousState: { name: from }, currentState: { name: then } })
  s.clock.nowMs += minutes(1)
  expect(state(s)).toMatchObject({ name: 'terminated' })
})

test('a member that its group would terminate later may be terminated now', () => {
  const member = { name: 'server', zone: A, tags: { 'aws:autoscaling:groupName': 'web' } }
  const s = simulated({ world: { ...WORLD, instances: [member] } })
  s.body('StopInstances', { InstanceId: [s.id('server')] })
  s.clock.nowMs += minutes(1)
  s.body('TerminateInstances', { InstanceId: [s.id('server')] })
  expect(state(s)).toMatchObject({ name: 'terminated' })
})

test('the status of running instances is described, of all when asked', () => {
  const s = simulated({
    world: { ...WORLD, instances: [...WORLD.instances, { name: 'idle', zone: A, state: 'stopped' }] },
  })
  expect(rows(s.body('DescribeInstanceStatus'), 'instanceStatusSet')).toHaveLength(2)
  expect(rows(s.body('DescribeInstanceStatus', { IncludeAllInstances: 'true' }), 'instanceStatusSet')).toHaveLength(3)
})

test.each([
  ['instance-state-name', 'running', 2],
  ['instance-state-code', '80', 0],
  ['tag:Name', 'serv*', 2],
  ['availability-zone', A, 1],
  ['block-device-mapping.device-name', '/dev/sdf', 1],
  ['root-device-name', '/dev/xvda', 2],
])('instances by %s', (name, value, then) => {
  expect(rows(simulated().body('DescribeInstances', filter(name, value)), 'reservationSet')).toHaveLength(then)
})
