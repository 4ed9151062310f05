// What DRBD's own tools print, read: fixtures of drbd-utils 9 and of /proc/drbd of 8.4, and whatever may become of them on the
// way. What is not understood is null, and nothing that was altered passes for proven.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readingsOf } from '../../src/aws/drbd.ts'
import type { ReplicaReading } from '../../src/core/model/replica-reading.ts'
import { obstaclesOf } from '../../src/core/seeing/replica-proof.ts'

/** Drawn texts are the same in every run. */
const SEED = 20_260_303

const DEVICE =
  '"volume":0,"minor":2,"disk-state":"UpToDate","client":false,"quorum":true,"size":409600,"read":1,"written":2,"upper-pending":0,"lower-pending":0'
const PEER =
  '"volume":0,"replication-state":"Established","peer-disk-state":"UpToDate","peer-client":false,"resync-suspended":"no","received":456,"sent":654,"out-of-sync":0,"pending":0,"unacked":0,"has-sync-details":false,"has-online-verify-details":false,"percent-in-sync":100'
const CONNECTION = `{"peer-node-id":1,"name":"node1","connection-state":"Connected","congested":false,"peer-role":"Primary","ap-in-flight":0,"rs-in-flight":0,"peer_devices":[{${PEER}}]}`
const RESOURCE = `{"name":"1-single-0","node-id":2,"role":"Secondary","suspended":false,"write-ordering":"flush","devices":[{${DEVICE}}],"connections":[${CONNECTION}]}`

const json = (...readings: string[]) =>
  `=== protocol C\n${readings.map((reading) => `=== reading\n${reading}\n`).join('')}`
const NINE = json(`[${RESOURCE}]`, `[${RESOURCE}]`)
const nine = (from: string, to: string) => json(...Array(2).fill(`[${RESOURCE.replace(from, to)}]`))

const HEAD = 'version: 8.4.11 (api:1/proto:86-101)\nsrcversion: 3605238F092EFFCDC77483B\n'
const STATE = ' 1: cs:Connected ro:Secondary/Primary ds:UpToDate/UpToDate C r-----\n'
const COUNTS = '    ns:0 nr:0 dw:0 dr:0 al:0 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:0\n'
const proc = (text: string, minors = '=== minor 1\n') => `=== reading\n${minors}${HEAD}${text}`.repeat(2)
const EIGHT = proc(STATE + COUNTS)

const first = (text: string): ReplicaReading | undefined => readingsOf(text)?.[0]
const volume = (text: string) => first(text)?.volumes[0]
const SOUND = {
  volume: 0,
  disk: 'UpToDate',
  peerDisk: 'UpToDate',
  replication: 'Established',
  outOfSyncKib: 0,
  resyncSuspended: 'no',
  inFlight: 0,
  hasQuorum: true,
  rateKibPerSecond: null,
}
const UP = {
  isUp: true,
  role: 'Secondary',
  connection: 'Connected',
  peerRole: 'Primary',
  protocol: 'C',
  isSuspended: false,
}

test.each([
  ['DRBD 9', NINE, 409600],
  ['DRBD 8.4', EIGHT, null],
])('%s in sync, twice', (_, text, sizeKib) => {
  const reading = { ...UP, volumes: [{ ...SOUND, sizeKib }] }
  expect(readingsOf(text)).toEqual([reading, reading])
})

test('what is down says so, in both', () => {
  const down = expect.objectContaining({ isUp: false, volumes: [] })
  expect(readingsOf('=== reading\n[]\n=== reading\n[]\n')).toEqual([down, down])
  expect(readingsOf(proc(' 1: cs:Unconfigured\n'))).toEqual([down, down])
  expect(readingsOf(proc(''))).toEqual([down, down])
})

