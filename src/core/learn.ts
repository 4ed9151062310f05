// Learns from the facts what the journal does not know yet: begun (also by a caller who died before saying so), done, gone wrong.
import type { Facts, SeenVolume } from './facts.ts'
import { latest } from './fold.ts'
import { VISIBILITY_WINDOW_MS } from './limits.ts'
import { type Effect, type EffectState, effectId, type Migration, type Said } from './migration.ts'
import { differences } from './parity.ts'
import { identity, isMarked, ownTags, stand } from './tags.ts'

type Sight = {
  readonly resource?: string
  readonly isAchieved: boolean
  readonly failure?: { code: string; problem: string; remedy: string }
}

type Failure = NonNullable<Sight['failure']>

export function learn(m: Migration, facts: Facts): Said | null {
  const states = [...m.effects.values()]
  const open = states.filter(({ status }) => status !== 'achieved' && status !== 'failed')
  const sights = open.flatMap((state) => {
    const sight = look(m, state, facts)
    return sight ? [{ id: effectId(state.effect), state, sight }] : []
  })
  const bad = sights.find(({ sight }) => sight.failure)
  if (bad?.sight.failure) return { kind: 'failed', effect: bad.id, ...bad.sight.failure }
  for (const state of states) {
    const failure = lost(m, state, facts)
    if (failure) return { kind: 'failed', effect: effectId(state.effect), ...failure }
  }
  const started = sights.flatMap(({ id, state, sight }) =>
    sight.resource && state.resource !== sight.resource ? [{ effect: id, resource: sight.resource }] : [],
  )
  const achieved = sights.filter(({ sight }) => sight.isAchieved).map(({ id }) => id)
  return started.length + achieved.length > 0 ? { kind: 'seen', started, achieved } : null
}

function look(m: Migration, { effect }: EffectState, facts: Facts): Sight | null {
  switch (effect.step) {
    case 'seed':
    case 'snapshot':
      return lookForSnapshot(m, effect, facts)
    case 'restore':
      return lookForVolume(m, effect, facts)
    case 'attach': {
      const volume = facts.volumes.get(effect.volumeId)
      return volume ? lookAtAttachment(volume, effect) : null
    }
    case 'check':
      return lookAtParity(m, effect, facts)
    default: {
      const isTagged = (id: string) => isMarked(facts.volumes.get(id)?.tags ?? {}, effect.tags)
      return { isAchieved: effect.resources.every(isTagged) }
    }
  }
}

/** What was achieved and is not there any more, though the next step or gate rests on it: told, and made anew on a retry. */
function lost(m: Migration, state: EffectState, facts: Facts): Failure | null {
  const { effect, status, achievedAtMs } = state
  if (m.phase !== 'moving' || status !== 'achieved' || achievedAtMs === null) return null
  if (!['snapshot', 'restore', 'attach', 'check'].includes(effect.step)) return null
  if (effect.step === 'snapshot' && latest(m, effect.subject, 'restore')?.status === 'achieved') return null
  if (latest(m, effect.subject, effect.step) !== state || facts.beganAtMs < achievedAtMs + VISIBILITY_WINDOW_MS)
    return null
  const sight = look(m, state, facts)
  if (sight?.failure) return sight.failure
  if (sight?.isAchieved) return null
  const problem = `what ${effect.step} had achieved is not there any more (${state.resource ?? effectId(effect)})`
  return { code: 'Gone', problem, remedy: 'find out who removed it, then retry' }
}

/** A final snapshot counts only under the freeze that stands; the first one EC2 began, should there ever be two. */
function lookForSnapshot(
  m: Migration,
  effect: Extract<Effect, { step: 'seed' | 'snapshot' }>,
  facts: Facts,
): Sight | null {
  const wanted = { ...identity(m.id, effect), ...ownTags(effect.tags) }
  const [snapshot] = (facts.snapshotsOf.get(effect.subject) ?? [])
    .filter(({ tags }) => stand(tags, wanted))
    .sort((a, b) => a.startedAtMs - b.startedAtMs)
  if (!snapshot) return null
  if (snapshot.state !== 'error') return { resource: snapshot.id, isAchieved: snapshot.state === 'completed' }
  const problem = `snapshot ${snapshot.id} of ${snapshot.volumeId} ended in error`
  return {
    isAchieved: false,
    failure: { code: 'SnapshotError', problem, remedy: 'look at the volume and its key in EC2, then retry' },
  }
}

function lookForVolume(m: Migration, effect: Extract<Effect, { step: 'restore' }>, facts: Facts): Sight | null {
  const volume = facts.volumesOf
    .get(effect.subject)
    ?.find(({ tags, snapshotId }) => stand(tags, identity(m.id, effect)) && snapshotId === effect.snapshotId)
  if (!volume) return null
  if (volume.state !== 'error')
    return { resource: volume.id, isAchieved: ['available', 'in-use'].includes(volume.state) }
  const problem = `volume ${volume.id} from ${effect.snapshotId} ended in error`
  return {
    isAchieved: false,
    failure: { code: 'VolumeError', problem, remedy: 'check that its KMS key is enabled and usable, then retry' },
  }
}

function lookAtAttachment(volume: SeenVolume, effect: Extract<Effect, { step: 'attach' }>): Sight | null {
  const attachment = volume.attachments.find(({ state }) => state !== 'detached')
  if (!attachment) return null
  const isWanted = attachment.instance === effect.instance && attachment.device === effect.device
  if (isWanted) return { isAchieved: attachment.state === 'attached' }
  const problem = `${volume.id} is attached to ${attachment.instance} as ${attachment.device}, not to ${effect.instance} as ${effect.device}`
  return { isAchieved: false, failure: { code: 'VolumeInUse', problem, remedy: 'detach it there, then retry' } }
}

function lookAtParity(m: Migration, effect: Extract<Effect, { step: 'check' }>, facts: Facts): Sight | null {
  const move = m.plan.moves.find(({ id }) => id === effect.subject)
  const target = facts.volumes.get(effect.volumeId)
  if (!move || !target) return null
  const different = differences(move, target)
  if (different.length === 0) return { isAchieved: true }
  if (different.every(({ attribute }) => attribute === 'DeleteOnTermination')) return { isAchieved: false }
  const problem = different
    .map(({ attribute, source, copy }) => `${attribute} is ${copy}, the source's ${source}`)
    .join('; ')
  return {
    isAchieved: false,
    failure: { code: 'ParityMismatch', problem: `${target.id}: ${problem}`, remedy: 'set it right in EC2, then retry' },
  }
}
