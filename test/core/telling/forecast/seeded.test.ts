// Ranges of volumes whose seeds were timed: from the seeds alone first, then narrowed by percents.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Course, remaining } from '../../../../src/core/telling/estimate.ts'
import { remainingBySeeds, type Timed } from '../../../../src/core/telling/forecast/seeded.ts'

const SECOND = 1_000
/** A start of 100 s, and 20 s a GiB. */
const SEEDS: readonly Timed[] = [
  [200, 4_100],
  [10, 300],
  [15, 400],
]
const BEFORE: Course = { percent: 0, elapsedMs: 0, ticks: [], expectedMs: 0 }
/** The snapshot at that percent, of 20 GiB: 100 s and then 4 s a percent. */
const at = (percent: number): Course => {
  const ticks = Array.from({ length: percent }, (_, index) => [(104 + 4 * index) * SECOND, index + 1] as const)
  return { percent, elapsedMs: (100 + 4 * percent) * SECOND, ticks: ticks.slice(-12), expectedMs: 0 }
}

test('so near to the latest end that its seeds know of, the percents count alone', () => {
  const measured = { seeds: SEEDS, forecastGib: 20 }
  const late = (elapsedMs: number): Course => ({ ...at(95), elapsedMs })
  const basisAt = (elapsedMs: number) => remainingBySeeds(late(elapsedMs), measured)
  const endMs = 500 * SECOND
  const last = Array.from({ length: 200 }, (_, index) => endMs + index * SECOND).findLast(
    (elapsedMs) => basisAt(elapsedMs)?.basis === 'seeds',
  )
  expect(last).toBeDefined()
  const left = basisAt(last ?? 0)
  expect(left?.mostMs).toBeGreaterThanOrEqual(10 * SECOND)
  expect(basisAt((last ?? 0) + SECOND)?.basis).toBe('percents')
})

describe('before it begins', () => {
  test.each<[string, readonly Timed[], number, number]>([
    ['a start and a rate explain them', SEEDS, 20, 500],
    ['nothing has changed since', SEEDS, 0, 100],
    [
      'seeds of nothing tell the start',
      [
        [0, 90],
        [0, 100],
        [0, 110],
      ],
      0,
      100,
    ],
    [
      'equal seeds tell what an equal one takes',
      [
        [50, 1_000],
        [50, 1_000],
        [50, 1_000],
      ],
      50,
      1_000,
    ],
    [
      'and what one of twice the size takes',
      [
        [50, 1_125],
        [50, 1_125],
        [50, 1_125],
      ],
      100,
      2_125,
    ],
  ])('%s', (_, seeds, forecastGib, seconds) => {
    const left = remainingBySeeds(BEFORE, { seeds, forecastGib })
    const [least, most] = [(left?.leastMs ?? 0) / SECOND, (left?.mostMs ?? 0) / SECOND]
    expect(left?.basis).toBe('seeds')
    expect(Math.sqrt(least * most) / seconds).toBeGreaterThan(0.86)
    expect(Math.sqrt(least * most) / seconds).toBeLessThan(1.16)
    expect(most / least).toBeGreaterThan(1.2)
    expect(most / least).toBeLessThan(1.6)
  })

  test('seeds that contradict each other make a wider range', () => {
    const odd: readonly Timed[] = [...SEEDS, [20, 1_200], [20, 250]]
    const widthOf = (seeds: readonly Timed[]) => {
      const left = remainingBySeeds(BEFORE, { seeds, forecastGib: 20 })
      return (left?.mostMs ?? 0) / (left?.leastMs ?? 1)
    }
    expect(widthOf(odd)).toBeGreaterThan(1.3 * widthOf(SEEDS))
  })
})

test('percents narrow it: at 95% no more is left than the percents allow', () => {
  const [early, late] = [at(10), at(95)].map((course) => remainingBySeeds(course, { seeds: SEEDS, forecastGib: 20 }))
  expect(early?.basis).toBe('seeds')
  expect(late?.leastMs).toBeLessThanOrEqual(20 * SECOND)
  expect(late?.mostMs).toBeGreaterThanOrEqual(20 * SECOND)
  expect(late?.mostMs).toBeLessThan(200 * SECOND)
})

test.each<[string, Course, readonly Timed[]]>([
  ['two seeds are too few', at(40), SEEDS.slice(1)],
  ['a seed that took no time tells nothing', at(40), [...SEEDS.slice(1), [0, 0]]],
])('%s, and what the percents say is said', (_, course, seeds) => {
  expect(remainingBySeeds(course, { seeds, forecastGib: 20 })).toEqual(remaining(course))
})

test('where the percents speak against the seeds, the percents count', () => {
  const course: Course = { ...at(40), elapsedMs: 90_000 * SECOND, ticks: [[80_000 * SECOND, 40]] }
  const left = remainingBySeeds(course, { seeds: SEEDS, forecastGib: 20 })
  expect(left?.basis).toBe('percents')
  expect(left?.mostMs).toBeGreaterThan(90_000 * SECOND)
})

test('a snapshot that is complete has nothing left', () => {
  expect(remainingBySeeds({ ...at(99), percent: 100 }, { seeds: SEEDS, forecastGib: 20 })).toBeNull()
})

test('whatever the seeds, the bounds are in order and not below nothing', () => {
  const seeds = fc.array(
    fc.tuple(fc.double({ min: 0, max: 20_000, noNaN: true }), fc.integer({ min: 0, max: 900_000 })),
    {
      maxLength: 8,
    },
  )
  const percent = fc.integer({ min: 0, max: 99 })
  fc.assert(
    fc.property(seeds, percent, fc.double({ min: 0, max: 20_000, noNaN: true }), (timed, shown, forecastGib) => {
      const left = remainingBySeeds(at(shown), { seeds: timed, forecastGib })
      return left === null || (left.leastMs >= 0 && left.leastMs <= (left.mostMs ?? Number.POSITIVE_INFINITY))
    }),
    { seed: 20_261_128, numRuns: 500 },
  )
})
