// Reads the inventory: everything in the source zone whatever its tags, the instances and volumes of the target zone,
// and the answers that preflight needs (survey/survey.ts). A survey question that fails gives its reason instead. In the hour in which a
// zone is in trouble EC2 may refuse to describe it; then what it showed last stands in for that zone alone.
import type { Inventory, InventoryAge } from '../core/model/facts.ts'
import type { LastInventory, Zones } from '../core/ports.ts'
import type { Clients } from './clients.ts'
import { filter, instancesIn, volumesBy, zonesOf } from './describe.ts'
import { unreadable } from './errors/sort.ts'
import { survey } from './survey/survey.ts'

/** Throws what the SDK throws where zones, volumes or instances cannot be read and nothing stands in for them. */
export async function inventory(clients: Clients, zones: Zones, last?: LastInventory): Promise<Inventory> {
  const { asOf, ...found } = await standing(clients, zones, last)
  return { ...found, survey: await survey(clients, { ...found, ...zones }), ...(asOf ? { asOf } : {}) }
}

/** What stands in both zones: the inventory without its survey. Throws what the SDK throws where nothing stands in for it. */
export async function standing(
  clients: Clients,
  zones: Zones,
  last?: LastInventory,
): Promise<Omit<Inventory, 'survey'>> {
  const { sourceZone, targetZone } = zones
  try {
    const [all, found] = await Promise.all([zonesOf(clients.reading), standingIn(clients, sourceZone, targetZone)])
    return { zones: all, ...found }
  } catch (error) {
    if (!last) throw error
    return await withLast(clients, zones, last)
  }
}

type Standing = Pick<Inventory, 'volumes' | 'instances'>

async function standingIn({ reading }: Clients, ...zones: readonly string[]): Promise<Standing> {
  const [volumes, instances] = await Promise.all([
    volumesBy(reading, filter('availability-zone', ...zones)),
    instancesIn(reading, zones),
  ])
  return { volumes, instances }
}

/** Each zone as EC2 shows it, or as it was; which of them, and why, is said with it. */
async function withLast(
  clients: Clients,
  { sourceZone, targetZone }: Zones,
  { inventory, atMs, nowMs }: LastInventory,
): Promise<Omit<Inventory, 'survey'>> {
  const missing: { readonly zone: string; readonly why: string }[] = []
  const read = async (zone: string): Promise<Standing> => {
    try {
      return await standingIn(clients, zone)
    } catch (error) {
      missing.push({ zone, why: unreadable('EC2', error).message })
      const isIn = (one: { readonly zone: string }): boolean => one.zone === zone
      return { volumes: inventory.volumes.filter(isIn), instances: inventory.instances.filter(isIn) }
    }
  }
  const [zones, source, target] = await Promise.all([
    zonesOf(clients.reading).catch(() => inventory.zones),
    read(sourceZone),
    read(targetZone),
  ])
  const [first] = missing
  const asOf: InventoryAge | null = first
    ? {
        zones: missing.map(({ zone }) => zone).sort(),
        why: first.why,
        atMs,
        triedAtMs: nowMs,
        survey: inventory.survey,
      }
    : null
  return {
    zones,
    volumes: [...source.volumes, ...target.volumes],
    instances: [...source.instances, ...target.instances],
    ...(asOf ? { asOf } : {}),
  }
}
