// When a snapshot ahead may begin. It reads what its volume's customers read, and of some types EC2 makes one snapshot at a time and refuses the
// next: so a seed keeps out of the hours in which people work on hard disks, and out of the way of backups that others take. None of this
// makes an outage longer than it would be without seeds, and none of it waits without an end.

import { isDeferred, serviceNamed } from '../../journal/services.ts'
import { latest } from '../../journal/state.ts'
import { type Effect, type EffectState, effectId, type SnapshotEffect } from '../../model/effects.ts'
import type { DueSnapshot, Facts, SeenSnapshot } from '../../model/facts.ts'
import type { Migration } from '../../model/migration.ts'
import { isGone, isSnapshotMove, moveOf, nameOf } from '../../model/moves.ts'
import { once } from '../../model/once.ts'
import type { SnapshotMove } from '../../model/plan.ts'
import { isWithin, nextBeginMs } from '../../model/rules.ts'
import { ofMove } from '../../model/subjects.ts'
import { nextGeneration } from '../generations.ts'
import { type SeedHold, seedWait, type Wait } from '../waits.ts'
import { beganAtMs, isHardDisk, isSeedSettled, lastSeedMs, seedEffect, seedsOf } from './rounds.ts'

/**
 * Seeds that are taken at once of volumes of one instance that the outage waits for, and as many of those that can wait. AWS names no figure; a
 * server of many volumes must not be read from all at once.
 */
const AT_ONCE_MAX = 4
/** MiB/s at which a volume counts as read that no seed has measured: the least of the 25 to 100 that people reckon with. */
const UNKNOWN_MIBPS = 25
/** The share of the first seed's time that the second one is expected to take: the first holds everything. */
const SECOND_SHARE = 0.5
/** How long before a backup of others no seed of a solid-state volume begins, in ms: one after the first takes minutes, and EC2 makes several at once. */
const NEAR_MS = 15 * 60_000
/** How far ahead backups of others are looked for, in ms: one a day leaves that much time behind it. */
export const DUE_WITHIN_MS = 12 * 3_600_000
/** A seed of a solid-state volume waits so many ms for one backup of others, and so many for all: who takes one every hour would hold it up for ever. */
const PATIENCE_MS = { one: 2 * 3_600_000, all: 6 * 3_600_000 } as const
/** Who has the whole day waits for so long, in ms: the seeds of the next day begin only behind the end of these. */
const DAY_MS = 22 * 3_600_000

type Now = { readonly facts: Facts; readonly nowMs: number }

/** By the id of the move, what keeps the seeds of these moves that are not called yet; those that are missing may begin, or are under way. */
export function seedHolds(m: Migration, moves: readonly SnapshotMove[], now: Now): ReadonlyMap<string, SeedHold> {
  return holdsWithin(m, moves, { ...now, places: placesOf(m, moves) })
}

type Places = { readonly take: (move: SnapshotMove) => boolean }

/** Those that may begin take their places. */
function holdsWithin(
  m: Migration,
  moves: readonly SnapshotMove[],
  { places, ...now }: Now & { readonly places: Places },
): ReadonlyMap<string, SeedHold> {
  const holds = new Map<string, SeedHold>()
  for (const move of moves) {
    const effect = seedEffect(m, move)
    const state = m.effects.get(effectId(effect))
    if (isSeedSettled(m, effect) || !isUncalled(state)) continue
    const isLate = seedsOf(m, move).length > 0 || isHardDisk(move.volume)
    const held =
      isLate && isTooLate(m, move, now.nowMs)
        ? { why: 'window' as const }
        : holdOf(m, move, { ...now, sinceMs: seedableSinceMs(m, move) })
    const hold = held ?? (state === undefined && !places.take(move) ? { why: 'instance' as const } : null)
    if (hold) holds.set(move.id, hold)
  }
  return holds
}

/** Whether a seed that is intended must not be called now after all: hours have passed since, or the outage may begin at any moment. */
export function isSeedHeld(m: Migration, effect: Effect, now: Now): boolean {
  const move = effect.step === 'seed' ? moveOf(m, effect.subject) : null
  if (!move || !isSnapshotMove(move) || !isUncalled(m.effects.get(effectId(effect)))) return false
  const hold = holdOf(m, move, { ...now, sinceMs: seedableSinceMs(m, move) })
  return hold !== null && !(m.purpose === 'rehearsal' && isForgone(m, move, hold, now.nowMs))
}

