// The documents that move replicas as they are shipped, run by a real shell against stand-ins for DRBD's tools: what they call
// in which order, what they refuse, and that they can be run twice.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { load, replicaHost } from './replica-host.ts'

const ACTING = ['demote', 'down', 'promote', 'check', 'fence', 'reunite'] as const
const PRIMARY = { role: 'Primary', cstate: 'Connected', dstate: 'UpToDate/UpToDate' }
const SECONDARY = { ...PRIMARY, role: 'Secondary' }
const ALONE = { ...SECONDARY, cstate: 'StandAlone' }
const DOWN = { dstate: 'UpToDate/DUnknown' }
const EIGHT = { version: 'version: 8.4.11 (api:1/proto:86-101)' }
const DISABLE = 'systemctl disable drbd@r0.target'
const ENABLE = 'systemctl enable drbd@r0.target'

test.each<[string, string, Record<string, string>, string[]]>([
  ['demotes a primary', 'demote', PRIMARY, ['drbdadm secondary r0']],
  ['leaves a secondary', 'demote', SECONDARY, []],
  ['takes a secondary down, its unit first', 'down', SECONDARY, [DISABLE, 'drbdadm down r0', 'drbdadm get-gi r0']],
  ['tells the generations of what is down', 'down', DOWN, [DISABLE, 'drbdadm get-gi r0']],
  ['brings up and promotes', 'promote', DOWN, ['drbdadm adjust r0', 'drbdadm primary r0', ENABLE]],
  ['promotes what is up', 'promote', SECONDARY, ['drbdadm primary r0', ENABLE]],
  ['leaves a primary, and enables its unit', 'promote', PRIMARY, [ENABLE]],
  ['fences a primary', 'fence', PRIMARY, ['drbdadm secondary r0', DISABLE, 'drbdadm down r0']],
  ['fences a secondary', 'fence', SECONDARY, [DISABLE, 'drbdadm down r0']],
  ['fences what is down', 'fence', DOWN, [DISABLE]],
  ['reunites what is down', 'reunite', DOWN, ['drbdadm adjust --discard-my-data r0', ENABLE]],
  [
    'reunites what stands alone: no connection without the flag',
    'reunite',
    ALONE,
    ['drbdadm down r0', 'drbdadm adjust --discard-my-data r0', ENABLE],
  ],
  [
    'reunites one of DRBD 8.4: its disk before its network',
    'reunite',
    { ...DOWN, ...EIGHT },
    [
      ...['new-resource', 'new-minor', 'attach'].map((part) => `drbdadm ${part} r0`),
      'drbdadm connect --discard-my-data r0',
      ENABLE,
    ],
  ],
  ['leaves what is connected', 'reunite', SECONDARY, [ENABLE]],
  ['leaves what is syncing', 'reunite', { ...SECONDARY, ...EIGHT, cstate: 'PausedSyncT' }, [ENABLE]],
])('%s', (_, document, state, then) => {
  const { run, calls } = replicaHost(state)
  expect(run(document)).toMatchObject({ status: 0, stderr: '' })
  expect(calls()).toEqual(then)
})

test.each([
  ['check', PRIMARY],
  ['demote', PRIMARY],
  ['down', SECONDARY],
  ['fence', PRIMARY],
  ['promote', DOWN],
  ['reunite', ALONE],
] as const)('%s, run again, changes nothing more', (document, state) => {
  const { run, calls } = replicaHost({ type: 'ext4', ...state })
  run(document)
  calls()
  expect(run(document).status).toBe(0)
  expect(calls().filter((call) => /drbdadm (?!get-gi)/.test(call))).toEqual([])
})

test.each<[string, string, Record<string, string>, string]>([
  ['taking down a primary', 'down', PRIMARY, 'r0 is primary here'],
  ['checking what is not primary', 'check', SECONDARY, 'r0 is not primary here'],
  ['reuniting a primary', 'reunite', PRIMARY, 'a primary keeps its data'],
  ['promoting an outdated disk', 'promote', { ...SECONDARY, dstate: 'Outdated/DUnknown' }, 'Outdated/DUnknown'],
  [
    'promoting where one of two disks is behind',
    'promote',
    { ...SECONDARY, dstate: 'UpToDate/DUnknown\nInconsistent/DUnknown' },
    'not UpToDate',
  ],
])('refuses %s', (_, document, state, sentence) => {
  const { run, calls } = replicaHost(state)
  const refused = run(document)
  expect(refused.status).toBe(7)
  expect(refused.stderr).toContain(sentence)
  expect(calls().filter((call) => call !== 'sleep 1')).toEqual([])
})

test.each(ACTING)('%s keeps to its order, its time and its lock', async (document) => {
  const { root, run, calls } = replicaHost({ type: 'ext4', ...(document === 'check' ? PRIMARY : SECONDARY) })
  expect(run(document).status).toBe(0)
  calls()
  expect(run(document, { rev: '6' })).toMatchObject({ status: 3, stderr: expect.stringContaining('older than 7') })
  const late = run(document, { rev: '8', notAfter: '2020-01-01T00:00:00.000Z' })
  expect(late).toMatchObject({ status: 4, stderr: expect.stringContaining('it is past 2020') })
  const holder = spawn('sh', ['-c', `exec 9>${root}/var/replica-r0/lock; flock 9; echo held; read rest`])
  await once(holder.stdout, 'data')
  expect(run(document, { rev: '8' })).toMatchObject({ status: 5 })
  holder.stdin.end('\n')
  await once(holder, 'exit')
  expect(calls()).toEqual([])
})

