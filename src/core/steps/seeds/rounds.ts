// Seeds: snapshots of a source while its services run, so that the final one copies only what changed since. The first holds everything
// and may take hours, in which much changes; so each is followed by another, until one was quick or no quicker than the one before.

import { attemptOf, generationsOf, isAchieved, tookMs } from '../../journal/state.ts'
import { type EffectState, effectId, type SnapshotEffect } from '../../model/effects.ts'
import type { Migration } from '../../model/migration.ts'
import type { SnapshotMove } from '../../model/plan.ts'
import { ofMove } from '../../model/subjects.ts'
import { REHEARSAL_TAG } from '../../model/tags.ts'
import { currentGeneration, nextGeneration } from '../generations.ts'
import { nameTag, ONE_AT_A_TIME } from '../snapshot-ladder.ts'

/** A snapshot stands for 60 to 190 s before it copies, whatever its size; one that took no longer than this, in ms, copied next to nothing. */
const QUICK_MS = 3 * 60_000
/** A round that took more than this share of the one before shows what the volume writes while it lasts: the next takes as long. */
const SHRINKS_TO = 0.7
/** Rounds that shrink to that share are quick after a few, however long the first took; more only keep people waiting. */
const ROUNDS_MAX = 5

/** The seed of a move that is to be taken now, or that was taken last where no other one is worth its time. */
export function seedEffect(m: Migration, move: SnapshotMove): SnapshotEffect {
  const tags = { ...nameTag(move, 'seed'), ...(m.purpose === 'rehearsal' ? REHEARSAL_TAG : {}) }
  const base = { subject: ofMove(move.id), step: 'seed', generation: 1, direction: 'forward' } as const
  const effect = currentGeneration(m, { ...base, volumeId: move.volume.id, tags })
  return isAchieved(m, effect) && isWorthAnother(m, move) ? nextGeneration(effect) : effect
}

/** Whether reading the volume for a snapshot slows down who reads it: st1, sc1 and standard are hard disks (EBS volume types). */
export function isHardDisk({ type }: SnapshotMove['volume']): boolean {
  return ONE_AT_A_TIME.includes(type) || type === 'standard'
}

/** Hard disks take one snapshot at a time, and each reads what customers read: they are seeded once. A rehearsal restores its first. */
function isWorthAnother(m: Migration, move: SnapshotMove): boolean {
  if (isHardDisk(move.volume) || m.purpose === 'rehearsal') return false
  const rounds = seedsOf(m, move).flatMap((state) => tookMs(state) ?? [])
  const [last = 0, before = Number.POSITIVE_INFINITY] = rounds.toReversed()
  return rounds.length < ROUNDS_MAX && last > QUICK_MS && last < SHRINKS_TO * before
}

/** The completed seeds of a move, oldest first; one of another volume, which the move had before, is none. */
export function seedsOf(m: Migration, { id, volume }: SnapshotMove): EffectState[] {
  return generationsOf(m, ofMove(id), 'seed').filter(
    ({ effect, status }) => status === 'achieved' && 'volumeId' in effect && effect.volumeId === volume.id,
  )
}

/** Whether the seed that `seedEffect` gives is not waited for any more: it is complete, or it failed. */
export function isSeedSettled({ effects }: Migration, seed: SnapshotEffect): boolean {
  const status = effects.get(effectId(seed))?.status
  return status === 'achieved' || status === 'failed'
}

/** How long the last completed seed of a move took, in ms; null where there is none, or it is not known. */
export function lastSeedMs(m: Migration, move: SnapshotMove): number | null {
  const last = seedsOf(m, move).at(-1)
  return last ? tookMs(last) : null
}

/** When a seed was called for, in ms since 1970: what is in a snapshot is what was there when it began. */
export function beganAtMs(state: EffectState): number | null {
  return attemptOf(state)?.atMs ?? null
}
