// The ladder of a replica move: demote, prove, down, detach, attach, promote, check. Says what the steps would do, and in which
// order; service-ladder.ts says when, way-back.ts how it comes home again.
//
// A DRBD resource must never be primary on two hosts. So the copy is promoted only after the source was seen down and its unit
// disabled, and nothing is taken down before every replica that the point of no return needs has been proven.
import { again, anew, areAchieved, untilOpen } from './anew.ts'
import type { Effect, ReplicaEffect, ReplicaStep } from './effects.ts'
import type { Facts } from './facts.ts'
import { ASK_FROZEN_MS, ASK_SYNCED_MS, ASK_SYNCING_MS, SHOWN_AFTER_MS } from './limits.ts'
import { provenMarks } from './marks.ts'
import type { EffectState, Migration, Pair, Reading, ReplicaMove } from './migration.ts'
import { backupOf, hostOf, isGone, isReplicaMove, partSubject } from './moves.ts'
import { freezeOf, isDeferred } from './services.ts'
import { generationsOf, latest } from './state.ts'
import { provenTag, stand } from './tags.ts'

const DOCUMENTS: Readonly<Record<ReplicaStep, string>> = {
  demote: 'zonehop-replica-demote',
  prove: 'zonehop-replica-status',
  down: 'zonehop-replica-down',
  promote: 'zonehop-replica-promote',
  check: 'zonehop-replica-check',
  fence: 'zonehop-replica-fence',
  reunite: 'zonehop-replica-reunite',
}

/** Before the outage: both hosts of every replica are asked, and asked again while that leaves doubts or is long ago. */
export function questions(m: Migration, nowMs: number): Effect[] {
  const moves = m.plan.moves.filter(isReplicaMove)
  return moves
    .filter((move) => !isGone(m, move) && freezeOf(m, move.service) === null)
    .map((move) => ask(m, move, { nowMs }))
}

/** The steps that may be intended by now: those that are achieved, and the first that is not. */
export function replicaEffects(m: Migration, move: ReplicaMove, facts: Facts, nowMs: number): Effect[] {
  const freeze = freezeOf(m, move.service)
  if (!freeze || isGone(m, move)) return []
  const demote = on(m, move, 'demote', { instances: [hostOf(move)] })
  if (!areAchieved(m, [demote])) return [demote]
  if (!isProven(m, move, facts)) return [ask(m, move, { nowMs, since: latest(m, move.id, 'demote') })]
  if (!areAllProven(m, facts)) return []
  return untilOpen(m, [provenMarks(m, move, freeze), ...stagesOf(m, move, facts)])
}

/** Its copies stand at the successor, promoted, and were looked at. */
export function isReplicaChecked(m: Migration, move: ReplicaMove, facts: Facts): boolean {
  return latest(m, move.id, 'promote')?.status === 'achieved' && areAchieved(m, stagesOf(m, move, facts).at(-1) ?? [])
}

/** From the proof on. What the volumes show to be past is past, also where the journal has lost that it was done. */
function stagesOf(m: Migration, move: ReplicaMove, facts: Facts): Effect[][] {
  const { successor, pairs } = move
  const [source, backup] = [hostOf(move), backupOf(move)]
  const isLeaving = pairs.some((pair) => !isAt(pair, backup, facts))
  const volumes = pairs.map((pair) => ({
    of: { subject: partSubject(move, pair.copy.id), generation: 1, volumeId: pair.copy.id },
    at: { instance: successor, device: pair.source.device },
    ...pair,
  }))
  return [
    [on(m, move, 'down', { instances: [source] })],
    // A copy that leaves its backup server was down there.
    isLeaving ? [] : [on(m, move, 'down', { instances: [backup], part: 'copy' })],
    volumes.map(({ of, copy: { device } }) => anew(m, { ...of, step: 'detach', instance: backup, device })),
    volumes.map(({ of, at }) => anew(m, { ...of, step: 'attach', ...at })),
    [on(m, move, 'promote', { instances: [successor] })],
    [
      on(m, move, 'check', { instances: [successor] }),
      ...volumes.map(({ of, at, source: { deleteOnTermination } }) =>
        anew(m, { ...of, step: 'check', ...at, deleteOnTermination }),
      ),
    ],
  ]
}

