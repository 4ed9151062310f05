// A tick that finds a snapshot standing: what it remembers of earlier looks, what it appends, and that it does so once.
import { expect, test } from 'vitest'
import { type ReconcilePorts, reconcile } from '../../jobs/reconcile.ts'
import type { Effect } from '../../src/core/model/effects.ts'
import type { Facts } from '../../src/core/model/facts.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { ofMove } from '../../src/core/model/subjects.ts'
import type { Progress } from '../../src/core/telling/progress.ts'
import { facts, snapshotOf, tagged } from '../support/facts.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { entries, move, plan, planned, service } from '../support/plans.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const LOGS = move({ id: 'vol-1', name: 'logs' })
const CUT: Effect = {
  ...{ subject: ofMove('vol-1'), step: 'snapshot', generation: 1, direction: 'forward', volumeId: 'vol-1', tags: {} },
}
const CUTTING = entries(
  planned('mig-1', { plan: plan([LOGS], { services: [service('logs')] }) }),
  { kind: 'began' },
  { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] },
  { kind: 'intended', effects: [CUT] },
  { kind: 'seen', started: [{ effect: 'vol-1.snapshot.1', resource: 'snap-vol-1', others: [] }], achieved: [] },
)

/** One tick after the other, at these seconds, which see these percents; at 100% it is complete. */
async function ticks(looks: readonly (readonly [seconds: number, percent: number])[]) {
  let nowMs = 0
  let percent = 0
  let reads = 0
  let kept: Progress | null = null
  const journal = memoryJournal(() => nowMs)
  journal.load(CUTTING)
  const nothing = async (): Promise<void> => undefined
  const ports = {
    journal,
    views: {
      saveProgress: async (_id: string, progress: Progress) => {
        kept = progress
      },
      progress: async () => {
        reads++
        return kept
      },
    },
    ec2: {
      observe: async ({ rev }: Migration): Promise<Facts> => {
        const state = percent === 100 ? 'completed' : 'pending'
        const snapshots = [snapshotOf(LOGS, { state, percent, startedAtMs: 0 })]
        return facts({ rev, beganAtMs: nowMs, snapshots, volumes: [tagged(LOGS, { 'zonehop:frozen': 'mig-1-f1' })] })
      },
    },
    queue: { nudge: nothing, nudgeNotify: nothing, nudgeStatus: nothing, enqueue: nothing },
    clock: { now: () => nowMs, sleep: nothing },
    interruption: () => new AbortController().signal,
    stillMs: () => 0,
    blind: () => null,
    surveyDue: () => false,
    measure: () => undefined,
  } as unknown as ReconcilePorts
  const told: string[] = []
  for (const [seconds, seen] of looks) {
    nowMs = seconds * SECOND
    percent = seen
    const before = (await journal.entries('mig-1')).length
    await reconcile('mig-1', ports)
    const said = (await journal.entries('mig-1')).slice(before)
    told.push(...said.flatMap((one) => (one.kind === 'warned' ? [`${seconds} ${one.about}`] : [])))
  }
  return { told, reads }
}

const MOVING = [10, 20, 30, 40].map((seconds, index) => [190 + seconds, index + 41] as const)
const STANDS_MS = 5 * MINUTE
const stillAt = (seconds: number) => [230 + seconds, 44] as const

test('it is told once, when it has stood for longer than five minutes, and that it moves is written once', async () => {
  const just = STANDS_MS / SECOND
  const looks = [...MOVING, stillAt(just), stillAt(just + 1), stillAt(just + 60), [600, 45], [700, 46]] as const
  const { told } = await ticks(looks)
  expect(told).toEqual([`${230 + just + 1} stall vol-1 snap-vol-1 44`, '600 moves again snap-vol-1'])
})

test('what was seen before is read only while a snapshot is pending', async () => {
  expect((await ticks([...MOVING, [300, 100], [310, 100]])).reads).toBe(MOVING.length)
})
