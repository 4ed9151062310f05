// The EC2 edge: the port `Ec2` on the real SDK. Each effect is one call, without a waiter and without a retry: a
// retried CreateSnapshot would make two snapshots.
import { createHash } from 'node:crypto'
import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DeleteVolumeCommand,
  DescribeAvailabilityZonesCommand,
  DetachVolumeCommand,
  ModifyInstanceAttributeCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  type VolumeType,
} from '@aws-sdk/client-ec2'
import { ListCommandsCommand } from '@aws-sdk/client-ssm'
import type { Call, RestoreEffect } from '../core/model/effects.ts'
import type { SourceVolume } from '../core/model/plan.ts'
import { subjectName } from '../core/model/subjects.ts'
import { identity } from '../core/model/tags.ts'
import type { Answer, Ec2 } from '../core/ports.ts'
import type { Clients } from './clients.ts'
import { zonesOf } from './describe.ts'
import { type Answered, sortError, unreadable } from './errors/sort.ts'
import { initializationsIn } from './initialization.ts'
import { inventory } from './inventory.ts'
import { observe, observeSources } from './observe.ts'
import { pairs, tagSpecification } from './wire.ts'

/** `zones`, `inventory` and `observe` throw Unreadable; every call that changes something catches what is thrown and returns an Answer. */
export function ec2(clients: Clients): Ec2 {
  const { mutating } = clients
  return {
    isReachable: (call) => isReachable(clients, call),
    ...looks(clients),

    // Twice: CreateSnapshot has no token, so a second call makes a second snapshot. `issued` and the tags prevent that.
    createSnapshot: (effect, { migration, issued, isRepeated }) =>
      answerOf({ call: 'snapshot', isRepeated }, async () => {
        const made = await mutating.send(
          new CreateSnapshotCommand({
            VolumeId: effect.volumeId,
            Description: `zonehop ${migration} ${effect.step}`,
            TagSpecifications: tagSpecification('snapshot', { ...effect.tags, ...identity(migration, effect, issued) }),
          }),
        )
        return made.SnapshotId ?? null
      }),

    // Twice: the token is the same, so EC2 answers with the first volume.
    createVolume: (effect, { migration, issued, isRepeated, like, tags }) =>
      answerOf({ call: 'restore', isRepeated, hasRate: effect.initializationMibps !== undefined }, async () => {
        const made = await mutating.send(
          new CreateVolumeCommand({
            ClientToken: tokenOf(migration, effect),
            SnapshotId: effect.snapshotId,
            AvailabilityZone: effect.zone,
            ...parametersOf(like, effect),
            TagSpecifications: tagSpecification('volume', { ...tags, ...identity(migration, effect, issued) }),
          }),
        )
        return made.VolumeId ?? null
      }),

    // Twice: EC2 answers VolumeInUse, which is sorted as `unknown`; the next look shows where the volume is attached.
    attachVolume: ({ volumeId, instance, device }) =>
      answerOf({ call: 'attach' }, async () => {
        await mutating.send(new AttachVolumeCommand({ VolumeId: volumeId, InstanceId: instance, Device: device }))
        return volumeId
      }),

    // Twice: EC2 refuses to detach a volume that is detached already; the next look shows that it is.
    detachVolume: ({ volumeId, instance }) =>
      answerOf({ call: 'detach' }, async () => {
        await mutating.send(new DetachVolumeCommand({ VolumeId: volumeId, InstanceId: instance }))
        return volumeId
      }),

    // Twice: the second call finds nothing to delete, which is the wanted state.
    deleteResource: ({ resource }) =>
      answerOf({ call: 'delete' }, async () => {
        if (resource.startsWith('snap-')) await mutating.send(new DeleteSnapshotCommand({ SnapshotId: resource }))
        else await mutating.send(new DeleteVolumeCommand({ VolumeId: resource }))
        return resource
      }),

    // Twice: the second call sets the same value again.
    setDeleteOnTermination: ({ instance, device, deleteOnTermination }) =>
      answerOf({ call: 'check' }, async () => {
        const mapping = { DeviceName: device, Ebs: { DeleteOnTermination: deleteOnTermination } }
        await mutating.send(
          new ModifyInstanceAttributeCommand({ InstanceId: instance, BlockDeviceMappings: [mapping] }),
        )
        return null
      }),

    // Twice: the second call writes the same tags again.
    createTags: ({ resources, tags }) =>
      answerOf({ call: 'tag' }, async () => {
        await mutating.send(new CreateTagsCommand({ Resources: [...resources], Tags: pairs(tags) }))
        return null
      }),

    // Twice: removing a tag that is gone already is no error.
    deleteTags: ({ resources, removed }) =>
      answerOf({ call: 'tag' }, async () => {
        await mutating.send(new DeleteTagsCommand({ Resources: [...resources], Tags: removed.map((Key) => ({ Key })) }))
        return null
      }),

    // Twice: EC2 accepts a stop of stopped instances, and a start of running ones.
    setInstances: ({ instances, work }) =>
      answerOf({ call: 'instances' }, async () => {
        const input = { InstanceIds: [...instances] }
        if (work.method === 'stop-instances') await mutating.send(new StopInstancesCommand(input))
        else await mutating.send(new StartInstancesCommand(input))
        return null
      }),
  }
}

