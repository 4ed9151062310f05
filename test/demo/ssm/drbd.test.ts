// DRBD behind SSM: the safe order and every way round it that costs data.
import { expect, test } from 'vitest'
import { readingsOf } from '../../../src/aws/drbd.ts'
import { obstaclesOf, syncOf } from '../../../src/core/seeing/replica-proof.ts'
import { outOfSyncKib } from '../../../src/demo/ssm/drbd/drbd.ts'
import { lie, replicasState, stall } from '../../../src/demo/ssm/drbd/replicas.ts'
import { isRecord } from '../../../src/demo/ssm/json.ts'
import type { ReplicaSeed } from '../../../src/demo/ssm/seeds.ts'
import { A, C, minutes, seconds } from '../ec2/simulated.ts'
import { type Files, files } from './files.ts'
import type { SimulatedSsm } from './simulated.ts'

function sides(s: SimulatedSsm): string[] {
  const [replica] = replicasState(s.hosts)
  return [
    replica?.link ?? '',
    ...(replica?.sides ?? []).map(({ role, disk, isUp }) => `${isUp ? role : 'down'} ${disk}`),
  ]
}

const GENERATIONS = /^[0-9A-F]{16}:0{16}:[0-9A-F]{16}:[0-9A-F]{16}:1:1:0:1:0:0$/

const status = (s: Files, host: 'source' | 'backup') => readings(s, host)[0]

/** What the JSON after each line of a reading says. */
function readings(s: Files, host: 'source' | 'backup') {
  const [protocol, ...all] = s.at(host, 'replica-status').split('=== reading\n')
  expect(protocol).toBe('=== protocol C\n')
  return all.map((text) => JSON.parse(text)[0])
}

test('the safe order: freeze, demote, down on both, detach, attach, promote, check, open', () => {
  const s = files()
  expect(s.at('source', 'freeze')).toBe('files: frozen')
  expect(s.at('source', 'replica-demote')).toBe('r0: secondary')
  expect(sides(s)).toEqual(['Connected', 'Secondary UpToDate', 'Secondary UpToDate'])
  const generations = s.at('source', 'replica-down')
  expect(generations).toMatch(GENERATIONS)
  expect(s.at('backup', 'replica-down')).toBe(generations)
  s.moved()
  expect(s.at('target', 'replica-check')).toBe('r0: not primary here')
  expect(s.at('target', 'replica-promote')).toBe('r0: primary')
  expect(s.at('target', 'replica-check')).toBe('/dev/drbd0:\nlost+found')
  expect(s.at('target', 'open')).toBe('files: open')
  expect(sides(s)).toEqual(['Connecting', 'down UpToDate', 'Primary UpToDate'])
  const [{ sides: of } = { sides: [] }] = replicasState(s.hosts)
  expect(of.map(({ instance }) => instance)).toEqual([s.id('files', A), s.id('files', C)])
})

test('status of a replica in sync passes every condition, from both hosts', () => {
  const s = files()
  for (const host of ['source', 'backup'] as const) {
    expect(status(s, host)).toMatchObject({
      role: host === 'source' ? 'Primary' : 'Secondary',
      suspended: false,
      devices: [
        { 'disk-state': 'UpToDate', quorum: true, size: 100 * 1024 * 1024, 'upper-pending': 0, 'lower-pending': 0 },
      ],
      connections: [
        {
          'connection-state': 'Connected',
          'ap-in-flight': 0,
          peer_devices: [
            {
              'replication-state': 'Established',
              'peer-disk-state': 'UpToDate',
              'out-of-sync': 0,
              'resync-suspended': 'no',
            },
          ],
        },
      ],
    })
  }
})

test.each<[string, Partial<ReplicaSeed>, object]>([
  [
    'lying: UpToDate, and 12 KiB differ',
    { lyingKib: 12 },
    { 'replication-state': 'Established', 'peer-disk-state': 'UpToDate', 'out-of-sync': 12, 'percent-in-sync': 100 },
  ],
  [
    'stalled',
    { leftGib: 1, mibps: 0 },
    {
      'replication-state': 'SyncSource',
      'peer-disk-state': 'Inconsistent',
      'out-of-sync': 1048576,
      'estimated-seconds-to-finish': 987654321,
    },
  ],
  [
    'suspended',
    { leftGib: 1, suspended: 'user' },
    { 'replication-state': 'PausedSyncS', 'resync-suspended': 'user', 'out-of-sync': 1048576 },
  ],
  [
    'syncing',
    { leftGib: 1, mibps: 1 },
    { 'replication-state': 'SyncSource', 'has-sync-details': true, 'resync-suspended': 'no' },
  ],
])('%s', (_, seed, then) => {
  expect(status(files(seed), 'source').connections[0].peer_devices[0]).toMatchObject(then)
})

