// EC2 cut off while volumes move: people hear of it within a minute, by every door, and nobody wonders whether something was taken.
import { expect, test } from 'vitest'
import { type ReconcilePorts, reconcile } from '../../jobs/reconcile.ts'
import { blindness } from '../../jobs/stillness.ts'
import { fold } from '../../src/core/journal/fold.ts'
import type { Facts } from '../../src/core/model/facts.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { Unreadable } from '../../src/core/ports.ts'
import { statusMessage } from '../../src/slack/messages/status.ts'
import { threadMessages } from '../../src/slack/messages/thread.ts'
import { perform } from '../../src/terminal/terminal.ts'
import { at, seenAt } from '../core/at.ts'
import { named } from '../core/journals.ts'
import { BEGINS_MS } from '../core/people.ts'
import { LATER_MS } from '../support/facts.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { typing, useCases } from './doors.ts'

const CUT = new Unreadable({ service: 'EC2', isAnswering: false }, 'AWS does not answer (ECONNREFUSED)', null)
const PLAN = 'plan us-east-1a us-east-1c'

/** A migration in `moving` that is looked at every five seconds: in vain for `awayMs`, and once more after it. */
async function cut(awayMs: number) {
  let nowMs = LATER_MS
  const journal = memoryJournal(() => nowMs)
  journal.load(named(at('cutting'), BEGINS_MS))
  journal.putBack(journal.keep(), { runId: 'r1', replicationId: 'h1' })
  const before = (await journal.entries('mig-1')).length
  const observe = async ({ rev }: Migration): Promise<Facts> => {
    if (nowMs < LATER_MS + awayMs) throw CUT
    return { ...seenAt('cutting'), rev, beganAtMs: nowMs }
  }
  const nothing = async (): Promise<void> => undefined
  const ports = {
    ...{
      journal,
      ec2: { observe },
      views: { saveProgress: nothing, progress: async () => null },
      stillMs: () => 0,
      surveyDue: () => false,
      measure: () => undefined,
    },
    queue: { nudge: nothing, nudgeNotify: nothing, nudgeStatus: nothing, enqueue: nothing },
    ...{ clock: { now: () => nowMs, sleep: nothing }, interruption: () => new AbortController().signal },
    blind: blindness(
      () => nowMs,
      () => nowMs,
    ),
  } as unknown as ReconcilePorts
  const look = async (): Promise<void> => await reconcile('mig-1', ports).catch((error) => expect(error).toBe(CUT))
  const until = async (ms: number): Promise<Migration> => {
    for (; nowMs < LATER_MS + ms; nowMs += 5_000) await look()
    return (await journal.read('mig-1')) as Migration
  }
  const said = async () => (await journal.entries('mig-1')).slice(before)
  return { journal, until, said, now: () => nowMs }
}

const textOf = (m: Migration, nowMs: number): string =>
  JSON.stringify(statusMessage(m, { progress: null, nowMs, approvers: [] }))

test('the thread says within a minute what cannot be reached since when, and when it is back; once each', async () => {
  const { journal, until, said } = await cut(300_000)
  await until(60_000)
  const [out] = await said()
  expect(out).toMatchObject({ kind: 'unreachable', service: 'EC2', isAnswering: false, sinceMs: LATER_MS })
  await until(400_000)
  const kinds = (await said()).map(({ kind }) => kind).filter((kind) => kind.endsWith('reachable'))
  expect(kinds).toEqual(['unreachable', 'reachable'])
  const all = await journal.entries('mig-1')
  const thread = threadMessages(fold(all) as Migration, all, []).map(({ message }) => message.text)
  expect(thread).toContainEqual(
    expect.stringMatching(
      /^EC2 cannot be reached since 1970-01-01 01:00 UTC: AWS does not answer \(ECONNREFUSED\)\. Nothing is lost/,
    ),
  )
  expect(thread).toContainEqual(expect.stringMatching(/^EC2 is back after 5m: /))
})

test('the status message shows it, and the outage clock goes on', async () => {
  const { until, now } = await cut(300_000)
  const outages = []
  for (const ms of [60_000, 120_000, 240_000]) {
    const shown = textOf(await until(ms), now())
    expect(shown).toContain('EC2 cannot be reached since 1970-01-01 01:00 UTC')
    outages.push(/Outage so far ([^(.]+)/.exec(shown)?.[1])
  }
  expect(new Set(outages).size).toBe(3)
  expect(textOf(await until(400_000), now())).not.toContain('cannot be reached')
})

test('status answers with it, in Slack and in a terminal', async () => {
  const { journal, until } = await cut(300_000)
  await until(60_000)
  const use = useCases({ journal })
  const sentence = 'EC2 cannot be reached since 1970-01-01 01:00 UTC: AWS does not answer (ECONNREFUSED).'
  expect((await typing(use)('status')).split('\n')[1]).toBe(sentence)
  const desk = {
    use,
    entries: journal.entries,
    progress: async () => null,
    save: async () => null,
    approvers: [],
    by: 'U-2',
    user: 'alice',
  }
  expect((await perform({ verb: 'status', id: null, isWatched: false }, desk)).text.replace(/\s+/g, ' ')).toContain(
    sentence,
  )
})

test.each<[string, Error, RegExp]>([
  ['cannot be reached', CUT, /^EC2 cannot be reached \(AWS does not answer.* Nothing was taken or started; ask again/],
  [
    'breaks off in a way that nobody knows',
    new Error('x'),
    /^This could not be looked up \(Error: x\); nothing was asked or begun/,
  ],
])('/migrate plan while EC2 %s says that nothing was asked or begun', async (_, error, right) => {
  const use = useCases({
    ec2: {
      zones: async () => [],
      inventory: async () => {
        throw error
      },
    },
  })
  const read = await typing(use)(PLAN)
  expect(read).toMatch(right)
  expect(read).not.toContain('not known whether it was taken')
})
