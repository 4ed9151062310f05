// The command line of the simulation: `npm run simulate -- --seed N` runs that trial, `--trials T` the T from N on, `--plant NAME`
// with a bug planted, until it is found. `--plants` searches for every planted bug, each from seed 1 on.
//
// The last line is `{ trials, crashes, faults, steps, violations }`; of the search, the rows of recorded.ts.
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type Crew, openCrew } from './crew.ts'
import { PLANTS, type Plant } from './plants.ts'
import type { Trial } from './trial.ts'

const TOLD_MAX = 40
/** From so many trials on, starting a process for each core is worth it. */
const MANY = 200
/** A planted bug that is not found within so many trials counts as not found. */
const SEARCHED_MAX = 1_000

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    trials: { type: 'string', default: '1' },
    plant: { type: 'string' },
    plants: { type: 'boolean', default: false },
    workers: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    'keep-going': { type: 'boolean', default: false },
  },
})
const isMany = values.plants || Number(values.trials) >= MANY
const crew = openCrew(Number(values.workers ?? (isMany ? availableParallelism() : 1)), values.verbose)
try {
  process.exitCode = values.plants ? await search(crew) : await simulate(crew, plantOf(values.plant))
} finally {
  crew.close()
}

async function simulate({ trials }: Crew, plant: Plant): Promise<number> {
  const sums = { trials: 0, crashes: 0, faults: 0, steps: 0, violations: 0 }
  const ends: Record<string, number> = {}
  for await (const trial of trials({ from: Number(values.seed), count: Number(values.trials), plant })) {
    sums.trials++
    for (const key of ['crashes', 'faults', 'steps'] as const) sums[key] += trial[key]
    for (const end of trial.ends) ends[end] = (ends[end] ?? 0) + 1
    if (values.verbose) process.stdout.write(`${trial.transcript.join('\n')}\n`)
    if (trial.violations.length === 0) continue
    sums.violations++
    if (!values['keep-going']) tell(trial, plant)
    else process.stdout.write(`${trial.seed}: ${wordsOf(trial).join('; ')}\n`)
    if (!values['keep-going']) break
  }
  process.stdout.write(`ended: ${JSON.stringify(ends)}\n${JSON.stringify(sums)}\n`)
  return sums.violations > 0 ? 1 : 0
}

async function search({ trials }: Crew): Promise<number> {
  let missed = 0
  for (const plant of PLANTS) {
    const found = await firstViolation(trials({ from: 1, count: SEARCHED_MAX, plant }))
    if (!found) missed++
    process.stdout.write(`${JSON.stringify({ plant, ...(found ?? { seed: null, invariant: null }) })}\n`)
  }
  return missed > 0 ? 1 : 0
}

async function firstViolation(trials: AsyncGenerator<Trial>): Promise<{ seed: number; invariant: string } | null> {
  for await (const { seed, violations } of trials) {
    const [first] = violations
    if (first) return { seed, invariant: first.invariant }
  }
  return null
}

function tell(trial: Trial, plant: Plant): void {
  const lines = [
    ...trial.transcript.slice(-TOLD_MAX),
    '',
    ...wordsOf(trial),
    `seed ${trial.seed}; again: npm run simulate -- --seed ${trial.seed}${plant ? ` --plant ${plant}` : ''}`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

function wordsOf({ violations }: Trial): string[] {
  return violations.map(({ invariant, what }) => `${invariant}: ${what}`)
}

function plantOf(name: string | undefined): Plant {
  const plant = PLANTS.find((one) => one === name) ?? null
  if (name && !plant) throw new Error(`there is no plant ${name}; there are ${PLANTS.join(', ')}`)
  return plant
}
