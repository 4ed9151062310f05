// Whose data the copy of a DRBD resource holds, and as of when: its source's, as far as both were ever in sync.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dataOf } from '../../../src/demo/ec2/world/data.ts'
import type { Data, Volume } from '../../../src/demo/ec2/world/entities.ts'
import { worldState } from '../../../src/demo/ec2/world/world-state.ts'
import { isConnected, outOfSyncKib } from '../../../src/demo/ssm/drbd/drbd.ts'
import { lie } from '../../../src/demo/ssm/drbd/replicas.ts'
import type { Resource } from '../../../src/demo/ssm/entities.ts'
import { A, C, DATA, minutes, seconds, string } from '../ec2/simulated.ts'
import { type Files, files } from './files.ts'

const SOURCE_DOWN = ['freeze', 'replica-demote', 'replica-down']

/** What a volume holds now, once everything has happened that was due. */
function held({ store, id }: Files, name = 'files-copy', zone = C): Data | null {
  store.hooks.settle()
  return dataOf(store, store.volumes.get(id(name, zone)) as Volume)
}

function source(s: Files): Data | null {
  return held(s, 'files-data', A)
}

function as(s: Files, asOfMs: number): Data {
  return { of: s.id('files-data'), asOfMs }
}

function wait(s: Files, ms: number): number {
  s.clock.nowMs += ms
  return s.clock.nowMs
}

/** Runs documents at a host, one after the other. */
function each(s: Files, host: 'source' | 'backup' | 'target', documents: readonly string[]): void {
  for (const document of documents) s.at(host, document)
}

/** The whole way to the target, where the service is open then and writes. */
function promoted(): { s: Files; frozenMs: number } {
  const s = files()
  each(s, 'source', SOURCE_DOWN)
  const frozenMs = source(s)?.asOfMs ?? 0
  s.at('backup', 'replica-down')
  s.moved()
  each(s, 'target', ['replica-promote', 'open'])
  wait(s, minutes(30))
  return { s, frozenMs }
}

test('in sync it is its source’s, as of the last write there', () => {
  const s = files()
  expect(held(s)).toEqual(as(s, s.clock.nowMs))
  const sentMs = wait(s, minutes(5))
  expect(held(s)).toEqual(as(s, sentMs))
  s.at('source', 'freeze')
  wait(s, minutes(5))
  expect(held(s)).toEqual(source(s))
  expect(held(s)?.asOfMs).toBeGreaterThanOrEqual(sentMs)
  expect(held(s)?.asOfMs).toBeLessThan(s.clock.nowMs - minutes(4))
})

test('the state tells it', () => {
  const s = files()
  const row = worldState(s.store).volumes.find(({ name }) => name === 'files-copy')
  expect(row?.data).toEqual({ of: s.id('files-data'), asOf: new Date(s.clock.nowMs).toISOString() })
})

test('cut off it is as of the cut, also while it catches up; then it is its source’s again', () => {
  const s = files()
  const sentMs = wait(s, minutes(5))
  s.at('backup', 'replica-down')
  const cut = held(s)
  expect(cut?.asOfMs).toBeGreaterThanOrEqual(sentMs)
  expect(cut?.asOfMs).toBeLessThanOrEqual(s.clock.nowMs)
  wait(s, minutes(30))
  expect(held(s)).toEqual(cut)
  s.at('backup', 'replica-reunite')
  expect(held(s)).toEqual(cut)
  wait(s, minutes(1))
  expect(held(s)).toEqual(as(s, s.clock.nowMs))
})

test('of a source that stopped writing and then left, it lacks nothing', () => {
  const s = files()
  s.body('StopInstances', { InstanceId: [s.id('files')] })
  const stoppedMs = s.clock.nowMs
  wait(s, minutes(5))
  expect(held(s)).toEqual(as(s, stoppedMs))
  expect(source(s)).toEqual(as(s, stoppedMs))
})

test('what its source writes without it, it lacks', () => {
  const s = files()
  each(s, 'source', SOURCE_DOWN)
  s.at('backup', 'replica-down')
  const cut = held(s)
  expect(cut).toEqual(source(s))
  each(s, 'source', ['replica-promote', 'unfreeze'])
  wait(s, minutes(5))
  expect(held(s)).toEqual(cut)
  expect(source(s)).toEqual(as(s, s.clock.nowMs))
})

test('promoted, it is as of the freeze, and what is written to it there does not count', () => {
  const { s, frozenMs } = promoted()
  expect(held(s)).toEqual(as(s, frozenMs))
  const snapshot = string(s.body('CreateSnapshot', { VolumeId: s.id('files-copy', C) }), 'snapshotId')
  expect(s.store.snapshots.get(snapshot)?.data).toEqual(as(s, frozenMs))
})

test('a way back: it discards what it has, and once that is sent again it is its source’s', () => {
  const { s, frozenMs } = promoted()
  s.at('target', 'replica-fence')
  each(s, 'source', ['replica-promote', 'unfreeze'])
  s.at('target', 'replica-reunite')
  expect(held(s)).toEqual(as(s, frozenMs))
  wait(s, minutes(1))
  expect(held(s)).toEqual(as(s, s.clock.nowMs))
})

