// Looks for one effect in the facts: what EC2 made of it, whether it is achieved, or how it went wrong. A thing that a
// call made is recognised by the id that the call returned. Only if no answer came is it recognised by the nonce that
// only that call had, and then EC2's own facts decide. Attachments and instances are judged by their state, and the
// work of hosts by the attempt's command.

import { issuedAtMs, latest } from '../journal/state.ts'
import {
  type Attempt,
  type CheckCopyEffect,
  type DeleteEffect,
  type DetachEffect,
  type EffectState,
  isReplicaEffect,
  type RestoreEffect,
  type ServiceEffect,
  type SnapshotEffect,
} from '../model/effects.ts'
import type { Facts, SeenSnapshot, SeenVolume } from '../model/facts.ts'
import {
  ATTACHING_MAX_MS,
  CLOCKS_APART_MAX_MS,
  DETACHING_MAX_MS,
  MADE_WITHIN_MS,
  SHOWN_AFTER_MS,
} from '../model/limits.ts'
import type { Migration } from '../model/migration.ts'
import { moveOf } from '../model/moves.ts'
import { subjectName } from '../model/subjects.ts'
import { hasTags, isMarked, issuedOf, zonehopTags } from '../model/tags.ts'
import { lookAtCommand } from './look-command.ts'
import { lookAtReplica } from './look-replica.ts'
import { differences } from './parity.ts'
import { failedSight, type Sight } from './sight.ts'

/** What the facts show of an effect; null if nothing of it is seen. */
export function look(m: Migration, state: EffectState, facts: Facts): Sight | null {
  const { effect } = state
  switch (effect.step) {
    case 'seed':
    case 'snapshot':
    case 'firstSnapshot':
      return lookForSnapshot(state, effect, facts)
    case 'restore':
      return lookForVolume(state, effect, facts) ?? lookAtToken(m, state, facts)
    case 'attach': {
      const volume = facts.volumes.get(effect.volumeId)
      return volume ? lookAtAttachment(volume, state, facts) : null
    }
    case 'detach':
    case 'detachSource': {
      const volume = facts.volumes.get(effect.volumeId)
      return volume ? lookAtDetachment(volume, state, effect, facts) : null
    }
    case 'delete':
      return lookForDeleted(effect, facts)
    case 'checkCopy':
      return lookAtParity(m, effect, facts)
    case 'tag': {
      const tagsOf = (id: string) => facts.volumes.get(id)?.tags ?? {}
      // A tag that is not there was taken off, or was written and is not shown yet; only an answered call tells which.
      const isRemoved = effect.removed.length === 0 || state.status === 'started'
      // Once EC2 must show that it is off, what stands there was written since, by somebody else.
      const isOff = (id: string) => isShownBy(state, facts) || !effect.removed.some((key) => key in tagsOf(id))
      const isDone = (id: string) => isRemoved && isMarked(tagsOf(id), effect.tags) && isOff(id)
      return { isAchieved: effect.resources.every(isDone) }
    }
    case 'rehearse':
      return lookAtCommand(state, effect, facts)
    default:
      return isReplicaEffect(effect) ? lookAtReplica(m, state, effect, facts) : lookAtHosts(state, effect, facts)
  }
}

/** Whether EC2 took the call so long ago that it must show what it did. */
function isShownBy(state: EffectState, { beganAtMs }: Facts): boolean {
  return state.status === 'started' && beganAtMs >= (issuedAtMs(state) ?? 0) + SHOWN_AFTER_MS
}

/**
 * If the attempts made several snapshots, the latest begun counts: under a standing freeze later is never wrong. An
 * older one with the same names, or one of another volume, belongs to nobody.
 */
function lookForSnapshot(state: EffectState, effect: SnapshotEffect, facts: Facts): Sight | null {
  const mine = (facts.snapshotsOf.get(subjectName(effect.subject)) ?? []).filter((one) => isCutOf(state, effect, one))
  const [snapshot, ...others] = bestFirst(state, mine, (one) => one.startedAtMs, facts.snapshots)
  if (!snapshot) return null
  if (snapshot.state !== 'error') return sightOf(snapshot.id, others, snapshot.state === 'completed')
  const problem = `snapshot ${snapshot.id} of ${snapshot.volumeId} ended in error`
  // A snapshot that failed still counts among the few that may be pending (st1 and sc1: one).
  const remedy = `look at the volume and its key in EC2, delete ${snapshot.id}, then retry`
  return { ...failedSight('SnapshotError', problem, remedy), ...made(snapshot.id, others) }
}