test.each<[string, string, object]>([
  ['all that is in flight', nine('"pending":0,"unacked":0', '"pending":3,"unacked":4'), { inFlight: 7 }],
  ['what is in flight on the connection', nine('"ap-in-flight":0', '"ap-in-flight":5'), { inFlight: 5 }],
  [
    'what waits above and below',
    nine('"upper-pending":0,"lower-pending":0', '"upper-pending":1,"lower-pending":2'),
    { inFlight: 3 },
  ],
  ['blocks that differ', nine('"out-of-sync":0', '"out-of-sync":12'), { outOfSyncKib: 12 }],
  [
    'a suspended resync',
    nine('"resync-suspended":"no"', '"resync-suspended":"user,peer"'),
    { resyncSuspended: 'user,peer' },
  ],
  [
    'a stall, whatever it estimates',
    nine(
      '"percent-in-sync":100',
      '"percent-in-sync":100.00,"db/dt [MiB/s]":0.00,"estimated-seconds-to-finish":987654321',
    ),
    { rateKibPerSecond: 0 },
  ],
  ['a rate', nine('"percent-in-sync":100', '"percent-in-sync":99.9,"db/dt [MiB/s]":40.5'), { rateKibPerSecond: 41472 }],
  ['no quorum', nine('"quorum":true', '"quorum":false'), { hasQuorum: false }],
  [
    '8.4: all that is in flight',
    proc(STATE + COUNTS.replace('lo:0 pe:0 ua:0 ap:0', 'lo:1 pe:2 ua:3 ap:4')),
    { inFlight: 10 },
  ],
  ['8.4: blocks that differ', proc(STATE + COUNTS.replace('oos:0', 'oos:12')), { outOfSyncKib: 12 }],
  [
    '8.4: whose pause it is',
    proc(STATE.replace('r-----', 'rapud-') + COUNTS),
    { resyncSuspended: 'dependency,peer,user' },
  ],
  [
    '8.4: a resync',
    proc(
      `${STATE.replace('Connected', 'SyncTarget')}${COUNTS}\t[=====>..............] sync'ed: 33.5% (23456/123456)K\n\tfinish: 2:20:20 speed: 6,345 (6,456) want: 40,000 K/sec\n`,
    ),
    { replication: 'SyncTarget', rateKibPerSecond: 6345 },
  ],
  [
    '8.4: a stall',
    proc(
      `${STATE.replace('Connected', 'SyncSource')}${COUNTS}\tfinish: 0:00:00 speed: 6,345 (6,456) K/sec (stalled)\n`,
    ),
    { replication: 'SyncSource', rateKibPerSecond: 0 },
  ],
])('tells %s', (_, text, then) => {
  expect(volume(text)).toMatchObject(then)
})

test.each([
  ['suspended I/O', nine('"suspended":false', '"suspended":true'), { isSuspended: true }],
  [
    'no connection',
    nine('"connection-state":"Connected"', '"connection-state":"Connecting"'),
    { connection: 'Connecting' },
  ],
  ['no protocol', NINE.replace('=== protocol C\n', ''), { protocol: '' }],
  ['8.4: suspended I/O', proc(STATE.replace('r-----', 's-----') + COUNTS), { isSuspended: true }],
  ['8.4: three flags', proc(STATE.replace('r-----', 'r--') + COUNTS), UP],
  [
    '8.4: alone, with no protocol',
    proc(` 1: cs:StandAlone ro:Primary/Unknown ds:UpToDate/DUnknown   r-----\n${COUNTS}`),
    { connection: 'StandAlone', peerRole: 'Unknown', protocol: '' },
  ],
])('tells %s', (_, text, then) => {
  expect(first(text)).toMatchObject(then)
})

