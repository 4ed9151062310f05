// The questions of preflight beside the inventory. Each is independent: one that fails gives its reason, and the others
// go on.
import {
  DescribeInstanceTypesCommand,
  type _InstanceType as InstanceType,
  paginateDescribeInstanceTypeOfferings,
  paginateDescribeVolumesModifications,
} from '@aws-sdk/client-ec2'
import { paginateListServiceQuotas } from '@aws-sdk/client-service-quotas'
import type { InstanceTypeFacts, Inventory, SeenVolume, Survey } from '../../core/model/facts.ts'
import { INSTANCE_TYPES_MAX } from '../../core/model/limits.ts'
import type { Clients } from '../clients.ts'
import { filter, snapshotsBy, volumesBy } from '../describe.ts'
import { agentsOn } from './agents.ts'
import { documentsIn } from './documents.ts'
import { dryRunsOf, needsOptIn } from './dry-runs.ts'
import { answered, keysOf } from './keys.ts'

type Found = Omit<Inventory, 'survey'> & { readonly sourceZone: string; readonly targetZone: string }

/** Never throws: a question that failed is answered with `because`, the error's name and message. */
export async function survey(clients: Clients, found: Found): Promise<Survey> {
  const sources = found.volumes.filter(({ zone }) => zone === found.sourceZone)
  const [offeredTypes, instanceTypes, storage, dryRuns, pendingSnapshots, modifying, optsIn] = await Promise.all([
    answered(() => offered(clients, found)),
    answered(() => instanceTypesOf(clients, found)),
    answered(() => storageOf(clients)),
    answered(() => dryRunsOf(clients, found)),
    answered(() => pending(clients)),
    answered(() => modifyingOf(clients)),
    answered(() => needsOptIn(clients, found)),
  ])
  const [keys, documents, agents] = await Promise.all([
    keysOf(clients, [...sources, ...found.volumes]),
    answered(() => documentsIn(clients.listening)),
    answered(() => agentsOn(clients.listening, found.instances)),
  ])
  const ofEc2 = { offeredTypes, instanceTypes, storage, dryRuns, pendingSnapshots, modifying, optsIn }
  return { ...ofEc2, keys, documents, agents }
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
    for (const { InstanceType = '', EbsInfo, InstanceStorageSupported = false, InstanceStorageInfo } of InstanceTypes) {
      const { MaximumEbsAttachments: attachmentsMax = null, AttachmentLimitType } = EbsInfo ?? {}
      const disks = (InstanceStorageInfo?.Disks ?? []).reduce((sum, { Count = 0 }) => sum + Count, 0)
      const isNvme = (InstanceStorageInfo?.NvmeSupport ?? 'unsupported') !== 'unsupported'
      facts[InstanceType] = {
        ...{ attachmentsMax, hasInstanceStore: InstanceStorageSupported },
        ...{ isShared: AttachmentLimitType === 'shared', disks: isNvme ? disks : 0 },
      }
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
  const modifying: string[] = []
  const input = { Filters: [filter('modification-state', 'modifying')] }
  for await (const { VolumesModifications = [] } of paginateDescribeVolumesModifications({ client: reading }, input)) {
    modifying.push(...VolumesModifications.flatMap(({ VolumeId }) => VolumeId ?? []))
  }
  return modifying
}
