// What people do to messages and channels: they delete the first, archive the second, and remove the bot. On the local Slack, by the
// product's own speaker.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
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
async function approve(): Promise<void> {
  const m = await journal.read('mig-1')
  const { nonce: asked = '', gate = 'start', basis = '' } = m?.asking ?? {}
  const { outcome } = await journal.append('mig-1', m, { kind: 'approved', asked, gate, basis, by: 'U-2' })
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

test('an edit that closes a question late, over what another process said there since, is made good', async () => {
  await notify('mig-1', ports())
  const old = only(isGate).ts
  slack.remove(only(isStatus).ts)
  await warn()
  const { speaker: speaks, ...others } = ports()
  let isFirst = true
  const late = {
    ...speaks,
    post: async (...said: Parameters<typeof speaks.post>) => {
      if (/Start moving/.test(said[2].text)) throw new Error('it dies here')
      return await speaks.post(...said)
    },
    update: async (...said: Parameters<typeof speaks.update>) => {
      if (said[1] === old && isFirst) {
        isFirst = false
        // Another process hears meanwhile that it is approved, and says so where the question stands.
        await approve()
        await notify('mig-1', ports())
        expect(only(isGate)).toMatchObject({ ts: old, text: expect.stringContaining('approved by') })
      }
      await speaks.update(...said)
    },
  }
  await expect(notify('mig-1', { ...others, speaker: late })).rejects.toThrow('it dies here')
  await warn()
  await notify('mig-1', ports())
  expect(only(isGate)).toMatchObject({ ts: old, text: expect.stringContaining('approved by') })
  expect(mine().filter(({ text }) => /asked anew/.test(text))).toHaveLength(0)
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

const APPROVED: readonly EntryBody[] = [
  { kind: 'approved', asked: 'n2', gate: 'start', basis: 'b1', by: 'U0HARRY' },
  { kind: 'began' },
  { kind: 'asked', gate: 'freeze', basis: 'b2', evidence: ['1 service stops.'], again: null },
]
async function goOn(): Promise<void> {
  for (const said of APPROVED) await journal.append('mig-1', await journal.read('mig-1'), said)
}
/** What became of a few jobs, one behind the other. */
async function jobs(count: number): Promise<string[]> {
  const became: string[] = []
  for (let nth = 0; nth < count; nth++) {
    await notify('mig-1', ports()).then(
      () => became.push('told'),
      ({ name, message }: Error) => became.push(`${name}: ${message}`),
    )
  }
  return became
}
const toGiles = () => mine().filter(({ onlyFor }) => onlyFor === GILES)
/** Whether it has the buttons of the freeze. */
const isFreeze = ({ blocks }: Message): boolean => JSON.stringify(blocks).includes('b2')

describe.each(['edit_window_closed', 'update_failed', 'is_inactive', 'a_code_of_tomorrow'])(
  'an edit that Slack refuses (%s)',
  (code) => {
    test('holds up no question, and what asks anew is posted anew', async () => {
      await notify('mig-1', ports())
      slack.setRefusal('chat.update', code)
      await goOn()
      expect(await jobs(2)).toEqual(['told', 'told'])
      expect(
        mine()
          .filter(isFreeze)
          .map(({ thread }) => thread !== null),
      ).toEqual([true])
      // The status message asks as well; where it cannot be edited, the thread goes on under a new one, with its question.
      expect(await status('mig-1', ports())).toBe(true)
      expect(await jobs(1)).toEqual(['told'])
      const asking = mine().filter(isFreeze)
      expect(asking.map(({ thread }) => thread)).toEqual([expect.any(String), null, asking[1]?.ts])
      const count = mine().length
      await status('mig-1', ports())
      expect(await jobs(2)).toEqual(['told', 'told'])
      expect(mine()).toHaveLength(count)
      expect(toGiles()).toEqual([])
    })

    test('is left where nothing new is asked, and said in the log once', async () => {
      const { speaker, ...others } = ports()
      await notify('mig-1', { ...others, speaker })
      const count = mine().length
      slack.setRefusal('chat.update', code)
      for (let nth = 0; nth < 3; nth++) await prove('mig-1', { ...others, speaker }, nth)
      expect(mine()).toHaveLength(count)
      expect(errors).toEqual([expect.stringContaining(`Slack takes no edit of a message (${code})`)])
    })
  },
)

describe('a post that Slack refuses', () => {
  test.each([
    ['restricted_action_read_only_channel', 'Let me post there'],
    ['restricted_action_thread_only_channel', 'Let me post there'],
    ['restricted_action_thread_locked', 'Unlock the thread'],
    ['restricted_action_non_threadable_channel', 'Let me answer in threads there'],
    ['cannot_reply_to_message', 'Let me answer in threads there'],
    ['team_access_not_granted', 'Ask an admin'],
    ['user_is_restricted', 'Ask an admin'],
  ])('for the channel (%s): who started hears of it, once, and what to do', async (code, remedy) => {
    await notify('mig-1', ports())
    slack.setRefusal('chat.postMessage', code)
    await goOn()
    for (let times = 0; times < 3; times++) {
      expect(await jobs(1)).toEqual(['told'])
      await status('mig-1', ports())
    }
    expect(toGiles().map(({ text }) => text)).toEqual([expect.stringMatching(`Slack says ${code}.*${remedy}`)])
    slack.setRefusal('chat.postMessage', null)
    expect(await jobs(1)).toEqual(['told'])
    expect(mine().filter((each) => isFreeze(each) && each.thread !== null)).toHaveLength(1)
    expect([posted.lost, posted.untaken ?? '']).toEqual(['', ''])
  })

  test.each(['too_many_attachments', 'invalid_metadata_format'])(
    'for its content (%s): it holds up nothing, and nobody hears of it but the log',
    async (code) => {
      await notify('mig-1', ports())
      slack.setRefusal('chat.postMessage', code)
      await goOn()
      expect(await jobs(2)).toEqual(['told', 'told'])
      expect(toGiles()).toEqual([])
      expect(errors).toContainEqual(expect.stringContaining(`Slack refuses a message (${code})`))
    },
  )

  test('by a code that nobody knows: who started hears of it after three tries', async () => {
    await notify('mig-1', ports())
    slack.setRefusal('chat.postMessage', 'a_code_of_tomorrow')
    await goOn()
    const fails = 'Error: Slack does not take a message now (a_code_of_tomorrow)'
    expect(await jobs(4)).toEqual([fails, fails, 'told', 'told'])
    expect(toGiles()).toHaveLength(1)
    slack.setRefusal('chat.postMessage', null)
    expect(await jobs(1)).toEqual(['told'])
    expect(mine().filter(isFreeze)).toHaveLength(1)
  })

  test.each(['message_limit_exceeded', 'external_channel_migrating', 'internal_error'])(
    'for a while (%s): who started hears of it after five minutes, and not before',
    async (code) => {
      await notify('mig-1', ports())
      slack.setRefusal('chat.postMessage', code)
      await goOn()
      expect(await jobs(59)).not.toContain('told')
      expect(toGiles()).toEqual([])
      expect(await jobs(2)).toEqual(['told', 'told'])
      expect(toGiles().map(({ text }) => text)).toEqual([
        expect.stringContaining('It is tried again every few seconds'),
      ])
    },
  )

  test.each(['account_inactive', 'token_revoked', 'missing_scope'])(
    'for the account (%s): the log says it once, and who asks how the process is',
    async (code) => {
      const { speaker, ...others } = ports()
      const told = { ...others, speaker }
      await notify('mig-1', told)
      expect(speaker.trouble()).toBeNull()
      slack.setRefusal('chat.postMessage', code)
      await goOn()
      for (let times = 0; times < 3; times++) await notify('mig-1', told)
      const sentence = `Slack takes nothing from zonehop's account (${code}): see the bot token, and that the app is installed.`
      expect(errors).toEqual([sentence])
      expect(speaker.trouble()).toBe(sentence)
      expect(toGiles()).toEqual([])
      slack.setRefusal('chat.postMessage', null)
      await notify('mig-1', told)
      expect(speaker.trouble()).toBeNull()
    },
  )
})
