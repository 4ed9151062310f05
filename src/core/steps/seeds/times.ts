// When a snapshot ahead may begin. It reads what its volume's customers read, and of some types EC2 makes one snapshot at a time and refuses the
// next: so a seed keeps out of the hours in which people work on hard disks, and out of the way of backups that others take. None of this
// makes an outage longer than it would be without seeds, and none of it waits without an end.

import { attemptOf, latest } from '../../journal/state.ts'
import { effectId, type SnapshotEffect } from '../../model/effects.ts'
import type { DueSnapshot, Facts } from '../../model/facts.ts'
import type { Migration } from '../../model/migration.ts'
import { isSnapshotMove, nameOf } from '../../model/moves.ts'
import type { SnapshotMove } from '../../model/plan.ts'
import { isWithin, nextBeginMs } from '../../model/rules.ts'
import { ofMove } from '../../model/subjects.ts'
import { nextGeneration } from '../generations.ts'
import { type SeedHold, seedWait, type Wait } from '../waits.ts'
import { isHardDisk, isSeedSettled, lastSeedMs, seedEffect, seedsOf } from './rounds.ts'

/** Seeds that are taken of volumes of one instance at once. AWS names no figure; a server of many volumes must not be read from all at once. */
const AT_ONCE_MAX = 4
/** MiB/s at which a volume counts as read that no seed has measured: the least of the 25 to 100 that people reckon with. */
const UNKNOWN_MIBPS = 25
/** How long before a backup of others no seed of a solid-state volume begins, in ms: one after the first takes minutes, and EC2 makes several at once. */
const NEAR_MS = 15 * 60_000
/** How far ahead backups of others are looked for, in ms: one a day leaves that much time behind it. */
export const DUE_WITHIN_MS = 12 * 3_600_000
/** For so many ms seeds of solid-state volumes are held up by backups of others; who takes one every hour would hold them up for ever. */
const PATIENCE_MS = 2 * 3_600_000
/** Who has the whole day waits for so long, in ms: the seeds of the next day begin only behind the end of these. */
const DAY_MS = 22 * 3_600_000

type Now = { readonly facts: Facts; readonly nowMs: number }

/** By the id of the move, what keeps the seeds of these moves that are not intended yet; those that are missing may begin. */
export function seedHolds(m: Migration, moves: readonly SnapshotMove[], now: Now): ReadonlyMap<string, SeedHold> {
  const holds = new Map<string, SeedHold>()
  const running = new Map<string, number>()
  const openIn = ({ instance }: SnapshotMove['volume']): number => running.get(instance) ?? 0
  const count = ({ volume }: SnapshotMove): unknown => running.set(volume.instance, openIn(volume) + 1)
  const open = moves.filter((move) => !isSeedSettled(m, seedEffect(m, move)))
  const isIntended = (move: SnapshotMove): boolean => m.effects.has(effectId(seedEffect(m, move)))
  for (const move of open.filter(isIntended)) count(move)
  for (const move of open.filter((each) => !isIntended(each))) {
    const held = holdOf(m, move, { ...now, sinceMs: heldSinceMs(m, move) })
    const hold = held ?? (openIn(move.volume) >= AT_ONCE_MAX ? { why: 'instance' as const } : null)
    if (hold) holds.set(move.id, hold)
    else count(move)
  }
  return holds
}

/** `sinceMs`: since when the seed is held up. */
function holdOf(
  m: Migration,
  move: SnapshotMove,
  { facts, nowMs, sinceMs }: Now & { sinceMs: number },
): SeedHold | null {
  const { quietHours } = m.rules
  const isSlow = isHardDisk(move.volume)
  if (isSlow && m.asking?.gate === 'freeze') return { why: 'asked' }
  if (isTooLate(m, move, nowMs)) return { why: 'window' }
  if (isSlow && quietHours && !isWithin(quietHours, nowMs)) {
    return { why: 'quietHours', untilMs: nextBeginMs(quietHours, nowMs) }
  }
  if (facts.due === undefined) return { why: 'look' }
  if (!isSlow && nowMs - sinceMs >= PATIENCE_MS) return null
  const theirs = facts.others.find(({ volumeId }) => volumeId === move.volume.id)
  if (theirs) return { why: 'theirs', snapshot: theirs.id, sinceMs: theirs.startedAtMs }
  const next = nextDue(facts.due ?? [], move, nowMs)
  const clearMs = isSlow ? Math.min(DUE_WITHIN_MS, expectedMs(m, move)) : NEAR_MS
  return next !== null && next - nowMs < clearMs ? { why: 'due', atMs: next } : null
}

/**
 * Whether another seed would still be pending when the outage may be asked for, and the final snapshot behind it. What the first one copies is
 * not lost, so that is taken however long it lasts, and waited for.
 */
function isTooLate(m: Migration, move: SnapshotMove, nowMs: number): boolean {
  const { windowMs } = m
  return windowMs !== null && nowMs < windowMs && seedsOf(m, move).length > 0 && nowMs + expectedMs(m, move) > windowMs
}