describe('what passes by itself is a doubt in words, and never a text that is not understood', () => {
  const doubtsOf = (text: string): string[] => {
    const readings = readingsOf(text) ?? expect.unreachable('it is not understood')
    const sound = readingsOf(NINE) ?? []
    return obstaclesOf(
      sound.map((one) => ({ ...one, role: 'Primary', peerRole: 'Secondary' })),
      readings,
      { areDemoted: false },
    )
  }
  const syncing = RESOURCE.replace('"replication-state":"Established"', '"replication-state":"SyncTarget"')
    .replace('"out-of-sync":0', '"out-of-sync":369272')
    .replace('"percent-in-sync":100', '"percent-in-sync":9.85,"db/dt [MiB/s]":0.00,"estimated-seconds-to-finish":nan')

  test.each([
    ['nan', json(`[${syncing}]`, `[${syncing}]`)],
    ['-nan', json(`[${syncing}]`, `[${syncing}]`).replaceAll(':nan', ':-nan')],
    ['a rate of nan', json(`[${syncing}]`, `[${syncing}]`).replaceAll('"db/dt [MiB/s]":0.00', '"db/dt [MiB/s]":nan')],
    ['inf', json(`[${syncing}]`, `[${syncing}]`).replaceAll(':nan', ': inf ')],
  ])('%s early in a resync', (_, text) => {
    expect(doubtsOf(text)).toEqual([
      'replication is not established on the replica (SyncTarget)',
      '360.6 MiB out of sync although UpToDate',
    ])
  })

  test('-0', () => {
    expect(volume(nine('"out-of-sync":0', '"out-of-sync":-0'))?.outOfSyncKib).toBe(0)
    expect(doubtsOf(nine('"pending":0', '"pending":-0'))).toEqual([])
  })

  const wrapped = 'DRBD prints a count below zero, so it cannot be told what is in flight'
  test.each([
    ...['"pending":0', '"unacked":0', '"upper-pending":0', '"lower-pending":0', '"ap-in-flight":0'].flatMap((count) =>
      ['4294967295', '2147483648', '-1'].map((printed) => [count, printed] as const),
    ),
    // DRBD counts sectors, and prints half of them.
    ...['9223372036854251520', '18446744073709551612', '-4'].map((printed) => ['"out-of-sync":0', printed] as const),
  ])('a counter below zero: %s as %s', (count, printed) => {
    expect(doubtsOf(nine(count, count.replace('0', printed)))).toEqual([wrapped])
  })

  test.each(['lo:-1', 'pe:-2', 'ua:-1', 'ap:-3', 'oos:18446744073709551612', 'oos:9223372036854251520'])(
    'a counter below zero of 8.4: %s',
    (printed) => {
      const counts = COUNTS.replace(new RegExp(`${printed.split(':')[0]}:0`), printed)
      expect(doubtsOf(proc(STATE + counts))).toEqual([wrapped])
    },
  )

  test('counters of 8.4 that nobody reads may stand below zero', () => {
    expect(doubtsOf(proc(STATE + COUNTS.replace('ns:0', 'ns:-5').replace('ep:1', 'ep:-1')))).toEqual([])
  })

  test('a rate below zero is none', () => {
    expect(volume(nine('"unacked":0', '"unacked":0,"db/dt [MiB/s]":-0.42'))?.rateKibPerSecond).toBeNull()
  })

  test.each(['18446744073709551615', '18446744073709551612'])('a counter that wrapped: %s', (printed) => {
    expect(doubtsOf(nine('"unacked":0', `"unacked":${printed}`))).toEqual([wrapped])
    expect(doubtsOf(nine('"out-of-sync":0', `"out-of-sync":${printed}`))).toEqual([wrapped])
    expect(doubtsOf(nine('"ap-in-flight":0', `"ap-in-flight":${printed}`))).toEqual([wrapped])
  })

  test('no connection at all', () => {
    const alone = RESOURCE.replace(CONNECTION, '')
    expect(doubtsOf(json(`[${alone}]`, `[${alone}]`))).toEqual(['the replica is not connected (StandAlone)'])
  })

  test('a connection without devices', () => {
    const connecting = nine(`"peer_devices":[{${PEER}}]`, '"peer_devices":[]')
    expect(doubtsOf(connecting)).toEqual([
      'the disk of the source is DUnknown',
      'replication is not established on the replica (Off)',
    ])
    expect(doubtsOf(connecting.replaceAll('"Connected"', '"Connecting"'))).toEqual([
      'the replica is not connected (Connecting)',
    ])
  })
})

