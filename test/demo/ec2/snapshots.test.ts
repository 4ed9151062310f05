// Snapshots in simulated time: how far they get, in which order they finish, how many there may be.
import { expect, test } from 'vitest'
import { A, DATA, minutes, rows, type Simulated, seconds, simulated, string, WORLD } from './simulated.ts'

const OVERHEAD_MS = 90_000

function take(s: Simulated, volume = s.id('data')): string {
  return string(s.body('CreateSnapshot', { VolumeId: volume }), 'snapshotId')
}

function shown(s: Simulated, id: string): unknown[] {
  const [row] = rows(s.body('DescribeSnapshots', { SnapshotId: [id] }), 'snapshotSet')
  return [row?.status, row?.progress]
}

test.each([
  ['at once', 0, ['pending', '0%']],
  ['while its fixed part lasts', OVERHEAD_MS, ['pending', '0%']],
  ['halfway through what is copied', OVERHEAD_MS + (minutes(60) - OVERHEAD_MS) / 2, ['pending', '50%']],
  ['just before its end', minutes(60) - 1, ['pending', '99%']],
  ['at its end', minutes(60), ['completed', '100%']],
])('a first snapshot of 60 minutes shows whole percents: %s', (_, afterMs, then) => {
  const s = simulated()
  const id = take(s)
  s.clock.nowMs += afterMs
  expect(shown(s, id)).toEqual(then)
})

test('the answer of CreateSnapshot has no progress yet', () => {
  const s = simulated()
  expect(s.body('CreateSnapshot', { VolumeId: s.id('data') })).toMatchObject({ status: 'pending', progress: '' })
})

test('without minutes in the seed, used GiB and 50 MiB/s give the time', () => {
  const { snapshotMinutes: _, ...plain } = DATA
  const s = simulated({ world: { ...WORLD, volumes: [{ ...plain, usedGib: 100 }] } })
  const id = take(s)
  s.clock.nowMs += OVERHEAD_MS + seconds((100 * 1024) / 50)
  expect(shown(s, id)).toEqual(['completed', '100%'])
})

test('a later snapshot copies only what was written since', () => {
  const s = simulated()
  take(s)
  s.clock.nowMs += minutes(60)
  const later = take(s)
  // 6 GiB an hour of 60 used: a tenth of the first one's copying.
  const copyMs = (minutes(60) - OVERHEAD_MS) / 10
  s.clock.nowMs += OVERHEAD_MS + copyMs - seconds(1)
  expect(shown(s, later)[0]).toBe('pending')
  s.clock.nowMs += seconds(2)
  expect(shown(s, later)[0]).toBe('completed')
})

test('without its newest snapshot the next one is full again', () => {
  const s = simulated()
  const first = take(s)
  s.clock.nowMs += minutes(60)
  s.body('DeleteSnapshot', { SnapshotId: first })
  const next = take(s)
  s.clock.nowMs += minutes(59)
  expect(shown(s, next)[0]).toBe('pending')
})

test('a snapshot of a restored volume builds on the snapshot it came from', () => {
  const s = simulated()
  const first = take(s)
  s.clock.nowMs += minutes(60)
  const made = s.body('CreateVolume', { SnapshotId: first, AvailabilityZone: A, VolumeType: 'gp3' })
  s.clock.nowMs += seconds(10)
  const back = take(s, string(made, 'volumeId'))
  s.clock.nowMs += OVERHEAD_MS
  expect(shown(s, back)[0]).toBe('completed')
})

test('one that is to stand does so at its percent, goes on, and ends so much later; the next one does not', () => {
  const s = simulated()
  s.store.once.standing.push({ volume: s.id('data'), percent: 40, minutes: 7 })
  const struck: string[] = []
  s.store.hooks.struck = (kind) => void struck.push(kind)
  const started = s.clock.nowMs
  const id = take(s)
  const standsMs = OVERHEAD_MS + (minutes(60) - OVERHEAD_MS) * 0.405
  s.clock.nowMs += standsMs
  const seen = [0, minutes(7), minutes(8)].map((ms) => {
    s.clock.nowMs += ms - (s.clock.nowMs - started - standsMs)
    return shown(s, id)[1]
  })
  expect(seen).toEqual(['40%', '40%', '42%'])
  s.clock.nowMs = started + minutes(67) - 1
  expect(shown(s, id)).toEqual(['pending', '99%'])
  s.clock.nowMs++
  expect(shown(s, id)).toEqual(['completed', '100%'])
  take(s)
  expect(struck).toEqual(['stall'])
})

