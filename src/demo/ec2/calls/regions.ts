// The one region that a world stands in.
import { refuse } from '../world/errors.ts'
import { regionOf, type Store } from '../world/store.ts'
import { type Body, list, type Params } from '../world/wire.ts'
import { describe } from './describe.ts'

/** The filters, by where the view shows what they compare. */
const PATHS: Readonly<Record<string, string>> = {
  endpoint: 'regionEndpoint',
  'opt-in-status': 'optInStatus',
  'region-name': 'regionName',
}

/** Answers DescribeRegions. Refuses with InvalidParameterValue for a region that the world does not stand in. */
export function describeRegions({ zones }: Store, params: Params): Body {
  const regions = [...new Set(zones.map(({ name }) => regionOf(name)))]
  const names = list(params, 'RegionName')
  const unknown = names.filter((name) => !regions.includes(name))
  if (unknown.length > 0) refuse('InvalidParameterValue', `Invalid region names: [${unknown.join(', ')}]`)
  return describe(params, {
    set: 'regionInfo',
    rows: names.length === 0 ? regions : regions.filter((region) => names.includes(region)),
    order: (region) => regions.indexOf(region),
    paths: PATHS,
    view: (region) => ({
      regionName: region,
      regionEndpoint: `ec2.${region}.amazonaws.com`,
      optInStatus: 'opt-in-not-required',
    }),
  })
}
