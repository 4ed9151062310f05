// What seeds have measured, which pairs of them nobody has measured yet, and the outage that is forecast from them.
import { describe, expect, test } from 'vitest'
import { fold } from '../../../../src/core/journal/fold.ts'
import type { Effect } from '../../../../src/core/model/effects.ts'
import type { Entry, EntryBody } from '../../../../src/core/model/entries.ts'
import type { SeenSnapshot } from '../../../../src/core/model/facts.ts'
import type { Earlier, Migration } from '../../../../src/core/model/migration.ts'
import { ofMove } from '../../../../src/core/model/subjects.ts'
import { measuredOf, pairsToMeasure } from '../../../../src/core/telling/forecast/deltas.ts'
import { earlierSeeds } from '../../../../src/core/telling/forecast/earlier.ts'
import {
  forecastAhead,
  forecastAheadText,
  forecastOf,
  forecastText,
} from '../../../../src/core/telling/forecast/forecast.ts'
import { facts } from '../../../support/facts.ts'
import { entries, move, plan, planned, replicaMove, service } from '../../../support/plans.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const MINUTE = 60_000
const BEGUN: readonly (readonly [atMs: number, said: EntryBody])[] = [
  [
    0,
    planned('mig-1', {
      plan: plan([LOGS, replicaMove()], {
        services: [service('logs'), service('files'), service('later', { need: 'deferrable' })],
      }),
    }),
  ],
  [0, { kind: 'began' }],
]

function seedOf(generation: number): Effect {
  const base = { subject: ofMove('vol-1'), step: 'seed', generation, direction: 'forward' } as const
  return { ...base, volumeId: 'vol-1', tags: {} }
}

/** A seed that is called for at that minute and takes so many, and what is measured of it; undefined: nothing. */
type Round = readonly [atMin: number, minutes: number, gib?: number | null]

function migration(rounds: readonly Round[], earlier: Earlier = {}): Migration {
  const said = rounds.flatMap(([atMin, minutes, gib], index): (readonly [number, EntryBody])[] => {
    const [generation, atMs] = [index + 1, atMin * MINUTE]
    const effect = `vol-1.seed.${generation}`
    const resource = `snap-${generation}`
    const delta: readonly (readonly [number, EntryBody])[] =
      gib === undefined
        ? []
        : [[atMs + minutes * MINUTE, { kind: 'measured', first: `snap-${index}`, second: resource, gib }]]
    return [
      [atMs, { kind: 'intended', effects: [seedOf(generation)] }],
      [atMs, { kind: 'issued', effect }],
      [atMs + minutes * MINUTE, { kind: 'seen', started: [{ effect, resource, others: [] }], achieved: [effect] }],
      ...delta,
    ]
  })
  const [[, first] = [0, undefined], ...rest] = BEGUN
  const begun = { ...first, earlier } as EntryBody
  const all = [[0, begun] as const, ...rest, ...said]
  const stamped = entries(...all.map(([, body]) => body)).map(
    (entry, index): Entry => ({ ...entry, atMs: all[index]?.[0] ?? 0 }),
  )
  const m = fold(stamped)
  if (!m || m.halted) throw new Error(m?.halted?.why ?? 'no migration')
  return m
}

/** A day of seeds: the first holds everything, then 2 GiB an hour are copied at 1 GiB a minute behind a start of two. */
const ROUNDS: readonly Round[] = [
  [0, 60],
  [60, 4, 2],
  [120, 4, 2],
  [180, 4, 2],
  [240, 4, 2],
]

describe('what nobody has measured', () => {
  test.each<[string, readonly Round[], readonly string[]]>([
    ['one seed has nothing to differ from', [[0, 60]], []],
    [
      'each behind the first',
      [
        [0, 60],
        [60, 4],
        [70, 3],
      ],
      ['snap-1 snap-2', 'snap-2 snap-3'],
    ],
    [
      'not what was measured',
      [
        [0, 60],
        [60, 4, 2],
        [70, 3],
      ],
      ['snap-2 snap-3'],
    ],
    [
      'nor what AWS does not let ask',
      [
        [0, 60],
        [60, 4, null],
      ],
      [],
    ],
  ])('%s', (_, rounds, pairs) => {
    expect(pairsToMeasure(migration(rounds)).map(({ first, second }) => `${first} ${second}`)).toEqual(pairs)
  })
})

describe('what seeds have measured', () => {
  test('GiB and seconds of each behind the first, and what changed since the last at the rate of the last two', () => {
    const measured = measuredOf(migration([...ROUNDS.slice(0, 4), [240, 4, 4]]), LOGS, 270 * MINUTE)
    expect(measured?.seeds).toEqual([
      [2, 240],
      [2, 240],
      [2, 240],
      [4, 240],
    ])
    expect(measured?.forecastGib).toBeCloseTo(2)
  })

  test.each<[string, readonly Round[]]>([
    ['no seed', []],
    ['the first alone', [[0, 60]]],
    [
      'nothing that AWS lets ask',
      [
        [0, 60],
        [60, 4, null],
      ],
    ],
  ])('%s: nothing', (_, rounds) => {
    expect(measuredOf(migration(rounds), LOGS, 300 * MINUTE)).toBeNull()
  })
})

