// Looks at the world for all volumes at once, or for those alone that may still change. Instances and commands are asked for
// only while something waits for them.
import type { Filter } from '@aws-sdk/client-ec2'
import { isCleaning } from '../core/journal/state.ts'
import { callOf } from '../core/model/effects.ts'
import { type Facts, factsOf } from '../core/model/facts.ts'
import { FILTER_VALUES_MAX } from '../core/model/limits.ts'
import type { Migration } from '../core/model/migration.ts'
import { claimsOf, copiesOf } from '../core/model/moves.ts'
import { movesInSight, subjectsOf } from '../core/seeing/scope.ts'
import { targetsOf } from '../core/steps/marks.ts'
import type { Clients } from './clients.ts'
import { commandsOf } from './commands.ts'
import { filter, instancesIn, snapshotsBy, snapshotsOf, volumesBy } from './describe.ts'

export async function observe({ reading, listening }: Clients, m: Migration, nowMs: number): Promise<Facts> {
  const { sourceZone, targetZone } = m.plan
  const moves = movesInSight(m)
  const subjects = moves ? [filter('tag:zonehop:move', ...moves.flatMap(subjectsOf))] : []
  const mine = [filter('tag:zonehop:migration', m.id), ...subjects]
  const open = m.effects.values().filter(({ status }) => ['intended', 'issued', 'started'].includes(status))
  const calls = new Set(open.map(({ effect }) => callOf(effect)))
  // A fence may be seen by its instance being stopped.
  const needsInstances = isCleaning(m) || calls.has('instances') || open.some(({ effect }) => effect.step === 'fence')
  const copies = moves ? [] : m.plan.moves.flatMap(copiesOf)
  // Whoever took it, a snapshot of a new copy protects it.
  const targets = isCleaning(m) ? m.plan.moves.flatMap((move) => targetsOf(m, move)) : []
  const [snapshots, others, made, sources, replicas, instances, commands] = await Promise.all([
    snapshotsBy(reading, ...mine),
    snapshotsOf(reading, targets),
    volumesBy(reading, ...mine),
    volumesBy(reading, moves ? idFilter(m, claimsOf(moves)) : filter('availability-zone', sourceZone)),
    copies.length > 0 ? volumesBy(reading, idFilter(m, copies)) : [],
    needsInstances ? instancesIn(reading, [sourceZone, targetZone]) : [],
    calls.has('command') ? commandsOf(listening, m) : new Map(),
  ])
  const volumes = [...sources, ...replicas, ...made]
  return factsOf({ rev: m.rev, beganAtMs: nowMs, snapshots: [...snapshots, ...others], volumes, instances, commands })
}

/** Looks at these volumes of the plan alone. */
export async function observeSources(
  { reading }: Clients,
  m: Migration,
  { sources, nowMs }: { readonly sources: readonly string[]; readonly nowMs: number },
): Promise<Facts> {
  const { sourceZone, targetZone } = m.plan
  const [volumes, instances] = await Promise.all([
    sources.length > 0 ? volumesBy(reading, idFilter(m, sources)) : [],
    // Nothing is taken from a server that was started again.
    isCleaning(m) ? instancesIn(reading, [sourceZone, targetZone]) : [],
  ])
  return factsOf({ rev: m.rev, beganAtMs: nowMs, snapshots: [], volumes, instances, commands: new Map() })
}

/** More than a filter takes are asked for by the zones they are in. */
function idFilter({ plan }: Migration, ids: readonly string[]): Filter {
  return ids.length <= FILTER_VALUES_MAX
    ? filter('volume-id', ...ids)
    : filter('availability-zone', plan.sourceZone, plan.targetZone)
}
