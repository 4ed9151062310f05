// The way back of one service, stage by stage: in an abort of all, or in the return of one after the point of no
// return. Each service goes for itself, and waits for nothing but what may still act on its own hosts and sources.
// Without a replica the service's writes simply begin again. With one, the copy is fenced, the source is promoted again
// and serves, and the copy goes back to its backup server (in the target zone), discards what it has, and is in sync at
// the end. Home is where something stood before: a service's is its source, a copy's its backup server.
//
// There are never two primaries: the source is promoted only once the copy is seen down, or is not at the successor any
// more, and the copy is told to discard its data only once the source is seen primary.

import { wasFrozen } from '../journal/outage.ts'
import { readingOf } from '../journal/readings.ts'
import { freezeOf, isThawed, movesOf, partsOf, serviceNameOf } from '../journal/services.ts'
import { generationsOf, isUnknown, latest, wasAsked, wasEverInDoubt } from '../journal/state.ts'
import {
  type Effect,
  type EffectState,
  isServiceEffect,
  REPLICA_DOWN,
  type Reading,
  type ServiceEffect,
  type Step,
} from '../model/effects.ts'
import type { Facts } from '../model/facts.ts'
import type { Migration } from '../model/migration.ts'
import { backupOf, hostOf, isGone, isReplicaMove, sourceIdsOf } from '../model/moves.ts'
import type { Pair, ReplicaMove, Service } from '../model/plan.ts'
import { ofMove, type Subject } from '../model/subjects.ts'
import { readPlanTag } from '../model/tags.ts'
import { areAchieved, currentGeneration, detachAgainIfBack, upToFirstUnachieved } from './generations.ts'
import { serviceEffects, strayEffect } from './hosts.ts'
import { abortMarks, returnMarks } from './marks.ts'
import { hostQuestion, isAt, isAttachedAt, mayBePromoted, replicaEffect } from './replica-ladder.ts'
import { type Steps, steps } from './snapshot-ladder.ts'
import { waitOn } from './waits.ts'

/** The subject of steps on the pair at home. */
export function homeOf({ id }: ReplicaMove): Subject {
  return { of: 'side', move: id, side: 'home' }
}

/** The subject of steps on the source on the way back. */
export function sourceSideOf({ id }: ReplicaMove): Subject {
  return { of: 'side', move: id, side: 'source' }
}

/** The steps of an abort that may be intended by now. A service that was never frozen only gets its tags. */
export function abortSteps(m: Migration, service: Service, facts: Facts, nowMs: number): Steps {
  return stepsOnWayBack(m, service, {
    facts,
    nowMs,
    marks: abortMarks(m, service),
    isStopped: mayBeStopped(m, service),
  })
}

/** The same for a service that was given back. */
export function returnSteps(m: Migration, service: Service, facts: Facts, nowMs: number): Steps {
  return stepsOnWayBack(m, service, { facts, nowMs, marks: returnMarks(m, service), isStopped: true })
}

/**
 * Whether its hosts may have been stopped: by a call of this journal, or, once a freeze stands, by a rival: a second
 * zonehop that has a copy of this journal. Starting what never stopped harms nobody; people are never asked to undo what they were not asked to do.
 */
function mayBeStopped(m: Migration, { name, method }: Service): boolean {
  return wasFrozen(m, name) || (method !== 'manual' && freezeOf(m, name) !== null)
}

type Way = {
  readonly facts: Facts
  readonly nowMs: number
  readonly marks: readonly (readonly Effect[])[]
  readonly isStopped: boolean
}

function stepsOnWayBack(m: Migration, service: Service, { facts, nowMs, marks, isStopped }: Way): Steps {
  const [firstMarks = []] = marks
  const acting = actingOn(m, service, facts)
  if (acting.length > 0) {
    return steps(
      firstMarks,
      acting.map((state) => waitOn(m, state, facts)),
    )
  }
  if (!isStopped) return steps(upToFirstUnachieved(m, marks))
  const stages = [...marks, ...stagesHome(m, service, facts)]
  if (!areAchieved(m, stages.flat())) return steps(upToFirstUnachieved(m, stages))
  return steps([...stages.flat(), ...mayBeTouched(m, service).flatMap((move) => homeward(m, move, { facts, nowMs }))])
}

/**
 * Whether an abort has brought the service home: it serves where it was, the freeze's marks are off, and its copies are
 * at home and in sync.
 */
export function isAbortComplete(m: Migration, service: Service, facts: Facts): boolean {
  return isWayComplete(m, service, { facts, marks: abortMarks(m, service), isStopped: mayBeStopped(m, service) })
}

/** The same for a service that was given back. */
export function isReturnComplete(m: Migration, service: Service, facts: Facts): boolean {
  return isWayComplete(m, service, { facts, marks: returnMarks(m, service), isStopped: true })
}

