// Two replicas that say UpToDate and are not: one before anything begins, one once writes have stopped. Neither is ever promoted;
// the thread says by how much, and everything goes back to where it was.
import { APPROVERS, APPROVES, type Scenario, wrongsOfReplicas, wrongsOfSources } from '../scenario.ts'
import { backupServer, joined, SOURCE, smallVolumes, TARGET, worldOf } from '../servers.ts'

const MINUTE_MS = 60_000
const DATA = { device: '/dev/sdf', sizeGib: 100, usedGib: 80, type: 'gp3', snapshotMinutes: 30 }

const RULES = `
${APPROVERS}services:
  logs: { freeze: document, volumes: [logs] }
  files-1: { freeze: document, volumes: [files-1] }
  files-2: { freeze: document, volumes: [files-2] }
  bulk: { freeze: document }
`

/** Ends aborted: neither replica was promoted, and everything stands where it stood. */
export const lyingReplica: Scenario = {
  name: 'lying-replica',
  world: (volumes) =>
    joined(
      worldOf({
        'logs-server': [{ name: 'logs', ...DATA }],
        'files-1-server': [{ name: 'files-1', ...DATA }],
        'files-2-server': [{ name: 'files-2', ...DATA }],
        ...smallVolumes(volumes),
      }),
      backupServer('backup', [copyOf('files-1', '/dev/sdp'), copyOf('files-2', '/dev/sdo')]),
      {
        replicas: [
          { resource: 'files-1', source: ['files-1'], replica: ['files-1-copy'] },
          { resource: 'files-2', source: ['files-2'], replica: ['files-2-copy'], lyingKib: 12, version: '8.4' },
        ],
      },
    ),
  rules: RULES,
  command: `/migrate start ${SOURCE} ${TARGET} --no-seed`,
  deeds: [
    {
      kind: 'press',
      who: 'harry',
      sees: /Go on without files-2/,
      fills: { reason: 'it is repaired with drbdadm verify, and moves later' },
    },
    {
      kind: 'happen',
      when: ({ phase }) => phase === 'frozen',
      what: (ec2) => ec2.lie('files-1', 12),
    },
    {
      kind: 'type',
      who: 'giles',
      when: ({ effects }, nowMs) =>
        effects
          .values()
          .some(
            ({ effect, failure, intendedAtMs }) =>
              effect.step === 'prove' && failure?.code === 'NotProven' && nowMs - intendedAtMs > 5 * MINUTE_MS,
          ),
      text: '/migrate abort because files-1 is out of sync and has to be repaired first',
    },
    ...APPROVES,
  ],
  isOver: ({ phase }) => phase === 'aborted',
  wrongs: (before, after) => [...wrongsOfSources(before, after), ...wrongsOfReplicas(before, after)],
}

function copyOf(name: string, device: string) {
  const tags = { 'zonehop:replica-of': name, 'zonehop:resource': name }
  return { name: `${name}-copy`, ...DATA, device, tags }
}
