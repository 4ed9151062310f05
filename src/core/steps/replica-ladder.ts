// The ladder of a replica move: demote, prove, down, detach, attach, promote, check. This file says what the steps
// would do, and in which order; service-ladder.ts says when, and way-back.ts how the replica comes home again.
//
// A DRBD resource must never be primary on two hosts. So the copy is promoted only after the source was seen down and
// its unit disabled, and nothing is taken down before every replica that the point of no return needs has been proven.

import { answered } from '../journal/readings.ts'
import { demotionOf, freezeOf, isDeferred } from '../journal/services.ts'
import { lastIssuedAtMs, latest, wasAsked, wasEverInDoubt } from '../journal/state.ts'
import {
  type Effect,
  type EffectState,
  REPLICA_DOCUMENTS,
  type ReplicaEffect,
  type ReplicaStep,
} from '../model/effects.ts'
import type { Facts } from '../model/facts.ts'
import { ASK_FROZEN_MS, ASK_SYNCED_MS, ASK_SYNCING_MS, SHOWN_AFTER_MS } from '../model/limits.ts'
import type { Freeze, Migration } from '../model/migration.ts'
import { backupOf, hostOf, isGone, isReplicaMove, nameOf } from '../model/moves.ts'
import type { Pair, ReplicaMove } from '../model/plan.ts'
import { ofCopy, ofMove, type Subject } from '../model/subjects.ts'
import { hasTags, provenTag } from '../model/tags.ts'
import {
  areAchieved,
  currentGeneration,
  detachAgainIfBack,
  nextGeneration,
  upToFirstUnachieved,
} from './generations.ts'
import { provenMarks } from './marks.ts'
import { NO_STEPS, type Steps, steps } from './snapshot-ladder.ts'
import { hasFreeze } from './taken-marks.ts'

/**
 * The questions before a freeze, the first one or one that replaces another: both hosts of every replica are asked, and asked again
 * while their answer leaves doubts or is long ago. Behind its demotion the ladder itself asks.
 */
export function questions(m: Migration, facts: Facts, nowMs: number): Effect[] {
  const moves = m.plan.moves.filter(isReplicaMove)
  return moves
    .filter((move) => !isGone(m, move) && !demotionOf(m, move) && !hasFreeze(m, move.service, facts))
    .map((move) => hostQuestion(m, move, { nowMs }))
}

/** The steps of a frozen replica that may be intended by now: those that are achieved, and the first that is not. */
export function replicaSteps(m: Migration, move: ReplicaMove, facts: Facts, nowMs: number): Steps {
  const freeze = freezeOf(m, move.service)
  if (!freeze || isGone(m, move)) return NO_STEPS
  const demote = replicaEffect(m, move, 'demote', { instances: [hostOf(move)] })
  if (!areAchieved(m, [demote])) return steps([demote])
  const since = latest(m, ofMove(move.id), 'demote')
  if (!isProven(m, move, facts)) return steps([hostQuestion(m, move, { nowMs, since })])
  const other = unproven(m, facts)
  if (other) return steps([], [{ on: 'service', service: nameOf(move), before: `the proof of ${nameOf(other)}` }])
  return steps(upToFirstUnachieved(m, [provenMarks(m, move, freeze), ...replicaStages(m, move, facts)]))
}

/** Whether the copies are at the successor, promoted and checked. */
export function isReplicaChecked(m: Migration, move: ReplicaMove, facts: Facts): boolean {
  const isPromoted = latest(m, ofMove(move.id), 'promote')?.status === 'achieved'
  return isPromoted && areAchieved(m, replicaStages(m, move, facts).at(-1) ?? [])
}

/**
 * The stages from the proof on. What the volumes show to be past is past, also if the journal has lost that it was
 * done.
 */
function replicaStages(m: Migration, move: ReplicaMove, facts: Facts): Effect[][] {
  const { id, successor, pairs } = move
  const [source, backup] = [hostOf(move), backupOf(move)]
  const isLeaving = pairs.some((pair) => !isAt(pair, backup, facts))
  const volumes = pairs.map((pair) => ({
    of: { subject: ofCopy(id, pair.copy.id), generation: 1, direction: 'forward', volumeId: pair.copy.id } as const,
    at: { instance: successor, device: pair.source.device },
    ...pair,
  }))
  return [
    [replicaEffect(m, move, 'down', { instances: [source] })],
    // A copy that leaves its backup server was taken down there before.
    isLeaving ? [] : [replicaEffect(m, move, 'down', { instances: [backup], side: 'copy' })],
    volumes.map(({ of, copy: { device } }) =>
      detachAgainIfBack(m, currentGeneration(m, { ...of, step: 'detach', instance: backup, device }), facts),
    ),
    volumes.map(({ of, at }) => currentGeneration(m, { ...of, step: 'attach', ...at })),
    [replicaEffect(m, move, 'promote', { instances: [successor] })],
    [
      replicaEffect(m, move, 'checkReplica', { instances: [successor] }),
      ...volumes.map(({ of, at, source }) => {
        const deleteOnTermination = source.deleteOnTermination ?? false
        return currentGeneration(m, { ...of, step: 'checkCopy', ...at, deleteOnTermination })
      }),
    ],
  ]
}

/** Whether the copy is attached to this instance now, or on its way to or from it. */
export function isAt({ copy }: Pair, instance: string, facts: Facts): boolean {
  const attachments = facts.volumes.get(copy.id)?.attachments ?? []
  return attachments.some((each) => each.instance === instance && each.state !== 'detached')
}

