// A route that is chosen before there is a migration: who may choose it, and what becomes of it.
import { describe, expect, test } from 'vitest'
import type { Inventory, SeenInstance, SeenVolume } from '../src/core/model/facts.ts'
import type { Choice } from '../src/core/model/plan.ts'
import { NO_RULES } from '../src/core/model/rules.ts'
import { isRed } from '../src/core/planning/draft.ts'
import { operations } from '../src/operations.ts'
import { threadMessages } from '../src/slack/messages/thread.ts'
import { instance } from './core/seeing/stages.ts'
import { memoryInventories, memoryWatches } from './support/memory-inventories.ts'
import { memoryJournal } from './support/memory-journal.ts'
import { approvedBy, directoryOf } from './support/people.ts'
import { inventory, move, seen } from './support/plans.ts'
import { NO_VIEWS } from './support/use-cases.ts'

const ZONES = { sourceZone: 'us-east-1a', targetZone: 'us-east-1c' }
const START = { ...ZONES, seeds: false, by: 'U-asker', channel: 'C-1' }
const LOGS = seen(move({ id: 'vol-1', name: 'logs' }))
const STRAYS = ['vol-2', 'vol-3'].map((id) => seen(move({ id, name: id, device: `/dev/sd${id.at(-1)}` })))
const HOSTS: readonly SeenInstance[] = [
  { ...instance('i-source', 'running'), name: 'logs-server', zone: 'us-east-1a' },
  { ...instance('i-new', 'running'), name: 'logs-server', zone: 'us-east-1c' },
]
const MOVES: Choice = { volume: 'vol-2', service: 'invoices', route: 'snapshot', need: 'deferrable' }
const STAYS: Choice = { volume: 'vol-3', service: 'vol-3', route: 'stay', need: 'required' }

async function watched(volumes: readonly SeenVolume[] = [LOGS, ...STRAYS]) {
  let shown: Inventory = { ...inventory([]), volumes, instances: HOSTS }
  const journal = memoryJournal(() => 60_000)
  const inventories = memoryInventories()
  await inventories.keep(ZONES, { inventory: shown, atMs: 1_000 })
  const nudged: string[] = []
  const nothing = async (): Promise<void> => undefined
  const watches = memoryWatches()
  const nudge = async (): Promise<void> => void nudged.push('watch')
  const use = operations({
    ...{ journal, inventories, views: NO_VIEWS, clock: { now: () => 60_000 }, channels: null, dangers: [] },
    ec2: { zones: async () => shown.zones, inventory: async () => shown },
    watching: { pairs: [{ ...ZONES, channel: 'C-1' }], watches, nudge },
    queue: { nudge: nothing, nudgeNotify: nothing, interrupt: nothing },
    rules: { ...NO_RULES, services: { logs: { freeze: 'manual', volumes: ['logs'] } } },
    ...{ directory: directoryOf(), people: approvedBy('U-2', 'U-3') },
  })
  const show = (now: readonly SeenVolume[]): void => {
    shown = { ...shown, volumes: now }
  }
  return { use, journal, nudged, show }
}

async function planOf({ use }: Awaited<ReturnType<typeof watched>>) {
  const drawn = await use.plan({ ...ZONES, by: 'U-asker' })
  if (!('plan' in drawn)) throw new Error(drawn.text)
  return drawn
}

describe('choosing ahead', () => {
  test('is for approvers, and for volumes that the last look showed', async () => {
    const { use, nudged } = await watched()
    expect(await use.chooseAhead({ ...ZONES, by: 'U-asker', choice: MOVES })).toMatchObject({ ok: false })
    const unknown = await use.chooseAhead({ ...ZONES, by: 'U-2', choice: { ...MOVES, volume: 'vol-77' } })
    expect(unknown.text).toContain('The last look at us-east-1a did not show vol-77')
    expect(nudged).toEqual([])
    expect(await use.chooseAhead({ ...ZONES, by: 'U-2', choice: MOVES })).toMatchObject({ ok: true })
    expect(nudged).toEqual(['watch'])
  })

  test('its form is told what the last look showed', async () => {
    const { use } = await watched()
    expect(await use.ahead({ ...ZONES, volume: 'vol-2' })).toEqual({
      which: 'vol-2 (vol-2, 100 GiB, /dev/sd2 of i-source)',
      sizeGib: 100,
      isMovable: true,
      services: ['logs'],
    })
    expect(await use.ahead({ ...ZONES, volume: 'vol-77' })).toBe(null)
    await use.chooseAhead({ ...ZONES, by: 'U-2', choice: MOVES })
    expect((await use.ahead({ ...ZONES, volume: 'vol-3' }))?.services).toEqual(['invoices', 'logs'])
  })

  test('a plan takes it, and says how old the watch’s own is', async () => {
    const world = await watched()
    expect(isRed((await planOf(world)).plan)).toBe(true)
    await world.use.chooseAhead({ ...ZONES, by: 'U-2', choice: MOVES })
    await world.use.chooseAhead({ ...ZONES, by: 'U-3', choice: STAYS })
    const { plan, watched: age } = await planOf(world)
    expect(isRed(plan)).toBe(false)
    expect(plan.services).toMatchObject([{ name: 'invoices', need: 'deferrable' }, { name: 'logs' }])
    expect(age).toEqual({ plannedAtMs: null, nowMs: 60_000 })
  })

  test('not once the volume is another one', async () => {
    const world = await watched()
    await world.use.chooseAhead({ ...ZONES, by: 'U-2', choice: MOVES })
    world.show([LOGS, ...STRAYS.map((stray) => ({ ...stray, type: 'io2' }))])
    expect((await planOf(world)).plan.uncovered.map(({ volume }) => volume)).toEqual(['vol-2', 'vol-3'])
  })

  test('a start has them in its journal, by whom they are, and asks about the plan once', async () => {
    const { use, journal } = await watched()
    await use.chooseAhead({ ...ZONES, by: 'U-2', choice: MOVES })
    await use.chooseAhead({ ...ZONES, by: 'U-3', choice: STAYS })
    const { about = '' } = await use.start(START)
    const entries = await journal.entries(about)
    const chosen = entries.flatMap((one) => (one.kind === 'replanned' ? [[one.by, one.choices.at(-1)]] : []))
    expect(chosen).toEqual([
      ['U-2', MOVES],
      ['U-3', STAYS],
    ])
    const plans = entries.flatMap((one) => (one.kind === 'planned' || one.kind === 'replanned' ? one.plan.digest : []))
    expect(new Set(plans).size).toBe(1)
    const m = await journal.read(about)
    expect(m?.choices).toHaveLength(2)
    expect(m && threadMessages(m, entries, [])).toEqual([])
  })

  test('a red plan with such choices is said once', async () => {
    const { use, journal } = await watched()
    await use.chooseAhead({ ...ZONES, by: 'U-2', choice: MOVES })
    const { about = '' } = await use.start(START)
    const m = await journal.read(about)
    const messages = m ? threadMessages(m, await journal.entries(about), []) : []
    expect(messages.map(({ message: { text } }) => text)).toEqual([
      expect.stringContaining('say what happens to vol-3 (100 GiB)'),
    ])
  })
})
