// What must hold of the seeds of a day, read from the simulated EC2: they take snapshots, and delete only older ones of their own kind.
import type { Effect } from '../../../src/core/model/effects.ts'
import type { Entry } from '../../../src/core/model/entries.ts'
import { snapshotState } from '../../../src/demo/ec2/world/states.ts'
import type { Store } from '../../../src/demo/ec2/world/store.ts'

export function isDaily([first]: readonly Entry[]): boolean {
  return first?.kind === 'planned' && first.purpose === 'seeds'
}

/** Asked at the call. `daily`: ids of all migrations that were ever begun as seeds of a day. */
export function mayBeSeeded(store: Store, effect: Effect, daily: ReadonlySet<string>): string[] {
  if (effect.step === 'seed') return []
  if (effect.step !== 'delete') return [`${effect.step} was called by seeds of a day`]
  const isOurs = ({ tags }: { readonly tags: Readonly<Record<string, string>> }): boolean =>
    tags['zonehop:step'] === 'seed' && daily.has(tags['zonehop:migration'] ?? '')
  const older = store.snapshots.get(effect.resource)
  if (!older || !isOurs(older)) return [`${effect.resource} was deleted, and is no seed of a day`]
  const isNewer = [...store.snapshots.values()].some(
    (one) =>
      one.volume === older.volume &&
      one.startedAtMs > older.startedAtMs &&
      one.deletedAtMs === null &&
      isOurs(one) &&
      snapshotState(one, store.now()) === 'completed',
  )
  return isNewer ? [] : [`${effect.resource} was deleted, and no newer seed of ${older.volume} is complete`]
}
