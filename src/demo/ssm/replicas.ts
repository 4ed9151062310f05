// DRBD resources on the hosts of a world: from their seeds, held and let go with the hosts, promoted by mounts as DRBD 9 does.

import { setMounted } from '../ec2/attachments.ts'
import type { Volume, WorldSeed } from '../ec2/entities.ts'
import { attachmentsOf } from '../ec2/states.ts'
import type { Store } from '../ec2/store.ts'
import { advance, outOfSyncKib, placeOf, type Resource, type Side } from './drbd.ts'
import { demote, part, promote, up } from './drbdMoves.ts'
import { settle } from './due.ts'
import type { Host, Hosts, ReplicaSeed, ReplicaState, Service } from './entities.ts'

const KIB_PER_GIB = 1024 * 1024

export function resourcesFrom(store: Store, seeds: WorldSeed['replicas'] = []): Resource[] {
  return seeds.map((seed) => resourceFrom(store, seed))
}

function resourceFrom(store: Store, seed: ReplicaSeed): Resource {
  const source = seed.source.map((name) => named(store, name))
  const leftKib = (seed.leftGib ?? 0) * KIB_PER_GIB
  const isSyncing = leftKib > 0
  const generations = ['0000000000000001']
  const common = { isUp: true, hasUnit: true, isAutoPromoted: false } as const
  return {
    name: seed.resource,
    version: seed.version ?? '9',
    sizeKib: source.reduce((sum, { sizeGib }) => sum + sizeGib * KIB_PER_GIB, 0),
    link: 'Connected',
    lyingKib: seed.lyingKib ?? 0,
    isIoSuspended: seed.isIoSuspended ?? false,
    born: 0,
    sync: isSyncing
      ? {
          target: 1,
          leftKib,
          sinceMs: store.now(),
          kibPerSecond: (seed.mibps ?? 40) * 1024,
          suspended: seed.suspended ?? 'no',
        }
      : null,
    sides: [
      {
        ...common,
        node: 0,
        volumes: source.map(({ id }) => id),
        role: 'Primary',
        disk: 'UpToDate',
        generations: isSyncing ? ['0000000000000002', ...generations] : generations,
        heldBy: seed.heldBy ?? null,
      },
      {
        ...common,
        node: 1,
        volumes: seed.replica.map((name) => named(store, name).id),
        role: 'Secondary',
        disk: isSyncing ? 'Inconsistent' : 'UpToDate',
        generations,
        heldBy: null,
      },
    ],
  }
}

function named(store: Store, name: string): Volume {
  const [volume, ...others] = [...store.volumes.values()].filter(({ tags }) => tags.Name === name)
  if (!volume || others.length > 0)
    throw new Error(`the world has ${others.length > 0 ? 'several volumes' : 'no volume'} ${name}`)
  return volume
}

export function sidesOn(hosts: Hosts, host: Host, atMs: number): { resource: Resource; side: Side }[] {
  return hosts.resources.flatMap((resource) => {
    advance(resource, atMs)
    return resource.sides
      .filter((side) => placeOf(hosts, side, atMs) === host.instance)
      .map((side) => ({ resource, side }))
  })
}

/** DRBD keeps the volumes of a side that is up, mounted or not. */
export function isHeld({ resources }: Hosts, volumeId: string): boolean {
  return resources.some(({ sides }) => sides.some(({ isUp, volumes }) => isUp && volumes.includes(volumeId)))
}

/** After a side went up or down: whether its volumes can be detached. */
export function hold({ store }: Hosts, { volumes, isUp }: Side, atMs: number): void {
  for (const id of volumes) {
    const volume = store.volumes.get(id)
    for (const attachment of volume ? attachmentsOf(volume, atMs) : []) {
      if (volume) setMounted(store, { volume, attachment }, { isMounted: isUp, atMs })
    }
  }
}

/** Before a mount: each resource under the service has to be primary; DRBD 9 makes it so, 8.4 does not. Why not, or null. */
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

/** After an unmount: what a mount had promoted is demoted. */
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

/** An open service of the host stands on the side's volumes. */
export function isMountedOn(hosts: Hosts, host: Host, { side, atMs }: { side: Side; atMs: number }): boolean {
  const open = [...host.services.values()].filter(({ state }) => state === 'open')
  return open.some((service) => sidesUnder(hosts, host, { service, atMs }).some((under) => under.side === side))
}

/** A host went down or came up: its sides with it, as far as their units are enabled. */
export function switchSides(hosts: Hosts, host: Host, atMs: number): void {
  for (const { resource, side } of sidesOn(hosts, host, atMs)) {
    if (!host.isUp) part(resource, side, atMs)
    else if (side.hasUnit) up(resource, side, atMs)
    hold(hosts, side, atMs)
  }
}

export function replicasState(hosts: Hosts): ReplicaState[] {
  settle(hosts)
  const nowMs = hosts.store.now()
  return hosts.resources.map((resource) => {
    advance(resource, nowMs)
    return {
      resource: resource.name,
      link: resource.link,
      outOfSyncKib: outOfSyncKib(resource, nowMs),
      sides: resource.sides.map((side) => ({
        instance: placeOf(hosts, side, nowMs),
        isUp: side.isUp,
        role: side.role,
        disk: side.disk,
        generation: side.generations[0] ?? '',
      })),
    }
  })
}
