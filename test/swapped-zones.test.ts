// A start that may have its zones swapped is asked back before anything is written; who means it says which zone is left.
import { describe, expect, test } from 'vitest'
import type { EntryBody } from '../src/core/model/entries.ts'
import type { Inventory } from '../src/core/model/facts.ts'
import { NO_RULES } from '../src/core/model/rules.ts'
import { code } from '../src/core/model/text.ts'
import type { UseCases } from '../src/core/ports.ts'
import { operations } from '../src/operations.ts'
import { memoryInventories, notWatching } from './support/memory-inventories.ts'
import { memoryJournal } from './support/memory-journal.ts'
import { approvedBy, directoryOf } from './support/people.ts'
import { entries, move, NO_SURVEY, plan, planned, seen } from './support/plans.ts'
import { NO_VIEWS, showing } from './support/use-cases.ts'

const [A, C, D] = ['us-east-1a', 'us-east-1c', 'us-east-1d']
const ZONES = [
  { name: A, id: 'use1-az4' },
  { name: C, id: 'use1-az6' },
  { name: D, id: 'use1-az1' },
]
const [VOL_A, VOL_C, VOL_D] = [A, C, D].map((zone) => seen(move({ id: `vol-${zone}`, name: zone }), { zone }))
const INVENTORY: Inventory = {
  zones: ZONES,
  instances: [],
  volumes: [VOL_A, VOL_C, VOL_D].flatMap((one) => one ?? []),
  survey: NO_SURVEY,
}
const LIVE: readonly EntryBody[] = [
  { kind: 'began' },
  { kind: 'freezing', freeze: 'f', services: ['logs'] },
  { kind: 'wentLive', percents: {} },
]
const ABORTED: readonly EntryBody[] = [
  { kind: 'began' },
  { kind: 'aborting', by: 'U-2', reason: 'x' },
  { kind: 'aborted' },
]

type Run = readonly [id: string, sourceZone: string, targetZone: string, said: readonly EntryBody[], atMs?: number]

function knowing(runs: readonly Run[], inventory = INVENTORY) {
  const journal = memoryJournal(() => 60_000)
  for (const [id, sourceZone, targetZone, said, atMs = 0] of runs) {
    const drawn = plan([move({ id: `vol-${id}`, name: 'logs' })], { sourceZone, targetZone })
    journal.load(entries(planned(id, { plan: drawn }), ...said).map((one) => ({ ...one, atMs: one.atMs + atMs })))
  }
  const use = operations({
    ...{ journal, ec2: showing(inventory), inventories: memoryInventories(), views: NO_VIEWS },
    ...{ directory: directoryOf(), rules: NO_RULES, people: approvedBy('U-2'), channels: null, dangers: [] },
    watching: notWatching(),
    queue: { nudge: async () => undefined, nudgeNotify: async () => undefined, interrupt: async () => undefined },
    clock: { now: () => 60_000 },
  })
  const written = async () => (await journal.all()).filter((id) => !runs.some(([known]) => known === id))
  return { use, written }
}

type Start = Parameters<UseCases['start']>[0]
const start = (sourceZone: string, targetZone: string, over: Partial<Start> = {}): Start => ({
  ...{ sourceZone, targetZone, seeds: true, by: 'U-asker', channel: 'C-1' },
  ...over,
})

const WENT: Run = ['mig-aa', A, C, LIVE]
const BACK: Run = ['mig-bb', C, A, LIVE, 86_400_000]
const IDLE: Inventory = {
  ...INVENTORY,
  volumes: INVENTORY.volumes.map((one) => ({ ...one, state: 'available', attachments: [] })),
}