/** What only reads. */
function looks(clients: Clients): Pick<Ec2, 'zones' | 'inventory' | 'observe' | 'initializations'> {
  return {
    zones: () => readable(zonesOf(clients.reading)),
    initializations: (zone, volumes) => initializationsIn(clients.reading, zone, volumes),
    inventory: (zones, last) => readable(inventory(clients, zones, last)),
    observe: (migration, nowMs, sources) =>
      readable(sources ? observeSources(clients, migration, { sources, nowMs }) : observe(clients, migration, nowMs)),
  }
}

/** Calls are not made while AWS is away: each would take an entry in the journal, and none would arrive. */
async function isReachable({ mutating, sending, reach }: Clients, call: Call): Promise<boolean> {
  const [service, ask] =
    call === 'command'
      ? ([reach.ssm, () => sending.send(new ListCommandsCommand({ MaxResults: 1 }))] as const)
      : ([reach.ec2, () => mutating.send(new DescribeAvailabilityZonesCommand({}))] as const)
  if (!service.isAway()) return true
  // Whatever AWS answers, it has answered.
  await ask().catch(() => undefined)
  return !service.isAway()
}

/** What cannot be read, by whose fault in a sentence. What is no error of reading is thrown as EC2's, since nothing else is read. */
async function readable<T>(reading: Promise<T>): Promise<T> {
  return await reading.catch((error: unknown) => {
    throw unreadable('EC2', error)
  })
}

async function answerOf(answered: Answered, call: () => Promise<string | null>): Promise<Answer> {
  try {
    return { outcome: 'taken', resource: await call() }
  } catch (error) {
    return sortError(error, answered)
  }
}

/** Only what the volume type takes: EC2 refuses Iops for gp2, st1, sc1 and standard, and Throughput for all but gp3. */
function parametersOf(
  { type, sizeGib, iops, throughputMibps, encrypted, kmsKeyId }: SourceVolume,
  { initializationMibps: rate }: RestoreEffect,
) {
  return {
    VolumeType: type as VolumeType,
    Size: sizeGib,
    ...(['gp3', 'io1', 'io2'].includes(type) && iops !== null ? { Iops: iops } : {}),
    ...(type === 'gp3' && throughputMibps !== null ? { Throughput: throughputMibps } : {}),
    ...(rate === undefined ? {} : { VolumeInitializationRate: rate }),
    ...(encrypted ? { Encrypted: true } : {}),
    ...(encrypted && kmsKeyId !== null ? { KmsKeyId: kmsKeyId } : {}),
  }
}

/** A client token: at most 64 ASCII characters (CreateVolume); any changed parameter must give another one. */
function tokenOf(migrationId: string, { subject, zone, snapshotId, generation }: RestoreEffect): string {
  return createHash('sha256')
    .update([migrationId, subjectName(subject), zone, snapshotId, generation].join('|'))
    .digest('hex')
}
