// The ladder of a snapshot move: seed, snapshot, restore, attach, checkCopy. This file says what a step would do, and
// decide.ts says when.

import { freezeOf } from '../journal/services.ts'
import { isAchieved, latest } from '../journal/state.ts'
import { type Effect, type SnapshotEffect, thingsOf } from '../model/effects.ts'
import { type Facts, isAttachedAt, type SeenSnapshot, type SeenVolume } from '../model/facts.ts'
import type { Migration } from '../model/migration.ts'
import { isSnapshotMove, nameOf, sourcesOf } from '../model/moves.ts'
import { once } from '../model/once.ts'
import type { Move, SnapshotMove, Tags } from '../model/plan.ts'
import { ofCopy, ofMove, subjectName } from '../model/subjects.ts'
import { frozenTag, hasTags } from '../model/tags.ts'
import { currentGeneration, detachAgainIfBack } from './generations.ts'
import { restoreEffect } from './initialization.ts'
import type { Wait } from './waits.ts'

/** The effects that may be intended by now, and the waits that keep the rest. */
export type Steps = { readonly effects: readonly Effect[]; readonly waits: readonly Wait[] }

/** Nothing to intend, and nothing to wait for. */
export const NO_STEPS: Steps = { effects: [], waits: [] }

/** Steps of these effects, with waits if there are any. */
export function steps(effects: readonly Effect[], waits: readonly Wait[] = []): Steps {
  return { effects, waits }
}

/** The effects and the waits of all of them, in their order. */
export function joinedSteps(all: readonly Steps[]): Steps {
  return { effects: all.flatMap(({ effects }) => effects), waits: all.flatMap(({ waits }) => waits) }
}

/**
 * The first snapshot of a volume in the target zone, once it takes writes. Until it is complete, nothing but the volume
 * itself holds those writes.
 */
export function firstSnapshot(m: Migration, move: Move, volumeId: string): SnapshotEffect {
  const pair = isSnapshotMove(move) ? undefined : move.pairs.find(({ copy }) => copy.id === volumeId)
  const tags = { Name: `${pair?.source.name ?? nameOf(move)} (first)`.slice(0, 256) }
  const base = {
    subject: ofCopy(move.id, volumeId),
    step: 'firstSnapshot',
    generation: 1,
    direction: 'forward',
  } as const
  return currentGeneration(m, { ...base, volumeId, tags })
}

/**
 * The next step of a frozen move that is not achieved, or its last one. Each step rests on a fact that must be there
 * now; if it is not, there is a wait for it instead.
 */
export function moveSteps(m: Migration, move: SnapshotMove, facts: Facts): Steps {
  const known = stepsOfMoves(m)(facts)
  const found = known.get(move)
  if (found !== undefined) return found
  const next = nextSteps(m, move, facts)
  known.set(move, next)
  return next
}

const stepsOfMoves = once((_m: Migration) => once((_facts: Facts) => new Map<SnapshotMove, Steps>()))

function nextSteps(m: Migration, move: SnapshotMove, facts: Facts): Steps {
  const { volume, successor, service } = move
  const base = { subject: ofMove(move.id), generation: 1, direction: 'forward' } as const
  const freeze = freezeOf(m, service)
  if (!freeze) return NO_STEPS

  const tags = { ...nameTag(move, 'final'), ...frozenTag(freeze.id) }
  const snapshot = currentGeneration(m, { ...base, step: 'snapshot', volumeId: volume.id, tags })
  if (!isAchieved(m, snapshot)) {
    if (!isFrozen(m, move, facts)) return steps([], [{ on: 'freezeGone', service }])
    const older = olderSnapshot(move, facts)
    const isIntended = latest(m, snapshot.subject, 'snapshot')?.effect.generation === snapshot.generation
    return older && !isIntended
      ? steps([], [{ on: 'olderSnapshot', name: volume.name, resource: older.id }])
      : steps([snapshot])
  }

  const cut = finalSnapshot(m, move, facts)
  if (cut?.state !== 'completed') return steps([], [{ on: 'look', what: `the final snapshot of ${volume.name}` }])
  const restore = restoreEffect(m, move, cut.id)
  if (!isAchieved(m, restore)) return steps([restore])

  const target = targetVolume(m, move, facts)
  if (!target) return steps([], [{ on: 'look', what: `the copy of ${volume.name}` }])
  const { device } = volume
  // Where EC2 does not say, the copy outlives its instance: kept data can still be deleted.
  const deleteOnTermination = volume.deleteOnTermination ?? false
  const place = { volumeId: target.id, instance: successor, device }
  const older = olderCopyAt(m, move, target, facts)
  if (older) {
    const subject = ofCopy(move.id, older.id)
    const detach = currentGeneration(m, { ...base, subject, step: 'detach', ...place, volumeId: older.id })
    const wait: Wait = { on: 'look', what: `the older copy of ${volume.name} off its device` }
    return steps([detachAgainIfBack(m, detach, facts)], [wait])
  }
  const attach = currentGeneration(m, { ...base, step: 'attach', ...place })
  if (!isAchieved(m, attach)) return steps([attach])
  return steps([currentGeneration(m, { ...base, step: 'checkCopy', ...place, deleteOnTermination })])
}

