// What people do to messages and channels: they delete the first, archive the second, and remove the bot. On the local Slack, by the
// product's own speaker.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { notify, prove } from '../../../jobs/notify.ts'
import { status } from '../../../jobs/status.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import { BOT, type LocalSlack, type Message } from '../../../src/demo/slack/entities.ts'
import { speaker } from '../../../src/slack/speaker.ts'
import type { Views } from '../../../src/store/views.ts'
import { CHANNEL, startSlack } from '../../demo/slack/bolt.ts'
import { type MemoryJournal, memoryJournal } from '../../support/memory-journal.ts'
import { FREE_TURNS } from '../../support/memory-tokens.ts'
import { entries, planned } from '../../support/plans.ts'

const GILES = 'U0GILES'
const ASKED: EntryBody = { kind: 'asked', gate: 'start', basis: 'b1', evidence: ['1 volume moves.'], again: null }

let slack: LocalSlack
let journal: MemoryJournal
let posted: Record<string, string>
let errors: string[]
beforeEach(async () => {
  slack = await startSlack()
  posted = {}
  errors = []
  journal = memoryJournal(() => 9_000)
  journal.load(entries(planned('mig-1', { by: GILES, channel: CHANNEL.id }), ASKED))
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
})
afterEach(() => slack.close())

const views: Views = {
  saveProgress: async () => undefined,
  progress: async () => null,
  posted: async () => ({ ...posted }),
  remember: async (_id, key, value) => {
    posted[key] = value
  },
}
const ports = () => {
  const onError = (error: Error): void => void errors.push(error.message)
  const speaks = speaker({ botToken: slack.botToken, appToken: slack.appToken, apiUrl: slack.apiUrl }, onError)
  return { journal, views, speaker: speaks, turns: FREE_TURNS, clock: { now: () => 9_000 }, approvers: [], onError }
}
async function warn(): Promise<void> {
  const said = { kind: 'warned', about: 'x', service: null, text: 'Look!' } as const
  const { outcome } = await journal.append('mig-1', await journal.read('mig-1'), said)
  expect(outcome).toBe('appended')
}
/** As many proofs as take each of the messages once: the status message, and one question or two. */
async function proveAll(): Promise<void> {
  for (let nth = 0; nth < 3; nth++) await prove('mig-1', ports(), nth)
}
const mine = (): readonly Message[] => slack.messages().filter(({ user }) => user === BOT.id)
const isGate = ({ text }: Message): boolean => /Start moving|^Start \(mig-1\)/.test(text)
const only = (holds: (message: Message) => boolean): Message => {
  const [found, another] = mine().filter(holds)
  if (!found || another) throw new Error(`${found ? 'more than one' : 'none'} of these messages stands`)
  return found
}
const isStatus = ({ thread, onlyFor }: Message): boolean => thread === null && onlyFor === null

test("a gate's message that was deleted is posted anew, before anybody misses it", async () => {
  await notify('mig-1', ports())
  const gate = only(isGate)
  slack.remove(gate.ts)
  await notify('mig-1', ports())
  expect(mine().filter(isGate)).toEqual([])
  await proveAll()
  expect(only(isGate)).toMatchObject({ thread: gate.thread })
  expect(slack.buttons().map(({ label }) => label)).toContain('Start')
  // What is there is edited and stays.
  const { ts } = only(isGate)
  await proveAll()
  expect(only(isGate).ts).toBe(ts)
})

test('a deleted status message is posted anew, and the thread goes on under it with what still asks', async () => {
  await notify('mig-1', ports())
  const [first, gate] = [only(isStatus), only(isGate)]
  slack.remove(first.ts)
  await warn()
  await proveAll()
  const next = only(isStatus)
  expect(next.ts).not.toBe(first.ts)
  expect(only(({ text }) => text.startsWith('Look!')).thread).toBe(next.ts)
  expect(only((each) => isGate(each) && each.ts !== gate.ts).thread).toBe(next.ts)
  // One question has its buttons in the thread and in the status message, whoever finds the old ones.
  expect(slack.buttons().flatMap(({ label, ts }) => (label === 'Start' ? [ts] : []))).toEqual([
    next.ts,
    only((each) => isGate(each) && each.ts !== gate.ts).ts,
  ])
  const count = mine().length
  await notify('mig-1', ports())
  await status('mig-1', ports())
  expect(mine()).toHaveLength(count)
})

test('and so it is where a reply is what finds out', async () => {
  await notify('mig-1', ports())
  slack.remove(only(isStatus).ts)
  await warn()
  await notify('mig-1', ports())
  expect(only(({ text }) => text.startsWith('Look!')).thread).toBe(only(isStatus).ts)
})

test.each([
  ['the bot was removed', { isMember: false }, 'not_in_channel'],
  ['it was archived', { isArchived: true }, 'is_archived'],
])('a channel that takes nothing since %s: who started hears of it, once, and the log', async (_, standing, code) => {
  await notify('mig-1', ports())
  slack.setChannel(standing)
  await warn()
  for (let times = 0; times < 3; times++) {
    await notify('mig-1', ports())
    await status('mig-1', ports())
    await proveAll()
  }
  const told = mine().filter(({ onlyFor }) => onlyFor === GILES)
  expect(told).toHaveLength(1)
  expect(told[0]?.text).toContain(`Nothing can be posted in the channel of mig-1 (${CHANNEL.id}; Slack says ${code})`)
  expect(errors).toEqual([`Slack takes nothing for the channel (${code})`])
  // Once it can be written in again, nothing of it is missing.
  slack.setChannel({ isMember: true, isArchived: false })
  await notify('mig-1', ports())
  expect(mine().some(({ text }) => text.startsWith('Look!'))).toBe(true)
  expect(posted.lost).toBe('')
})
