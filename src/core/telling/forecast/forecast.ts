// How long an outage would last if it began now: from what seeds have measured, and what has changed since. It is told before anybody stops
// a write, and held against what came true.

import { isDeferred, movesOf } from '../../journal/services.ts'
import type { Facts } from '../../model/facts.ts'
import type { Forecast, Migration } from '../../model/migration.ts'
import { isSnapshotMove } from '../../model/moves.ts'
import type { SnapshotMove } from '../../model/plan.ts'
import { dayTime, listed, timeOfDay } from '../../model/text.ts'
import { type Remaining, spellLeast, spellMost } from '../eta.ts'
import { measuredAhead, measuredBefore, measuredOf } from './deltas.ts'
import { leftBehind, pendingBefore } from './older.ts'
import { type Measured, remainingBySeeds } from './seeded.ts'

/**
 * What comes before and after the final snapshot of a service, in ms: its writes stop, its copies are made (1.5 s, seldom 4), attached (1 to
 * 4 s) and checked, and it opens. Nobody has measured how long hosts take: seconds for most, minutes for a file system that is checked.
 */
const AROUND_MS = { least: 15_000, most: 210_000 }
/** The same where a rehearsal has measured the copy: it may take so many times as long, beside a busy EC2; and stopping and opening so many ms. */
const REHEARSED = { times: 2, stopsAndOpensMs: 120_000 } as const

/**
 * The forecast for these services, by name, of which the deferred ones hold up nothing; null where some volume was not measured by three
 * seeds: then nobody knows. Final snapshots wait for those that the facts show to be pending. `nowMs` is in ms since 1970.
 */
export function forecastOf(
  m: Migration,
  services: readonly string[],
  { facts, nowMs }: { readonly facts: Facts; readonly nowMs: number },
): Forecast | null {
  return forecastBy(m, services, (move) => finalBehind(move, finalOf(measuredOf(m, move, nowMs)), facts))
}

/** The same without what others have begun: that ends by itself, and is no reason to take a question back that people read. */
export function forecastAlone(m: Migration, services: readonly string[], nowMs: number): Forecast | null {
  return forecastBy(m, services, (move) => finalOf(measuredOf(m, move, nowMs)))
}

/**
 * The same for an outage that begins some day, a few minutes after one more snapshot of each volume: by what was measured before. Null where
 * some volume was not measured by three seeds.
 */
export function forecastAhead(m: Migration): Forecast | null {
  const names = m.plan.services.map(({ name }) => name)
  return forecastBy(m, names, (move) => finalOf(measuredAhead(m, move)))
}

/** How long the first seed of a migration was to take, by what was measured before it; null where nobody knew. */
export function seedForecast(m: Migration, move: SnapshotMove): Remaining | null {
  return finalOf(measuredBefore(m, move))?.left ?? null
}

/** A final snapshot to come: how long it takes, how much it copies, and the id of the one for which it waits; null: for none. */
type Final = { readonly left: Remaining; readonly gib: number; readonly waitsFor: string | null }

function forecastBy(
  m: Migration,
  services: readonly string[],
  finalFor: (move: SnapshotMove) => Final | null,
): Forecast | null {
  const held = m.plan.services.filter((service) => services.includes(service.name) && !isDeferred(m, service))
  const all = held.flatMap(({ name }) => movesOf(m, name))
  const moves = all.filter(isSnapshotMove)
  const finals = moves.flatMap((move) => {
    const final = finalFor(move)
    return final ? [{ ...final, aroundMs: aroundMs(m, move) }] : []
  })
  if (held.length === 0 || finals.length < moves.length) return null
  const endless = finals.filter(({ left }) => left.mostMs === null)
  const behind = (endless.length > 0 ? endless : finals).flatMap(({ waitsFor }) => waitsFor ?? [])
  // Volumes are copied beside each other, so the slowest counts. What has no copy of ours is promoted, stops and opens all the same.
  const leastMs = Math.max(0, ...finals.map(({ left }) => left.leastMs))
  const isRehearsed = finals.length > 0 && moves.every(({ volume }) => m.rehearsed[volume.id] !== undefined)
  const least = isRehearsed && moves.length === all.length ? 0 : AROUND_MS.most
  const mostMs = Math.max(least, ...finals.map(({ left, aroundMs: around }) => (left.mostMs ?? 0) + around))
  return {
    leastMs: leastMs + AROUND_MS.least,
    mostMs: endless.length > 0 ? null : mostMs,
    gib: finals.reduce((sum, { gib }) => sum + gib, 0),
    ...(behind.length > 0 ? { behind } : {}),
    ...(isRehearsed ? { isRehearsed } : {}),
  }
}

function aroundMs({ rehearsed }: Migration, { volume }: SnapshotMove): number {
  const ms = rehearsed[volume.id]
  return ms === undefined ? AROUND_MS.most : ms * REHEARSED.times + REHEARSED.stopsAndOpensMs
}

function finalOf(measured: Measured | null): Final | null {
  const left = measured && remainingBySeeds({ percent: 0, elapsedMs: 0, ticks: [], expectedMs: 0 }, measured)
  if (left?.basis !== 'seeds' || left.mostMs === null) return null
  return { left, gib: measured?.forecastGib ?? 0, waitsFor: null }
}

/** Percents that were seen at earlier looks would make the range narrower; without them it holds as well. */
function finalBehind(move: SnapshotMove, final: Final | null, facts: Facts): Final | null {
  const pending = pendingBefore(move, facts)
  const left = leftBehind(pending, final?.left ?? null, { move, seen: { facts, ticks: {} } })
  return final && left && { ...final, left, waitsFor: pending.at(-1)?.id ?? null }
}

/** Ids that the forecast names. */
const NAMED_MAX = 3

/**
 * "Begun at 09:12 UTC, the outage lasts 3 min to 6 min without waits for people, forecast from the snapshots taken ahead: about 2.4 GiB have
 * changed since." Behind it stands what final snapshots wait for. `atMs` is the time of the forecast.
 */
export function forecastText(forecast: Forecast, atMs: number): string {
  const { gib } = forecast
  const changed = gib < 0.1 ? 'less than 0.1 GiB has' : `about ${gib.toFixed(1)} GiB have`
  return `Begun at ${timeOfDay(atMs)} UTC, the outage lasts ${rangeOf(forecast)} without waits for people, forecast from ${basisOf(forecast)}: ${changed} changed since.${waitText(forecast)}`
}

function basisOf({ isRehearsed }: Forecast): string {
  return isRehearsed ? 'the snapshots taken ahead and what a rehearsal took' : 'the snapshots taken ahead'
}

function rangeOf({ leastMs, mostMs }: Forecast): string {
  return mostMs === null ? `at least ${spellLeast(leastMs)}` : `${spellLeast(leastMs)} to ${spellMost(mostMs)}`
}

function waitText({ mostMs, behind = [] }: Forecast): string {
  if (behind.length === 0) return ''
  const names = listed(behind, NAMED_MAX)
  return mostMs === null
    ? ` How much longer is not known, because of ${names}: final snapshots wait for what began before them.`
    : ` It includes the wait of final snapshots for ${names}, begun before them.`
}

/** That of an outage that nobody has asked for yet: "Snapshots are taken ahead once more first; then the outage lasts 2 min to 6 min ..." */
export function forecastAheadText(forecast: Forecast, nowMs: number): string {
  return `Once snapshots were taken ahead once more, the outage lasts ${rangeOf(forecast)} without waits for people: forecast from what earlier ones ${forecast.isRehearsed ? 'and a rehearsal ' : ''}measured (as of ${dayTime(nowMs)}).`
}
