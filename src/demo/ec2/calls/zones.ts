// The zones of the simulated region.

import { refuse } from '../world/errors.ts'
import { regionOf, type Store } from '../world/store.ts'
import { type Body, list, type Params } from '../world/wire.ts'
import { describe } from './describe.ts'

/** The long names of the regions that worlds stand in. */
const LONG_NAMES: Readonly<Record<string, string>> = { 'us-east-1': 'US East (N. Virginia)' }

type Zone = Store['zones'][number]

/** Answers DescribeAvailabilityZones. Refuses with InvalidParameterValue for a zone that the region does not have. */
export function describeAvailabilityZones(store: Store, params: Params): Body {
  const names = list(params, 'ZoneName')
  const ids = list(params, 'ZoneId')
  const unknown = [
    ...names.filter((name) => !store.zones.some((zone) => zone.name === name)),
    ...ids.filter((id) => !store.zones.some((zone) => zone.id === id)),
  ]
  if (unknown.length > 0) refuse('InvalidParameterValue', `Invalid availability zone: [${unknown.join(', ')}]`)
  const isAsked = (zone: Zone) => names.length + ids.length === 0 || names.includes(zone.name) || ids.includes(zone.id)
  return describe(params, {
    set: 'availabilityZoneInfo',
    rows: store.zones.filter(isAsked),
    order: (zone) => store.zones.indexOf(zone),
    paths: PATHS,
    view: (zone) => ({
      zoneName: zone.name,
      zoneId: zone.id,
      zoneState: stateOf(store, zone),
      regionName: regionOf(zone.name),
      groupName: `${regionOf(zone.name)}-zg-1`,
      groupLongName: `${LONG_NAMES[regionOf(zone.name)] ?? regionOf(zone.name)} 1`,
      networkBorderGroup: regionOf(zone.name),
      zoneType: 'availability-zone',
      optInStatus: 'opt-in-not-required',
      messageSet: messagesOf(store, zone),
    }),
  })
}

/** The filters by where the view shows what they compare; only Local Zones and Wavelength Zones have a parent. */
const PATHS: Readonly<Record<string, string>> = {
  'group-long-name': 'groupLongName',
  'group-name': 'groupName',
  message: 'messageSet.message',
  'opt-in-status': 'optInStatus',
  'parent-zone-id': 'parentZoneId',
  'parent-zone-name': 'parentZoneName',
  'region-name': 'regionName',
  state: 'zoneState',
  'zone-id': 'zoneId',
  'zone-name': 'zoneName',
  'zone-type': 'zoneType',
}

function stateOf({ troubles }: Store, { name, state = 'available' }: Zone): string {
  return troubles.get(name)?.state ?? state
}

function messagesOf({ troubles }: Store, { name }: Zone): Body[] {
  const trouble = troubles.get(name)
  return trouble ? [{ message: trouble.message }] : []
}
