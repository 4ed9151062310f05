// Worlds made of servers: each stands in both zones under one Name, with a root volume, and carries volumes in the source zone.
import type { VolumeSeed, WorldSeed } from './ec2/world/entities.ts'

export const SOURCE = 'us-east-1a'
export const TARGET = 'us-east-1c'

type OnServer = Omit<VolumeSeed, 'zone' | 'instance'> & { readonly device: string }

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

/** A backup server in the target zone, with the copies of DRBD resources, named for what they are copies of. */
export function backupServer(name: string, copies: readonly OnServer[]): Pick<WorldSeed, 'instances' | 'volumes'> {
  return {
    instances: [{ name, zone: TARGET }],
    volumes: [rootOf(name, TARGET), ...copies.map((copy) => ({ ...copy, zone: TARGET, instance: name }))],
  }
}

/** Both, where each has its own. */
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

/** So many small volumes of one service, as many to a server as there are devices. */
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
