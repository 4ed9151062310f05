// A command through its life: sent, on its way, running, over, or never.
import { expect, test } from 'vitest'
import type { Input } from '../../../src/demo/ssm/json.ts'
import { minutes, rows, seconds } from '../ec2/simulated.ts'
import { A, C, HOSTED, iso, type SimulatedSsm, simulatedSsm } from './simulated.ts'

test('from pending through running to success, with output only at its end', () => {
  const s = simulatedSsm()
  const id = s.send('zonehop-freeze')
  expect(s.outcome(id)).toMatchObject({ status: 'Pending', exit: -1, out: '' })
  const seen = new Set<unknown>()
  for (let step = 0; step < 60; step++) {
    s.clock.nowMs += 100
    const { status, out } = s.outcome(id)
    seen.add(status)
    if (status !== 'Success') expect(out).toBe('')
  }
  expect([...seen]).toEqual(['Pending', 'InProgress', 'Success'])
  expect(s.outcome(id)).toMatchObject({ details: 'Success', exit: 0, out: 'logs: frozen\n', err: '' })
})

test('what was just sent is not known for a while', () => {
  const s = simulatedSsm({ usuallyMaxMs: 2_000 })
  const id = s.send('zonehop-check')
  const asked = { CommandId: id, InstanceId: s.id('server') }
  expect(s.refusal('GetCommandInvocation', asked)).toBe('InvocationDoesNotExist')
  expect(s.ask('ListCommands').Commands).toEqual([])
  s.clock.nowMs += seconds(2)
  expect(s.refusal('GetCommandInvocation', asked)).toBe('answered')
})

test('a freeze stops the writing at once, a snapshot after it stays small', () => {
  const s = simulatedSsm()
  s.body('CreateSnapshot', { VolumeId: s.id('data') })
  s.send('zonehop-freeze')
  s.clock.nowMs += minutes(300)
  s.body('CreateSnapshot', { VolumeId: s.id('data') })
  s.clock.nowMs += seconds(91)
  expect(rows(s.body('DescribeSnapshots'), 'snapshotSet').map(({ status }) => status)).toEqual([
    'completed',
    'completed',
  ])
})

test.each<[string, (s: SimulatedSsm) => Input, string]>([
  ['an unknown document', () => ({ DocumentName: 'AWS-RunShellScript' }), 'InvalidDocument'],
  ['no document', () => ({ DocumentName: '' }), 'ValidationException'],
  ['an instance nobody knows', () => ({ InstanceIds: ['i-0123456789abcdef0'] }), 'InvalidInstanceId'],
  ['an instance twice', (s) => ({ InstanceIds: [s.id('server'), s.id('server')] }), 'DuplicateInstanceId'],
  ['no instance', () => ({ InstanceIds: [] }), 'InvalidParameters'],
  [
    'the instance as a target',
    (s) => ({ InstanceIds: [], Targets: [{ Key: 'InstanceIds', Values: [s.id('server')] }] }),
    'answered',
  ],
  ['targets by tag', () => ({ Targets: [{ Key: 'tag:Name', Values: ['x'] }] }), 'InvalidTarget'],
  ['29 seconds', () => ({ TimeoutSeconds: 29 }), 'ValidationException'],
  ['a long comment', () => ({ Comment: 'x'.repeat(101) }), 'ValidationException'],
  ['no rev', () => ({ Parameters: { service: ['logs'], notAfter: ['2026-03-03T06:00:00Z'] } }), 'InvalidParameters'],
  [
    'an unknown parameter',
    () => ({ Parameters: { service: ['logs'], rev: ['1'], notAfter: ['1'], shell: ['rm'] } }),
    'InvalidParameters',
  ],
  [
    'a service that is a command',
    () => ({ Parameters: { service: ['logs; reboot'], rev: ['1'], notAfter: ['1'] } }),
    'InvalidParameters',
  ],
  [
    '51 instances',
    () => ({ InstanceIds: Array.from({ length: 51 }, (_, index) => `i-${index}`) }),
    'ValidationException',
  ],
])('SendCommand with %s', (_, change, then) => {
  const s = simulatedSsm()
  const fine = {
    DocumentName: 'zonehop-check',
    InstanceIds: [s.id('server')],
    Parameters: { service: ['logs'], rev: ['1'], notAfter: ['2026-03-03T06:00:00Z'] },
  }
  expect(s.refusal('SendCommand', { ...fine, ...change(s) })).toBe(then)
})

test('an instance without an agent is none to SSM', () => {
  const s = simulatedSsm({
    world: { ...HOSTED, hosts: [{ instance: 'server', zone: A, hasAgent: false, services: [] }] },
  })
  expect(() => s.send('zonehop-check')).toThrow('InvalidInstanceId')
  expect(s.ask('DescribeInstanceInformation').InstanceInformationList).toMatchObject([
    { InstanceId: s.id('server', C) },
  ])
})

