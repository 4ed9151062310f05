// Messages that somebody deleted, on the local Slack by the product's own speaker: they are posted anew, and what comes later is
// posted too.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type NotifyPorts, notify, prove } from '../../jobs/notify.ts'
import { status } from '../../jobs/status.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Gate } from '../../src/core/model/migration.ts'
import { BOT, type LocalSlack, type Message } from '../../src/demo/slack/entities.ts'
import { speaker } from '../../src/slack/speaker.ts'
import { CHANNEL, startSlack } from '../demo/slack/bolt.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { FREE_TURNS } from '../support/memory-tokens.ts'
import { entries, planned } from '../support/plans.ts'

const asks = (gate: Gate): EntryBody => ({ kind: 'asked', gate, basis: gate, evidence: ['x'], again: null })

let slack: LocalSlack
let ports: NotifyPorts
beforeEach(async () => {
  slack = await startSlack()
  const journal = memoryJournal(() => 9_000)
  journal.load(entries(planned('mig-1', { by: 'U0GILES', channel: CHANNEL.id }), asks('start')))
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
  const posted: Record<string, string> = {}
  const views = {
    ...{ saveProgress: async () => undefined, progress: async () => null, posted: async () => ({ ...posted }) },
    remember: async (_: string, key: string, value: string) => void Object.assign(posted, { [key]: value }),
  }
  const onError = (error: Error) => expect.unreachable(error.message)
  const { botToken, appToken, apiUrl } = slack
  const speaks = speaker({ botToken, appToken, apiUrl }, onError)
  ports = { journal, views, speaker: speaks, turns: FREE_TURNS, clock: { now: () => 9_000 }, approvers: [], onError }
})
afterEach(() => slack.close())

const say = async (...said: readonly EntryBody[]): Promise<void> => {
  for (const one of said) await ports.journal.append('mig-1', await ports.journal.read('mig-1'), one)
}
const all = (holds: (message: Message) => boolean): readonly Message[] =>
  slack.messages().filter((one) => one.user === BOT.id && holds(one))
const GATE = /Start moving|^Start \(mig-1\)/
const FREEZE = /Stop writes now\?/
const isOf =
  (text: RegExp) =>
  (one: Message): boolean =>
    text.test(one.text)
const isStatus = ({ thread, onlyFor }: Message): boolean => thread === null && onlyFor === null
const APPROVED: readonly EntryBody[] = [
  { kind: 'approved', asked: 'n2', gate: 'start', basis: 'start', by: 'U0HARRY' },
  { kind: 'began' },
]

test('chat.update answers message_not_found: posted anew, and later gates are posted too', async () => {
  await notify('mig-1', ports)
  const [gate] = all(isOf(GATE))
  slack.remove(gate?.ts ?? '')
  await say(...APPROVED, asks('freeze'))
  await notify('mig-1', ports)
  expect(all(isOf(GATE))).toMatchObject([{ thread: gate?.thread, text: expect.stringContaining('approved by') }])
  expect(all(isOf(FREEZE))).toHaveLength(1)
})

test.each<[string, () => Promise<unknown>]>([
  ['the edit of its figures', async () => (await status('mig-1', ports)) && (await notify('mig-1', ports))],
  ['a look whether it is there', () => prove('mig-1', ports, 0)],
])('the status message deleted, as %s finds: a new one, and the thread goes on under it', async (_, finds) => {
  await notify('mig-1', ports)
  const [first] = all(isStatus)
  slack.remove(first?.ts ?? '')
  await say(...APPROVED)
  await finds()
  const [next] = all(isStatus)
  expect(next && next.ts !== first?.ts).toBe(true)
  await say(asks('freeze'))
  await notify('mig-1', ports)
  expect(all(isStatus)).toHaveLength(1)
  expect(all(isOf(FREEZE))).toMatchObject([{ thread: next?.ts }])
})
