// Second thoughts while the snapshots run, a file server's replica already promoted: everything is brought back to where it
// was, and the outage is counted until the source serves again. Afterwards what the migration made is deleted, and nothing
// else.
import { APPROVERS, APPROVES, type Scenario, wrongsOfReplicas, wrongsOfSources, wrongsOfSync } from '../scenario.ts'
import { backupServer, joined, SOURCE, smallVolumes, TARGET, worldOf } from '../servers.ts'

const MINUTE_MS = 60_000
const DATA = { device: '/dev/sdf', sizeGib: 100, usedGib: 80, type: 'gp3', snapshotMinutes: 60 }

const RULES = `
${APPROVERS}services:
  logs: { freeze: document, check: true, volumes: [logs] }
  db: { freeze: stop-instances, volumes: [db] }
  web: { freeze: manual, after: [db], volumes: [web] }
  files: { freeze: document, check: true, volumes: [files] }
  bulk: { freeze: document }
replicas:
  files: { volumes: [files], replicas: [files-copy] }
retentionDays: 0
`

/**
 * Ends once the aborted migration is cleaned up: the source zone serves as before, though a replica had been promoted.
 */
export const abort: Scenario = {
  name: 'abort',
  world: (volumes) =>
    joined(
      worldOf({
        'files-server': [{ name: 'files', ...DATA }],
        'logs-server': [{ name: 'logs', ...DATA }],
        'db-server': [{ name: 'db', ...DATA, type: 'io2', iops: 4000 }],
        'web-server': [{ name: 'web', ...DATA, snapshotMinutes: 10 }],
        ...smallVolumes(volumes),
      }),
      backupServer('backup', [{ name: 'files-copy', ...DATA, device: '/dev/sdp' }]),
      {
        replicas: [{ resource: 'files', source: ['files'], replica: ['files-copy'] }],
      },
    ),
  rules: RULES,
  command: `/migrate start ${SOURCE} ${TARGET} --no-seed`,
  deeds: [
    {
      kind: 'type',
      who: 'giles',
      when: ({ phase, freezes }, nowMs) => phase === 'moving' && nowMs - (freezes[0]?.atMs ?? nowMs) > 25 * MINUTE_MS,
      text: '/migrate abort because customers need their sites back before nine',
    },
    { kind: 'type', who: 'giles', when: ({ phase }) => phase === 'aborted', text: '/migrate cleanup' },
    { kind: 'press', who: 'harry', sees: /^type-cleanup/, fills: ({ id }) => ({ reason: id }) },
    ...APPROVES,
  ],
  isOver: ({ phase, cleanup }) => phase === 'aborted' && cleanup !== null && cleanup.endedAtMs !== null,
  wrongs(before, after, m) {
    const silent = (after.hosts ?? []).flatMap(({ instance, services }) =>
      before.instances.some(({ id, zone }) => id === instance && zone === SOURCE)
        ? services
            .filter(({ name, state }) => name !== 'web' && state !== 'open')
            .map(({ name }) => `${name} does not serve`)
        : [],
    )
    const stopped = before.instances.filter(
      ({ id, state }) => after.instances.find((now) => now.id === id)?.state !== state,
    )
    const frozen = after.volumes.filter(({ tags }) => 'zonehop:frozen' in tags).map(({ name }) => `${name} says frozen`)
    const attached = after.volumes.filter(
      ({ zone, instance }) => zone === TARGET && instance && m.plan.moves.length === 0,
    )
    return [
      ...wrongsOfSources(before, after),
      ...wrongsOfReplicas(before, after),
      ...wrongsOfSync(after),
      ...(m.effects.values().some(({ effect, status }) => effect.step === 'promote' && status === 'achieved')
        ? []
        : ['no replica was ever promoted']),
      ...silent,
      ...frozen,
      ...stopped.map(({ name }) => `${name} is not as it was`),
      ...attached.map(({ name }) => `${name} is attached`),
      ...(m.outage?.untilMs ? [] : ['the outage is not over']),
    ]
  },
}
