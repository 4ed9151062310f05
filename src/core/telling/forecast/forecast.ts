// How long an outage would last if it began now: from what seeds have measured, and what has changed since. It is told before anybody stops
// a write, and held against what came true.

import { isDeferred, movesOf } from '../../journal/services.ts'
import type { Forecast, Migration } from '../../model/migration.ts'
import { isSnapshotMove } from '../../model/moves.ts'
import type { Service, SnapshotMove } from '../../model/plan.ts'
import { dayTime, timeOfDay } from '../../model/text.ts'
import { spellLeast, spellMost } from '../eta.ts'
import { measuredAhead, measuredOf } from './deltas.ts'
import { type Measured, remainingBySeeds } from './seeded.ts'

/**
 * What comes before and after the final snapshot of a service, in ms: its writes stop, its copies are made (1.5 s, seldom 4), attached (1 to
 * 4 s) and checked, and it opens. Nobody has measured how long hosts take: seconds for most, minutes for a file system that is checked.
 */
const AROUND_MS = { least: 15_000, most: 210_000 }

/**
 * The forecast for these services, by name, of which the deferred ones hold up nothing; null where some volume was not measured by three
 * seeds: then nobody knows. `nowMs` is in ms since 1970.
 */
export function forecastOf(m: Migration, services: readonly string[], nowMs: number): Forecast | null {
  return forecastBy(m, services, (move) => measuredOf(m, move, nowMs))
}

/**
 * The same for an outage that begins some day, a few minutes after one more snapshot of each volume: by what was measured before. Null where
 * some volume was not measured by three seeds.
 */
export function forecastAhead(m: Migration): Forecast | null {
  const names = m.plan.services.map(({ name }) => name)
  return forecastBy(m, names, (move) => measuredAhead(m, move))
}

type Measuring = (move: SnapshotMove) => Measured | null

function forecastBy(m: Migration, services: readonly string[], measure: Measuring): Forecast | null {
  const held = m.plan.services.filter((service) => services.includes(service.name) && !isDeferred(m, service))
  const each = held.map((service) => ofService(m, service, measure))
  const known = each.flatMap((one) => one ?? [])
  if (known.length === 0 || known.length < each.length) return null
  return {
    // Services are copied beside each other, so the slowest counts.
    leastMs: Math.max(...known.map(({ leastMs }) => leastMs)),
    mostMs: Math.max(...known.map(({ mostMs }) => mostMs)),
    gib: known.reduce((sum, { gib }) => sum + gib, 0),
  }
}

function ofService(m: Migration, { name }: Service, measure: Measuring): Forecast | null {
  let [leastMs, mostMs, gib] = [0, 0, 0]
  for (const move of movesOf(m, name).filter(isSnapshotMove)) {
    const measured = measure(move)
    if (measured === null) return null
    const left = remainingBySeeds({ percent: 0, elapsedMs: 0, ticks: [], expectedMs: 0 }, measured)
    if (left?.basis !== 'seeds' || left.mostMs === null) return null
    leastMs = Math.max(leastMs, left.leastMs)
    mostMs = Math.max(mostMs, left.mostMs)
    gib += measured.forecastGib
  }
  return { leastMs: leastMs + AROUND_MS.least, mostMs: mostMs + AROUND_MS.most, gib }
}

/**
 * "Begun at 09:12 UTC, the outage lasts 3 min to 6 min without waits for people, forecast from the snapshots taken ahead: about 2.4 GiB have
 * changed since." `atMs` is the time of the forecast.
 */
export function forecastText({ leastMs, mostMs, gib }: Forecast, atMs: number): string {
  const changed = gib < 0.1 ? 'less than 0.1 GiB has' : `about ${gib.toFixed(1)} GiB have`
  return `Begun at ${timeOfDay(atMs)} UTC, the outage lasts ${spellLeast(leastMs)} to ${spellMost(mostMs)} without waits for people, forecast from the snapshots taken ahead: ${changed} changed since.`
}

/** That of an outage that nobody has asked for yet: "Snapshots are taken ahead once more first; then the outage lasts 2 min to 6 min ..." */
export function forecastAheadText({ leastMs, mostMs }: Forecast, nowMs: number): string {
  return `Once snapshots were taken ahead once more, the outage lasts ${spellLeast(leastMs)} to ${spellMost(mostMs)} without waits for people: forecast from what earlier ones measured (as of ${dayTime(nowMs)}).`
}
