// The command line of the simulation: `npm run simulate -- --seed N` runs that trial, `--trials T` the T from N on, `--plant NAME`
// with a bug planted, until it is found; `--later` with one process of a later version. `--plants` searches for every planted bug,
// each from seed 1 on; `--recorded` runs each at its recorded seed. `--commit` takes the first seed from the commit that is tried,
// so that every one tries new ones.
//
// The last line is `{ trials, crashes, faults, steps, violations, faultsByKind }`, faults without crashes, with `--later` also
// `stoodAside` and `thrown`; of the search, the rows of recorded.ts.
import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type Crew, openCrew } from './crew.ts'
import { PLANTS, type Plant } from './plants.ts'
import { RECORDED } from './recorded.ts'
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
    recorded: { type: 'boolean', default: false },
    later: { type: 'boolean', default: false },
    commit: { type: 'boolean', default: false },
    workers: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    'keep-going': { type: 'boolean', default: false },
  },
})
const isMany = values.plants || Number(values.trials) >= MANY
const crew = openCrew(Number(values.workers ?? (isMany ? availableParallelism() : 1)), values.verbose)
try {
  process.exitCode = await run(crew)
} finally {
  crew.close()
}

async function run(crew: Crew): Promise<number> {
  if (values.plants) return await search(crew)
  return values.recorded ? await replay(crew) : await simulate(crew, plantOf(values.plant))
}

/** Of the commit that is tried: far behind the seeds that were used while building, and another one for each. */
function seedOfCommit(): number {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()
  return 1_000_000_000 + (Number.parseInt(commit.slice(0, 7), 16) % 1_000_000_000)
}

async function simulate({ trials }: Crew, plant: Plant): Promise<number> {
  const sums = { trials: 0, crashes: 0, faults: 0, steps: 0, sentences: 0, falseSentences: 0, violations: 0 }
  const later = { stoodAside: 0, thrown: 0 }
  const faultsByKind: Record<string, number> = {}
  const ends: Record<string, number> = {}
  const from = values.commit ? seedOfCommit() : Number(values.seed)
  for await (const trial of trials({ from, count: Number(values.trials), plant, isLater: values.later })) {
    sums.trials++
    for (const key of ['crashes', 'faults', 'steps', 'sentences', 'falseSentences'] as const) sums[key] += trial[key]
    for (const key of ['stoodAside', 'thrown'] as const) later[key] += trial[key]
    add(faultsByKind, trial.faultsByKind)
    for (const end of trial.ends) ends[end] = (ends[end] ?? 0) + 1
    if (values.verbose) process.stdout.write(`${trial.transcript.join('\n')}\n`)
    if (trial.violations.length === 0) continue
    sums.violations++
    if (!values['keep-going']) tell(trial, plant)
    else process.stdout.write(`${trial.seed}: ${wordsOf(trial).join('; ')}\n`)
    if (!values['keep-going']) break
  }
  const last = { ...sums, faultsByKind, ...(values.later ? later : {}) }
  process.stdout.write(`from seed ${from}; ended: ${JSON.stringify(ends)}\n${JSON.stringify(last)}\n`)
  return sums.violations > 0 ? 1 : 0
}

function add(sums: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [kind, count] of Object.entries(more)) sums[kind] = (sums[kind] ?? 0) + count
}

/** Each planted bug at its recorded seed: quick, and a bug that is not found any more is seen all the same. */
async function replay({ trials }: Crew): Promise<number> {
  let missed = 0
  for (const { plant, seed, invariant } of RECORDED) {
    const found = await firstViolation(trials({ from: seed, count: 1, plant }))
    if (found?.invariant !== invariant) missed++
    process.stdout.write(`${JSON.stringify({ plant, seed, invariant: found?.invariant ?? null })}\n`)
  }
  return missed > 0 ? 1 : 0
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
    `seed ${trial.seed}; again: npm run simulate -- --seed ${trial.seed}${plant ? ` --plant ${plant}` : ''}${values.later ? ' --later' : ''}`,
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
