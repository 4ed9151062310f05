// Slow reads in words: a line for each copy, one for all of them, and what the thread says once when it begins and once when
// it is over. Every figure stands beside the time at which EC2 told it, and an end that EC2 does not name is not guessed.

import { isOver } from '../../journal/state.ts'
import type { EntryBody } from '../../model/entries.ts'
import type { Facts, Initialization, SeenInitialization } from '../../model/facts.ts'
import type { Migration } from '../../model/migration.ts'
import { code, counted, timeBeside, timeOfDay } from '../../model/text.ts'
import { spellMost } from '../eta.ts'
import { copiesInUse, isLoaded } from './copies.ts'

/** What names the notices of slow reads: that they are slow, that they are not any more, and that EC2 does not tell. */
export const READS = { slow: 'reads slow', over: 'reads over', unknown: 'reads unknown' } as const

const MINUTE_MS = 60_000

/** What the copies in use are, by what EC2 told of them last: `untold` are those of which it gave no percent. */
type Split = {
  readonly all: number
  readonly loading: readonly SeenInitialization[]
  readonly untold: number
}

function splitOf(m: Migration, { volumes }: Initialization): Split {
  const used = copiesInUse(m)
  const mine = volumes.filter(({ volume }) => used.has(volume))
  const loading = mine.filter((one) => one.percent !== null && !isLoaded(one))
  return { all: used.size, loading, untold: used.size - mine.filter(isLoaded).length - loading.length }
}

/** "reads are slow: 43% loaded at 05:20 UTC, about 12 min more then"; null where the copy is loaded, or EC2 did not say. */
export function slowReadWords(told: Initialization | null, copy: string | null): string | null {
  const one = told?.volumes.find(({ volume }) => volume === copy)
  if (!told || !one || one.percent === null || isLoaded(one)) return null
  const left = one.leftMs === null ? '' : `, about ${spellMost(one.leftMs)} more then`
  return `reads are slow: ${one.percent}% loaded at ${timeOfDay(told.atMs)} UTC${left}`
}

/**
 * One sentence for all copies in use; null where all are loaded, or EC2 was not asked yet. After the end nobody asks EC2 any
 * more, so it says how to.
 */
export function readsText(m: Migration, told: Initialization | null): string | null {
  const used = copiesInUse(m)
  if (!told || used.size === 0) return null
  const split = splitOf(m, told)
  const asOf = `as of ${timeOfDay(told.atMs)} UTC`
  const ask = isOver(m) ? ` How it is now: ${askCommand(m)}.` : ''
  if (split.loading.length > 0) return `${slowText(m, told, split)} (${asOf}).${ask}`
  if (split.untold === 0) return null
  const why = told.because === null ? '' : `: ${told.because}`
  return `Whether reads are slow is not known: EC2 does not say how far ${split.untold} of ${counted(split.all, 'volume')} ${split.untold === 1 ? 'is' : 'are'} loaded${why} (${asOf}).${ask}`
}

function slowText(m: Migration, { atMs }: Initialization, { all, loading, untold }: Split): string {
  const slowest = loading.toSorted((a, b) => rank(b) - rank(a) || (a.percent ?? 0) - (b.percent ?? 0))[0]
  const name = copiesInUse(m).get(slowest?.volume ?? '') ?? ''
  const [one, several] = isOver(m) ? ['was still loading', 'were still loading'] : ['still loads', 'still load']
  const still = loading.length === 1 ? one : several
  const who =
    loading.length === 1 ? `${name} at ${slowest?.percent}%` : `the slowest is ${name} at ${slowest?.percent}%`
  const others = untold > 0 ? `; of ${untold} more EC2 does not say` : ''
  return `${untilText(m, atMs, loading, untold)}: ${loading.length} of ${counted(all, 'volume')} ${still}, ${who}${others}`
}

/** What names no end comes last of all. */
function rank({ leftMs }: SeenInitialization): number {
  return leftMs ?? Number.MAX_SAFE_INTEGER
}

/** After the end the time may be past, so it is said of then. */
function untilText(m: Migration, atMs: number, loading: readonly SeenInitialization[], untold: number): string {
  const begins = isOver(m) ? 'Reads were slow when EC2 was asked last' : 'Reads are slow'
  const known = loading.flatMap(({ leftMs }) => leftMs ?? [])
  if (known.length === 0) return `${begins}, and EC2 names no end`
  const endMs = Math.ceil((atMs + Math.max(...known)) / MINUTE_MS) * MINUTE_MS
  const isSure = known.length === loading.length && untold === 0
  const until = `until about ${timeBeside(endMs, atMs)}${isSure ? '' : ' or later'}`
  return isOver(m) ? `${begins}, by what it said ${until}` : `${begins} ${until}`
}

function askCommand({ plan }: Migration): string {
  return code(`aws ec2 describe-volume-status --filters Name=availability-zone,Values=${plan.targetZone}`)
}

/** What the thread says once of slow reads: that they are, that EC2 does not tell, and that they are over. */
export function readsNotice(m: Migration, { initialization: told }: Facts): EntryBody | null {
  if (!told || copiesInUse(m).size === 0) return null
  const { all, loading, untold } = splitOf(m, told)
  if (loading.length > 0) return notice(m, READS.slow, `${readsText(m, told)} ${untilWhen(m)}`)
  if (untold > 0 && told.because !== null) {
    const remedy = `give zonehop's role ${code('ec2:DescribeVolumeStatus')} (iam-policy.json) if that is what lacks`
    return notice(m, READS.unknown, `${readsText(m, told)} Reads of restored volumes are slow for a while: ${remedy}.`)
  }
  if (untold > 0 || !m.warned.has(READS.slow)) return null
  const whole = all === 1 ? 'The volume in use is' : `All ${all} volumes in use are`
  return notice(m, READS.over, `${whole} loaded (as of ${timeOfDay(told.atMs)} UTC): reads are not slow any more.`)
}

function untilWhen(m: Migration): string {
  return `The status message tells how far they are until ${m.id} is done; from then on ${askCommand(m)} does.`
}

function notice(m: Migration, about: string, text: string): EntryBody | null {
  return m.warned.has(about) ? null : { kind: 'warned', about, service: null, text }
}
