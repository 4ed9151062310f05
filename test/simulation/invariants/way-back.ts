// An abort waits for nobody else: once nothing has happened for a while but what snapshots and copies do, the services of a migration
// on its way back are on theirs too. Read from the entries alone, as they are written.
import { type Effect, effectId, isSnapshotEffect } from '../../../src/core/model/effects.ts'
import type { Entry } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'

/** Ticks that rest, calls that are tried again and tags that are shown late take less, where nobody dies or is suspended. */
const HELD_MAX_MS = 6 * 60_000

/** When something last happened that a way back may wait for, and how much had befallen whom by then. */
export type Stir = { readonly atMs: number; readonly befallen: number }

/** Null: this entry is nothing to wait for. */
export function stirs(m: Migration | null, entry: Entry): boolean {
  switch (entry.kind) {
    case 'issued':
    case 'notCalled':
    case 'started':
    case 'failed':
    case 'read':
      return isOther(m?.effects.get(entry.effect)?.effect)
    case 'seen':
      return entry.achieved.some((id) => isOther(m?.effects.get(id)?.effect))
    case 'intended':
      return entry.effects.some(isOther)
    case 'noted':
    case 'warned':
      return false
    default:
      return true
  }
}

function isOther(effect: Effect | undefined): boolean {
  return effect !== undefined && !isSnapshotEffect(effect) && effect.step !== 'restore'
}

/** Asked of the entry by which the way back of a service goes on. */
export function heldUp(m: Migration | null, entry: Entry, since: Stir | undefined, befallen: number): string[] {
  if (m?.phase !== 'aborting' || entry.kind !== 'intended' || !since || since.befallen !== befallen) return []
  const back = entry.effects.filter(({ direction }) => direction === 'back')
  const heldMs = entry.atMs - since.atMs
  return heldMs > HELD_MAX_MS
    ? back
        .slice(0, 1)
        .map((effect) => `${effectId(effect)} was held up for ${Math.round(heldMs / 1000)} s by nothing of its own`)
    : []
}
