// Every condition of the proof failing alone, on either side and in either reading; and what is said of a resync.
import { expect, test } from 'vitest'
import type { ReplicaReading, ReplicaVolume } from '../../../src/core/model/replica-reading.ts'
import { obstaclesOf, syncOf } from '../../../src/core/seeing/replica-proof.ts'

const GIB = 1024 * 1024
const VOLUME: ReplicaVolume = {
  volume: 0,
  disk: 'UpToDate',
  peerDisk: 'UpToDate',
  replication: 'Established',
  sizeKib: 100 * GIB,
  outOfSyncKib: 0,
  resyncSuspended: 'no',
  inFlight: 0,
  hasQuorum: true,
  rateKibPerSecond: null,
}
const READING: ReplicaReading = {
  isUp: true,
  role: 'Secondary',
  connection: 'Connected',
  peerRole: 'Secondary',
  protocol: 'C',
  isSuspended: false,
  volumes: [VOLUME],
}
const PAIR = [READING, READING]
const DEMOTED = { areDemoted: true }
const of = (change: Partial<ReplicaVolume>, reading: Partial<ReplicaReading> = {}): ReplicaReading => ({
  ...READING,
  ...reading,
  volumes: [{ ...VOLUME, ...change }],
})
const DOWN = { ...READING, isUp: false, connection: 'Unconfigured', volumes: [] }

test('two sound readings of each side are the proof', () => {
  expect(obstaclesOf(PAIR, PAIR, DEMOTED)).toEqual([])
})

const SIDES = ['source', 'replica'] as const
const ROWS: [string, ReplicaReading, string][] = [
  ['down', DOWN, 'the SIDE is down'],
  ['not connected', of({}, { connection: 'Connecting' }), 'the SIDE is not connected (Connecting)'],
  [
    'not connected, and so without its peer',
    of({ peerDisk: 'DUnknown', replication: 'Off' }, { connection: 'StandAlone' }),
    'the SIDE is not connected (StandAlone)',
  ],
  ['suspended', of({}, { isSuspended: true }), 'I/O is suspended on the SIDE'],
  ['protocol A', of({}, { protocol: 'A' }), 'protocol A: what was acknowledged may not have arrived'],
  ['no protocol', of({}, { protocol: '' }), 'the protocol is not told'],
  ['its disk', of({ disk: 'Inconsistent' }), 'the disk of the SIDE is Inconsistent'],
  ["its peer's disk", of({ peerDisk: 'Outdated' }), 'the disk of the OTHER is Outdated'],
  ['replication', of({ replication: 'Behind' }), 'replication is not established on the SIDE (Behind)'],
  ['blocks that differ', of({ outOfSyncKib: 12 }), '12 KiB out of sync although UpToDate'],
  ['a suspended resync', of({ resyncSuspended: 'user' }), 'resync is suspended (user)'],
  ['writes in flight', of({ inFlight: 3 }), '3 writes are still in flight'],
  ['a write in flight', of({ inFlight: 1 }), '1 write is still in flight'],
  ['no quorum', of({ hasQuorum: false }), 'no quorum on the SIDE'],
  ['primary', of({}, { role: 'Primary' }), 'the SIDE is Primary'],
  ['its peer primary', of({}, { peerRole: 'Primary' }), 'the OTHER is Primary'],
]

test.each(SIDES.flatMap((side) => ROWS.map(([name, reading, doubt]) => [side, name, reading, doubt] as const)))(
  '%s, %s: in the first reading, in the second, and in both it is one doubt',
  (side, _, reading, doubt) => {
    const then = [doubt.replace('SIDE', side).replace('OTHER', side === 'source' ? 'replica' : 'source')]
    for (const readings of [
      [reading, READING],
      [READING, reading],
      [reading, reading],
    ]) {
      const [source, replica] = side === 'source' ? [readings, PAIR] : [PAIR, readings]
      expect(obstaclesOf(source, replica, DEMOTED)).toEqual(then)
    }
  },
)

