// The zones of the simulated region.

import { refuse } from '../world/errors.ts'
import type { Store } from '../world/store.ts'
import { type Body, list, type Params } from '../world/wire.ts'
import { describe } from './describe.ts'
import { regionOf } from './instances/types.ts'

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
    filters: {
      'zone-name': ({ name }) => [name],
      'zone-id': ({ id }) => [id],
      'region-name': ({ name }) => [regionOf(name)],
      state: (zone) => [stateOf(store, zone)],
      'zone-type': () => ['availability-zone'],
      'opt-in-status': () => ['opt-in-not-required'],
    },
    view: (zone) => ({
      zoneName: zone.name,
      zoneId: zone.id,
      zoneState: stateOf(store, zone),
      regionName: regionOf(zone.name),
      groupName: regionOf(zone.name),
      zoneType: 'availability-zone',
      optInStatus: 'opt-in-not-required',
      messageSet: messagesOf(store, zone),
    }),
  })
}

function stateOf({ troubles }: Store, { name, state = 'available' }: Zone): string {
  return troubles.get(name)?.state ?? state
}

function messagesOf({ troubles }: Store, { name }: Zone): Body[] {
  const trouble = troubles.get(name)
  return trouble ? [{ message: trouble.message }] : []
}
