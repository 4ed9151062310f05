// A plan that waits for its start is looked at anew: how often, and what is said of it.
import { describe, expect, test } from 'vitest'
import { resurvey, surveyDue } from '../../../jobs/resurvey.ts'
import { decide } from '../../../src/core/decide.ts'
import { fold } from '../../../src/core/journal/fold.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Inventory, SeenInstance } from '../../../src/core/model/facts.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { NO_RULES } from '../../../src/core/model/rules.ts'
import { draft, isRed } from '../../../src/core/planning/draft.ts'
import type { Ec2 } from '../../../src/core/ports.ts'
import { waitWords } from '../../../src/core/telling/wait-words.ts'
import { instance } from '../../core/seeing/stages.ts'
import { facts, LATER_MS } from '../../support/facts.ts'
import { memoryJournal } from '../../support/memory-journal.ts'
import { entries, inventory, move, planned, seen } from '../../support/plans.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const RULES = { ...NO_RULES, services: { logs: { freeze: 'manual' as const, volumes: ['vol-1'] } } }
const HOSTS: readonly SeenInstance[] = [
  { ...instance(LOGS.volume.instance, 'running'), name: 'logs-server', zone: 'us-east-1a' },
  { ...instance('i-new', 'running'), name: 'logs-server', zone: 'us-east-1c' },
]
const TAKEN = seen(move({ id: 'vol-7', name: 'leftover' }), {
  zone: 'us-east-1c',
  attachments: [{ instance: 'i-new', device: LOGS.volume.device, state: 'attached', deleteOnTermination: false }],
})
const FREE: Inventory = { ...inventory([LOGS]), instances: HOSTS }
const FULL: Inventory = { ...FREE, volumes: [...FREE.volumes, TAKEN] }
const ZONES = { sourceZone: 'us-east-1a', targetZone: 'us-east-1c' }

function plannedOn(found: Inventory): EntryBody {
  const drawn = draft({ ...ZONES, inventory: found, rules: RULES, choices: [], found: [] })
  if (!('plan' in drawn)) throw new Error(drawn.problems.join(' '))
  return planned('mig-1', { plan: drawn.plan, inventory: found, rules: RULES })
}
const folded = (...said: readonly EntryBody[]): Migration => fold(entries(...said)) as Migration

function dueAt(m: Migration, times: readonly number[]): number[] {
  let nowMs = 0
  const due = surveyDue(() => nowMs)
  return times.filter((time) => {
    nowMs = time
    return due(m)
  })
}
const SECONDS = [0, 29_999, 30_000, 59_999, 60_000, 299_999, 300_000, 330_000, 600_000]

describe('how often', () => {
  test('a red plan, for which people wait: every half minute', () => {
    expect(isRed(folded(plannedOn(FULL)).plan)).toBe(true)
    expect(dueAt(folded(plannedOn(FULL)), SECONDS)).toEqual([30_000, 60_000, 299_999, 330_000, 600_000])
  })

  test('a green one: every five minutes', () => {
    expect(isRed(folded(plannedOn(FREE)).plan)).toBe(false)
    expect(dueAt(folded(plannedOn(FREE)), SECONDS)).toEqual([300_000, 600_000])
  })

  test.each<[string, readonly EntryBody[]]>([
    ['one that is paused', [{ kind: 'paused', by: 'U-1' }]],
    ['one whose last entries may be lost', [{ kind: 'doubted', why: 'x' }]],
    ['one that has begun', [{ kind: 'began' }]],
  ])('%s: never', (_, more) => {
    expect(dueAt(folded(plannedOn(FREE), ...more), SECONDS)).toEqual([])
  })
})

async function lookedAt(before: Inventory, after: Inventory, ...more: readonly EntryBody[]) {
  const journal = memoryJournal(() => 9_000)
  journal.load(entries(plannedOn(before), ...more))
  const ec2: Pick<Ec2, 'inventory'> = { inventory: async () => after }
  const m = (await journal.read('mig-1')) as Migration
  const now = await resurvey(m, { journal, ec2 })
  return { now, said: (await journal.entries('mig-1')).slice(1 + more.length) }
}

