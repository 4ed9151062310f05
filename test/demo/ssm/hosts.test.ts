// What documents do on hosts, and what keeps them from doing it: locks, older revs, the time; reboots; every mishap on the way.
import { expect, test } from 'vitest'
import { hostsState } from '../../../src/demo/ssm/hosts.ts'
import type { SsmMishap } from '../../../src/demo/ssm/seeds.ts'
import { setServiceByHand } from '../../../src/demo/ssm/services.ts'
import { filter, minutes, rows, seconds } from '../ec2/simulated.ts'
import { A, C, HOSTED, iso, type SimulatedSsm, simulatedSsm } from './simulated.ts'

function run(s: SimulatedSsm, document: string, parameters: Record<string, string> = {}, zone = A) {
  const id = s.send(document, { parameters, zone })
  s.clock.nowMs += seconds(6)
  return s.outcome(id, zone)
}

test.each([
  ['an equal rev: done already', { rev: '5' }, 0, 'logs: frozen already\n'],
  ['a higher rev', { rev: '6' }, 0, 'logs: frozen already\n'],
  ['a lower rev', { rev: '4' }, 3, 'logs: rev 4 is older than 5, which was seen here\n'],
  ['a time that is past', { rev: '6', notAfter: '2026-03-03T05:00:00Z' }, 4, 'logs: it is past 2026-03-03T05:00:00Z\n'],
  ['a time in seconds that is past', { rev: '6', notAfter: '1772514000' }, 4, 'logs: it is past 1772514000\n'],
])('after a freeze of rev 5, one with %s', (_, parameters, exit, said) => {
  const s = simulatedSsm()
  expect(run(s, 'zonehop-freeze', { rev: '5' })).toMatchObject({ status: 'Success', exit: 0 })
  const { exit: then, out, err } = run(s, 'zonehop-freeze', parameters)
  expect([then, out + err]).toEqual([exit, said])
})

test('every document counts: a check of a higher rev keeps a late freeze from acting', () => {
  const s = simulatedSsm()
  run(s, 'zonehop-check', { rev: '7' })
  expect(run(s, 'zonehop-freeze', { rev: '6' }).exit).toBe(3)
  expect(s.service().state).toBe('open')
})

test('freeze unmounts, so a detach goes through; unfreeze mounts again', () => {
  const s = simulatedSsm()
  run(s, 'zonehop-freeze', { migration: 'mig-1' })
  expect(s.service()).toMatchObject({ state: 'frozen', by: 'zonehop-freeze mig-1 rev 1' })
  run(s, 'zonehop-unfreeze', { rev: '2' })
  expect(s.service()).toMatchObject({ state: 'open', by: 'zonehop-unfreeze rev 2' })
  expect(s.body('DetachVolume', { VolumeId: s.id('data') })).toMatchObject({ status: 'busy' })
  s.clock.nowMs += minutes(10)
  run(s, 'zonehop-freeze', { rev: '3' })
  s.clock.nowMs += seconds(10)
  expect(rows(s.body('DescribeVolumes', filter('status', 'available')), 'volumeSet')).toHaveLength(1)
})

test('a file system that is only frozen stays mounted', () => {
  const s = simulatedSsm()
  run(s, 'zonehop-freeze', { how: 'fsfreeze' })
  expect(s.service().state).toBe('frozen')
  expect(s.body('DetachVolume', { VolumeId: s.id('data') })).toMatchObject({ status: 'busy' })
})

test('what a process holds cannot be unmounted', () => {
  const services = [{ name: 'logs', devices: ['/dev/sdf'], heldBy: 'rsync 4711' }]
  const s = simulatedSsm({ world: { ...HOSTED, hosts: [{ instance: 'server', zone: A, services }] } })
  expect(run(s, 'zonehop-freeze')).toMatchObject({ exit: 1, err: 'umount: logs: target is busy: rsync 4711\n' })
  expect(s.service().state).toBe('open')
})

