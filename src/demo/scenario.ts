// A scenario: a world, what the operator types, and what must be true of the world at its end.
import type { WorldSeed, WorldState } from './ec2/entities.ts'

export type Scenario = {
  readonly name: string
  readonly world: (volumes: number) => WorldSeed
  readonly command: string
  readonly sourceZone: string
  readonly targetZone: string
}

export const PEOPLE = [
  { id: 'U0OPERATOR', name: 'giles' },
  { id: 'U0SECOND', name: 'harry' },
] as const

/** Everything that is wrong with the world now, given how it was: read from the simulated EC2 alone. */
export function wrongs(
  before: WorldState,
  after: WorldState,
  { sourceZone, targetZone }: Pick<Scenario, 'sourceZone' | 'targetZone'>,
): string[] {
  const roots = (device: string | null) => device === '/dev/xvda'
  const sources = before.volumes.filter(
    ({ zone, instance, device }) => zone === sourceZone && instance !== null && !roots(device),
  )
  const gone = before.volumes
    .filter(({ id }) => !after.volumes.some((volume) => volume.id === id))
    .map(({ id }) => `source ${id} is gone`)
  return [...gone, ...sources.flatMap((source) => wrongsOf(source, before, after, targetZone))]
}

function wrongsOf(
  source: WorldState['volumes'][number],
  before: WorldState,
  after: WorldState,
  targetZone: string,
): string[] {
  const hostName = before.instances.find(({ id }) => id === source.instance)?.name
  const successor = before.instances.find(({ name, zone }) => name === hostName && zone === targetZone)
  const copies = after.volumes.filter(({ instance, device }) => instance === successor?.id && device === source.device)
  const snapshots = after.snapshots.filter(({ volume }) => volume === source.id)
  const [copy] = copies
  const keys = ['sizeGib', 'type', 'iops', 'throughput', 'encrypted', 'deleteOnTermination'] as const
  return [
    ...(copies.length === 1
      ? []
      : [`${source.name}: ${copies.length} copies at ${source.device} of ${successor?.name}`]),
    ...(snapshots.length === 1 ? [] : [`${source.name}: ${snapshots.length} snapshots instead of one`]),
    ...(copy
      ? keys
          .filter((key) => copy[key] !== source[key])
          .map((key) => `${source.name}: ${key} is ${copy[key]}, not ${source[key]}`)
      : []),
  ]
}
