// What DRBD prints while it is at work, and what was once taken for no text of DRBD at all: each gives a doubt in words, and none throws.
import { expect, test } from 'vitest'
import { readingsOf } from '../../src/aws/drbd.ts'
import { obstaclesOf } from '../../src/core/seeing/replica-proof.ts'

const PEER =
  '"volume":0,"replication-state":"Established","peer-disk-state":"UpToDate","peer-client":false,"resync-suspended":"no","received":456,"sent":654,"out-of-sync":0,"pending":0,"unacked":0,"has-sync-details":false,"percent-in-sync":100'
const CONNECTION = `{"peer-node-id":1,"name":"node1","connection-state":"Connected","congested":false,"peer-role":"Primary","ap-in-flight":0,"rs-in-flight":0,"peer_devices":[{${PEER}}]}`
const RESOURCE = `{"name":"files","node-id":2,"role":"Secondary","suspended":false,"devices":[{"volume":0,"minor":2,"disk-state":"UpToDate","client":false,"quorum":true,"size":409600,"upper-pending":0,"lower-pending":0}],"connections":[${CONNECTION}]}`

/** What one host printed, read twice. */
const printed = (resource: string): string => `=== protocol C\n${`=== reading\n[${resource}]\n`.repeat(2)}`

/** The doubts that the text of the backup server leaves beside a sound primary. */
function doubts(resource: string): string[] {
  const readings = readingsOf(printed(resource)) ?? expect.unreachable('it is not understood')
  const sound = (readingsOf(printed(RESOURCE)) ?? []).map((one) => ({
    ...{ ...one, role: 'Primary', peerRole: 'Secondary' },
  }))
  return obstaclesOf(sound, readings, { areDemoted: false })
}

const but = (from: string, to: string): string => RESOURCE.replace(from, to)
const SYNCING = but('"replication-state":"Established"', '"replication-state":"SyncTarget"')
  .replace('"out-of-sync":0', '"out-of-sync":369272')
  .replace('"percent-in-sync":100', '"percent-in-sync":9.85,"db/dt [MiB/s]": nan,"estimated-seconds-to-finish": nan')
const WRAPPED = /^DRBD prints a count below zero/

test('sound, where nothing is met', () => {
  expect(doubts(RESOURCE)).toEqual([])
  expect(doubts(but('"unacked":0', '"unacked":-0'))).toEqual([])
})

test.each<[string, string, RegExp]>([
  ['nan early in a resync', SYNCING, /^replication is not established on the replica \(SyncTarget\)/],
  ['-nan', SYNCING.replaceAll(' nan', '-nan'), /^replication is not established/],
  ['inf', SYNCING.replaceAll(' nan', 'inf'), /^replication is not established/],
  ['-0 blocks in a resync', SYNCING.replace('369272', '-0'), /^replication is not established/],
  ['a counter near 2^64', but('"unacked":0', '"unacked":18446744073709551615'), WRAPPED],
  ['blocks near 2^64', but('"out-of-sync":0', '"out-of-sync":18446744073709551612'), WRAPPED],
  ['requests near 2^64', but('"ap-in-flight":0', '"ap-in-flight":18446744073709551615'), WRAPPED],
  ['no connection at all', but(CONNECTION, ''), /^the replica is not connected \(StandAlone\)$/],
  ['a connection without devices', but(`[{${PEER}}]`, '[]'), /^the disk of the source is DUnknown/],
  [
    'one without devices that is being made',
    but(`[{${PEER}}]`, '[]').replace('"Connected"', '"Connecting"'),
    /^the replica is not connected \(Connecting\)$/,
  ],
])('%s', (_, resource, doubt) => {
  expect(doubts(resource).join('\n')).toMatch(doubt)
})
