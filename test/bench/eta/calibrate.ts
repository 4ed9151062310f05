// Finds the constants of src/core/telling/estimate.ts: those with the least score on the kinds that are fitted to. What a miss costs is more
// than in the score that is reported, since other kinds than these will be met: so more than nine of ten hold here.
import type { Constants } from '../../../src/core/telling/estimate.ts'
import { randomFrom } from '../../simulation/world/random.ts'
import type { Curve } from './curves.ts'
import { type CurveKind, drawnUnmeasured } from './drawing.ts'
import { unmeasured } from './estimators.ts'
import { FITTED } from './kinds-calibrated.ts'
import { judged, meanByCurve, scoreOf } from './score.ts'

const CURVES_A_KIND = 24
const SEED = 15_001
const MISS_COSTS = 110
/** Each round tries a step up and down for each constant; steps that do not help are halved. */
const ROUNDS = 14
const FIRST_STEP = 0.3

/** The constants, found from where `from` is. Takes about a minute. */
export function calibrated(from: Constants): Constants {
  const curves = drawnOf(FITTED, CURVES_A_KIND, SEED)
  let best = { constants: from, score: costOf(curves, from) }
  const steps = new Map((Object.keys(from) as (keyof Constants)[]).map((name) => [name, FIRST_STEP]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, step] of steps) {
      const tried = [1 + step, 1 / (1 + step)].map((factor) => {
        const constants = { ...best.constants, [name]: best.constants[name] * factor }
        return { constants, score: costOf(curves, constants) }
      })
      const won = tried.find(({ score }) => score < best.score)
      if (won) best = won
      steps.set(name, won ? step : step / 2)
    }
  }
  return best.constants
}

/** So many curves of each kind. */
export function drawnOf(kinds: readonly CurveKind[], count: number, seed: number): Curve[] {
  const random = randomFrom(seed)
  return kinds.flatMap((kind) => Array.from({ length: count }, () => drawnUnmeasured(kind, random.fork())))
}

function costOf(curves: readonly Curve[], constants: Constants): number {
  const estimator = unmeasured(constants)
  return meanByCurve(
    curves.map((curve) =>
      judged(curve, estimator)
        .filter(({ range }) => Number.isFinite(range.most))
        .map((each) => scoreOf(each, MISS_COSTS)),
    ),
  )
}
