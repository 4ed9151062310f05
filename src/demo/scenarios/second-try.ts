// Second thoughts once every copy is attached, and then the same command again. The copies of the first try stand where those of the
// second go: the start names each, and they are taken away before the outage begins.
import type { Migration } from '../../core/model/migration.ts'
import { logsAndDb, type Scenario, wrongsOfMoved } from '../scenario.ts'
import { SOURCE, TARGET } from '../servers.ts'

const DEVICE = '/dev/sdf'
const COMMAND = `/migrate start ${SOURCE} ${TARGET} --no-seed`

function isSecond({ plan }: Migration): boolean {
  return plan.leftovers !== undefined
}

/** Ends done by the second try, with every target a copy of its own. */
export const secondTry: Scenario = {
  name: 'second-try',
  ...logsAndDb(10),
  command: COMMAND,
  deeds: [
    {
      kind: 'type',
      who: 'giles',
      when: (m) => !isSecond(m) && m.asking?.gate === 'goLive',
      reads: /Go live\?/,
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
        .filter((one) => one.instance && moved.has(one.instance) && one.device === DEVICE && !isOfIt(one))
        .map(({ name }) => `${name} at ${TARGET} is no copy of this try`),
    ]
  },
}
