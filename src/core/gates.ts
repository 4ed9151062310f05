// What each gate shows before it asks. The evidence is part of the basis: when it changes, an approval is void.
// So it holds what is decided on (ids, counts, names), not what drifts by itself (ages, percents).
import type { Facts } from './facts.ts'
import { latest } from './fold.ts'
import type { Migration } from './migration.ts'
import { differences } from './parity.ts'
import { targetVolume } from './steps.ts'
import { frozenTag, stand } from './tags.ts'

export function startEvidence(m: Migration): string[] {
  const { moves, services, stays, sourceZone, targetZone } = m.plan
  const gib = moves.reduce((sum, { volume }) => sum + volume.sizeGib, 0)
  return [
    `${moves.length} volumes, ${gib} GiB, of ${services.length} services move from ${sourceZone} to ${targetZone} by snapshot.`,
    m.seeds
      ? 'Seed snapshots are taken first, while services run.'
      : 'No seed snapshots (--no-seed): every final snapshot is full, and the outage lasts as long as the slowest.',
    ...stays.map(({ name, volume, sizeGib, reason }) => `${name} (${volume}, ${sizeGib} GiB) stays: ${reason}.`),
  ]
}

export function freezeEvidence(m: Migration): string[] {
  const seeded = m.plan.moves.filter(({ id }) => latest(m, id, 'seed')?.status === 'achieved').length
  return [
    `The outage begins: ${m.plan.services.map(({ name }) => name).join(', ')} stop writing until they are open in ${m.plan.targetZone}.`,
    seeded > 0
      ? `${seeded} of ${m.plan.moves.length} volumes have a completed seed; their final snapshots hold only what changed since.`
      : 'No volume has a seed; how long a first snapshot takes is known only once it reports percents.',
  ]
}

/** Null while anything it rests on is not there now: every freeze standing, every copy equal to its source and attached. */
export function goLiveEvidence(m: Migration, facts: Facts): string[] | null {
  const checked = m.plan.moves.map((move) => {
    const target = targetVolume(m, move, facts)
    const source = facts.volumes.get(move.volume.id)
    const isFrozen = source !== undefined && stand(source.tags, frozenTag(m))
    return target && isFrozen && differences(move, target).length === 0 ? `${move.volume.name} is ${target.id}` : null
  })
  const ready = checked.flatMap((line) => line ?? [])
  if (ready.length < checked.length) return null
  return [
    `All ${ready.length} volumes are attached in ${m.plan.targetZone} and equal their sources.`,
    `After this there is no way back by button: ${m.plan.targetZone} takes writes, and the sources in ${m.plan.sourceZone} are kept but grow old.`,
    ...ready.slice(0, 25),
    ...(ready.length > 25 ? [`and ${ready.length - 25} more`] : []),
  ]
}
