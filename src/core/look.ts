// Looks for one effect in the facts: what EC2 made of it, whether it is achieved, or how it went wrong. By tags for what it
// makes, by state for attachments and instances, by the comment of the command for what hosts ran.
import type {
  CheckEffect,
  DeleteEffect,
  DetachEffect,
  RestoreEffect,
  ServiceEffect,
  SnapshotEffect,
} from './effects.ts'
import type { Facts, SeenVolume } from './facts.ts'
import { ATTACHING_MAX_MS, DETACHING_MAX_MS, SHOWN_AFTER_MS } from './limits.ts'
import { lookAtCommand, wrong } from './look-command.ts'
import { lookAtReplica } from './look-replica.ts'
import type { EffectState, Failure, Migration, Reading } from './migration.ts'
import { moveOf } from './moves.ts'
import { differences } from './parity.ts'
import { latest } from './state.ts'
import { identity, isMarked, ownTags, stand } from './tags.ts'

export type Sight = {
  readonly resource?: string
  readonly isAchieved: boolean
  readonly failure?: Failure
  /** What both hosts of a replica said, where that was asked. */
  readonly reading?: Reading
}

/** Null where nothing of it is seen. */
export function look(m: Migration, state: EffectState, facts: Facts): Sight | null {
  const { effect } = state
  switch (effect.step) {
    case 'seed':
    case 'snapshot':
      return lookForSnapshot(m, effect, facts)
    case 'restore':
      return lookForVolume(m, effect, facts)
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
    case 'check':
      return 'document' in effect ? lookAtReplica(m, state, effect, facts) : lookAtParity(m, effect, facts)
    case 'tag': {
      const tagsOf = (id: string) => facts.volumes.get(id)?.tags ?? {}
      // A tag that is not there was taken off, or was written and is not shown yet: only an answered call tells.
      const isRemoved = effect.removed.length === 0 || state.status === 'started'
      const isDone = (id: string) =>
        isRemoved && isMarked(tagsOf(id), effect.tags) && !effect.removed.some((key) => key in tagsOf(id))
      return { isAchieved: effect.resources.every(isDone) }
    }
    default:
      return 'resource' in effect ? lookAtReplica(m, state, effect, facts) : lookAtHosts(state, effect, facts)
  }
}

/** A final snapshot counts only under the freeze that stands; the first one EC2 began, should there ever be two. */
function lookForSnapshot(m: Migration, effect: SnapshotEffect, facts: Facts): Sight | null {
  const wanted = { ...identity(m.id, effect), ...ownTags(effect.tags) }
  const [snapshot] = (facts.snapshotsOf.get(effect.subject) ?? [])
    .filter(({ tags }) => stand(tags, wanted))
    .sort((a, b) => a.startedAtMs - b.startedAtMs)
  if (!snapshot) return null
  if (snapshot.state !== 'error') return { resource: snapshot.id, isAchieved: snapshot.state === 'completed' }
  const problem = `snapshot ${snapshot.id} of ${snapshot.volumeId} ended in error`
  // One that failed still counts among the few that may be pending (st1 and sc1: one).
  return wrong('SnapshotError', problem, `look at the volume and its key in EC2, delete ${snapshot.id}, then retry`)
}

function lookForVolume(m: Migration, effect: RestoreEffect, facts: Facts): Sight | null {
  const volume = facts.volumesOf
    .get(effect.subject)
    ?.find(({ tags, snapshotId }) => stand(tags, identity(m.id, effect)) && snapshotId === effect.snapshotId)
  if (!volume) return null
  if (volume.state !== 'error') {
    return { resource: volume.id, isAchieved: ['available', 'in-use'].includes(volume.state) }
  }
  const problem = `volume ${volume.id} from ${effect.snapshotId} ended in error`
  return wrong('VolumeError', problem, 'check that its KMS key is enabled and usable, then retry')
}