describe.each<[string, readonly Run[], readonly [string, string], string, Inventory?]>([
  [
    'a way back',
    [WENT],
    [C, A],
    `mig-aa brought services from ${A} to ${C} on 1970-01-01: this would bring them back.`,
  ],
  ['a zone that was left', [WENT], [A, C], `mig-aa left ${A} on 1970-01-01 already, and went live in ${C}.`],
  ['a zone that was left, to a third one', [WENT], [A, D], `mig-aa left ${A} on 1970-01-01 already`],
  [
    'a zone that was left again',
    [WENT, BACK],
    [C, A],
    `mig-bb left ${C} on 1970-01-02 already, and went live in ${A}.`,
  ],
  ['a zone without volumes in use', [], [C, A], `No volume in ${C} is in use: none of its 1 is attached.`, IDLE],
])('%s', (_, runs, [source, target], why, inventory) => {
  test('is asked back, and nothing is written', async () => {
    const { use, written } = knowing(runs, inventory)
    const reply = await use.start(start(source, target))
    expect(reply).toEqual({ ok: false, text: expect.stringContaining(why) })
    const form = `/migrate start ${source} ${target} --yes-leave ${source}`
    expect(reply.text).toMatch(new RegExp(`Nothing was started. If you mean to leave ${source}, type: ${code(form)}$`))
    expect(await written()).toEqual([])
  })

  test('is shown by a plan', async () => {
    const { use } = knowing(runs, inventory)
    const request = { sourceZone: source, targetZone: target, by: 'U-2' }
    expect(await use.plan(request)).toMatchObject({ caution: expect.stringContaining(why) })
  })

  test('starts where it is meant', async () => {
    const { use, written } = knowing(runs, inventory)
    expect(await use.start(start(source, target, { isMeant: true }))).toMatchObject({ ok: true })
    expect(await written()).toHaveLength(1)
  })
})

test.each<[string, readonly Run[], readonly [string, string]]>([
  ['the first migration', [], [A, C]],
  ['a second try after an abort', [['mig-aa', A, C, ABORTED]], [A, C]],
  ['on from where services were brought', [WENT], [C, D]],
  ['there again after the way back', [WENT, BACK], [A, D]],
  ['another zone than the one that was left', [WENT], [D, C]],
])('nothing is asked back of %s', async (_, runs, [source, target]) => {
  const { use, written } = knowing(runs)
  expect(await use.plan({ sourceZone: source, targetZone: target, by: 'U-2' })).toMatchObject({ caution: null })
  expect(await use.start(start(source, target))).toMatchObject({ ok: true })
  expect(await written()).toHaveLength(1)
})

test('what is asked back keeps the options', async () => {
  const { use } = knowing([WENT])
  expect((await use.start(start(C, A, { seeds: false }))).text).toContain(`${C} ${A} --no-seed --yes-leave ${C}`)
  expect((await use.start(start(C, A, { atMinute: 300 }))).text).toContain(`${C} ${A} --at 05:00 --yes-leave ${C}`)
})

describe('zones by id', () => {
  test('are named in the plan', async () => {
    const { use } = knowing([])
    expect(await use.plan({ sourceZone: 'use1-az4', targetZone: 'use1-az6', by: 'U-2' })).toMatchObject({
      plan: { sourceZone: A, targetZone: C },
    })
    expect(await use.start(start(A, 'use1-az6'))).toMatchObject({ ok: true })
  })

  test('that the region has not are refused with those it has', async () => {
    const { use, written } = knowing([])
    const text =
      'There is no zone use1-az9 in this region; it has use1-az4 (us-east-1a), use1-az6 (us-east-1c), use1-az1 (us-east-1d).'
    expect(await use.start(start('use1-az9', C))).toEqual({ ok: false, text })
    expect(await use.plan({ sourceZone: A, targetZone: 'use1-az9', by: 'U-2' })).toEqual({ ok: false, text })
    expect(await use.adopt({ ...start('use1-az9', C), id: null })).toEqual({ ok: false, text })
    expect(await written()).toEqual([])
  })

  test('of one and the same zone are refused', async () => {
    const { use } = knowing([])
    expect((await use.start(start(A, 'use1-az4'))).text).toBe(
      `Source and target are both ${A}; name two different zones.`,
    )
  })
})
