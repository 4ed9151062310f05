// What the simulators tell of how long things took, and what follows: who makes each call the moment the one before is done needs the floor.
import { expect, test } from 'vitest'
import type { Term } from '../../../src/demo/floor/floor.ts'
import { longestPath } from '../../../src/demo/floor/floor.ts'
import { sumMs } from '../../../src/demo/floor/terms.ts'
import { durationsOf } from '../../../src/demo/ssm/durations.ts'
import { move, service } from '../../support/plans.ts'
import { minutes, seconds, string } from '../ec2/simulated.ts'
import { files } from '../ssm/files.ts'
import { A, C, type SimulatedSsm, simulatedSsm } from '../ssm/simulated.ts'

/** Sends a document and lets time pass until it has ended. */
function run(s: SimulatedSsm, document: string, zone: string): void {
  const command = s.send(document, { zone })
  while (s.outcome(command, zone).status !== 'Success') s.clock.nowMs += 1
}

/** Moves the service by a seed, twenty minutes of writing and an outage, in which so many ms pass between two calls. */
function moved(s: SimulatedSsm, idleMs: number) {
  const volume = s.id('data')
  const seededMs = s.clock.nowMs
  s.body('CreateSnapshot', { VolumeId: volume })
  s.clock.nowMs += minutes(80)
  const fromMs = s.clock.nowMs
  const idle = () => {
    s.clock.nowMs += idleMs
  }
  run(s, 'zonehop-freeze', A)
  const writtenHours = (s.clock.nowMs - seededMs) / 3_600_000
  idle()
  const cut = string(s.body('CreateSnapshot', { VolumeId: volume }), 'snapshotId')
  s.clock.nowMs = s.store.snapshots.get(cut)?.endsAtMs ?? 0
  idle()
  const copy = string(s.body('CreateVolume', { SnapshotId: cut, AvailabilityZone: C }), 'volumeId')
  s.clock.nowMs = s.store.volumes.get(copy)?.availableAtMs ?? 0
  idle()
  const place = { VolumeId: copy, InstanceId: s.id('server', C), Device: '/dev/sdf' }
  s.body('AttachVolume', place)
  s.clock.nowMs = s.store.volumes.get(copy)?.attachments[0]?.attachedAtMs ?? 0
  for (const document of ['zonehop-check', 'zonehop-open']) {
    idle()
    run(s, document, C)
  }
  const logs = service('logs', { method: 'document', check: true })
  const source = { ...move({ id: volume, instance: s.id('server', A) }, 'logs'), successor: s.id('server', C) }
  const outage = { services: [logs], moves: [source], fromMs, untilMs: s.clock.nowMs }
  return { terms: longestPath({ ...outage, durations: durationsOf(s.hosts) }), outage, writtenHours }
}

test('whoever loses no time has the floor, and whoever does has the same floor and a longer outage', () => {
  const [quick, slow] = [moved(simulatedSsm(), 0), moved(simulatedSsm(), seconds(20))]
  expect(sumMs(quick.terms)).toBe(quick.outage.untilMs - quick.outage.fromMs)
  expect(slow.terms).toEqual(quick.terms)
  expect(slow.outage.untilMs - slow.outage.fromMs).toBe(sumMs(slow.terms) + seconds(5 * 20))
  const steps: Term['step'][] = ['freeze', 'snapshot', 'restore', 'attach', 'verify', 'open']
  expect(quick.terms.map(({ step }) => step)).toEqual(steps)
  // 90 s fixed, and of the 58.5 minutes in which all 60 GiB are copied the share that was written since, at 6 GiB an hour.
  const copyMs = (seconds(58.5 * 60) * 6 * quick.writtenHours) / 60
  expect(quick.terms.find(({ step }) => step === 'snapshot')?.ms).toBeCloseTo(seconds(90) + copyMs, -1)
})

test('a document that failed, a snapshot that did, and one that is pending are not told of', () => {
  const s = simulatedSsm()
  s.next('zonehop-freeze', { kind: 'fails', exit: 1, stderr: 'no\n' })
  s.send('zonehop-freeze')
  const volume = s.store.volumes.get(s.id('data'))
  if (volume) volume.failingSnapshots = 1
  s.body('CreateSnapshot', { VolumeId: s.id('data') })
  s.clock.nowMs += minutes(60)
  const pending = string(s.body('CreateSnapshot', { VolumeId: s.id('data') }), 'snapshotId')
  expect(durationsOf(s.hosts).snapshots.get(s.id('data'))).toEqual([])
  expect(durationsOf(s.hosts).runs).toEqual([])
  s.clock.nowMs = s.store.snapshots.get(pending)?.endsAtMs ?? 0
  expect(durationsOf(s.hosts).snapshots.get(s.id('data'))).toHaveLength(1)
})

test('a snapshot that stood counts for as long as it did', () => {
  const s = simulatedSsm()
  s.store.once.standing.push({ volume: s.id('data'), percent: 40, minutes: 12 })
  s.body('CreateSnapshot', { VolumeId: s.id('data') })
  s.clock.nowMs += minutes(72)
  expect(durationsOf(s.hosts).snapshots.get(s.id('data'))).toMatchObject([{ ownMs: minutes(72) }])
})

test('the turn of an instance is from when it was told to, and an attachment that ended is told of still', () => {
  const s = simulatedSsm()
  const [server, volume] = [s.id('server'), s.id('data')]
  s.clock.nowMs += minutes(5)
  const toldMs = s.clock.nowMs
  s.body('StopInstances', { InstanceId: [server] })
  const turn = durationsOf(s.hosts).turns.find(({ instance }) => instance === server)
  // A quarter of the way from 20 s to 60 s.
  expect(turn).toMatchObject({ goal: 'stopped', turnedAtMs: toldMs })
  expect((turn?.settlesAtMs ?? 0) - toldMs).toBeGreaterThanOrEqual(seconds(20))
  expect((turn?.settlesAtMs ?? 0) - toldMs).toBeLessThanOrEqual(seconds(60))
  s.clock.nowMs += minutes(2)
  s.body('DetachVolume', { VolumeId: volume })
  s.clock.nowMs += minutes(1)
  s.body('AttachVolume', { VolumeId: volume, InstanceId: server, Device: '/dev/sdg' })
  const attachments = durationsOf(s.hosts).volumes.get(volume)?.attachments ?? []
  expect(attachments.map(({ detachAskedAtMs }) => detachAskedAtMs)).toEqual([toldMs + minutes(2), null])
})

test('a sync ends when its last KiB is sent, whenever somebody looks', () => {
  const s = files({ leftGib: 1, mibps: 64 })
  const beganMs = s.clock.nowMs
  s.clock.nowMs += minutes(5)
  // 1024 MiB at 64 MiB/s.
  expect(durationsOf(s.hosts).syncs).toEqual([{ resource: 'r0', endedAtMs: beganMs + seconds(16) }])
})
