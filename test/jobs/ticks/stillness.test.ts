// A call that no worker takes is told after a minute of real time, once; not while anything moves.
import { expect, test } from 'vitest'
import { type ReconcilePorts, reconcile } from '../../../jobs/reconcile.ts'
import { stillness } from '../../../jobs/stillness.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import { facts, LATER_MS } from '../../support/facts.ts'
import { memoryJournal } from '../../support/memory-journal.ts'
import { entries, move, plan, planned, seen } from '../../support/plans.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })

test('counts from when this entry was first seen', () => {
  let nowMs = 0
  const still = stillness(() => nowMs)
  expect(still('mig-1', 7)).toBe(0)
  nowMs = 59_000
  expect(still('mig-1', 7)).toBe(59_000)
  expect(still('mig-2', 7)).toBe(0)
  expect(still('mig-1', 8)).toBe(0)
  nowMs = 60_000
  expect(still('mig-1', 8)).toBe(1_000)
})

async function warnings(stillMs: number, ticks: number): Promise<Extract<EntryBody, { kind: 'warned' }>[]> {
  const journal = memoryJournal(() => LATER_MS)
  journal.load(entries(planned('mig-1', { plan: plan([LOGS]) }), { kind: 'began' }))
  const nothing = async (): Promise<void> => undefined
  const ports = {
    journal,
    ec2: { observe: async () => facts({ volumes: [seen(LOGS)] }) },
    queue: { nudge: nothing, enqueue: nothing, nudgeNotify: nothing, nudgeStatus: nothing },
    views: { saveProgress: nothing, progress: async () => null },
    clock: { now: () => LATER_MS, sleep: nothing },
    interruption: () => new AbortController().signal,
    blind: () => null,
    surveyDue: () => false,
    measure: () => undefined,
    stillMs: () => stillMs,
  }
  for (let tick = 0; tick < ticks; tick++) await reconcile('mig-1', ports as unknown as ReconcilePorts)
  return (await journal.entries('mig-1')).filter((entry) => entry.kind === 'warned')
}

test('told once', async () => {
  expect(await warnings(59_999, 2)).toEqual([])
  const [told, ...more] = await warnings(60_000, 3)
  expect(told?.text).toMatch(/^No worker has taken start-1\.tag\.1 for a minute\./)
  expect(more).toEqual([])
})
