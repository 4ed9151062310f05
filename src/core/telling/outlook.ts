// What goes on in words, and when it is over: what somebody wants to know first who opens the channel at night. All of it is a pure
// rendering of the journal and the newest sample.

import { isDeferred, isDone, isOpen, isReturned, partsOf, serviceNamed } from '../journal/services.ts'
import { isCleaning, isOver } from '../journal/state.ts'
import type { Migration, Phase, Purpose } from '../model/migration.ts'
import { bold, day, listed, timeBeside, timeOfDay } from '../model/text.ts'
import { slowestOf } from './estimate.ts'
import type { Basis, Remaining } from './eta.ts'
import type { Line, Progress } from './progress.ts'

/** Names that one sentence has room for on a phone. */
const NAMED_MAX = 4

const DOING: Readonly<Record<Phase, string>> = {
  planned: 'planned, nothing has started',
  seeding: 'snapshots taken ahead, services still run',
  frozen: 'stopping writes',
  moving: 'copying data, services are down',
  live: 'live, what is left follows',
  done: 'done',
  aborting: 'going back',
  aborted: 'back where it was',
  halted: 'halted, nothing more is issued',
}

/** What goes on beside services in these phases; a move does what DOING says in each. */
const DOING_BESIDE: Partial<Readonly<Record<Purpose, Partial<Readonly<Record<Phase, string>>>>>> = {
  rehearsal: {
    planned: 'a rehearsal, nothing has started',
    seeding: 'a rehearsal beside services that run',
    done: 'the rehearsal is over',
    aborting: 'the rehearsal is being taken away',
    aborted: 'the rehearsal was sent back',
  },
  seeds: {
    planned: 'snapshots are taken ahead today, none has begun',
    seeding: 'snapshots are taken ahead beside services that run',
    done: 'the snapshots of the day are taken',
    aborting: 'no more snapshots are taken ahead today',
    aborted: 'no more snapshots are taken ahead today',
  },
}

/**
 * The phase as people are told it: as long as a required service has not stopped, that is what they wait for, whatever of the others is
 * copied already.
 */
export function phaseShown(m: Migration): Phase {
  const required = m.plan.services.filter((service) => !isDeferred(m, service))
  const isStopping = required.some(({ name }) => partsOf(m, name, 'freeze').length > 0 && !isDone(m, name, 'freeze'))
  return m.phase === 'moving' && isStopping ? 'frozen' : m.phase
}

/** What goes on, without a period: `us-east-1a to us-east-1c: copying data, services are down`. */
export function doing(m: Migration): string {
  const { paused, plan } = m
  const phase = phaseShown(m)
  const what = isCleaning(m) ? 'cleaning up what was left' : (DOING_BESIDE[m.purpose]?.[phase] ?? DOING[phase])
  return `${plan.sourceZone} to ${plan.targetZone}: ${what}${paused ? ' (paused)' : ''}`
}

const BAR: readonly (readonly [word: string, phases: readonly Phase[]])[] = [
  ['plan', ['planned']],
  ['copy ahead', ['seeding']],
  ['stop writes', ['frozen']],
  ['copy', ['moving']],
  ['live', ['live']],
  ['done', ['done']],
]
const BAR_BACK: typeof BAR = [
  ['going back', ['aborting']],
  ['back', ['aborted']],
]

const BARS_BESIDE: Readonly<Record<Exclude<Purpose, 'move'>, typeof BAR>> = {
  rehearsal: [
    ['rehearse', ['planned', 'seeding']],
    ['taken away', ['aborting', 'done', 'aborted']],
  ],
  seeds: [
    ['copy ahead', ['planned', 'seeding']],
    ['over', ['aborting', 'done', 'aborted']],
  ],
}

/** The phases in words, the present one in bold. */
export function phaseBar(m: Migration): string {
  const { halted, purpose } = m
  const at = halted?.from ?? phaseShown(m)
  if (purpose !== 'move') return wordsAt(BARS_BESIDE[purpose], at)
  const bar = BAR_BACK.some(([, phases]) => phases.includes(at)) ? BAR_BACK : BAR
  return wordsAt(bar, at)
}

function wordsAt(bar: typeof BAR, at: Phase): string {
  return bar.map(([word, phases]) => (phases.includes(at) ? bold(word) : word)).join(' > ')
}