function isWayComplete(m: Migration, service: Service, { facts, marks, isStopped }: Omit<Way, 'nowMs'>): boolean {
  if (!areAchieved(m, marks.flat())) return false
  if (!isStopped) return true
  const isServing = areAchieved(m, stagesHome(m, service, facts).flat())
  return isServing && mayBeTouched(m, service).every((move) => isReunited(m, move, facts))
}

/** The stages until the service's writes begin again: the fence, the promotion of the source, `unfreeze`. */
function stagesHome(m: Migration, service: Service, facts: Facts): Effect[][] {
  const replicas = mayBeTouched(m, service)
  return [
    replicas.flatMap((move) => fenceEffects(m, move, facts)),
    replicas.map((move) => sourcePromotion(m, move)),
    unfreezes(m, service),
  ]
}

/**
 * The `unfreeze` by the method of the service; or the one by hand, if people confirmed it while EC2 could not be
 * reached, and no freeze was found since.
 */
function unfreezes(m: Migration, service: Service): Effect[] {
  const parts = partsOf(m, service.name, 'unfreeze')
  const isByHand = isThawed(m, service.name) && parts.every(({ confirmedBy }) => confirmedBy)
  return isByHand ? parts.map(({ effect }) => effect) : serviceEffects(m, service, 'unfreeze')
}

/** Steps of the way forward that act on a service's source hosts and volumes, or on the copy of its replica. */
const ACTS: ReadonlySet<Step> = new Set<Step>(['freeze', 'demote', 'down', 'detach', 'promote', 'checkReplica'])

/**
 * What may still act on the service: a host that runs its document, an instance that stops, a call that EC2 may have
 * taken.
 */
function actingOn(m: Migration, service: Service, facts: Facts): EffectState[] {
  const hosts = new Set(movesOf(m, service.name).map(hostOf))
  const sources = new Set(sourceIdsOf(movesOf(m, service.name)))
  return mayAct(m, facts).filter(({ effect }) => {
    if (serviceNameOf(m, effect) === service.name) return true
    // A late write of `left` would make recheck.ts refuse the unfreeze.
    if (effect.step === 'tag') return effect.resources.some((id) => sources.has(id))
    // An instance that is stopped for another service stops this one too.
    const isStopping = isServiceEffect(effect) && effect.work.method === 'stop-instances'
    return isStopping && effect.instances.some((id) => hosts.has(id))
  })
}

function mayAct(m: Migration, facts: Facts): EffectState[] {
  return (
    m.effects
      .values()
      .filter(({ effect }) => effect.direction === 'forward' && (ACTS.has(effect.step) || isLeftMark(effect)))
      // A mark stands once EC2 has answered, so it does not act any more.
      .filter((state) => (state.status === 'started' && state.effect.step !== 'tag') || isUnknown(state, facts))
  )
}

function isLeftMark(effect: Effect): boolean {
  return effect.step === 'tag' && 'zonehop:left' in effect.tags
}

/**
 * Every call of the way forward that EC2 may have taken without an answer. Only the end of the abort waits for them;
 * every service goes home without.
 */
export function unknownCalls(m: Migration, facts: Facts): EffectState[] {
  return m.effects.values().filter((state) => state.effect.direction === 'forward' && isUnknown(state, facts))
}

/**
 * The `unfreeze` on hosts whose volumes only a lost plan had: the volume's own plan tag is all that is known of them.
 * Starting what never stopped harms nobody. There are none unless the journal was in doubt.
 */
export function strayEffects(m: Migration, { volumes }: Facts): ServiceEffect[] {
  if (!wasEverInDoubt(m)) return []
  const known = new Set(sourceIdsOf(m.plan.moves))
  const hosts = new Map<string, Set<string>>()
  for (const { id, zone, tags, attachments } of volumes.values()) {
    const planned = readPlanTag(tags)
    const instance = attachments[0]?.instance
    const service = planned?.migration === m.id ? planned.service : null
    if (zone !== m.plan.sourceZone || known.has(id) || !service || !instance) continue
    hosts.set(service, (hosts.get(service) ?? new Set()).add(instance))
  }
  return [...hosts].map(([service, instances]) => strayEffect(m, service, [...instances].sort()))
}

/** The replicas that are not as they were: something was done to them, or the lost entries may hold that. */
function mayBeTouched(m: Migration, { name }: Service): ReplicaMove[] {
  return movesOf(m, name)
    .filter(isReplicaMove)
    .filter((move) => !isGone(m, move))
    .filter(({ id }) => wasEverInDoubt(m) || wasAsked(m, ofMove(id), 'demote'))
}

/** The fence, which is needed while a copy may be primary at the successor. */
function fenceEffects(m: Migration, move: ReplicaMove, facts: Facts): Effect[] {
  return mayBePromoted(m, move, facts) ? [replicaEffect(m, move, 'fence', { instances: [move.successor] })] : []
}

