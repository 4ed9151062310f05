// Instances as they are described, and their status.

import type { Attachment, Instance, Volume } from '../../world/entities.ts'
import { refuse } from '../../world/errors.ts'
import {
  attachmentState,
  attachmentsOf,
  INSTANCE_CODES,
  type InstanceState,
  instanceState,
  shownTags,
} from '../../world/states.ts'
import { KINDS, OWNER, type Store, zoneOf } from '../../world/store.ts'
import { type Body, iso, isTrue, list, type Params, text } from '../../world/wire.ts'
import { asked, describe, tagsShown } from '../describe.ts'
import { tagSet } from '../tags.ts'
import { isNitro } from './types.ts'

type Held = { readonly volume: Volume; readonly attachment: Attachment }

/**
 * Answers DescribeInstances, each instance in a reservation of its own. Refuses with InvalidParameterCombination where
 * ids and MaxResults are given together.
 */
export function describeInstances(store: Store, params: Params): Body {
  const nowMs = store.now()
  const held = byInstance(store)
  const mappings = (value: (held: Held) => string | boolean) => (instance: Instance) =>
    (held.get(instance.id) ?? []).map(value)
  return describe(params, {
    set: 'reservationSet',
    rows: instancesIn(store, params),
    order: ({ order }) => order,
    isDark: ({ zone }) => store.troubles.get(zone)?.isDark ?? false,
    tags: tagsShown(store),
    filters: {
      'instance-id': ({ id }) => [id],
      'instance-type': ({ type }) => [type],
      'instance-state-name': (instance) => [instanceState(instance, nowMs)],
      'instance-state-code': (instance) => [INSTANCE_CODES[instanceState(instance, nowMs)]],
      'availability-zone': ({ zone }) => [zone],
      'availability-zone-id': ({ zone }) => [zoneOf(store, zone).id],
      'root-device-name': ({ rootDevice }) => [rootDevice],
      'root-device-type': () => ['ebs'],
      'owner-id': () => [OWNER],
      'reservation-id': (instance) => [reservationOf(instance)],
      'block-device-mapping.volume-id': mappings(({ volume }) => volume.id),
      'block-device-mapping.device-name': mappings(({ attachment }) => attachment.device),
      'block-device-mapping.status': mappings(({ attachment }) => attachmentState(attachment, nowMs)),
      'block-device-mapping.delete-on-termination': mappings(({ attachment }) => attachment.deleteOnTermination),
    },
    view: (instance) => ({
      reservationId: reservationOf(instance),
      ownerId: OWNER,
      groupSet: [],
      instancesSet: [instanceView(store, instance, held.get(instance.id) ?? [])],
    }),
  })
}

/** Answers DescribeInstanceStatus: running instances only, unless IncludeAllInstances asks for all. */
export function describeInstanceStatus(store: Store, params: Params): Body {
  const nowMs = store.now()
  const isWanted = (instance: Instance) =>
    isTrue(params, 'IncludeAllInstances') || instanceState(instance, nowMs) === 'running'
  return describe(params, {
    set: 'instanceStatusSet',
    rows: [...instancesIn(store, params)].filter(isWanted),
    order: ({ order }) => order,
    filters: {
      'availability-zone': ({ zone }) => [zone],
      'instance-state-name': (instance) => [instanceState(instance, nowMs)],
    },
    view: (instance) => {
      const state = instanceState(instance, nowMs)
      const status = { status: state === 'running' ? 'ok' : 'not-applicable' }
      const zone = { availabilityZone: instance.zone, availabilityZoneId: zoneOf(store, instance.zone).id }
      return {
        instanceId: instance.id,
        ...zone,
        instanceState: stateView(state),
        instanceStatus: status,
        systemStatus: status,
      }
    },
  })
}

function instancesIn(store: Store, params: Params): Iterable<Instance> {
  if (list(params, 'InstanceId').length > 0 && text(params, 'MaxResults') !== null) {
    refuse('InvalidParameterCombination', 'The parameter instancesSet cannot be used with the parameter maxResults')
  }
  return asked(store, store.instances, { params, parameter: 'InstanceId', kind: KINDS.instance })
}

function byInstance(store: Store): Map<string, Held[]> {
  const nowMs = store.now()
  const held = new Map<string, Held[]>()
  for (const volume of store.volumes.values()) {
    for (const attachment of attachmentsOf(volume, nowMs)) {
      const others = held.get(attachment.instance)
      if (others) others.push({ volume, attachment })
      else held.set(attachment.instance, [{ volume, attachment }])
    }
  }
  return held
}

function reservationOf({ id }: Instance): string {
  return id.replace(/^i-/, 'r-')
}

/** An instance's state as EC2 writes it: its number and its name. */
export function stateView(state: InstanceState): Body {
  return { code: INSTANCE_CODES[state], name: state }
}

function instanceView(store: Store, instance: Instance, held: readonly Held[]): Body {
  const nowMs = store.now()
  return {
    instanceId: instance.id,
    imageId: 'ami-00000000000000001',
    instanceState: stateView(instanceState(instance, nowMs)),
    instanceType: instance.type,
    launchTime: iso(instance.launchedAtMs),
    placement: {
      availabilityZone: instance.zone,
      availabilityZoneId: zoneOf(store, instance.zone).id,
      tenancy: 'default',
    },
    architecture: 'x86_64',
    hypervisor: 'xen',
    virtualizationType: 'hvm',
    ebsOptimized: isNitro(instance.type),
    rootDeviceType: 'ebs',
    rootDeviceName: instance.rootDevice,
    blockDeviceMapping: held.map(({ volume, attachment }) => ({
      deviceName: attachment.device,
      ebs: {
        volumeId: volume.id,
        status: attachmentState(attachment, nowMs),
        attachTime: iso(attachment.beganAtMs),
        deleteOnTermination: attachment.deleteOnTermination,
      },
    })),
    tagSet: tagSet(shownTags(instance, nowMs)),
  }
}
