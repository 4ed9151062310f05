// The command line of the simulation: `npm run simulate -- --seed N` runs that trial, `--trials T` the T from N on, `--plant NAME`
// with a bug planted, until it is found. The last line is `{ trials, crashes, faults, steps, violations }`.
import { parseArgs } from 'node:util'
import { PLANTS, type Plant } from './plants.ts'
import { runTrial, type Trial } from './trial.ts'

const TOLD_MAX = 40

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    trials: { type: 'string', default: '1' },
    plant: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    'keep-going': { type: 'boolean', default: false },
  },
})
process.exitCode = await simulate(Number(values.seed), Number(values.trials), plantOf(values.plant))

async function simulate(from: number, count: number, plant: Plant): Promise<number> {
  const sums = { trials: 0, crashes: 0, faults: 0, steps: 0, violations: 0 }
  const ends: Record<string, number> = {}
  for (let seed = from; seed < from + count; seed++) {
    const trial = await runTrial(seed, plant)
    sums.trials++
    for (const key of ['crashes', 'faults', 'steps'] as const) sums[key] += trial[key]
    for (const end of trial.ends) ends[end] = (ends[end] ?? 0) + 1
    if (values.verbose) process.stdout.write(`${trial.transcript.join('\n')}\n`)
    if (trial.violations.length === 0) continue
    sums.violations++
    if (!values['keep-going']) tell(trial, plant)
    else process.stdout.write(`${seed}: ${trial.violations.map(({ invariant, what }) => `${invariant}: ${what}`)}\n`)
    if (!values['keep-going']) break
  }
  process.stdout.write(`ended: ${JSON.stringify(ends)}\n${JSON.stringify(sums)}\n`)
  return sums.violations > 0 ? 1 : 0
}

function tell({ seed, violations, transcript }: Trial, plant: Plant): void {
  const lines = [
    ...transcript.slice(-TOLD_MAX),
    '',
    ...violations.map(({ invariant, what }) => `${invariant}: ${what}`),
    `seed ${seed}; again: npm run simulate -- --seed ${seed}${plant ? ` --plant ${plant}` : ''}`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

function plantOf(name: string | undefined): Plant {
  const plant = PLANTS.find((one) => one === name) ?? null
  if (name && !plant) throw new Error(`there is no plant ${name}; there are ${PLANTS.join(', ')}`)
  return plant
}
