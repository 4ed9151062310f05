// Thirty days before anybody moves anything: the zones are watched. Somebody attaches two volumes and says nothing, somebody gives a server
// another type; each is told the next morning, once. On the last day the zone is in trouble, and the plan is drawn from the evening before.
import { type Alert, logsAndDb, type Scenario } from '../../scenario.ts'
import { SOURCE, TARGET } from '../../servers.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Midnight of the first day. */
const FIRST_DAY_MS = Date.UTC(2026, 2, 3)
const ATTACHED = { day: 9, hour: 10 }
const STOPPED = { day: 20, hour: 10 }
const RETYPED = { day: 20, hour: 12 }
const STARTED = { day: 20, hour: 14 }
const DARK = { day: 30, hour: 1 }
const LEAVING = { day: 30, hour: 9 }
const DATA = { sizeGib: 60, usedGib: 40, type: 'gp3', snapshotMinutes: 10 }
const WATCHED = `watch:
  - { from: ${SOURCE}, to: ${TARGET}, channel: C0INCIDENT }
`

const { world, rules } = logsAndDb(10)

/** What has to be told, and the day and hour from which it is so. */
const OWED = [
  { kind: 'uncovered', move: 'invoices', since: ATTACHED },
  { kind: 'uncovered', move: 'mail', since: ATTACHED },
  { kind: 'red', move: 'freeze of db-server', since: RETYPED },
] as const

/** Ends planned: the start takes the route that was chosen weeks before, and waits for what is red and for EC2 to show the zone. */
export const watch: Scenario = {
  name: 'watch',
  world,
  rules: `${rules}${WATCHED}`,
  isHurried: true,
  command: '/migrate status',
  deeds: [
    { kind: 'day', day: 2, hour: 9, types: { who: 'giles', text: `/migrate plan ${SOURCE} ${TARGET}` } },
    {
      kind: 'day',
      ...ATTACHED,
      what: ({ ec2 }) => {
        const place = { zone: SOURCE, instance: 'logs-server', ...DATA }
        ec2.addVolume({ name: 'invoices', device: '/dev/sdg', ...place })
        ec2.addVolume({ name: 'mail', device: '/dev/sdh', ...place })
      },
    },
    {
      kind: 'press',
      who: 'giles',
      sees: /^watch-route-\S+ Choose for invoices/,
      fills: { route: 'snapshot', need: 'required', service: 'invoices' },
      times: 1,
    },
    {
      kind: 'press',
      who: 'harry',
      sees: /^watch-route-\S+ Choose for mail/,
      fills: { route: 'stay', need: 'deferrable', service: 'mail' },
      times: 1,
    },
    { kind: 'day', ...STOPPED, what: ({ ec2 }) => void ec2.perform('StopInstances', { InstanceId: [dbServer(ec2)] }) },
    {
      kind: 'day',
      ...RETYPED,
      what: ({ ec2 }) => {
        const change = { InstanceId: dbServer(ec2), InstanceType: { Value: 'm5d.large' } }
        ec2.perform('ModifyInstanceAttribute', change)
      },
    },
    { kind: 'day', ...STARTED, what: ({ ec2 }) => void ec2.perform('StartInstances', { InstanceId: [dbServer(ec2)] }) },
    {
      kind: 'day',
      ...DARK,
      what: ({ ec2 }) => ec2.setZone(SOURCE, { state: 'impaired', message: 'We are investigating.', isDark: true }),
    },
    { kind: 'day', ...LEAVING, types: { who: 'giles', text: `/migrate plan ${SOURCE} ${TARGET}` } },
    {
      kind: 'day',
      ...LEAVING,
      reads: /EC2 did not show us-east-1a/,
      // From here on people look on.
      what: ({ clock }) => clock.hurry(false),
      types: { who: 'giles', text: `/migrate start ${SOURCE} ${TARGET} --no-seed` },
    },
  ],
  isOver: ({ phase }) => phase === 'planned',
  wrongs: (before, after, { plan, inventory, plannedAtMs, choices }, { alerts }) => [
    ...wrongsOfAlerts(alerts),
    ...(plannedAtMs >= timeOf(LEAVING) && inventory.asOf
      ? []
      : ['the last plan is not drawn from what was seen before']),
    ...(plan.services.some(({ name }) => name === 'invoices') ? [] : ['the start did not take the route of invoices']),
    ...(plan.stays.some(({ name }) => name === 'mail') ? [] : ['the start did not take it that mail stays']),
    ...(choices.length === 2 ? [] : [`${choices.length} choices are in the journal`]),
    ...(after.snapshots.length === before.snapshots.length ? [] : ['somebody took a snapshot']),
  ],
}

function dbServer(ec2: Parameters<NonNullable<Scenario['opens']>>[0]): string {
  const { instances } = ec2.state()
  return instances.find(({ name, zone }) => name === 'db-server' && zone === SOURCE)?.id ?? ''
}

/** Each is told within 24 h, once, and nothing else is. */
function wrongsOfAlerts(alerts: readonly Alert[]): string[] {
  const untold = OWED.flatMap(({ kind, move, since }) => {
    const told = alerts.filter((alert) => alert.kind === kind && alert.move === move)
    const [first] = told
    if (!first || told.length > 1) return [`${move} was told as ${kind} ${told.length} times`]
    const lateMs = Date.parse(first.at) - timeOf(since)
    return lateMs >= 0 && lateMs <= DAY_MS ? [] : [`${move} was told ${Math.round(lateMs / HOUR_MS)} h after it was so`]
  })
  const more = alerts.filter(({ kind, move }) => !OWED.some((owed) => owed.kind === kind && owed.move === move))
  return [...untold, ...more.map(({ kind, move }) => `${move} was told as ${kind}, which nobody needed`)]
}

function timeOf({ day, hour }: { readonly day: number; readonly hour: number }): number {
  return FIRST_DAY_MS + (day - 1) * DAY_MS + hour * HOUR_MS
}
