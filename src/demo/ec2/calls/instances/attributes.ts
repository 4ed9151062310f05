// ModifyInstanceAttribute, as far as a zone move needs it: whether attached volumes go with their instance.
import { refuse } from '../../world/errors.ts'
import { instanceOf, type Store } from '../../world/store.ts'
import { type Body, given, isTrue, nested, type Params, records, text } from '../../world/wire.ts'
import { volumesOn } from '../volumes.ts'

/**
 * Answers ModifyInstanceAttribute, which sets DeleteOnTermination by device. Refuses with InvalidInstanceAttributeValue
 * for a device without a volume, or with InvalidParameterCombination for any other attribute.
 */
export function modifyInstanceAttribute(store: Store, params: Params): () => Body {
  const instance = instanceOf(store, given(params, 'InstanceId'))
  const mappings = records(params, 'BlockDeviceMapping')
  if (mappings.length === 0) {
    refuse(
      'InvalidParameterCombination',
      'Of the attributes only BlockDeviceMapping can be modified in the simulated EC2',
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
