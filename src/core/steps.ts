// The ladder of a move and the tags of a migration, as effects. Says what a step would do; decide.ts says when.
import { isDeepStrictEqual } from 'node:util'
import type { Facts, SeenSnapshot, SeenVolume } from './facts.ts'
import { isAchieved, latest } from './fold.ts'
import { TAGGED_MAX } from './limits.ts'
import type { Effect, Migration, Move, TagEffect, TagStep, Tags } from './migration.ts'
import { copiedTags } from './plan.ts'
import { frozenTag, stand } from './tags.ts'

export function seedEffect(m: Migration, move: Move): Effect {
  const tags = nameTag(move, 'seed')
  return anew(m, { subject: move.id, step: 'seed', generation: 1, volumeId: move.volume.id, tags })
}

/**
 * The next step of a move that is not achieved: snapshot, restore, attach, check. Each rests on a fact that must be there
 * now; null while it is not.
 */
export function moveEffect(m: Migration, move: Move, facts: Facts): Effect | null {
  const { volume, successor } = move
  const base = { subject: move.id, generation: 1 } as const
  const tags = { ...nameTag(move, 'final'), ...frozenTag(m) }
  const snapshot = anew(m, { ...base, step: 'snapshot', volumeId: volume.id, tags })
  if (!isAchieved(m, snapshot)) return isFrozen(m, move, facts) ? snapshot : null

  const cut = finalSnapshot(m, move, facts)
  if (cut?.state !== 'completed') return null
  const like = { zone: m.plan.targetZone, like: volume, tags: copiedTags(volume.tags) }
  const restore = anew(m, { ...base, step: 'restore', snapshotId: cut.id, ...like })
  if (!isAchieved(m, restore)) return restore

  const target = targetVolume(m, move, facts)
  if (!target) return null
  const { device, deleteOnTermination } = volume
  const attach = anew(m, { ...base, step: 'attach', volumeId: target.id, instance: successor, device })
  if (!isAchieved(m, attach)) return attach
  return anew(m, { ...base, step: 'check', volumeId: target.id, instance: successor, device, deleteOnTermination })
}

/** The step as it was intended last, or a new generation of it where what it rests on is another one now. */
function anew<E extends Effect>(m: Migration, effect: E): E {
  const last = latest(m, effect.subject, effect.step)
  if (!last) return effect
  const { generation } = last.effect
  const again = { ...effect, generation }
  return isDeepStrictEqual(last.effect, again) ? again : { ...effect, generation: generation + 1 }
}

/** Every source carries the tag of the freeze: people may be told to stop writing. */
export function isFreezeTagged(m: Migration): boolean {
  return tagEffects(m, 'freeze').every((effect) => isAchieved(m, effect))
}

/** The tag of the freeze that stands is on the source now: a person, or a reboot, may have taken it away. */
export function isFrozen(m: Migration, move: Move, facts: Facts): boolean {
  return stand(facts.volumes.get(move.volume.id)?.tags ?? {}, frozenTag(m))
}

export function finalSnapshot(m: Migration, move: Move, facts: Facts): SeenSnapshot | null {
  return facts.snapshots.get(latest(m, move.id, 'snapshot')?.resource ?? '') ?? null
}

export function targetVolume(m: Migration, move: Move, facts: Facts): SeenVolume | null {
  return facts.volumes.get(latest(m, move.id, 'restore')?.resource ?? '') ?? null
}

/** The CreateTags calls of a step: volumes that get the same tags share one, TAGGED_MAX at most. */
export function tagEffects(m: Migration, step: TagStep): TagEffect[] {
  const groups = new Map<string, { tags: Tags; resources: string[] }>()
  for (const { resource, tags } of m.plan.moves.flatMap((move) => marks(m, move, step))) {
    const key = JSON.stringify(tags)
    const group = groups.get(key) ?? { tags, resources: [] }
    group.resources.push(resource)
    groups.set(key, group)
  }
  const batches = [...groups.values()].flatMap(({ tags, resources }) =>
    chunks(resources).map((part) => ({ tags, resources: part })),
  )
  return batches.map((batch, index) => anew(m, { subject: `batch-${index + 1}`, step, generation: 1, ...batch }))
}

function marks(m: Migration, move: Move, step: TagStep): { resource: string; tags: Tags }[] {
  const source = move.volume.id
  const target = latest(m, move.id, 'restore')?.resource
  switch (step) {
    case 'start':
      return [{ resource: source, tags: { 'zonehop:plan': planTag(m, move) } }]
    case 'freeze':
      return [{ resource: source, tags: { ...frozenTag(m), 'zonehop:phase': 'frozen' } }]
    case 'tag':
      return [
        { resource: source, tags: { 'zonehop:left': m.id, 'zonehop:phase': 'live' } },
        ...(target ? [{ resource: target, tags: { 'zonehop:live': m.id, 'zonehop:phase': 'live' } }] : []),
      ]
    case 'done':
      return [source, ...(target ? [target] : [])].map((resource) => ({ resource, tags: { 'zonehop:phase': 'done' } }))
  }
}

/** Memory for a person or a later migration reading the volume alone; EC2 takes 256 characters a value. */
function planTag(m: Migration, move: Move): string {
  const need = m.plan.services.find(({ name }) => name === move.service)?.need ?? 'required'
  return `migration=${m.id} need=${need} route=${move.route} successor=${move.successor} service=${move.service}`.slice(
    0,
    256,
  )
}

function nameTag(move: Move, what: string): Tags {
  return { Name: `${move.volume.name} (${what})`.slice(0, 256) }
}

function chunks(resources: readonly string[]): string[][] {
  const parts: string[][] = []
  for (let at = 0; at < resources.length; at += TAGGED_MAX) parts.push(resources.slice(at, at + TAGGED_MAX))
  return parts
}
