// What a rehearsal has shown, in the report and its picture: one sentence for the whole, and a row for each thing that was tried, those first
// by which the move would have failed.
import type { Migration } from '../core/model/migration.ts'
import { isSnapshotMove } from '../core/model/moves.ts'
import { type Durations, type Finding, ownNameOf, verdictOf } from '../core/rehearsing/verdict.ts'
import { seedForecast } from '../core/telling/forecast/forecast.ts'
import type { Story } from './story.ts'
import { counted, lengthOf, namedUpTo, placeIn, stampOf } from './words.ts'

/** Names that the sentence holds: it stands in the picture too. */
const NAMED_MAX = 12

/** How it ended, in words that a title has room for. */
export function outcomeOf(m: Migration): string {
  return verdictOf(m).verdict ?? (m.phase === 'aborted' ? 'sent back' : 'not over')
}

/** The verdict in one sentence or two; without one why there is none, and what was found so far. */
export function verdictSentence({ migration: m, asOfMs }: Story): string {
  const { verdict, checks } = verdictOf(m)
  const { sourceZone, targetZone } = m.plan
  const bad = named(checks, 'red')
  const unknown = named(checks, 'yellow')
  const open = unknown.length > 0 ? ` Not known: ${namedUpTo(unknown, NAMED_MAX)}.` : ''
  const found = `${namedUpTo(bad, NAMED_MAX)} would have failed between ${sourceZone} and ${targetZone}.`
  if (verdict === 'failed') return `Failed: ${found}${open}`
  if (verdict === 'passed') {
    return `Passed: nothing was found that would keep ${sourceZone} from moving to ${targetZone}.${open}`
  }
  const why =
    m.phase === 'aborted'
      ? 'No verdict: it was sent back before its end.'
      : `No verdict yet: it is not over as of ${stampOf(asOfMs)}.`
  return bad.length > 0 ? `${why} Found before: ${found}` : why
}

function named(checks: readonly Finding[], result: Finding['result']): string[] {
  const of = checks.filter((one) => one.result === result)
  return [...new Set(of.map(({ what, name }) => (what === 'plan' ? name : `${what} ${name}`)))]
}

/** The columns of the table of the verdict. */
export const VERDICT_COLUMNS = ['What', 'Name', 'Result', 'In words', 'Took']

const RESULTS: Readonly<Record<Finding['result'], string>> = { red: 'finding', yellow: 'not known', green: 'ok' }
const FIRST: readonly Finding['result'][] = ['red', 'yellow', 'green']

/** A row for each check; each cell is a sentence. */
export function verdictRows({ migration: m }: Story): string[][] {
  const { checks, seconds } = verdictOf(m)
  const sorted = checks.toSorted((a, b) => FIRST.indexOf(a.result) - FIRST.indexOf(b.result))
  return sorted.map(({ what, name, result, words }) => [
    what,
    name,
    RESULTS[result],
    result === 'red' ? `would have failed: ${words}` : words,
    tookWords(m, { what, name }, seconds[name] ?? {}),
  ])
}

/** What a volume and its service are tried by, in the order in which that is done. */
const TRIED: Readonly<Record<Finding['what'], readonly (readonly [step: keyof Durations, word: string])[]>> = {
  volume: [
    ['seed', 'snapshot'],
    ['restore', 'copy'],
    ['attach', 'attachment'],
  ],
  service: [['check', 'look into its data']],
  replica: [],
  plan: [],
}

/** How long each step took that came to its end, beside what was forecast of it, where something was. */
function tookWords(m: Migration, { what, name }: Pick<Finding, 'what' | 'name'>, durations: Durations): string {
  const told = TRIED[what].flatMap(([step, word]) => {
    const took = durations[step]
    if (took === undefined) return []
    return `${word} ${lengthOf(took * 1_000)}${step === 'seed' ? besideForecast(m, name, took * 1_000) : ''}`
  })
  return told.join(', ') || '-'
}

function besideForecast(m: Migration, name: string, tookMs: number): string {
  const move = m.plan.moves.filter(isSnapshotMove).find((one) => ownNameOf(m.plan, one) === name)
  const forecast = move ? seedForecast(m, move) : null
  if (forecast === null || forecast.mostMs === null) return ''
  const { leastMs, mostMs } = forecast
  return ` (forecast ${lengthOf(leastMs)} to ${lengthOf(mostMs)}: ${placeIn(tookMs, forecast)})`
}

/** What the table counts. */
export function countWords({ migration: m }: Story): string {
  const { checks } = verdictOf(m)
  const counts = FIRST.map((result) => `${RESULTS[result]} ${checks.filter((one) => one.result === result).length}`)
  return `${counted(checks.length, 'check')}: ${counts.join(', ')}. Took: a snapshot as EC2 says, where it does; all else from the call until zonehop saw it done.`
}
