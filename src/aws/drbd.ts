// Parses what the document for a replica's status printed on one host: `drbdsetup status --json` of DRBD 9, or the text
// of /proc/drbd of 8.4, each read twice. Output that is not understood to the last line gives null: a guess here would
// cost data.
import { z } from 'zod'
import { addedUp, type ReplicaReading, type ReplicaVolume } from '../core/model/replica-reading.ts'
import { theirs } from '../core/model/text.ts'
import { DOWN, procReading } from './drbd84.ts'

/** The readings in order, at least one; null where the text is not understood or describes more than one resource. */
export function readingsOf(text: string): ReplicaReading[] | null {
  const [head = '', ...sections] = text.split(/^=== reading\n/m)
  const protocol = protocolIn(head)
  if (protocol === null || sections.length === 0) return null
  const told = sections.map((section) =>
    section.startsWith('=== minor ') ? unnamed(procReading(section)) : jsonReading(section, protocol),
  )
  const readings = told.flatMap((one) => one?.reading ?? [])
  const names = new Set(told.flatMap((one) => one?.name ?? []))
  return readings.length === sections.length && names.size <= 1 ? readings : null
}

type Told = { readonly name: string | null; readonly reading: ReplicaReading } | null

function unnamed(reading: ReplicaReading | null): Told {
  return reading && { name: null, reading }
}

/** The protocol (A, B, C) before the readings; '' where nothing is printed there, null where it is anything else. */
function protocolIn(head: string): string | null {
  return head === '' ? '' : (/^=== protocol ([ABC])\n$/.exec(head)?.[1] ?? null)
}

/** A whole number, which JSON may give as -0. A count that is below zero (replica-reading.ts) stays as it was printed. */
const count = z
  .number()
  .refine((value) => Number.isInteger(value))
  .transform((value) => value + 0)
const size = count.refine((value) => value >= 0 && Number.isSafeInteger(value))
/** A word that a host printed; states of DRBD are short. */
const word = z.string().transform((text) => theirs(text, 50))
const DEVICE = z.object({
  volume: size,
  'disk-state': word,
  quorum: z.boolean(),
  size,
  'upper-pending': count,
  'lower-pending': count,
})
const PEER_DEVICE = z.object({
  volume: size,
  'replication-state': word,
  'peer-disk-state': word,
  'resync-suspended': word,
  'out-of-sync': count,
  pending: count,
  unacked: count,
  'db/dt [MiB/s]': z.number().nullish(),
})
const CONNECTION = z.object({
  'connection-state': word,
  'peer-role': word,
  'ap-in-flight': count,
  peer_devices: z.array(PEER_DEVICE),
})
/** A resource with one peer, or none: where there are more, being in sync with one proves nothing about the others. */
const RESOURCE = z.object({
  name: z.string(),
  role: word,
  suspended: z.boolean(),
  devices: z.array(DEVICE).min(1),
  connections: z.union([z.tuple([CONNECTION]), z.tuple([])]),
})
const STATUS = z.union([z.tuple([]), z.tuple([RESOURCE])])

function jsonReading(section: string, protocol: string): Told {
  const status = STATUS.safeParse(parsedStatus(section))
  if (!status.success) return null
  const [resource] = status.data
  if (!resource) return { name: null, reading: DOWN }
  const { name, role, suspended, devices, connections } = resource
  const [connection = NO_CONNECTION] = connections
  const volumes = paired(devices, connection)
  if (!volumes) return null
  const links = { connection: connection['connection-state'], peerRole: connection['peer-role'] }
  return { name, reading: { isUp: true, role, ...links, protocol, isSuspended: suspended, volumes } }
}

/** What is not JSON and drbdsetup prints all the same, where it divides by a time that is still zero. */
const NO_NUMBER = /(:\s*)-?(?:nan|inf(?:inity)?)(?=\s*[,}])/gi

function parsedStatus(text: string): unknown {
  try {
    return JSON.parse(text.replace(NO_NUMBER, '$1null'))
  } catch {
    return null
  }
}

type Connection = z.infer<typeof CONNECTION>

/** A resource that has no peer just now: `drbdadm disconnect`, or before it is connected for the first time. */
const NO_CONNECTION: Connection = {
  'connection-state': 'StandAlone',
  'peer-role': 'Unknown',
  'ap-in-flight': 0,
  peer_devices: [],
}

/** What is known of a peer's device that the connection does not list, as it does while it is being made. */
const UNTOLD = {
  ...{ 'replication-state': 'Off', 'peer-disk-state': 'DUnknown', 'resync-suspended': 'no' },
  ...{ 'out-of-sync': 0, pending: 0, unacked: 0 },
} as const

/** Each device joined with its peer device; null unless the two lists match one to one by volume number, or the second is empty. */
function paired(devices: readonly z.infer<typeof DEVICE>[], connection: Connection): ReplicaVolume[] | null {
  const numbers = new Set(devices.map(({ volume }) => volume))
  if (connection.peer_devices.length === 0 && numbers.size === devices.length) {
    return devices.map((device) => volumeOf(device, { volume: device.volume, ...UNTOLD }, 0))
  }
  const volumes = devices.flatMap((device, index) => {
    const [peer, ...others] = connection.peer_devices.filter(({ volume }) => volume === device.volume)
    if (!peer || others.length > 0) return []
    // Requests in flight on the connection belong to no single volume, so they are counted with the first one.
    return [volumeOf(device, peer, index === 0 ? connection['ap-in-flight'] : 0)]
  })
  const isWhole = volumes.length === numbers.size && connection.peer_devices.length === devices.length
  return isWhole && numbers.size === devices.length ? volumes : null
}

function volumeOf(
  device: z.infer<typeof DEVICE>,
  peer: z.infer<typeof PEER_DEVICE>,
  onConnection: number,
): ReplicaVolume {
  const rate = peer['db/dt [MiB/s]'] ?? null
  const counts = [device['upper-pending'], device['lower-pending'], peer.pending, peer.unacked, onConnection]
  const [inFlight, outOfSync] = [addedUp(counts, 32), addedUp([peer['out-of-sync']], 64)]
  return {
    volume: device.volume,
    disk: device['disk-state'],
    peerDisk: peer['peer-disk-state'],
    replication: peer['replication-state'],
    sizeKib: device.size,
    outOfSyncKib: outOfSync.sum,
    resyncSuspended: peer['resync-suspended'],
    inFlight: inFlight.sum,
    hasQuorum: device.quorum,
    // Where the count of a sync was corrected, its rate comes out below zero.
    rateKibPerSecond: rate === null || rate < 0 ? null : Math.round(rate * 1024),
    ...(inFlight.isWrapped || outOfSync.isWrapped ? { isWrapped: true as const } : {}),
  }
}

/** The lowest bit of a generation says that its side was primary (UUID_PRIMARY in DRBD); the others name the data. */
const PRIMARY_BIT = 1n

/**
 * The current data generation of every volume, from the lines that `drbdadm get-gi` printed at the end: one line a
 * volume, the current generation first. 16 hex digits a volume without the primary bit, joined by spaces; null where
 * there is no such line.
 */
export function dataGenerationOf(text: string): string | null {
  const lines = text.split('\n').filter((line) => /^[0-9A-F]{16}(:[0-9A-F]{16}){3}:/i.test(line.trim()))
  const current = lines.map((line) => BigInt(`0x${line.trim().slice(0, 16)}`) & ~PRIMARY_BIT)
  return current.length > 0 ? current.map((id) => id.toString(16).toUpperCase().padStart(16, '0')).join(' ') : null
}
