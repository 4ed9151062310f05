// Facts for the steps that ask again before they act: of the volumes an effect rests on alone. A thousand final snapshots begin
// together, so those that ask while a look is under way share the next one; nobody gets a look that began before they asked.
import type { Facts } from '../src/core/model/facts.ts'
import type { Migration } from '../src/core/model/migration.ts'
import type { Clock, Ec2 } from '../src/core/ports.ts'

type Look = { readonly volumes: Set<string>; readonly facts: Promise<Facts> }

export function recentFacts(ec2: Pick<Ec2, 'observe'>, clock: Clock) {
  const underWay = new Map<string, Promise<unknown>>()
  /** Not begun yet: by migration, the look that others may still join. */
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
