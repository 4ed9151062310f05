// Somebody attaches a new volume after the plan was approved. The plan turns red before the outage begins, the volume gets its
// route, and moves with the others.
import { APPROVERS, APPROVES, type Scenario, wrongsOfMoved } from '../scenario.ts'
import { SOURCE, smallVolumes, TARGET, worldOf } from '../servers.ts'

const DATA = { sizeGib: 100, usedGib: 80, type: 'gp3', snapshotMinutes: 20 }

const RULES = `
${APPROVERS}services:
  logs: { freeze: document, check: true, volumes: [logs] }
  invoices: { freeze: document }
  bulk: { freeze: document }
`

/** Ends done: the volume that was attached late has moved with the others. */
export const lateVolume: Scenario = {
  name: 'late-volume',
  world: (volumes) =>
    worldOf({
      'logs-server': [{ name: 'logs', device: '/dev/sdf', ...DATA }],
      'billing-server': [],
      ...smallVolumes(volumes),
    }),
  rules: RULES,
  command: `/migrate start ${SOURCE} ${TARGET} --no-seed`,
  deeds: [
    {
      kind: 'happen',
      when: ({ asking }) => asking?.gate === 'freeze',
      what: (ec2) => {
        ec2.addVolume({ name: 'invoices', zone: SOURCE, instance: 'billing-server', device: '/dev/sdg', ...DATA })
      },
    },
    {
      kind: 'press',
      who: 'giles',
      sees: /Choose for invoices/,
      fills: { route: 'snapshot', need: 'required', service: 'invoices' },
    },
    ...APPROVES,
  ],
  isOver: ({ phase }) => phase === 'done',
  wrongs: (before, after) => {
    const late = after.volumes.filter(({ name, zone }) => name === 'invoices' && zone === SOURCE)
    return wrongsOfMoved({ ...before, volumes: [...before.volumes, ...late] }, after)
  },
}
