// Redis is emptied while the final snapshots run, and nothing of the migration is left but its tags and what EC2 shows. Somebody adopts it:
// it is rebuilt, an approver says what the tags mean, each gate asks again, and it goes its way with the snapshots that it had.
import { APPROVERS, APPROVES, type Scenario, wrongsOfMoved } from '../scenario.ts'
import { SOURCE, smallVolumes, TARGET, worldOf } from '../servers.ts'

const DATA = { device: '/dev/sdf', sizeGib: 100, usedGib: 80, type: 'gp3', snapshotMinutes: 20 }

const RULES = `
${APPROVERS}services:
  logs: { freeze: document, check: true, volumes: [logs] }
  db: { freeze: stop-instances, volumes: [db] }
  bulk: { freeze: document }
`

/** Ends done, with one final snapshot and one copy of each. */
export const adopt: Scenario = {
  name: 'adopt',
  world: (volumes) =>
    worldOf({
      'logs-server': [{ name: 'logs', ...DATA }],
      'db-server': [{ name: 'db', ...DATA, type: 'io2', iops: 4000 }],
      ...smallVolumes(volumes),
    }),
  rules: RULES,
  command: `/migrate start ${SOURCE} ${TARGET} --no-seed`,
  deeds: [
    {
      kind: 'happen',
      when: ({ phase, effects }) =>
        phase === 'moving' &&
        effects.values().every(({ effect, status }) => effect.step !== 'snapshot' || status === 'started'),
      what: async (_ec2, _m, { emptyRedis }) => await emptyRedis(),
    },
    {
      kind: 'prepare',
      who: 'giles',
      reads: /Freeze now\?/,
      what: () => undefined,
      text: `/migrate adopt ${SOURCE} ${TARGET}`,
    },
    { kind: 'press', who: 'harry', sees: /^settle-so/ },
    ...APPROVES,
  ],
  isOver: ({ phase }) => phase === 'done',
  wrongs: (before, after) => wrongsOfMoved(before, after),
}