test('a service opens on its successor once its device is attached there', () => {
  const s = simulatedSsm()
  run(s, 'zonehop-freeze')
  expect(run(s, 'zonehop-check', {}, C)).toMatchObject({ exit: 1, err: 'logs: /dev/sdf: no such device\n' })
  const made = s.body('CreateVolume', { AvailabilityZone: C, Size: '100', VolumeType: 'gp3' })
  s.clock.nowMs += seconds(5)
  s.body('AttachVolume', { VolumeId: String(made.volumeId), InstanceId: s.id('server', C), Device: '/dev/sdf' })
  s.clock.nowMs += seconds(5)
  expect(run(s, 'zonehop-after-attach', {}, C).exit).toBe(0)
  expect(JSON.parse(run(s, 'zonehop-check', {}, C).out)).toEqual({
    service: 'logs',
    state: 'stopped',
    devices: ['/dev/sdf'],
    rev: 1,
  })
  expect(run(s, 'zonehop-open', { rev: '2' }, C).out).toBe('logs: open\n')
  expect(run(s, 'zonehop-hook', { rev: '3' }, C).out).toBe('logs: hook done\n')
  expect(s.service(C)).toMatchObject({ state: 'open', hooks: 1, rev: 3 })
  expect(s.service(A).state).toBe('frozen')
})

test('a stop takes services down; a start opens them again, frozen ones too, and the marker stays', () => {
  const s = simulatedSsm()
  run(s, 'zonehop-freeze', { rev: '9' })
  s.body('StopInstances', { InstanceId: [s.id('server')] })
  expect(s.service().state).toBe('frozen')
  s.clock.nowMs += minutes(1)
  expect(s.service()).toMatchObject({ state: 'stopped', by: 'stop' })
  s.body('StartInstances', { InstanceId: [s.id('server')] })
  s.clock.nowMs += minutes(1)
  expect(s.service()).toMatchObject({ state: 'open', by: 'boot', rev: 9 })
  expect(s.body('DetachVolume', { VolumeId: s.id('data') })).toMatchObject({ status: 'busy' })
})

test('a service that does not start on boot stays stopped', () => {
  const services = [{ name: 'logs', devices: ['/dev/sdf'], startsOnBoot: false }]
  const s = simulatedSsm({ world: { ...HOSTED, hosts: [{ instance: 'server', zone: A, services }] } })
  s.body('StopInstances', { InstanceId: [s.id('server')] })
  s.clock.nowMs += minutes(1)
  s.body('StartInstances', { InstanceId: [s.id('server')] })
  s.clock.nowMs += minutes(1)
  expect(s.service().state).toBe('stopped')
})

test('a host that stops under a command leaves it undone, and SSM waiting', () => {
  const s = simulatedSsm()
  s.next('zonehop-freeze', { kind: 'hangs' })
  const id = s.send('zonehop-freeze')
  s.clock.nowMs += seconds(3)
  s.body('StopInstances', { InstanceId: [s.id('server')], Force: 'true' })
  s.clock.nowMs += minutes(1)
  expect(s.outcome(id).status).toBe('TimedOut')
  expect(s.service()).toMatchObject({ state: 'stopped', lock: null })
})

test('without seeds, services are what volumes are tagged with, and stand on their devices', () => {
  const { hosts: _, ...untold } = HOSTED
  const s = simulatedSsm({ world: untold })
  const [host] = hostsState(s.hosts)
  expect(host?.services).toMatchObject([{ name: 'logs', state: 'open', by: 'seed' }])
  expect(s.body('DetachVolume', { VolumeId: s.id('data') })).toMatchObject({ status: 'detaching' })
})

test('a person sets a service by hand', () => {
  const s = simulatedSsm()
  setServiceByHand(s.hosts, s.id('server'), { name: 'logs', state: 'frozen' })
  expect(s.service()).toMatchObject({ state: 'frozen', by: 'hand' })
  expect(s.body('DetachVolume', { VolumeId: s.id('data') })).toMatchObject({ status: 'detaching' })
})

test('nobody sets a service by hand on a host that is down', () => {
  const s = simulatedSsm()
  s.body('StopInstances', { InstanceId: [s.id('server')] })
  s.clock.nowMs += minutes(1)
  const open = () => setServiceByHand(s.hosts, s.id('server'), { name: 'logs', state: 'open' })
  expect(open).toThrow(`${s.id('server')} is down`)
  s.body('StartInstances', { InstanceId: [s.id('server')] })
  s.clock.nowMs += minutes(1)
  open()
  expect(s.service()).toMatchObject({ state: 'open', by: 'hand' })
})