/** Before the window each volume is seeded once more, so early that the seed may take so many times as long as its last one, and so many ms more. */
const LAST_ROUND = { times: 1.5, moreMs: 5 * 60_000 } as const

/** The last seeds before the window, of these moves: what was written since earlier ones is not copied within the outage. */
export function lastSeeds(m: Migration, moves: readonly SnapshotMove[], now: Now): SnapshotEffect[] {
  const { windowMs } = m
  if (windowMs === null || now.nowMs >= windowMs) return []
  return moves.flatMap((move) => {
    const dueMs = windowMs - expectedMs(m, move) * LAST_ROUND.times - LAST_ROUND.moreMs
    return now.nowMs < dueMs ? [] : seedAgain(m, move, dueMs, now)
  })
}

/** A seed that is no older than this many ms, or than three take, is as good as another one. */
const AGED_MS = 15 * 60_000

/** Seeds once more of what these services, by name, move, where the last ones are so old that most of an outage would copy what was written since. */
export function agedSeeds(m: Migration, services: readonly string[], now: Now): SnapshotEffect[] {
  if (!m.seeds) return []
  const moves = m.plan.moves.filter(isSnapshotMove).filter(({ service }) => services.includes(service))
  return moves.flatMap((move) => seedAgain(m, move, now.nowMs - Math.max(AGED_MS, 3 * expectedMs(m, move)), now))
}

/** Another seed where the last one is over, was begun before `sinceMs`, and nothing holds another one up. Hard disks are seeded once. */
function seedAgain(m: Migration, move: SnapshotMove, sinceMs: number, now: Now): SnapshotEffect[] {
  const last = seedsOf(m, move).at(-1)
  if (!last || isHardDisk(move.volume) || !isSeedSettled(m, seedEffect(m, move))) return []
  const isAged = (attemptOf(last)?.atMs ?? now.nowMs) < sinceMs
  return isAged && holdOf(m, move, { ...now, sinceMs: now.nowMs }) === null ? [nextGeneration(seedEffect(m, move))] : []
}

/** Since when the seed could be taken: the last one is complete, or seeds are taken at all. */
function heldSinceMs(m: Migration, move: SnapshotMove): number {
  return Math.max(m.beganAtMs ?? 0, latest(m, ofMove(move.id), 'seed')?.achievedAtMs ?? 0)
}

function nextDue(due: readonly DueSnapshot[], { volume }: SnapshotMove, nowMs: number): number | null {
  const ahead = due.filter(({ volumeId, atMs }) => volumeId === volume.id && atMs >= nowMs).map(({ atMs }) => atMs)
  return ahead.length > 0 ? Math.min(...ahead) : null
}

/** How long the next seed takes, in ms: as long as the last one, or else as if the whole volume was read slowly. */
function expectedMs(m: Migration, move: SnapshotMove): number {
  const { id, sizeGib } = move.volume
  const before = m.earlier[id]?.rounds.at(-1)
  return lastSeedMs(m, move) ?? (before ? before.seconds * 1_000 : (sizeGib * 1_024 * 1_000) / UNKNOWN_MIBPS)
}

/**
 * Whether the seed is not waited for: hours that people chose, or a backup that a hard disk cannot share its time with, may be far away. The
 * seeds of a day, and a rehearsal, have the whole day.
 */
export function isForgone(m: Migration, move: SnapshotMove, hold: SeedHold | undefined, nowMs: number): boolean {
  if (!hold) return false
  if (m.purpose !== 'move') return nowMs - (m.beganAtMs ?? nowMs) >= DAY_MS
  return (
    hold.why === 'asked' ||
    hold.why === 'window' ||
    hold.why === 'quietHours' ||
    (hold.why === 'due' && isHardDisk(move.volume))
  )
}

/** What is told in other words, or is no wait at all: the outage may begin, or comes first. */
const UNTOLD: readonly SeedHold['why'][] = ['look', 'asked', 'window']

/** What seeds of these moves wait for; nothing where the outage may begin at any moment, for which they are not waited for. */
export function holdWaits(moves: readonly SnapshotMove[], holds: ReadonlyMap<string, SeedHold>): Wait[] {
  const held = moves.flatMap((move) => {
    const hold = holds.get(move.id)
    return hold && !UNTOLD.includes(hold.why) ? [seedWait(nameOf(move), hold)] : []
  })
  const isUnseen = moves.some(({ id }) => holds.get(id)?.why === 'look')
  return isUnseen ? [{ on: 'look', what: 'the snapshots that others take' }, ...held] : held
}

/** Ids of the volumes of which seeds are still to be taken: backups that others take of them are looked for. */
export function volumesToSeed(m: Migration): string[] {
  if (m.phase !== 'seeding' || !m.seeds) return []
  const moves = m.plan.moves.filter(isSnapshotMove).filter((move) => !isSeedSettled(m, seedEffect(m, move)))
  return moves.map(({ volume }) => volume.id)
}
