// What a migration whose journal is gone can be rebuilt from: the tags that it wrote on its sources when it began. They say which volumes
// were its own, and how they moved; what happened since is asked of an approver, and looked for.
import type { Inventory, SeenVolume } from '../model/facts.ts'
import type { Choice, Need } from '../model/plan.ts'
import { isEndedIn, isMigrationId, readPlanTag } from '../model/tags.ts'

/** Ids of the migrations that sources in this zone name as not over, as far as zonehop can have given them. */
export function unfinishedIn(volumes: readonly Pick<SeenVolume, 'zone' | 'tags'>[], sourceZone: string): string[] {
  const named = volumes.flatMap(({ zone, tags }) => {
    const id = readPlanTag(tags)?.migration ?? ''
    return zone === sourceZone && !isEndedIn(tags, id) && isMigrationId(id) ? id : []
  })
  return [...new Set(named)].sort()
}

/**
 * The inventory as it was when the migration began: copies of its replicas that stand at their successor, or on the way there, stand where
 * their tags say that they came from. Tags are believed no further: EC2 shows an instance of that id in the same zone.
 */
export function asPlanned(id: string, inventory: Inventory, targetZone: string): Inventory {
  const hosts = new Set(inventory.instances.flatMap((one) => (one.zone === targetZone ? one.id : [])))
  const volumes = inventory.volumes.map((volume) => {
    const { migration, route, successor, home } = readPlanTag(volume.tags) ?? {}
    const [attachment, second] = volume.attachments
    const isOnItsWay = !second && (!attachment || attachment.instance === successor)
    const isCopy = migration === id && route === 'replica' && volume.zone === targetZone
    if (!home || !isCopy || !isOnItsWay || !hosts.has(home.instance)) return volume
    const { deleteOnTermination = false } = attachment ?? {}
    return { ...volume, attachments: [{ ...home, state: 'attached', deleteOnTermination }] }
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
