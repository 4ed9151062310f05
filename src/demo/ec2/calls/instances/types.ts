// The instance types that the region has, and where it offers them.

import { refuse } from '../../world/errors.ts'
import { regionOf, type Store } from '../../world/store.ts'
import { type Body, list, type Params, text } from '../../world/wire.ts'
import { describe } from '../describe.ts'
import { TYPES } from './type-table.ts'
import { TYPE_PATHS, typeView } from './type-view.ts'

/** Answers DescribeInstanceTypes. Refuses with InvalidInstanceType for a name that the region does not have. */
export function describeInstanceTypes(_: Store, params: Params): Body {
  const names = list(params, 'InstanceType')
  const unknown = names.filter((name) => !TYPES.some((each) => each.name === name))
  if (unknown.length > 0) {
    refuse('InvalidInstanceType', `The following supplied instance types do not exist: [${unknown.join(', ')}]`)
  }
  return describe(params, {
    set: 'instanceTypeSet',
    rows: names.length === 0 ? TYPES : TYPES.filter(({ name }) => names.includes(name)),
    order: (row) => TYPES.indexOf(row),
    pageMax: 100,
    paths: TYPE_PATHS,
    view: typeView,
  })
}

/** Answers DescribeInstanceTypeOfferings, by region, zone name or zone id: every type that the place does not lack. */
export function describeInstanceTypeOfferings(store: Store, params: Params): Body {
  const location = text(params, 'LocationType') ?? 'region'
  if (!['region', 'availability-zone', 'availability-zone-id'].includes(location)) {
    refuse('InvalidParameterValue', `Value (${location}) for parameter locationType is invalid.`)
  }
  const rows = offerings(store, location).map((row, order) => ({ ...row, order }))
  return describe(params, {
    set: 'instanceTypeOfferingSet',
    rows,
    order: ({ order }) => order,
    filters: { 'instance-type': ({ instanceType }) => [instanceType], location: (row) => [row.location] },
    view: ({ instanceType, location: at }) => ({ instanceType, locationType: location, location: at }),
  })
}

function offerings({ zones }: Store, locationType: string): { instanceType: string; location: string }[] {
  const places =
    locationType === 'region'
      ? [{ location: regionOf(zones[0]?.name ?? ''), zones }]
      : zones.map((zone) => ({ location: locationType === 'availability-zone' ? zone.name : zone.id, zones: [zone] }))
  return places.flatMap(({ location, zones: of }) =>
    TYPES.filter(({ name }) => of.some(({ lacksInstanceTypes = [] }) => !lacksInstanceTypes.includes(name))).map(
      ({ name }) => ({ instanceType: name, location }),
    ),
  )
}
