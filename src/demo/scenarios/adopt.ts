// Redis is emptied while the final snapshots run, and nothing of the migration is left but its tags and what EC2 shows. Somebody adopts it:
// it is rebuilt, an approver says what the tags mean, each gate asks again, and it goes its way with the snapshots that it had.
import { latest } from '../../core/journal/state.ts'
import { ofMove } from '../../core/model/subjects.ts'
import { APPROVES, logsAndDb, type Scenario, wrongsOfMoved } from '../scenario.ts'
import { SOURCE, TARGET } from '../servers.ts'

/** Ends done, with one final snapshot and one copy of each. */
export const adopt: Scenario = {
  name: 'adopt',
  ...logsAndDb(20),
  command: `/migrate start ${SOURCE} ${TARGET} --no-seed`,
  deeds: [
    {
      kind: 'happen',
      when: (m) => m.plan.moves.every(({ id }) => latest(m, ofMove(id), 'snapshot')?.status === 'started'),
      what: async (_ec2, _m, { emptyRedis }) => await emptyRedis(),
    },
    {
      kind: 'prepare',
      who: 'giles',
      reads: /^Stop writes \(/,
      what: () => undefined,
      text: `/migrate adopt ${SOURCE} ${TARGET}`,
    },
    { kind: 'press', who: 'harry', sees: /^settle-so/ },
    ...APPROVES,
  ],
  isOver: ({ phase }) => phase === 'done',
  wrongs: (before, after) => wrongsOfMoved(before, after),
}
