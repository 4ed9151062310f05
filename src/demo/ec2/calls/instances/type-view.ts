// An instance type as EC2 writes it, and where in that its documented filters look.
import type { Body } from '../../world/wire.ts'
import type { InstanceType } from './type-table.ts'

/** The filters of DescribeInstanceTypes, by where the view shows what they compare. */
export const TYPE_PATHS: Readonly<Record<string, string>> = {
  'auto-recovery-supported': 'autoRecoverySupported',
  'bare-metal': 'bareMetal',
  'burstable-performance-supported': 'burstablePerformanceSupported',
  'current-generation': 'currentGeneration',
  'dedicated-hosts-supported': 'dedicatedHostsSupported',
  'ebs-info.attachment-limit-type': 'ebsInfo.attachmentLimitType',
  'ebs-info.maximum-ebs-attachments': 'ebsInfo.maximumEbsAttachments',
  'ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps': 'ebsInfo.ebsOptimizedInfo.baselineBandwidthInMbps',
  'ebs-info.ebs-optimized-info.baseline-iops': 'ebsInfo.ebsOptimizedInfo.baselineIops',
  'ebs-info.ebs-optimized-info.baseline-throughput-in-mbps': 'ebsInfo.ebsOptimizedInfo.baselineThroughputInMBps',
  'ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps': 'ebsInfo.ebsOptimizedInfo.maximumBandwidthInMbps',
  'ebs-info.ebs-optimized-info.maximum-iops': 'ebsInfo.ebsOptimizedInfo.maximumIops',
  'ebs-info.ebs-optimized-info.maximum-throughput-in-mbps': 'ebsInfo.ebsOptimizedInfo.maximumThroughputInMBps',
  'ebs-info.ebs-optimized-support': 'ebsInfo.ebsOptimizedSupport',
  'ebs-info.encryption-support': 'ebsInfo.encryptionSupport',
  'ebs-info.nvme-support': 'ebsInfo.nvmeSupport',
  'free-tier-eligible': 'freeTierEligible',
  'hibernation-supported': 'hibernationSupported',
  hypervisor: 'hypervisor',
  'instance-storage-info.disk.count': 'instanceStorageInfo.disks.count',
  'instance-storage-info.disk.size-in-gb': 'instanceStorageInfo.disks.sizeInGB',
  'instance-storage-info.disk.type': 'instanceStorageInfo.disks.type',
  'instance-storage-info.encryption-support': 'instanceStorageInfo.encryptionSupport',
  'instance-storage-info.nvme-support': 'instanceStorageInfo.nvmeSupport',
  'instance-storage-info.total-size-in-gb': 'instanceStorageInfo.totalSizeInGB',
  'instance-storage-supported': 'instanceStorageSupported',
  'instance-type': 'instanceType',
  'memory-info.size-in-mib': 'memoryInfo.sizeInMiB',
  'network-info.bandwidth-weightings': 'networkInfo.bandwidthWeightings',
  'network-info.efa-info.maximum-efa-interfaces': 'networkInfo.efaInfo.maximumEfaInterfaces',
  'network-info.efa-supported': 'networkInfo.efaSupported',
  'network-info.ena-support': 'networkInfo.enaSupport',
  'network-info.flexible-ena-queues-support': 'networkInfo.flexibleEnaQueuesSupport',
  'network-info.encryption-in-transit-supported': 'networkInfo.encryptionInTransitSupported',
  'network-info.ipv4-addresses-per-interface': 'networkInfo.ipv4AddressesPerInterface',
  'network-info.ipv6-addresses-per-interface': 'networkInfo.ipv6AddressesPerInterface',
  'network-info.ipv6-supported': 'networkInfo.ipv6Supported',
  'network-info.maximum-network-cards': 'networkInfo.maximumNetworkCards',
  'network-info.maximum-network-interfaces': 'networkInfo.maximumNetworkInterfaces',
  'network-info.network-performance': 'networkInfo.networkPerformance',
  'nitro-enclaves-support': 'nitroEnclavesSupport',
  'nitro-tpm-support': 'nitroTpmSupport',
  'nitro-tpm-info.supported-versions': 'nitroTpmInfo.supportedVersions',
  'processor-info.supported-architecture': 'processorInfo.supportedArchitectures',
  'processor-info.sustained-clock-speed-in-ghz': 'processorInfo.sustainedClockSpeedInGhz',
  'processor-info.supported-features': 'processorInfo.supportedFeatures',
  'reboot-migration-support': 'rebootMigrationSupport',
  'supported-boot-mode': 'supportedBootModes',
  'supported-root-device-type': 'supportedRootDeviceTypes',
  'supported-usage-class': 'supportedUsageClasses',
  'supported-virtualization-type': 'supportedVirtualizationTypes',
  'vcpu-info.default-cores': 'vCpuInfo.defaultCores',
  'vcpu-info.default-threads-per-core': 'vCpuInfo.defaultThreadsPerCore',
  'vcpu-info.default-vcpus': 'vCpuInfo.defaultVCpus',
  'vcpu-info.valid-cores': 'vCpuInfo.validCores',
  'vcpu-info.valid-threads-per-core': 'vCpuInfo.validThreadsPerCore',
}