function isUncalled(state: EffectState | undefined): boolean {
  return state === undefined || (state.status === 'intended' && state.attempts.length === 0)
}

/** What may still be begun of each instance; `take` says whether there was room, and takes it. */
function placesOf(m: Migration, moves: readonly SnapshotMove[]): Places {
  const taken = new Map<string, number>()
  const placeOf = ({ service: name, volume }: SnapshotMove): string => {
    const service = serviceNamed(m, name)
    return `${volume.instance} ${service !== null && isDeferred(m, service)}`
  }
  const take = (move: SnapshotMove): boolean => {
    const place = placeOf(move)
    const open = taken.get(place) ?? 0
    if (open < AT_ONCE_MAX) taken.set(place, open + 1)
    return open < AT_ONCE_MAX
  }
  for (const move of moves) {
    const status = latest(m, ofMove(move.id), 'seed')?.status
    if (status === 'intended' || status === 'issued' || status === 'started') take(move)
  }
  return { take }
}

/** What keeps a seed that could be taken since `sinceMs`; null where nothing does. */
function holdOf(
  m: Migration,
  move: SnapshotMove,
  { facts, nowMs, sinceMs }: Now & { sinceMs: number },
): SeedHold | null {
  const { quietHours } = m.rules
  const isSlow = isHardDisk(move.volume)
  if (isSlow && mayBeginAnyMoment(m)) return { why: 'asked' }
  if (isSlow && quietHours && !isWithin(quietHours, nowMs)) {
    return { why: 'quietHours', untilMs: nextBeginMs(quietHours, nowMs) }
  }
  if (facts.due === undefined) return { why: 'look' }
  if (!isSlow && nowMs - sinceMs >= PATIENCE_MS.all) return null
  const theirs = pendingOf(facts).get(move.volume.id)
  if (theirs && (isSlow || nowMs - theirs.startedAtMs < PATIENCE_MS.one)) {
    return { why: 'theirs', snapshot: theirs.id, sinceMs: theirs.startedAtMs }
  }
  const next = dueOf(facts)
    .get(move.volume.id)
    ?.find((atMs) => atMs >= nowMs)
  const clearMs = isSlow ? Math.min(DUE_WITHIN_MS, expectedMs(m, move)) : NEAR_MS
  return next !== undefined && next - nowMs < clearMs ? { why: 'due', atMs: next } : null
}

/** Once the outage was asked for, a hard disk's seed of hours would only stand before its final snapshot. */
function mayBeginAnyMoment({ purpose, phase, freezeAskedMs }: Migration): boolean {
  return purpose === 'move' && (phase !== 'seeding' || freezeAskedMs !== null)
}

const pendingOf = once((facts: Facts): ReadonlyMap<string, SeenSnapshot> => {
  // Of several the one that began first is named: it ends first.
  return new Map(facts.others.map((one): [string, SeenSnapshot] => [one.volumeId, one]).reverse())
})

/** By the id of the volume, times in their order. */
const dueOf = once((facts: Facts): ReadonlyMap<string, readonly number[]> => {
  const all = new Map<string, number[]>()
  const inOrder = [...(facts.due ?? [])].sort((a: DueSnapshot, b: DueSnapshot) => a.atMs - b.atMs)
  for (const { volumeId, atMs } of inOrder) {
    const times = all.get(volumeId)
    if (times) times.push(atMs)
    else all.set(volumeId, [atMs])
  }
  return all
})

/** Since when the seed could be taken: the last one is complete, or seeds are taken at all. */
function seedableSinceMs(m: Migration, move: SnapshotMove): number {
  return Math.max(m.beganAtMs ?? 0, latest(m, ofMove(move.id), 'seed')?.achievedAtMs ?? 0)
}

/** How long the next seed takes, in ms: about as long as the last one, or else as if the whole volume was read slowly. */
function expectedMs(m: Migration, move: SnapshotMove): number {
  const { id, sizeGib } = move.volume
  const before = m.earlier[id]?.rounds.at(-1)
  const last = lastSeedMs(m, move)
  const isFirst = !before && seedsOf(m, move).length === 1
  if (last !== null) return isFirst ? last * SECOND_SHARE : last
  return before ? before.seconds * 1_000 : (sizeGib * 1_024 * 1_000) / UNKNOWN_MIBPS
}

