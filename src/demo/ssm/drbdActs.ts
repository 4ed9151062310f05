// What the documents for replicas do on a host, each a `drbdadm` of its own; never forced, and done again already done.
import type { Resource, Side } from './drbd.ts'
import { connect, demote, down, promote, up } from './drbdMoves.ts'
import { procDrbd, statusJson } from './drbdStatus.ts'
import { type Ended, no, type Place, yes } from './ended.ts'
import type { Service } from './entities.ts'
import { hold, isMountedOn, sidesOn } from './replicas.ts'
import { become, mount } from './services.ts'

type On = Place & { readonly resource: Resource; readonly side: Side }

const ACTS: Readonly<Record<string, (on: On) => string>> = {
  'zonehop-replica-status': ({ resource, side, atMs }) =>
    resource.version === '9' ? JSON.stringify(statusJson(resource, side, atMs)) : procDrbd(resource, side, atMs),
  /** As `drbdadm get-gi`: the current generation and those before it, then the flags. */
  'zonehop-replica-generation': ({ side }) => {
    const [now = '0', one = '0', two = '0'] = side.generations
    return `${[now, '0', one, two].map((id) => id.padStart(16, '0')).join(':')}:1:${side.disk === 'UpToDate' ? 1 : 0}:0:1:0:0`
  },
  'zonehop-replica-demote': (on) => {
    checkUnmounted(on)
    return said(demote(on.resource, on.side), 'secondary')
  },
  'zonehop-replica-down': (on) => leave(on, 'down'),
  'zonehop-replica-up': (on) => {
    const refusal = up(on.resource, on.side, on.atMs)
    hold(on.hosts, on.side, on.atMs)
    if (!refusal) on.side.hasUnit = true
    return said(refusal, 'up')
  },
  'zonehop-replica-promote': ({ resource, side }) => said(promote(resource, side), 'primary'),
  /** Unmounted, secondary, down, its unit disabled. */
  'zonehop-replica-fence': (on) => {
    stop(on, on.service)
    return leave(on, 'fenced')
  },
  /** On the side that gives up its data. */
  'zonehop-replica-reunite': ({ resource, side, atMs }) =>
    said(connect(resource, side, { discards: true, nowMs: atMs }), 'connected'),
}

export const REPLICA_DOCUMENTS: readonly string[] = Object.keys(ACTS)

export function replicaActed(document: string, place: Place): Ended | null {
  const act = ACTS[document]
  if (!act) return null
  const name = place.command.parameters.resource?.[0] ?? ''
  const found = sidesOn(place.hosts, place.host, place.atMs).find(({ resource }) => resource.name === name)
  if (!found) return no(1, `${name}: not defined in your config (for this host).`)
  try {
    return yes(act({ ...place, ...found }))
  } catch (error) {
    if (error instanceof Refused) return no(1, `${name}: ${error.message}`)
    throw error
  }
}

class Refused extends Error {}

function said(refusal: { readonly refused: string } | null, fine: string): string {
  if (refusal) throw new Refused(refusal.refused)
  return fine
}

/** As DRBD says it of whatever holds the device open, a mount too. */
function checkUnmounted({ hosts, host, resource, side, atMs }: On): void {
  if (!isMountedOn(hosts, host, { side, atMs })) return
  throw new Refused(`State change failed: (-12) Device is held open by someone: ${resource.name}: mount`)
}

function leave(on: On, fine: string): string {
  checkUnmounted(on)
  const { resource, side, hosts, atMs } = on
  const refusal = down(resource, side, atMs)
  hold(hosts, side, atMs)
  if (!refusal) side.hasUnit = false
  return said(refusal, fine)
}

function stop({ hosts, host, command, atMs }: On, service: Service): void {
  if (service.state !== 'open') return
  mount(hosts, host, service, { isMounted: false, atMs })
  become(service, { state: 'frozen', by: command.document.name, atMs })
}
