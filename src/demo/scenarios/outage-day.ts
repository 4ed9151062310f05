// The morning of the report: logs and Dropbox in us-east-1a, their successors in us-east-1c. Logs' first snapshot takes 90
// minutes, Dropbox's 20 hours. Four more volumes differ in every attribute that a copy has to keep, and the file servers are known and covered.
import type { WorldSeed } from '../ec2/entities.ts'
import { APPROVES, type Scenario, wrongsOfMoved } from '../scenario.ts'

const [SOURCE, TARGET] = ['us-east-1a', 'us-east-1c']

function world(volumes: number): WorldSeed {
  const names = [
    'files-1-server',
    'files-2-server',
    'logs-server',
    'dropbox-server',
    'db-server',
    'cache-server',
    ...hosts(volumes),
  ]
  return {
    zones: [
      { name: SOURCE, id: 'use1-az1' },
      { name: TARGET, id: 'use1-az4' },
    ],
    instances: names.flatMap((name) =>
      [SOURCE, TARGET].map((zone) => ({ name, zone, state: 'running' as const, tags: { Name: name } })),
    ),
    volumes: [
      ...names.map((instance) => ({
        name: `${instance}-root`,
        zone: SOURCE,
        instance,
        device: '/dev/xvda',
        sizeGib: 8,
        usedGib: 4,
        type: 'gp3',
        isRoot: true,
        deleteOnTermination: true,
      })),
      ...['files-1', 'files-2'].map((name) => ({
        name,
        zone: SOURCE,
        instance: `${name}-server`,
        device: '/dev/sdf',
        sizeGib: 300,
        usedGib: 150,
        type: 'gp2',
        snapshotMinutes: 50,
        tags: { role: 'file-server' },
      })),
      {
        name: 'logs',
        zone: SOURCE,
        instance: 'logs-server',
        device: '/dev/sdf',
        sizeGib: 500,
        usedGib: 260,
        type: 'gp2',
        snapshotMinutes: 90,
        tags: { team: 'web' },
      },
      {
        name: 'dropbox',
        zone: SOURCE,
        instance: 'dropbox-server',
        device: '/dev/sdg',
        sizeGib: 4000,
        usedGib: 3500,
        type: 'st1',
        snapshotMinutes: 1200,
        tags: { tier: 'deprecated' },
      },
      {
        name: 'db-data',
        zone: SOURCE,
        instance: 'db-server',
        device: '/dev/sdf',
        sizeGib: 200,
        usedGib: 120,
        type: 'io2',
        iops: 8000,
        encrypted: true,
        kmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666',
        snapshotMinutes: 40,
        tags: { 'zonehop:service': 'db', backup: 'nightly' },
      },
      {
        name: 'db-wal',
        zone: SOURCE,
        instance: 'db-server',
        device: '/dev/sdh',
        sizeGib: 100,
        usedGib: 60,
        type: 'gp3',
        iops: 6000,
        throughput: 400,
        deleteOnTermination: true,
        snapshotMinutes: 30,
        tags: { 'zonehop:service': 'db' },
      },
      {
        name: 'cache',
        zone: SOURCE,
        instance: 'cache-server',
        device: '/dev/sdj',
        sizeGib: 64,
        usedGib: 20,
        type: 'gp3',
        throughput: 250,
        snapshotMinutes: 25,
        deleteOnTermination: true,
      },
      {
        name: 'uploads',
        zone: SOURCE,
        instance: 'cache-server',
        device: '/dev/sdk',
        sizeGib: 80,
        usedGib: 40,
        type: 'standard',
        snapshotMinutes: 35,
        tags: { 'zonehop:service': 'uploads', owner: 'media' },
      },
      ...Array.from({ length: volumes }, (_, index) => ({
        name: `small-${index + 1}`,
        zone: SOURCE,
        instance: `bulk-${Math.floor(index / DEVICES.length) + 1}`,
        device: DEVICES[index % DEVICES.length] ?? '/dev/sdf',
        sizeGib: 10,
        usedGib: 5,
        type: 'gp3',
        snapshotMinutes: 20 + (index % 10),
        tags: { 'zonehop:service': 'bulk' },
      })),
    ],
  }
}

/** The device names AWS recommends for data volumes. */
const DEVICES = [...'fghijklmnop'].map((letter) => `/dev/sd${letter}`)

function hosts(volumes: number): string[] {
  return Array.from({ length: Math.ceil(volumes / DEVICES.length) }, (_, index) => `bulk-${index + 1}`)
}

/** zonehop.yaml of that morning: the services are known, but nobody wrote down where logs and Dropbox keep their data. */
const RULES = `
services:
  db: { freeze: document, check: true, volumes: [db-data, db-wal] }
  cache: { freeze: document, volumes: [cache] }
  uploads: { freeze: document, after: [db] }
  files-1: { freeze: document, check: true, volumes: [files-1] }
  files-2: { freeze: document, check: true, volumes: [files-2] }
  logs: { freeze: document, check: true }
  dropbox: { freeze: document, afterAttach: true, hook: start the Dropbox sync }
  bulk: { freeze: document }
`

export const outageDay: Scenario = {
  name: 'outage-day',
  story:
    'The morning of the report, going right: logs and Dropbox were forgotten, and the plan says so before anything starts.',
  world,
  rules: RULES,
  command: `/migrate start ${SOURCE} ${TARGET} --no-seed`,
  sourceZone: SOURCE,
  targetZone: TARGET,
  deeds: [
    {
      kind: 'press',
      who: 'giles',
      sees: /^choose-route-\S+ Choose for logs/,
      fills: { route: 'snapshot', need: 'required' },
    },
    {
      kind: 'press',
      who: 'giles',
      sees: /^choose-route-\S+ Choose for dropbox/,
      fills: { route: 'snapshot', need: 'deferrable' },
    },
    ...APPROVES,
  ],
  isOver: ({ phase }) => phase === 'done',
  wrongs: (before, after) => wrongsOfMoved(before, after, { sourceZone: SOURCE, targetZone: TARGET }),
}
