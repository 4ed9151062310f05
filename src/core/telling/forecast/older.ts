// What snapshots wait for: EC2 completes those of a volume in the order in which they began. So what a backup has begun when an outage
// begins is part of the outage, and is told before anybody stops a write.

import { isDeferred } from '../../journal/services.ts'
import type { Facts, SeenSnapshot } from '../../model/facts.ts'
import type { Migration } from '../../model/migration.ts'
import { isSnapshotMove, nameOf } from '../../model/moves.ts'
import type { SnapshotMove } from '../../model/plan.ts'
import { counted, timeBeside, timeOfDay } from '../../model/text.ts'
import { behind, type Course, remaining, slowestOf, type Tick, usualMs } from '../estimate.ts'
import { etaWords, type Remaining } from '../eta.ts'
import { causeOf, olderOf, setOf } from '../stalls/stall.ts'

/** What was seen of snapshots: now, and before, by the id of each. */
export type Seen = { readonly facts: Facts; readonly ticks: Readonly<Record<string, readonly Tick[]>> }

/** A snapshot of a set may be of another volume than that of the move. */
export function courseFor(snapshot: SeenSnapshot, { volume }: SnapshotMove, { facts, ticks }: Seen): Course {
  const { id, volumeId, percent, startedAtMs } = snapshot
  const expectedMs = usualMs(facts.volumes.get(volumeId)?.sizeGib ?? volume.sizeGib)
  return { percent: percent ?? 0, elapsedMs: facts.beganAtMs - startedAtMs, ticks: ticks[id] ?? [], expectedMs }
}

/** What is left of a snapshot of the move's volume behind those `older` ones; of its `own`, null while nothing can be said. */
export function leftBehind(
  older: readonly SeenSnapshot[],
  own: Remaining | null,
  { move, seen }: { readonly move: SnapshotMove; readonly seen: Seen },
): Remaining | null {
  return older.reduce<Remaining | null>((left, one) => {
    const together = togetherLeft(one, move, seen)
    return together ? behind(together, left) : withoutEnd(left)
  }, own)
}

/** Snapshots of a set are complete when the slowest is; null while nothing is known of one of them. */
function togetherLeft(snapshot: SeenSnapshot, move: SnapshotMove, seen: Seen): Remaining | null {
  const all = setOf(snapshot, seen.facts)
  const known = all.flatMap((one) => remaining(courseFor(one, move, seen)) ?? [])
  return known.length === all.length ? slowestOf(known) : null
}

/** Behind what nothing is known of. */
function withoutEnd(left: Remaining | null): Remaining | null {
  return left && { ...left, mostMs: null }
}

/** As of a final snapshot that has not begun: all that are pending are older. */
const TO_COME = { startedAtMs: Number.POSITIVE_INFINITY }

/** The pending snapshots of the volume that a final one would wait for if it began now, the oldest first. */
export function pendingBefore(move: SnapshotMove, facts: Facts): SeenSnapshot[] {
  return olderOf(TO_COME, move, facts)
}

/** What a line begins with that names what a final snapshot would wait for. */
const WAITS = 'Caution, '
/** Volumes that such lines name, those first that are waited for the longest. */
const NAMED_MAX = 10

/** Ids of all older snapshots for which final ones of these services would wait, of those without which nothing goes live. */
export function waitedFor(m: Migration, services: readonly string[], facts: Facts): string[] {
  const pending = movesHeld(m, services).flatMap((move) => pendingBefore(move, facts))
  return [...new Set(pending.map(({ id }) => id))].sort()
}

function movesHeld(m: Migration, services: readonly string[]): SnapshotMove[] {
  const held = m.plan.services.filter((service) => services.includes(service.name) && !isDeferred(m, service))
  const names = new Set(held.map(({ name }) => name))
  return m.plan.moves.filter(isSnapshotMove).filter(({ service }) => names.has(service))
}

/**
 * Lines beside the question that begins the outage, as of the look, for each volume of these services without which nothing goes live: what
 * its final snapshot would wait for. Empty where there is nothing.
 */
export function waitingLines(m: Migration, services: readonly string[], facts: Facts): string[] {
  const waiting = movesHeld(m, services)
    .flatMap((move) => waitOf(move, facts))
    .toSorted((a, b) => b.mostMs - a.mostMs)
  const more = waiting.length - NAMED_MAX
  return [
    ...waiting.slice(0, NAMED_MAX).map(({ line }) => line),
    ...(more > 0 ? [`${WAITS}likewise: ${counted(more, 'more volume')}, not named here.`] : []),
  ]
}

/** Whether the evidence of a question has such lines. */
export function tellsWaiting(evidence: readonly string[]): boolean {
  return evidence.some((line) => line.startsWith(WAITS))
}

function waitOf(move: SnapshotMove, facts: Facts): { readonly line: string; readonly mostMs: number }[] {
  const pending = pendingBefore(move, facts)
  const last = pending.at(-1)
  if (!last) return []
  const { beganAtMs } = facts
  const seen = { facts, ticks: {} }
  const before = pending.slice(0, -1)
  const left = leftBehind(before, togetherLeft(last, move, seen), { move, seen })
  const begun = `begun at ${timeBeside(last.startedAtMs, beganAtMs)}`
  const percent = last.percent === null ? 'without a percent' : `at ${last.percent}%`
  const set = causeOf(TO_COME, move, facts)?.isOfSet ? ', where it waits for the rest of its set' : ''
  const others = before.length > 0 ? `, and for ${counted(before.length, 'older one')}` : ''
  const end = left ? etaWords(left) : 'when it is complete is not known'
  const line = `${WAITS}${nameOf(move)}: the final snapshot waits for ${last.id}, ${begun} and ${percent} as of ${timeOfDay(beganAtMs)} UTC${set}${others}: ${end}.`
  return [{ line, mostMs: left?.mostMs ?? Number.MAX_VALUE }]
}
