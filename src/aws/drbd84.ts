// Parses one reading of DRBD 8.4: first the minors that are the resource's volumes, in their order, then the whole of
// /proc/drbd. DRBD 8.4 prints no JSON, no size and no quorum; each part of a minor's state is one word or letter.
import { addedUp, type ReplicaReading, type ReplicaVolume } from '../core/model/replica-reading.ts'

/** ` 0: cs:Connected ro:Primary/Secondary ds:UpToDate/UpToDate C r-----`; a minor that stands alone has no protocol. */
const STATE = /^ *(\d+): cs:(\w+) ro:(\w+)\/(\w+) ds:(\w+)\/(\w+) ([ABC ]) ([rs][-a-z]{2,5})$/
const COUNTS =
  /^ +ns:-?\d+ nr:-?\d+ dw:-?\d+ dr:-?\d+ al:-?\d+ bm:-?\d+ lo:(-?\d+) pe:(-?\d+) ua:(-?\d+) ap:(-?\d+) ep:-?\d+ wo:\w oos:(\d+)$/
const SPEED = /^\tfinish: \S+ speed: ([\d,]+) \([\d,]+\)(?: want: [\d,]+)? K\/sec( \(stalled\))?$/
const UNCONFIGURED = /^ *(\d+): cs:Unconfigured$/

/** The states (cs) in which 8.4 is connected to its peer. */
const JOINED =
  /^(Connected|(Starting|Paused)Sync[ST]|Sync(Source|Target)|WFBitMap[ST]|WFSyncUUID|Verify[ST]|Ahead|Behind)$/
/** The second to the fourth flag name whose pause a resync waits for. */
const PAUSES: Readonly<Record<string, string>> = { a: 'dependency', p: 'peer', u: 'user' }

/** The reading of a resource that is down on its host. */
export const DOWN: ReplicaReading = {
  isUp: false,
  role: 'Unknown',
  connection: 'Unconfigured',
  peerRole: 'Unknown',
  protocol: '',
  isSuspended: false,
  volumes: [],
}

type Minor = Pick<ReplicaReading, 'role' | 'connection' | 'peerRole' | 'protocol' | 'isSuspended'> & {
  readonly volume: Omit<ReplicaVolume, 'volume'>
}

/**
 * One reading; null where the section is not understood, or where only some of the minors are up. DOWN where none is: a
 * minor that is not configured is missing from /proc/drbd, or is shown as Unconfigured.
 */
export function procReading(section: string): ReplicaReading | null {
  const [, heads = '', proc = ''] = /^((?:=== minor \d+\n)+)(version: 8\.[\s\S]*)$/.exec(section) ?? []
  const wanted = [...heads.matchAll(/\d+/g)].map(Number)
  const told = minorsIn(proc)
  if (wanted.length === 0 || new Set(wanted).size < wanted.length || !told) return null
  const minors = wanted.map((minor) => told.get(minor) ?? null)
  const up = minors.flatMap((minor) => minor ?? [])
  if (up.length === 0) return DOWN
  return up.length === minors.length ? hostReadingOf(up) : null
}

/**
 * The resource's reading from those of its minors; null where their roles or protocols differ. Where one minor is not
 * connected, the resource is not.
 */
function hostReadingOf(minors: readonly Minor[]): ReplicaReading | null {
  const [first] = minors
  const isOne = (of: (minor: Minor) => string) => new Set(minors.map(of)).size === 1
  if (!first || !isOne(({ role }) => role) || !isOne(({ protocol }) => protocol)) return null
  const { role, protocol, connection, peerRole } = minors.find((minor) => minor.connection !== 'Connected') ?? first
  return {
    isUp: true,
    role,
    connection,
    peerRole,
    protocol,
    isSuspended: minors.some(({ isSuspended }) => isSuspended),
    volumes: minors.map(({ volume }, index) => ({ volume: index, ...volume })),
  }
}

/** The minors by number, with null for an Unconfigured one; null as a whole where a line is not understood. */
function minorsIn(proc: string): ReadonlyMap<number, Minor | null> | null {
  const minors = new Map<number, Minor | null>()
  const [, ...lines] = proc.trimEnd().split('\n')
  // The lines before the first minor hold a hash of DRBD's sources, or their version.
  const start = lines.findIndex((line) => /^ *\d+: /.test(line))
  const blocks = start < 0 ? [] : blocksOf(lines.slice(start))
  for (const [head = '', counts = '', ...more] of blocks) {
    const down = UNCONFIGURED.exec(head)
    const state = STATE.exec(head)
    const number = Number(down?.[1] ?? state?.[1])
    const minor = state && minorOf(state, counts, more)
    if ((!down && !minor) || minors.has(number)) return null
    minors.set(number, minor)
  }
  return minors
}

/** The lines of each minor: the line of its state, then the lines that follow it. */
function blocksOf(lines: readonly string[]): string[][] {
  const blocks: string[][] = []
  for (const line of lines) {
    if (/^ *\d+: /.test(line)) blocks.push([line])
    else if (line !== '') blocks.at(-1)?.push(line)
  }
  return blocks
}

function minorOf(state: RegExpExecArray, countsLine: string, more: readonly string[]): Minor | null {
  const [, , cs = '', role = '', peerRole = '', disk = '', peerDisk = '', protocol = '', flags = ''] = state
  const counts = COUNTS.exec(countsLine)?.slice(1).map(Number)
  // Lines after the counts belong to a resync or a verify, and begin with a tab.
  if (!counts || more.some((line) => !line.startsWith('\t'))) return null
  const inFlight = addedUp(counts.slice(0, -1), 32)
  const outOfSync = addedUp(counts.slice(-1), 64)
  const isJoined = JOINED.test(cs)
  return {
    role,
    connection: isJoined ? 'Connected' : cs,
    peerRole,
    protocol: protocol.trim(),
    isSuspended: flags.startsWith('s'),
    volume: {
      disk,
      peerDisk,
      replication: isJoined ? cs.replace(/^Connected$/, 'Established') : 'Off',
      sizeKib: null,
      outOfSyncKib: outOfSync.sum,
      resyncSuspended: pausesIn(flags),
      inFlight: inFlight.sum,
      hasQuorum: true,
      rateKibPerSecond: rateIn(more),
      ...(inFlight.isWrapped || outOfSync.isWrapped ? { isWrapped: true as const } : {}),
    },
  }
}

function pausesIn(flags: string): string {
  const pauses = [...flags.slice(1, 4)].filter((flag) => flag !== '-')
  return pauses.length === 0 ? 'no' : pauses.map((flag) => PAUSES[flag] ?? flag).join(',')
}

/** The resync's rate in KiB/s; null where none is printed. Stalled, DRBD prints an older speed, and the rate is 0. */
function rateIn(lines: readonly string[]): number | null {
  const [, speed, stalled] = lines.map((line) => SPEED.exec(line)).find((match) => match !== null) ?? []
  if (speed === undefined) return null
  return stalled ? 0 : Number(speed.replaceAll(',', ''))
}