describe('what is said', () => {
  test('what was red is green once its cause is gone, and the newer inventory counts', async () => {
    const { now, said } = await lookedAt(FULL, FREE)
    expect(said).toMatchObject([{ kind: 'replanned', by: null, found: [], inventory: FREE }])
    expect(isRed(now.plan)).toBe(false)
    expect(now.inventory).toEqual(FREE)
  })

  test('and a new cause turns it red', async () => {
    const { now } = await lookedAt(FREE, FULL)
    expect(isRed(now.plan)).toBe(true)
  })

  test('nothing where nothing has changed, or only what keeps nothing from starting', async () => {
    expect((await lookedAt(FULL, FULL)).said).toEqual([])
    const zones = FREE.zones.map((zone) => ({ ...zone, messages: ['Power was lost.'] }))
    expect((await lookedAt(FREE, { ...FREE, zones })).said).toEqual([])
  })

  test('copies whose journal is gone are named once they are there, and no more once they are deleted', async () => {
    const lost = seen(move({ id: 'vol-8' }), {
      ...{ zone: 'us-east-1c', attachments: [], tags: { 'zonehop:migration': 'mig-00000a' } },
    })
    const left: Inventory = { ...FREE, volumes: [...FREE.volumes, lost] }
    const names = ({ plan }: Migration): string[] =>
      plan.checks.flatMap(({ name }) => (name.startsWith('copies of') ? name : []))
    const appeared = await lookedAt(FREE, left)
    expect([names(appeared.now), [...appeared.now.unjournalled]]).toEqual([['copies of mig-00000a'], ['mig-00000a']])
    expect(isRed(appeared.now.plan)).toBe(false)
    const replanned = appeared.said[0] as EntryBody
    expect((await lookedAt(FREE, left, replanned)).said).toEqual([])
    const deleted = await lookedAt(FREE, FREE, replanned)
    expect([names(deleted.now), [...deleted.now.unjournalled]]).toEqual([[], []])
  })

  test('a plan that was drawn from how a zone was is drawn anew once EC2 shows it, and only then asked about', async () => {
    const asOf = { zones: ['us-east-1a'], why: 'x', atMs: 0, triedAtMs: 60_000, survey: FREE.survey }
    const aged: Inventory = { ...FREE, asOf }
    expect(dueAt(folded(plannedOn(aged)), SECONDS).slice(0, 1)).toEqual([30_000])
    const before = folded(plannedOn(aged))
    const { next, waits } = decide(before, facts({ volumes: [seen(LOGS)] }), LATER_MS)
    expect(next).toBeNull()
    expect(waits.map(waitWords)).toEqual(['the next look at EC2: us-east-1a, of which the plan knows only how it was'])
    const { now, said } = await lookedAt(aged, FREE)
    expect(said).toMatchObject([{ kind: 'replanned', inventory: FREE }])
    expect(now.inventory.asOf).toBeUndefined()
    const fresh = folded(plannedOn(FREE))
    expect(decide(fresh, facts({ volumes: [seen(LOGS)] }), LATER_MS).next).toMatchObject({
      kind: 'asked',
      gate: 'start',
    })
  })

  test('a question that fails now takes no red line away', async () => {
    const of = (survey: Partial<Inventory['survey']>): Inventory => ({ ...FREE, survey: { ...FREE.survey, ...survey } })
    const silent = { because: 'AWS answered RequestLimitExceeded' }
    const full = { answer: { gp3: { usedGib: 9_000, quotaGib: 9_000 } } }
    const refused = { answer: { CreateSnapshot: 'UnauthorizedOperation' } }
    expect((await lookedAt(of({ storage: full }), of({ storage: silent }))).said).toEqual([])
    expect((await lookedAt(of({ dryRuns: refused }), of({ dryRuns: silent }))).said).toEqual([])
    const throttled = { answer: { CreateSnapshot: 'RequestLimitExceeded' } }
    expect((await lookedAt(of({ dryRuns: refused }), of({ dryRuns: throttled }))).said).toEqual([])
    const allowed = { answer: { CreateSnapshot: null } }
    expect((await lookedAt(of({ dryRuns: refused }), of({ dryRuns: allowed }))).said).toHaveLength(1)
  })

  test('a figure that changes within a red line is no news', async () => {
    const of = (usedGib: number): Inventory => ({
      ...FREE,
      survey: { ...FREE.survey, storage: { answer: { gp3: { usedGib, quotaGib: 9_000 } } } },
    })
    expect((await lookedAt(of(9_000), of(9_001))).said).toEqual([])
  })

  test('nothing where another migration holds a volume by now', async () => {
    const journal = memoryJournal(() => 9_000)
    journal.load(entries(plannedOn(FULL)))
    const holder = planned('mig-2', { rules: RULES })
    await journal.append('mig-2', null, holder, { take: ['vol-1'] })
    const m = (await journal.read('mig-1')) as Migration
    const ec2: Pick<Ec2, 'inventory'> = { inventory: async () => FREE }
    const now = await resurvey(m, { journal, ec2 })
    expect(isRed(now.plan)).toBe(true)
  })

  test('nothing of a plan that has begun meanwhile', async () => {
    expect((await lookedAt(FULL, FREE, { kind: 'began' })).said).toEqual([])
  })

  test('no plan is drawn from tags that name this migration, which are asked about', async () => {
    const tagged = (tags: Readonly<Record<string, string>>): Inventory => ({
      ...FREE,
      volumes: [seen(LOGS, { tags: { ...LOGS.volume.tags, ...tags } })],
    })
    expect((await lookedAt(FREE, tagged({ 'zonehop:left': 'mig-1' }))).said).toEqual([])
    expect((await lookedAt(FREE, tagged({ 'zonehop:frozen': 'mig-1-f7' }))).said).toEqual([])
    expect((await lookedAt(FREE, tagged({ 'zonehop:left': 'mig-9' }))).said).toMatchObject([
      { kind: 'replanned', plan: { uncovered: [{ remembers: 'zonehop:left=mig-9' }] } },
    ])
  })
})
