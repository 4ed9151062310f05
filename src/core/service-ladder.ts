// The ladder of a service: its freeze, its moves, what its hosts run and check once the copies are attached, its opening.
import { areAchieved, untilOpen } from './anew.ts'
import type { Effect } from './effects.ts'
import type { Facts } from './facts.ts'
import { serviceEffects } from './hosts.ts'
import { firstSnapshot, moveEffect } from './ladder.ts'
import { freezeMarks, liveMarks } from './marks.ts'
import type { Migration, Service } from './migration.ts'
import { isGone, isReplicaMove } from './moves.ts'
import { isReplicaChecked, replicaEffects } from './replica-ladder.ts'
import { freezeOf, isDeferred, isDone, isOpen, movesOf } from './services.ts'
import { isAchieved } from './state.ts'

/** The steps of a service that may be intended by now, up to its copies being attached and checked. */
export function stepsOf(m: Migration, service: Service, facts: Facts, nowMs: number): Effect[] {
  const freeze = freezeOf(m, service.name)
  if (!freeze) return []
  const marks = freezeMarks(m, freeze)
  if (!areAchieved(m, marks)) return marks
  const stops = serviceEffects(m, service, 'freeze')
  if (!areAchieved(m, stops)) return stops
  if (!mayCut(m)) return []
  const steps = movesOf(m, service.name).flatMap((move) =>
    isReplicaMove(move) ? replicaEffects(m, move, facts, nowMs) : (moveEffect(m, move, facts) ?? []),
  )
  return areChecked(m, service, facts) ? untilOpen(m, hostSteps(m, service)) : steps
}

/**
 * All required services freeze before the first final snapshot: no copy may know more than another. Behind the point of no
 * return they did, whatever the journal has lost of it.
 */
function mayCut(m: Migration): boolean {
  if (m.wentLiveAtMs !== null) return true
  const required = m.plan.services.filter((service) => !isDeferred(m, service))
  return required.every((service) => areAchieved(m, serviceEffects(m, service, 'freeze')))
}

function areChecked(m: Migration, { name }: Service, facts: Facts): boolean {
  return movesOf(m, name).every((move) => {
    if (isGone(m, move)) return false
    if (isReplicaMove(move)) return isReplicaChecked(m, move, facts)
    const last = moveEffect(m, move, facts)
    return last?.step === 'check' && isAchieved(m, last)
  })
}

/** In order, each with all its parts. */
function hostSteps(m: Migration, service: Service): Effect[][] {
  return [
    ...(service.afterAttach ? [serviceEffects(m, service, 'afterAttach')] : []),
    ...(service.check ? [serviceEffects(m, service, 'verify')] : []),
  ]
}

/** Its copies stand in the target zone, attached and checked, and its hosts agree: it could open now. */
export function isReady(m: Migration, service: Service, facts: Facts): boolean {
  return areChecked(m, service, facts) && areAchieved(m, hostSteps(m, service).flat())
}

/** Its copies are marked live, what it comes after is open, it opens, its hook runs. */
export function opening(m: Migration, service: Service): Effect[] {
  const marks = isDeferred(m, service) ? liveMarks(m, [service]) : []
  if (!areAchieved(m, marks)) return marks
  if (!service.after.every((before) => isOpen(m, before))) return []
  const open = serviceEffects(m, service, 'open')
  if (!areAchieved(m, open)) return open
  return [...open, ...firstSnapshots(m, service), ...(service.hook ? serviceEffects(m, service, 'hook') : [])]
}

/** Of promoted replicas, at once: until they are complete the way back is a full copy. */
function firstSnapshots(m: Migration, service: Service): Effect[] {
  return movesOf(m, service.name)
    .filter(isReplicaMove)
    .flatMap((move) => move.pairs.map(({ copy }) => firstSnapshot(m, move, copy.id)))
}

export function isFinished(m: Migration, service: Service): boolean {
  if (!isOpen(m, service.name) || !areAchieved(m, firstSnapshots(m, service))) return false
  return !service.hook || isDone(m, service.name, 'hook')
}