test('another resource of the host has an order of its own, and has to be known to DRBD', () => {
  const { run, calls } = replicaHost(SECONDARY)
  run('down')
  calls()
  expect(run('down', { resource: 'r1', rev: '3' })).toMatchObject({
    status: 10,
    stderr: expect.stringContaining("'r1' not defined"),
  })
  expect(calls()).toEqual([])
})

test('a refused demotion says who holds the device, and ends as drbdadm did', () => {
  const { run, calls } = replicaHost({ ...PRIMARY, 'refuses-secondary': '' })
  const refused = run('demote')
  expect(refused).toMatchObject({ status: 11, stderr: expect.stringContaining('nfsd 812') })
  expect(calls()).toEqual(['drbdadm secondary r0', 'fuser -vm /drbd0'])
})

test('what brings a fenced host up again at its next start is told of', () => {
  const { run } = replicaHost({ ...SECONDARY, 'drbd.service': '' })
  expect(run('down')).toMatchObject({ status: 0, stderr: expect.stringContaining('drbd.service is enabled') })
})

test('fence stops the service first, and goes no further where that fails', () => {
  const { run, calls, freezes } = replicaHost(PRIMARY)
  freezes('echo freeze >> "$ROOT/calls"')
  expect(run('fence').status).toBe(0)
  expect(calls()).toEqual(['freeze', 'drbdadm secondary r0', DISABLE, 'drbdadm down r0'])
  const held = replicaHost(PRIMARY)
  held.freezes('exit 32')
  expect(held.run('fence').status).toBe(32)
  expect(held.calls()).toEqual([])
})

test.each([
  ['ext4', 'ro,noload'],
  ['xfs', 'ro,norecovery'],
  ['btrfs', 'ro'],
])('check mounts %s with %s, lists it and unmounts it', (type, options) => {
  const { root, run, calls } = replicaHost({ ...PRIMARY, type })
  mkdirSync(`${root}/run/replica-r0`, { recursive: true })
  writeFileSync(`${root}/run/replica-r0/mail`, '')
  expect(run('check')).toMatchObject({ status: 0, stdout: `${root}/drbd0:\nmail\n` })
  expect(calls()).toEqual([`mount -o ${options} /drbd0 /run/replica-r0`, 'umount /run/replica-r0'])
})

test('promote waits for the disk, and then gives up', () => {
  const { run, calls } = replicaHost({ ...SECONDARY, dstate: 'Negotiating/DUnknown' })
  expect(run('promote').status).toBe(7)
  expect(calls()).toEqual(Array(30).fill('sleep 1'))
})

test.each([
  [
    'DRBD 9',
    { status: '[{"name":"r0"}]', show: 'resource "r0" {\n    net {\n        protocol        \tC; # default\n    }\n}' },
    '=== protocol C\n=== reading\n[{"name":"r0"}]\n=== reading\n[{"name":"r0"}]\n',
  ],
  ['DRBD 9 that is down', {}, '=== reading\n[]\n=== reading\n[]\n'],
  ['DRBD 8.4', EIGHT, `=== reading\n=== minor 0\n${EIGHT.version}\n=== reading\n=== minor 0\n${EIGHT.version}\n`],
  ['no DRBD loaded', { version: '' }, '=== reading\n[]\n=== reading\n[]\n'],
])('status of %s', (_, state, then) => {
  const { run, calls } = replicaHost(state)
  expect(run('status', { rev: '1', notAfter: '2020-01-01T00:00:00.000Z' })).toMatchObject({ status: 0, stdout: then })
  expect(calls()).toEqual(['sleep 2'])
})

test('the documents share their parameters and their head, and take nothing a shell could read', () => {
  const heads = ACTING.map((name) => load(name).mainSteps[0].inputs.runCommand.slice(0, 15).join('\n'))
  expect(new Set(heads).size).toBe(1)
  const all = [...ACTING, 'status'].map((name) => JSON.stringify(load(name).parameters))
  expect(new Set(all).size).toBe(1)
  for (const { allowedPattern } of Object.values(load('down').parameters)) {
    for (const bad of ["'", '"', '$', '`', ';', ' ', '\n', '\\'])
      expect(new RegExp(allowedPattern).test(`a${bad}`)).toBe(false)
  }
  expect([...ACTING, 'status'].map((name) => load(name).mainSteps[0].inputs.timeoutSeconds)).toEqual([
    ...ACTING.map(() => '600'),
    '60',
  ])
})

test('nothing is ever forced, and no metadata is made', () => {
  for (const name of ACTING) {
    const script = load(name).mainSteps[0].inputs.runCommand.join('\n')
    expect(script).not.toMatch(/--force|create-md|overwrite-data|invalidate|fuser -k|umount -[lf]/)
  }
})
