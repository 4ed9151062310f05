// How often the ranges hold that people are told, and how wide they are. `npm run bench:eta -- --curves FILE` takes the curves of a file
// (curves.ts has their shape); without it, drawn ones of kinds that nothing was calibrated on. A curve with three seeds or more is told as
// seeded, any other as unmeasured. Two baselines are asked at the same points. The last line on standard output is the result as JSON; what
// the score is, score.ts says. `--calibrate` finds the constants of src/core/telling/estimate.ts anew, and shows how they do on kinds that
// they were not fitted to.
import { parseArgs } from 'node:util'
import { CALIBRATED } from '../../../src/core/telling/estimate.ts'
import { randomFrom } from '../../simulation/world/random.ts'
import { calibrated, drawnOf } from './calibrate.ts'
import { type Curve, curvesIn, isSeeded } from './curves.ts'
import { drawnSeeded } from './drawing.ts'
import { unmeasured } from './estimators.ts'
import { FITTED, LOOKED_AT } from './kinds-calibrated.ts'
import { REPORTED } from './kinds-reported.ts'
import { seededResult, tableOf, unmeasuredResult } from './results.ts'

/** Of each class more than 500, in as many of each kind. */
const CURVES_A_KIND = 40
const SEED = 15_003
const LOOKED_AT_SEED = 15_002

try {
  run()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

function run(): void {
  const { values } = parseArgs({
    options: { curves: { type: 'string' }, calibrate: { type: 'boolean', default: false } },
  })
  if (values.calibrate) calibrate()
  else report(values.curves === undefined ? drawn() : curvesIn(values.curves))
}

function report(curves: readonly Curve[]): void {
  const [measured, others] = [curves.filter(isSeeded), curves.filter((curve) => !isSeeded(curve))]
  for (const line of [...tableOf('unmeasured', others), ...tableOf('seeded', measured)]) console.log(line)
  console.log(JSON.stringify({ unmeasured: unmeasuredResult(others), seeded: seededResult(measured) }))
}

function drawn(): Curve[] {
  const random = randomFrom(SEED + 1)
  const measured = REPORTED.flatMap((kind) =>
    Array.from({ length: CURVES_A_KIND }, () => drawnSeeded(kind, random.fork())),
  )
  return [...drawnOf(REPORTED, CURVES_A_KIND, SEED), ...measured]
}

function calibrate(): void {
  const constants = calibrated(CALIBRATED)
  const estimator = unmeasured(constants)
  for (const [what, kinds] of [
    ['fitted', FITTED],
    ['looked at', LOOKED_AT],
  ] as const) {
    const curves = drawnOf(kinds, CURVES_A_KIND, LOOKED_AT_SEED)
    for (const line of tableOf(what, curves, estimator)) console.log(line)
    console.log(JSON.stringify(unmeasuredResult(curves, estimator)))
  }
  console.log(JSON.stringify(constants))
}
