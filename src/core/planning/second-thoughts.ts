// What speaks against a start before it is written down: people swap two zones easily, and leave one that was left already. It keeps
// nothing from being started; it is asked back, and who means it repeats which zone is left.
import type { Inventory } from '../model/facts.ts'
import type { Migration } from '../model/migration.ts'
import { day } from '../model/text.ts'

type Request = { readonly sourceZone: string; readonly targetZone: string }

/** Why both zones may be swapped, in a sentence; null if nothing speaks for that. `all`: every migration that the journals know. */
export function secondThought(
  { sourceZone, targetZone }: Request,
  { all, inventory }: { readonly all: readonly Migration[]; readonly inventory: Inventory },
): string | null {
  const newest = all
    .filter(
      ({ wentLiveAtMs, plan }) => wentLiveAtMs !== null && [plan.sourceZone, plan.targetZone].includes(sourceZone),
    )
    .toSorted((a, b) => (b.wentLiveAtMs ?? 0) - (a.wentLiveAtMs ?? 0))[0]
  if (newest?.plan.sourceZone === sourceZone) {
    return `${newest.id} left ${sourceZone} on ${day(newest.wentLiveAtMs ?? 0)} already, and went live in ${newest.plan.targetZone}.`
  }
  if (newest?.plan.sourceZone === targetZone) {
    return `${newest.id} brought services from ${targetZone} to ${sourceZone} on ${day(newest.wentLiveAtMs ?? 0)}: this would bring them back.`
  }
  const volumes = inventory.volumes.filter(({ zone }) => zone === sourceZone)
  const isIdle = volumes.length > 0 && volumes.every(({ attachments }) => attachments.length === 0)
  return isIdle ? `No volume in ${sourceZone} is in use: none of its ${volumes.length} is attached.` : null
}
