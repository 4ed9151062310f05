// A scenario: a world, what people do when they see something, where it should end, and what must be true of the world then.
import type { Migration } from '../core/model/migration.ts'
import type { SimulatedClock } from './clock.ts'
import type { SimulatedEc2, WorldSeed, WorldState } from './ec2/world/entities.ts'
import { SOURCE, smallVolumes, TARGET, worldOf } from './servers.ts'
import type { LocalSlack, Row } from './slack/entities.ts'

/**
 * The people of every scenario: giles runs the migration, harry is the second person, who approves, and mina is the third. A guest
 * and somebody of another organisation are in the channel too.
 */
export const PEOPLE = [
  { id: 'U0OPERATOR', name: 'giles' },
  { id: 'U0SECOND', name: 'harry' },
  { id: 'U0THIRD', name: 'mina' },
  { id: 'U0GUEST', name: 'otto', kind: 'guest' },
  { id: 'U0STRANGER', name: 'wanda', kind: 'stranger' },
] as const

/** The lines of zonehop.yaml that name the approvers: giles may choose routes, and never approves what he started himself. */
export const APPROVERS = `people:
  approvers: [U0OPERATOR, U0SECOND, U0THIRD]
`
/** The name by which a deed says who acts. */
export type PersonName = (typeof PEOPLE)[number]['name']

/** The ids of those who may do nothing: what they press and type is an intruder's. */
export const INTRUDERS: readonly string[] = PEOPLE.filter((person) => 'kind' in person).map(({ id }) => id)

/** What an intruder did, and when (ISO 8601, simulated); `what` begins with its kind, such as `tag` or `press`. */
export type Intrusion = { readonly at: string; readonly what: string }

/** A line of the script: what somebody does, or what happens to the world, when the time has come. */
export type Deed =
  /**
   * Presses each button whose `<action id> <label>` matches `sees`; a form that opens is filled in by action id. An intruder presses
   * each once, as soon as it stands.
   */
  | {
      readonly kind: 'press'
      readonly who: PersonName
      readonly sees: RegExp
      /** Only then; at any time where it is not said. */
      readonly when?: Moment
      readonly fills?: Fills | ((m: Migration) => Fills)
      /** At most so many presses; without it, every time the button stands. */
      readonly times?: number
    }
  | {
      /** Before there is a migration: who would start one has been answered so. `text` is typed afterwards. */
      readonly kind: 'prepare'
      readonly who: PersonName
      readonly reads: RegExp
      readonly what: (around: Around) => void
      readonly text: string
    }
  | {
      readonly kind: 'type'
      readonly who: PersonName
      readonly when: Moment
      /** Only while a message stands that says so: what the migration knows may not have been told yet. */
      readonly reads?: RegExp
      readonly text: string
    }
  /**
   * Types the words behind `zonehop` in a terminal of the host, and again with the code that is shown; what is refused is typed anew
   * while it is still the time for it.
   */
  | {
      readonly kind: 'terminal'
      readonly who: PersonName
      readonly when: Moment
      readonly words: readonly string[]
    }
  /**
   * On a day of the simulated clock (from 1) at an hour UTC, whether or not there is a migration: something happens, or somebody types.
   * With `reads` not before a message says so.
   */
  | {
      readonly kind: 'day'
      readonly day: number
      readonly hour: number
      readonly reads?: RegExp
      readonly what?: (around: Around) => void
      readonly types?: { readonly who: PersonName; readonly text: string }
    }
  /** Something happens to the world, and not through the bot: a colleague at the console, a disk, a network. */
  | {
      readonly kind: 'happen'
      readonly when: Moment
      readonly what: (ec2: SimulatedEc2, m: Migration, around: Around) => void | Promise<void>
    }
  /** Somebody with keys of their own calls AWS; gives back what they did, as `Intrusion` says it. */
  | {
      readonly kind: 'intrude'
      readonly when: Moment
      readonly what: (ec2: SimulatedEc2, m: Migration) => Promise<readonly string[]>
    }

/**
 * What people were told unasked: when (ISO 8601, simulated), of what, by its name, and why; `cause` is null where none is known. A watch
 * tells of the kinds `uncovered`, `red`, `gone` and `unseen`, a migration of `stall`.
 */
export type Alert = { readonly at: string; readonly kind: string; readonly move: string; readonly cause: string | null }

/** What the channel read: all alerts, and the transcript. */
export type Told = { readonly alerts: readonly Alert[]; readonly rows: readonly Row[] }

/** What is around the simulated EC2 and may be touched too. */
export type Around = {
  readonly clock: SimulatedClock
  readonly slack: LocalSlack
  readonly ec2: SimulatedEc2
  /** Deletes everything that Redis keeps. */
  readonly emptyRedis: () => Promise<void>
}

