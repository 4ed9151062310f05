// Replicas in a trial: drawn over the volumes of some services, and what must hold of them whatever happens. Never two
// primaries; what is open on a promoted copy knows everything its source does; in the end both sides are where they belong.
import type { Migration } from '../../../src/core/model/migration.ts'
import { isReplicaMove } from '../../../src/core/model/moves.ts'
import type { ReplicaMove } from '../../../src/core/model/plan.ts'
import type { VolumeSeed, WorldSeed } from '../../../src/demo/ec2/world/entities.ts'
import { attachmentsOf } from '../../../src/demo/ec2/world/states.ts'
import type { Store } from '../../../src/demo/ec2/world/store.ts'
import { outOfSyncKib, placeOf } from '../../../src/demo/ssm/drbd/drbd.ts'
import type { Hosts, Resource } from '../../../src/demo/ssm/entities.ts'
import type { ReplicaSeed } from '../../../src/demo/ssm/seeds.ts'
import { TARGET } from '../../support/worlds.ts'
import type { Random } from '../world/random.ts'

type Drawn = Pick<WorldSeed, 'instances' | 'volumes'> & { readonly replicas: readonly ReplicaSeed[] }
const NONE: Drawn = { instances: [], volumes: [], replicas: [] }

/** Over the volumes of services that a running host can be asked about: one resource a service, on one volume or two. */
export function drawReplicas(random: Random, volumes: readonly VolumeSeed[], services: readonly string[]): Drawn {
  if (!random.chance(0.5)) return NONE
  const some = services.filter(() => random.chance(0.5)).slice(0, 2)
  const drawn = some.map((service, index) => {
    const mine = volumes.filter(({ tags }) => tags?.['zonehop:service'] === service)
    return drawOne(random, mine.slice(0, random.chance(0.2) ? 2 : 1), { service, backup: `backup-${index + 1}` })
  })
  return {
    instances: drawn.flatMap(({ instances }) => instances),
    volumes: drawn.flatMap(({ volumes: copies }) => copies),
    replicas: drawn.flatMap(({ replicas }) => replicas),
  }
}

function drawOne(
  random: Random,
  sources: readonly VolumeSeed[],
  { service, backup }: { readonly service: string; readonly backup: string },
): Drawn {
  if (sources.length === 0) return NONE
  const resource = `drbd-${service}`
  const copies = sources.map(({ name, sizeGib, usedGib, type, iops }, index) => ({
    name: `${name}-copy`,
    zone: TARGET,
    instance: backup,
    device: `/dev/sd${'pq'[index]}`,
    type,
    sizeGib,
    usedGib,
    ...(iops ? { iops } : {}),
    snapshotMinutes: random.whole(1, 4),
    tags: { 'zonehop:replica-of': name, 'zonehop:resource': resource },
  }))
  const replica: ReplicaSeed = {
    resource,
    version: random.pick(['9', '8.4']),
    source: sources.map(({ name }) => name),
    replica: copies.map(({ name }) => name),
    ...(random.chance(0.2) ? { leftGib: random.whole(1, 8) } : {}),
    ...(random.chance(0.15) ? { lyingKib: random.whole(1, 900) } : {}),
  }
  return { instances: [{ name: backup, zone: TARGET }], volumes: copies, replicas: [replica] }
}

/** Two that write one resource never become one again. */
export function neverTwoPrimaries({ resources }: Hosts): string[] {
  return resources
    .filter(({ sides }) => sides.every(({ isUp, role }) => isUp && role === 'Primary'))
    .map(({ name }) => `${name} is primary on both its hosts`)
}

/** Of a copy that a service of the target zone has open: it grew from all that its source holds. */
export function lostOfReplica({ resources }: Hosts, volumeId: string): string[] | null {
  const resource = resources.find(({ sides: [, copy] }) => copy.volumes.includes(volumeId))
  if (!resource) return null
  const [source, copy] = resource.sides
  const isWhole = copy.generations.includes(source.generations[0] ?? '') && copy.disk === 'UpToDate'
  return isWhole && resource.lyingKib === 0 ? [] : [`${resource.name} is open without what its source holds`]
}

/** Copies of replicas are at their backup server or at their successor, and nowhere else. */
export function copiesInPlace(store: Store, migrations: readonly Migration[]): string[] {
  const moves = migrations.flatMap(({ plan }) => plan.moves.filter(isReplicaMove))
  return moves.flatMap(({ pairs, successor }) =>
    pairs.flatMap(({ source, copy }) => {
      const volume = store.volumes.get(copy.id)
      const places = volume ? attachmentsOf(volume, store.now()) : []
      const isRight = places.every(
        ({ instance, device }) =>
          (instance === successor && device === source.device) ||
          (instance === copy.instance && device === copy.device),
      )
      return isRight && places.length < 2
        ? []
        : [`${copy.id}, the copy of ${source.name}, is at ${places[0]?.instance}`]
    }),
  )
}

/** The copy alone is primary, at the successor. */
export function wrongsOfPromoted(hosts: Hosts, { resource, successor }: ReplicaMove): string[] {
  const found = hosts.resources.find(({ name }) => name === resource)
  const [source, copy] = found?.sides ?? []
  return [
    ...(source?.isUp ? [`the source of ${resource} is still up`] : []),
    ...(copy?.isUp && copy.role === 'Primary' ? [] : [`the copy of ${resource} is not primary`]),
    ...(found && placeOf(hosts, found.sides[1], hosts.store.now()) === successor
      ? []
      : [`the copy of ${resource} is not at ${successor}`]),
  ]
}

/** Every source is primary, its copy at home, both connected and in sync; one that was not in sync before may be at it still. */
export function wrongsOfReunited(hosts: Hosts, replicas: readonly ReplicaSeed[]): string[] {
  const nowMs = hosts.store.now()
  return hosts.resources.flatMap((resource) => {
    const { name, link } = resource
    const [source, copy] = resource.sides
    const seed = replicas.find((one) => one.resource === name)
    return [
      ...(source.isUp && source.role === 'Primary' ? [] : [`the source of ${name} is not primary`]),
      ...(copy.isUp && copy.role === 'Secondary' ? [] : [`the copy of ${name} is not secondary`]),
      ...(link === 'Connected' ? [] : [`${name} is ${link}`]),
      // What lay before lies still, where nobody had a reason to look.
      ...(isInSync(resource, nowMs) || seed?.leftGib || resource.lyingKib > 0 ? [] : [`${name} is not in sync`]),
    ]
  })
}

function isInSync(resource: Resource, nowMs: number): boolean {
  return outOfSyncKib(resource, nowMs) === 0
}