describe('what earlier migrations have measured', () => {
  const PLAN = plan([LOGS, move({ id: 'vol-9' })])
  const before = migration(ROUNDS)
  const earlier = earlierSeeds(PLAN, [before])

  test('is kept by volume, with the newest seed', () => {
    expect(earlier).toEqual({
      'vol-1': {
        rounds: Array.from({ length: 4 }, () => ({ gib: 2, seconds: 240, apartMs: 60 * MINUTE })),
        last: { snapshot: 'snap-5', atMs: 240 * MINUTE },
      },
    })
  })

  test('of many only the last count', () => {
    const many = Array.from({ length: 5 }, () => before)
    expect(earlierSeeds(PLAN, many)['vol-1']?.rounds).toHaveLength(12)
  })

  test('the first seed of today differs from the newest of theirs, and is the fourth that is measured', () => {
    const today: readonly Round[] = [[300, 4]]
    expect(pairsToMeasure(migration(today, earlier))).toEqual([{ first: 'snap-5', second: 'snap-1' }])
    const m = migration([[300, 4, 2]], earlier)
    expect(measuredOf(m, LOGS, 330 * MINUTE)).toEqual({
      seeds: Array.from({ length: 5 }, () => [2, 240]),
      forecastGib: expect.closeTo(1),
    })
    expect(forecastOf(m, ['logs'], begun(330))?.gib).toBeCloseTo(1)
  })

  test('without a seed of today nobody knows what the final one copies', () => {
    expect(measuredOf(migration([], earlier), LOGS, 330 * MINUTE)).toBeNull()
  })
})

/** A snapshot of logs that somebody else takes, for twenty minutes up to minute 270 unless told otherwise. */
const theirs = (over: Partial<SeenSnapshot> = {}): SeenSnapshot => ({
  ...{ id: 'snap-theirs', volumeId: 'vol-1', state: 'pending', percent: 40, startedAtMs: 250 * MINUTE, tags: {} },
  ...over,
})

/** An outage that begins in that minute, on a look that shows these snapshots of others. */
const begun = (minute: number, others: readonly SeenSnapshot[] = []) => ({
  facts: facts({ beganAtMs: minute * MINUTE, others }),
  nowMs: minute * MINUTE,
})

