// Checks again, just before a call that cannot be undone, what it rests on. The facts are observed after the intent:
// minutes may have passed since the decision, and a person, a reboot or another migration may have changed the world.

import { dailyToRecheck, recheckDaily } from '../daily/ladder.ts'
import { readingOf } from '../journal/readings.ts'
import { isReturned, movesOf, startsAtHome } from '../journal/services.ts'
import { isCleaning, isDenied, isMove, latest } from '../journal/state.ts'
import type { DeleteEffect, DetachEffect, Effect } from '../model/effects.ts'
import type { Facts } from '../model/facts.ts'
import type { Migration } from '../model/migration.ts'
import { claimsOf, isReplicaMove, moveOf, sourcesOf } from '../model/moves.ts'
import type { ReplicaMove, SnapshotMove } from '../model/plan.ts'
import { ofMove } from '../model/subjects.ts'
import { recheckRehearsed, rehearsedToRecheck } from '../rehearsing/ladder.ts'
import { candidatesOf } from '../steps/candidates.ts'
import { recheckLeftover } from '../steps/clearing.ts'
import { isProven } from '../steps/replica-ladder.ts'
import { copiesOf, isFrozen } from '../steps/snapshot-ladder.ts'
import { homeOf, isFenced } from '../steps/way-back.ts'

/**
 * Ids of the volumes that the effect rests on, to be observed again; empty: the journal is enough; null: no recheck,
 * the effect may be undone.
 */
export function volumesToRecheck(m: Migration, effect: Effect): readonly string[] | null {
  if (isBeside(m)) return m.purpose === 'rehearsal' ? rehearsedToRecheck(effect) : dailyToRecheck(effect)
  switch (effect.step) {
    case 'snapshot':
      return [effect.volumeId]
    case 'freeze':
    case 'open':
      return claimsOf(movesOf(m, effect.service))
    case 'unfreeze':
    case 'fence':
    case 'reunite':
      return claimsOf(m.plan.moves)
    case 'demote':
    case 'down':
    case 'promote':
    case 'detach': {
      if (effect.direction === 'back') return claimsOf(m.plan.moves)
      const move = moveOf(m, effect.subject)
      if (effect.step === 'detach' && move && !isReplicaMove(move)) return [effect.volumeId]
      return move && claimsOf([move])
    }
    case 'delete':
      return [effect.resource]
    case 'detachSource':
      return [effect.volumeId]
    case 'hook':
      return []
    default:
      return null
  }
}

/**
 * What has changed, in words; null if the call may be made now. Else the effect stays intended, and the next tick
 * decides anew.
 */
export function recheck(m: Migration, effect: Effect, facts: Facts): string | null {
  if (isBeside(m)) return m.purpose === 'rehearsal' ? recheckRehearsed(m, effect, facts) : recheckDaily(m, effect)
  switch (effect.step) {
    case 'snapshot': {
      const move = moveOf(m, effect.subject)
      return move && isFrozen(m, move, facts) ? null : `the freeze of ${effect.volumeId} does not stand`
    }
    case 'demote':
    case 'down':
    case 'promote':
    case 'detach':
    case 'fence':
    case 'reunite': {
      const move = moveOf(m, effect.subject)
      if (effect.step === 'detach' && move && !isReplicaMove(move))
        return recheckOlderCopy(m, move, effect.volumeId, facts)
      if (!move || !isReplicaMove(move)) return 'it belongs to no replica'
      return effect.direction === 'back' ? recheckBack(m, move, effect, facts) : recheckReplica(m, move, effect, facts)
    }
    case 'freeze':
      return areAll(m, effect.service, facts, (tags) => 'zonehop:frozen' in tags)
        ? null
        : 'a source does not carry the freeze'
    case 'unfreeze': {
      const replicas = movesOf(m, effect.service).filter(isReplicaMove)
      if (replicas.some((move) => !isFenced(m, move, facts))) return 'a replica is not fenced'
      return isGoingBack(m, effect.service, facts)
    }
    case 'open':
      if (isReturned(m, effect.service)) return `${effect.service} was given back`
      if (!areAll(m, effect.service, facts, (tags) => tags['zonehop:left'] === m.id))
        return 'a source does not carry left'
      return movesOf(m, effect.service).every((move) => isFrozen(m, move, facts)) ? null : 'a freeze does not stand'
    case 'delete':
    case 'detachSource':
      return recheckRemoval(m, effect, facts)
    case 'hook':
      return m.phase === 'live' ? null : 'the migration is not live'
    default:
      return null
  }
}

