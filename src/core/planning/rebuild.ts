// What a migration whose journal is gone can be rebuilt from: the tags that it wrote on its sources when it began. They say which volumes
// were its own, and how they moved; what happened since is asked of an approver, and looked for.
import type { Inventory, SeenVolume } from '../model/facts.ts'
import type { Choice, Need, Tags } from '../model/plan.ts'
import { readPlanTag } from '../model/tags.ts'

/** Ids of the migrations that sources in this zone name as not over, as far as zonehop can have given them. */
export function unfinishedIn(volumes: readonly Pick<SeenVolume, 'zone' | 'tags'>[], sourceZone: string): string[] {
  const named = volumes.flatMap(({ zone, tags }) => {
    const id = readPlanTag(tags)?.migration ?? ''
    return zone === sourceZone && !isOverIn(tags) && /^mig-[0-9a-f]{6}$/.test(id) ? id : []
  })
  return [...new Set(named)].sort()
}

/** Whether a volume with a plan tag says that its migration is over: the phase comes anew with each plan. */
function isOverIn({ 'zonehop:phase': phase }: Tags): boolean {
  return phase === 'aborted' || phase === 'done'
}

/** The inventory as it was when the migration began, as far as its tags say: the copies of its replicas at their backup servers. */
export function asPlanned(id: string, inventory: Inventory): Inventory {
  const volumes = inventory.volumes.map((volume) => {
    const said = readPlanTag(volume.tags)
    if (said?.migration !== id || !said.home) return volume
    const { deleteOnTermination = false } = volume.attachments[0] ?? {}
    return { ...volume, attachments: [{ ...said.home, state: 'attached', deleteOnTermination }] }
  })
  return { ...inventory, volumes }
}

/** The choices that give each source of a migration the route, the service and the need of its plan tag. A replica's tags speak for themselves. */
export function choicesOf(id: string, { volumes }: Inventory, sourceZone: string): Choice[] {
  return volumes.flatMap(({ id: volume, zone, tags }) => {
    const said = readPlanTag(tags)
    if (zone !== sourceZone || said?.migration !== id || said.route !== 'snapshot') return []
    const need: Need = said.need === 'deferrable' ? 'deferrable' : 'required'
    return { volume, service: said.service ?? '', route: 'snapshot', need }
  })
}