/** Whether the copy is fenced, or not at the successor at all. */
export function isFenced(m: Migration, move: ReplicaMove, facts: Facts): boolean {
  return areAchieved(m, fenceEffects(m, move, facts))
}

function sourcePromotion(m: Migration, move: ReplicaMove): Effect {
  return replicaEffect(m, move, 'promote', { instances: [hostOf(move)], side: 'source' })
}

/**
 * Whether the two sides may hold different data. Only a replica that was taken down has parted from its source; any other is as it was,
 * whatever doubts its hosts report. A rival, which has a copy of this journal, may have taken it down as well: that is seen by a copy
 * that left its backup server, or was told by the hosts.
 */
function hasParted(m: Migration, move: ReplicaMove, facts: Facts): boolean {
  const sides: Subject[] = [ofMove(move.id), { of: 'side', move: move.id, side: 'copy' }]
  if (wasEverInDoubt(m) || sides.some((side) => wasAsked(m, side, 'down'))) return true
  return wasToldDown(m, move) || move.pairs.some((pair) => hasLeft(pair, move, facts))
}

function wasToldDown(m: Migration, { id }: ReplicaMove): boolean {
  return generationsOf(m, ofMove(id), 'prove').some(({ failure }) => failure?.code === REPLICA_DOWN)
}

/** Whether the copy is shown, and is at the successor or nowhere: what others did with it elsewhere is theirs. */
function hasLeft(pair: Pair, move: ReplicaMove, facts: Facts): boolean {
  const seen = facts.volumes.get(pair.copy.id)
  const isFree = seen?.attachments.every(({ state }) => state === 'detached') ?? false
  return isFree || isAt(pair, move.successor, facts)
}

type Look = { readonly facts: Facts; readonly nowMs: number }

/**
 * How a copy that parted from its source goes back to its backup server: detached and attached there; both hosts asked, until
 * the source is seen primary; told to discard what it has; asked again until it is in sync.
 */
function homeward(m: Migration, move: ReplicaMove, { facts, nowMs }: Look): Effect[] {
  if (!hasParted(m, move, facts)) return []
  const volumes = volumesHome(m, move, facts)
  if (!areAchieved(m, volumes.flat())) return upToFirstUnachieved(m, volumes)
  const home = homeOf(move)
  const asked = hostQuestion(m, move, { nowMs, since: latest(m, sourceSideOf(move), 'promote'), side: 'home' })
  if (readingOf(m, home)?.sourceRole !== 'Primary') return [...volumes.flat(), asked]
  const reunite = replicaEffect(m, move, 'reunite', { instances: [backupOf(move)], side: 'home' })
  if (!areAchieved(m, [reunite])) return [...volumes.flat(), reunite]
  const since = latest(m, home, 'reunite')
  return isReunited(m, move, facts) ? volumes.flat() : [hostQuestion(m, move, { nowMs, since, side: 'home' })]
}

/**
 * The volumes go from the successor back to where they were. A copy that never left has no way to go; one whose
 * attachment there hangs has.
 */
function volumesHome(m: Migration, move: ReplicaMove, facts: Facts): Effect[][] {
  const away = move.pairs.filter((pair) => !isAttachedAt(pair, backupOf(move), facts))
  const of = (volumeId: string) => {
    const subject: Subject = { of: 'copyHome', move: move.id, volume: volumeId }
    return { subject, generation: 1, direction: 'back' as const, volumeId }
  }
  const detaches = away
    .filter((pair) => isAt(pair, move.successor, facts))
    .map(({ source, copy }) => {
      const there = { instance: move.successor, device: source.device }
      return detachAgainIfBack(m, currentGeneration(m, { ...of(copy.id), step: 'detach', ...there }), facts)
    })
  const attaches = away.map(({ copy: { id, instance, device } }) =>
    currentGeneration(m, { ...of(id), step: 'attach', instance, device }),
  )
  return [detaches, attaches]
}

/** What both hosts reported last, if they were asked after the reunion; else null. */
export function reunitedReadingOf(m: Migration, move: ReplicaMove): Reading | null {
  const reunited = latest(m, homeOf(move), 'reunite')
  const asked = latest(m, homeOf(move), 'prove')
  const isAfter = reunited?.status === 'achieved' && (asked?.intendedRev ?? 0) > reunited.intendedRev
  return isAfter ? (asked?.reading ?? null) : null
}

function isReunited(m: Migration, move: ReplicaMove, facts: Facts): boolean {
  if (!hasParted(m, move, facts)) return true
  const areAtBackup = move.pairs.every((pair) => isAt(pair, backupOf(move), facts))
  return areAtBackup && reunitedReadingOf(m, move)?.doubts.length === 0
}