type Fills = Readonly<Record<string, string>>
export type Moment = (m: Migration, nowMs: number) => boolean

/**
 * A world, its script and its checks, as `--scenario <name>` plays them. `world` takes the number of small volumes to
 * add.
 */
export type Scenario = {
  readonly name: string
  readonly world: (volumes: number) => WorldSeed
  /** What is done to the world before anybody types. */
  readonly opens?: (ec2: SimulatedEc2) => void
  /** How the channel is at first, where the bot is not simply in it. */
  readonly channel?: { readonly isMember: boolean }
  /** Whether time runs a day in a second while nobody is at work: for what takes weeks. At its end time stands still. */
  readonly isHurried?: boolean
  /** False: the transcript has every edit as a row of its own. */
  readonly isFolded?: boolean
  /** The content of zonehop.yaml. */
  readonly rules: string
  readonly command: string
  readonly deeds: readonly Deed[]
  readonly isOver: (m: Migration) => boolean
  /**
   * A sentence for each thing that is wrong at the end. It is read from the simulated EC2; the migration is asked only
   * for what EC2 cannot know, and `told` is what people read.
   */
  readonly wrongs: (before: WorldState, after: WorldState, m: Migration, told: Told) => string[]
}

/**
 * Two servers with a volume each, one frozen by document and one by stopping it, and whose snapshots take so long. `writes`: GiB an hour,
 * where it is not the usual share of what they hold.
 */
export function logsAndDb(
  snapshotMinutes: number,
  writes: { readonly logs?: number; readonly db?: number } = {},
): Pick<Scenario, 'world' | 'rules'> {
  const data = { device: '/dev/sdf', sizeGib: 100, usedGib: 80, type: 'gp3', snapshotMinutes }
  return {
    world: (volumes) =>
      worldOf({
        'logs-server': [{ name: 'logs', ...data, ...writing(writes.logs) }],
        'db-server': [{ name: 'db', ...data, type: 'io2', iops: 4000, ...writing(writes.db) }],
        ...smallVolumes(volumes),
      }),
    rules: `
${APPROVERS}services:
  logs: { freeze: document, check: true, volumes: [logs] }
  db: { freeze: stop-instances, volumes: [db] }
  bulk: { freeze: document }
`,
  }
}

function writing(writesGibPerHour: number | undefined): { readonly writesGibPerHour?: number } {
  return writesGibPerHour === undefined ? {} : { writesGibPerHour }
}

/** The deeds of the second person, who approves and confirms whatever asks. */
export const APPROVES: readonly Deed[] = [
  { kind: 'press', who: 'harry', sees: /^approve-/ },
  { kind: 'press', who: 'harry', sees: /^confirm-/ },
]

/**
 * What is wrong unless every data volume of the source zone, but for the names in `but`, has one copy with its
 * attributes at its successor, or is promoted there, and every source stands where it stood.
 */
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

/** Ids of the copies that DRBD resources have in the target zone, by the ids of their sources. */
function copiesIn({ replicas = [] }: WorldState): Map<string, string> {
  return new Map(
    replicas.flatMap(({ sides: [source, copy] }) =>
      (source?.volumes ?? []).map((id, index): [string, string] => [id, copy?.volumes[index] ?? '']),
    ),
  )
}

/**
 * What is wrong unless every DRBD resource is as it was: its source primary, its copy secondary at its backup server,
 * and both connected.
 */
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

/** The DRBD resources whose sides differ, with the KiB that do. */
export function wrongsOfSync({ replicas = [] }: WorldState): string[] {
  return replicas.flatMap(({ resource, outOfSyncKib }) =>
    outOfSyncKib === 0 ? [] : [`${resource} is ${outOfSyncKib} KiB out of sync`],
  )
}

/**
 * What is wrong unless the copy, which was at a backup server, is attached to the successor and is the only side that
 * is up there, as primary.
 */
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

/** Every volume that is gone, or is not attached where it was before, but for the ids in `but`. */
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

/**
 * Slows the clock down to a top speed, in times of real time, from one moment to another; then its own top speed counts again. Where people
 * have to be told something within seconds, or an outage is measured, time must leave the bot enough real time.
 */
export function slowMotion(speedTop: number, from: Moment, until: Moment): readonly Deed[] {
  const before = new WeakMap<SimulatedClock, number>()
  return [
    {
      kind: 'happen',
      when: from,
      what: (_ec2, _m, { clock }) => {
        const own = clock.state().speedTop
        before.set(clock, own)
        clock.setSpeedTop(Math.min(speedTop, own))
      },
    },
    { kind: 'happen', when: until, what: (_ec2, _m, { clock }) => clock.setSpeedTop(before.get(clock) ?? speedTop) },
  ]
}