/**
 * A copy of the move that stands where the present one goes, since it is of an older snapshot; else null. One that is
 * marked live is people's.
 */
function olderCopyAt(
  m: Migration,
  { id, volume, successor }: SnapshotMove,
  target: SeenVolume,
  facts: Facts,
): SeenVolume | null {
  const older = copiesOf(m, id)
    .filter((one) => one !== target.id)
    .flatMap((one) => facts.volumes.get(one) ?? [])
  const place = { instance: successor, device: volume.device }
  return older.find((one) => !('zonehop:live' in one.tags) && isAttachedAt(one, place)) ?? null
}

const copiesByMove = once((effects: Migration['effects']): ReadonlyMap<string, readonly string[]> => {
  const copies = new Map<string, string[]>()
  for (const state of effects.values()) {
    const { step, subject } = state.effect
    if (step !== 'restore' || !('move' in subject)) continue
    copies.set(subject.move, [...(copies.get(subject.move) ?? []), ...thingsOf(state)])
  }
  return copies
})

/** Ids of all volumes that the journal knows as copies of a move, of whatever snapshot. */
export function copiesOf({ effects }: Migration, move: string): readonly string[] {
  return copiesByMove(effects).get(move) ?? []
}

/** Volume types that take one snapshot at a time (EBS quotas: concurrent snapshots per volume; it cannot be raised). */
export const ONE_AT_A_TIME: readonly string[] = ['st1', 'sc1']

/** A snapshot of ours that is still pending and makes EC2 refuse another one of this volume; else null. */
export function olderSnapshot({ id, volume }: SnapshotMove, { snapshotsOf }: Facts): SeenSnapshot | null {
  if (!ONE_AT_A_TIME.includes(volume.type)) return null
  const mine = snapshotsOf.get(subjectName(ofMove(id))) ?? []
  return mine.find(({ state, volumeId }) => state === 'pending' && volumeId === volume.id) ?? null
}

/** Whether the tag of the standing freeze is on every source now: a person, or a reboot, may have taken it away. */
export function isFrozen(m: Migration, move: Move, facts: Facts): boolean {
  const freeze = freezeOf(m, move.service)
  if (!freeze) return false
  return sourcesOf(move).every(({ id }) => hasTags(facts.volumes.get(id)?.tags ?? {}, frozenTag(freeze.id)))
}

/** The final snapshot of a move, as the facts show it; null if they do not. */
export function finalSnapshot(m: Migration, { id }: SnapshotMove, facts: Facts): SeenSnapshot | null {
  return facts.snapshots.get(latest(m, ofMove(id), 'snapshot')?.resource ?? '') ?? null
}

/** The copy of a move's volume, as the facts show it; null if they do not. */
export function targetVolume(m: Migration, { id }: SnapshotMove, facts: Facts): SeenVolume | null {
  return facts.volumes.get(latest(m, ofMove(id), 'restore')?.resource ?? '') ?? null
}

/** The tag Name of what is made of the move's source for one purpose, such as its seed, cut to the 256 characters that EC2 takes. */
export function nameTag(move: SnapshotMove, what: string): Tags {
  return { Name: `${move.volume.name} (${what})`.slice(0, 256) }
}
