// The questions of preflight beside the inventory. Each is independent: one that fails gives its reason, and the others
// go on.
import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteTagsCommand,
  DescribeInstanceTypesCommand,
  DescribeVolumesModificationsCommand,
  type EC2Client,
  type _InstanceType as InstanceType,
  ModifyInstanceAttributeCommand,
  paginateDescribeInstanceTypeOfferings,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2'
import { paginateListServiceQuotas } from '@aws-sdk/client-service-quotas'
import type {
  InstanceTypeFacts,
  Inventory,
  SeenInstance,
  SeenVolume,
  Survey,
  SurveyAnswer,
} from '../core/model/facts.ts'
import { INSTANCE_TYPES_MAX } from '../core/model/limits.ts'
import type { Clients } from './clients.ts'
import { filter, snapshotsBy, volumesBy } from './describe.ts'
import { tagSpecification } from './wire.ts'

type Found = Omit<Inventory, 'survey'> & { readonly sourceZone: string; readonly targetZone: string }

/** Never throws: a question that failed is answered with `because`, the error's name and message. */
export async function survey(clients: Clients, found: Found): Promise<Survey> {
  const [offeredTypes, instanceTypes, storage, dryRuns, pendingSnapshots, modifying] = await Promise.all([
    answered(() => offered(clients, found)),
    answered(() => instanceTypesOf(clients, found)),
    answered(() => storageOf(clients)),
    answered(() => dryRunsOf(clients, found)),
    answered(() => pending(clients)),
    answered(() => modifyingOf(clients)),
  ])
  return { offeredTypes, instanceTypes, storage, dryRuns, pendingSnapshots, modifying }
}

async function answered<T>(question: () => Promise<T>): Promise<SurveyAnswer<T>> {
  try {
    return { answer: await question() }
  } catch (error) {
    const { name, message } = error as Error
    return { because: `AWS answered ${name}${message && message !== name ? ` (${message})` : ''}` }
  }
}

async function offered({ reading: client }: Clients, { targetZone }: Found): Promise<string[]> {
  const types: string[] = []
  const input = { LocationType: 'availability-zone' as const, Filters: [filter('location', targetZone)] }
  for await (const page of paginateDescribeInstanceTypeOfferings({ client, pageSize: 1000 }, input)) {
    types.push(...(page.InstanceTypeOfferings ?? []).flatMap(({ InstanceType }) => InstanceType ?? []))
  }
  return types
}

async function instanceTypesOf({ reading }: Clients, { instances }: Found): Promise<Record<string, InstanceTypeFacts>> {
  const types = [...new Set(instances.map(({ type }) => type))]
  const facts: Record<string, InstanceTypeFacts> = {}
  for (let at = 0; at < types.length; at += INSTANCE_TYPES_MAX) {
    const asked = types.slice(at, at + INSTANCE_TYPES_MAX) as InstanceType[]
    const { InstanceTypes = [] } = await reading.send(new DescribeInstanceTypesCommand({ InstanceTypes: asked }))
    for (const { InstanceType = '', EbsInfo, InstanceStorageSupported = false } of InstanceTypes) {
      const attachmentsMax = EbsInfo?.MaximumEbsAttachments ?? null
      facts[InstanceType] = { attachmentsMax, hasInstanceStore: InstanceStorageSupported }
    }
  }
  return facts
}

/** Quota names as Service Quotas words them: "Storage for General Purpose SSD (gp3) volumes, in TiB". */
const STORAGE_QUOTA = /^Storage for .*?\(?\b(gp2|gp3|io1|io2|st1|sc1|Magnetic|standard)\b\)?.* volumes, in TiB$/i

async function storageOf({
  quotas: client,
  reading,
}: Clients): Promise<Record<string, { usedGib: number; quotaGib: number }>> {
  const storage: Record<string, { usedGib: number; quotaGib: number }> = {}
  const volumes = await volumesBy(reading)
  for await (const page of paginateListServiceQuotas({ client, pageSize: 100 }, { ServiceCode: 'ebs' })) {
    for (const { QuotaName = '', Value = 0 } of page.Quotas ?? []) {
      const named = STORAGE_QUOTA.exec(QuotaName)?.[1]?.toLowerCase()
      const type = named === 'magnetic' ? 'standard' : named
      if (type) storage[type] = { usedGib: gibOf(volumes, type), quotaGib: Value * 1024 }
    }
  }
  return storage
}

