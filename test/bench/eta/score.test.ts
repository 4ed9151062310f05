// The arithmetic of the bench on curves that were made by hand.
import { describe, expect, test } from 'vitest'
import { randomFrom } from '../../simulation/world/random.ts'
import { type Curve, parseCurves } from './curves.ts'
import { drawnSeeded } from './drawing.ts'
import { FITTED, LOOKED_AT } from './kinds-calibrated.ts'
import { REPORTED } from './kinds-reported.ts'
import { seededResult, tableOf, unmeasuredResult } from './results.ts'
import {
  type Estimator,
  errorOf,
  holds,
  judged,
  lastTen,
  meanByCurve,
  median,
  scoreOf,
  wholeRun,
  widthOf,
} from './score.ts'

/** 400 s in all: slow in its first half. */
const CURVE: Curve = {
  ...{ name: 'one', kind: 'by hand', sizeGib: 10, seeds: [], doneSeconds: 400 },
  samples: [
    [100, 0],
    [200, 20],
    [250, 40],
    [300, 60],
    [400, 100],
    [500, 100],
  ],
}
/** Of what is left at any point: from `least` to `most` seconds. */
const says =
  (least: number, most: number): Estimator =>
  () => ({ least, most })

test('what is left is told at the samples before it is complete', () => {
  expect(judged(CURVE, says(0, 1)).map(({ point }) => point.seconds)).toEqual([100, 200, 250, 300])
  expect(judged(CURVE, () => null)).toEqual([])
})

test.each<[string, Estimator, boolean[]]>([
  ['it holds where what is left is in it, bounds included', says(100, 200), [false, true, true, true]],
  ['without an upper bound the lower one has to', says(200, Number.POSITIVE_INFINITY), [true, true, false, false]],
])('%s', (_, estimator, expected) => {
  expect(judged(CURVE, estimator).map(holds)).toEqual(expected)
})

test('the score is the width, and twenty times what it misses by, as a share of how long it took', () => {
  // Left: 300, 200, 150, 100 s.
  const scores = judged(CURVE, says(120, 220)).map((each) => scoreOf(each))
  expect(scores).toEqual([(100 + 20 * 80) / 400, 100 / 400, 100 / 400, (100 + 20 * 20) / 400])
  expect(judged(CURVE, says(120, 220)).map((each) => scoreOf(each, 2))[0]).toBe((100 + 2 * 80) / 400)
})

test('widths and errors are those of when it is complete', () => {
  const [, second] = judged(CURVE, says(100, 400))
  expect(second && widthOf(second)).toBe(600 / 300)
  expect(second && errorOf(second)).toBe(50 / 400)
})

test.each<[string, Estimator, ({ least: number; most: number } | null)[]]>([
  ['the whole run', wholeRun, [null, 800, 375, 200].map(around)],
  ['the last ten percent', lastTen, [null, 400, 150, 100].map(around)],
])('the baseline of %s gives half more or less', (_, estimator, expected) => {
  const given = judged(CURVE, estimator).map(({ range }) => range)
  expect(given).toEqual(expected.filter((each) => each !== null))
})

function around(left: number | null) {
  return left === null ? null : { least: left / 2, most: left * 1.5 }
}

test('a long curve counts no more than a short one, and a median of two is between them', () => {
  expect(meanByCurve([[1, 1, 1, 1], [0], []])).toBe(0.5)
  expect(median([9, 1])).toBe(5)
  expect(median([9, 1, 2])).toBe(2)
})

test('a class is summed up by curves and kinds', () => {
  const quick: Curve = { ...CURVE, kind: 'other', samples: [[100, 30]], doneSeconds: 230 }
  const both = unmeasuredResult([CURVE, quick], says(150, 300))
  // Of the first three points hold: 300, 200 and 150 s are left. Of the second none does: 130 s are left.
  expect(both).toMatchObject({ curves: 2, coverage: 0.375, worstKind: 0 })
  // At 40% of the first after 250 s, at 30% of the other after 100 s.
  expect(both.widthAt25).toBeCloseTo((550 / 400 + 400 / 250) / 2, 3)
  expect(tableOf('drawn', [CURVE, quick], says(150, 300))).toHaveLength(4)
})

test('the score is held against the better baseline, at points at which both say something', () => {
  // 200, 150 and 100 s are left: 600 to 400 by the whole run, 200 to 600 and so on by the last ten percent.
  const scores = { own: [300, 300, 300 + 20 * 50], ten: [400, 150, 100] }
  const meanOf = (all: readonly number[]) => all.reduce((sum, each) => sum + each, 0) / all.length
  const { scoreRatio } = unmeasuredResult([CURVE], says(0, 300))
  expect(scoreRatio).toBeCloseTo(300 / meanOf(scores.ten), 3)
  const { scoreRatio: missing } = unmeasuredResult([CURVE], says(150, 450))
  expect(missing).toBeCloseTo(meanOf(scores.own) / meanOf(scores.ten), 3)
})

test('of no curves nothing is said', () => {
  expect(unmeasuredResult([])).toEqual({
    curves: 0,
    coverage: null,
    worstKind: null,
    widthAt25: null,
    scoreRatio: null,
  })
  expect(seededResult([])).toEqual({ curves: 0, coverage: null, width: null, medianErrorAt25: null })
})

describe('a file', () => {
  const of = (...curves: readonly object[]) => parseCurves(JSON.stringify(curves), 'curves.json')

  test('may have few samples, late ones, ones out of order, and percents that jump or are not whole', () => {
    const odd = of(
      { ...CURVE, samples: [] },
      { ...CURVE, samples: [[390, 98.7]] },
      {
        ...CURVE,
        samples: [
          [300, 60],
          [0, 0],
          [200, 90],
          [250, 10],
          [500, 20],
        ],
      },
      {
        ...CURVE,
        sizeGib: 0,
        seeds: [
          [0, 0],
          [0, 100],
          [0, 200],
          [0, 0],
        ],
      },
    )
    expect(unmeasuredResult(odd).curves).toBe(4)
    expect(seededResult(odd.slice(3)).coverage).not.toBeNull()
  })

  test.each([
    ['is not JSON', () => parseCurves('[', 'curves.json'), /^curves\.json is not JSON: /],
    ['has no curves', () => of(), /^curves\.json is no list of curves \(\[\{ name, kind, .*\): /],
    ['lacks a field', () => of({ ...CURVE, kind: undefined }), /: curve 1, kind: .*\.$/],
    ['has a percent over 100', () => of(CURVE, { ...CURVE, samples: [[1, 101]] }), /: curve 2, samples\.0\.1: .*\.$/],
    ['ends at its beginning', () => of({ ...CURVE, doneSeconds: 0 }), /: curve 1, doneSeconds: .*\.$/],
  ])('that %s is refused in one sentence', (_, parse, sentence) => {
    expect(parse).toThrow(sentence)
  })
})

test('no kind that is reported was calibrated on', () => {
  const names = [FITTED, LOOKED_AT, REPORTED].flatMap((kinds) => kinds.map(({ name }) => name))
  expect(new Set(names).size).toBe(names.length)
})

test('the same seed draws the same curve, with percents that never fall', () => {
  for (const kind of REPORTED) {
    const curve = drawnSeeded(kind, randomFrom(7))
    expect(drawnSeeded(kind, randomFrom(7))).toEqual(curve)
    const percents = curve.samples.map(([, percent]) => percent)
    expect(percents).toEqual(percents.toSorted((a, b) => a - b))
    expect(Math.max(...percents)).toBeLessThan(100)
  }
})
