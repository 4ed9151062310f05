// The world changes under a plan: volumes appear in the source zone, and volumes go. Before the point of no return the plan is
// drawn again for the first and the second are told; after it, nothing of the source zone is the migration's any more.
import type { EntryBody } from '../model/entries.ts'
import type { Facts, SeenVolume } from '../model/facts.ts'
import { VISIBILITY_WINDOW_MS } from '../model/limits.ts'
import type { Migration } from '../model/migration.ts'
import { claimsOf } from '../model/moves.ts'
import { once } from '../model/once.ts'
import { redraw } from './draft.ts'

export function replan(m: Migration, facts: Facts): EntryBody | null {
  if (!['planned', 'seeding', 'frozen', 'moving'].includes(m.phase)) return null
  const strays = appeared(m, facts)
  if (strays.length > 0) {
    const fresh = new Set(strays.map(({ id }) => id))
    const found = [...m.found.filter(({ id }) => !fresh.has(id)), ...strays]
    const { choices } = m
    return { kind: 'replanned', plan: redraw(m, { choices, found }), choices, found, by: null }
  }
  const volumes = vanished(m, facts)
  return volumes.length > 0 ? { kind: 'gone', volumes } : null
}

/** Not known when the plan was drawn, or attached to nothing then and to something now. */
function appeared(m: Migration, facts: Facts): SeenVolume[] {
  return [...facts.volumes.values()].filter(({ id, zone, tags, attachments }) => {
    if (zone !== m.plan.sourceZone || tags['zonehop:migration'] === m.id) return false
    const before = knownVolume(m, id)
    return !before || (before.attachments.length === 0 && attachments.length > 0)
  })
}

/** A source, or the copy of a replica, that is not shown any more, though it is old enough to be shown by everything. */
function vanished(m: Migration, facts: Facts): string[] {
  return claimsOf(m.plan.moves)
    .filter((id) => !facts.volumes.has(id) && !m.gone.has(id))
    .filter((id) => facts.beganAtMs - (knownVolume(m, id)?.createdAtMs ?? facts.beganAtMs) > VISIBILITY_WINDOW_MS)
}

/** What was found since is newer than the inventory. Neither changes from one decision to the next. */
function knownVolume({ inventory, found }: Migration, id: string): SeenVolume | undefined {
  return volumesById(found).get(id) ?? volumesById(inventory.volumes).get(id)
}

const volumesById = once((volumes: readonly SeenVolume[]) => new Map(volumes.map((volume) => [volume.id, volume])))
