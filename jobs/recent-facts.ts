// Facts for the steps that ask again before they act. A thousand final snapshots that begin together share one look.
import type { Facts } from '../src/core/facts.ts'
import { OBSERVE_SHORT_MS } from '../src/core/limits.ts'
import type { Migration } from '../src/core/migration.ts'
import type { Clock, Ec2 } from '../src/core/ports.ts'

type Look = { readonly rev: number; readonly atMs: number; readonly facts: Promise<Facts> }

/** Facts no older than OBSERVE_SHORT_MS, begun at `rev` or later: what was intended at `rev` is not asked of an older world. */
export function recentFacts(ec2: Pick<Ec2, 'observe'>, clock: Clock) {
  const looks = new Map<string, Look>()
  return async (migration: Migration, rev: number): Promise<Facts> => {
    const known = looks.get(migration.id)
    const nowMs = clock.now()
    if (known && known.rev >= rev && nowMs - known.atMs < OBSERVE_SHORT_MS) return await known.facts
    const facts = ec2.observe(migration, nowMs)
    looks.set(migration.id, { rev: migration.rev, atMs: nowMs, facts })
    return await facts
  }
}
