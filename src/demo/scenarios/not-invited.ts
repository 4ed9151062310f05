// The bot is not in the channel at first: the command is answered with what to do, and nothing is begun. Once it is invited, somebody
// deletes its messages: the status message and a gate's, which are posted anew.
import { APPROVERS, APPROVES, type Scenario, wrongsOfMoved } from '../scenario.ts'
import { SOURCE, smallVolumes, TARGET, worldOf } from '../servers.ts'
import { BOT, type LocalSlack, type Message } from '../slack/entities.ts'

const DATA = { sizeGib: 100, usedGib: 80, type: 'gp3', snapshotMinutes: 10 }
/** The gate is missed after half a minute of real time. */
const SPEED_MEANWHILE = 30
const COMMAND = `/migrate start ${SOURCE} ${TARGET} --no-seed`

const RULES = `
${APPROVERS}services:
  logs: { freeze: document, check: true, volumes: [logs] }
  bulk: { freeze: document }
`

/** The bot's newest message for all that holds. */
function newest(slack: LocalSlack, holds: (message: Message) => boolean): Message | undefined {
  return slack.messages().findLast((each) => each.user === BOT.id && each.onlyFor === null && holds(each))
}

function remove(slack: LocalSlack, holds: (message: Message) => boolean): void {
  const found = newest(slack, holds)
  if (found) slack.remove(found.ts)
}

const isStatus = ({ thread }: Message): boolean => thread === null
/** The gate as it asks; or answered, since the status message asks the same. */
const isFreezeGate = ({ text, thread }: Message): boolean =>
  thread !== null && /Stop writes now\?|^Stop writes \(/.test(text)

/** Ends done, whatever was deleted on the way. */
export const notInvited: Scenario = {
  name: 'not-invited',
  channel: { isMember: false },
  world: (volumes) =>
    worldOf({ 'logs-server': [{ name: 'logs', device: '/dev/sdf', ...DATA }], ...smallVolumes(volumes) }),
  rules: RULES,
  command: COMMAND,
  deeds: [
    {
      kind: 'prepare',
      who: 'giles',
      reads: /I am not in this channel: type \/invite @zonehop/,
      what: ({ slack }) => slack.setChannel({ isMember: true }),
      text: COMMAND,
    },
    {
      kind: 'happen',
      when: ({ asking }) => asking?.gate === 'freeze',
      what: async (_ec2, _m, { slack, clock }) => {
        // The gate may be journalled and not be posted yet; and while it is gone, hours would fly by in which nobody can answer it.
        const isThere = async (): Promise<void> => {
          while (!newest(slack, isFreezeGate)) await clock.attend(1_000)
        }
        await isThere()
        const { speedTop } = clock.state()
        clock.setSpeedTop(Math.min(speedTop, SPEED_MEANWHILE))
        remove(slack, isFreezeGate)
        await isThere()
        clock.setSpeedTop(speedTop)
      },
    },
    {
      kind: 'happen',
      when: ({ phase }) => phase === 'moving',
      what: (_ec2, _m, { slack }) => remove(slack, isStatus),
    },
    ...APPROVES,
  ],
  isOver: ({ phase }) => phase === 'done',
  wrongs: (before, after) => wrongsOfMoved(before, after),
}