test('a source that discards for its copy what it wrote alone has lost it for good', () => {
  const s = files()
  s.at('backup', 'replica-down')
  const cut = held(s)
  wait(s, minutes(5))
  // Outdated as it is, the copy is not promoted: it is brought up to what it was by hand.
  const [, copy] = (s.hosts.resources[0] as Resource).sides
  copy.disk = 'UpToDate'
  s.at('source', 'replica-fence')
  s.at('backup', 'replica-promote')
  s.at('source', 'replica-reunite')
  wait(s, minutes(5))
  expect(source(s)).toEqual(cut)
  expect(held(s)).toEqual(cut)
})

test('a source that is brought up to a copy which grew from all it had has lost nothing', () => {
  const { s } = promoted()
  const whole = source(s)
  s.at('source', 'replica-reunite')
  wait(s, minutes(5))
  expect(source(s)).toEqual(whole)
  expect(held(s)).toEqual(whole)
})

test('one that lies is as of when it began to, until what differs is sent again', () => {
  const s = files()
  const lyingMs = wait(s, minutes(5))
  lie(s.hosts, 'r0', 12)
  wait(s, minutes(5))
  expect(held(s)).toEqual(as(s, lyingMs))
  lie(s.hosts, 'r0', 0)
  expect(held(s)).toEqual(as(s, s.clock.nowMs))
})

test.each([
  ['lies', { lyingKib: 12 }],
  ['is behind', { leftGib: 60, mibps: 100 }],
])('one that %s from the start lacks what was written just before', (_, seed) => {
  const s = files(seed)
  const startMs = s.clock.nowMs
  expect(held(s)).toEqual(as(s, startMs - 1))
  wait(s, minutes(5))
  expect(held(s)).toEqual(as(s, startMs - 1))
})

test('a first sync makes it its source’s, also for a snapshot before anybody looks', () => {
  const s = files({ leftGib: 60, mibps: 100 })
  const takenMs = wait(s, minutes(11))
  const snapshot = string(s.body('CreateSnapshot', { VolumeId: s.id('files-copy', C) }), 'snapshotId')
  expect(s.store.snapshots.get(snapshot)?.data).toEqual(as(s, takenMs))
})

test('a snapshot of it from before the world is its source’s too', () => {
  const s = files({}, { snapshots: [{ volume: 'files-copy', minutesAgo: 30 }] })
  const [backup] = [...s.store.snapshots.values()]
  expect(backup?.data).toEqual(as(s, s.clock.nowMs - minutes(30)))
})

test('of several volumes each copy holds the data of its own source', () => {
  const { instance: _, ...free } = DATA
  const on = (name: string, instance: string, { zone, device }: { zone: string; device: string }) => {
    return { ...free, name, instance, zone, device }
  }
  const s = files(
    {},
    {
      volumes: [
        on('one', 'files', { zone: A, device: '/dev/sdf' }),
        on('two', 'files', { zone: A, device: '/dev/sdg' }),
        on('copy-of-two', 'files-backup', { zone: C, device: '/dev/sdg' }),
        on('copy-of-one', 'files-backup', { zone: C, device: '/dev/sdf' }),
      ],
      replicas: [{ resource: 'r0', source: ['one', 'two'], replica: ['copy-of-one', 'copy-of-two'] }],
    },
  )
  s.at('backup', 'replica-down')
  for (const name of ['one', 'two']) expect(held(s, `copy-of-${name}`)?.of).toBe(s.id(name))
})

/** What may befall a resource; a source that gives up its data is told of above. */
const DEEDS = [
  ...['freeze', 'unfreeze', 'replica-demote', 'replica-down', 'replica-promote', 'replica-fence'].map(
    (document) => (s: Files) => void s.at('source', document),
  ),
  ...['replica-down', 'replica-promote', 'replica-fence', 'replica-reunite'].map(
    (document) => (s: Files) => void s.at('backup', document),
  ),
  ...[0, 12].map((kib) => (s: Files) => lie(s.hosts, 'r0', kib)),
  ...(['StopInstances', 'StartInstances'] as const).flatMap((action) =>
    ['files', 'files-backup'].map((name) => (s: Files) => {
      s.call(action, { InstanceId: [s.id(name, name === 'files' ? A : C)] })
      wait(s, minutes(1))
    }),
  ),
  (s: Files) => void wait(s, minutes(2)),
]

function isInSync(s: Files): boolean {
  const resource = s.hosts.resources[0] as Resource
  return isConnected(resource) && outOfSyncKib(resource, s.clock.nowMs) === 0
}

/** Whether nothing happens by itself any more: no sync moves, and nothing is due on a host. */
function isAtRest({ hosts }: Files): boolean {
  const resource = hosts.resources[0] as Resource
  return hosts.due.length === 0 && !(isConnected(resource) && resource.sync !== null)
}

test('whatever befalls it: its source’s where DRBD is in sync, else never ahead of it, and never less than before', () => {
  const rule = (deeds: readonly ((s: Files) => void)[]) => {
    const s = files()
    for (const deed of deeds) {
      const before = held(s)
      deed(s)
      wait(s, seconds(1))
      const [now, whole] = [held(s), source(s)]
      expect(now?.of).toBe(s.id('files-data'))
      expect(now?.asOfMs).toBeLessThanOrEqual(whole?.asOfMs ?? 0)
      expect(now?.asOfMs).toBeGreaterThanOrEqual(before?.asOfMs ?? 0)
      if (isInSync(s)) expect(now).toEqual(whole)
      else if (isAtRest(s)) {
        wait(s, minutes(1))
        expect(held(s)).toEqual(now)
      }
    }
  }
  fc.assert(fc.property(fc.array(fc.constantFrom(...DEEDS), { maxLength: 15 }), rule))
})
