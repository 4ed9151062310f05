// Facts for the step jobs that observe again before they call: only of the volumes that an effect rests on. A thousand
// final snapshots begin together, so the jobs that ask while an observation is under way share the next one; no job
// gets an observation that began before it asked.
import type { Facts } from '../src/core/model/facts.ts'
import type { Migration } from '../src/core/model/migration.ts'
import type { Clock, Ec2 } from '../src/core/ports.ts'

type Look = { readonly volumes: Set<string>; readonly facts: Promise<Facts> }

/** Returns a function from a migration and volume ids to their facts; it throws what `observe` throws. */
export function recentFacts(ec2: Pick<Ec2, 'observe'>, clock: Clock) {
  const underWay = new Map<string, Promise<unknown>>()
  /** By migration, the observation that has not begun yet, and that other jobs may still join. */
  const next = new Map<string, Look>()

  function prepare(migration: Migration): Look {
    const { id } = migration
    const volumes = new Set<string>()
    const facts = (underWay.get(id) ?? Promise.resolve()).then(() => {
      next.delete(id)
      return ec2.observe(migration, clock.now(), [...volumes])
    })
    const look = { volumes, facts }
    next.set(id, look)
    underWay.set(
      id,
      facts.catch(() => undefined),
    )
    return look
  }

  return async (migration: Migration, volumes: readonly string[]): Promise<Facts> => {
    const look = next.get(migration.id) ?? prepare(migration)
    for (const volume of volumes) look.volumes.add(volume)
    return await look.facts
  }
}
