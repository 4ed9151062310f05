// The morning of the report, going right: logs and Dropbox in us-east-1a, their successors in us-east-1c. Logs' first
// snapshot takes 90 minutes, Dropbox's 20 hours. Four more volumes differ in every attribute that a copy has to keep. The
// file servers have backup servers in us-east-1c that DRBD keeps in sync: their volumes are promoted there, without a
// snapshot, once the last writes have come across.
import { APPROVERS, APPROVES, type Scenario, wrongsOfMoved } from '../scenario.ts'
import { backupServer, joined, SOURCE, smallVolumes, TARGET, worldOf } from '../servers.ts'

const KEY = 'arn:aws:kms:us-east-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666'
const FILES = { device: '/dev/sdf', sizeGib: 300, usedGib: 150, type: 'gp2', snapshotMinutes: 50 }
const LOGS = { device: '/dev/sdf', sizeGib: 500, usedGib: 260, type: 'gp2', snapshotMinutes: 90 }
const DROPBOX = { device: '/dev/sdg', sizeGib: 4000, usedGib: 3500, type: 'st1', snapshotMinutes: 1200 }
const DATABASE = { device: '/dev/sdf', sizeGib: 200, usedGib: 120, type: 'io2', iops: 8000, snapshotMinutes: 40 }
const WAL = {
  device: '/dev/sdh',
  sizeGib: 100,
  usedGib: 60,
  type: 'gp3',
  iops: 6000,
  throughput: 400,
  snapshotMinutes: 30,
}
const CACHE = { device: '/dev/sdj', sizeGib: 64, usedGib: 20, type: 'gp3', throughput: 250, snapshotMinutes: 25 }
const UPLOADS = { device: '/dev/sdk', sizeGib: 80, usedGib: 40, type: 'standard', snapshotMinutes: 35 }

/** zonehop.yaml of that morning: the services are known, but nobody wrote down where logs and Dropbox keep their data. */
const RULES = `
${APPROVERS}services:
  db: { freeze: document, check: true, volumes: [db-data, db-wal] }
  cache: { freeze: document, volumes: [cache] }
  uploads: { freeze: document, after: [db], volumes: [uploads] }
  files-1: { freeze: document, check: true, volumes: [files-1] }
  files-2: { freeze: document, check: true, volumes: [files-2] }
  logs: { freeze: document, check: true }
  dropbox: { freeze: document, afterAttach: true, hook: start the Dropbox sync }
  bulk: { freeze: document }
`

function servers(volumes: number) {
  return worldOf({
    'files-1-server': [{ name: 'files-1', ...FILES, tags: { role: 'file-server' } }],
    'files-2-server': [{ name: 'files-2', ...FILES, tags: { role: 'file-server' } }],
    'logs-server': [{ name: 'logs', ...LOGS, tags: { team: 'web' } }],
    'dropbox-server': [{ name: 'dropbox', ...DROPBOX, tags: { tier: 'deprecated' } }],
    'db-server': [
      { name: 'db-data', ...DATABASE, encrypted: true, kmsKeyId: KEY, tags: { backup: 'nightly' } },
      { name: 'db-wal', ...WAL, deleteOnTermination: true },
    ],
    'cache-server': [
      { name: 'cache', ...CACHE, deleteOnTermination: true },
      { name: 'uploads', ...UPLOADS, tags: { owner: 'media' } },
    ],
    ...smallVolumes(volumes),
  })
}

/**
 * The copy of a file server's volume, at the device it has at its backup server; the DRBD resource has the source's
 * name.
 */
function copyOf(name: string) {
  const tags = { 'zonehop:replica-of': name, 'zonehop:resource': name }
  return { name: `${name}-copy`, ...FILES, device: '/dev/sdp', tags }
}

/** The scenario that plays where none is named. Ends done: every data volume has moved, by snapshot or by replica. */
export const outageDay: Scenario = {
  name: 'outage-day',
  world: (volumes) =>
    joined(
      servers(volumes),
      backupServer('backup-1', [copyOf('files-1')]),
      backupServer('backup-2', [copyOf('files-2')]),
      {
        replicas: [
          { resource: 'files-1', source: ['files-1'], replica: ['files-1-copy'], leftGib: 18 },
          { resource: 'files-2', source: ['files-2'], replica: ['files-2-copy'], leftGib: 24, version: '8.4' },
        ],
      },
    ),
  rules: RULES,
  command: `/migrate start ${SOURCE} ${TARGET} --no-seed`,
  deeds: [
    {
      kind: 'press',
      who: 'giles',
      sees: /Choose for logs/,
      fills: { route: 'snapshot', need: 'required', service: 'logs' },
    },
    {
      kind: 'press',
      who: 'giles',
      sees: /Choose for dropbox/,
      fills: { route: 'snapshot', need: 'deferrable', service: 'dropbox' },
    },
    ...APPROVES,
  ],
  isOver: ({ phase }) => phase === 'done',
  wrongs: (before, after) => wrongsOfMoved(before, after),
}