/** Whether the copy is at this instance now, or on its way to or from it. */
export function isAt({ copy }: Pair, instance: string, facts: Facts): boolean {
  const attachments = facts.volumes.get(copy.id)?.attachments ?? []
  return attachments.some((each) => each.instance === instance && each.state !== 'detached')
}

/**
 * Whether a copy may be primary at the successor, as far as anybody can tell: EC2 may not show yet that it was attached there, and
 * what is not shown is no evidence before the visibility window has passed. It is promoted only where it is whole.
 */
export function mayBePromoted(m: Migration, move: ReplicaMove, facts: Facts): boolean {
  const mayBeThere = (pair: Pair): boolean => {
    const issuedAtMs = latest(m, partSubject(move, pair.copy.id), 'attach')?.issuedAtMs ?? null
    const isHidden = issuedAtMs !== null && facts.beganAtMs < issuedAtMs + SHOWN_AFTER_MS
    return isHidden || isAt(pair, move.successor, facts)
  }
  const wasAsked = (latest(m, move.id, 'promote')?.attempts ?? 0) > 0
  return wasAsked ? move.pairs.some(mayBeThere) : move.pairs.every(mayBeThere)
}

/** The newest answer to the question, or null where none was given yet. */
export function readingOf(m: Migration, subject: string): Reading | null {
  return answered(m, subject)?.reading ?? null
}

function answered(m: Migration, subject: string): EffectState | null {
  return generationsOf(m, subject, 'prove').findLast(({ reading }) => reading !== null) ?? null
}

/** Both hosts were asked after the demotion and left no doubt; or the copy says so, under the freeze that stands. */
export function isProven(m: Migration, move: ReplicaMove, facts: Facts): boolean {
  const freeze = freezeOf(m, move.service)
  if (!freeze) return false
  const wanted = provenTag(freeze.id)
  if (move.pairs.every(({ copy }) => stand(facts.volumes.get(copy.id)?.tags ?? {}, wanted))) return true
  const [demoted, answer] = [latest(m, move.id, 'demote'), answered(m, move.id)]
  return demoted !== null && answer !== null && answer.intendedRev > demoted.intendedRev && isSure(answer)
}

function isSure({ reading }: EffectState): boolean {
  return reading?.doubts.length === 0
}

/** Every replica of a required service, before any of them is taken down; behind the point of no return they were. */
function areAllProven(m: Migration, facts: Facts): boolean {
  if (m.wentLiveAtMs !== null) return true
  const required = new Set(m.plan.services.filter((each) => !isDeferred(m, each)).map(({ name }) => name))
  const needed = m.plan.moves.filter(isReplicaMove).filter(({ service }) => required.has(service))
  return needed.every((move) => isProven(m, move, facts))
}

type Asking = {
  readonly nowMs: number
  /** Asked after this was intended, and then only while doubts are left. */
  readonly since?: EffectState | null
  readonly part?: string
}

/** The question as it was put last, or put once more. */
export function ask(m: Migration, move: ReplicaMove, { nowMs, since = null, part }: Asking): ReplicaEffect {
  const effect = on(m, move, 'prove', { instances: [hostOf(move), backupOf(move)], ...(part ? { part } : {}) })
  const last = latest(m, effect.subject, 'prove')
  if (!last) return effect
  const isBefore = since !== null && last.intendedRev < since.intendedRev
  const restsMs = since ? ASK_FROZEN_MS : isSure(last) ? ASK_SYNCED_MS : ASK_SYNCING_MS
  const isOld = last.status === 'achieved' && nowMs - (last.achievedAtMs ?? nowMs) >= restsMs
  return isBefore || isOld ? again(effect) : effect
}

/** A step on hosts; `part` tells the same step on the other side, or on the way home, apart. */
export function on(
  m: Migration,
  move: ReplicaMove,
  step: ReplicaStep,
  { instances, part }: { readonly instances: readonly string[]; readonly part?: string },
): ReplicaEffect {
  const { service, resource } = move
  const subject = part ? partSubject(move, part) : move.id
  return anew(m, { subject, step, generation: 1, service, resource, instances, document: DOCUMENTS[step] })
}
