// Second thoughts once every copy is attached, and then the same command again. The copies of the first try stand where those of the
// second go: the start names each, and they are taken away before the outage begins.
import type { Migration } from '../../core/model/migration.ts'
import { APPROVERS, type Scenario, wrongsOfMoved } from '../scenario.ts'
import { SOURCE, smallVolumes, TARGET, worldOf } from '../servers.ts'

const DATA = { device: '/dev/sdf', sizeGib: 100, usedGib: 80, type: 'gp3', snapshotMinutes: 10 }
const COMMAND = `/migrate start ${SOURCE} ${TARGET} --no-seed`

const RULES = `
${APPROVERS}services:
  logs: { freeze: document, check: true, volumes: [logs] }
  db: { freeze: stop-instances, volumes: [db] }
  bulk: { freeze: document }
`

function isSecond({ plan }: Migration): boolean {
  return plan.leftovers !== undefined
}

/** Ends done by the second try, with every target a copy of its own. */
export const secondTry: Scenario = {
  name: 'second-try',
  world: (volumes) =>
    worldOf({
      'logs-server': [{ name: 'logs', ...DATA }],
      'db-server': [{ name: 'db', ...DATA, type: 'io2', iops: 4000 }],
      ...smallVolumes(volumes),
    }),
  rules: RULES,
  command: COMMAND,
  deeds: [
    {
      kind: 'type',
      who: 'giles',
      when: (m) => !isSecond(m) && m.asking?.gate === 'goLive',
      text: '/migrate abort because the provider says that the zone is fine again',
    },
    { kind: 'type', who: 'giles', when: ({ phase }) => phase === 'aborted', text: COMMAND },
    { kind: 'press', who: 'harry', sees: /^approve-/, when: (m) => isSecond(m) || m.asking?.gate !== 'goLive' },
    { kind: 'press', who: 'harry', sees: /^confirm-/ },
  ],
  isOver: ({ phase }) => phase === 'done',
  wrongs(before, after, m) {
    const isOfIt = ({ tags }: { readonly tags: Readonly<Record<string, string>> }): boolean =>
      tags['zonehop:migration'] === m.id
    const standing = new Set(after.volumes.map(({ id }) => id))
    const leftovers = m.plan.leftovers ?? []
    const moved = new Set(m.plan.moves.map(({ successor }) => successor))
    return [
      ...wrongsOfMoved(before, { ...after, snapshots: after.snapshots.filter(isOfIt) }),
      ...(leftovers.length === m.plan.moves.length
        ? []
        : [`${leftovers.length} copies of the first try were in the way`]),
      ...leftovers
        .filter(({ volume }) => standing.has(volume))
        .map(({ name }) => `the older copy of ${name} still stands`),
      ...after.volumes
        .filter((one) => one.instance && moved.has(one.instance) && one.device === DATA.device && !isOfIt(one))
        .map(({ name }) => `${name} at ${TARGET} is no copy of this try`),
    ]
  },
}