/** An instance type as EC2 writes it. */
export function typeView(type: InstanceType): Body {
  const { name, isCurrent, memoryMib, clockGhz, instanceStore, cpus } = type
  const isNitro = type.hypervisor === 'nitro'
  const isOldest = name.startsWith('m1.')
  return {
    instanceType: name,
    currentGeneration: isCurrent,
    freeTierEligible: false,
    supportedUsageClasses: ['on-demand', 'spot'],
    supportedRootDeviceTypes: isNitro ? ['ebs'] : ['ebs', 'instance-store'],
    supportedVirtualizationTypes: isNitro ? ['hvm'] : ['hvm', 'paravirtual'],
    bareMetal: false,
    hypervisor: type.hypervisor,
    processorInfo: {
      supportedArchitectures: ['x86_64'],
      sustainedClockSpeedInGhz: clockGhz ?? undefined,
      manufacturer: 'Intel',
    },
    vCpuInfo: cpuView(type),
    memoryInfo: { sizeInMiB: memoryMib },
    instanceStorageSupported: instanceStore !== null,
    instanceStorageInfo: instanceStore ? storeView(instanceStore, isOldest ? 'hdd' : 'ssd') : undefined,
    ebsInfo: ebsView(type),
    networkInfo: networkInfoView(type),
    placementGroupInfo: { supportedStrategies: isNitro ? ['cluster', 'partition', 'spread'] : ['partition', 'spread'] },
    hibernationSupported: !isOldest,
    burstablePerformanceSupported: name.startsWith('t'),
    dedicatedHostsSupported: !isOldest,
    autoRecoverySupported: instanceStore === null,
    supportedBootModes: isNitro ? ['legacy-bios', 'uefi'] : ['legacy-bios'],
    // Enclaves need a core beside the parent's.
    nitroEnclavesSupport: isNitro && cpus >= 4 ? 'supported' : 'unsupported',
    nitroTpmSupport: isNitro ? 'supported' : 'unsupported',
    nitroTpmInfo: isNitro ? { supportedVersions: ['2.0'] } : undefined,
    rebootMigrationSupport: isNitro ? 'supported' : 'unsupported',
  }
}

function cpuView({ cpus, cores }: InstanceType): Body {
  const threads = cpus / cores
  return {
    defaultVCpus: cpus,
    defaultCores: cores,
    defaultThreadsPerCore: threads,
    validCores: Array.from({ length: cores }, (_, index) => index + 1),
    validThreadsPerCore: Array.from({ length: threads }, (_, index) => index + 1),
  }
}

function storeView({ count, gib, isNvme }: NonNullable<InstanceType['instanceStore']>, type: 'hdd' | 'ssd'): Body {
  return {
    totalSizeInGB: count * gib,
    disks: [{ sizeInGB: gib, count, type }],
    nvmeSupport: isNvme ? 'required' : 'unsupported',
    encryptionSupport: isNvme ? 'required' : 'unsupported',
  }
}

function ebsView({ hypervisor, attachments, ebs }: InstanceType): Body {
  const isNitro = hypervisor === 'nitro'
  const apart = ebs ? 'supported' : 'unsupported'
  return {
    ebsOptimizedSupport: isNitro ? 'default' : apart,
    encryptionSupport: 'supported',
    ebsOptimizedInfo: ebs
      ? {
          baselineBandwidthInMbps: ebs.baseline.mbps,
          baselineThroughputInMBps: ebs.baseline.mbps / 8,
          baselineIops: ebs.baseline.iops,
          maximumBandwidthInMbps: ebs.maximum.mbps,
          maximumThroughputInMBps: ebs.maximum.mbps / 8,
          maximumIops: ebs.maximum.iops,
        }
      : undefined,
    nvmeSupport: isNitro ? 'required' : 'unsupported',
    maximumEbsAttachments: attachments.max,
    attachmentLimitType: attachments.type,
  }
}

function networkInfoView({ name, hypervisor, network }: InstanceType): Body {
  const { performance, interfaces, addresses } = network
  const isNitro = hypervisor === 'nitro'
  const isNewest = /^m[67]/.test(name)
  return {
    networkPerformance: performance,
    maximumNetworkInterfaces: interfaces,
    maximumNetworkCards: 1,
    defaultNetworkCardIndex: 0,
    networkCards: [{ networkCardIndex: 0, networkPerformance: performance, maximumNetworkInterfaces: interfaces }],
    ipv4AddressesPerInterface: addresses,
    ipv6AddressesPerInterface: name.startsWith('m1.') ? 0 : addresses,
    ipv6Supported: !name.startsWith('m1.'),
    enaSupport: isNitro ? 'required' : 'unsupported',
    efaSupported: false,
    encryptionInTransitSupported: isNewest,
    enaSrdSupported: false,
    flexibleEnaQueuesSupport: isNewest ? 'supported' : 'unsupported',
  }
}
