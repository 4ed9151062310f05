// Whose data a volume or a snapshot holds, and as of when: what is written to a copy later never counts.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DataState } from '../../../src/demo/ec2/world/entities.ts'
import type { Params } from '../../../src/demo/ec2/world/wire.ts'
import { addVolume } from '../../../src/demo/ec2/world/world.ts'
import { worldState } from '../../../src/demo/ec2/world/world-state.ts'
import { C, DATA, minutes, rows, type Simulated, seconds, simulated, string, WORLD } from './simulated.ts'

/** What the state tells of a volume or a snapshot, by its id. */
function held(s: Simulated, id: string): DataState {
  const { volumes, snapshots } = worldState(s.store)
  const one = [...volumes, ...snapshots].find((each) => each.id === id)
  if (!one) throw new Error(`there is no ${id}`)
  return one.data
}

function as(of: string, atMs: number): DataState {
  return { of, asOf: new Date(atMs).toISOString() }
}

function take(s: Simulated, volume = s.id('data')): string {
  const id = string(s.body('CreateSnapshot', { VolumeId: volume }), 'snapshotId')
  s.clock.nowMs += minutes(61)
  return id
}

/** A volume in the other zone, from the snapshot or empty, attached to the server there, which writes to it. */
function opened(s: Simulated, from: { SnapshotId: string } | { Size: string }, Device = '/dev/sdg'): string {
  const made = s.body('CreateVolume', { AvailabilityZone: C, VolumeType: 'gp3', ...from })
  const id = string(made, 'volumeId')
  s.clock.nowMs += seconds(5)
  s.body('AttachVolume', { VolumeId: id, InstanceId: s.id('server', C), Device })
  s.clock.nowMs += minutes(30)
  return id
}

const stop = (s: Simulated) => s.body('StopInstances', { InstanceId: [s.id('server')] })

test('a volume that is written to holds its own data, as of now', () => {
  const s = simulated()
  expect(held(s, s.id('data'))).toEqual(as(s.id('data'), s.clock.nowMs))
  s.clock.nowMs += minutes(7)
  expect(held(s, s.id('data'))).toEqual(as(s.id('data'), s.clock.nowMs))
})

test('once its writes have stopped it is as of then, whatever else becomes of it', () => {
  const s = simulated()
  s.clock.nowMs += minutes(7)
  const stoppedMs = s.clock.nowMs
  stop(s)
  s.clock.nowMs += minutes(5)
  s.body('DetachVolume', { VolumeId: s.id('data') })
  s.clock.nowMs += minutes(5)
  s.body('AttachVolume', { VolumeId: s.id('data'), InstanceId: s.id('server'), Device: '/dev/sdf' })
  s.clock.nowMs += minutes(5)
  expect(held(s, s.id('data'))).toEqual(as(s.id('data'), stoppedMs))
  s.body('StartInstances', { InstanceId: [s.id('server')] })
  s.clock.nowMs += minutes(5)
  expect(held(s, s.id('data'))).toEqual(as(s.id('data'), s.clock.nowMs))
})

test('a host that is terminated writes no more', () => {
  const s = simulated()
  s.clock.nowMs += minutes(7)
  const endedMs = s.clock.nowMs
  s.body('TerminateInstances', { InstanceId: [s.id('server')] })
  s.clock.nowMs += minutes(5)
  expect(held(s, s.id('data'))).toEqual(as(s.id('data'), endedMs))
})

test('one that nobody ever wrote to is as of when it came to be, and is its own', () => {
  const { instance: _, ...loose } = DATA
  const s = simulated({ world: { ...WORLD, volumes: [{ ...loose, name: 'loose' }] } })
  const startMs = s.clock.nowMs
  s.clock.nowMs += minutes(7)
  const late = addVolume(s.store, { ...loose, name: 'late' })
  s.clock.nowMs += minutes(7)
  expect(held(s, s.id('loose'))).toEqual(as(s.id('loose'), startMs))
  expect(held(s, late.id)).toEqual(as(late.id, startMs + minutes(7)))
})

test('a snapshot holds what its volume held when it was taken, and never changes', () => {
  const s = simulated()
  const takenMs = s.clock.nowMs
  const written = take(s)
  expect(held(s, written)).toEqual(as(s.id('data'), takenMs))
  const stoppedMs = s.clock.nowMs
  stop(s)
  s.clock.nowMs += minutes(5)
  const frozen = take(s)
  s.body('StartInstances', { InstanceId: [s.id('server')] })
  s.clock.nowMs += minutes(5)
  expect(held(s, frozen)).toEqual(as(s.id('data'), stoppedMs))
  expect(held(s, written)).toEqual(as(s.id('data'), takenMs))
})