test('8.4 tells of every minor of the resource, and of no other', () => {
  const text = proc(
    STATE +
      COUNTS +
      STATE.replace('1:', '2:').replace('UpToDate/', 'Failed/') +
      COUNTS +
      STATE.replace('1:', '12:') +
      COUNTS,
    '=== minor 1\n=== minor 12\n',
  )
  expect(first(text)?.volumes.map((one) => [one.volume, one.disk])).toEqual([
    [0, 'UpToDate'],
    [1, 'UpToDate'],
  ])
})

test.each([
  ['nothing', ''],
  ['no reading', '=== protocol C\n'],
  ['several resources', json(`[${RESOURCE},${RESOURCE}]`)],
  ['another resource in the second reading', json(`[${RESOURCE}]`, `[${RESOURCE.replace('1-single-0', 'r1')}]`)],
  ['two peers', nine('"connections":[', `"connections":[${CONNECTION},`)],
  ['a volume the peer does not have', nine('"volume":0,"minor"', '"volume":1,"minor"')],
  ['a text cut short', NINE.slice(0, -40)],
  ['a percent where there should be KiB', nine('"out-of-sync":0', '"out-of-sync":0.5')],
  ['two protocols', `=== protocol A\n${NINE}`],
  ['8.4 without its minors', proc(STATE + COUNTS, '')],
  ['8.4 without its counts', proc(STATE)],
  ['8.4 with one of two minors', proc(STATE + COUNTS, '=== minor 1\n=== minor 2\n')],
  ['8.4 with one minor twice', proc(STATE + COUNTS + STATE + COUNTS)],
])('does not understand %s', (_, text) => {
  expect(readingsOf(text)).toBeNull()
})

test('no text whatsoever throws, and none gives an empty list', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json().map((text) => `=== reading\n${text}\n`),
    fc.string().map((text) => `=== reading\n=== minor 0\nversion: 8.4\n 0: ${text}`),
  )
  fc.assert(
    fc.property(texts, (text) => {
      expect(readingsOf(text)).not.toEqual([])
    }),
    { seed: SEED },
  )
})

const mutated = (text: string) =>
  fc
    .array(
      fc.record({
        at: fc.nat(text.length - 1),
        cut: fc.nat(12),
        put: fc.oneof(
          fc.constantFrom('', '0', '1', '12', '-', '"', ' ', ',', '\n', 'x', 's', 'A'),
          fc.string({ maxLength: 4 }),
        ),
      }),
      { minLength: 1, maxLength: 3 },
    )
    .map((edits) => edits.reduce((now, { at, cut, put }) => now.slice(0, at) + put + now.slice(at + cut), text))

test.each([
  ['DRBD 9', NINE],
  ['DRBD 8.4', EIGHT],
])('whatever becomes of a text of %s, it proves nothing that it did not say', (_, text) => {
  const sound = readingsOf(text) ?? []
  const source = sound.map((reading) => ({ ...reading, role: 'Primary', peerRole: 'Secondary' }))
  expect(obstaclesOf(source, sound, { areDemoted: false })).toEqual([])
  fc.assert(
    fc.property(mutated(text), (altered) => {
      const readings = readingsOf(altered)
      if (!readings || obstaclesOf(source, readings, { areDemoted: false }).length > 0) return
      // What a stall would be told by does not matter while nothing is to be sent.
      const rateless = readings.map((one) => ({
        ...one,
        volumes: one.volumes.map((each) => ({ ...each, rateKibPerSecond: null })),
      }))
      expect(rateless.slice(0, 2)).toEqual(sound)
    }),
    { seed: SEED, numRuns: 3_000 },
  )
})
