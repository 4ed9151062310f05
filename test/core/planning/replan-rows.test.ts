// When a plan is drawn anew because of what a look shows, and when a volume counts as gone.
import { describe, expect, test } from 'vitest'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Facts, SeenVolume } from '../../../src/core/model/facts.ts'
import { redraw } from '../../../src/core/planning/draft.ts'
import { replan } from '../../../src/core/planning/replan.ts'
import { facts } from '../../support/facts.ts'
import { inventory, move, plan, planned, replicaMove, seen } from '../../support/plans.ts'
import { fitting, named } from '../journals.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const LATE = move({ id: 'vol-9', name: 'late', device: '/dev/sdz' })
const SPARE = seen(move({ id: 'vol-8', name: 'spare', device: '/dev/sdy' }), { attachments: [] })
const FILES = replicaMove()
const DRAWN = plan([LOGS, FILES])
const CREATED_MS = 1_000_000
const all = {
  ...inventory(DRAWN.moves),
  volumes: [...inventory(DRAWN.moves).volumes, SPARE].map((one) => ({ ...one, createdAtMs: CREATED_MS })),
}

const at = (...said: readonly EntryBody[]) =>
  fitting(named([planned('mig-1', { plan: DRAWN, inventory: all }), ...said]))
const began: EntryBody = { kind: 'began' }
const live: readonly EntryBody[] = [
  began,
  { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] },
  { kind: 'wentLive', percents: {} },
]
const finds = (...found: readonly SeenVolume[]): EntryBody => ({
  kind: 'replanned',
  plan: DRAWN,
  choices: [],
  found,
  by: null,
})
const look = (over: Partial<Facts> = {}, ...more: readonly SeenVolume[]): Facts => ({
  ...facts({ volumes: [...all.volumes, ...more] }),
  ...over,
})
const without = (id: string, beganAtMs: number): Facts => ({
  ...facts({ volumes: all.volumes.filter((one) => one.id !== id) }),
  beganAtMs,
})
const ids = (said: EntryBody | null): readonly string[] | null =>
  said?.kind === 'replanned' ? said.found.map(({ id }) => id) : null

describe('a volume that appears', () => {
  const attached = { ...SPARE, attachments: seen(LATE).attachments }
  const ours = seen(LATE, { tags: { 'zonehop:migration': 'mig-1' } })
  const others = seen(LATE, { tags: { 'zonehop:migration': 'mig-0' } })
  test.each<[string, readonly EntryBody[], Facts, readonly string[] | null]>([
    ['nothing does', [began], look(), null],
    ['in the source zone', [began], look({}, seen(LATE)), ['vol-9']],
    ['before the start', [], look({}, seen(LATE)), ['vol-9']],
    ['in another zone', [began], look({}, seen(LATE, { zone: 'us-east-1c' })), null],
    ['though its tags say that it is ours', [began], look({}, ours), ['vol-9']],
    ['and is another migration’s', [began], look({}, others), ['vol-9']],
    ['and was attached to nothing before', [began], look({}, attached), ['vol-8']],
    ['and is known by now', [began, finds(seen(LATE))], look({}, seen(LATE)), null],
    ['beside one that was found', [began, finds(seen(LATE))], look({}, seen(LATE), attached), ['vol-9', 'vol-8']],
    [
      'attached, and was found attached to nothing',
      [began, finds(seen(LATE, { attachments: [] }))],
      look({}, seen(LATE)),
      ['vol-9'],
    ],
    ['after the point of no return', live, look({}, seen(LATE)), null],
    ['on the way back', [began, { kind: 'aborting', by: 'U-2', reason: 'r' }], look({}, seen(LATE)), null],
  ])('%s', (_, said, world, found) => expect(ids(replan(at(...said), world))).toEqual(found))

  test('is in the plan, which is drawn by nobody', () => {
    const said = replan(at(began), look({}, seen(LATE)))
    expect(said).toMatchObject({ kind: 'replanned', choices: [], by: null })
    expect(said?.kind === 'replanned' && said.plan.uncovered.map(({ volume }) => volume)).toContain('vol-9')
  })
})

