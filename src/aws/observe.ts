// Looks at the world for all volumes at once, or for those alone that may still change. Instances and commands are asked for
// only while something waits for them.
import type { Filter } from '@aws-sdk/client-ec2'
import { callOf } from '../core/effects.ts'
import { type Facts, factsOf } from '../core/facts.ts'
import { FILTER_VALUES_MAX } from '../core/limits.ts'
import type { Migration } from '../core/migration.ts'
import { movesInSight } from '../core/scope.ts'
import type { Clients } from './clients.ts'
import { commandsOf } from './commands.ts'
import { filter, instancesIn, snapshotsBy, volumesBy } from './describe.ts'

export async function observe({ reading, listening }: Clients, m: Migration, nowMs: number): Promise<Facts> {
  const { sourceZone, targetZone } = m.plan
  const moves = movesInSight(m)
  const mine = [filter('tag:zonehop:migration', m.id), ...(moves ? [filter('tag:zonehop:move', ...moves)] : [])]
  const calls = new Set(
    [...m.effects.values()].flatMap(({ effect, status }) =>
      ['intended', 'issued', 'started'].includes(status) ? (callOf(effect) ?? []) : [],
    ),
  )
  const [snapshots, made, sources, instances, commands] = await Promise.all([
    snapshotsBy(reading, ...mine),
    volumesBy(reading, ...mine),
    volumesBy(reading, moves ? sourceFilter(m, moves) : filter('availability-zone', sourceZone)),
    calls.has('instances') ? instancesIn(reading, [sourceZone, targetZone]) : [],
    calls.has('command') ? commandsOf(listening, m) : new Map(),
  ])
  return factsOf({ rev: m.rev, beganAtMs: nowMs, snapshots, volumes: [...sources, ...made], instances, commands })
}

/** Looks at these source volumes alone. */
export async function observeSources(
  { reading }: Clients,
  m: Migration,
  { sources, nowMs }: { readonly sources: readonly string[]; readonly nowMs: number },
): Promise<Facts> {
  const volumes = sources.length > 0 ? await volumesBy(reading, sourceFilter(m, sources)) : []
  return factsOf({ rev: m.rev, beganAtMs: nowMs, snapshots: [], volumes, instances: [], commands: new Map() })
}

function sourceFilter(m: Migration, sources: readonly string[]): Filter {
  return sources.length <= FILTER_VALUES_MAX
    ? filter('volume-id', ...sources)
    : filter('availability-zone', m.plan.sourceZone)
}
