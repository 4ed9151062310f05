// What the documents for replicas do on a host: the `drbdadm` calls of each shipped script. Nothing is ever forced, and what
// is done again finds its work done. What a script refuses as things are ends with 7, what DRBD refuses with 1.

import { type Ended, EXIT, no, type Run, yes } from '../commands/ended.ts'
import type { Resource, Side } from '../entities.ts'
import { become, mount } from '../services.ts'
import { demote, down, promote, reunite, up } from './drbd-moves.ts'
import { statusText } from './drbd-status.ts'
import { keepUp } from './replica-data.ts'
import { hold, isMountedOn, leavePrimary, sidesOn } from './replicas.ts'

type On = Run & { readonly resource: Resource; readonly side: Side }

/** The document that tells the status of a DRBD resource; it only reads, so it waits for no lock. */
export const REPLICA_STATUS = 'zonehop-replica-status'

const ACTS: Readonly<Record<string, (on: On) => string>> = {
  [REPLICA_STATUS]: ({ resource, side, atMs }) => statusText(resource, side, atMs),
  'zonehop-replica-demote': (on) => {
    checkUnmounted(on)
    check(demote(on.resource, on.side))
    return `${on.resource.name}: secondary`
  },
  /** Prints the generations last: they are what is compared later. */
  'zonehop-replica-down': (on) => {
    if (on.side.role === 'Primary') throw new Refused(EXIT.refused, 'primary here')
    leave(on)
    return generationOf(on.side)
  },
  'zonehop-replica-promote': promoted,
  'zonehop-replica-check': ({ side }) => {
    if (side.role !== 'Primary') throw new Refused(EXIT.refused, 'not primary here')
    return '/dev/drbd0:\nlost+found'
  },
  'zonehop-replica-fence': (on) => {
    stop(on)
    check(demote(on.resource, on.side))
    leave(on)
    return `${on.resource.name}: down`
  },
  /** Runs on the side that gives up its data. */
  'zonehop-replica-reunite': (on) => {
    const { resource, side, hosts, atMs } = on
    if (side.role === 'Primary') throw new Refused(EXIT.refused, 'primary here, and a primary keeps its data')
    check(reunite(resource, side, atMs))
    hold(hosts, side, atMs)
    side.hasUnit = true
    return `${resource.name}: brought together`
  },
}

/** The names of all documents that act on a DRBD resource. */
export const REPLICA_DOCUMENTS: readonly string[] = Object.keys(ACTS)

/**
 * Runs a document for replicas. Ends with 10 where its resource is not on this host, with 127 for an unknown document.
 */
export function replicaActed(run: Run): Ended {
  const { hosts, host, command, atMs } = run
  const act = ACTS[command.document.name]
  if (!act) return no(EXIT.unknown, 'not known on this host')
  const name = command.parameters.resource?.[0] ?? ''
  const found = sidesOn(hosts, host, atMs).find(({ resource }) => resource.name === name)
  if (!found) return no(EXIT.notDefined, `${name}: not defined in your config (for this host).`)
  try {
    return yes(act({ ...run, ...found }))
  } catch (error) {
    if (error instanceof Refused) return no(error.exit, `${name}: ${error.message}`)
    throw error
  } finally {
    // What refuses half-way has done the first half.
    keepUp(hosts.store, found.resource, atMs)
  }
}

class Refused extends Error {
  readonly exit: number
  constructor(exit: number, message: string) {
    super(message)
    this.exit = exit
  }
}

function check(refusal: { readonly refused: string } | null): void {
  if (refusal) throw new Refused(EXIT.failed, refusal.refused)
}

/** Refuses, in DRBD's words, while a mount holds the device open. */
function checkUnmounted({ hosts, host, resource, side, atMs }: On): void {
  if (!isMountedOn(hosts, host, { side, atMs })) return
  throw new Refused(EXIT.failed, `State change failed: (-12) Device is held open by someone: ${resource.name}: mount`)
}

/** Promotes a side, after bringing it up where it is down; one whose own disk is not UpToDate is not promoted. */
function promoted({ resource, side, hosts, atMs }: On): string {
  check(up(resource, side, atMs))
  hold(hosts, side, atMs)
  if (side.disk !== 'UpToDate') throw new Refused(EXIT.refused, `its disk is not UpToDate here: ${side.disk}`)
  check(promote(resource, side))
  side.hasUnit = true
  return `${resource.name}: primary`
}

function leave(on: On): void {
  const { resource, side, hosts, atMs } = on
  checkUnmounted(on)
  check(down(resource, side, atMs))
  hold(hosts, side, atMs)
  side.hasUnit = false
}

function stop({ hosts, host, command, atMs }: On): void {
  const service = host.services.get(command.parameters.service?.[0] ?? '')
  if (service?.state !== 'open') return
  mount(hosts, host, service, { isMounted: false, atMs })
  leavePrimary(hosts, host, service, atMs)
  become(service, { state: 'frozen', by: command.document.name, atMs })
}

/** A side's generations as `drbdadm get-gi` prints them: the current one and those before it, then the flags. */
function generationOf({ generations, disk }: Side): string {
  const [now = '0', one = '0', two = '0'] = generations
  return `${[now, '0', one, two].map((id) => id.padStart(16, '0')).join(':')}:1:${disk === 'UpToDate' ? 1 : 0}:0:1:0:0`
}
