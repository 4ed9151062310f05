// EC2 cannot be reached for seven minutes while the final snapshots run: the thread says so and says when it is back, the outage
// clock goes on, and everything goes on from there.
import { APPROVERS, APPROVES, type Moment, type Scenario, slowMotion, wrongsOfMoved } from '../scenario.ts'
import { SOURCE, smallVolumes, TARGET, worldOf } from '../servers.ts'

const MINUTE_MS = 60_000
const AWAY_MS = 7 * MINUTE_MS
/** Time may not fly meanwhile: a minute of simulated time must leave the bot enough real time to speak in it. */
const SPEED_MEANWHILE = 5
const DATA = { sizeGib: 100, usedGib: 80, type: 'gp3', snapshotMinutes: 20 }

const RULES = `
${APPROVERS}services:
  logs: { freeze: document, check: true, volumes: [logs] }
  db: { freeze: stop-instances, volumes: [db] }
  bulk: { freeze: document }
`

/** True from so many minutes after the freeze on, while data is copied. */
function minutesIn(minutes: number): Moment {
  return ({ phase, freezes }, nowMs) => phase === 'moving' && nowMs - (freezes[0]?.atMs ?? nowMs) > minutes * MINUTE_MS
}

/** Ends done: what was under way in EC2 went on there, and nothing was done twice. */
export const ec2Away: Scenario = {
  name: 'ec2-away',
  isFolded: false,
  world: (volumes) =>
    worldOf({
      'logs-server': [{ name: 'logs', device: '/dev/sdf', ...DATA }],
      'db-server': [{ name: 'db', device: '/dev/sdf', ...DATA, type: 'io2', iops: 4000 }],
      ...smallVolumes(volumes),
    }),
  rules: RULES,
  command: `/migrate start ${SOURCE} ${TARGET} --no-seed`,
  deeds: [
    // Two minutes more at that speed, in which it is said that EC2 is back.
    ...slowMotion(SPEED_MEANWHILE, minutesIn(4), minutesIn(4 + AWAY_MS / MINUTE_MS + 2)),
    {
      kind: 'happen',
      when: minutesIn(4),
      what: async (ec2, _m, { clock }) => {
        await ec2.setAway(true)
        const backAtMs = clock.now() + AWAY_MS
        void clock.attend(backAtMs - clock.now()).then(async () => {
          await ec2.setAway(false)
        })
      },
    },
    ...APPROVES,
  ],
  isOver: ({ phase }) => phase === 'done',
  wrongs: (before, after, { away }) => [
    ...wrongsOfMoved(before, after),
    ...(away === null ? ['nobody was told that EC2 was away'] : []),
    ...(away?.untilMs === null ? ['nobody was told that EC2 is back'] : []),
  ],
}
