// A scenario: a world, what people do when they see something, where it should end, and what must be true of the world then.
import type { Migration } from '../core/migration.ts'
import type { SimulatedEc2, WorldSeed, WorldState } from './ec2/entities.ts'
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
      readonly fills?: Readonly<Record<string, string>>
      /** No more often than this; every time where it is not said. */
      readonly times?: number
    }
  | { readonly kind: 'type'; readonly who: PersonName; readonly when: Moment; readonly text: string }
  /** Something happens to the world, not through the bot: a colleague at the console, a disk, a network. */
  | { readonly kind: 'happen'; readonly when: Moment; readonly what: (ec2: SimulatedEc2, m: Migration) => void }

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
  return [...wrongsOfSources(before, after), ...expected.flatMap((source) => wrongsOf(source, before, after))]
}

const ROOT = '/dev/xvda'

export function wrongsOfSources(before: WorldState, after: WorldState): string[] {
  const standing = new Map(after.volumes.map((volume) => [volume.id, volume]))
  return before.volumes.flatMap(({ id, name, instance, device }) => {
    const now = standing.get(id)
    if (!now) return [`${name} (${id}) is gone`]
    return now.instance === instance && now.device === device
      ? []
      : [`${name} is at ${now.device} of ${now.instance} now`]
  })
}

function wrongsOf(source: WorldState['volumes'][number], before: WorldState, after: WorldState): string[] {
  const hostName = before.instances.find(({ id }) => id === source.instance)?.name
  const successor = before.instances.find(({ name, zone }) => name === hostName && zone === TARGET)
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
