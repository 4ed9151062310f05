// Ranges of volumes that were never measured: rows, and what holds of every course that can be drawn. How often ranges hold,
// `npm run bench:eta` measures.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { behind, type Course, remaining, remembered, slowestOf, type Tick } from '../../../src/core/telling/estimate.ts'
import { leastAtRate, type Remaining } from '../../../src/core/telling/eta.ts'

const MINUTE = 60_000
const RUNS = { seed: 20_261_128, numRuns: 500 }

/** A snapshot of which a percent takes `paceMs` each, in order, after it has stood for `standsMs`; seen at each percent. */
function course(paces: readonly number[], { standsMs = 0, ageMs = 0, expectedMs = 0 } = {}): Course {
  let elapsedMs = standsMs
  let ticks = remembered([], [standsMs, 0])
  for (const [index, paceMs] of paces.entries()) {
    elapsedMs += paceMs
    ticks = remembered(ticks, [elapsedMs, index + 1])
  }
  return { percent: paces.length, elapsedMs: elapsedMs + ageMs, ticks, expectedMs }
}
const steady = (percent: number): number[] => Array.from({ length: percent }, () => MINUTE)

function boundsOf(one: Course): { leastMs: number; mostMs: number } {
  const left = remaining(one)
  if (!left || left.mostMs === null) throw new Error('it has no range')
  return { leastMs: left.leastMs, mostMs: left.mostMs }
}

describe('rows', () => {
  test.each<[string, Course, Remaining | null]>([
    ['100% has nothing left', { ...course(steady(99)), percent: 100 }, null],
    ['no time has passed', { percent: 10, elapsedMs: 0, ticks: [], expectedMs: 0 }, null],
    ['0% after one minute says nothing yet', { percent: 0, elapsedMs: MINUTE, ticks: [], expectedMs: 0 }, null],
    [
      'under 1% what it has copied for comes twice again, and there is no upper bound',
      { percent: 0, elapsedMs: 10 * MINUTE, ticks: [[MINUTE, 0]], expectedMs: 9 },
      { leastMs: 2 * (10 * MINUTE - 190_000), mostMs: null, basis: 'size', atRateMs: leastAtRate(0, 10 * MINUTE) },
    ],
  ])('%s', (_, given, left) => {
    expect(remaining(given)).toEqual(left)
  })

  test.each([
    ['a quarter of a steady one', course(steady(25)), 75],
    ['half of a steady one', course(steady(50)), 50],
    ['one that stands at first', course(steady(50), { standsMs: 3 * MINUTE }), 50],
    ['one of which the samples began late', { ...course(steady(50)), ticks: [[50 * MINUTE, 50]] as Tick[] }, 50],
    ['one that shows tens only', { ...course(steady(50)), ticks: tens(50) }, 50],
    ['one that is at 99%', course(steady(99)), 1],
  ])('%s lies in its range', (_, given, minutes) => {
    const { leastMs, mostMs } = boundsOf(given)
    expect(leastMs).toBeLessThanOrEqual(minutes * MINUTE)
    expect(mostMs).toBeGreaterThan(minutes * MINUTE)
  })

  test('the range of one that slows down lies higher than that of a steady one, and of one that speeds up lower', () => {
    const at = (factor: number) =>
      boundsOf(course(steady(50).map((pace, index) => (index < 40 ? pace : pace * factor))))
    expect(at(3).mostMs).toBeGreaterThan(1.3 * at(1).mostMs)
    expect(at(1 / 3).mostMs).toBeLessThan(at(1).mostMs)
  })

  test('what was expected counts for much at 1%, and for little at 50%', () => {
    const by = (percent: number, expectedMs: number) => boundsOf(course(steady(percent), { expectedMs })).mostMs
    expect(by(1, 300 * MINUTE) / by(1, 100 * MINUTE)).toBeGreaterThan(1.4)
    expect(by(50, 300 * MINUTE) / by(50, 100 * MINUTE)).toBeLessThan(1.2)
  })

  test('it rests on what was expected first, and then on the percents', () => {
    expect([1, 5, 6, 50].map((percent) => remaining(course(steady(percent)))?.basis)).toEqual(
      ...[['size', 'size', 'percents', 'percents']],
    )
  })
})

function tens(percent: number): Tick[] {
  return Array.from({ length: percent / 10 }, (_, index) => [(index + 1) * 10 * MINUTE, (index + 1) * 10])
}

test('many percents that show at once say nothing of the pace of a snapshot of a minute', () => {
  // A minute in all, of which EC2 shows 5% at 15 s, and 37% at 22 s.
  const ticks = [
    [15_000, 5],
    [22_000, 37],
  ] as const
  const left = remaining({ percent: 37, elapsedMs: 22_500, ticks, expectedMs: 0 })
  expect(left?.mostMs).toBeGreaterThan(45_000)
  // In an hour the same share of percents does say that it is quicker than it was.
  const slow = [
    [900_000, 5],
    [1_320_000, 37],
  ] as const
  const usual = remaining({ percent: 37, elapsedMs: 1_350_000, ticks: [[1_320_000, 37]], expectedMs: 0 })
  const quicker = remaining({ percent: 37, elapsedMs: 1_350_000, ticks: slow, expectedMs: 0 })
  expect(quicker?.mostMs ?? 0).toBeLessThan((usual?.mostMs ?? 0) * 0.9)
})

