// Live without Dropbox, and then its copy cannot be made: the quota is used up, and more of it takes days. Before its own point of no
// return an approver gives it back: it serves again where it was, and everything else stays live.
import { APPROVERS, APPROVES, type Scenario, wrongsOfMoved } from '../scenario.ts'
import { SOURCE, smallVolumes, TARGET, worldOf } from '../servers.ts'

const DATA = { device: '/dev/sdf', sizeGib: 100, usedGib: 60, type: 'gp3', snapshotMinutes: 30 }
const DROPBOX = { device: '/dev/sdg', sizeGib: 2000, usedGib: 1500, type: 'st1', snapshotMinutes: 240 }

const RULES = `
${APPROVERS}services:
  logs: { freeze: document, check: true, volumes: [logs] }
  db: { freeze: stop-instances, volumes: [db] }
  dropbox: { freeze: document, need: deferrable, hook: start the Dropbox sync, volumes: [dropbox] }
  bulk: { freeze: document }
`

/** Ends done: dropbox serves in the source zone again, and everything else has moved. */
export const givenBack: Scenario = {
  name: 'given-back',
  world: (volumes) =>
    worldOf({
      'logs-server': [{ name: 'logs', ...DATA }],
      'db-server': [{ name: 'db', ...DATA, type: 'io2', iops: 4000 }],
      'dropbox-server': [{ name: 'dropbox', ...DROPBOX }],
      ...smallVolumes(volumes),
    }),
  rules: RULES,
  command: `/migrate start ${SOURCE} ${TARGET} --no-seed`,
  deeds: [
    {
      kind: 'happen',
      when: ({ phase }) => phase === 'live',
      what: (ec2) => ec2.failNext('CreateVolume', 'VolumeLimitExceeded'),
    },
    {
      kind: 'type',
      who: 'harry',
      when: ({ phase }) => phase === 'live',
      reads: /dropbox stopped at restore/,
      text: '/migrate return dropbox because more quota takes days',
    },
    ...APPROVES,
  ],
  isOver: ({ phase }) => phase === 'done',
  wrongs(before, after, m) {
    const dropbox = after.volumes.find(({ name, zone }) => name === 'dropbox' && zone === SOURCE)
    const serving = (after.hosts ?? []).filter(({ services }) =>
      services.some(({ name, state }) => name === 'dropbox' && state === 'open'),
    )
    const zones = serving.map(({ instance }) => after.instances.find(({ id }) => id === instance)?.zone)
    const says = Object.keys(dropbox?.tags ?? {}).filter((key) => key === 'zonehop:left' || key === 'zonehop:frozen')
    return [
      ...wrongsOfMoved(before, after, ['dropbox']),
      ...(m.returns.length === 1 ? [] : ['dropbox was never given back']),
      ...(zones.join() === SOURCE ? [] : [`dropbox serves in ${zones.join(', ') || 'no zone'}`]),
      ...says.map((key) => `dropbox still says ${key}`),
      ...(m.outage?.untilMs ? [] : ['the outage is not over']),
    ]
  },
}
