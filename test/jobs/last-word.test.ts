// The last word of a migration is said, whoever dies, is held up, or is refused by Slack on the way: nothing else nudges what is over.
import { expect, test } from 'vitest'
import { dueToTell, notify, orUntold } from '../../jobs/notify.ts'
import { type ReconcilePorts, reconcile } from '../../jobs/reconcile.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Message } from '../../src/slack/messages/blocks.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { entries, planned } from '../support/plans.ts'

const ABORTING: EntryBody = { kind: 'aborting', by: 'U-2', reason: 'a test' }
const ENDED: EntryBody = { kind: 'aborted' }

test('what Slack did not take is untold until it has', async () => {
  const untold = new Set<string>()
  const refused = orUntold('mig-1', untold, async () => Promise.reject(new Error('internal_error')))
  await expect(refused).rejects.toThrow('internal_error')
  expect([...untold]).toEqual(['mig-1'])
  // A process that stands aside has told nobody.
  await orUntold('mig-1', untold, async () => false)
  expect([...untold]).toEqual(['mig-1'])
  await orUntold('mig-1', untold, async () => true)
  expect([...untold]).toEqual([])
})

test('at a heartbeat all is told that runs, that ran at the one before, or that is untold', () => {
  expect(dueToTell(['mig-1', 'mig-2'], ['mig-2', 'mig-3'], new Set(['mig-4', 'mig-1']))).toEqual([
    ...['mig-1', 'mig-2', 'mig-3', 'mig-4'],
  ])
})

test('a tick that finds it over has it told', async () => {
  const journal = memoryJournal(() => 1_000)
  journal.load(entries(planned('mig-1', {}), ABORTING, ENDED))
  const told: string[] = []
  const ports = { journal, queue: { nudgeNotify: async (id: string) => void told.push(id) } }
  await reconcile('mig-1', { ...ports, interruption: () => new AbortController().signal } as unknown as ReconcilePorts)
  expect(told).toEqual(['mig-1'])
})

test('who was held up while it ended says what another had said by then', async () => {
  const journal = memoryJournal(() => 1_000)
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
  await notify('mig-1', { journal, views, speaker, clock: { now: () => 9_000 }, onError })
  expect([...shown.values()].some((text) => text.startsWith('Back where it was'))).toBe(true)
})
