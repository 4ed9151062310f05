// The ladder of a service, its steps in order: its freeze, its moves, what its hosts run and check once the copies are
// attached, and its opening.

import { freezeOf, isDeferred, isDone, isOpen, movesOf } from '../journal/services.ts'
import { isAchieved } from '../journal/state.ts'
import type { Effect } from '../model/effects.ts'
import type { Facts } from '../model/facts.ts'
import type { Migration } from '../model/migration.ts'
import { isGone, isReplicaMove, nameOf } from '../model/moves.ts'
import { once } from '../model/once.ts'
import type { Service } from '../model/plan.ts'
import { areAchieved, upToFirstUnachieved } from './generations.ts'
import { serviceEffects } from './hosts.ts'
import { deferredLiveMarks, freezeMarks } from './marks.ts'
import { isReplicaChecked, replicaSteps } from './replica-ladder.ts'
import { firstSnapshot, joinedSteps, moveSteps, NO_STEPS, type Steps, steps } from './snapshot-ladder.ts'
import type { Wait } from './waits.ts'

/** The steps of a service that may be intended by now, up to attached and checked copies; none before its freeze. */
export function stepsOf(m: Migration, service: Service, facts: Facts, nowMs: number): Steps {
  const freeze = freezeOf(m, service.name)
  if (!freeze) return NO_STEPS
  const marks = freezeMarks(m, freeze)
  if (!areAchieved(m, marks)) return steps(marks)
  const stops = serviceEffects(m, service, 'freeze')
  if (!areAchieved(m, stops)) return steps(stops)
  const writing = stillWriting(m)
  const forAll: Steps | null =
    writing && steps([], [{ on: 'service', service: service.name, before: `the freeze of ${writing.name}` }])
  if (forAll && isDeferred(m, service)) return forAll
  if (areChecked(m, service, facts)) return forAll ?? steps(upToFirstUnachieved(m, hostSteps(m, service)))
  return joinedSteps(
    movesOf(m, service.name).map((move) => {
      if (isGone(m, move)) return steps([], [{ on: 'gone', name: nameOf(move) }])
      return isReplicaMove(move) ? (forAll ?? replicaSteps(m, move, facts, nowMs)) : moveSteps(m, move, facts)
    }),
  )
}

/**
 * A required service that is not frozen yet, or null. What is frozen does not change any more, so its final snapshot holds the same
 * whether it is cut now or when the last one has stopped: no copy knows more than another, and the outage does not wait. Three things wait
 * for all to stop: a replica, which comes home only behind a fence; what hosts run in the target zone; and what is deferred, whose
 * calls would take the tokens of what the outage waits for. After the point of no return all have stopped, whatever the journal has
 * lost of it.
 */
const stillWriting = once((m: Migration): Service | null => {
  if (m.wentLiveAtMs !== null) return null
  const required = m.plan.services.filter((service) => !isDeferred(m, service))
  return required.find((service) => !areAchieved(m, serviceEffects(m, service, 'freeze'))) ?? null
})

function areChecked(m: Migration, { name }: Service, facts: Facts): boolean {
  return movesOf(m, name).every((move) => {
    if (isGone(m, move)) return false
    if (isReplicaMove(move)) return isReplicaChecked(m, move, facts)
    const last = moveSteps(m, move, facts).effects.at(-1)
    return last?.step === 'checkCopy' && isAchieved(m, last)
  })
}

/** What the hosts run once the copies are attached, in order, each step with all its parts. */
function hostSteps(m: Migration, service: Service): Effect[][] {
  return [
    ...(service.afterAttach ? [serviceEffects(m, service, 'afterAttach')] : []),
    ...(service.check ? [serviceEffects(m, service, 'verify')] : []),
  ]
}

/** Whether the service could open now: its copies are attached and checked in the target zone, and its hosts agree. */
export function isReady(m: Migration, service: Service, facts: Facts): boolean {
  return areChecked(m, service, facts) && areAchieved(m, hostSteps(m, service).flat())
}

/**
 * The steps by which a service opens: its copies are marked live, the services before it are open, it opens, its hook
 * runs.
 */
export function opening(m: Migration, service: Service): Steps {
  const marks = isDeferred(m, service) ? deferredLiveMarks(m, service) : []
  if (!areAchieved(m, marks)) return steps(marks)
  const before = service.after.find((name) => !isOpen(m, name))
  if (before) {
    const wait: Wait = { on: 'service', service: service.name, before: `the opening of ${before}` }
    return steps([], [wait])
  }
  const open = serviceEffects(m, service, 'open')
  if (!areAchieved(m, open)) return steps(open)
  return steps([...open, ...firstSnapshots(m, service), ...(service.hook ? serviceEffects(m, service, 'hook') : [])])
}

/** The first snapshots of promoted replicas, taken at once: until they are complete the way back is a full copy. */
function firstSnapshots(m: Migration, service: Service): Effect[] {
  return movesOf(m, service.name)
    .filter(isReplicaMove)
    .flatMap((move) => move.pairs.map(({ copy }) => firstSnapshot(m, move, copy.id)))
}

/** Whether nothing is left to do for an open service: its first snapshots are complete, and its hook has run. */
export function isFinished(m: Migration, service: Service): boolean {
  if (!isOpen(m, service.name) || !areAchieved(m, firstSnapshots(m, service))) return false
  return !service.hook || isDone(m, service.name, 'hook')
}
