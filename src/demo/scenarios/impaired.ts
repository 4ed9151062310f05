// The zone is in trouble before anybody starts, and EC2 does not show what stands in it: the plan is drawn from what it showed last, says
// so, and waits. When the zone can be read again the plan is drawn anew, and goes its way.
import { APPROVES, logsAndDb, type Scenario, wrongsOfMoved } from '../scenario.ts'
import { SOURCE, TARGET } from '../servers.ts'

const MINUTE_MS = 60_000
const COMMAND = `/migrate start ${SOURCE} ${TARGET} --no-seed`

/** Ends done, once EC2 shows the zone again. */
export const impaired: Scenario = {
  name: 'impaired',
  ...logsAndDb(10),
  // Somebody looked at the plan on the evening before: that is the last that was seen of the zone.
  command: `/migrate plan ${SOURCE} ${TARGET}`,
  deeds: [
    {
      kind: 'prepare',
      who: 'giles',
      reads: /Nothing was started/,
      what: ({ ec2 }) =>
        ec2.setZone(SOURCE, {
          state: 'impaired',
          message: 'We are investigating increased error rates and latencies.',
          isDark: true,
        }),
      text: COMMAND,
    },
    {
      kind: 'happen',
      when: ({ plannedAtMs }, nowMs) => nowMs - plannedAtMs > 12 * MINUTE_MS,
      what: (ec2) => ec2.setZone(SOURCE, null),
    },
    ...APPROVES,
  ],
  isOver: ({ phase }) => phase === 'done',
  wrongs: (before, after) => wrongsOfMoved(before, after),
}