function lookAtAttachment(volume: SeenVolume, state: EffectState, facts: Facts): Sight | null {
  const { effect, issuedAtMs } = state
  const attachment = volume.attachments.find(({ state }) => state !== 'detached')
  if (!attachment || effect.step !== 'attach') return null
  const { instance, device } = effect
  if (attachment.instance !== instance || attachment.device !== device) {
    const problem = `${volume.id} is attached to ${attachment.instance} as ${attachment.device}, not to ${instance} as ${device}`
    return wrong('VolumeInUse', problem, 'detach it there, then retry')
  }
  if (attachment.state === 'attached') return { isAchieved: true }
  const isStuck = issuedAtMs !== null && facts.beganAtMs - issuedAtMs > ATTACHING_MAX_MS
  if (!isStuck) return { isAchieved: false }
  const problem = `${volume.id} has been ${attachment.state} to ${instance} for over ${ATTACHING_MAX_MS / 1000} s`
  return wrong('AttachmentStuck', problem, `detach ${volume.id} in EC2, by force if need be, then retry`)
}

/** Away from the instance, wherever else it is by now. */
function lookAtDetachment(
  { attachments }: SeenVolume,
  { issuedAtMs }: EffectState,
  { volumeId, instance }: DetachEffect,
  facts: Facts,
): Sight {
  const attachment = attachments.find((each) => each.instance === instance && each.state !== 'detached')
  if (!attachment) return { isAchieved: true }
  const isStuck = issuedAtMs !== null && facts.beganAtMs - issuedAtMs > DETACHING_MAX_MS
  if (!isStuck) return { isAchieved: false }
  const problem = `${volumeId} is still ${attachment.state} at ${instance} after ${DETACHING_MAX_MS / 1000} s`
  return wrong(
    'DetachmentStuck',
    problem,
    `see what holds ${attachment.device} on ${instance}; it is never forced; then retry`,
  )
}

/** It was shown when people agreed to it: not shown any more, it is gone. What is still shown may be gone already. */
function lookForDeleted({ resource }: DeleteEffect, facts: Facts): Sight | null {
  const isShown = facts.volumes.has(resource) || facts.snapshots.has(resource)
  return isShown ? null : { isAchieved: true }
}

function lookAtParity(m: Migration, effect: CheckEffect, facts: Facts): Sight | null {
  const move = moveOf(m, effect.subject)
  const target = facts.volumes.get(effect.volumeId)
  if (!move || !target) return null
  // EC2 may not show the attachment yet that another look has shown.
  const attachedAtMs = latest(m, effect.subject, 'attach')?.issuedAtMs ?? 0
  if (target.attachments.length === 0 && facts.beganAtMs < attachedAtMs + SHOWN_AFTER_MS) return { isAchieved: false }
  const different = differences(move, target)
  if (different.length === 0) return { isAchieved: true }
  if (different.every(({ attribute }) => attribute === 'DeleteOnTermination')) return { isAchieved: false }
  const problem = different
    .map(({ attribute, source, copy }) => `${attribute} is ${copy}, the source's ${source}`)
    .join('; ')
  return wrong('ParityMismatch', `${target.id}: ${problem}`, 'set it right in EC2, then retry')
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

/** Once EC2 must show what it took, one that stands as before was told otherwise since, or could not: nobody waits for that. */
function lookAtInstances({ status, issuedAtMs }: EffectState, effect: ServiceEffect, facts: Facts): Sight {
  const [wanted, opposite] = effect.work.method === 'stop-instances' ? ['stopped', 'running'] : ['running', 'stopped']
  const stateOf = (id: string) => facts.instances.get(id)?.state
  const isShown = status === 'started' && facts.beganAtMs >= (issuedAtMs ?? 0) + SHOWN_AFTER_MS
  const contrary = isShown ? effect.instances.find((id) => stateOf(id) === opposite) : undefined
  if (!contrary) return { isAchieved: effect.instances.every((id) => stateOf(id) === wanted) }
  const problem = `${contrary} is ${opposite}, though EC2 took the call after which it is ${wanted}`
  return wrong('InstanceNotAsTold', problem, 'look at the instance in EC2, put it right, then retry')
}