/** What comes once the snapshots that are taken ahead are complete. */
const AFTER_SEEDS: Readonly<Record<Purpose, string>> = {
  move: 'stopping writes is asked for',
  rehearsal: 'copies are made of them and looked into',
  seeds: 'older ones that zonehop took are deleted',
}

/**
 * When the next thing that people wait for is reached, as a range with what it rests on; null where nothing is awaited that has a rate.
 * The earliest time is rounded down and the latest up, to minutes.
 */
export function whenOver(m: Migration, progress: Progress | null): string | null {
  if (!progress || isOver(m)) return null
  switch (phaseShown(m)) {
    case 'seeding':
      return rangeText(progress, progress.lines, AFTER_SEEDS[m.purpose])
    case 'moving':
      return rangeText(
        progress,
        requiredLines(m, progress),
        'copies are attached and checked, and go-live is asked for',
      )
    case 'live':
      return rangeText(progress, deferredLines(m, progress), `${followers(m)} opens`)
    default:
      return null
  }
}

/** Whether it says a latest time, before go-live: each snapshot that people wait for has an upper bound. */
export function hasLatestEnd(m: Migration, progress: Progress): boolean {
  const lines = m.phase === 'seeding' ? progress.lines : requiredLines(m, progress)
  return lines.every(({ isCopying, left }) => !isCopying || (left !== null && left.mostMs !== null))
}

function requiredLines(m: Migration, { lines }: Progress): Line[] {
  return lines.filter(({ service }) => {
    const named = serviceNamed(m, service)
    return named !== null && !isDeferred(m, named)
  })
}

function deferredLines(m: Migration, { lines }: Progress): Line[] {
  const names = waitingNames(m)
  return lines.filter(({ service }) => names.includes(service))
}

function waitingNames(m: Migration): string[] {
  const waiting = m.plan.services.filter(
    (service) => isDeferred(m, service) && !isReturned(m, service.name) && !isOpen(m, service.name),
  )
  return waiting.map(({ name }) => name)
}

function followers(m: Migration): string {
  return listed(waitingNames(m), NAMED_MAX) || 'The rest'
}

const MINUTE_MS = 60_000

/** When the last of the snapshots that are being made is complete, and what comes `then`. */
function rangeText({ atMs }: Progress, lines: readonly Line[], then: string): string | null {
  const copying = lines.filter(({ isCopying }) => isCopying)
  const known = copying.flatMap(({ left }) => left ?? [])
  const asOf = `as of ${timeOfDay(atMs)} UTC`
  if (copying.length === 0) return null
  const left = slowestOf(known)
  if (!left) return `When it is over is not known yet: EC2 reports no percent (${asOf}).`
  const { leastMs, mostMs, basis, atRateMs } = left
  if (mostMs === null || known.length < copying.length) {
    const leastAtMs = roundedDown(atMs + Math.max(...known.map(surelyMs)))
    const atRate = `at the rates so far not before ${timeBeside(roundedDown(atMs + atRateMs), atMs)}`
    return `Copied not before ${timeBeside(leastAtMs, atMs)}, ${atRate} (${asOf}); then ${then}.`
  }
  const leastAtMs = roundedDown(atMs + leastMs)
  const mostAtMs = Math.ceil((atMs + mostMs) / MINUTE_MS) * MINUTE_MS
  const from = day(leastAtMs) === day(mostAtMs) ? timeOfDay(leastAtMs) : timeBeside(leastAtMs, atMs)
  return `Copied at ${from} to ${timeBeside(mostAtMs, atMs)}${BASES[basis]} (${asOf}); then ${then}.`
}

/** What is left at least: the lower end of a range is likely, and no more. */
function surelyMs({ leastMs, mostMs, atRateMs }: Remaining): number {
  return mostMs === null ? leastMs : Math.min(leastMs, atRateMs)
}

const BASES: Readonly<Record<Basis, string>> = {
  size: ', a wide range since little is known of the rates yet',
  percents: ' by the percents so far',
  seeds: ' by earlier snapshots',
}

function roundedDown(ms: number): number {
  return Math.floor(ms / MINUTE_MS) * MINUTE_MS
}
