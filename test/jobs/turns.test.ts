// Edits take turns: none for what is shown already, the newest content once it is one's turn, nothing that is posted waits for it, and
// what Slack puts off all the same is not lost.
import { beforeEach, expect, test } from 'vitest'
import { type NotifyPorts, notify } from '../../jobs/notify.ts'
import { status } from '../../jobs/status.ts'
import { Stopped, type Turns, turnsUntil } from '../../jobs/turns.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import { textMessage } from '../../src/slack/messages/blocks.ts'
import { LimitedEdits, speaker } from '../../src/slack/speaker.ts'
import { CHANNEL, startSlack } from '../demo/slack/bolt.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { FREE_TURNS } from '../support/memory-tokens.ts'
import { entries, planned } from '../support/plans.ts'

const ASKED: EntryBody = { kind: 'asked', gate: 'start', basis: 'b1', evidence: ['1 volume moves.'], again: null }
const APPROVED: EntryBody = { kind: 'approved', asked: 'n2', gate: 'start', basis: 'b1', by: 'U-2' }
const WARNED: EntryBody = { kind: 'warned', about: 'x', service: null, text: 'Look!' }

let said: EntryBody[]
let shown: string[]
/** What happened, in order: turns by urgency, posts and edits by what they say. */
let log: string[]
let refuseEdits: number
let ports: NotifyPorts
beforeEach(() => {
  const journal = memoryJournal(() => 9_000)
  said = [ASKED]
  ;[shown, log, refuseEdits] = [[], [], 0]
  const posted: Record<string, string> = {}
  const read = () => {
    journal.load(entries(planned('mig-1', {}), ...said))
    journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
    return journal.read('mig-1')
  }
  ports = {
    journal: { ...journal, read },
    views: {
      saveProgress: async () => undefined,
      progress: async () => null,
      posted: async () => ({ ...posted }),
      remember: async (_id, key, value) => void Object.assign(posted, { [key]: value }),
    },
    speaker: {
      async post(_channel, _thread, { text }) {
        log.push('post')
        return `${shown.push(text)}.0`
      },
      async update(_channel, ts, { text }) {
        if (refuseEdits-- > 0) throw new LimitedEdits(5_000, new Error('ratelimited'))
        log.push('edit')
        shown[Number.parseInt(ts, 10) - 1] = text
      },
    },
    turns: {
      ...FREE_TURNS,
      wait: async (who, urgency) => void log.push(`${urgency} of ${who}`),
      refused: async (ms) => void log.push(`refused for ${ms}`),
    },
    clock: { now: () => 9_000 },
    approvers: [],
    onError: (error) => expect.unreachable(error.message),
  }
})

const told = (): string[] => log.splice(0)

test('the status message takes a turn only for what is news', async () => {
  await notify('mig-1', ports)
  told()
  await status('mig-1', ports)
  expect(told()).toEqual([])
  said.push({ kind: 'paused', by: 'U-2' })
  await status('mig-1', ports)
  await status('mig-1', ports)
  expect(told()).toEqual(['progress of status mig-1', 'edit'])
})

test('and says what is so once it is its turn', async () => {
  await notify('mig-1', ports)
  said.push({ kind: 'paused', by: 'U-2' })
  const turns: Turns = { ...FREE_TURNS, wait: async () => void said.push({ kind: 'resumed', by: 'U-2' }, APPROVED) }
  const before = shown[0]
  await status('mig-1', { ...ports, turns })
  expect(shown[0]).not.toContain('paused')
  expect(before).not.toContain('paused')
})

test('an edit that has to wait for its turn holds up nothing that is posted', async () => {
  await notify('mig-1', ports)
  told()
  said.push(APPROVED, { kind: 'began' }, WARNED)
  const turns: Turns = { ...ports.turns, take: async () => false }
  await notify('mig-1', { ...ports, turns })
  const happened = told()
  expect(happened).toContain('post')
  expect(happened.lastIndexOf('post')).toBeLessThan(happened.indexOf('gate of thread mig-1'))
  expect(happened.filter((each) => each === 'edit').length).toBe(happened.filter((each) => /gate/.test(each)).length)
  expect(shown.join('\n')).toContain('approved by')
})

test.each([
  ['a gate', notify, APPROVED, /approved by/],
  ['the status message', status, { kind: 'paused', by: 'U-2' } as const, /paused/],
])('a 429 on the edit of %s makes all give way, and the edit is made again', async (_, job, news, says) => {
  await notify('mig-1', ports)
  said.push(news)
  refuseEdits = 2
  told()
  await job('mig-1', ports)
  expect(told().filter((each) => /refused/.test(each))).toEqual(['refused for 5000', 'refused for 5000'])
  expect(shown.join('\n')).toMatch(says)
})

test('a process that is told to stop ends its waits without a turn', async () => {
  const stop = new AbortController()
  let asks = 0
  const turns = turnsUntil(stop.signal, {
    ask: async () => {
      if (++asks === 2) setImmediate(() => stop.abort())
      return asks === 1 ? 1 : 600_000
    },
    refused: async () => undefined,
  })
  await expect(turns.wait('x', 'gate')).rejects.toThrow(Stopped)
  expect(asks).toBe(2)
})

test('an edit beyond the rate of Slack is handed back, and a post goes on', async () => {
  // Its time stands still, so that no token comes back.
  const slack = await startSlack({ isPaced: true, steadyMs: () => 0 })
  const { post, update } = speaker(slack, (error) => expect.unreachable(error.message))
  const ts = await post(CHANNEL.id, null, textMessage('one'))
  const edit = (): Promise<unknown> => update(CHANNEL.id, ts, textMessage('two')).catch((error: unknown) => error)
  let answer = await edit()
  for (let edits = 1; answer === undefined && edits < 100; edits++) answer = await edit()
  expect(answer).toBeInstanceOf(LimitedEdits)
  expect(answer).toMatchObject({ retryAfterMs: 2_000 })
  await post(CHANNEL.id, null, textMessage('three'))
  expect(slack.counts()).toMatchObject({ posts: 2, rateLimited: 1 })
  await slack.close()
})
