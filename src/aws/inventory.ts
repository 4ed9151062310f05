// Reads the inventory: everything in the source zone whatever its tags, the instances and volumes of the target zone,
// and the answers that preflight needs (survey/survey.ts). A survey question that fails gives its reason instead; only the
// inventory itself must succeed.
import { DescribeAvailabilityZonesCommand } from '@aws-sdk/client-ec2'
import type { Inventory } from '../core/model/facts.ts'
import { SAID_MAX, theirs } from '../core/model/text.ts'
import type { Clients } from './clients.ts'
import { filter, instancesIn, volumesBy } from './describe.ts'
import { survey } from './survey/survey.ts'

type Zones = { readonly sourceZone: string; readonly targetZone: string }

/** Throws what the SDK throws where zones, volumes or instances cannot be read. */
export async function inventory(clients: Clients, zones: Zones): Promise<Inventory> {
  const found = await standing(clients, zones)
  return { ...found, survey: await survey(clients, { ...found, ...zones }) }
}

/** What stands in both zones: the inventory without its survey. Throws what the SDK throws. */
export async function standing(
  { reading }: Clients,
  { sourceZone, targetZone }: Zones,
): Promise<Omit<Inventory, 'survey'>> {
  const { AvailabilityZones = [] } = await reading.send(new DescribeAvailabilityZonesCommand({}))
  const zones = AvailabilityZones.map(({ ZoneName = '', ZoneId = '', State = 'available', Messages = [] }) => ({
    ...{ name: ZoneName, id: ZoneId, state: State },
    messages: Messages.map(({ Message = '' }) => theirs(Message, SAID_MAX)).filter(Boolean),
  }))
  const [volumes, instances] = await Promise.all([
    volumesBy(reading, filter('availability-zone', sourceZone, targetZone)),
    instancesIn(reading, [sourceZone, targetZone]),
  ])
  return { zones: zones.sort((a, b) => (a.name < b.name ? -1 : 1)), volumes, instances }
}
