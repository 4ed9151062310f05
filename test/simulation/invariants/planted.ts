// What an intruder made is nobody's: no call of ours deletes it, whatever its tags say, but where the journal took it for one of its
// own in doubt, and an approver agreed to it by name. What is restored from is another matter: of whose data it is, and of when.
import type { Effect } from '../../../src/core/model/effects.ts'
import type { Entry, Unexplained } from '../../../src/core/model/entries.ts'

export function sparesPlanted(effect: Effect, planted: ReadonlySet<string>, entries: readonly Entry[]): string[] {
  const isForeign = effect.step === 'delete' && planted.has(effect.resource) && !adopted(entries).has(effect.resource)
  return isForeign ? [`${effect.resource} is deleted, which an intruder made`] : []
}

/** What the journal took for its own, since it was in doubt what is. */
export function adopted(entries: readonly Entry[]): Set<string> {
  return new Set(thingsIn(entries).flatMap(({ resource }) => resource ?? []))
}

function thingsIn(entries: readonly Entry[]): readonly Unexplained[] {
  return entries.flatMap((entry) => (entry.kind === 'adopted' ? entry.things : []))
}

/** Snapshots that call themselves final and that the journal took for seeds, since they may be from before the freeze. */
export function takenForSeeds(entries: readonly Entry[]): Set<string> {
  return new Set(
    thingsIn(entries)
      .filter(({ effect }) => effect.step === 'seed')
      .flatMap(({ resource }) => resource ?? []),
  )
}
