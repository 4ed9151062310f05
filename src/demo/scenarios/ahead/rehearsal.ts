// A calm day: the move is rehearsed beside services that run. Copies of both volumes are attached to their successors, looked into and taken
// away; what is there afterwards is what was there before, and the snapshots that were taken for it.
import { verdictOf } from '../../../core/rehearsing/verdict.ts'
import type { WorldState } from '../../ec2/world/entities.ts'
import { logsAndDb, type Scenario } from '../../scenario.ts'
import { SOURCE, TARGET } from '../../servers.ts'

/** Ends done, with nothing left but its snapshots. */
export const rehearsal: Scenario = {
  name: 'rehearsal',
  ...logsAndDb(30),
  command: `/migrate rehearse ${SOURCE} ${TARGET}`,
  deeds: [],
  isOver: ({ endedAtMs }) => endedAtMs !== null,
  wrongs(before, after, m) {
    const made = after.snapshots.filter(({ id }) => !before.snapshots.some((one) => one.id === id))
    const looked = verdictOf(m).checks.filter(({ result }) => result === 'green')
    return [
      ...wrongsOfPlace('volumes', before, after),
      ...wrongsOfPlace('instances', before, after),
      ...made.filter(({ tags }) => tags['zonehop:step'] !== 'seed').map(({ id }) => `${id} is no snapshot taken ahead`),
      ...(made.length === m.plan.moves.length ? [] : [`${made.length} snapshots were made`]),
      ...(looked.length >= m.plan.moves.length ? [] : [`only ${looked.length} checks are green`]),
    ]
  },
}

/** Services write on meanwhile, so what volumes hold is no part of it. */
function wrongsOfPlace(what: 'volumes' | 'instances', before: WorldState, after: WorldState): string[] {
  const [was, is] = [before, after].map(
    (world) => new Map(world[what].map((one) => [one.id, JSON.stringify({ ...one, data: null })])),
  )
  const ids = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])]
  return ids
    .filter((id) => was?.get(id) !== is?.get(id))
    .map((id) => `${id} is not as it was: ${is?.get(id) ?? 'gone'}`)
}