test.each<[SsmMishap, number, { status: string; details: string; exit: number }, string]>([
  [{ kind: 'never' }, 30, { status: 'TimedOut', details: 'DeliveryTimedOut', exit: -1 }, 'open'],
  [{ kind: 'late', minutes: 1 }, 70, { status: 'TimedOut', details: 'DeliveryTimedOut', exit: -1 }, 'frozen'],
  [{ kind: 'late', minutes: 5 }, 310, { status: 'TimedOut', details: 'DeliveryTimedOut', exit: -1 }, 'open'],
  [{ kind: 'twice', secondsLater: 20 }, 30, { status: 'Success', details: 'Success', exit: 0 }, 'frozen'],
  [{ kind: 'fails', exit: 1, stderr: 'no\n' }, 10, { status: 'Failed', details: 'Failed', exit: 1 }, 'open'],
  [{ kind: 'hangs' }, 70, { status: 'TimedOut', details: 'ExecutionTimedOut', exit: -1 }, 'open'],
])('mishap %o', (mishap, afterSeconds, outcome, state) => {
  const s = simulatedSsm()
  s.next('zonehop-freeze', mishap)
  const id = s.send('zonehop-freeze')
  s.clock.nowMs += seconds(afterSeconds)
  expect(s.outcome(id)).toMatchObject(outcome)
  expect(s.service().state).toBe(state)
})

test('a hook that runs twice has run twice', () => {
  const s = simulatedSsm()
  s.next('zonehop-hook', { kind: 'twice', secondsLater: 20 })
  s.send('zonehop-hook')
  s.clock.nowMs += seconds(60)
  expect(s.service().hooks).toBe(2)
})

test('commands may arrive in another order than they were sent', () => {
  const overtaken = Array.from({ length: 20 }, (_, index) => {
    const s = simulatedSsm()
    for (let earlier = 0; earlier < index; earlier++) s.send('zonehop-check', { parameters: { service: 'other' } })
    const first = s.send('zonehop-freeze', { parameters: { rev: '1' } })
    s.clock.nowMs += 100
    const second = s.send('zonehop-unfreeze', { parameters: { rev: '2' } })
    s.clock.nowMs += seconds(10)
    return `${s.outcome(first).exit} ${s.outcome(second).exit}`
  })
  expect(new Set(overtaken)).toContain('3 0')
  expect(new Set(overtaken)).toContain('0 5')
})

test('mishaps by chance are the same each time', () => {
  const ends = () => {
    const s = simulatedSsm({ ssm: { faults: { never: 0.1, late: 0.1, twice: 0.1, fails: 0.1, hangs: 0.1 } } })
    const ids = Array.from({ length: 60 }, () => {
      const id = s.send('zonehop-check', { parameters: { notAfter: iso(s.clock.nowMs + minutes(60)) } })
      s.clock.nowMs += minutes(11)
      return id
    })
    return ids.map((id) => `${s.outcome(id).details} ${s.outcome(id).exit}`)
  }
  const first = ends()
  expect(ends()).toEqual(first)
  const kinds = ['Success 0', 'Failed 1', 'DeliveryTimedOut -1', 'ExecutionTimedOut -1']
  expect([...new Set(first)].sort()).toEqual(kinds.sort())
})

test.each<[string, string, number | string]>([
  ['PlatformTypes', 'Linux', 2],
  ['PlatformTypes', 'Windows', 0],
  ['ResourceType', 'EC2Instance', 2],
  ['AgentVersion', '3.3.0.0', 2],
  ['tag:Name', 'server', 2],
  ['tag:Name', 'other', 0],
  ['tag:toString', 'server', 0],
  ['tag-key', 'Name', 2],
  ['IamRole', 'anybody', 0],
  ['ActivationIds', 'x', 0],
  ['AssociationStatus', 'Success', 0],
  ['SourceIds', 'x', 0],
  ['SourceTypes', 'AWS::EC2::Instance', 0],
  ['Colour', 'red', 'InvalidFilterKey'],
])('hosts by %s %s', (Key, value, then) => {
  const s = simulatedSsm()
  const input = { Filters: [{ Key, Values: [value] }] }
  if (typeof then === 'string') return expect(s.refusal('DescribeInstanceInformation', input)).toBe(then)
  expect(s.ask('DescribeInstanceInformation', input).InstanceInformationList).toHaveLength(then)
})
