// The instance types of the simulated region: generations whose limits differ, from the m1 of the outage report on.

import { refuse } from '../../world/errors.ts'
import type { Store } from '../../world/store.ts'
import { type Body, list, type Params, text } from '../../world/wire.ts'
import { describe } from '../describe.ts'

type InstanceType = {
  readonly name: string
  readonly hypervisor: 'xen' | 'nitro'
  readonly isCurrent: boolean
  readonly cpus: number
  readonly memoryMib: number
  /** Disks inside the host, whose data dies with a stop. */
  readonly instanceStore: { readonly count: number; readonly gib: number; readonly isNvme: boolean } | null
  readonly attachments: { readonly max: number; readonly type: 'shared' | 'dedicated' }
}

const XEN = { max: 40, type: 'dedicated' } as const
const SHARED = { max: 28, type: 'shared' } as const
const DEDICATED = { max: 32, type: 'dedicated' } as const

const TYPES: readonly InstanceType[] = [
  type('m1.large', 'xen', { isCurrent: false, cpus: 2, memoryGib: 7.5, disks: [2, 420], attachments: XEN }),
  type('m1.xlarge', 'xen', { isCurrent: false, cpus: 4, memoryGib: 15, disks: [4, 420], attachments: XEN }),
  type('m3.large', 'xen', { isCurrent: false, cpus: 2, memoryGib: 7.5, disks: [1, 32], attachments: XEN }),
  type('m3.xlarge', 'xen', { isCurrent: false, cpus: 4, memoryGib: 15, disks: [2, 40], attachments: XEN }),
  type('t3.medium', 'nitro', { cpus: 2, memoryGib: 4, attachments: SHARED }),
  type('m5.large', 'nitro', { cpus: 2, memoryGib: 8, attachments: SHARED }),
  type('m5.xlarge', 'nitro', { cpus: 4, memoryGib: 16, attachments: SHARED }),
  type('m5d.large', 'nitro', { cpus: 2, memoryGib: 8, disks: [1, 75], attachments: SHARED }),
  type('r5.large', 'nitro', { cpus: 2, memoryGib: 16, attachments: SHARED }),
  type('m6i.large', 'nitro', { cpus: 2, memoryGib: 8, attachments: SHARED }),
  type('m7i.large', 'nitro', { cpus: 2, memoryGib: 8, attachments: DEDICATED }),
]

function type(
  name: string,
  hypervisor: 'xen' | 'nitro',
  o: {
    isCurrent?: boolean
    cpus: number
    memoryGib: number
    disks?: [number, number]
    attachments: InstanceType['attachments']
  },
): InstanceType {
  const { isCurrent = true, cpus, memoryGib, disks, attachments } = o
  const instanceStore = disks ? { count: disks[0], gib: disks[1], isNvme: hypervisor === 'nitro' } : null
  return { name, hypervisor, isCurrent, cpus, memoryMib: memoryGib * 1024, instanceStore, attachments }
}

/** Answers DescribeInstanceTypes. Refuses with InvalidInstanceType for a name that the region does not have. */
export function describeInstanceTypes(_: Store, params: Params): Body {
  const names = list(params, 'InstanceType')
  const unknown = names.filter((name) => !TYPES.some((each) => each.name === name))
  if (unknown.length > 0) {
    refuse('InvalidInstanceType', `The following supplied instance types do not exist: [${unknown.join(', ')}]`)
  }
  return describe(params, {
    set: 'instanceTypeSet',
    rows: names.length === 0 ? TYPES : TYPES.filter(({ name }) => names.includes(name)),
    order: (row) => TYPES.indexOf(row),
    pageMax: 100,
    filters: {
      'instance-type': ({ name }) => [name],
      'current-generation': ({ isCurrent }) => [isCurrent],
      hypervisor: ({ hypervisor }) => [hypervisor],
      'instance-storage-supported': ({ instanceStore }) => [instanceStore !== null],
      'ebs-info.attachment-limit-type': ({ attachments }) => [attachments.type],
      'ebs-info.maximum-ebs-attachments': ({ attachments }) => [attachments.max],
    },
    view: typeView,
  })
}

/** Answers DescribeInstanceTypeOfferings, by region, zone name or zone id: every type that the place does not lack. */
export function describeInstanceTypeOfferings(store: Store, params: Params): Body {
  const location = text(params, 'LocationType') ?? 'region'
  if (!['region', 'availability-zone', 'availability-zone-id'].includes(location)) {
    refuse('InvalidParameterValue', `Value (${location}) for parameter locationType is invalid.`)
  }
  const rows = offerings(store, location).map((row, order) => ({ ...row, order }))
  return describe(params, {
    set: 'instanceTypeOfferingSet',
    rows,
    order: ({ order }) => order,
    filters: { 'instance-type': ({ instanceType }) => [instanceType], location: (row) => [row.location] },
    view: ({ instanceType, location: at }) => ({ instanceType, locationType: location, location: at }),
  })
}

function offerings({ zones }: Store, locationType: string): { instanceType: string; location: string }[] {
  const places =
    locationType === 'region'
      ? [{ location: regionOf(zones[0]?.name ?? ''), zones }]
      : zones.map((zone) => ({ location: locationType === 'availability-zone' ? zone.name : zone.id, zones: [zone] }))
  return places.flatMap(({ location, zones: of }) =>
    TYPES.filter(({ name }) => of.some(({ lacksInstanceTypes = [] }) => !lacksInstanceTypes.includes(name))).map(
      ({ name }) => ({ instanceType: name, location }),
    ),
  )
}

/** The region of a zone: its name without the last letter. */
export function regionOf(zone: string): string {
  return zone.slice(0, -1)
}

/** Whether the simulated region has this instance type. */
export function isKnownType(name: string): boolean {
  return TYPES.some((each) => each.name === name)
}

/** Whether this instance type is built on Nitro, as multi-attach needs. Throws for an unknown type. */
export function isNitro(name: string): boolean {
  return typeOf(name).hypervisor === 'nitro'
}

/**
 * How many volumes an instance of this type holds, its root included. A shared limit also counts the network interface,
 * of which each instance has one here, and disks that are NVMe.
 */
export function attachmentLimit(name: string): number {
  const { attachments, instanceStore } = typeOf(name)
  if (attachments.type === 'dedicated') return attachments.max
  return attachments.max - 1 - (instanceStore?.isNvme ? instanceStore.count : 0)
}

function typeOf(name: string): InstanceType {
  const found = TYPES.find((each) => each.name === name)
  if (!found) throw new Error(`the simulated region has no instance type ${name}`)
  return found
}

function typeView({ name, hypervisor, isCurrent, cpus, memoryMib, instanceStore, attachments }: InstanceType): Body {
  const disks = instanceStore && { totalSizeInGB: instanceStore.count * instanceStore.gib }
  return {
    instanceType: name,
    currentGeneration: isCurrent,
    hypervisor,
    bareMetal: false,
    vCpuInfo: { defaultVCpus: cpus },
    memoryInfo: { sizeInMiB: memoryMib },
    instanceStorageSupported: instanceStore !== null,
    instanceStorageInfo: disks
      ? { ...disks, nvmeSupport: instanceStore.isNvme ? 'required' : 'unsupported' }
      : undefined,
    ebsInfo: {
      ebsOptimizedSupport: hypervisor === 'nitro' ? 'default' : 'supported',
      encryptionSupport: 'supported',
      nvmeSupport: hypervisor === 'nitro' ? 'required' : 'unsupported',
      maximumEbsAttachments: attachments.max,
      attachmentLimitType: attachments.type,
    },
  }
}
