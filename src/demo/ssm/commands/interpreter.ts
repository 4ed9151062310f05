// What the documents do on a host. Each takes the lock of its service, or of its DRBD resource, refuses an older rev than the
// host has seen for it and a time past `notAfter`, and only then acts; done again it finds its work done. Exit codes: 3 an
// older rev, 4 too late, 5 locked, 7 refused as things are, 8 no such disk, 1 it did not work, 10 no such DRBD resource, 127 not a document
// of these hosts.
import { volumesOn } from '../../ec2/calls/volumes.ts'
import { REPLICA_DOCUMENTS, REPLICA_STATUS, replicaActed } from '../drbd/drbd-acts.ts'
import { leavePrimary, takePrimary } from '../drbd/replicas.ts'
import type { Command, Host, Memory } from '../entities.ts'
import { become, missingDevices, mount, serviceOn } from '../services.ts'
import { type Ended, EXIT, no, type Place, type Run, yes } from './ended.ts'

const ACTS: Readonly<Record<string, (place: Place) => Ended>> = {
  'zonehop-freeze': freeze,
  'zonehop-unfreeze': open,
  'zonehop-open': open,
  'zonehop-check': check,
  'zonehop-after-attach': check,
  'zonehop-hook': hook,
  'zonehop-rehearse': rehearse,
}

/**
 * Why a document may not act, or the memory whose lock it then has to hold. The status of a replica waits for nobody
 * and is never too late, since it only reads.
 */
export function guarded(run: Run): Ended | Memory {
  const { command, atMs } = run
  const document = command.document.name
  if (!ACTS[document] && !REPLICA_DOCUMENTS.includes(document))
    return no(EXIT.unknown, `${document}: not known on this host`)
  const { name, memory } = memoryFor(run)
  if (document === REPLICA_STATUS) return memory
  if (memory.lock !== null) return no(EXIT.locked, `${name}: locked by another command`)
  const rev = Number(parameter(command, 'rev'))
  if (rev < memory.rev) return no(EXIT.olderRev, `${name}: rev ${rev} is older than ${memory.rev}, which was seen here`)
  if (atMs > timeOf(parameter(command, 'notAfter')))
    return no(EXIT.tooLate, `${name}: it is past ${parameter(command, 'notAfter')}`)
  memory.rev = rev
  return memory
}

function memoryFor({ hosts, host, command, atMs }: Run): { name: string; memory: Memory } {
  const document = command.document.name
  const service = parameter(command, 'service')
  if (ACTS[document]) return { name: service, memory: serviceOn(hosts, host, service, atMs) }
  const name = document === REPLICA_STATUS ? command.id : parameter(command, 'resource')
  const memory = host.memories.get(name) ?? { rev: 0, lock: null }
  host.memories.set(name, memory)
  return { name, memory }
}

/** Takes the locks of a command that was killed. */
export function unlock({ services, memories }: Host, { id }: Command): void {
  for (const memory of [...services.values(), ...memories.values()]) if (memory.lock?.command === id) memory.lock = null
}

/**
 * Does what the document does, now that it ends. Rev and time were checked when it began; the lock has been held since.
 */
export function acted(run: Run): Ended {
  const { hosts, host, command, atMs } = run
  const act = ACTS[command.document.name]
  if (!act) return replicaActed(run)
  return act({ ...run, service: serviceOn(hosts, host, parameter(command, 'service'), atMs) })
}

function freeze({ hosts, host, service, command, atMs }: Place): Ended {
  if (service.state === 'frozen') return yes(`${service.name}: frozen already`)
  const isFreezing = parameter(command, 'how') === 'fsfreeze'
  if (service.heldBy && !isFreezing)
    return no(EXIT.failed, `umount: ${service.name}: target is busy: ${service.heldBy}`)
  mount(hosts, host, service, { isMounted: isFreezing, atMs, isQuiet: true })
  if (!isFreezing) leavePrimary(hosts, host, service, atMs)
  become(service, { state: 'frozen', by: byOf(command), atMs })
  return yes(`${service.name}: frozen`)
}

/** Opening and unfreezing are one: mount, start, write. */
function open({ hosts, host, service, command, atMs }: Place): Ended {
  const missing = missingDevices(hosts.store, host, service, atMs)
  if (missing.length > 0) return no(EXIT.failed, `mount: ${missing.join(', ')}: no such device`)
  if (service.state === 'open') return yes(`${service.name}: open already`)
  const refusal = takePrimary(hosts, host, service, atMs)
  if (refusal) return no(EXIT.failed, refusal)
  mount(hosts, host, service, { isMounted: true, atMs })
  become(service, { state: 'open', by: byOf(command), atMs })
  return yes(`${service.name}: open`)
}

/** Reads the service's state and devices, and changes nothing. */
function check({ hosts, host, service, atMs }: Place): Ended {
  const missing = missingDevices(hosts.store, host, service, atMs)
  if (missing.length > 0) return no(EXIT.failed, `${service.name}: ${missing.join(', ')}: no such device`)
  return yes(
    JSON.stringify({ service: service.name, state: service.state, devices: service.devices, rev: service.rev }),
  )
}

/** Reads the copies that it names, whatever the service is doing. */
function rehearse({ hosts: { store }, host, command, atMs }: Place): Ended {
  const there = volumesOn(store, host.instance, atMs).filter(({ attachment }) => atMs >= attachment.attachedAtMs)
  const wanted = parameter(command, 'volumes').split(',').filter(Boolean)
  const missing = wanted.filter((id) => !there.some(({ volume }) => volume.id === id))
  return missing.length > 0
    ? no(EXIT.notShown, `zonehop: this host shows no disk with the serial ${missing.join(', ').replaceAll('-', '')}`)
    : yes(wanted.map((id) => `${id}: mounted read-only and read`).join('\n'))
}

function hook(place: Place): Ended {
  const checked = check(place)
  if (checked.exit !== EXIT.ok) return checked
  place.service.hooks++
  return yes(`${place.service.name}: hook done`)
}

function parameter({ parameters }: Command, name: string): string {
  return parameters[name]?.[0] ?? ''
}

/** A time in ms since 1970, from ISO 8601, seconds or ms. */
function timeOf(text: string): number {
  if (!/^\d+$/.test(text)) return Date.parse(text)
  return text.length > 11 ? Number(text) : Number(text) * 1000
}

function byOf(command: Command): string {
  return [command.document.name, parameter(command, 'migration'), `rev ${parameter(command, 'rev')}`]
    .filter(Boolean)
    .join(' ')
}