test('each snapshot of a set holds the data of its own volume', () => {
  const s = simulated()
  const atMs = s.clock.nowMs
  const made = s.body('CreateSnapshots', { InstanceSpecification: { InstanceId: s.id('server') } })
  const of = rows(made, 'snapshotSet').map((row) => held(s, string(row, 'snapshotId')))
  expect(of).toEqual([as(s.id('root'), atMs), as(s.id('data'), atMs)])
})

test('a snapshot that exists from before the world holds what was written by then', () => {
  const s = simulated({ world: { ...WORLD, snapshots: [{ volume: 'data', minutesAgo: 90 }] } })
  const [backup] = worldState(s.store).snapshots
  expect(backup?.data).toEqual(as(s.id('data'), s.clock.nowMs - minutes(90)))
  expect(backup?.data?.asOf).toBe(backup?.startedAt)
})

test('a restored volume holds the data of its snapshot, and its own writes do not count', () => {
  const s = simulated()
  const takenMs = s.clock.nowMs
  const restored = opened(s, { SnapshotId: take(s) })
  expect(held(s, restored)).toEqual(as(s.id('data'), takenMs))
  const next = take(s, restored)
  expect(held(s, next)).toEqual(as(s.id('data'), takenMs))
  expect(held(s, opened(s, { SnapshotId: next }, '/dev/sdh'))).toEqual(as(s.id('data'), takenMs))
})

test('a restored volume keeps its data when its snapshot and its source are deleted', () => {
  const s = simulated()
  const takenMs = s.clock.nowMs
  const [source, snapshot] = [s.id('data'), take(s)]
  const restored = opened(s, { SnapshotId: snapshot })
  s.body('DeleteSnapshot', { SnapshotId: snapshot })
  s.body('DetachVolume', { VolumeId: source })
  s.clock.nowMs += seconds(5)
  s.body('DeleteVolume', { VolumeId: source })
  s.clock.nowMs += minutes(5)
  expect(held(s, restored)).toEqual(as(source, takenMs))
})

test('a volume that was made empty holds nobody’s data, however much is written to it; so do its snapshots', () => {
  const s = simulated()
  const empty = opened(s, { Size: '10' })
  expect(held(s, empty)).toBeNull()
  expect(held(s, take(s, empty))).toBeNull()
})

const DEEDS = ['wait', 'stop', 'start', 'attach', 'detach', 'snapshot'] as const
type Deed = (typeof DEEDS)[number]

/** What the volume must be as of, by a model that knows only which calls EC2 took. */
function play(deeds: readonly { readonly deed: Deed; readonly ms: number }[]): void {
  const s = simulated()
  const [VolumeId, InstanceId] = [s.id('data'), s.id('server')]
  const model = { isAttached: true, isOn: true, lastMs: s.clock.nowMs }
  const taken = new Map<string, DataState>()
  const isWriting = () => model.isAttached && model.isOn
  const pass = (ms: number) => {
    s.clock.nowMs += ms
    if (isWriting()) model.lastMs = s.clock.nowMs
  }
  const isTaken = (action: string, params: Params) => s.code(action, params) === 'answered'
  const does: Record<Deed, () => void> = {
    wait: () => pass(minutes(10)),
    stop: () => {
      if (isTaken('StopInstances', { InstanceId: [InstanceId] })) model.isOn = false
    },
    start: () => {
      if (isTaken('StartInstances', { InstanceId: [InstanceId] })) model.isOn = true
    },
    detach: () => {
      if (isTaken('DetachVolume', { VolumeId })) model.isAttached = false
    },
    attach: () => {
      if (isTaken('AttachVolume', { VolumeId, InstanceId, Device: '/dev/sdf' })) model.isAttached = true
    },
    snapshot: () => {
      const answer = s.call('CreateSnapshot', { VolumeId })
      if (answer.kind === 'answered') taken.set(string(answer.body, 'snapshotId'), as(VolumeId, model.lastMs))
    },
  }
  for (const { deed, ms } of deeds) {
    does[deed]()
    // A start or an attachment begins to write at once.
    pass(ms)
    expect(held(s, VolumeId)).toEqual(as(VolumeId, model.lastMs))
  }
  for (const [id, then] of taken) expect(held(s, id)).toEqual(then)
}

test('whatever is done to a volume, it and its snapshots are as of its last write', () => {
  const deed = fc.record({ deed: fc.constantFrom(...DEEDS), ms: fc.integer({ min: 0, max: minutes(2) }) })
  fc.assert(fc.property(fc.array(deed, { maxLength: 25 }), play))
})
