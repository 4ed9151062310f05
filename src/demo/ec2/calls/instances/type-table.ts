// The instance types of the simulated region, as EC2 describes them: generations whose limits differ, from the m1 of the
// outage report on.

/** An instance type. Bandwidths of EBS are in Mbps. */
export type InstanceType = {
  readonly name: string
  readonly hypervisor: 'xen' | 'nitro'
  readonly isCurrent: boolean
  readonly cpus: number
  readonly cores: number
  readonly memoryMib: number
  /** GHz; null where EC2 gives none. */
  readonly clockGhz: number | null
  /** Disks inside the host, whose data dies with a stop. */
  readonly instanceStore: { readonly count: number; readonly gib: number; readonly isNvme: boolean } | null
  readonly attachments: { readonly max: number; readonly type: 'shared' | 'dedicated' }
  /** Null where the type has no bandwidth of its own for EBS. */
  readonly ebs: { readonly baseline: EbsPace; readonly maximum: EbsPace } | null
  readonly network: { readonly performance: string; readonly interfaces: number; readonly addresses: number }
}

type EbsPace = { readonly mbps: number; readonly iops: number }

const XEN = { max: 40, type: 'dedicated' } as const
const SHARED = { max: 28, type: 'shared' } as const
const DEDICATED = { max: 32, type: 'dedicated' } as const

const UP_TO_10 = { performance: 'Up to 10 Gigabit', interfaces: 3, addresses: 10 }
const UP_TO_12 = { performance: 'Up to 12.5 Gigabit', interfaces: 3, addresses: 10 }
const FIFTH = { baseline: { mbps: 650, iops: 3_600 }, maximum: { mbps: 4_750, iops: 18_750 } }
const SIXTH = { baseline: { mbps: 650, iops: 3_600 }, maximum: { mbps: 10_000, iops: 40_000 } }

/** Every type that the region knows, in the order in which it lists them. */
export const TYPES: readonly InstanceType[] = [
  type('m1.large', 'xen', {
    ...{ isCurrent: false, cpus: 2, memoryGib: 7.5, disks: [2, 420], attachments: XEN, ebs: always(500, 4_000) },
    network: { performance: 'Moderate', interfaces: 3, addresses: 10 },
  }),
  type('m1.xlarge', 'xen', {
    ...{ isCurrent: false, cpus: 4, memoryGib: 15, disks: [4, 420], attachments: XEN, ebs: always(1_000, 8_000) },
    network: { performance: 'High', interfaces: 4, addresses: 15 },
  }),
  type('m3.large', 'xen', {
    ...{ isCurrent: false, cpus: 2, cores: 1, memoryGib: 7.5, clockGhz: 2.5, disks: [1, 32], attachments: XEN },
    ...{ ebs: null, network: { performance: 'Moderate', interfaces: 3, addresses: 10 } },
  }),
  type('m3.xlarge', 'xen', {
    ...{ isCurrent: false, cpus: 4, cores: 2, memoryGib: 15, clockGhz: 2.5, disks: [2, 40], attachments: XEN },
    ...{ ebs: always(500, 4_000), network: { performance: 'High', interfaces: 4, addresses: 15 } },
  }),
  type('t3.medium', 'nitro', {
    ...{ cpus: 2, cores: 1, memoryGib: 4, clockGhz: 2.5, attachments: SHARED },
    ebs: { baseline: { mbps: 347, iops: 2_000 }, maximum: { mbps: 2_085, iops: 11_800 } },
    network: { performance: 'Up to 5 Gigabit', interfaces: 3, addresses: 6 },
  }),
  type('m5.large', 'nitro', {
    ...{ cpus: 2, cores: 1, memoryGib: 8, clockGhz: 3.1, attachments: SHARED, ebs: FIFTH, network: UP_TO_10 },
  }),
  type('m5.xlarge', 'nitro', {
    ...{ cpus: 4, cores: 2, memoryGib: 16, clockGhz: 3.1, attachments: SHARED },
    ebs: { baseline: { mbps: 1_150, iops: 6_000 }, maximum: { mbps: 4_750, iops: 18_750 } },
    network: { performance: 'Up to 10 Gigabit', interfaces: 4, addresses: 15 },
  }),
  type('m5d.large', 'nitro', {
    ...{ cpus: 2, cores: 1, memoryGib: 8, clockGhz: 3.1, disks: [1, 75] },
    ...{ attachments: SHARED, ebs: FIFTH, network: UP_TO_10 },
  }),
  type('r5.large', 'nitro', {
    ...{ cpus: 2, cores: 1, memoryGib: 16, clockGhz: 3.1, attachments: SHARED, ebs: FIFTH, network: UP_TO_10 },
  }),
  type('m6i.large', 'nitro', {
    ...{ cpus: 2, cores: 1, memoryGib: 8, clockGhz: 3.5, attachments: SHARED, ebs: SIXTH, network: UP_TO_12 },
  }),
  type('m7i.large', 'nitro', {
    ...{ cpus: 2, cores: 1, memoryGib: 8, clockGhz: 3.2, attachments: DEDICATED, ebs: SIXTH, network: UP_TO_12 },
  }),
]

type Told = Pick<InstanceType, 'cpus' | 'attachments' | 'ebs' | 'network'> & {
  readonly memoryGib: number
  readonly isCurrent?: boolean
  readonly cores?: number
  readonly clockGhz?: number
  readonly disks?: readonly [count: number, gib: number]
}

function type(name: string, hypervisor: 'xen' | 'nitro', told: Told): InstanceType {
  const { memoryGib, isCurrent = true, cores = told.cpus, clockGhz = null, disks, ...rest } = told
  const instanceStore = disks ? { count: disks[0], gib: disks[1], isNvme: hypervisor === 'nitro' } : null
  return { ...rest, name, hypervisor, isCurrent, cores, clockGhz, memoryMib: memoryGib * 1024, instanceStore }
}

/** A bandwidth that is the same at all times. */
function always(mbps: number, iops: number): NonNullable<InstanceType['ebs']> {
  return { baseline: { mbps, iops }, maximum: { mbps, iops } }
}

/** Whether the simulated region has this instance type. */
export function isKnownType(name: string): boolean {
  return TYPES.some((each) => each.name === name)
}

/** The instance type of this name. Throws for an unknown one. */
export function typeOf(name: string): InstanceType {
  const found = TYPES.find((each) => each.name === name)
  if (!found) throw new Error(`the simulated region has no instance type ${name}`)
  return found
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