test('snapshots of one volume complete in the order they began, even past a deleted one', () => {
  const s = simulated()
  const first = take(s)
  s.clock.nowMs += minutes(1)
  const second = take(s)
  s.body('DeleteSnapshot', { SnapshotId: first })
  expect(s.code('DescribeSnapshots', { SnapshotId: [first] })).toBe('InvalidSnapshot.NotFound')
  s.clock.nowMs += minutes(58)
  expect(shown(s, second)).toEqual(['pending', '99%'])
  s.clock.nowMs += minutes(1)
  expect(shown(s, second)[0]).toBe('completed')
})

test.each([
  ['gp3', 5],
  ['st1', 1],
  ['sc1', 1],
])('a %s volume may have %i unfinished snapshots, 15 seconds apart', (type, most) => {
  const s = simulated({ world: { ...WORLD, volumes: [{ ...DATA, type, sizeGib: 500 }] } })
  for (let index = 0; index < most; index++) {
    take(s)
    expect(s.code('CreateSnapshot', { VolumeId: s.id('data') })).toBe('SnapshotCreationPerVolumeRateExceeded')
    s.clock.nowMs += seconds(15)
  }
  expect(s.code('CreateSnapshot', { VolumeId: s.id('data') })).toBe('ConcurrentSnapshotLimitExceeded')
})

test('a failing snapshot ends in error, counts until it is deleted, and is no base', () => {
  const s = simulated({ world: { ...WORLD, volumes: [{ ...DATA, type: 'st1', sizeGib: 500, failingSnapshots: 1 }] } })
  const failed = take(s)
  s.clock.nowMs += minutes(30)
  expect(shown(s, failed)[0]).toBe('error')
  expect(s.code('CreateVolume', { SnapshotId: failed, AvailabilityZone: A })).toBe('IncorrectState')
  expect(s.code('CreateSnapshot', { VolumeId: s.id('data') })).toBe('ConcurrentSnapshotLimitExceeded')
  s.body('DeleteSnapshot', { SnapshotId: failed })
  const next = take(s)
  s.clock.nowMs += minutes(59)
  expect(shown(s, next)[0]).toBe('pending')
})

const PAIR = { ...WORLD, volumes: [DATA, { ...DATA, name: 'small', device: '/dev/sdg', snapshotMinutes: 10 }] }

function takeSet(s: Simulated): string[] {
  const set = s.body('CreateSnapshots', {
    InstanceSpecification: { InstanceId: s.id('server') },
    CopyTagsFromSource: 'volume',
  })
  return rows(set, 'snapshotSet').map((row) => string(row, 'snapshotId'))
}

test('a set completes together and stays at 99% until then', () => {
  const s = simulated({ world: PAIR })
  const set = takeSet(s)
  s.clock.nowMs += minutes(59)
  expect(set.map((id) => shown(s, id))).toEqual([
    ['pending', '98%'],
    ['pending', '99%'],
  ])
  s.clock.nowMs += minutes(1)
  expect(set.map((id) => shown(s, id)[0])).toEqual(['completed', 'completed'])
})

test('one failing member fails the set', () => {
  const s = simulated({
    world: { ...PAIR, volumes: [DATA, { ...DATA, name: 'bad', device: '/dev/sdg', failingSnapshots: 1 }] },
  })
  const set = takeSet(s)
  s.clock.nowMs += minutes(60)
  expect(set.map((id) => shown(s, id)[0])).toEqual(['error', 'error'])
})

test.each([
  ['the root, by its own switch', { ExcludeBootVolume: 'true' }, ['data']],
  ['a data volume, by id', { ExcludeDataVolumeId: ['data'] }, ['root']],
])('a set leaves out %s', (_, exclusion, left) => {
  const s = simulated()
  const ids =
    'ExcludeDataVolumeId' in exclusion
      ? { ExcludeDataVolumeId: exclusion.ExcludeDataVolumeId.map((n) => s.id(n)) }
      : exclusion
  const set = s.body('CreateSnapshots', { InstanceSpecification: { InstanceId: s.id('server'), ...ids } })
  expect(rows(set, 'snapshotSet').map(({ volumeId }) => volumeId)).toEqual(left.map((name) => s.id(name)))
})

test('the root cannot be left out as a data volume', () => {
  const s = simulated()
  const specification = { InstanceId: s.id('server'), ExcludeDataVolumeId: [s.id('root')] }
  expect(s.code('CreateSnapshots', { InstanceSpecification: specification })).toBe('InvalidParameterValue')
})

test('a snapshot of the seed is as old as the seed says', () => {
  const s = simulated({ world: { ...WORLD, snapshots: [{ volume: 'data', minutesAgo: 30, tags: { by: 'backup' } }] } })
  const [row] = rows(s.body('DescribeSnapshots', { Filter: [{ Name: 'tag:by', Value: ['backup'] }] }), 'snapshotSet')
  expect(row?.status).toBe('pending')
  s.clock.nowMs += minutes(30)
  const [later] = rows(s.body('DescribeSnapshots'), 'snapshotSet')
  expect(later?.status).toBe('completed')
})