function isCutOf(state: EffectState, effect: SnapshotEffect, { tags, volumeId, startedAtMs }: SeenSnapshot): boolean {
  const attempt = attemptIn(state, tags)
  if (!attempt || volumeId !== effect.volumeId || !hasTags(tags, zonehopTags(effect.tags))) return false
  // What began long after the call was made by somebody who had read its nonce.
  const isOfCall = startedAtMs >= attempt.atMs - CLOCKS_APART_MAX_MS && startedAtMs <= attempt.atMs + MADE_WITHIN_MS
  return isOfCall || isAdopted(state, attempt)
}

function lookForVolume(state: EffectState, effect: RestoreEffect, facts: Facts): Sight | null {
  const mine = (facts.volumesOf.get(subjectName(effect.subject)) ?? []).filter(
    ({ tags, snapshotId, zone }) =>
      attemptIn(state, tags) !== null && snapshotId === effect.snapshotId && zone === effect.zone,
  )
  const [volume, ...others] = bestFirst(state, mine, (one) => one.createdAtMs, facts.volumes)
  // Somebody gave another volume the same name, and may have written to it. The call's token tells which is ours.
  if (!volume || (state.resource === null && namesakes(volume, mine).length > 0)) return null
  if (volume.state !== 'error') return sightOf(volume.id, others, ['available', 'in-use'].includes(volume.state))
  const problem = `volume ${volume.id} from ${effect.snapshotId} ended in error`
  const remedy = 'check that its KMS key is enabled and usable, then retry'
  return { ...failedSight('VolumeError', problem, remedy), ...made(volume.id, others) }
}

/**
 * EC2 says that the token was used by another request, and by now it must show what that one made: it is nothing that this effect looks
 * for. A rebuilt journal does not know how many copies were made of a cut, so it counts them from one again. Only the next generation has
 * another token.
 */
function lookAtToken({ doubt }: Migration, { status, hindrance }: EffectState, facts: Facts): Sight | null {
  if (status !== 'issued' || hindrance?.code !== 'IdempotentParameterMismatch' || doubt?.isOpen) return null
  if (facts.beganAtMs < hindrance.sinceMs + SHOWN_AFTER_MS) return null
  const problem = 'EC2 made something else by the token of this request, or took back what it made'
  return failedSight('IdempotentParameterMismatch', problem, 'retry: the next request has a token of its own')
}

/** The attempt of this effect that the tags of a thing name; null if they name none of it. */
function attemptIn({ attempts }: EffectState, tags: SeenSnapshot['tags']): Attempt | null {
  const nonce = issuedOf(tags)
  return attempts.find((attempt) => attempt.nonce === nonce) ?? null
}

/** Whether the entry of the attempt was lost: the journal then knows when its thing was found, not when it was made. */
function isAdopted({ intendedAtMs }: EffectState, { atMs }: Attempt): boolean {
  return atMs === intendedAtMs
}

type Thing = { readonly id: string; readonly state: string; readonly tags: SeenSnapshot['tags'] }

/**
 * The things in order of preference: the one that the call returned, if it is known (nothing if EC2 does not show it);
 * else the latest made first, and those that ended in error last. A call makes one thing, so after the first come only
 * those that other attempts made: what two things claim is nobody's, and nothing is told apart by tags that are lost.
 */
function bestFirst<T extends Thing>(
  { resource }: EffectState,
  mine: readonly T[],
  madeAtMs: (one: T) => number,
  all: ReadonlyMap<string, T>,
): T[] {
  const known = resource === null ? undefined : all.get(resource)
  const rest = mine.filter(({ id }) => id !== resource).toSorted((a, b) => madeAtMs(b) - madeAtMs(a))
  if (resource !== null) return known ? [known, ...(mine.includes(known) ? ofOtherAttempts(known, rest) : [])] : []
  const sound = rest.filter(({ state }) => state !== 'error')
  const [first, ...further] = [...sound, ...rest.filter(({ state }) => state === 'error')]
  return first ? [first, ...ofOtherAttempts(first, further)] : []
}

function ofOtherAttempts<T extends Thing>(first: T, rest: readonly T[]): T[] {
  return rest.filter((one) => issuedOf(one.tags) !== issuedOf(first.tags) && namesakes(one, rest).length === 0)
}

/** Others that carry the nonce of the same attempt, of which at most one thing came. */
function namesakes<T extends Thing>(thing: T, all: readonly T[]): T[] {
  return all.filter((one) => one.id !== thing.id && issuedOf(one.tags) === issuedOf(thing.tags))
}

function sightOf(resource: string, others: readonly Thing[], isAchieved: boolean): Sight {
  return { ...made(resource, others), isAchieved }
}

function made(resource: string, others: readonly Thing[]): Pick<Sight, 'resource' | 'others'> {
  return { resource, others: others.map(({ id }) => id) }
}

