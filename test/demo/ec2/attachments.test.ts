// Attaching and detaching: every state of both sides, the limits, and what sticks.
import { expect, test } from 'vitest'
import { setMounted } from '../../../src/demo/ec2/calls/attachments.ts'
import { A, C, DATA, minutes, ROOT, rows, type Simulated, seconds, simulated, string, WORLD } from './simulated.ts'

const SPARE = { ...DATA, name: 'spare', sizeGib: 10 }
const { instance: _, device: __, ...FREE } = SPARE
const WITH_SPARE = { ...WORLD, volumes: [ROOT, DATA, FREE] }

function attachment(s: Simulated, volume: string): unknown {
  const [row] = rows(s.body('DescribeVolumes', { VolumeId: [s.id(volume)] }), 'volumeSet')
  return [row?.status, ...rows(row ?? {}, 'attachmentSet').map(({ status }) => status)]
}

test('attaching takes up to four seconds, so does detaching', () => {
  const s = simulated({ world: WITH_SPARE })
  const there = { VolumeId: s.id('spare'), InstanceId: s.id('server'), Device: '/dev/sdg' }
  expect(s.body('AttachVolume', there)).toMatchObject({ status: 'attaching', device: '/dev/sdg' })
  expect(attachment(s, 'spare')).toEqual(['in-use', 'attaching'])
  s.clock.nowMs += seconds(4)
  expect(attachment(s, 'spare')).toEqual(['in-use', 'attached'])
  expect(s.body('DetachVolume', { VolumeId: s.id('spare') })).toMatchObject({ status: 'detaching' })
  expect(s.call('DetachVolume', { VolumeId: s.id('spare') })).toMatchObject({
    code: 'IncorrectState',
    message: `Volume '${s.id('spare')}' is in the 'detaching' state.`,
    status: 400,
  })
  s.clock.nowMs += seconds(4)
  expect(attachment(s, 'spare')).toEqual(['available'])
  expect(s.code('DetachVolume', { VolumeId: s.id('spare') })).toBe('IncorrectState')
})

test.each<[string, (s: Simulated) => Record<string, string>, string]>([
  ['a volume that is attached', (s) => ({ VolumeId: s.id('data') }), 'VolumeInUse'],
  ['another zone', (s) => ({ InstanceId: s.id('server', C) }), 'InvalidVolume.ZoneMismatch'],
  ['a device taken', () => ({ Device: '/dev/sdf' }), 'InvalidParameterValue'],
  ['no device', () => ({ Device: '' }), 'MissingParameter'],
  ['a device that is none', () => ({ Device: '/dev/floppy' }), 'InvalidParameterValue'],
  ['an instance nobody knows', () => ({ InstanceId: 'i-0123456789abcdef0' }), 'InvalidInstanceID.NotFound'],
  ['an id that is none', () => ({ InstanceId: 'server' }), 'InvalidInstanceID.Malformed'],
  ['a volume nobody knows', () => ({ VolumeId: 'vol-0123456789abcdef0' }), 'InvalidVolume.NotFound'],
])('cannot attach: %s', (_, change, then) => {
  const s = simulated({ world: WITH_SPARE })
  const fine = { VolumeId: s.id('spare'), InstanceId: s.id('server'), Device: '/dev/sdg' }
  expect(s.code('AttachVolume', { ...fine, ...change(s) })).toBe(then)
})

test('cannot attach what is being created, nor to what is stopping', () => {
  const s = simulated({ world: WITH_SPARE })
  const fresh = string(s.body('CreateVolume', { AvailabilityZone: A, Size: '1', VolumeType: 'gp3' }), 'volumeId')
  const there = { InstanceId: s.id('server'), Device: '/dev/sdg' }
  expect(s.code('AttachVolume', { ...there, VolumeId: fresh })).toBe('IncorrectState')
  s.body('StopInstances', { InstanceId: [s.id('server')] })
  expect(s.code('AttachVolume', { ...there, VolumeId: s.id('spare') })).toBe('IncorrectState')
  s.clock.nowMs += minutes(1)
  expect(s.code('AttachVolume', { ...there, VolumeId: s.id('spare') })).toBe('answered')
})

const LETTERS = [...'bcdefghijklmnopqrstuvwxyz']

test.each([
  ['m5.large', 27],
  ['m5d.large', 26],
  ['m7i.large', 32],
  ['m3.large', 40],
])('%s takes %i volumes', (type, most) => {
  const filled = Array.from({ length: most }, (_, index) => ({
    ...DATA,
    name: `filler-${index}`,
    device: index < LETTERS.length ? `/dev/sd${LETTERS[index]}` : `/dev/xvdb${LETTERS[index - LETTERS.length]}`,
  }))
  const instances = [{ name: 'server', zone: A, type }]
  const full = simulated({ world: { ...WORLD, instances, volumes: [...filled, FREE] } })
  const there = { VolumeId: full.id('spare'), InstanceId: full.id('server'), Device: '/dev/xvdcz' }
  expect(full.code('AttachVolume', there)).toBe('AttachmentLimitExceeded')
  const nearly = simulated({ world: { ...WORLD, instances, volumes: [...filled.slice(1), FREE] } })
  expect(nearly.code('AttachVolume', there)).toBe('answered')
})

