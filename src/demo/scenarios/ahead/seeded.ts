// Snapshots are taken ahead in rounds: the first of logs holds everything and takes half an hour, in which it writes a lot, so others
// follow until one is quick. db writes little, and is quick at its second. What the outage copies is what changed since.
import { tookMs } from '../../../core/journal/state.ts'
import type { Migration } from '../../../core/model/migration.ts'
import { isSnapshotMove, nameOf } from '../../../core/model/moves.ts'
import { ofMove } from '../../../core/model/subjects.ts'
import { APPROVES, logsAndDb, type Scenario, wrongsOfMoved } from '../../scenario.ts'
import { SOURCE, TARGET } from '../../servers.ts'

/** What the final snapshot may take of the time of the first seed, which holds everything. */
const SHARE = 0.25

/** Ends done, with final snapshots that took a fraction of the first ones. */
export const seeded: Scenario = {
  name: 'seeded',
  ...logsAndDb(30, { logs: 40, db: 1 }),
  command: `/migrate start ${SOURCE} ${TARGET}`,
  deeds: APPROVES,
  isOver: ({ phase }) => phase === 'done',
  wrongs: (before, after, m) => [...wrongsOfMoved(before, after), ...wrongsOfRounds(m)],
}

function wrongsOfRounds(m: Migration): string[] {
  return m.plan.moves.filter(isSnapshotMove).flatMap((move) => {
    const took = (step: 'seed' | 'snapshot'): number[] =>
      m.effects.generations(ofMove(move.id), step).flatMap((state) => (state && tookMs(state)) ?? [])
    const [first = 0] = took('seed')
    const last = took('snapshot').at(-1) ?? first
    return last <= first * SHARE
      ? []
      : [`the final snapshot of ${nameOf(move)} took ${last} ms, its first seed ${first}`]
  })
}