test.each([
  ['100 GiB and 90 GiB', 90 * GIB],
  ['104857600 KiB and 104857599 KiB', 100 * GIB - 1],
])('sizes differ: %s', (words, sizeKib) => {
  expect(obstaclesOf(PAIR, [READING, of({ sizeKib })])).toEqual([`sizes differ: ${words}`])
  expect(obstaclesOf(PAIR, [of({ sizeKib: null }), of({ sizeKib: null })])).toEqual([])
})

test('fewer than two readings are none', () => {
  expect(obstaclesOf([READING], PAIR)).toEqual(['only one reading of the source'])
  expect(obstaclesOf(PAIR, [])).toEqual(['no reading of the replica'])
})

test('with several volumes each doubt names its own, and none may be missing', () => {
  const two = { ...READING, volumes: [VOLUME, { ...VOLUME, volume: 1, outOfSyncKib: 4 }] }
  expect(obstaclesOf([two, two], [two, two])).toEqual(['4 KiB out of sync although UpToDate, volume 1'])
  const sound = { ...READING, volumes: [VOLUME, { ...VOLUME, volume: 1 }] }
  expect(obstaclesOf([sound, sound], PAIR)).toEqual(['the replica does not tell of it, volume 1'])
  expect(obstaclesOf([{ ...READING, volumes: [] }, READING], PAIR)).toContain('the source tells of no volume')
})

test('before it is demoted the source is primary, and the replica never', () => {
  const source = of({}, { role: 'Primary' })
  const replica = of({}, { peerRole: 'Primary' })
  const live = { areDemoted: false }
  expect(obstaclesOf([source, source], [replica, replica], live)).toEqual([])
  expect(obstaclesOf(PAIR, PAIR, live)).toEqual(['the source is Secondary'])
  expect(obstaclesOf([source, source], [{ ...replica, role: 'Primary' }, replica], live)).toEqual([
    'the replica is Primary',
  ])
  expect(obstaclesOf([source, source], [source, source])).toEqual([])
})

const left = 3.2 * GIB
const MOVING = { replication: 'SyncTarget', outOfSyncKib: left, rateKibPerSecond: 40 * 1024 }
const BEFORE = { ...MOVING, outOfSyncKib: left + 80 * 1024 }

test.each<[string, Partial<ReplicaVolume>, Partial<ReplicaVolume>, boolean, string]>([
  ['a rate', BEFORE, MOVING, false, '3.2 GiB left at 40 MiB/s, about 82 s to go'],
  ['no rate', BEFORE, { ...MOVING, rateKibPerSecond: null }, false, '3.2 GiB left'],
  ['a rate of nothing that moved', BEFORE, { ...MOVING, rateKibPerSecond: 0 }, false, '3.2 GiB left'],
  [
    'nothing sent',
    MOVING,
    { ...MOVING, rateKibPerSecond: 0 },
    true,
    '3.2 GiB left, stalled: nothing was sent between two readings',
  ],
  [
    'a suspended resync',
    BEFORE,
    { ...MOVING, replication: 'PausedSyncT', resyncSuspended: 'user' },
    true,
    '3.2 GiB left, stalled: resync is suspended (user)',
  ],
  [
    'a pause nobody owns',
    BEFORE,
    { ...MOVING, replication: 'PausedSyncT' },
    true,
    '3.2 GiB left, stalled: resync is paused',
  ],
])('a resync with %s', (_, before, now, isStalled, words) => {
  expect(syncOf([of(before), of(now)], PAIR)).toMatchObject({ leftKib: left, isStalled, words })
  expect(syncOf([DOWN, DOWN], [of(before), of(now)])).toMatchObject({ isStalled, words })
})

test('only the source may tell why it stands still, and what is over is no resync', () => {
  const suspended = of({ replication: 'PausedSyncS', resyncSuspended: 'user' })
  expect(syncOf([of(BEFORE), of(MOVING)], [suspended, suspended])?.words).toContain('suspended (user)')
  expect(syncOf([of(MOVING), READING], PAIR)).toBeNull()
})