describe('a volume that joins a service by its tags', () => {
  const joining = seen(LATE, { tags: { Name: 'late', 'zonehop:service': 'logs' } })
  const froze = (freeze: string, ...services: readonly string[]): EntryBody => ({ kind: 'freezing', freeze, services })
  const withLate: EntryBody = {
    ...{ kind: 'replanned', choices: [], found: [], by: null },
    plan: plan([LOGS, FILES, { ...LATE, service: 'logs' }]),
  }
  const missedIn = (said: EntryBody | null): string | null =>
    (said?.kind === 'replanned' && said.plan.uncovered.find(({ volume }) => volume === 'vol-9')?.missed) || null
  const none = (said: EntryBody | null): boolean =>
    said?.kind === 'replanned' && said.plan.uncovered.every(({ volume }) => volume !== 'vol-9')

  test.each<[string, readonly EntryBody[], string | null]>([
    ['before its freeze', [began], null],
    ['after its freeze', [began, froze('mig-1-f1', 'logs', 'files')], 'logs'],
    ['after the freeze of another one', [began, froze('mig-1-f1', 'files')], null],
    [
      'after its freeze and that of another one',
      [began, froze('mig-1-f1', 'logs'), froze('mig-1-f2', 'files')],
      'logs',
    ],
    ['that froze anew with it', [began, froze('mig-1-f1', 'logs'), withLate, froze('mig-1-f2', 'logs')], null],
    [
      'that froze anew without it',
      [began, withLate, froze('mig-1-f1', 'logs'), finds(), froze('mig-1-f2', 'logs')],
      'logs',
    ],
  ])('%s', (_, said, missed) => {
    const entry = replan(at(...said), look({}, joining))
    expect(missedIn(entry)).toBe(missed)
    expect(none(entry)).toBe(missed === null)
  })

  test('and what froze with its service stays in the plan when that is drawn anew', () => {
    const m = at(began, froze('mig-1-f1', 'logs', 'files'))
    const own = seen(LOGS, { tags: { Name: 'logs', 'zonehop:service': 'logs' } })
    const drawn = redraw({ ...m, inventory: { ...m.inventory, volumes: [own] } }, { choices: [], found: [joining] })
    expect(drawn.uncovered.map(({ volume, missed }) => [volume, missed])).toEqual([['vol-9', 'logs']])
  })

  test('as a person chose, is uncovered likewise', () => {
    const choices = [{ volume: 'vol-9', service: 'logs', route: 'snapshot', need: 'required' }] as const
    const m = at(began, froze('mig-1-f1', 'logs'))
    const drawn = redraw(m, { choices, found: [seen(LATE)] })
    expect(drawn.uncovered.find(({ volume }) => volume === 'vol-9')?.missed).toBe('logs')
  })
})

describe('a volume that is not shown', () => {
  const SURE_MS = CREATED_MS + 5 * 60_000
  const gone = (...volumes: readonly string[]): EntryBody => ({ kind: 'gone', volumes })
  test.each<[string, readonly EntryBody[], Facts, EntryBody | null]>([
    ['while it may not be shown yet', [began], without('vol-1', SURE_MS), null],
    ['once it must be', [began], without('vol-1', SURE_MS + 1), gone('vol-1')],
    ['a copy of a replica', [began], without('vol-files-copy', SURE_MS + 1), gone('vol-files-copy')],
    ['that moves nowhere', [began], without('vol-8', SURE_MS + 1), null],
    ['once', [began, gone('vol-1')], without('vol-1', SURE_MS + 1), null],
    [
      'of which nobody knows how old it is',
      [began, { ...finds(), plan: plan([LOGS, FILES, LATE]) } as EntryBody],
      look({ beganAtMs: SURE_MS + 1 }),
      null,
    ],
    ['after the point of no return', live, without('vol-1', SURE_MS + 1), null],
  ])('%s', (_, said, world, entry) => expect(replan(at(...said), world)).toEqual(entry))
})
