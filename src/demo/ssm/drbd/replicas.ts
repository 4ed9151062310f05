// DRBD resources on the hosts of a world: they go down and up with their hosts, and mounts promote them as DRBD 9 does.

import { setMounted } from '../../ec2/calls/attachments.ts'
import { attachmentsOf } from '../../ec2/world/states.ts'
import { settle } from '../commands/due.ts'
import type { Host, Hosts, Resource, Service, Side } from '../entities.ts'
import type { ReplicaState } from '../seeds.ts'
import { outOfSyncKib, placeOf } from './drbd.ts'
import { demote, part, promote, up } from './drbd-moves.ts'
import { keepUp } from './replica-data.ts'

/** The sides whose volumes are attached to the host, of resources as they are at that time. */
export function sidesOn(hosts: Hosts, host: Host, atMs: number): { resource: Resource; side: Side }[] {
  return hosts.resources.flatMap((resource) => {
    keepUp(hosts.store, resource, atMs)
    return resource.sides
      .filter((side) => placeOf(hosts, side, atMs) === host.instance)
      .map((side) => ({ resource, side }))
  })
}

/** Whether DRBD holds a volume, so that a detach is busy: it does while the volume's side is up, mounted or not. */
export function isHeld({ resources }: Hosts, volumeId: string): boolean {
  return resources.some(({ sides }) => sides.some(({ isUp, volumes }) => isUp && volumes.includes(volumeId)))
}

/**
 * After a side went up or down: keeps its volumes from being detached while it is up, and lets them go when it is down.
 */
export function hold({ store }: Hosts, { volumes, isUp }: Side, atMs: number): void {
  for (const id of volumes) {
    const volume = store.volumes.get(id)
    for (const attachment of volume ? attachmentsOf(volume, atMs) : []) {
      if (volume) setMounted(store, { volume, attachment }, { isMounted: isUp, atMs })
    }
  }
}

/**
 * Before a mount: makes each resource under the service primary, as DRBD 9 does by itself; 8.4 does not. Null, or what
 * the mount fails with.
 */
export function takePrimary(hosts: Hosts, host: Host, service: Service, atMs: number): string | null {
  for (const { resource, side } of sidesUnder(hosts, host, { service, atMs })) {
    if (!side.isUp) return `mount: /dev/drbd/by-res/${resource.name}/0: no such device`
    if (side.role === 'Primary') continue
    if (resource.version === '8.4') return `mount: /dev/drbd/by-res/${resource.name}/0: read-only device`
    const refusal = promote(resource, side)
    if (refusal) return refusal.refused
    side.isAutoPromoted = true
  }
  return null
}

/** After an unmount: demotes what a mount had promoted. */
export function leavePrimary(hosts: Hosts, host: Host, service: Service, atMs: number): void {
  for (const { resource, side } of sidesUnder(hosts, host, { service, atMs }))
    if (side.isAutoPromoted) demote(resource, side)
}

function sidesUnder(hosts: Hosts, host: Host, { service, atMs }: { service: Service; atMs: number }) {
  const isUnder = (id: string) => {
    const volume = hosts.store.volumes.get(id)
    return (volume ? attachmentsOf(volume, atMs) : []).some(({ device }) => service.devices.includes(device))
  }
  return sidesOn(hosts, host, atMs).filter(({ side }) => side.volumes.some(isUnder))
}

/** Whether an open service of the host stands on the side's volumes. */
export function isMountedOn(hosts: Hosts, host: Host, { side, atMs }: { side: Side; atMs: number }): boolean {
  const open = [...host.services.values()].filter(({ state }) => state === 'open')
  return open.some((service) => sidesUnder(hosts, host, { service, atMs }).some((under) => under.side === side))
}

/** After a host went down or came up: takes its sides down, or brings up those whose units are enabled. */
export function switchSides(hosts: Hosts, host: Host, atMs: number): void {
  for (const { resource, side } of sidesOn(hosts, host, atMs)) {
    if (!host.isUp) part(resource, side, atMs)
    else if (side.hasUnit) up(resource, side, atMs)
    keepUp(hosts.store, resource, atMs)
    hold(hosts, side, atMs)
  }
}

/** The DRBD resources of a world as scenarios see them, now. */
export function replicasState(hosts: Hosts): ReplicaState[] {
  settle(hosts)
  const nowMs = hosts.store.now()
  return hosts.resources.map((resource) => {
    keepUp(hosts.store, resource, nowMs)
    return {
      resource: resource.name,
      link: resource.link,
      outOfSyncKib: outOfSyncKib(resource, nowMs),
      sides: resource.sides.map((side) => ({
        instance: placeOf(hosts, side, nowMs),
        volumes: side.volumes,
        isUp: side.isUp,
        role: side.role,
        disk: side.disk,
        generation: side.generations[0] ?? '',
      })),
    }
  })
}

/** From now on so many KiB differ, although both sides say UpToDate. Throws for an unknown resource. */
export function lie(hosts: Hosts, name: string, kib: number): void {
  const resource = resourceNamed(hosts, name)
  resource.lyingKib = kib
  keepUp(hosts.store, resource, hosts.store.now())
}

/** From now on neither the sync under way nor any other moves. Throws for an unknown resource. */
export function stall(hosts: Hosts, name: string): void {
  const resource = resourceNamed(hosts, name)
  const nowMs = hosts.store.now()
  resource.kibPerSecond = 0
  if (resource.sync) {
    resource.sync = { ...resource.sync, leftKib: outOfSyncKib(resource, nowMs), sinceMs: nowMs, kibPerSecond: 0 }
  }
}

function resourceNamed(hosts: Hosts, wanted: string): Resource {
  settle(hosts)
  const resource = hosts.resources.find(({ name }) => name === wanted)
  if (!resource) throw new Error(`the world has no DRBD resource ${wanted}`)
  keepUp(hosts.store, resource, hosts.store.now())
  return resource
}
