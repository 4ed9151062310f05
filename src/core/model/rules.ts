// Rules: what zonehop.yaml says of services, replicas, successors and volumes that stay. A plan is drawn by them,
// beside tags and people's choices. They are kept in the journal, so that a plan can be drawn again as it was.
import type { Method, Need } from './plan.ts'

/** What zonehop.yaml says of one service; what it leaves out has a default, and `need` may come from tags. */
export type ServiceRule = {
  readonly need?: Need | undefined
  readonly after?: readonly string[] | undefined
  readonly freeze?: Method | undefined
  readonly afterAttach?: boolean | undefined
  readonly check?: boolean | undefined
  readonly hook?: string | undefined
  /** Who may confirm what was done by hand for this service, besides who started it and approvers: users and user groups, by id. */
  readonly confirmers?: readonly string[] | undefined
  /** Volumes that belong to the service, by id or Name. */
  readonly volumes?: readonly string[] | undefined
}

/** A DRBD resource: its source volumes and, in the same order, their copies in the target zone, by id or Name. */
export type ReplicaRule = { readonly volumes: readonly string[]; readonly replicas: readonly string[] }

/** The part of zonehop.yaml that a plan is drawn by. */
export type Rules = {
  readonly services: Readonly<Record<string, ServiceRule>>
  /** By the name of the DRBD resource. */
  readonly replicas: Readonly<Record<string, ReplicaRule>>
  /** Volumes that stay, by id or Name, each with the reason. */
  readonly stays: Readonly<Record<string, string>>
  /** Successors by the source instance's id or Name. */
  readonly successors: Readonly<Record<string, string>>
  /** Days for which the volumes left behind are kept before a cleanup may be asked for. */
  readonly retentionDays: number
  /** Minutes of outage after which people are asked what to do; null: never. */
  readonly budgetMinutes: number | null
  /** How many different people have to approve `freeze`, `goLive` and `cleanup`. */
  readonly approvals: 1 | 2
  /** Hours for which `freeze` waits for an answer before it is put away until somebody resumes. */
  readonly askHours: number
  /**
   * How EC2 loads copies of required services from their snapshots: `fast` asks for a set rate, which AWS charges for, and
   * `default` leaves it to EC2. Journals of an earlier zonehop do not have it, and ask for none.
   */
  readonly initialization?: 'fast' | 'default'
  /** When hard disks may be read for snapshots ahead; absent: at any hour. */
  readonly quietHours?: Hours
}

/** A part of every day in minutes since midnight UTC, up to `untilMinute`; over midnight where that is the smaller one. */
export type Hours = { readonly fromMinute: number; readonly untilMinute: number }

/**
 * Two zones that are planned once a day, whoever asks, and the Slack channel, by id, that hears of what is new. `seed`: snapshots of what
 * would move are taken ahead every day; absent: they are taken once a move has started.
 */
export type Watch = {
  readonly sourceZone: string
  readonly targetZone: string
  readonly channel: string
  readonly seed?: 'daily'
}

/** Who may do what: Slack user ids and ids of user groups. */
export type People = {
  /** May plan, start, pause, resume, abort, retry, and ask for a cleanup; null: every full member of the workspace. */
  readonly operators: readonly string[] | null
  /** May also pass gates, choose routes, defer and vouch. */
  readonly approvers: readonly string[]
}

/** The rules where zonehop.yaml says nothing. */
export const NO_RULES: Rules = {
  services: {},
  replicas: {},
  stays: {},
  successors: {},
  retentionDays: 14,
  budgetMinutes: null,
  approvals: 1,
  askHours: 4,
  initialization: 'fast',
}

/** The most days of retention: ten years. More is a slip of the hand, and could end behind the last date that can be written. */
export const RETENTION_MAX_DAYS = 3_650
/** The most minutes of a budget: a week, which no outage is planned to last. */
export const BUDGET_MAX_MINUTES = 10_080
/** The least hours for a freeze to be answered in: nobody reads its evidence and decides in less than a quarter of one. */
export const ASK_MIN_HOURS = 0.25
/** The most hours for that: thirty days, after which no seed is worth anything. */
export const ASK_MAX_HOURS = 720

