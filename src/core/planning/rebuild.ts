// What a migration whose journal is gone can be rebuilt from: the tags that it wrote on its sources when it began. They say which volumes
// were its own, and how they moved; what happened since is asked of an approver, and looked for.
import type { Inventory, SeenVolume } from '../model/facts.ts'
import type { Choice, Need, Tags } from '../model/plan.ts'
import { readPlanTag } from '../model/tags.ts'

/** Ids of the migrations that sources in this zone name as not over, as far as zonehop can have given them. */
export function unfinishedIn(volumes: readonly SeenVolume[], sourceZone: string): string[] {
  const named = volumes.flatMap(({ zone, tags }) => {
    const id = readPlanTag(tags)?.migration ?? ''
    return zone === sourceZone && !isOverIn(tags, id) && /^mig-[0-9a-f]{6}$/.test(id) ? id : []
  })
  return [...new Set(named)].sort()
}

/** Whether a source says that this migration is over. The phase alone may be that of an earlier one, until the next freeze. */
function isOverIn(
  { 'zonehop:phase': phase, 'zonehop:aborted': aborted, 'zonehop:left': left }: Tags,
  id: string,
): boolean {
  return (phase === 'aborted' && aborted === id) || (phase === 'done' && left === id)
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