test('a sync moves on and ends UpToDate', () => {
  const s = files({ leftGib: 60, mibps: 100 })
  s.clock.nowMs += minutes(5)
  const [resource] = s.hosts.resources
  expect(resource && outOfSyncKib(resource, s.clock.nowMs)).toBe((60 * 1024 - 100 * 300) * 1024)
  expect(status(s, 'backup')).toMatchObject({ devices: [{ 'disk-state': 'Inconsistent' }] })
  s.clock.nowMs += minutes(6)
  expect(sides(s)).toEqual(['Connected', 'Primary UpToDate', 'Secondary UpToDate'])
})

test('a sync stands still while its sides are apart, and goes on where it was', () => {
  const s = files({ leftGib: 60, mibps: 10 })
  expect(s.at('backup', 'replica-down')).toMatch(/^[0-9A-F]{16}:/)
  const left = () => replicasState(s.hosts)[0]?.outOfSyncKib ?? 0
  const before = left()
  s.clock.nowMs += minutes(30)
  expect(left()).toBe(before)
  s.at('backup', 'replica-reunite')
  expect(left()).toBeLessThan(before)
  expect(left()).toBeGreaterThan(before - 10 * 10 * 1024)
})

test('nothing is demoted or taken down while it is mounted or held', () => {
  const s = files()
  expect(s.at('source', 'replica-demote')).toContain('held open by someone: r0: mount')
  expect(s.at('source', 'replica-down')).toBe('r0: primary here')
  const held = files({ heldBy: 'nfsd 812' })
  held.at('source', 'freeze')
  expect(held.at('source', 'replica-demote')).toContain('held open by someone: r0: nfsd 812')
})

test('volumes of a side that is up cannot be detached', () => {
  const s = files()
  expect(s.body('DetachVolume', { VolumeId: s.id('files-copy', C) })).toMatchObject({ status: 'busy' })
  s.at('backup', 'replica-down')
  s.clock.nowMs += seconds(5)
  expect(s.code('DetachVolume', { VolumeId: s.id('files-copy', C) })).toBe('IncorrectState')
})

test('a replica taken down before its source was demoted is outdated, and refuses to be promoted', () => {
  const s = files()
  s.at('backup', 'replica-down')
  s.moved()
  expect(s.at('target', 'replica-promote')).toBe('r0: its disk is not UpToDate here: Inconsistent')
  // It met its primary again: it syncs, and only then could serve.
  expect(sides(s)).toEqual(['Connected', 'Primary UpToDate', 'Secondary Inconsistent'])
  const apart = files()
  apart.at('backup', 'replica-down')
  apart.body('StopInstances', { InstanceId: [apart.id('files', A)] })
  apart.clock.nowMs += minutes(1)
  apart.moved()
  expect(apart.at('target', 'replica-promote')).toBe('r0: its disk is not UpToDate here: Outdated')
})

test('two primaries are refused while they see each other', () => {
  const s = files()
  expect(s.at('backup', 'replica-promote')).toContain('Multiple primaries not allowed')
})

/** Everything down in order, then both promoted alone; the source is left primary, the other down. */
function torn(): Files {
  const s = files()
  for (const document of ['freeze', 'replica-demote', 'replica-down']) s.at('source', document)
  s.at('backup', 'replica-down')
  s.at('source', 'replica-promote')
  s.at('source', 'replica-fence')
  s.at('backup', 'replica-promote')
  s.at('backup', 'replica-fence')
  s.at('source', 'replica-promote')
  return s
}

const restarted = (s: Files, name: string, zone: string) => {
  s.body('StopInstances', { InstanceId: [s.id(name, zone)] })
  s.clock.nowMs += minutes(1)
  s.body('StartInstances', { InstanceId: [s.id(name, zone)] })
  s.clock.nowMs += minutes(1)
}

test('two new generations brought together: the first meeting already has a side that discards its data', () => {
  const s = torn()
  expect(s.at('backup', 'replica-reunite')).toBe('r0: brought together')
  expect(sides(s)).toEqual(['Connected', 'Primary UpToDate', 'Secondary Inconsistent'])
  expect(s.at('backup', 'replica-reunite')).toBe('r0: brought together')
  s.clock.nowMs += minutes(1)
  expect(sides(s)).toEqual(['Connected', 'Primary UpToDate', 'Secondary UpToDate'])
  const [{ sides: of } = { sides: [] }] = replicasState(s.hosts)
  expect(new Set(of.map(({ generation }) => generation)).size).toBe(1)
})

test('brought together before its peer is up, it still discards its data when they meet', () => {
  const s = torn()
  s.at('source', 'replica-fence')
  expect(s.at('backup', 'replica-reunite')).toBe('r0: brought together')
  expect(sides(s)).toEqual(['Connecting', 'down UpToDate', 'Secondary UpToDate'])
  s.at('source', 'replica-promote')
  expect(sides(s)[0]).toBe('Connected')
  expect(sides(s)[2]).toBe('Secondary Inconsistent')
})

