// When a watch looks, what a look that fails leaves, and for how long a choice counts.
import { describe, expect, test } from 'vitest'
import type { SeenVolume } from '../../../../src/core/model/facts.ts'
import { likenessOf, standingChoices } from '../../../../src/core/planning/watch/chosen.ts'
import {
  afterFailure,
  afterLook,
  afterRest,
  distrustOf,
  inventoryAhead,
  nextLookMs,
  posted,
  type WatchState,
  watchAgeText,
} from '../../../../src/core/planning/watch/days.ts'
import { inventory, move, NO_SURVEY, plan, seen } from '../../../support/plans.ts'

const HOUR_MS = 3_600_000
const at = (day: number, hour: number): number => Date.UTC(2026, 2, day, hour)
const LOGS = move({ id: 'vol-1', name: 'logs' })
const UNCOVERED = { volume: 'vol-2', name: 'invoices', sizeGib: 5, instance: 'i-1', device: '/dev/sdg' }

function looked(nowMs: number, state: WatchState | null = null, uncovered: readonly (typeof UNCOVERED)[] = []) {
  return afterLook(state, { plan: plan([LOGS], { uncovered }), inventory: inventory([LOGS]), unseeded: [], nowMs })
}
function failed(nowMs: number, state: WatchState | null, isMistake = false): WatchState {
  return afterFailure(state, { why: 'EC2 does not answer', isMistake, nowMs })
}
const ends = (state: WatchState | null, nowMs: number): number => (nextLookMs(state, nowMs) - nowMs) / HOUR_MS

describe('the next look', () => {
  test.each<[string, WatchState | null, number, inHours: number]>([
    ['at once where none was made', null, at(3, 5), 0],
    ['tomorrow at 03:00 after one at start-up', looked(at(3, 5)), at(3, 5), 22],
    ['the same morning after one before 03:00', looked(at(3, 1)), at(3, 1), 2],
    ['at 03:00 to the ms', looked(at(3, 5)), at(4, 3), 0],
    ['once for all the days that nobody was there', looked(at(3, 5)), at(9, 12), 0],
    ['two hours after one that failed', failed(at(4, 3), looked(at(3, 5))), at(4, 3), 2],
    ['after a rest tomorrow', afterRest(null, at(3, 5)), at(3, 5), 22],
  ])('%s', (_, state, nowMs, inHours) => {
    expect(ends(state, nowMs)).toBe(inHours)
  })

  test('a day has four failed looks at most', () => {
    let state = looked(at(3, 5))
    const hours: number[] = []
    for (let nowMs = at(4, 3); nowMs < at(5, 3); nowMs += HOUR_MS) {
      if (nextLookMs(state, nowMs) > nowMs) continue
      hours.push(new Date(nowMs).getUTCHours())
      state = failed(nowMs, state)
    }
    expect(hours).toEqual([3, 5, 7, 9])
    expect(ends(state, at(4, 10))).toBe(17)
  })
})

describe('what is said', () => {
  const kinds = (state: WatchState): string[] => state.tellings.flatMap(({ news }) => news.map(({ kind }) => kind))

  test('of looks that fail, once, after 48 h without one that succeeded', () => {
    let state = looked(at(3, 3))
    const told: number[] = []
    for (let nowMs = at(4, 3); nowMs < at(9, 3); nowMs += HOUR_MS) {
      if (nextLookMs(state, nowMs) > nowMs) continue
      const before = kinds(state).length
      state = failed(nowMs, state)
      if (kinds(state).length > before) told.push(nowMs)
    }
    expect(told).toEqual([at(5, 3)])
    expect(kinds(state)).toEqual(['unseen'])
    // What was known stands: nothing follows from not seeing.
    expect(state.plan).toEqual(looked(at(3, 3)).plan)
    const after = looked(at(9, 3), state)
    expect(kinds(failed(at(10, 3), after))).toEqual(['unseen'])
  })

  test('of zones that are not there, at once and once', () => {
    const state = failed(at(3, 5), null, true)
    expect(kinds(failed(at(3, 7), state, true))).toEqual(['unseen'])
  })

  test('nothing of a look without news, and of one with news until Slack has it', () => {
    const quiet = looked(at(3, 3))
    expect(quiet.tellings).toEqual([])
    const state = looked(at(4, 3), quiet, [UNCOVERED])
    expect(state.tellings).toMatchObject([{ atMs: at(4, 3), isFirst: false, isPosted: false }])
    const later = looked(at(5, 3), state, [UNCOVERED])
    expect(later.tellings).toMatchObject([{ atMs: at(4, 3), isPosted: false }])
    expect(posted(later, at(4, 3)).tellings).toMatchObject([{ atMs: at(4, 3), isPosted: true }])
  })

  test('old messages are edited no more, and what Slack does not have is never left out', () => {
    let state = looked(at(1, 3))
    for (let day = 2; day < 12; day++) {
      const news = [{ ...UNCOVERED, volume: `vol-${day}` }]
      state = looked(at(day, 3), state, news)
      if (day !== 2) state = posted(state, at(day, 3))
    }
    expect(state.tellings.map(({ atMs }) => new Date(atMs).getUTCDate())).toEqual([2, 7, 8, 9, 10, 11])
  })
})

