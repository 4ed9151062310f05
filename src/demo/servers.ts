// Worlds made of servers: each stands in both zones under one Name; the one in the source zone has a root volume and carries
// the data volumes.
import type { VolumeSeed, WorldSeed } from './ec2/world/entities.ts'

/** The zone that every scenario moves volumes out of; its zone id is use1-az1. */
export const SOURCE = 'us-east-1a'
/** The zone that every scenario moves volumes into; its zone id is use1-az4. */
export const TARGET = 'us-east-1c'

type OnServer = Omit<VolumeSeed, 'zone' | 'instance'> & { readonly device: string }

/** A world of two zones with a server for each name in both, whose volumes are attached in the source zone. */
export function worldOf(servers: Readonly<Record<string, readonly OnServer[]>>): WorldSeed {
  const names = Object.keys(servers)
  return {
    zones: [
      { name: SOURCE, id: 'use1-az1' },
      { name: TARGET, id: 'use1-az4' },
    ],
    instances: names.flatMap((name) => [SOURCE, TARGET].map((zone) => ({ name, zone }))),
    volumes: names.flatMap((instance) => [
      rootOf(instance),
      ...(servers[instance] ?? []).map((volume) => ({ ...volume, zone: SOURCE, instance })),
    ]),
  }
}

/** A server in the target zone with a root volume, which carries the copies of DRBD resources. */
export function backupServer(name: string, copies: readonly OnServer[]): Pick<WorldSeed, 'instances' | 'volumes'> {
  return {
    instances: [{ name, zone: TARGET }],
    volumes: [rootOf(name, TARGET), ...copies.map((copy) => ({ ...copy, zone: TARGET, instance: name }))],
  }
}

/** The first world with the instances, volumes and replicas of the others added; all else is the first one's. */
export function joined(world: WorldSeed, ...more: readonly Partial<WorldSeed>[]): WorldSeed {
  const all = [world, ...more]
  return {
    ...world,
    instances: all.flatMap(({ instances = [] }) => instances),
    volumes: all.flatMap(({ volumes = [] }) => volumes),
    replicas: all.flatMap(({ replicas = [] }) => replicas),
  }
}

function rootOf(instance: string, zone = SOURCE): VolumeSeed {
  const place = { zone, instance, device: '/dev/xvda', isRoot: true, deleteOnTermination: true }
  return { name: `${instance}-root`, sizeGib: 8, usedGib: 4, type: 'gp3', ...place }
}

/** The device names AWS recommends for data volumes. */
const DEVICES = [...'fghijklmnop'].map((letter) => `/dev/sd${letter}`)

/** `count` small volumes of the service `bulk`, by server: as many to each as there are device names. */
export function smallVolumes(count: number): Record<string, OnServer[]> {
  const servers: Record<string, OnServer[]> = {}
  for (let index = 0; index < count; index++) {
    const server = `bulk-${Math.floor(index / DEVICES.length) + 1}`
    const device = DEVICES[index % DEVICES.length] ?? '/dev/sdf'
    // Five thousand and their copies are within EBS's default quota of 50 TiB.
    const small = { sizeGib: 4, usedGib: 2, type: 'gp3', snapshotMinutes: 20 + (index % 10) }
    const volume = { name: `small-${index + 1}`, device, ...small, tags: { 'zonehop:service': 'bulk' } }
    servers[server] = [...(servers[server] ?? []), volume]
  }
  return servers
}
