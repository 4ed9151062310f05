// Looks at the world for all volumes at once. Instances and commands are asked for only while something waits for them.
import { callOf } from '../core/effects.ts'
import { type Facts, factsOf } from '../core/facts.ts'
import type { Migration } from '../core/migration.ts'
import type { Clients } from './clients.ts'
import { commandsOf } from './commands.ts'
import { filter, instancesIn, snapshotsBy, volumesBy } from './describe.ts'

export async function observe({ reading, listening }: Clients, m: Migration, nowMs: number): Promise<Facts> {
  const mine = filter('tag:zonehop:migration', m.id)
  const { sourceZone, targetZone } = m.plan
  const calls = new Set(
    [...m.effects.values()].flatMap(({ effect, status }) =>
      ['intended', 'issued', 'started'].includes(status) ? (callOf(effect) ?? []) : [],
    ),
  )
  const [snapshots, made, sources, instances, commands] = await Promise.all([
    snapshotsBy(reading, mine),
    volumesBy(reading, mine),
    volumesBy(reading, filter('availability-zone', sourceZone)),
    calls.has('instances') ? instancesIn(reading, [sourceZone, targetZone]) : [],
    calls.has('command') ? commandsOf(listening, m) : new Map(),
  ])
  return factsOf({ rev: m.rev, beganAtMs: nowMs, snapshots, volumes: [...sources, ...made], instances, commands })
}
