// Services on hosts: which there are, on which devices, and how their volumes are mounted and written to.
import { setMounted, setWriting } from '../ec2/calls/attachments.ts'
import { volumesOn } from '../ec2/calls/volumes.ts'
import type { Instance } from '../ec2/world/entities.ts'
import type { Store } from '../ec2/world/store.ts'
import { settle } from './commands/due.ts'
import { isHeld, leavePrimary, takePrimary } from './drbd/replicas.ts'
import type { Host, Hosts, Service } from './entities.ts'
import type { ServiceSeed, ServiceState } from './seeds.ts'

/** A service as its seed has it, or `stopped` where its host is down. */
export function serviceFrom(
  { name, devices, state, startsOnBoot = true, heldBy }: ServiceSeed,
  isUp: boolean,
  atMs: number,
): Service {
  return {
    name,
    state: isUp ? (state ?? 'open') : 'stopped',
    by: 'seed',
    atMs,
    rev: 0,
    lock: null,
    devices,
    startsOnBoot,
    heldBy: heldBy ?? null,
    hooks: 0,
  }
}

/**
 * A service for each `zonehop:service` tag among an instance's volumes; an untagged data volume is a service of its
 * own, by its Name. A volume that is the copy of a DRBD resource belongs to none.
 */
export function servicesTagged({ store, resources }: Hosts, instance: Instance): ServiceSeed[] {
  const copies = new Set(resources.flatMap(({ sides: [, copy] }) => copy.volumes))
  const devices = new Map<string, string[]>()
  for (const { volume, attachment } of volumesOn(store, instance.id, store.now())) {
    if (attachment.device === instance.rootDevice || copies.has(volume.id)) continue
    const name = volume.tags['zonehop:service'] ?? volume.tags.Name ?? volume.id
    devices.set(name, [...(devices.get(name) ?? []), attachment.device])
  }
  return [...devices].map(([name, of]) => ({ name, devices: of }))
}

/**
 * The service of a host by its name. One that it has not had is added, stopped: on the devices it has on the host of
 * the same Name elsewhere, since a move keeps them, else on all data volumes that are attached here or there: a rehearsal's copies are at
 * other devices for a while.
 */
export function serviceOn({ store, hosts }: Hosts, host: Host, name: string, atMs: number): Service {
  const known = host.services.get(name)
  if (known) return known
  const instance = store.instances.get(host.instance)
  const alike = [...hosts.values()].filter((other) => store.instances.get(other.instance)?.name === instance?.name)
  const like = alike.flatMap(({ services }) => services.get(name) ?? [])
  const others = alike.map((other) => other.instance).filter((id) => id !== host.instance)
  const devices = like[0]?.devices ?? dataDevices(store, [host.instance, ...others], atMs)
  const service = serviceFrom({ name, devices, state: 'stopped' }, true, atMs)
  host.services.set(name, service)
  return service
}

/** The devices of the data volumes of the first of these instances that has some; copies count only where there is nothing else. */
function dataDevices(store: Store, instances: readonly string[], atMs: number): string[] {
  const data = instances.map((id) =>
    volumesOn(store, id, atMs).filter(({ attachment }) => attachment.device !== store.instances.get(id)?.rootDevice),
  )
  const own = data.map((all) => all.filter(({ volume }) => volume.tags['zonehop:step'] !== 'restore'))
  const found = [...own, ...data].find((all) => all.length > 0) ?? []
  return found.map(({ attachment }) => attachment.device)
}

/**
 * Sets a service's state as a person at the host does. Throws where there is no such host, where it is down, or where DRBD
 * refuses to open it.
 */
export function setServiceByHand(
  hosts: Hosts,
  instanceId: string,
  { name, state }: { name: string; state: ServiceState },
): void {
  settle(hosts)
  const atMs = hosts.store.now()
  const host = hosts.hosts.get(instanceId)
  if (!host) throw new Error(`there is no host ${instanceId}`)
  if (!host.isUp) throw new Error(`${instanceId} is down`)
  const service = serviceOn(hosts, host, name, atMs)
  const refusal = state === 'open' ? takePrimary(hosts, host, service, atMs) : null
  if (refusal) throw new Error(refusal)
  become(service, { state, by: 'hand', atMs })
  mount(hosts, host, service, { isMounted: state === 'open', atMs })
  if (state !== 'open') leavePrimary(hosts, host, service, atMs)
}

/** Notes a service's new state, what brought it there, and when. */
export function become(
  service: Service,
  to: { readonly state: ServiceState; readonly by: string; readonly atMs: number },
): void {
  Object.assign(service, to)
}

/**
 * Mounts or unmounts a service's volumes; mounted ones are written to, unless `isQuiet`. What DRBD holds stays held.
 */
export function mount(
  hosts: Hosts,
  host: Host,
  { devices }: Service,
  {
    isMounted,
    atMs,
    isQuiet = !isMounted,
  }: { readonly isMounted: boolean; readonly atMs: number; readonly isQuiet?: boolean },
): void {
  const { store } = hosts
  for (const held of volumesOn(store, host.instance, atMs)) {
    if (!devices.includes(held.attachment.device)) continue
    setMounted(store, held, { isMounted: isMounted || isHeld(hosts, held.volume.id), atMs })
    setWriting(store, held.volume, { isQuiet, atMs })
  }
}

/** The devices of a service at which nothing is attached. */
export function missingDevices(store: Store, { instance }: Host, { devices }: Service, atMs: number): string[] {
  const there = volumesOn(store, instance, atMs)
    .filter(({ attachment }) => atMs >= attachment.attachedAtMs)
    .map(({ attachment }) => attachment.device)
  return devices.filter((device) => !there.includes(device))
}
