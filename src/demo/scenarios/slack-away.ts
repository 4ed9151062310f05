// Slack is away from the freeze gate until five minutes after go-live: people decide in a terminal of the host, the workers go on, and
// afterwards everything stands in the thread, in the order of the journal.
import { isServiceEffect } from '../../core/model/effects.ts'
import type { Migration } from '../../core/model/migration.ts'
import type { SimulatedClock } from '../clock.ts'
import { APPROVERS, type Moment, type Scenario, wrongsOfMoved } from '../scenario.ts'
import { SOURCE, smallVolumes, TARGET, worldOf } from '../servers.ts'
import { BOT, type LocalSlack } from '../slack/entities.ts'

const BACK_AFTER_MS = 5 * 60_000
/** Time may not fly meanwhile: people type, and who has been away tries again after seconds of real time. */
const SPEED_MEANWHILE = 60
const DATA = { device: '/dev/sdf', sizeGib: 100, usedGib: 80, type: 'gp3', snapshotMinutes: 10 }

const RULES = `
${APPROVERS}services:
  logs: { freeze: document, check: true, volumes: [logs] }
  web: { freeze: manual, volumes: [web] }
  dropbox: { freeze: document, need: deferrable, volumes: [dropbox] }
  bulk: { freeze: document }
terminal:
  giles: U0OPERATOR
  harry: U0SECOND
`

const START = /^approve-start/

const asks =
  (gate: 'freeze' | 'goLive'): Moment =>
  ({ asking }) =>
    asking?.gate === gate

/** While people are asked to do something by hand, before the point of no return or behind it. */
const byHand =
  (isLive: boolean): Moment =>
  (m) =>
    (m.wentLiveAtMs !== null) === isLive && isWorkAsked(m)

function isWorkAsked({ effects }: Migration): boolean {
  const asked = effects.values().filter(({ status }) => status === 'intended')
  return asked.some(({ effect }) => isServiceEffect(effect) && effect.work.method === 'manual')
}

function isSaid({ messages }: LocalSlack, text: string): boolean {
  return messages().some((each) => each.user === BOT.id && each.onlyFor === null && each.text.includes(text))
}

async function untilSaid(slack: LocalSlack, clock: SimulatedClock, text: string): Promise<void> {
  while (!isSaid(slack, text)) await clock.attend(1_000)
}

/** The top speed that each clock had before it was slowed down. */
const speeds = new WeakMap<SimulatedClock, number>()

/** Ends done, though from the freeze until behind go-live nobody could press a button. */
export const slackAway: Scenario = {
  name: 'slack-away',
  world: (volumes) =>
    worldOf({
      'logs-server': [{ name: 'logs', ...DATA }],
      'web-server': [{ name: 'web', ...DATA }],
      'dropbox-server': [{ name: 'dropbox', ...DATA, sizeGib: 400, usedGib: 300, snapshotMinutes: 60 }],
      ...smallVolumes(volumes),
    }),
  rules: RULES,
  command: `/migrate start ${SOURCE} ${TARGET} --no-seed`,
  deeds: [
    { kind: 'press', who: 'harry', sees: START, when: ({ phase }) => phase === 'planned' },
    {
      kind: 'happen',
      when: asks('freeze'),
      what: async (_ec2, _m, { slack, clock }) => {
        // Slack is last seen with all of that question, and with none of the one before.
        await untilSaid(slack, clock, 'Stop writes, what an approval covers')
        while (slack.buttons().some(({ actionId }) => START.test(actionId))) await clock.attend(1_000)
        speeds.set(clock, clock.state().speedTop)
        clock.setSpeedTop(Math.min(SPEED_MEANWHILE, clock.state().speedTop))
        slack.setAway(true)
      },
    },
    { kind: 'terminal', who: 'harry', when: asks('freeze'), words: ['approve', 'freeze'] },
    { kind: 'terminal', who: 'giles', when: byHand(false), words: ['confirm'] },
    { kind: 'terminal', who: 'harry', when: asks('goLive'), words: ['approve', 'goLive'] },
    { kind: 'terminal', who: 'giles', when: byHand(true), words: ['confirm'] },
    {
      kind: 'happen',
      when: ({ wentLiveAtMs }, nowMs) => wentLiveAtMs !== null && nowMs - wentLiveAtMs >= BACK_AFTER_MS,
      what: async (_ec2, _m, { slack, clock }) => {
        slack.setAway(false)
        await untilSaid(slack, clock, 'The outage is over')
        clock.setSpeedTop(speeds.get(clock) ?? SPEED_MEANWHILE)
      },
    },
  ],
  isOver: ({ phase }) => phase === 'done',
  wrongs: (before, after, { approvals }) => [
    ...wrongsOfMoved(before, after),
    ...(approvals.length === 3 ? [] : [`${approvals.length} approvals instead of three`]),
  ],
}