/** When the retention of what a migration left behind is over. `endedAtMs` and the result are in ms since 1970. */
export function keptUntilMs({ retentionDays }: Rules, endedAtMs: number): number {
  return endedAtMs + retentionDays * 86_400_000
}

/** Everybody who may confirm what was done by hand for some service, by id. */
export function confirmersIn({ services }: Rules): string[] {
  return Object.values(services).flatMap(({ confirmers = [] }) => confirmers)
}

/** What the file says under a name. People call things as they like, also `constructor`, which every object has. */
export function ruleOf<T>(rules: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(rules, name) ? rules[name] : undefined
}

const DAY_MINUTES = 1_440

/** Hours as zonehop.yaml has them, in UTC: `22:00-06:00`; null for anything else, and where they begin when they end. */
export function hoursIn(text: string): Hours | null {
  const [, ...parts] = /^([01]\d|2[0-3]):([0-5]\d) ?- ?([01]\d|2[0-3]):([0-5]\d)$/.exec(text.trim()) ?? []
  const [hour = 0, minute = 0, untilHour = 0, untilMinute = 0] = parts.map(Number)
  const hours = { fromMinute: hour * 60 + minute, untilMinute: untilHour * 60 + untilMinute }
  return parts.length > 0 && hours.fromMinute !== hours.untilMinute ? hours : null
}

/** A time of day in UTC as people type it, in minutes since midnight: `05:00`, `5:00`, `0500`, `05:00Z`; null for anything else. */
export function minuteIn(text: string): number | null {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):?([0-5]\d)(?:z|utc)?$/i.exec(text) ?? []
  return hours === undefined ? null : Number(hours) * 60 + Number(minutes)
}

/** What is said where a time of day cannot be read. */
export const AT_FORM = '--at takes a time of day in UTC, such as --at 05:00'

/** Hours as people read them. */
export function hoursWords({ fromMinute, untilMinute }: Hours): string {
  return `${clockOf(fromMinute)} and ${clockOf(untilMinute)} UTC`
}

/** A minute of the day as people read and type it. */
export function clockOf(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':')
}

/** Whether the time (ms since 1970) is in the hours. */
export function isWithin({ fromMinute, untilMinute }: Hours, atMs: number): boolean {
  const sinceMinutes = (minuteOf(atMs) - fromMinute + DAY_MINUTES) % DAY_MINUTES
  return sinceMinutes < (untilMinute - fromMinute + DAY_MINUTES) % DAY_MINUTES
}

/** When it is that minute of the day next, or is now, in ms since 1970. */
export function nextBeginMs({ fromMinute }: Pick<Hours, 'fromMinute'>, atMs: number): number {
  return atMs + ((fromMinute - minuteOf(atMs) + DAY_MINUTES) % DAY_MINUTES) * 60_000
}

/** Minutes since midnight UTC, with their fractions. */
function minuteOf(atMs: number): number {
  return (atMs / 60_000) % DAY_MINUTES
}

/**
 * Minutes of a budget as people type it: `15m`, `15min`, `2h`, `1h30` or `1h30m`; null for anything else, for none at all, and for more than
 * BUDGET_MAX_MINUTES.
 */
export function budgetIn(text: string): number | null {
  const [, hours, rest, minutes] = /^(?:(\d{1,3})h(?:(\d{1,2})(?:m|min)?)?|(\d{1,4})(?:m|min))$/i.exec(text) ?? []
  const all = Number(hours ?? 0) * 60 + Number(rest ?? minutes ?? 0)
  return all > 0 && all <= BUDGET_MAX_MINUTES ? all : null
}

/** What is said where a budget cannot be read. */
export const BUDGET_FORM = '--budget takes minutes or hours, at most a week, such as --budget 15m or --budget 1h30'