function lookAtAttachment(volume: SeenVolume, state: EffectState, facts: Facts): Sight | null {
  const { effect } = state
  const attachment = volume.attachments.find(({ state }) => state !== 'detached')
  if (!attachment || effect.step !== 'attach') return null
  const { instance, device } = effect
  if (attachment.instance !== instance || attachment.device !== device) {
    const problem = `${volume.id} is attached to ${attachment.instance} as ${attachment.device}, not to ${instance} as ${device}`
    return failedSight('VolumeInUse', problem, 'detach it there, then retry')
  }
  if (attachment.state === 'attached') return { isAchieved: true }
  const isStuck = isOlder(state, facts, ATTACHING_MAX_MS)
  if (!isStuck) return { isAchieved: false }
  const problem = `${volume.id} has been ${attachment.state} to ${instance} for over ${ATTACHING_MAX_MS / 1000} s`
  return failedSight('AttachmentStuck', problem, `detach ${volume.id} in EC2, by force if need be, then retry`)
}

/** The detachment is achieved once the volume is away from the instance, wherever else it is by now. */
function lookAtDetachment(
  { attachments }: SeenVolume,
  state: EffectState,
  { volumeId, instance }: DetachEffect,
  facts: Facts,
): Sight {
  const attachment = attachments.find((each) => each.instance === instance && each.state !== 'detached')
  if (!attachment) return { isAchieved: true }
  const isStuck = isOlder(state, facts, DETACHING_MAX_MS)
  if (!isStuck) return { isAchieved: false }
  const problem = `${volumeId} is still ${attachment.state} at ${instance} after ${DETACHING_MAX_MS / 1000} s`
  return failedSight(
    'DetachmentStuck',
    problem,
    `see what holds ${attachment.device} on ${instance}; it is never forced; then retry`,
  )
}

function isOlder(state: EffectState, { beganAtMs }: Facts, maxMs: number): boolean {
  const atMs = issuedAtMs(state)
  return atMs !== null && beganAtMs - atMs > maxMs
}

/**
 * The resource was shown when people agreed to its deletion: once it is not shown any more, it is gone. What EC2 still
 * shows may be gone already.
 */
function lookForDeleted({ resource }: DeleteEffect, facts: Facts): Sight | null {
  const isShown = facts.volumes.has(resource) || facts.snapshots.has(resource)
  return isShown ? null : { isAchieved: true }
}

function lookAtParity(m: Migration, effect: CheckCopyEffect, facts: Facts): Sight | null {
  const move = moveOf(m, effect.subject)
  const target = facts.volumes.get(effect.volumeId)
  if (!move || !target) return null
  // EC2 may not show yet an attachment that an earlier look has shown.
  const attach = latest(m, effect.subject, 'attach')
  const attachedAtMs = (attach && issuedAtMs(attach)) ?? 0
  if (target.attachments.length === 0 && facts.beganAtMs < attachedAtMs + SHOWN_AFTER_MS) return { isAchieved: false }
  const different = differences(move, target)
  if (different.length === 0) return { isAchieved: true }
  if (different.every(({ attribute }) => attribute === 'DeleteOnTermination')) return { isAchieved: false }
  const problem = different
    .map(({ attribute, source, copy }) => `${attribute} is ${copy}, the source's ${source}`)
    .join('; ')
  return failedSight('ParityMismatch', `${target.id}: ${problem}`, 'set it right in EC2, then retry')
}

function lookAtHosts(state: EffectState, effect: ServiceEffect, facts: Facts): Sight | null {
  switch (effect.work.method) {
    case 'manual':
      return null
    case 'document':
      return lookAtCommand(state, effect, facts)
    default:
      return lookAtInstances(state, effect, facts)
  }
}

/**
 * Once EC2 must show what it took, an instance that is still in the opposite state was told otherwise since, or could
 * not obey. Nobody waits for that any longer, so it is a failure.
 */
function lookAtInstances(state: EffectState, effect: ServiceEffect, facts: Facts): Sight {
  const [wanted, opposite] = effect.work.method === 'stop-instances' ? ['stopped', 'running'] : ['running', 'stopped']
  const stateOf = (id: string) => facts.instances.get(id)?.state
  const contrary = isShownBy(state, facts) ? effect.instances.find((id) => stateOf(id) === opposite) : undefined
  if (!contrary) return { isAchieved: effect.instances.every((id) => stateOf(id) === wanted) }
  const problem = `${contrary} is ${opposite}, though EC2 took the call after which it is ${wanted}`
  return failedSight('InstanceNotAsTold', problem, 'look at the instance in EC2, put it right, then retry')
}