test('what AWS does not answer now is as it was answered last, and a snapshot tonight is in nobody’s way', () => {
  const offered = { ...NO_SURVEY, offeredTypes: { answer: ['m5.large'] } }
  const first = afterLook(null, {
    plan: plan(),
    inventory: { ...inventory([]), survey: offered },
    unseeded: [],
    nowMs: 0,
  })
  const pending = { answer: [{ id: 'snap-1', volumeId: 'vol-1' }] }
  const { survey } = inventoryAhead(first, { ...inventory([]), survey: { ...NO_SURVEY, pendingSnapshots: pending } })
  expect(survey.offeredTypes).toEqual({ answer: ['m5.large'] })
  expect(survey.pendingSnapshots).toEqual({ answer: [] })
})

test.each([
  ['available', null],
  ['impaired', 'EC2 says that us-east-1a is impaired'],
])('a source zone that is %s', (state, why) => {
  const zones = [{ name: 'us-east-1a', id: 'use1-az1', state }]
  expect(distrustOf({ ...inventory([]), zones }, 'us-east-1a')).toBe(why)
})

test.each([
  [null, 'Watched: not planned yet as of 2026-03-04 08:00 UTC.'],
  [at(4, 3), 'Watched: last planned 2026-03-04 03:00 UTC, 5 h ago as of 2026-03-04 08:00 UTC.'],
  [at(4, 8) - 90_000, 'Watched: last planned 2026-03-04 07:58 UTC, 1 min ago as of 2026-03-04 08:00 UTC.'],
])('the age of %s', (plannedAtMs, text) => {
  expect(watchAgeText({ plannedAtMs, nowMs: at(4, 8) })).toBe(text)
})

describe('a choice', () => {
  const volume = seen(LOGS)
  const choice = { volume: 'vol-1', service: 'logs', route: 'snapshot', need: 'required' } as const
  const chosen = { choice, by: 'U-2', of: likenessOf(volume) }
  const [attachment] = volume.attachments
  if (!attachment) throw new Error('the volume is attached')

  test.each<[string, SeenVolume, stands: boolean]>([
    ['stands while nothing changed', volume, true],
    ['stands whatever order its tags come in', { ...volume, tags: { ...volume.tags } }, true],
    [
      'stands while it is being attached again',
      { ...volume, attachments: [{ ...attachment, state: 'attaching' }] },
      true,
    ],
    ['lapses with its size', { ...volume, sizeGib: 101 }, false],
    ['lapses with its type', { ...volume, type: 'io2' }, false],
    ['lapses with its instance', { ...volume, attachments: [{ ...attachment, instance: 'i-9' }] }, false],
    ['lapses with its device', { ...volume, attachments: [{ ...attachment, device: '/dev/sdz' }] }, false],
    ['lapses with a tag', { ...volume, tags: { ...volume.tags, team: 'b' } }, false],
    ['lapses with the volume', { ...volume, id: 'vol-2' }, false],
  ])('%s', (_, now, stands) => {
    expect(standingChoices([chosen], [now])).toEqual(stands ? [chosen] : [])
  })
})
