// What the documents do on a host. Each takes its service's lock, refuses an older rev than the host has seen for the service
// and a time past `notAfter`, and only then acts; done again it finds its work done. Exit codes: 3 an older rev, 4 too late,
// 5 locked, 1 it did not work, 127 not a document of these hosts.
import { REPLICA_DOCUMENTS, replicaActed } from './drbdActs.ts'
import { type Ended, no, type Place, yes } from './ended.ts'
import type { Command, Host, Hosts, Service } from './entities.ts'
import { leavePrimary, takePrimary } from './replicas.ts'
import { become, missingDevices, mount, serviceOn } from './services.ts'

export const EXIT = { ok: 0, failed: 1, olderRev: 3, tooLate: 4, locked: 5, unknown: 127 } as const

const ACTS: Readonly<Record<string, (place: Place) => Ended>> = {
  'zonehop-freeze': freeze,
  'zonehop-unfreeze': open,
  'zonehop-open': open,
  'zonehop-check': check,
  'zonehop-after-attach': check,
  'zonehop-hook': hook,
}

/** Before it acts: why not, or the service it may act on, whose lock it then holds. */
export function guarded(
  hosts: Hosts,
  host: Host,
  { command, atMs }: { command: Command; atMs: number },
): Ended | Service {
  const name = parameter(command, 'service')
  const document = command.document.name
  if (!ACTS[document] && !REPLICA_DOCUMENTS.includes(document))
    return no(EXIT.unknown, `${command.document.name}: not known on this host`)
  const service = serviceOn(hosts, host, name, atMs)
  if (service.lock !== null) return no(EXIT.locked, `${name}: locked by another command`)
  const rev = Number(parameter(command, 'rev'))
  if (rev < service.rev)
    return no(EXIT.olderRev, `${name}: rev ${rev} is older than ${service.rev}, which was seen here`)
  if (atMs > timeOf(parameter(command, 'notAfter')))
    return no(EXIT.tooLate, `${name}: it is past ${parameter(command, 'notAfter')}`)
  service.rev = rev
  return service
}

/** Acts. The rev and the time were seen to when it began; the lock has been held since. */
export function acted(
  hosts: Hosts,
  host: Host,
  { service, command, atMs }: { service: Service; command: Command; atMs: number },
): Ended {
  const place = { hosts, host, service, command, atMs }
  const act = ACTS[command.document.name]
  return act?.(place) ?? replicaActed(command.document.name, place) ?? no(EXIT.unknown, 'not known on this host')
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

/** Reads only. */
function check({ hosts, host, service, atMs }: Place): Ended {
  const missing = missingDevices(hosts.store, host, service, atMs)
  if (missing.length > 0) return no(EXIT.failed, `${service.name}: ${missing.join(', ')}: no such device`)
  return yes(
    JSON.stringify({ service: service.name, state: service.state, devices: service.devices, rev: service.rev }),
  )
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

/** A time in ISO, in seconds or in ms since 1970. */
function timeOf(text: string): number {
  if (!/^\d+$/.test(text)) return Date.parse(text)
  return text.length > 11 ? Number(text) : Number(text) * 1000
}

function byOf(command: Command): string {
  return [command.document.name, parameter(command, 'migration'), `rev ${parameter(command, 'rev')}`]
    .filter(Boolean)
    .join(' ')
}
