// A day after a migration: what was left behind is deleted, by name and only what is not in use any more. One old server is
// started again while people read: its volume is kept, and people are told.
import { APPROVERS, APPROVES, type Scenario, wrongsOfSources } from '../scenario.ts'
import { SOURCE, smallVolumes, TARGET, worldOf } from '../servers.ts'

const HOUR_MS = 3_600_000
const DATA = { device: '/dev/sdf', sizeGib: 50, usedGib: 30, type: 'gp3', snapshotMinutes: 15 }

const RULES = `
${APPROVERS}services:
  web: { freeze: document, volumes: [web] }
  db: { freeze: stop-instances, volumes: [db] }
  mail: { freeze: document, volumes: [mail] }
  bulk: { freeze: document }
retentionDays: 1
`

/** Ends once the cleanup has: only what was approved is gone, and the volume that came into use again stands. */
export const cleanup: Scenario = {
  name: 'cleanup',
  world: (volumes) =>
    worldOf({
      'web-server': [{ name: 'web', ...DATA }],
      'db-server': [{ name: 'db', ...DATA, type: 'gp2' }],
      'mail-server': [{ name: 'mail', ...DATA }],
      ...smallVolumes(volumes),
    }),
  rules: RULES,
  command: `/migrate start ${SOURCE} ${TARGET} --no-seed`,
  deeds: [
    { kind: 'type', who: 'giles', when: ({ phase }) => phase === 'done', text: '/migrate cleanup' },
    {
      kind: 'happen',
      when: ({ endedAtMs }, nowMs) => endedAtMs !== null && nowMs - endedAtMs > 2 * HOUR_MS,
      what: (ec2) => void ec2.perform('StopInstances', { InstanceId: oldServers(ec2, /./) }),
    },
    {
      kind: 'type',
      who: 'giles',
      when: ({ endedAtMs }, nowMs) => endedAtMs !== null && nowMs - endedAtMs > 25 * HOUR_MS,
      text: '/migrate cleanup',
    },
    {
      kind: 'happen',
      when: ({ asking }) => asking?.gate === 'cleanup',
      what: (ec2) => void ec2.perform('StartInstances', { InstanceId: oldServers(ec2, /^mail-/) }),
    },
    { kind: 'press', who: 'harry', sees: /^type-cleanup/, fills: ({ id }) => ({ reason: id }) },
    ...APPROVES,
  ],
  isOver: ({ cleanup: asked }) => asked !== null && asked.endedAtMs !== null,
  wrongs(before, after, m) {
    const approved = m.cleanup?.approved ?? []
    const standing = after.volumes.map(({ id }) => id)
    const data = before.volumes.filter(({ zone, device }) => zone === SOURCE && device !== '/dev/xvda')
    const gone = before.volumes.filter(({ id }) => !standing.includes(id)).map(({ id }) => id)
    const kept = data.find(({ name }) => name === 'mail')
    return [
      ...wrongsOfSources(before, after, gone),
      ...gone.filter((id) => !approved.includes(id)).map((id) => `${id} is gone, and nobody agreed to it`),
      ...(gone.length > 0 ? [] : ['nothing was deleted']),
      ...(kept && standing.includes(kept.id) ? [] : ['the volume that came into use again is gone']),
      ...data
        .filter(({ id, name }) => name !== 'mail' && standing.includes(id))
        .map(({ name }) => `${name} still stands`),
    ]
  },
}

/** Ids of the source zone's instances whose names match. */
function oldServers(
  ec2: Parameters<Extract<Scenario['deeds'][number], { kind: 'happen' }>['what']>[0],
  name: RegExp,
): string[] {
  const { instances } = ec2.state()
  return instances.filter((each) => each.zone === SOURCE && name.test(each.name)).map(({ id }) => id)
}
