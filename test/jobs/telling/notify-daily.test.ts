// The seeds of a day say nothing in the channel; where they are halted people have to say how to go on, and their thread is told to its end.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { notify } from '../../../jobs/notify.ts'
import { status } from '../../../jobs/status.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import { BOT, type LocalSlack } from '../../../src/demo/slack/entities.ts'
import { speaker } from '../../../src/slack/speaker.ts'
import type { Views } from '../../../src/store/views.ts'
import { CHANNEL, startSlack } from '../../demo/slack/bolt.ts'
import { type MemoryJournal, memoryJournal } from '../../support/memory-journal.ts'
import { FREE_TURNS } from '../../support/memory-tokens.ts'
import { entries, move, plan, planned } from '../../support/plans.ts'

let slack: LocalSlack
let journal: MemoryJournal
let posted: Record<string, string>
beforeEach(async () => {
  slack = await startSlack()
  posted = {}
  journal = memoryJournal(() => 9_000)
  const drawn = plan([move({ id: 'vol-1', name: 'logs' })])
  const day = {
    ...planned('mig-1', { by: 'U0GILES', channel: CHANNEL.id, plan: drawn }),
    purpose: 'seeds',
  } as EntryBody
  journal.load(entries(day, { kind: 'began' }))
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
async function tell(): Promise<boolean> {
  const onError = (error: Error): void => expect.fail(error.message)
  const speaks = speaker({ botToken: slack.botToken, appToken: slack.appToken, apiUrl: slack.apiUrl }, onError)
  const ports = {
    journal,
    views,
    speaker: speaks,
    turns: FREE_TURNS,
    clock: { now: () => 9_000 },
    approvers: [],
    onError,
  }
  await status('mig-1', ports)
  return await notify('mig-1', ports)
}
async function say(said: EntryBody): Promise<void> {
  expect((await journal.append('mig-1', await journal.read('mig-1'), said)).outcome).toBe('appended')
}
const texts = (): string[] => slack.messages().flatMap(({ user, text }) => (user === BOT.id ? [text] : []))

test('nothing is said while they run, nor when they are done; then nothing is left to tell', async () => {
  expect(await tell()).toBe(false)
  await say({ kind: 'done' })
  expect(await tell()).toBe(true)
  expect(texts()).toEqual([])
})

test('a halt is said in the channel, and from then on all of it', async () => {
  await say({ kind: 'halted', why: 'another zonehop drives it too' })
  await tell()
  const [status_ = '', ...thread] = texts()
  expect(status_).toContain('halted')
  expect(thread.join('\n')).toContain('Snapshots of 1 volume in us-east-1a are taken ahead today (mig-1)')
  await say({ kind: 'resumed', by: 'U0GILES' })
  await say({ kind: 'done' })
  await tell()
  expect(texts().join('\n')).toContain('The snapshots of today are taken')
})