/** Whether the copy is attached to this instance, and EC2 is done with it. */
export function isAttachedAt({ copy }: Pair, instance: string, facts: Facts): boolean {
  const attachments = facts.volumes.get(copy.id)?.attachments ?? []
  return attachments.some((each) => each.instance === instance && each.state === 'attached')
}

/**
 * Whether a copy may be primary at the successor, as far as anybody can tell. EC2 may not show yet that it was attached
 * there, and before the visibility window has passed that is no evidence. A copy is promoted only if all its volumes
 * are there, so without a known promotion every one of them has to be.
 */
export function mayBePromoted(m: Migration, move: ReplicaMove, facts: Facts): boolean {
  const mayBeThere = (pair: Pair): boolean => {
    const askedAtMs = lastIssuedAtMs(m, ofCopy(move.id, pair.copy.id), 'attach')
    const isHidden = askedAtMs !== null && facts.beganAtMs < askedAtMs + SHOWN_AFTER_MS
    return isHidden || isAt(pair, move.successor, facts)
  }
  return wasAsked(m, ofMove(move.id), 'promote') ? move.pairs.some(mayBeThere) : move.pairs.every(mayBeThere)
}

/**
 * Whether a replica is proven: both hosts were asked after the demotion and left no doubt, or it was taken down after
 * that; or, where entries may be lost, its copies carry the tag of the proof.
 */
export function isProven(m: Migration, move: ReplicaMove, facts: Facts): boolean {
  const freeze = freezeOf(m, move.service)
  if (!freeze) return false
  // Nothing is taken down that is not proven, and what is down takes no writes, under whatever later freeze.
  if (latest(m, ofMove(move.id), 'down')?.status === 'achieved') return true
  if (wasEverInDoubt(m) && move.pairs.every((pair) => saysProven(m, move, { pair, freeze, facts }))) return true
  const [demoted, answer] = [latest(m, ofMove(move.id), 'demote'), answered(m, ofMove(move.id))]
  return demoted !== null && answer !== null && answer.intendedRev > demoted.intendedRev && isSure(answer)
}

type Told = { readonly pair: Pair; readonly freeze: Freeze; readonly facts: Facts }

/**
 * Whether the copy carries the tag of a proof: under the standing freeze, or under an earlier one, if it has left its
 * backup server since and can be proven no more. Anybody may write it, so it counts only where entries may be lost.
 */
function saysProven(m: Migration, move: ReplicaMove, { pair, freeze, facts }: Told): boolean {
  const tags = facts.volumes.get(pair.copy.id)?.tags ?? {}
  if (hasTags(tags, provenTag(freeze.id))) return true
  return !isAt(pair, backupOf(move), facts) && m.freezes.some(({ id }) => hasTags(tags, provenTag(id)))
}

function isSure({ reading }: EffectState): boolean {
  return reading?.doubts.length === 0
}

/**
 * A replica of a required service that is not proven yet, or null. Before all are proven, none is taken down. After the
 * point of no return all were.
 */
function unproven(m: Migration, facts: Facts): ReplicaMove | null {
  if (m.wentLiveAtMs !== null) return null
  const required = new Set(m.plan.services.filter((each) => !isDeferred(m, each)).map(({ name }) => name))
  const needed = m.plan.moves.filter(isReplicaMove).filter(({ service }) => required.has(service))
  return needed.find((move) => !isProven(m, move, facts)) ?? null
}

type QuestionTiming = {
  readonly nowMs: number
  /** The question has to be newer than this effect's intent, and it is put again only while doubts are left. */
  readonly since?: EffectState | null
  readonly side?: 'home'
}

/** The question (`prove`) as it was put last, or its next generation if the last answer is too old. */
export function hostQuestion(
  m: Migration,
  move: ReplicaMove,
  { nowMs, since = null, side }: QuestionTiming,
): ReplicaEffect {
  const effect = replicaEffect(m, move, 'prove', {
    instances: [hostOf(move), backupOf(move)],
    ...(side ? { side } : {}),
  })
  const last = latest(m, effect.subject, 'prove')
  if (!last) return effect
  const isBefore = since !== null && last.intendedRev < since.intendedRev
  const unfrozenMs = isSure(last) ? ASK_SYNCED_MS : ASK_SYNCING_MS
  const restsMs = since ? ASK_FROZEN_MS : unfrozenMs
  const isOld = last.status === 'achieved' && nowMs - (last.achievedAtMs ?? nowMs) >= restsMs
  return isBefore || isOld ? nextGeneration(effect) : effect
}

type Side = 'copy' | 'source' | 'home'

/** A step on a replica's hosts. `side` tells it apart from the same step on the other side, or on the way home. */
export function replicaEffect(
  m: Migration,
  move: ReplicaMove,
  step: ReplicaStep,
  { instances, side }: { readonly instances: readonly string[]; readonly side?: Side },
): ReplicaEffect {
  const { id, service, resource } = move
  const subject: Subject = side ? { of: 'side', move: id, side } : ofMove(id)
  const isBack = side === 'source' || side === 'home' || step === 'fence'
  const base = { subject, step, generation: 1, direction: isBack ? ('back' as const) : ('forward' as const) }
  return currentGeneration(m, { ...base, service, resource, instances, document: REPLICA_DOCUMENTS[step] })
}