/** Whether it still works beside services; its cleanup is as any other. */
function isBeside(m: Migration): boolean {
  return !isMove(m) && m.endedAtMs === null
}

/** A copy of an older snapshot makes room for the present one; what serves, or is the present one by now, stays. */
function recheckOlderCopy(m: Migration, { id }: SnapshotMove, volume: string, facts: Facts): string | null {
  const present = latest(m, ofMove(id), 'restore')?.resource ?? null
  if (volume === present || !copiesOf(m, id).includes(volume)) return `${volume} is no older copy`
  const seen = facts.volumes.get(volume)
  if (!seen) return `${volume} is not shown`
  return 'zonehop:live' in seen.tags ? `${volume} says zonehop:live` : null
}

/** On the way forward its sources must be frozen, and nothing is taken down that is not proven. */
function recheckReplica(m: Migration, move: ReplicaMove, { step }: Effect, facts: Facts): string | null {
  if (!isFrozen(m, move, facts)) return `the freeze of ${move.resource} does not stand`
  return step === 'demote' || isProven(m, move, facts) ? null : `${move.resource} is not proven`
}

/**
 * On the way back there must never be two primaries: the source is promoted only after the fence, and the copy is
 * reunited only after the source is primary.
 */
function recheckBack(m: Migration, move: ReplicaMove, { step }: Effect, facts: Facts): string | null {
  const stray = isGoingBack(m, move.service, facts)
  if (stray || step === 'fence') return stray
  if (!isFenced(m, move, facts)) return `${move.resource} is not fenced`
  const isPrimary = readingOf(m, homeOf(move))?.sourceRole === 'Primary'
  return step === 'reunite' && !isPrimary ? `the source of ${move.resource} is not seen primary` : null
}

/** Before the point of no return only leftovers go, which the start has named; behind the end what a cleanup was approved for. */
function recheckRemoval(m: Migration, effect: DeleteEffect | DetachEffect, facts: Facts): string | null {
  const resource = effect.step === 'delete' ? effect.resource : effect.volumeId
  if (isCleaning(m)) {
    const kept = recheckCleanup(m, resource, facts)
    return kept ?? (effect.step === 'delete' ? attachedStill(m, resource, facts) : null)
  }
  const leftover = m.plan.leftovers?.find(({ volume }) => volume === resource)
  return leftover ? recheckLeftover(m, leftover, effect, facts) : `nobody agreed that ${resource} goes`
}

/**
 * The resource must be approved by name, and still be what it was. If it is in use by now, the next tick deals with it.
 */
function recheckCleanup(m: Migration, resource: string, facts: Facts): string | null {
  if (!m.cleanup?.approved?.includes(resource)) return `nobody agreed that ${resource} goes`
  const found = candidatesOf(m, facts).find((one) => one.resource === resource)
  if (!found) return resource.startsWith('snap-') ? null : `${resource} is not shown, or belongs to others by now`
  return found.kept === null ? null : `${resource} is kept: ${found.kept}`
}

function attachedStill(m: Migration, resource: string, facts: Facts): string | null {
  const found = candidatesOf(m, facts).find((one) => one.resource === resource)
  return found?.detach ? `${resource} is attached` : null
}

/**
 * Why the service must not go back, or null. Until an abort starts services no source of the plan may carry `left`; from there on, and in
 * the return of one service, none of its own.
 */
function isGoingBack(m: Migration, service: string, facts: Facts): string | null {
  const isOne = m.phase === 'live' && isReturned(m, service)
  if (m.phase !== 'aborting' && !isOne) return 'no abort or return stands in the journal'
  const moves = isOne || startsAtHome(m) ? movesOf(m, service) : m.plan.moves
  const leftOf = ({ id }: { readonly id: string }) => facts.volumes.get(id)?.tags['zonehop:left']
  // In an abort the mark of another migration says nothing of this one. On what was given back any is asked about.
  const isLeft = moves.flatMap(sourcesOf).some((source) => (isOne ? leftOf(source) : leftOf(source) === m.id))
  // Somebody else wrote it, as an approver has said.
  if (isDenied(m, 'leftAgain') || (!isOne && isDenied(m, 'left'))) return null
  return isLeft ? 'a source carries zonehop:left: the target zone may be taking writes' : null
}

type Tags = Readonly<Record<string, string>>

/** Whether the tags of every source of a service hold. A source that is gone has no writes to lose. */
function areAll(m: Migration, service: string, facts: Facts, holds: (tags: Tags) => boolean): boolean {
  const sources = movesOf(m, service).flatMap(sourcesOf)
  return sources.every(({ id }) => m.gone.has(id) || holds(facts.volumes.get(id)?.tags ?? {}))
}