test('an attachment that sticks stays at attaching until it is detached, and holds up nothing else', () => {
  const s = simulated({ world: WITH_SPARE })
  s.store.once.sticking.push(s.id('server'))
  s.body('AttachVolume', { VolumeId: s.id('spare'), InstanceId: s.id('server'), Device: '/dev/sdg' })
  expect(s.store.busyUntilMs).toBeLessThanOrEqual(s.clock.nowMs)
  s.clock.nowMs += minutes(60)
  expect(attachment(s, 'spare')).toEqual(['in-use', 'attaching'])
  s.body('DetachVolume', { VolumeId: s.id('spare') })
  s.clock.nowMs += seconds(4)
  expect(attachment(s, 'spare')).toEqual(['available'])
})

const MOUNTED = { ...WORLD, volumes: [ROOT, { ...DATA, mounted: true }] }

function unmount(s: Simulated): void {
  const volume = s.store.volumes.get(s.id('data'))
  const [attachment] = volume?.attachments ?? []
  if (volume && attachment) setMounted(s.store, { volume, attachment }, { isMounted: false })
}

test.each<[string, (s: Simulated) => void]>([
  ['unmounted', unmount],
  ['forced', (s) => s.body('DetachVolume', { VolumeId: s.id('data'), Force: 'true' })],
  ['stopped', (s) => s.body('StopInstances', { InstanceId: [s.id('server')] })],
])('what is mounted stays busy until it is %s', (_, free) => {
  const s = simulated({ world: MOUNTED })
  expect(s.body('DetachVolume', { VolumeId: s.id('data') })).toMatchObject({ status: 'busy' })
  expect(s.call('DetachVolume', { VolumeId: s.id('data') })).toMatchObject({
    code: 'IncorrectState',
    message: `Volume '${s.id('data')}' is in the 'busy' state.`,
  })
  s.clock.nowMs += minutes(60)
  expect(attachment(s, 'data')).toEqual(['in-use', 'busy'])
  free(s)
  s.clock.nowMs += minutes(2)
  expect(attachment(s, 'data')).toEqual(['available'])
})

test('a detach that has begun may be forced, and ends no later for it', () => {
  const s = simulated()
  s.body('DetachVolume', { VolumeId: s.id('data') })
  expect(s.body('DetachVolume', { VolumeId: s.id('data'), Force: 'true' })).toMatchObject({ status: 'detaching' })
  s.clock.nowMs += seconds(4)
  expect(attachment(s, 'data')).toEqual(['available'])
})

test('a root volume comes off only while its instance is stopped', () => {
  const s = simulated()
  expect(s.code('DetachVolume', { VolumeId: s.id('root') })).toBe('OperationNotPermitted')
  s.body('StopInstances', { InstanceId: [s.id('server')] })
  s.clock.nowMs += minutes(1)
  expect(s.code('DetachVolume', { VolumeId: s.id('root') })).toBe('answered')
})

test.each<[string, (s: Simulated) => Record<string, string>, string]>([
  ['the wrong instance', (s) => ({ InstanceId: s.id('server', C) }), 'InvalidAttachment.NotFound'],
  ['the wrong device', () => ({ Device: '/dev/sdz' }), 'InvalidAttachment.NotFound'],
  ['the right ones', (s) => ({ InstanceId: s.id('server'), Device: '/dev/sdf' }), 'answered'],
])('detach with %s', (_, change, then) => {
  const s = simulated()
  expect(s.code('DetachVolume', { VolumeId: s.id('data'), ...change(s) })).toBe(then)
})

test('a shared volume is attached to several instances and detached from a named one', () => {
  const instances = ['one', 'two', 'three'].map((name) => ({ name, zone: A }))
  const shared = { ...DATA, type: 'io2', iops: 500, instance: 'one', sharedWith: ['two'] }
  const s = simulated({ world: { ...WORLD, instances, volumes: [shared] } })
  const third = { VolumeId: s.id('data'), InstanceId: s.id('three'), Device: '/dev/sdf' }
  expect(s.code('AttachVolume', third)).toBe('answered')
  expect(s.code('AttachVolume', third)).toBe('VolumeInUse')
  expect(s.code('DetachVolume', { VolumeId: s.id('data') })).toBe('MissingParameter')
  expect(s.code('DetachVolume', { VolumeId: s.id('data'), InstanceId: s.id('two') })).toBe('answered')
  s.clock.nowMs += seconds(4)
  expect(attachment(s, 'data')).toEqual(['in-use', 'attached', 'attached'])
})

test('what a service manages is hidden, and stays attached', () => {
  const s = simulated({ world: { ...WORLD, volumes: [{ ...DATA, managedBy: 'eks.amazonaws.com' }] } })
  expect(rows(s.body('DescribeVolumes'), 'volumeSet')).toEqual([])
  const [row] = rows(s.body('DescribeVolumes', { IncludeManagedResources: 'true' }), 'volumeSet')
  expect(row?.operator).toEqual({ managed: true, principal: 'eks.amazonaws.com', hiddenByDefault: true })
  expect(s.code('DetachVolume', { VolumeId: s.id('data') })).toBe('UnsupportedOperationException')
})

test('DeleteOnTermination is off after an attach, and set by device', () => {
  const s = simulated()
  const set = (device: string) => ({
    InstanceId: s.id('server'),
    BlockDeviceMapping: [{ DeviceName: device, Ebs: { DeleteOnTermination: 'true' } }],
  })
  expect(s.code('ModifyInstanceAttribute', set('/dev/sdz'))).toBe('InvalidInstanceAttributeValue')
  s.body('ModifyInstanceAttribute', set('/dev/sdf'))
  const [row] = rows(s.body('DescribeVolumes', { VolumeId: [s.id('data')] }), 'volumeSet')
  expect(rows(row ?? {}, 'attachmentSet')).toMatchObject([{ deleteOnTermination: true }])
})
