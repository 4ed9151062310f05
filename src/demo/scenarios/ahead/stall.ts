// In the outage three kinds of snapshots do not move: one for no cause that anybody knows, of which people hear once; one behind a snapshot
// that somebody else took before it; and two behind a set of somebody else's, of which one is copied and waits at 99% for the other. Of
// those the question that begins the outage says that they will wait, the lines of their volumes say why, and nobody is called.
import type { SimulatedClock } from '../../clock.ts'
import type { SimulatedEc2 } from '../../ec2/world/entities.ts'
import { APPROVERS, type Moment, type Scenario, type Told, wrongsOfMoved } from '../../scenario.ts'
import { SOURCE, smallVolumes, TARGET, worldOf } from '../../servers.ts'

const MINUTE_MS = 60_000
/** The final snapshot of db stands for so long, halfway; its full snapshot takes twelve minutes without that. */
const STANDS = { percent: 50, minutes: 7 }
/** Time may not fly meanwhile: what is said within two minutes must be posted in them. */
const SPEED_MEANWHILE = 30
/** The start, the freeze, and the freeze again with what final snapshots will wait for: that is what is answered. */
const QUESTIONS = 3
const SLOW_FROM = 5
const SLOW_UNTIL = 16
const DATA = { device: '/dev/sdf', sizeGib: 100, usedGib: 80, type: 'gp3', snapshotMinutes: 30 }

const RULES = `
${APPROVERS}services:
  db: { freeze: stop-instances, volumes: [db] }
  logs: { freeze: document, check: true, volumes: [logs] }
  files: { freeze: document, volumes: [files, index] }
  bulk: { freeze: document }
`

/** The volumes whose lines say why they wait, and what they say. */
const WAITING: readonly (readonly [name: string, why: RegExp])[] = [
  ['logs', /waits at 99% behind an older snapshot, snap-/],
  ['index', /waits at 99% behind an older snapshot, snap-/],
  ['files', /waits at 99% behind an older snapshot, snap-\w+, which waits at 99% for the rest of its set/],
]

/** The top speed that each clock had before it was slowed down. */
const speeds = new WeakMap<SimulatedClock, number>()

/** Ends done: what stood went on by itself, and nothing was done for it. */
export const stall: Scenario = {
  name: 'stall',
  world: (volumes) =>
    worldOf({
      'db-server': [{ name: 'db', ...DATA, type: 'io2', iops: 4000, snapshotMinutes: 12 }],
      'logs-server': [{ name: 'logs', ...DATA }],
      'files-server': [
        { name: 'files', ...DATA, snapshotMinutes: 10 },
        { name: 'index', ...DATA, device: '/dev/sdg' },
      ],
      ...smallVolumes(volumes),
    }),
  rules: RULES,
  opens: (ec2) => ec2.standNext(volumeOf(ec2, 'db'), STANDS.percent, STANDS.minutes),
  command: `/migrate start ${SOURCE} ${TARGET} --no-seed`,
  deeds: [
    { kind: 'happen', when: ({ asking }) => asking?.gate === 'freeze', what: takeSnapshots },
    {
      kind: 'happen',
      when: minutesIn(SLOW_FROM),
      what: (_ec2, _m, { clock }) => {
        speeds.set(clock, clock.state().speedTop)
        clock.setSpeedTop(Math.min(SPEED_MEANWHILE, clock.state().speedTop))
      },
    },
    {
      kind: 'happen',
      when: minutesIn(SLOW_UNTIL),
      what: (_ec2, _m, { clock }) => clock.setSpeedTop(speeds.get(clock) ?? SPEED_MEANWHILE),
    },
    { kind: 'press', who: 'harry', sees: /^approve-freeze/, when: ({ questions }) => questions.size >= QUESTIONS },
    { kind: 'press', who: 'harry', sees: /^approve-(?!freeze)/ },
  ],
  isOver: ({ phase }) => phase === 'done',
  wrongs: (before, after, _m, told) => [...wrongsOfMoved(before, after), ...wrongsOfTold(told)],
}

/** True from so many minutes after the freeze on, while data is copied. */
function minutesIn(minutes: number): Moment {
  return ({ phase, freezes }, nowMs) => phase === 'moving' && nowMs - (freezes[0]?.atMs ?? nowMs) > minutes * MINUTE_MS
}

/** A backup tool begins just before writes stop: with a snapshot of logs, and with all data volumes of files-server at once. */
function takeSnapshots(ec2: SimulatedEc2): void {
  const server = ec2.state().instances.find(({ name, zone }) => name === 'files-server' && zone === SOURCE)
  ec2.perform('CreateSnapshot', { VolumeId: volumeOf(ec2, 'logs'), Description: 'nightly' })
  ec2.perform('CreateSnapshots', {
    InstanceSpecification: { InstanceId: server?.id ?? '', ExcludeBootVolume: 'true' },
    Description: 'nightly',
  })
}

function volumeOf(ec2: SimulatedEc2, name: string): string {
  return ec2.state().volumes.find((volume) => volume.name === name && volume.zone === SOURCE)?.id ?? ''
}

/** People hear of db, once, and of nothing else; and they can read why the others wait. */
function wrongsOfTold({ alerts, rows }: Told): string[] {
  const stalls = alerts.filter(({ kind }) => kind === 'stall')
  const [first] = stalls
  const isTold = stalls.length === 1 && first?.move === 'db' && first.cause === null
  const lines = rows.flatMap(({ text }) => text.split('\n'))
  const unsaid = WAITING.filter(([name, why]) => !lines.some((line) => line.includes(`${name} `) && why.test(line)))
  const end = 'Past: it moves again.'
  return [
    ...(isTold
      ? []
      : [`of stalls was told: ${stalls.map(({ move, cause }) => `${move} (${cause})`).join(', ') || 'nothing'}`]),
    ...(lines.some((line) => line.includes(end)) ? [] : ['that db moves again does not end its alert']),
    ...unsaid.map(([name]) => `nothing says why the snapshot of ${name} waits`),
  ]
}
