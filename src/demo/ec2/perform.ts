// One call to the simulated EC2, synchronously: the entry both for HTTP and for simulations in process. The order is EC2's:
// token bucket, parameters, permission, dry run, effect.
import { attachVolume, detachVolume } from './calls/attachments.ts'
import { createSnapshot, createSnapshots } from './calls/create-snapshot.ts'
import { createVolume } from './calls/create-volume.ts'
import { describeInstanceAttribute, modifyInstanceAttribute } from './calls/instances/attributes.ts'
import { describeInstanceStatus, describeInstances } from './calls/instances/instances.ts'
import { startInstances, stopInstances, terminateInstances } from './calls/instances/power.ts'
import { describeInstanceTypeOfferings, describeInstanceTypes } from './calls/instances/types.ts'
import { describeRegions } from './calls/regions.ts'
import { deleteSnapshot, describeSnapshots } from './calls/snapshots.ts'
import { createTags, deleteTags, describeTags } from './calls/tags.ts'
import { describeVolumeAttribute } from './calls/volume-attribute.ts'
import { describeVolumeStatus, describeVolumesModifications } from './calls/volume-status.ts'
import { deleteVolume, describeVolumes } from './calls/volumes.ts'
import { describeAvailabilityZones } from './calls/zones.ts'
import { takeToken } from './world/buckets.ts'
import type { Answer } from './world/entities.ts'
import { Ec2Error, refuse } from './world/errors.ts'
import { ConnectionLost, failAfter, failBefore } from './world/faults.ts'
import { CALLER, type Store } from './world/store.ts'
import { type Body, isTrue, type Params } from './world/wire.ts'

/** A read has no effect; a write checks its parameters and hands back its effect, which a dry run leaves out. */
type Read = (store: Store, params: Params) => Body
type Write = (store: Store, params: Params) => () => Body

const READS: Readonly<Record<string, Read>> = {
  DescribeAvailabilityZones: describeAvailabilityZones,
  DescribeInstanceAttribute: describeInstanceAttribute,
  DescribeInstances: describeInstances,
  DescribeInstanceStatus: describeInstanceStatus,
  DescribeInstanceTypeOfferings: describeInstanceTypeOfferings,
  DescribeInstanceTypes: describeInstanceTypes,
  DescribeRegions: describeRegions,
  DescribeSnapshots: describeSnapshots,
  DescribeTags: describeTags,
  DescribeVolumeAttribute: describeVolumeAttribute,
  DescribeVolumes: describeVolumes,
  DescribeVolumesModifications: describeVolumesModifications,
  DescribeVolumeStatus: describeVolumeStatus,
}

const WRITES: Readonly<Record<string, Write>> = {
  AttachVolume: attachVolume,
  CreateSnapshot: createSnapshot,
  CreateSnapshots: createSnapshots,
  CreateTags: createTags,
  CreateVolume: createVolume,
  DeleteSnapshot: deleteSnapshot,
  DeleteTags: deleteTags,
  DeleteVolume: deleteVolume,
  DetachVolume: detachVolume,
  ModifyInstanceAttribute: modifyInstanceAttribute,
  StartInstances: startInstances,
  StopInstances: stopInstances,
  TerminateInstances: terminateInstances,
}

/** Every EC2 action that the simulator answers, sorted; any other is refused with InvalidAction. */
export const ACTIONS: readonly string[] = [...Object.keys(READS), ...Object.keys(WRITES)].sort()

/** Answers one call and counts it. A refusal or a lost connection is a value; only a bug of the simulator throws. */
export function perform(store: Store, action: string, params: Params): Answer {
  store.hooks.settle()
  try {
    const body = effectOf(store, action, params)()
    count(store.counts.calls, action)
    failAfter(store, action, params)
    return { kind: 'answered', body }
  } catch (error) {
    if (error instanceof ConnectionLost) return { kind: 'lost' }
    if (!(error instanceof Ec2Error)) throw error
    const { code, message, status } = error
    if (code === 'DryRunOperation') count(store.counts.dryRuns, action)
    else count(store.counts.refused, code)
    return { kind: 'refused', code, message, status }
  }
}

/**
 * The effect of a call, once everything that can refuse it beforehand has been checked. Throws an Ec2Error or
 * ConnectionLost.
 */
function effectOf(store: Store, action: string, params: Params): () => Body {
  if (!ACTIONS.includes(action)) refuse('InvalidAction', `The action ${action} is not valid for this web service.`)
  takeToken(store, action, params)
  failBefore(store, action, params)
  const effect = WRITES[action]?.(store, params) ?? (() => READS[action]?.(store, params) ?? {})
  if (store.denied.has(action)) {
    const why = `because no identity-based policy allows the ec2:${action} action`
    refuse(
      'UnauthorizedOperation',
      `You are not authorized to perform this operation. User: ${CALLER} is not authorized to perform: ec2:${action} ${why}`,
    )
  }
  if (isTrue(params, 'DryRun')) refuse('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.')
  return effect
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}
