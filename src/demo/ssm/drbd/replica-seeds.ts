// DRBD resources as the seed of a world has them: in sync, or so much behind.
import type { Volume, WorldSeed } from '../../ec2/world/entities.ts'
import type { Store } from '../../ec2/world/store.ts'
import type { Resource } from '../entities.ts'
import type { ReplicaSeed } from '../seeds.ts'

const KIB_PER_GIB = 1024 * 1024

/** The DRBD resources of a world. Throws where a Name is that of no volume, or of several. */
export function resourcesFrom(store: Store, seeds: WorldSeed['replicas'] = []): Resource[] {
  return seeds.map((seed) => resourceFrom(store, seed))
}

function resourceFrom(store: Store, seed: ReplicaSeed): Resource {
  const source = seed.source.map((name) => named(store, name))
  const leftKib = (seed.leftGib ?? 0) * KIB_PER_GIB
  const isSyncing = leftKib > 0
  const kibPerSecond = (seed.mibps ?? 40) * 1024
  const generations = ['0000000000000001']
  const common = { isUp: true, hasUnit: true, isAutoPromoted: false, isDiscarding: false } as const
  return {
    name: seed.resource,
    version: seed.version ?? '9',
    sizeKib: source.reduce((sum, { sizeGib }) => sum + sizeGib * KIB_PER_GIB, 0),
    link: 'Connected',
    lyingKib: seed.lyingKib ?? 0,
    kibPerSecond,
    isIoSuspended: seed.isIoSuspended ?? false,
    born: 0,
    syncEnds: [],
    sync: isSyncing
      ? {
          target: 1,
          leftKib,
          sinceMs: store.now(),
          kibPerSecond,
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
