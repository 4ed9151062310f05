// The last word of a migration is said, whoever dies, is held up, or is refused by Slack on the way: nothing else nudges what is over.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dueToTell, type NotifyPorts, notify, orUntold } from '../../jobs/notify.ts'
import { type ReconcilePorts, reconcile } from '../../jobs/reconcile.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import { type OwnRedis, startRedis } from '../../src/demo/redis/server.ts'
import type { Message } from '../../src/slack/messages/blocks.ts'
import { keysIn } from '../../src/store/keys.ts'
import { connect } from '../../src/store/redis.ts'
import { redisUntold, type Untold } from '../../src/store/untold.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { FREE_TURNS } from '../support/memory-tokens.ts'
import { entries, planned } from '../support/plans.ts'

const ABORTING: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'a test' }
const ENDED: EntryBody = { kind: 'aborted' }

let redis: OwnRedis
const connections: ReturnType<typeof connect>[] = []
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(async () => {
  for (const connection of connections) connection.disconnect()
  await redis.close()
})

/** As each process has it. */
function untoldIn(namespace: string): Untold {
  const connection = connect(redis.socket)
  connections.push(connection)
  return redisUntold(connection, keysIn(namespace))
}

test('what Slack did not take is untold until it has, also for another process', async () => {
  const untold = untoldIn('refused')
  const refused = orUntold('mig-1', untold, async () => Promise.reject(new Error('internal_error')))
  await expect(refused).rejects.toThrow('internal_error')
  const another = untoldIn('refused')
  expect(await another.all()).toEqual(['mig-1'])
  // A process that stands aside has told nobody, and what runs has more to tell.
  await orUntold('mig-1', another, async () => false)
  expect(await another.all()).toEqual(['mig-1'])
  await orUntold('mig-1', another, async () => true)
  expect(await untold.all()).toEqual([])
})

test('what breaks off behind another who has told all of it is untold again', async () => {
  const [mine, another] = [untoldIn('behind'), untoldIn('behind')]
  const late = orUntold('mig-1', mine, async () => {
    await orUntold('mig-1', another, async () => true)
    throw new Error('the answer is lost')
  })
  await expect(late).rejects.toThrow('the answer is lost')
  expect(await another.all()).toEqual(['mig-1'])
})

test('at a heartbeat all is told that runs, or that ran and is not told to its end', async () => {
  const untold = untoldIn('heartbeat')
  expect(await dueToTell([], untold)).toEqual([])
  await dueToTell(['mig-1', 'mig-2'], untold)
  // Both have ended since, and the process that knew of them is dead.
  expect([...(await dueToTell(['mig-3'], untoldIn('heartbeat')))].sort()).toEqual(['mig-1', 'mig-2', 'mig-3'])
})

// Seed 1239275509: behind a lost tail the status message said that nothing was stopped, before anybody had noticed the loss.
test('nothing is told from a journal whose end may be lost, until its next entry says so', async () => {
  const journal = memoryJournal(() => 1_000)
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
  const first = await journal.append('mig-1', null, planned('mig-1', {}), {})
  if (first.outcome !== 'appended') throw new Error(first.outcome)
  const posts: string[] = []
  const views = { progress: async () => null, posted: async () => ({}), remember: async () => undefined }
  const post = async (channel: string): Promise<string> => `${posts.push(channel)}.0`
  const aside = { turns: FREE_TURNS, clock: { now: () => 9_000 }, approvers: [], onError: () => undefined }
  const ports = { journal, views, speaker: { post, update: async () => undefined }, ...aside } as unknown as NotifyPorts
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h2' })
  expect(await notify('mig-1', ports)).toBe(false)
  expect(posts).toEqual([])
  await journal.append('mig-1', first.migration, { kind: 'doubted', why: 'a test' })
  expect(await notify('mig-1', ports)).toBe(false)
  expect(posts.length).toBeGreaterThan(0)
})

test('the last word is said once it is over, and not before', async () => {
  const journal = memoryJournal(() => 1_000)
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
  journal.load(entries(planned('mig-1', {}), ABORTING))
  const views = { progress: async () => null, posted: async () => ({}), remember: async () => undefined }
  const speaker = { post: async () => '1.0', update: async () => undefined }
  const aside = { turns: FREE_TURNS, clock: { now: () => 9_000 }, approvers: [], onError: () => undefined }
  const ports = { journal, views, speaker, ...aside }
  expect(await notify('mig-1', ports as unknown as NotifyPorts)).toBe(false)
  journal.load(entries(planned('mig-1', {}), ABORTING, ENDED))
  expect(await notify('mig-1', ports as unknown as NotifyPorts)).toBe(true)
  expect(await notify('mig-2', ports as unknown as NotifyPorts)).toBe(true)
})

