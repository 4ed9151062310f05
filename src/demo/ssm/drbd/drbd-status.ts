// What a host tells of a DRBD resource: `drbdsetup status --json` of DRBD 9, `/proc/drbd` of 8.4. The shapes are those of
// drbd-utils 9 and of drbd 8.4, spelling mixed as theirs is.

import type { Resource, Side } from '../entities.ts'
import { isConnected, outOfSyncKib, peerOf } from './drbd.ts'

type Told = Readonly<Record<string, unknown>>

/** How long the document for the status waits before its second reading. */
const BETWEEN_READINGS_MS = 2_000

/** Two readings, as the document for the status prints them, with DRBD's protocol before them where version 9 is up. */
export function statusText(resource: Resource, side: Side, nowMs: number): string {
  const readings = [nowMs, nowMs + BETWEEN_READINGS_MS].map((atMs) =>
    resource.version === '9'
      ? `=== reading\n${JSON.stringify(statusJson(resource, side, atMs), null, 2)}`
      : `=== reading\n=== minor 0\n${procDrbd(resource, side, atMs).trimEnd()}`,
  )
  const protocol = resource.version === '9' && side.isUp ? ['=== protocol C'] : []
  return [...protocol, ...readings].join('\n')
}

/** DRBD 9's status: an array, as `drbdsetup` writes one even for a single resource; empty while it is down here. */
function statusJson(resource: Resource, side: Side, nowMs: number): Told[] {
  if (!side.isUp) return []
  const device = {
    volume: 0,
    minor: 0,
    'disk-state': side.disk,
    client: false,
    open: side.heldBy !== null || (side.role === 'Primary' && side.isAutoPromoted),
    quorum: true,
    size: resource.sizeKib,
    read: 0,
    written: 0,
    'al-writes': 0,
    'bm-writes': 0,
    'upper-pending': 0,
    'lower-pending': 0,
  }
  return [
    {
      name: resource.name,
      'node-id': side.node,
      role: side.role,
      suspended: resource.isIoSuspended,
      'write-ordering': 'flush',
      devices: [device],
      connections: [connectionOf(resource, side, nowMs)],
    },
  ]
}

function connectionOf(resource: Resource, side: Side, nowMs: number): Told {
  const peer = peerOf(resource, side)
  const here = isConnected(resource)
  return {
    'peer-node-id': peer.node,
    name: `node-${peer.node}`,
    'connection-state': connectionStateOf(resource),
    congested: false,
    'peer-role': here ? peer.role : 'Unknown',
    'ap-in-flight': 0,
    'rs-in-flight': 0,
    peer_devices: [peerDeviceOf(resource, side, nowMs)],
  }
}

function connectionStateOf(resource: Resource): string {
  if (isConnected(resource)) return 'Connected'
  return resource.link === 'StandAlone' ? 'StandAlone' : 'Connecting'
}

function peerDeviceOf(resource: Resource, side: Side, nowMs: number): Told {
  const peer = peerOf(resource, side)
  const here = isConnected(resource)
  const left = outOfSyncKib(resource, nowMs)
  const { sync } = resource
  return {
    volume: 0,
    'replication-state': replicationOf(resource, side),
    'peer-disk-state': here ? peer.disk : 'DUnknown',
    'peer-client': false,
    'resync-suspended': here && sync ? sync.suspended : 'no',
    received: 0,
    sent: 0,
    'out-of-sync': left,
    pending: 0,
    unacked: 0,
    'has-sync-details': here && sync !== null,
    'has-online-verify-details': false,
    'percent-in-sync': percent(resource, left),
    ...(here && sync
      ? {
          'percent-resync-done': percent({ sizeKib: sync.leftKib }, left),
          'db/dt [MiB/s]': Number((rateOf(sync) / 1024).toFixed(2)),
          // What drbdsetup writes when nothing moves.
          'estimated-seconds-to-finish': rateOf(sync) === 0 ? 987654321 : Math.ceil(left / rateOf(sync)),
        }
      : {}),
  }
}

function replicationOf(resource: Resource, side: Side): string {
  if (!isConnected(resource)) return 'Off'
  const { sync } = resource
  if (!sync) return 'Established'
  const isTarget = sync.target === side.node
  if (sync.suspended !== 'no') return isTarget ? 'PausedSyncT' : 'PausedSyncS'
  return isTarget ? 'SyncTarget' : 'SyncSource'
}

function rateOf({ kibPerSecond, suspended }: NonNullable<Resource['sync']>): number {
  return suspended === 'no' ? kibPerSecond : 0
}

/** A percentage, rounded as DRBD's is: 100.00 long before nothing is left. */
function percent({ sizeKib }: { readonly sizeKib: number }, leftKib: number): number {
  return sizeKib === 0 ? 100 : Number((100 - (100 * leftKib) / sizeKib).toFixed(2))
}

/** The flags of a sync in `/proc/drbd`, by who paused it. */
const PAUSED = { no: '---', peer: '-p-', user: '--u' } as const

/** DRBD 8.4's `/proc/drbd`: `ro:` and `ds:` are local/remote; there are two more lines while it syncs. */
function procDrbd(resource: Resource, side: Side, nowMs: number): string {
  const head = 'version: 8.4.11 (api:1/proto:86-101)\n'
  if (!side.isUp) return `${head} 0: cs:Unconfigured\n`
  const peer = peerOf(resource, side)
  const here = isConnected(resource)
  const { sync } = resource
  const replication = replicationOf(resource, side)
  const alone = resource.link === 'StandAlone' ? 'StandAlone' : 'WFConnection'
  const state = here ? replication.replace('Established', 'Connected') : alone
  const flags = `${resource.isIoSuspended ? 's' : 'r'}${PAUSED[sync?.suspended ?? 'no']}--`
  const left = outOfSyncKib(resource, nowMs)
  const roles = `${side.role}/${here ? peer.role : 'Unknown'}`
  const disks = `${side.disk}/${here ? peer.disk : 'DUnknown'}`
  const line = ` 0: cs:${state} ro:${roles} ds:${disks} C ${flags}\n`
  const counts = `    ns:0 nr:0 dw:0 dr:0 al:0 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:${left}\n`
  return `${head}${line}${counts}${here && sync ? syncLines(sync, left) : ''}`
}

function syncLines(sync: NonNullable<Resource['sync']>, leftKib: number): string {
  const done = percent({ sizeKib: sync.leftKib }, leftKib)
  const marks = Math.floor(done / 5)
  const bar = `${'='.repeat(marks)}>${'.'.repeat(20 - marks)}`.slice(0, 21)
  const rate = rateOf(sync)
  const seconds = rate === 0 ? 0 : Math.ceil(leftKib / rate)
  const time = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const finish = time.map((part, index) => (index === 0 ? `${part}` : `${part}`.padStart(2, '0'))).join(':')
  const speed = `speed: ${grouped(rate)} (${grouped(rate)}) K/sec${rate === 0 ? ' (stalled)' : ''}`
  return `\t[${bar}] sync'ed: ${done.toFixed(1)}% (${leftKib}/${sync.leftKib})K\n\tfinish: ${finish} ${speed}\n`
}

function grouped(value: number): string {
  return value.toLocaleString('en-US')
}