test('two new generations that meet without it are a split brain, until a secondary discards its data', () => {
  const s = torn()
  s.at('source', 'replica-fence')
  s.at('backup', 'replica-reunite')
  // Its unit brings it up, and knows nothing of discarding.
  restarted(s, 'files-backup', C)
  s.at('source', 'replica-promote')
  expect(sides(s)).toEqual(['StandAlone', 'Primary UpToDate', 'Secondary UpToDate'])
  expect(status(s, 'source').connections[0]['connection-state']).toBe('StandAlone')
  expect(s.at('source', 'replica-reunite')).toBe('r0: primary here, and a primary keeps its data')
  s.at('backup', 'replica-reunite')
  expect(sides(s)).toEqual(['Connected', 'Primary UpToDate', 'Secondary Inconsistent'])
})

test('one new generation becomes the sync source, whichever side is told to discard', () => {
  const s = files()
  for (const document of ['freeze', 'replica-demote', 'replica-down']) s.at('source', document)
  expect(s.at('backup', 'replica-promote')).toBe('r0: primary')
  expect(s.at('source', 'replica-reunite')).toBe('r0: brought together')
  expect(sides(s)[1]).toBe('Secondary Inconsistent')
  s.clock.nowMs += minutes(1)
  expect(sides(s)[1]).toBe('Secondary UpToDate')
  const [first, second] = s.hosts.resources[0]?.sides ?? []
  expect(first?.generations[0]).toBe(second?.generations[0])
})

test('a replica that was away catches up with its primary', () => {
  const s = files()
  s.at('backup', 'replica-down')
  expect(s.at('backup', 'replica-reunite')).toBe('r0: brought together')
  expect(sides(s)[2]).toBe('Secondary Inconsistent')
  s.clock.nowMs += minutes(1)
  expect(sides(s)).toEqual(['Connected', 'Primary UpToDate', 'Secondary UpToDate'])
})

test('DRBD 9 promotes on mount and demotes on unmount, 8.4 has to be told', () => {
  const nine = files()
  for (const document of ['freeze', 'replica-demote', 'unfreeze']) nine.at('source', document)
  expect(sides(nine)[1]).toBe('Primary UpToDate')
  nine.at('source', 'freeze')
  expect(sides(nine)[1]).toBe('Secondary UpToDate')
  const eight = files({ version: '8.4' })
  for (const document of ['freeze', 'replica-demote']) eight.at('source', document)
  expect(eight.at('source', 'unfreeze')).toBe('mount: /dev/drbd/by-res/r0/0: read-only device')
  eight.at('source', 'replica-promote')
  expect(eight.at('source', 'unfreeze')).toBe('files: open')
})

test('a source that reboots mounts, and so promotes itself again, unless it was taken down', () => {
  const frozen = files()
  for (const document of ['freeze', 'replica-demote']) frozen.at('source', document)
  restarted(frozen, 'files', A)
  expect(sides(frozen)[1]).toBe('Primary UpToDate')
  const fenced = files()
  expect(fenced.at('source', 'replica-fence')).toBe('r0: down')
  restarted(fenced, 'files', A)
  expect(sides(fenced)[1]).toBe('down UpToDate')
})

test.each<[string, Partial<ReplicaSeed>, RegExp]>([
  ['in sync', {}, /^ 0: cs:Connected ro:Primary\/Secondary ds:UpToDate\/UpToDate C r-----$/m],
  ['in sync, counted', {}, /oos:0$/m],
  ['lying', { lyingKib: 12 }, /cs:Connected ro:Primary\/Secondary ds:UpToDate\/UpToDate .*\n.*oos:12$/m],
  [
    'syncing',
    { leftGib: 1, mibps: 10 },
    /cs:SyncSource ro:Primary\/Secondary ds:UpToDate\/Inconsistent .*\n.*\n\t\[=*>\.+\] sync'ed: +\d+\.\d% \(\d+\/1048576\)K\n\tfinish: \d+:\d\d:\d\d speed: 10,240 /m,
  ],
  ['stalled', { leftGib: 1, mibps: 0 }, /finish: 0:00:00 speed: 0 \(0\) K\/sec \(stalled\)$/m],
  ['suspended', { leftGib: 1, suspended: 'user' }, /cs:PausedSyncS .* C r--u--$/m],
  ['I/O suspended', { isIoSuspended: true }, /C s-----$/m],
])('/proc/drbd of 8.4, %s', (_, seed, then) => {
  const text = files({ version: '8.4', ...seed }).at('source', 'replica-status')
  expect(text).toMatch(/^=== reading\n=== minor 0\nversion: 8\.4/)
  expect(text.split('=== reading\n').slice(1)).toEqual([expect.stringMatching(then), expect.stringMatching(then)])
})

