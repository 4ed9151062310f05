// The ladder of a snapshot move: seed, snapshot, restore, attach, check. Says what a step would do; decide.ts says when.
import { anew } from './anew.ts'
import type { Effect, SnapshotEffect } from './effects.ts'
import type { Facts, SeenSnapshot, SeenVolume } from './facts.ts'
import type { Migration, Move, SnapshotMove, Tags } from './migration.ts'
import { isSnapshotMove, nameOf, partSubject, sourcesOf } from './moves.ts'
import { once } from './once.ts'
import { copiedTags } from './plan.ts'
import { freezeOf } from './services.ts'
import { isAchieved, latest } from './state.ts'
import { frozenTag, stand } from './tags.ts'

export function seedEffect(m: Migration, move: SnapshotMove): Effect {
  const tags = nameTag(move, 'seed')
  return anew(m, { subject: move.id, step: 'seed', generation: 1, volumeId: move.volume.id, tags })
}

/** Of a volume in the target zone, once it takes writes: until it is complete nothing but the volume itself holds them. */
export function firstSnapshot(m: Migration, move: Move, volumeId: string): SnapshotEffect {
  const pair = isSnapshotMove(move) ? undefined : move.pairs.find(({ copy }) => copy.id === volumeId)
  const tags = { Name: `${pair?.source.name ?? nameOf(move)} (first)`.slice(0, 256) }
  return anew(m, { subject: partSubject(move, volumeId), step: 'seed', generation: 1, volumeId, tags })
}

/**
 * The next step of a frozen move that is not achieved, or its last one. Each rests on a fact that must be there now; null
 * while it is not.
 */
export function moveEffect(m: Migration, move: SnapshotMove, facts: Facts): Effect | null {
  const known = effectsOf(m)(facts)
  const effect = known.get(move)
  if (effect !== undefined) return effect
  const next = nextEffect(m, move, facts)
  known.set(move, next)
  return next
}

const effectsOf = once((_m: Migration) => once((_facts: Facts) => new Map<SnapshotMove, Effect | null>()))

function nextEffect(m: Migration, move: SnapshotMove, facts: Facts): Effect | null {
  const { volume, successor } = move
  const base = { subject: move.id, generation: 1 } as const
  const freeze = freezeOf(m, move.service)
  if (!freeze) return null

  const tags = { ...nameTag(move, 'final'), ...frozenTag(freeze.id) }
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

/** The tag of the freeze that stands is on every source now: a person, or a reboot, may have taken it away. */
export function isFrozen(m: Migration, move: Move, facts: Facts): boolean {
  const freeze = freezeOf(m, move.service)
  if (!freeze) return false
  return sourcesOf(move).every(({ id }) => stand(facts.volumes.get(id)?.tags ?? {}, frozenTag(freeze.id)))
}

export function finalSnapshot(m: Migration, move: SnapshotMove, facts: Facts): SeenSnapshot | null {
  return facts.snapshots.get(latest(m, move.id, 'snapshot')?.resource ?? '') ?? null
}

export function targetVolume(m: Migration, move: SnapshotMove, facts: Facts): SeenVolume | null {
  return facts.volumes.get(latest(m, move.id, 'restore')?.resource ?? '') ?? null
}

function nameTag(move: SnapshotMove, what: string): Tags {
  return { Name: `${move.volume.name} (${what})`.slice(0, 256) }
}
