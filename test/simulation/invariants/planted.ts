// What an intruder made is nobody's: no call of ours deletes it, whatever its tags say, but where an approver agreed to it by its id, and
// was told that tags alone call it ours; and a copy of a rehearsal that the journal took for one of its own in doubt. What is restored from
// is another matter: of whose data it is, and of when.
import type { Effect } from '../../../src/core/model/effects.ts'
import type { Entry, Unexplained } from '../../../src/core/model/entries.ts'
import { isRehearsal } from './rehearsals.ts'

export function sparesPlanted(effect: Effect, planted: ReadonlySet<string>, entries: readonly Entry[]): string[] {
  if (effect.step !== 'delete' || !planted.has(effect.resource)) return []
  const { resource } = effect
  const isKnown = isRehearsal(entries) ? adopted(entries).has(resource) : isToldDoubtful(resource, entries)
  return isKnown ? [] : [`${resource} is deleted, which an intruder made`]
}

/** Whether the question of a cleanup that was answered last said of it that no call returned its id. */
export function isToldDoubtful(resource: string, entries: readonly Entry[]): boolean {
  const answered = entries.findLast((entry) => entry.kind === 'approved' && entry.gate === 'cleanup')
  const nonce = answered?.kind === 'approved' ? answered.asked : null
  const lines = entries.flatMap((entry) => (entry.kind === 'asked' && entry.nonce === nonce ? entry.evidence : []))
  return lines.some((line) => line.includes(`(${resource})`) && line.includes('tags alone call it ours'))
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
