// The ladder of a move and the tags of a migration, as effects. Says what a step would do; decide.ts says when.
import type { Facts, SeenSnapshot, SeenVolume } from './facts.ts'
import { latest } from './fold.ts'
import { TAGGED_MAX } from './limits.ts'
import type { Effect, Migration, Move, SnapshotEffect, TagEffect, TagStep, Tags } from './migration.ts'
import { copiedTags } from './plan.ts'
import { frozenTag, stand } from './tags.ts'

export function seedEffect(move: Move): SnapshotEffect {
  return { subject: move.id, step: 'seed', generation: 1, volumeId: move.volume.id, tags: nameTag(move, 'seed') }
}

/** The next step of a move, if the fact it rests on is there now: snapshot, restore, attach, check. */
export function moveEffect(m: Migration, move: Move, facts: Facts): Effect | null {
  const is = (step: Effect['step']) => latest(m, move.id, step)?.status === 'achieved'
  const { volume } = move
  const base = { subject: move.id, generation: 1 } as const
  if (!is('snapshot')) {
    const source = facts.volumes.find(({ id }) => id === volume.id)
    const tags = { ...nameTag(move, 'final'), ...frozenTag(m) }
    return source && stand(source.tags, frozenTag(m)) ? { ...base, step: 'snapshot', volumeId: volume.id, tags } : null
  }
  if (!is('restore')) {
    const snapshot = finalSnapshot(m, move, facts)
    if (snapshot?.state !== 'completed') return null
    return { ...base, step: 'restore', snapshotId: snapshot.id, zone: m.plan.targetZone, like: volume, tags: copiedTags(volume.tags) }
  }
  const target = targetVolume(m, move, facts)
  if (!target) return null
  if (!is('attach')) return { ...base, step: 'attach', volumeId: target.id, instance: move.successor, device: volume.device }
  return { ...base, step: 'check', instance: move.successor, device: volume.device, deleteOnTermination: volume.deleteOnTermination }
}

export function finalSnapshot(m: Migration, move: Move, facts: Facts): SeenSnapshot | null {
  const id = latest(m, move.id, 'snapshot')?.resource
  return facts.snapshots.find((snapshot) => snapshot.id === id) ?? null
}

export function targetVolume(m: Migration, move: Move, facts: Facts): SeenVolume | null {
  const id = latest(m, move.id, 'restore')?.resource
  return facts.volumes.find((volume) => volume.id === id) ?? null
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
  const batches = [...groups.values()].flatMap(({ tags, resources }) => chunks(resources).map((part) => ({ tags, resources: part })))
  return batches.map((batch, index) => ({ subject: `batch-${index + 1}`, step, generation: 1, ...batch }))
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
  return `migration=${m.id} need=${need} route=${move.route} successor=${move.successor} service=${move.service}`.slice(0, 256)
}

function nameTag(move: Move, what: string): Tags {
  return { Name: `${move.volume.name} (${what})`.slice(0, 256) }
}

function chunks(resources: readonly string[]): string[][] {
  const parts: string[][] = []
  for (let at = 0; at < resources.length; at += TAGGED_MAX) parts.push(resources.slice(at, at + TAGGED_MAX))
  return parts
}