describe('the outage', () => {
  test('holds the stop of the service, the copying of what changed, and its opening', () => {
    const forecast = forecastOf(migration(ROUNDS), ['logs'], begun(270))
    expect(forecast?.gib).toBeCloseTo(1)
    // A start of two minutes, and one for the GiB: within an hour's worth of either.
    expect(forecast?.leastMs).toBeLessThan(3 * MINUTE)
    expect(forecast?.mostMs).toBeGreaterThan(3 * MINUTE)
    expect(forecast?.mostMs).toBeLessThan(10 * MINUTE)
  })

  test('a replica copies nothing', () => {
    expect(forecastOf(migration([]), ['files'], begun(0))).toEqual({ leastMs: 15_000, mostMs: 210_000, gib: 0 })
  })

  test.each<[string, readonly Round[], readonly string[]]>([
    ['with two measured seeds', ROUNDS.slice(0, 3), ['logs']],
    ['beside one that is known', ROUNDS.slice(0, 3), ['files', 'logs']],
    ['with nothing that is waited for', ROUNDS, ['later']],
  ])('is not known %s', (_, rounds, services) => {
    expect(forecastOf(migration(rounds), services, begun(270))).toBeNull()
  })

  describe('behind a snapshot of somebody else', () => {
    const alone = forecastOf(migration(ROUNDS), ['logs'], begun(270))
    const behind = (...others: readonly SeenSnapshot[]) => forecastOf(migration(ROUNDS), ['logs'], begun(270, others))

    test('lasts longer by what is left of that, and names it', () => {
      const forecast = behind(theirs())
      // At 40% after twenty minutes at least nine minutes are left, and less than two hours.
      expect(forecast?.leastMs).toBeGreaterThan(9 * MINUTE)
      expect((forecast?.mostMs ?? 0) - (alone?.mostMs ?? 0)).toBeGreaterThan(30 * MINUTE)
      expect((forecast?.mostMs ?? 0) - (alone?.mostMs ?? 0)).toBeLessThan(120 * MINUTE)
      expect(forecast).toMatchObject({ gib: alone?.gib, behind: ['snap-theirs'] })
    })

    test.each<[string, SeenSnapshot]>([
      ['of which nothing can be told yet', theirs({ percent: 0, startedAtMs: 269 * MINUTE })],
      ['under 1%', theirs({ percent: 0 })],
      ['without a percent', theirs({ percent: null })],
    ])('has no end that is known: %s', (_, other) => {
      const forecast = behind(other)
      expect(forecast).toMatchObject({ mostMs: null, behind: ['snap-theirs'] })
      expect(forecast?.leastMs).toBeGreaterThanOrEqual(alone?.leastMs ?? 0)
    })

    test('names the one without an end, of several', () => {
      const endless = theirs({ id: 'snap-2', volumeId: 'vol-9', percent: 0 })
      const m = migration(ROUNDS)
      const known = { ...m, earlier: { 'vol-9': { rounds: [], last: { snapshot: 's', atMs: 0 } } } }
      expect(forecastOf(known, ['logs'], begun(270, [theirs(), endless]))?.behind).toEqual(['snap-theirs'])
      const twice = behind(theirs(), theirs({ id: 'snap-2', percent: 0, startedAtMs: 255 * MINUTE }))
      expect(twice).toMatchObject({ mostMs: null, behind: ['snap-2'] })
    })

    test.each<[string, SeenSnapshot]>([
      ['one of another volume', theirs({ volumeId: 'vol-9' })],
      ['one that is complete', theirs({ state: 'completed', percent: 100 })],
    ])('is as without it: %s', (_, other) => {
      expect(behind(other)).toEqual(alone)
    })

    test('nobody knows it where the final snapshot is not known', () => {
      expect(forecastOf(migration(ROUNDS.slice(0, 3)), ['logs'], begun(270, [theirs()]))).toBeNull()
    })

    test('in words', () => {
      const said = { leastMs: 720_000, gib: 2.36, behind: ['snap-1', 'snap-2', 'snap-3', 'snap-4'] }
      expect(forecastText({ ...said, mostMs: null, behind: ['snap-1'] }, 0)).toBe(
        'Begun at 00:00 UTC, the outage lasts at least 12 min without waits for people, forecast from the snapshots taken ahead: about 2.4 GiB have changed since. How much longer is not known, because of snap-1: final snapshots wait for what began before them.',
      )
      expect(forecastText({ ...said, mostMs: 6_000_000 }, 0)).toBe(
        'Begun at 00:00 UTC, the outage lasts 12 min to 1 h 40 min without waits for people, forecast from the snapshots taken ahead: about 2.4 GiB have changed since. It includes the wait of final snapshots for snap-1, snap-2, snap-3 and 1 more, begun before them.',
      )
    })
  })

  test('in words', () => {
    expect(forecastText({ leastMs: 179_000, mostMs: 301_000, gib: 2.36 }, 9 * 3_600_000)).toBe(
      'Begun at 09:00 UTC, the outage lasts 2 min to 6 min without waits for people, forecast from the snapshots taken ahead: about 2.4 GiB have changed since.',
    )
    expect(forecastText({ leastMs: 0, mostMs: 59_000, gib: 0.04 }, 0)).toContain('less than 0.1 GiB has changed since')
  })
})

describe('of an outage that nobody has asked for yet', () => {
  const rounds = [30, 25, 20].map((seconds) => ({ gib: 0.6, seconds: 100 + seconds, apartMs: 60 * MINUTE }))
  const known: Earlier = { 'vol-1': { rounds, last: { snapshot: 'snap-0', atMs: 0 } } }

  test('it is as what earlier days measured, a few minutes after one more snapshot', () => {
    const forecast = forecastAhead(migration([], known))
    expect(forecast?.gib).toBeCloseTo(0.1, 5)
    const [leastMs, mostMs] = [forecast?.leastMs ?? 0, forecast?.mostMs ?? 0]
    expect(leastMs).toBeGreaterThan(60_000)
    expect(mostMs).toBeLessThan(8 * MINUTE)
    expect(leastMs).toBeLessThan(mostMs)
  })

  test.each<[string, Earlier]>([
    ['where nothing was measured', {}],
    ['where fewer than three were', { 'vol-1': { rounds: rounds.slice(1), last: { snapshot: 'snap-0', atMs: 0 } } }],
  ])('nobody knows %s', (_, earlier) => {
    expect(forecastAhead(migration([], earlier))).toBeNull()
  })

  test('it says what it rests on, and as of when', () => {
    expect(forecastAheadText({ leastMs: 125_000, mostMs: 301_000, gib: 1 }, Date.UTC(2026, 2, 7, 9))).toBe(
      'Once snapshots were taken ahead once more, the outage lasts 2 min to 6 min without waits for people: forecast from what earlier ones measured (as of 2026-03-07 09:00 UTC).',
    )
  })
})
