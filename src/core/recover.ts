// What EC2's tags tell and the journal does not: its last entries were lost, and the world is further than it knows. Tags are
// the second memory: what they show is adopted before anything is created, and before anybody is asked.
import { type Effect, effectId } from './effects.ts'
import type { Said } from './entries.ts'
import type { Facts, SeenSnapshot, SeenVolume } from './facts.ts'
import type { Migration, Move, ReplicaMove, SnapshotMove } from './migration.ts'
import { isSnapshotMove, partSubject, sourcesOf } from './moves.ts'
import { copiedTags } from './plan.ts'
import { freezeOf } from './services.ts'

export function recover(m: Migration, facts: Facts): Said | null {
  return recoverWentLive(m, facts) ?? recoverFreeze(m, facts) ?? recoverAbort(m, facts) ?? adopt(m, facts)
}

/** `left` is written after `wentLive` alone: where it stands, the target zone may be taking writes, whatever was asked since. */
function recoverWentLive(m: Migration, facts: Facts): Said | null {
  if (!isBeforeLive(m) && m.phase !== 'aborting') return null
  const isLeft = sourceTags(m, facts).some((tags) => tags['zonehop:left'] === m.id)
  return isLeft ? { kind: 'wentLive', percents: {} } : null
}

/**
 * The freeze's tag is written once its approval is spent, and taken off before writes begin again. Where it stands the journal
 * must know it, however far it is: nothing opens without its freeze, and on the way back what it stopped is started again.
 */
function recoverFreeze(m: Migration, facts: Facts): Said | null {
  const known = new Set(m.freezes.map(({ id }) => id))
  const freezeOn = (move: Move): string =>
    sourcesOf(move).flatMap(({ id }) => facts.volumes.get(id)?.tags['zonehop:frozen'] ?? [])[0] ?? ''
  const isOurs = (id: string): boolean => id.startsWith(`${m.id}-`)
  const freeze = m.plan.moves.map(freezeOn).find((id) => isOurs(id) && !known.has(id))
  if (!freeze) return null
  // Its call may have been cut short, so it is the freeze of every service that is under no other one.
  const others = m.plan.moves.filter((move) => isOurs(freezeOn(move)) && freezeOn(move) !== freeze)
  const names = new Set(others.map(({ service }) => service))
  const services = m.plan.services.map(({ name }) => name).filter((name) => !names.has(name))
  return services.length > 0 ? { kind: 'freezing', freeze, services } : null
}

/** The way back begins with its tag. */
function recoverAbort(m: Migration, facts: Facts): Said | null {
  if (!isBeforeLive(m)) return null
  const isAborted = sourceTags(m, facts).some((tags) => tags['zonehop:aborted'] === m.id)
  return isAborted ? { kind: 'aborting', by: null, reason: 'the volumes say so; the entry was lost' } : null
}

function sourceTags(m: Migration, facts: Facts) {
  return m.plan.moves.flatMap(sourcesOf).map(({ id }) => facts.volumes.get(id)?.tags ?? {})
}

function isBeforeLive({ phase }: Migration): boolean {
  return ['planned', 'seeding', 'frozen', 'moving'].includes(phase)
}

/** Snapshots and volumes of this migration whose effect is in no entry: intended again, so that the next look sees them. */
function adopt(m: Migration, facts: Facts): Said | null {
  const effects = m.plan.moves.flatMap((move) =>
    isSnapshotMove(move) ? adoptCopies(m, move, facts) : adoptFirst(m, move, facts),
  )
  return effects.length > 0 ? { kind: 'intended', effects } : null
}

function adoptCopies(m: Migration, move: SnapshotMove, facts: Facts): Effect[] {
  return [
    ...(facts.snapshotsOf.get(move.id) ?? []).flatMap((snapshot) => snapshotEffect(m, move, snapshot) ?? []),
    ...(facts.volumesOf.get(move.id) ?? []).flatMap((volume) => restoreEffect(m, move, volume) ?? []),
  ]
}

/** The first snapshots of what was promoted. */
function adoptFirst(m: Migration, move: ReplicaMove, facts: Facts): Effect[] {
  return move.pairs.flatMap(({ copy }) => {
    const subject = partSubject(move, copy.id)
    return (facts.snapshotsOf.get(subject) ?? []).flatMap(({ tags, volumeId, state }) => {
      const named = { subject, step: 'seed', generation: generationOf(tags) } as const
      const isOurs = tags['zonehop:migration'] === m.id && tags['zonehop:step'] === 'seed' && state !== 'error'
      return isOurs && !m.effects.has(effectId(named)) ? [{ ...named, volumeId, tags: kept(tags) }] : []
    })
  })
}

function snapshotEffect(m: Migration, move: SnapshotMove, { tags, volumeId, state }: SeenSnapshot): Effect | null {
  const step = tags['zonehop:step']
  if (tags['zonehop:migration'] !== m.id || state === 'error' || (step !== 'seed' && step !== 'snapshot')) return null
  // A final cut counts under the freeze that stands; under another one it is a seed at best.
  if (step === 'snapshot' && tags['zonehop:frozen'] !== freezeOf(m, move.service)?.id) return null
  const named = { subject: move.id, step, generation: generationOf(tags) } as const
  return m.effects.has(effectId(named)) ? null : { ...named, volumeId, tags: kept(tags) }
}

function restoreEffect(m: Migration, move: SnapshotMove, { tags, snapshotId, zone, state }: SeenVolume): Effect | null {
  if (tags['zonehop:migration'] !== m.id || tags['zonehop:step'] !== 'restore') return null
  if (!snapshotId || state === 'error') return null
  const named = { subject: move.id, step: 'restore', generation: generationOf(tags) } as const
  if (m.effects.has(effectId(named))) return null
  return { ...named, snapshotId, zone, like: move.volume, tags: copiedTags(move.volume.tags) }
}

function generationOf(tags: Readonly<Record<string, string>>): number {
  return Number(tags['zonehop:generation'] ?? 1)
}

/** The tags the effect itself asked for: its identity is added by the call. */
function kept({ Name = '', ...tags }: Readonly<Record<string, string>>): Record<string, string> {
  const frozen = tags['zonehop:frozen']
  return { Name, ...(frozen ? { 'zonehop:frozen': frozen } : {}) }
}
