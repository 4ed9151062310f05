// The attributes of an instance one by one; of them a zone move sets whether attached volumes go with their instance, and people change
// its type.
import type { Instance } from '../../world/entities.ts'
import { refuse, refuseValue } from '../../world/errors.ts'
import { instanceState } from '../../world/states.ts'
import { instanceOf, type Store } from '../../world/store.ts'
import { type Body, given, isTrue, nested, type Params, records, text } from '../../world/wire.ts'
import { volumesOn } from '../volumes.ts'
import { groupsView } from './network.ts'
import { isNitro, TYPES } from './type-table.ts'
import { mappingsView } from './view.ts'

/**
 * Answers ModifyInstanceAttribute, which sets DeleteOnTermination by device, or the type of a stopped instance. Refuses with
 * InvalidInstanceAttributeValue for a device without a volume or a type that there is not, with IncorrectInstanceState for the type of an
 * instance that is not stopped, or with InvalidParameterCombination for any other attribute.
 */
export function modifyInstanceAttribute(store: Store, params: Params): () => Body {
  const instance = instanceOf(store, given(params, 'InstanceId'))
  const mappings = records(params, 'BlockDeviceMapping')
  const type = text(nested(params, 'InstanceType'), 'Value')
  if (type !== null && mappings.length === 0) return retyped(store, instance, type)
  if (mappings.length === 0) {
    refuse(
      'InvalidParameterCombination',
      'Of the attributes only BlockDeviceMapping or InstanceType can be modified in the simulated EC2, one at a time',
    )
  }
  return () => {
    const there = volumesOn(store, instance.id)
    const changes = mappings.map((mapping) => {
      const device = text(mapping, 'DeviceName')
      const one = there.find(({ attachment }) => attachment.device === device)
      return {
        attachment:
          one?.attachment ?? refuse('InvalidInstanceAttributeValue', `No device is currently mapped at ${device}`),
        deleteOnTermination: isTrue(nested(mapping, 'Ebs'), 'DeleteOnTermination'),
      }
    })
    for (const { attachment, deleteOnTermination } of changes) attachment.deleteOnTermination = deleteOnTermination
    return { return: true }
  }
}

function retyped(store: Store, instance: Instance, type: string): () => Body {
  if (!TYPES.some(({ name }) => name === type)) {
    refuse('InvalidInstanceAttributeValue', `The instanceType '${type}' is not valid for the instance.`)
  }
  return () => {
    if (instanceState(instance, store.now()) !== 'stopped') {
      refuse('IncorrectInstanceState', `The instance '${instance.id}' is not in the 'stopped' state.`)
    }
    instance.type = type
    return { return: true }
  }
}

/**
 * Answers DescribeInstanceAttribute. Refuses with InvalidParameterValue for an attribute that is none, or that EC2 does
 * not show here (enaSupport).
 */
export function describeInstanceAttribute(store: Store, params: Params): Body {
  const instance = instanceOf(store, given(params, 'InstanceId'))
  const name = given(params, 'Attribute')
  const attributeOf = Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name] : undefined
  const shown = attributeOf?.(store, instance) ?? refuseValue('attribute', name, 'Unknown attribute.')
  return { instanceId: instance.id, [name]: shown }
}

/** What is empty was not given at the launch; the rest are the defaults, where the world has no value. */
const ATTRIBUTES: Readonly<Record<string, (store: Store, instance: Instance) => Body | Body[]>> = {
  blockDeviceMapping: (store, { id }) => mappingsView(volumesOn(store, id), store.now()),
  disableApiStop: () => ({ value: false }),
  disableApiTermination: () => ({ value: false }),
  ebsOptimized: (_, { type }) => ({ value: isNitro(type) }),
  enclaveOptions: () => ({ enabled: false }),
  groupSet: (store) => groupsView(store),
  instanceInitiatedShutdownBehavior: () => ({ value: 'stop' }),
  instanceType: (_, { type }) => ({ value: type }),
  kernel: () => ({}),
  productCodes: () => [],
  ramdisk: () => ({}),
  rootDeviceName: (_, { rootDevice }) => ({ value: rootDevice }),
  sourceDestCheck: () => ({ value: true }),
  sriovNetSupport: () => ({}),
  userData: () => ({}),
}