test('a tick that finds it over has it told', async () => {
  const journal = memoryJournal(() => 1_000)
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
  journal.load(entries(planned('mig-1', {}), ABORTING, ENDED))
  const told: string[] = []
  const ports = { journal, queue: { nudgeNotify: async (id: string) => void told.push(id) } }
  await reconcile('mig-1', { ...ports, interruption: () => new AbortController().signal } as unknown as ReconcilePorts)
  expect(told).toEqual(['mig-1'])
})

test('who was held up while it ended says what another had said by then', async () => {
  const journal = memoryJournal(() => 1_000)
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
  const begun = [planned('mig-1', {}), ABORTING]
  journal.load(entries(...begun))
  const posted: Record<string, string> = {}
  const shown = new Map<string, string>()
  let isHeldUp = true
  const speaker = {
    async post(_channel: string, _thread: string | null, { text }: Message) {
      const ts = `${shown.size + 1}.0`
      if (isHeldUp) {
        isHeldUp = false
        journal.load(entries(...begun, ENDED))
      }
      shown.set(ts, text)
      return ts
    },
    async update(_channel: string, ts: string, { text }: Message) {
      shown.set(ts, text)
    },
  }
  const views = {
    saveProgress: async () => undefined,
    progress: async () => null,
    posted: async () => ({ ...posted }),
    async remember(_id: string, key: string, value: string) {
      posted[key] = value
    },
  }
  const onError = (error: Error): void => expect.unreachable(error.message)
  const aside = { turns: FREE_TURNS, clock: { now: () => 9_000 }, approvers: [], onError }
  await notify('mig-1', { journal, views, speaker, ...aside })
  expect([...shown.values()].some((text) => text.startsWith('Back where it was'))).toBe(true)
})

// Seed 22560041: the edit of a process that slept went over the newer one of another, its answer was lost, and the thread counted as said.
test('who breaks off behind another who has said all leaves the thread to be said again', async () => {
  const journal = memoryJournal(() => 1_000)
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
  const warned: EntryBody = { kind: 'warned', about: 'slow logs', service: null, text: 'logs is slow.' }
  const begun = [planned('mig-1', {}), { kind: 'began' } as const, warned]
  const posted: Record<string, string> = {}
  const shown = new Map<string, string>()
  const views = {
    progress: async () => null,
    posted: async () => ({ ...posted }),
    async remember(_id: string, key: string, value: string) {
      posted[key] = value
    },
  }
  /** What the edit of a process does besides; the first one of an older process is held up, and then has no answer. */
  let heldUp: () => Promise<void> = async () => undefined
  const speaker = {
    async post(_channel: string, _thread: string | null, message: Message) {
      const ts = `${shown.size + 1}.0`
      shown.set(ts, JSON.stringify(message))
      return ts
    },
    async update(_channel: string, ts: string, message: Message) {
      const before = heldUp
      heldUp = async () => undefined
      await before()
      shown.set(ts, JSON.stringify(message))
      if (before.name === 'loseAnswer') throw new Error('the answer is lost')
    },
  }
  const onError = (error: Error): void => expect.unreachable(error.message)
  const aside = { turns: FREE_TURNS, clock: { now: () => 9_000 }, approvers: [], onError }
  const ports = { journal, views, speaker, ...aside } as unknown as NotifyPorts
  journal.load(entries(...begun))
  await notify('mig-1', ports)
  // The button of the warning falls away with the abort, and the warning is past with its end.
  journal.load(entries(...begun, ABORTING))
  heldUp = async function loseAnswer() {
    journal.load(entries(...begun, ABORTING, ENDED))
    await notify('mig-1', ports)
  }
  await expect(notify('mig-1', ports)).rejects.toThrow('the answer is lost')
  await notify('mig-1', ports)
  const alert = [...shown.values()].find((text) => text.includes('logs is slow.'))
  expect(alert).toContain('Past: mig-1 is aborted.')
})
