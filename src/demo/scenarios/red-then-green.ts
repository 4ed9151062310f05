// A plan that is red for three things that people put right while it waits: a device that is taken, an agent that was stopped, and a
// document that nobody had registered. It turns green by itself, and starts without a new command.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { APPROVERS, APPROVES, type Scenario, wrongsOfMoved } from '../scenario.ts'
import { SOURCE, smallVolumes, TARGET, worldOf } from '../servers.ts'

const MINUTE_MS = 60_000
const DATA = { sizeGib: 100, usedGib: 80, type: 'gp3', snapshotMinutes: 10 }
const MISSING = 'zonehop-check'

const RULES = `
${APPROVERS}services:
  logs: { freeze: document, check: true, volumes: [logs] }
  db: { freeze: stop-instances, volumes: [db] }
  bulk: { freeze: document }
`

/** Ends done, from the one command that was typed while the plan could not start. */
export const redThenGreen: Scenario = {
  name: 'red-then-green',
  opens(ec2) {
    ec2.setAgents('logs-server', false)
    ec2.setDocument(MISSING, null)
  },
  world: (volumes) => {
    const world = worldOf({
      'logs-server': [{ name: 'logs', device: '/dev/sdf', ...DATA }],
      'db-server': [{ name: 'db', device: '/dev/sdf', ...DATA, type: 'io2', iops: 4000 }],
      ...smallVolumes(volumes),
    })
    return {
      ...world,
      volumes: [
        ...world.volumes,
        { name: 'leftover', zone: TARGET, instance: 'db-server', device: '/dev/sdf', ...DATA },
      ],
    }
  },
  rules: RULES,
  command: `/migrate start ${SOURCE} ${TARGET} --no-seed`,
  deeds: [
    {
      kind: 'happen',
      when: ({ plannedAtMs }, nowMs) => nowMs - plannedAtMs > MINUTE_MS,
      what: (ec2) => {
        const taken = ec2.state().volumes.find(({ name }) => name === 'leftover')
        ec2.perform('DetachVolume', { VolumeId: taken?.id ?? '', Force: 'true' })
      },
    },
    {
      kind: 'happen',
      when: ({ plannedAtMs }, nowMs) => nowMs - plannedAtMs > 3 * MINUTE_MS,
      what: (ec2) => ec2.setAgents('logs-server', true),
    },
    {
      kind: 'happen',
      when: ({ plannedAtMs }, nowMs) => nowMs - plannedAtMs > 5 * MINUTE_MS,
      what: (ec2) => {
        const file = join(import.meta.dirname, '../../../ssm', `${MISSING}.json`)
        ec2.setDocument(MISSING, readFileSync(file, 'utf8'))
      },
    },
    ...APPROVES,
  ],
  isOver: ({ phase }) => phase === 'done',
  // Somebody detached it on purpose.
  wrongs: (before, after) =>
    wrongsOfMoved({ ...before, volumes: before.volumes.filter(({ name }) => name !== 'leftover') }, after),
}
