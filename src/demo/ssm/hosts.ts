// The hosts of a world, as its seed has them or as the service tags of their volumes tell. Instances that stop take their
// services down; those that start open them again.
import type { Instance, WorldSeed } from '../ec2/world/entities.ts'
import type { Store } from '../ec2/world/store.ts'
import { schedule, settle } from './commands/due.ts'
import { BUILT_IN, documentOf } from './documents.ts'
import { keepUp } from './drbd/replica-data.ts'
import { resourcesFrom } from './drbd/replica-seeds.ts'
import { hold, switchSides, takePrimary } from './drbd/replicas.ts'
import type { Host, Hosts, SsmFaults } from './entities.ts'
import type { HostSeed, HostState } from './seeds.ts'
import { become, missingDevices, mount, serviceFrom, servicesTagged } from './services.ts'

/** What the simulated SSM is opened with, beside the world's seed. */
export type SsmOptions = {
  readonly faults?: SsmFaults
  /** Documents by name, as their JSON content; those the simulated hosts know by name exist already. */
  readonly documents?: Readonly<Record<string, string>>
}

/** Opens SSM over the instances of a store, which calls on it from then on when instances turn or time has passed. */
export function openHosts(store: Store, world: WorldSeed, { faults = {}, documents = {} }: SsmOptions = {}): Hosts {
  const nowMs = store.now()
  const hosts: Hosts = {
    store,
    hosts: new Map(),
    commands: new Map(),
    resources: resourcesFrom(store, world.replicas),
    documents: new Map(
      Object.entries({ ...BUILT_IN, ...documents }).map(([name, content]) => [name, documentOf(name, content, nowMs)]),
    ),
    due: [],
    faults,
    once: { mishaps: [] },
    counts: { calls: {}, dryRuns: {}, refused: {} },
  }
  for (const instance of store.instances.values()) {
    const seed = world.hosts?.find((host) => host.instance === instance.name && host.zone === instance.zone)
    hosts.hosts.set(instance.id, openHost(hosts, instance, seed))
  }
  for (const { sides } of hosts.resources) for (const side of sides) hold(hosts, side, nowMs)
  store.hooks.settle = () => {
    settle(hosts)
    for (const resource of hosts.resources) keepUp(store, resource, store.now())
  }
  store.hooks.turned = (instance) => {
    schedule(hosts, instance.settlesAtMs, (atMs) => power(hosts, instance, atMs))
  }
  return hosts
}

/**
 * A host as its seed has it, open services mounted. Without a seed its services are those that tags tell: they are
 * open, but not mounted, so that no detach is busy.
 */
function openHost(hosts: Hosts, instance: Instance, seed: HostSeed | undefined): Host {
  const { store } = hosts
  const services = seed?.services ?? servicesTagged(hosts, instance)
  const isUp = instance.goal === 'running'
  const host: Host = {
    instance: instance.id,
    hasAgent: seed?.hasAgent ?? true,
    isAgentUp: true,
    isUp,
    services: new Map(),
    memories: new Map(),
  }
  for (const one of services) {
    const service = serviceFrom(one, isUp, store.now())
    host.services.set(one.name, service)
    if (seed && service.state === 'open') mount(hosts, host, service, { isMounted: true, atMs: store.now() })
  }
  return host
}

/** Takes a host down or up, now that its instance is where it was told to go; not where it was told otherwise since. */
function power(hosts: Hosts, instance: Instance, atMs: number): void {
  const { store } = hosts
  const host = hosts.hosts.get(instance.id)
  if (!host || instance.settlesAtMs !== atMs || host.isUp === (instance.goal === 'running')) return
  host.isUp = instance.goal === 'running'
  switchSides(hosts, host, atMs)
  for (const memory of host.memories.values()) memory.lock = null
  for (const service of host.services.values()) {
    service.lock = null
    if (!host.isUp) become(service, { state: 'stopped', by: 'stop', atMs })
    else if (service.startsOnBoot && missingDevices(store, host, service, atMs).length === 0) {
      if (takePrimary(hosts, host, service, atMs) !== null) continue
      become(service, { state: 'open', by: 'boot', atMs })
      mount(hosts, host, service, { isMounted: true, atMs })
    }
  }
}

/** The services of every host as scenarios see them, now. */
export function hostsState(hosts: Hosts): HostState[] {
  settle(hosts)
  return [...hosts.hosts.values()].map(({ instance, services }) => ({
    instance,
    services: [...services.values()].map(({ name, state, by, atMs, rev, hooks }) => ({
      name,
      state,
      by,
      atMs,
      rev,
      hooks,
    })),
  }))
}