/**
 * Whether a seed that begins now would still be pending when the outage may be asked for, and the final snapshot behind it. What the first one
 * of a solid-state volume copies is not lost, so that one is taken however long it lasts, and waited for.
 */
function isTooLate(m: Migration, move: SnapshotMove, nowMs: number): boolean {
  return m.windowMs !== null && nowMs + expectedMs(m, move) > m.windowMs
}

/** Before the window each volume is seeded once more, so early that the seed may take so many times as long as its last one, and so many ms more. */
const LAST_ROUND = { times: 1.5, moreMs: 5 * 60_000 } as const

/**
 * The last seeds before the window, of these moves: what was written since earlier ones is not copied within the outage. What begins now anyway
 * comes first.
 */
export function lastSeeds(m: Migration, moves: readonly SnapshotMove[], now: Now): SnapshotEffect[] {
  const { windowMs } = m
  if (windowMs === null || now.nowMs >= windowMs) return []
  const places = placesOf(m, moves)
  const holds = holdsWithin(m, moves, { ...now, places })
  const isOver = (move: SnapshotMove): boolean => holds.has(move.id) || isSeedSettled(m, seedEffect(m, move))
  const dueMs = (move: SnapshotMove) => windowMs - expectedMs(m, move) * LAST_ROUND.times - LAST_ROUND.moreMs
  const ripe = moves.filter((move) => now.nowMs >= dueMs(move) && !isTooLate(m, move, now.nowMs) && isOver(move))
  return seedsAgain(m, ripe, { ...now, places, sinceMs: dueMs })
}

/** A seed that is no older than this many ms, or than three take, is as good as another one. */
const AGED_MS = 15 * 60_000

/** Seeds once more of what these services, by name, move, where the last ones are so old that most of an outage would copy what was written since. */
export function agedSeeds(m: Migration, services: readonly string[], now: Now): SnapshotEffect[] {
  if (!m.seeds) return []
  const moves = m.plan.moves.filter(isSnapshotMove).filter(({ service }) => services.includes(service))
  const places = placesOf(m, m.plan.moves.filter(isSnapshotMove))
  const sinceMs = (move: SnapshotMove): number => now.nowMs - Math.max(AGED_MS, 3 * expectedMs(m, move))
  return seedsAgain(m, moves, { ...now, places, sinceMs })
}

/**
 * Another seed of those whose last one is complete, was begun before `sinceMs`, and that nothing keeps from it: such a seed is not waited for.
 * Hard disks are seeded once.
 */
function seedsAgain(
  m: Migration,
  moves: readonly SnapshotMove[],
  { sinceMs, places, ...now }: Now & { readonly places: Places; readonly sinceMs: (move: SnapshotMove) => number },
): SnapshotEffect[] {
  return moves.flatMap((move) => {
    const last = latest(m, ofMove(move.id), 'seed')
    if (last?.status !== 'achieved' || last.effect.step !== 'seed' || isHardDisk(move.volume) || isGone(m, move))
      return []
    const isAged = (beganAtMs(last) ?? now.nowMs) < sinceMs(move)
    const isFree = isAged && holdOf(m, move, { ...now, sinceMs: now.nowMs }) === null && places.take(move)
    return isFree ? [nextGeneration(last.effect)] : []
  })
}

/**
 * Whether the seed is not waited for: hours that people chose, or a backup that a hard disk cannot share its time with, may be far away. The
 * seeds of a day, and a rehearsal, have the whole day; and hours that people chose come once in every day.
 */
export function isForgone(m: Migration, move: SnapshotMove, hold: SeedHold | undefined, nowMs: number): boolean {
  if (!hold) return false
  const { why } = hold
  if (m.purpose !== 'move') return why !== 'quietHours' && nowMs - (m.beganAtMs ?? nowMs) >= DAY_MS
  return why === 'asked' || why === 'window' || why === 'quietHours' || (why === 'due' && isHardDisk(move.volume))
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

/** Ids of the volumes of which seeds may still be taken: backups that others take of them are looked for. */
export function volumesToSeed(m: Migration): string[] {
  if (m.phase !== 'seeding' || !m.seeds) return []
  const moves = m.plan.moves.filter(isSnapshotMove)
  const isAgain = m.windowMs !== null || m.rules.budgetMinutes !== null
  const open = isAgain ? moves : moves.filter((move) => !isSeedSettled(m, seedEffect(m, move)))
  return open.map(({ volume }) => volume.id)
}
