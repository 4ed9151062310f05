// How long a migration takes to be read and thought about, by its volumes: folding its whole journal, one quiet tick, drawing
// its plan. The last line on standard output is the result as JSON; `npm run bench:tick -- 1000` stops at that many volumes.
import { decide } from '../../src/core/decide.ts'
import { fold } from '../../src/core/journal/fold.ts'
import { factsOf } from '../../src/core/model/facts.ts'
import type { Plan } from '../../src/core/model/plan.ts'
import { draft } from '../../src/core/planning/draft.ts'
import type { PlanRequest } from '../../src/core/planning/request.ts'
import { sample } from '../../src/core/telling/progress.ts'
import { parseEntry } from '../../src/store/entry-schema.ts'
import { requestOf } from './inventories.ts'
import { type Halfway, halfway } from './journals.ts'

const SIZES = [10, 100, 1_000, 10_000]
/** Smaller ones take less than the clock and the compiler tell. */
const FITTED_FROM = 100
/** The best of several: others use this machine too. */
const REPEATS = 7

const NAMES = ['foldMs', 'tickMs', 'planMs', 'parseMs'] as const

type Times = { readonly foldMs: number; readonly tickMs: number; readonly planMs: number; readonly parseMs: number }

const most = Number(process.argv[2] ?? SIZES.at(-1))
const volumes = SIZES.filter((size) => size <= most)
const times = volumes.map(measured)
const [foldMs, tickMs, planMs, parseMs] = NAMES.map((name) => times.map((each) => rounded(each[name])))
const exponents = { fold: exponent('foldMs'), tick: exponent('tickMs'), plan: exponent('planMs') }
console.log(JSON.stringify({ volumes, foldMs, tickMs, planMs, parseMs, exponents }))

function measured(size: number): Times {
  const request = requestOf(size)
  const journal = halfway(request, planOf(request))
  const { texts, observed, nowMs } = journal
  const migration = folded(journal)
  const result = bests({
    parseMs: () => timed(() => texts.map((text) => JSON.parse(text))),
    foldMs: () => timed(() => folded(journal)),
    tickMs: () =>
      timed(() => {
        const facts = factsOf(observed)
        const { next, waits } = decide(migration, facts, nowMs)
        if (next) throw new Error(`the tick is not quiet: ${next.kind}`)
        sample(migration, facts, waits, { before: null, lookedMs: 0 })
      }),
    planMs: () => {
      const fresh = requestOf(size)
      return timed(() => planOf(fresh))
    },
  })
  console.error(`${size} volumes, ${texts.length} entries: ${JSON.stringify(result)}`)
  return result
}

function folded({ texts }: Halfway) {
  const migration = fold(texts.map(parseEntry))
  if (!migration) throw new Error('the journal is empty')
  return migration
}

function planOf(request: PlanRequest): Plan {
  const drafted = draft(request)
  if ('problems' in drafted) throw new Error(drafted.problems.join(' '))
  return drafted.plan
}

/** The least of each in ms, taken in turns: whatever else the machine does meanwhile slows all of them. */
function bests(acts: Readonly<Record<keyof Times, () => number>>): Times {
  const least = Object.fromEntries(NAMES.map((name) => [name, Number.POSITIVE_INFINITY])) as Record<keyof Times, number>
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    for (const name of NAMES) least[name] = Math.min(least[name], acts[name]())
  }
  return least
}

function timed(act: () => unknown): number {
  const beganAtMs = performance.now()
  act()
  return performance.now() - beganAtMs
}

/** By how much the logarithm of the time grows with that of the volumes: the least squares of both. */
function exponent(name: keyof Times): number {
  const points = volumes.flatMap((size, index) => {
    const ms = times[index]?.[name] ?? 0
    return size >= FITTED_FROM ? [{ x: Math.log(size), y: Math.log(ms) }] : []
  })
  const mean = (of: (point: { x: number; y: number }) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)]
  const slope = mean((point) => (point.x - x) * (point.y - y)) / mean((point) => (point.x - x) ** 2)
  return rounded(slope)
}

function rounded(number: number): number {
  return Math.round(number * 1000) / 1000
}
