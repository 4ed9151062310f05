// What the bench prints of curves: a table by kind, and the numbers of a class.
import { type Curve, isSeeded } from './curves.ts'
import { seeded, unmeasured } from './estimators.ts'
import {
  type Estimator,
  errorOf,
  holds,
  type Judged,
  judged,
  lastTen,
  meanByCurve,
  median,
  scoreOf,
  wholeRun,
  widthOf,
} from './score.ts'

/** Of each curve the first sample at or above this percent is looked at for its width and error. */
const LOOKED_AT_PERCENT = 25

/** Of volumes that were never measured; a number is null where there is no curve to tell it by. */
export function unmeasuredResult(curves: readonly Curve[], estimator: Estimator = unmeasured()) {
  const kinds = [...byKind(curves).values()].map((each) => coverage(each, estimator)).filter(Number.isFinite)
  const scores = scoresOf(curves, estimator)
  return {
    curves: curves.length,
    coverage: rounded(coverage(curves, estimator)),
    worstKind: rounded(kinds.length > 0 ? Math.min(...kinds) : Number.NaN),
    widthAt25: rounded(median(atQuarter(curves, estimator).map(widthOf))),
    scoreRatio: rounded(scores.own / Math.min(scores.whole, scores.ten)),
  }
}

/** Of volumes whose seeds were timed. */
export function seededResult(curves: readonly Curve[]) {
  return {
    curves: curves.length,
    coverage: rounded(coverage(curves, seeded)),
    width: rounded(median(curves.flatMap((curve) => bounded(curve, seeded).map(widthOf)))),
    medianErrorAt25: rounded(median(atQuarter(curves, seeded).map(errorOf))),
  }
}

/** A line a kind, below a head; none where there are no curves. */
export function tableOf(what: string, curves: readonly Curve[], given?: Estimator): string[] {
  const heads = ['curves', 'holds', 'width', 'at 25%', 'error', 'score', 'whole run', 'last ten']
  const rows = [...byKind(curves)].map(([kind, each]) => {
    const estimator = given ?? (each.every(isSeeded) ? seeded : unmeasured())
    const quarter = atQuarter(each, estimator)
    const { own, whole, ten } = scoresOf(each, estimator)
    const widths = each.flatMap((curve) => bounded(curve, estimator).map(widthOf))
    const numbers = [
      coverage(each, estimator),
      median(widths),
      median(quarter.map(widthOf)),
      median(quarter.map(errorOf)),
    ]
    return line(kind, [`${each.length}`, ...[...numbers, own, whole, ten].map(shown)])
  })
  return rows.length === 0 ? [] : ['', line(what, heads), ...rows]
}

function line(first: string, cells: readonly string[]): string {
  return `${first.slice(0, 34).padEnd(34)}${cells.map((cell) => cell.padStart(10)).join('')}`
}

function shown(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : '--'
}

function byKind(curves: readonly Curve[]): Map<string, Curve[]> {
  const kinds = new Map<string, Curve[]>()
  for (const curve of curves) kinds.set(curve.kind, [...(kinds.get(curve.kind) ?? []), curve])
  return kinds
}

function coverage(curves: readonly Curve[], estimator: Estimator): number {
  return meanByCurve(curves.map((curve) => judged(curve, estimator).map((each) => (holds(each) ? 1 : 0))))
}

function bounded(curve: Curve, estimator: Estimator): Judged[] {
  return judged(curve, estimator).filter(({ range }) => Number.isFinite(range.most))
}

/** The mean scores of the estimator and of both baselines, at the points at which all three give a bounded range. */
function scoresOf(curves: readonly Curve[], estimator: Estimator) {
  const points = curves.map((curve) =>
    bounded(curve, estimator).filter(({ point }) => wholeRun(point) && lastTen(point)),
  )
  const of = (other: Estimator): number =>
    meanByCurve(
      points.map((each) =>
        each.flatMap(({ point }) => {
          const range = other(point)
          return range ? [scoreOf({ point, range })] : []
        }),
      ),
    )
  return { own: of(estimator), whole: of(wholeRun), ten: of(lastTen) }
}

/** The first sample of each curve at or above 25%. */
function atQuarter(curves: readonly Curve[], estimator: Estimator): Judged[] {
  return curves.flatMap(
    (curve) => bounded(curve, estimator).find(({ point }) => point.percent >= LOOKED_AT_PERCENT) ?? [],
  )
}

/** To thousandths; null for what is not a number. */
function rounded(value: number): number | null {
  return Number.isFinite(value) ? Math.round(value * 1_000) / 1_000 : null
}
