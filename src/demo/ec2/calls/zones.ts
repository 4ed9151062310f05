// The zones of the simulated region.

import { refuse } from '../world/errors.ts'
import type { Store } from '../world/store.ts'
import { type Body, list, type Params } from '../world/wire.ts'
import { describe } from './describe.ts'
import { regionOf } from './instance-types.ts'

/** Answers DescribeAvailabilityZones. Refuses with InvalidParameterValue for a zone that the region does not have. */
export function describeAvailabilityZones(store: Store, params: Params): Body {
  const names = list(params, 'ZoneName')
  const ids = list(params, 'ZoneId')
  const unknown = [
    ...names.filter((name) => !store.zones.some((zone) => zone.name === name)),
    ...ids.filter((id) => !store.zones.some((zone) => zone.id === id)),
  ]
  if (unknown.length > 0) refuse('InvalidParameterValue', `Invalid availability zone: [${unknown.join(', ')}]`)
  const isAsked = (zone: Store['zones'][number]) =>
    names.length + ids.length === 0 || names.includes(zone.name) || ids.includes(zone.id)
  return describe(params, {
    set: 'availabilityZoneInfo',
    rows: store.zones.filter(isAsked),
    order: (zone) => store.zones.indexOf(zone),
    filters: {
      'zone-name': ({ name }) => [name],
      'zone-id': ({ id }) => [id],
      'region-name': ({ name }) => [regionOf(name)],
      state: ({ state = 'available' }) => [state],
      'zone-type': () => ['availability-zone'],
      'opt-in-status': () => ['opt-in-not-required'],
    },
    view: ({ name, id, state = 'available' }) => ({
      zoneName: name,
      zoneId: id,
      zoneState: state,
      regionName: regionOf(name),
      groupName: regionOf(name),
      zoneType: 'availability-zone',
      optInStatus: 'opt-in-not-required',
      messageSet: [],
    }),
  })
}
