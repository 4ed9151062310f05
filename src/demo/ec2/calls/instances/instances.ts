// Instances as they are described, and their status.

import type { Instance } from '../../world/entities.ts'
import { refuse } from '../../world/errors.ts'
import { attachmentsOf, type InstanceState, instanceState } from '../../world/states.ts'
import { KINDS, OWNER, type Store, zoneOf } from '../../world/store.ts'
import { type Body, isTrue, list, type Params, text } from '../../world/wire.ts'
import { asked, describe, tagsShown } from '../describe.ts'
import { INSTANCE_PATHS, instanceFilters } from './filters.ts'
import { type Held, instanceView, stateView } from './view.ts'

/**
 * Answers DescribeInstances, each instance in a reservation of its own. Refuses with InvalidParameterCombination where
 * ids and MaxResults are given together.
 */
export function describeInstances(store: Store, params: Params): Body {
  const held = byInstance(store)
  return describe(params, {
    set: 'reservationSet',
    rows: instancesIn(store, params),
    order: ({ order }) => order,
    isDark: ({ zone }) => store.troubles.get(zone)?.isDark ?? false,
    tags: tagsShown(store),
    filters: instanceFilters(store),
    paths: INSTANCE_PATHS,
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
    paths: STATUS_PATHS,
    view: (instance) => {
      const state = instanceState(instance, nowMs)
      const status = reachability(state)
      return {
        instanceId: instance.id,
        availabilityZone: instance.zone,
        availabilityZoneId: zoneOf(store, instance.zone).id,
        operator: { managed: false },
        instanceState: stateView(state),
        instanceStatus: status,
        systemStatus: status,
        attachedEbsStatus: state === 'running' && store.impaired.has(instance.id) ? IMPAIRED : status,
      }
    },
  })
}

const IMPAIRED: Body = { status: 'impaired', details: [{ name: 'reachability', status: 'failed' }] }

/** The filters of DescribeInstanceStatus, by where the view shows what they compare; there are no scheduled events here. */
const STATUS_PATHS: Readonly<Record<string, string>> = {
  'application-status.status': 'applicationStatus.status',
  'attached-ebs-status.status': 'attachedEbsStatus.status',
  'availability-zone': 'availabilityZone',
  'availability-zone-id': 'availabilityZoneId',
  'event.code': 'eventsSet.code',
  'event.description': 'eventsSet.description',
  'event.instance-event-id': 'eventsSet.instanceEventId',
  'event.not-after': 'eventsSet.notAfter',
  'event.not-before': 'eventsSet.notBefore',
  'event.not-before-deadline': 'eventsSet.notBeforeDeadline',
  'instance-state-code': 'instanceState.code',
  'instance-state-name': 'instanceState.name',
  'instance-status.reachability': 'instanceStatus.details.status',
  'instance-status.status': 'instanceStatus.status',
  'operator.managed': 'operator.managed',
  'operator.principal': 'operator.principal',
  'system-status.reachability': 'systemStatus.details.status',
  'system-status.status': 'systemStatus.status',
}

function reachability(state: InstanceState): Body {
  if (state !== 'running') return { status: 'not-applicable', details: [] }
  return { status: 'ok', details: [{ name: 'reachability', status: 'passed' }] }
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