describe('every course', () => {
  const paces = fc.array(fc.integer({ min: 1_000, max: 3_600_000 }), { minLength: 0, maxLength: 99 })
  const extras = fc.record({
    standsMs: fc.integer({ min: 0, max: 600_000 }),
    ageMs: fc.integer({ min: 0, max: 7_200_000 }),
    expectedMs: fc.integer({ min: 0, max: 100_000_000 }),
  })

  test('has a lower bound that is not above the upper one, not below nothing, and not above the rate so far', () => {
    fc.assert(
      fc.property(paces, extras, (drawn, extra) => {
        const one = course(drawn, extra)
        const left = remaining(one)
        if (!left) return one.elapsedMs < 5 * MINUTE && one.percent < 1
        const isOrdered = left.leastMs >= 0 && left.leastMs <= (left.mostMs ?? Number.POSITIVE_INFINITY)
        return isOrdered && left.leastMs <= leastAtRate(one.percent, one.elapsedMs)
      }),
      RUNS,
    )
  })

  test('has an upper bound from 1% on, and none before', () => {
    fc.assert(
      fc.property(paces, extras, (drawn, extra) => {
        const left = remaining(course(drawn, extra))
        return left === null || (left.mostMs === null) === (drawn.length === 0)
      }),
      RUNS,
    )
  })

  test('whose percent stands is complete no sooner for that', () => {
    fc.assert(
      fc.property(paces, extras, fc.integer({ min: 1, max: 3_600_000 }), (drawn, extra, moreMs) => {
        fc.pre(drawn.length > 0)
        const [now, later] = [course(drawn, extra), course(drawn, { ...extra, ageMs: extra.ageMs + moreMs })]
        return later.elapsedMs + boundsOf(later).mostMs >= now.elapsedMs + boundsOf(now).mostMs - 1
      }),
      RUNS,
    )
  })

  test('keeps its range when a stall ends: the first percent behind it takes no more than a quarter of its width away', () => {
    const stalls = fc.record({
      at: fc.integer({ min: 12, max: 90 }),
      lastsMs: fc.integer({ min: 600_000, max: 6_000_000 }),
    })
    fc.assert(
      fc.property(stalls, ({ at, lastsMs }) => {
        const before = boundsOf(course(steady(at), { ageMs: lastsMs }))
        const behindIt = boundsOf(course([...steady(at), lastsMs + 1_000]))
        return behindIt.mostMs - behindIt.leastMs >= 0.75 * (before.mostMs - before.leastMs)
      }),
      RUNS,
    )
  })

  test('with more percents at the same time has less left', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 97 }),
        fc.integer({ min: 300_000, max: 90_000_000 }),
        (percent, elapsedMs) => {
          const of = (shown: number) =>
            boundsOf({ percent: shown, elapsedMs, ticks: [[elapsedMs, shown]], expectedMs: 0 })
          return of(percent + 1).mostMs < of(percent).mostMs
        },
      ),
      RUNS,
    )
  })
})

describe('what is remembered', () => {
  test('is one point a percent, few of them, the oldest and the newest among them', () => {
    const { ticks } = course(steady(99))
    expect(ticks.length).toBeLessThanOrEqual(32)
    expect([ticks[0], ticks.at(-1)]).toEqual([
      [0, 0],
      [99 * MINUTE, 99],
    ])
    expect(remembered(ticks, [200 * MINUTE, 99])).toBe(ticks)
    expect(ticks.toSorted(([a], [b]) => a - b)).toEqual(ticks)
  })

  test('of the last ten percent there are points enough to tell their pace', () => {
    for (let percent = 20; percent < 100; percent++) {
      const { ticks } = course(steady(percent))
      expect(ticks.some(([, seen]) => seen <= percent - 10 && seen >= percent - 15)).toBe(true)
    }
  })
})

describe('several snapshots', () => {
  const left = (leastMs: number, mostMs: number | null, over: Partial<Remaining> = {}): Remaining => ({
    ...{ leastMs, mostMs, basis: 'percents', atRateMs: leastMs },
    ...over,
  })

  test.each<[string, Remaining | null, Remaining]>([
    ['both ranges count', left(1, 2), left(5, 12)],
    ['an own one of which nothing is known has no upper bound', null, left(5, null)],
    ['nor has one that is under 1%', left(1, null), left(5, null)],
  ])('behind an older one: %s', (_, own, expected) => {
    expect(behind(left(5, 10), own)).toEqual(expected)
  })

  test('of all of them the later bounds count, and the poorer basis', () => {
    expect(slowestOf([])).toBeNull()
    expect(slowestOf([left(1, 9), left(3, 4, { basis: 'size', atRateMs: 7 })])).toEqual(
      left(3, 9, { basis: 'size', atRateMs: 7 }),
    )
    expect(slowestOf([left(1, null), left(3, 4)])?.mostMs).toBeNull()
  })
})