test('on a stopped host it waits, then is given up', () => {
  const s = simulatedSsm()
  s.body('StopInstances', { InstanceId: [s.id('server')] })
  s.clock.nowMs += minutes(1)
  const id = s.send('zonehop-freeze')
  expect(s.outcome(id)).toMatchObject({ status: 'Delayed', exit: -1 })
  s.clock.nowMs += seconds(30)
  expect(s.outcome(id)).toMatchObject({ status: 'TimedOut', details: 'DeliveryTimedOut', exit: -1 })
  const ping = s.ask('DescribeInstanceInformation', { Filters: [{ Key: 'PingStatus', Values: ['ConnectionLost'] }] })
  expect(ping.InstanceInformationList).toMatchObject([{ InstanceId: s.id('server') }])
})

test('cancelled on its way it never runs', () => {
  const s = simulatedSsm()
  const id = s.send('zonehop-freeze')
  s.ask('CancelCommand', { CommandId: id })
  s.clock.nowMs += minutes(1)
  expect(s.outcome(id)).toMatchObject({ status: 'Cancelled', exit: -1 })
  expect(s.service()).toMatchObject({ state: 'open', rev: 0 })
})

test('cancelled while it hangs it is killed, and its lock goes', () => {
  const s = simulatedSsm()
  s.next('zonehop-freeze', { kind: 'hangs' })
  const hanging = s.send('zonehop-freeze')
  s.clock.nowMs += seconds(3)
  expect(s.outcome(hanging).status).toBe('InProgress')
  const second = s.send('zonehop-unfreeze', { parameters: { rev: '2' } })
  s.clock.nowMs += seconds(6)
  expect(s.outcome(second)).toMatchObject({ status: 'Failed', exit: 5 })
  s.ask('CancelCommand', { CommandId: hanging, InstanceIds: [s.id('server')] })
  expect(s.outcome(hanging).status).toBe('Cancelling')
  s.clock.nowMs += seconds(2)
  expect(s.outcome(hanging).status).toBe('Cancelled')
  const third = s.send('zonehop-freeze', { parameters: { rev: '3' } })
  s.clock.nowMs += seconds(6)
  expect(s.outcome(third).status).toBe('Success')
})

test('lists show the newest first, by comment, status, document, time and instance, in pages', () => {
  const s = simulatedSsm()
  const ids = [1, 2, 3].map((rev) => {
    s.clock.nowMs += seconds(10)
    return s.send(rev === 2 ? 'zonehop-freeze' : 'zonehop-check', {
      parameters: { rev: `${rev}` },
      input: { Comment: `effect ${rev}` },
    })
  })
  const listed = (input: Input) => {
    const { Commands, NextToken } = s.ask('ListCommands', input)
    return { comments: Array.isArray(Commands) ? Commands.map(({ Comment }) => Comment) : [], token: NextToken }
  }
  expect(listed({}).comments).toEqual(['effect 3', 'effect 2', 'effect 1'])
  const filters = (key: string, value: string) => ({ Filters: [{ key, value }] })
  expect(listed(filters('DocumentName', 'zonehop-freeze')).comments).toEqual(['effect 2'])
  expect(listed(filters('Status', 'Success')).comments).toEqual(['effect 2', 'effect 1'])
  expect(listed(filters('ExecutionStage', 'Executing')).comments).toEqual(['effect 3'])
  expect(listed(filters('InvokedAfter', iso(s.clock.nowMs))).comments).toEqual(['effect 3'])
  expect(listed({ CommandId: ids[0] }).comments).toEqual(['effect 1'])
  expect(listed({ InstanceId: s.id('server', C) }).comments).toEqual([])
  const first = listed({ MaxResults: 2 })
  expect(listed({ MaxResults: 2, NextToken: first.token }).comments).toEqual(['effect 1'])
  expect(s.refusal('ListCommands', filters('Colour', 'red'))).toBe('InvalidFilterKey')
  const { CommandInvocations } = s.ask('ListCommandInvocations', { CommandId: ids[1], Details: true })
  expect(CommandInvocations).toMatchObject([
    { Status: 'Success', CommandPlugins: [{ ResponseCode: 0, Output: 'logs: frozen\n' }] },
  ])
})

test('a command to two hosts is as bad as the worst of them', () => {
  const s = simulatedSsm()
  const id = s.send('zonehop-open', { input: { InstanceIds: [s.id('server'), s.id('server', C)] } })
  s.clock.nowMs += seconds(6)
  const { Commands } = s.ask('ListCommands', { CommandId: id })
  expect(Commands).toMatchObject([{ Status: 'Failed', TargetCount: 2, CompletedCount: 2, ErrorCount: 1 }])
  expect(s.outcome(id).status).toBe('Success')
  expect(s.outcome(id, C)).toMatchObject({ status: 'Failed', exit: 1, err: 'mount: /dev/sdf: no such device\n' })
})
