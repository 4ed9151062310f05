// DescribeVolumeAttribute: the two attributes of a volume that no other describe shows.
import { refuseValue } from '../world/errors.ts'
import { type Store, volumeOf } from '../world/store.ts'
import { type Body, given, type Params } from '../world/wire.ts'

/** No volume here has other values than those of a plain one. */
const ATTRIBUTES: Readonly<Record<string, Body>> = {
  autoEnableIO: { autoEnableIO: { value: false } },
  productCodes: { productCodes: [] },
}

/** Answers DescribeVolumeAttribute. Refuses with InvalidParameterValue for an attribute that volumes do not have. */
export function describeVolumeAttribute(store: Store, params: Params): Body {
  const volume = volumeOf(store, given(params, 'VolumeId'))
  const name = given(params, 'Attribute')
  const value = Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name] : undefined
  return { volumeId: volume.id, ...(value ?? refuseValue('attribute', name, 'Unknown attribute.')) }
}