test('two readings of a sync, two seconds apart', () => {
  const left = readings(files({ leftGib: 60, mibps: 10 }), 'backup').map(
    (reading) => reading.connections[0].peer_devices[0]['out-of-sync'],
  )
  expect(left).toHaveLength(2)
  expect(left[0] - left[1]).toBe(2 * 10 * 1024)
})

test('what is down has nothing to tell, which is no failure', () => {
  const s = files()
  s.at('backup', 'replica-down')
  expect(s.at('backup', 'replica-status')).toBe('=== reading\n[]\n=== reading\n[]')
})

test('from one moment on it lies, or what is left stands still', () => {
  const lying = files()
  lie(lying.hosts, 'r0', 12)
  expect(status(lying, 'source').connections[0].peer_devices[0]).toMatchObject({
    'peer-disk-state': 'UpToDate',
    'out-of-sync': 12,
  })
  const s = files({ leftGib: 60, mibps: 10 })
  s.clock.nowMs += minutes(1)
  stall(s.hosts, 'r0')
  const left = () => replicasState(s.hosts)[0]?.outOfSyncKib
  expect(left()).toBe((60 * 1024 - 600) * 1024)
  s.clock.nowMs += minutes(30)
  expect(left()).toBe((60 * 1024 - 600) * 1024)
  expect(() => lie(s.hosts, 'r1', 12)).toThrow('no DRBD resource r1')
})

test('a resource has an order and a lock of its own on each host, which its status does not wait for', () => {
  const s = files()
  const command = (document: string, rev: string, notAfter = '2099-01-01T00:00:00Z') => {
    const Parameters = { service: ['files'], resource: ['r0'], rev: [rev], notAfter: [notAfter] }
    const InstanceIds = [s.id('files-backup', C)]
    const sent = s.ask('SendCommand', { DocumentName: `zonehop-${document}`, InstanceIds, Parameters })
    return isRecord(sent.Command) ? String(sent.Command.CommandId) : ''
  }
  const exits = (...commands: string[]) => {
    s.clock.nowMs += seconds(6)
    return commands.map((CommandId) => {
      const seen = s.ask('GetCommandInvocation', { CommandId, InstanceId: s.id('files-backup', C) })
      return seen.ResponseCode
    })
  }
  expect(exits(command('check', '9'))).toEqual([0])
  expect(exits(command('replica-down', '7'))).toEqual([0])
  expect(exits(command('replica-promote', '6'))).toEqual([3])
  expect(exits(command('replica-promote', '8', '2020-01-01T00:00:00Z'))).toEqual([4])
  expect(exits(command('replica-status', '1', '2020-01-01T00:00:00Z'))).toEqual([0])
  s.hosts.once.mishaps.push({ document: 'zonehop-replica-demote', mishap: { kind: 'hangs' } })
  const hanging = command('replica-demote', '8')
  s.clock.nowMs += seconds(6)
  expect(exits(command('replica-promote', '8'), command('replica-status', '8'))).toEqual([5, 0])
  s.ask('CancelCommand', { CommandId: hanging })
  s.clock.nowMs += seconds(6)
  expect(exits(command('replica-down', '8'))).toEqual([0])
})

test.each(['9', '8.4'] as const)('what DRBD %s tells here is understood, and proven once it is sound', (version) => {
  const told = (s: Files) => {
    const [source, replica] = [s.at('source', 'replica-status'), s.at('backup', 'replica-status')].map(readingsOf)
    return { source: source ?? [], replica: replica ?? [] }
  }
  const sound = files({ version })
  expect(obstaclesOf(told(sound).source, told(sound).replica, { areDemoted: false })).toEqual([])
  for (const document of ['freeze', 'replica-demote']) sound.at('source', document)
  expect(obstaclesOf(told(sound).source, told(sound).replica, { areDemoted: true })).toEqual([])
  sound.at('backup', 'replica-down')
  expect(obstaclesOf(told(sound).source, told(sound).replica)).toEqual([
    expect.stringMatching(/^the source is not connected/),
    'the replica is down',
  ])
  const lying = told(files({ version, lyingKib: 12 }))
  expect(obstaclesOf(lying.source, lying.replica)).toEqual(['12 KiB out of sync although UpToDate'])
  const suspended = told(files({ version, leftGib: 2, suspended: 'user' }))
  expect(syncOf(suspended.replica, suspended.source)?.words).toBe('2 GiB left, stalled: resync is suspended (user)')
  const stalled = told(files({ version, leftGib: 2, mibps: 0 }))
  expect(syncOf(stalled.replica, stalled.source)?.words).toContain('nothing was sent between two readings')
})
