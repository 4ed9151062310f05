// Memory tags that stand on a volume when its plan is drawn: an earlier migration wrote them, or somebody who may write tags. What no
// journal explains is red until an approver has said what becomes of the volume.
import { thingsOf } from '../model/effects.ts'
import type { Inventory, SeenVolume } from '../model/facts.ts'
import type { Migration } from '../model/migration.ts'
import { claimsOf } from '../model/moves.ts'
import type { Tags } from '../model/plan.ts'
import type { PlanRequest } from './request.ts'

const KEYS = ['zonehop:frozen', 'zonehop:left', 'zonehop:live', 'zonehop:aborted']

type MemoryTag = { readonly says: string; readonly migration: string }

/** The memory tags of a volume, and the migration that each names; a freeze is named by its migration and its time. */
function memoryTags(tags: Tags): MemoryTag[] {
  return KEYS.flatMap((key) => {
    const value = tags[key]
    if (value === undefined) return []
    return [{ says: `${key}=${value}`, migration: key === 'zonehop:frozen' ? value.replace(/-f\d+$/, '') : value }]
  })
}

/** That this migration had this volume, so that its tags there are explained. */
export function explanation(volume: string, migration: string): string {
  return `${volume} ${migration}`
}

/** What the volume's tags say of a migration whose journal does not explain it; null if all is explained. */
export function unexplained(
  { id, tags }: SeenVolume,
  { explained, own }: Pick<PlanRequest, 'explained' | 'own'>,
): string | null {
  const strange = memoryTags(tags).find(
    ({ migration }) => migration !== own && !explained?.has(explanation(id, migration)),
  )
  return strange?.says ?? null
}

/** The ids of migrations that memory tags in the zone name, as far as zonehop can have given them. */
export function migrationsNamed({ volumes }: Inventory, zone: string): string[] {
  const named = volumes
    .filter((volume) => volume.zone === zone)
    .flatMap(({ tags }) => memoryTags(tags).map(({ migration }) => migration))
  return [...new Set(named)].filter((id) => /^mig-[0-9a-f]{6}$/.test(id))
}

/** What the journals of these migrations explain: the volumes that each moved, left or made. */
export function explanationsOf(migrations: readonly Migration[]): string[] {
  return migrations.flatMap((m) => {
    const copies = m.effects.values().flatMap((state) => (state.effect.step === 'restore' ? thingsOf(state) : []))
    return [...claimsOf(m.plan.moves), ...copies].map((volume) => explanation(volume, m.id))
  })
}