function gibOf(volumes: readonly SeenVolume[], type: string): number {
  return volumes.reduce((sum, volume) => sum + (volume.type === type ? volume.sizeGib : 0), 0)
}

async function pending({ reading }: Clients): Promise<{ id: string; volumeId: string }[]> {
  const snapshots = await snapshotsBy(reading, filter('status', 'pending'))
  return snapshots.map(({ id, volumeId }) => ({ id, volumeId }))
}

async function modifyingOf({ reading }: Clients): Promise<string[]> {
  const { VolumesModifications = [] } = await reading.send(
    new DescribeVolumesModificationsCommand({ Filters: [filter('modification-state', 'modifying')] }),
  )
  return VolumesModifications.flatMap(({ VolumeId }) => VolumeId ?? [])
}

/**
 * By action: null where it is allowed, else EC2's code. A dry run proves permissions, not capacity; one resource stands
 * for all of its kind. Empty where there is no attached source volume or no target instance to try it on.
 */
async function dryRunsOf({ mutating }: Clients, found: Found): Promise<Record<string, string | null>> {
  const volume = found.volumes.find(({ zone, attachments }) => zone === found.sourceZone && attachments.length > 0)
  const source = found.instances.find(({ id }) => id === volume?.attachments[0]?.instance)
  const target = found.instances.find(({ zone }) => zone === found.targetZone)
  if (!volume || !source || !target) return {}
  const calls = dryRunCalls(mutating, volume, { source, target, zone: found.targetZone })
  const answers = Object.entries(calls).map(async ([action, call]) => [action, await codeOf(call)])
  return Object.fromEntries(await Promise.all(answers))
}

type DryRunPlaces = { readonly source: SeenInstance; readonly target: SeenInstance; readonly zone: string }

function dryRunCalls(client: EC2Client, volume: SeenVolume, { source, target, zone }: DryRunPlaces) {
  const DryRun = true
  const [tag, device] = [{ Key: 'zonehop:plan', Value: 'dry run' }, '/dev/sdp']
  const Ebs = { DeleteOnTermination: true }
  const attribute = { DeviceName: target.rootDevice ?? '/dev/xvda', Ebs }
  const [resources, instance] = [
    { DryRun, Resources: [volume.id], Tags: [tag] },
    { DryRun, InstanceIds: [source.id] },
  ]
  const attach = { DryRun, VolumeId: volume.id, InstanceId: source.id, Device: device }
  const modify = { DryRun, InstanceId: target.id, BlockDeviceMappings: [attribute] }
  const create = { DryRun, AvailabilityZone: zone, Size: 1, VolumeType: 'gp3', ...marked('volume') } as const
  return {
    CreateSnapshot: () =>
      client.send(new CreateSnapshotCommand({ DryRun, VolumeId: volume.id, ...marked('snapshot') })),
    CreateVolume: () => client.send(new CreateVolumeCommand(create)),
    AttachVolume: () => client.send(new AttachVolumeCommand(attach)),
    CreateTags: () => client.send(new CreateTagsCommand(resources)),
    DeleteTags: () => client.send(new DeleteTagsCommand(resources)),
    ModifyInstanceAttribute: () => client.send(new ModifyInstanceAttributeCommand(modify)),
    StopInstances: () => client.send(new StopInstancesCommand(instance)),
    StartInstances: () => client.send(new StartInstancesCommand(instance)),
  }
}

/** The tag that the real call will carry: the policy allows no creation without it (iam-policy.json). */
function marked(type: 'volume' | 'snapshot') {
  return { TagSpecifications: tagSpecification(type, { 'zonehop:migration': 'mig-000000' }) }
}

/** UnauthorizedOperation, or null where the call would be allowed; EC2 answers every dry run with an error. */
async function codeOf(call: () => Promise<unknown>): Promise<string | null> {
  try {
    await call()
    return null
  } catch (error) {
    const { name } = error as Error
    return name === 'UnauthorizedOperation' ? name : null
  }
}
