// A scenario: a world, what people do when they see something, where it should end, and what must be true of the world then.
import type { Migration } from '../core/model/migration.ts'
import type { SimulatedEc2, WorldSeed, WorldState } from './ec2/world/entities.ts'
import { SOURCE, TARGET } from './servers.ts'

export const PEOPLE = [
  { id: 'U0OPERATOR', name: 'giles' },
  { id: 'U0SECOND', name: 'harry' },
] as const
export type PersonName = (typeof PEOPLE)[number]['name']

/** What somebody does, once, when the time has come. */
export type Deed =
  /** Presses a button, found by `action label`, as often as it stands in a new message; a form that opens is filled in. */
  | {
      readonly kind: 'press'
      readonly who: PersonName
      readonly sees: RegExp
      readonly fills?: Fills | ((m: Migration) => Fills)
      /** No more often than this; every time where it is not said. */
      readonly times?: number
    }
  | { readonly kind: 'type'; readonly who: PersonName; readonly when: Moment; readonly text: string }
  /** Something happens to the world, not through the bot: a colleague at the console, a disk, a network. */
  | { readonly kind: 'happen'; readonly when: Moment; readonly what: (ec2: SimulatedEc2, m: Migration) => void }

type Fills = Readonly<Record<string, string>>
type Moment = (m: Migration, nowMs: number) => boolean

export type Scenario = {
  readonly name: string
  /** In one sentence, for `--scenario help` and the README. */
  readonly story: string
  readonly world: (volumes: number) => WorldSeed
  /** zonehop.yaml. */
  readonly rules: string
  readonly command: string
  readonly deeds: readonly Deed[]
  readonly isOver: (m: Migration) => boolean
  /** Everything that is wrong with the world at the end, read from the simulated EC2 alone but for who moved where. */
  readonly wrongs: (before: WorldState, after: WorldState, m: Migration) => readonly string[]
}

/** The second person reads and approves whatever asks. */
export const APPROVES: readonly Deed[] = [
  { kind: 'press', who: 'harry', sees: /^approve-/ },
  { kind: 'press', who: 'harry', sees: /^confirm-/ },
]

/** Every data volume of the source zone but these stands once in the target zone, with its attributes; its source stands. */
export function wrongsOfMoved(before: WorldState, after: WorldState, but: readonly string[] = []): string[] {
  const data = before.volumes.filter(({ zone, instance, device }) => zone === SOURCE && instance && device !== ROOT)
  const expected = data.filter(({ name }) => !but.includes(name))
  const copies = copiesIn(before)
  return [
    ...wrongsOfSources(before, after, [...copies.values()]),
    ...expected.flatMap((source) => {
      const copy = copies.get(source.id)
      return copy ? wrongsOfPromoted(source, copy, { before, after }) : wrongsOf(source, before, after)
    }),
  ]
}

const ROOT = '/dev/xvda'

/** The copies of DRBD resources in the target zone, by their sources. */
function copiesIn({ replicas = [] }: WorldState): Map<string, string> {
  return new Map(
    replicas.flatMap(({ sides: [source, copy] }) =>
      (source?.volumes ?? []).map((id, index): [string, string] => [id, copy?.volumes[index] ?? '']),
    ),
  )
}

/** Every DRBD resource is as it was: the source primary, the copy at its backup server, both in sync. */
export function wrongsOfReplicas(
  { replicas: before = [] }: WorldState,
  { replicas: after = [] }: WorldState,
): string[] {
  return before.flatMap(({ resource, sides: [, backup] }) => {
    const now = after.find((each) => each.resource === resource)
    const [source, copy] = now?.sides ?? []
    return [
      ...(source?.isUp && source.role === 'Primary' ? [] : [`the source of ${resource} is not primary`]),
      ...(copy?.isUp && copy.role === 'Secondary' ? [] : [`the copy of ${resource} is not secondary`]),
      ...(copy?.instance === backup?.instance ? [] : [`the copy of ${resource} is at ${copy?.instance}`]),
      ...(now?.link === 'Connected' ? [] : [`${resource} is ${now?.link}`]),
    ]
  })
}

/** Both sides of every DRBD resource hold the same. */
export function wrongsOfSync({ replicas = [] }: WorldState): string[] {
  return replicas.flatMap(({ resource, outOfSyncKib }) =>
    outOfSyncKib === 0 ? [] : [`${resource} is ${outOfSyncKib} KiB out of sync`],
  )
}

/** Its copy was at a backup server, stands at the successor now and is primary there, alone. */
function wrongsOfPromoted(
  source: WorldState['volumes'][number],
  copy: string,
  { before, after }: { readonly before: WorldState; readonly after: WorldState },
): string[] {
  const successor = successorOf(source, before)
  const now = after.volumes.find(({ id }) => id === copy)
  const sides =
    (after.replicas ?? []).find(({ sides }) => sides.some(({ volumes }) => volumes.includes(copy)))?.sides ?? []
  const [old, promoted] = sides
  const place = `${now?.device} of ${now?.instance}`
  return [
    ...(now?.instance === successor?.id && now?.device === source.device
      ? []
      : [`${source.name}'s replica is at ${place}`]),
    ...(promoted?.isUp && promoted.role === 'Primary' ? [] : [`${source.name}'s replica is not primary`]),
    ...(old?.isUp ? [`${source.name} is still up where it was`] : []),
  ]
}

function successorOf(source: WorldState['volumes'][number], { instances }: WorldState) {
  const hostName = instances.find(({ id }) => id === source.instance)?.name
  return instances.find(({ name, zone }) => name === hostName && zone === TARGET)
}

/** Everything stands where it stood, but for what was to move. */
export function wrongsOfSources(before: WorldState, after: WorldState, but: readonly string[] = []): string[] {
  const standing = new Map(after.volumes.map((volume) => [volume.id, volume]))
  return before.volumes
    .filter(({ id }) => !but.includes(id))
    .flatMap(({ id, name, instance, device }) => {
      const now = standing.get(id)
      if (!now) return [`${name} (${id}) is gone`]
      return now.instance === instance && now.device === device
        ? []
        : [`${name} is at ${now.device} of ${now.instance} now`]
    })
}

function wrongsOf(source: WorldState['volumes'][number], before: WorldState, after: WorldState): string[] {
  const successor = successorOf(source, before)
  const copies = after.volumes.filter(({ instance, device }) => instance === successor?.id && device === source.device)
  const finals = after.snapshots.filter(
    ({ volume, tags }) => volume === source.id && tags['zonehop:step'] === 'snapshot',
  )
  const [copy] = copies
  const keys = ['sizeGib', 'type', 'iops', 'throughput', 'encrypted', 'deleteOnTermination'] as const
  return [
    ...(copies.length === 1
      ? []
      : [`${source.name}: ${copies.length} copies at ${source.device} of ${successor?.name}`]),
    ...(finals.length === 1 ? [] : [`${source.name}: ${finals.length} final snapshots instead of one`]),
    ...(copy
      ? keys
          .filter((key) => copy[key] !== source[key])
          .map((key) => `${source.name}: ${key} is ${copy[key]}, not ${source[key]}`)
      : []),
  ]
}
