// The documented filters of DescribeInstances, but for those of tags: by where the answer shows what they compare, so that
// the two cannot differ. What a plain instance does not have, such as a public address, is shown nowhere and matches nothing.
import type { Instance } from '../../world/entities.ts'
import { instanceState } from '../../world/states.ts'
import { OWNER, type Store } from '../../world/store.ts'
import type { Table } from '../describe.ts'

/** By filter, where an instance shows it. */
const OF_INSTANCE: Readonly<Record<string, string>> = {
  affinity: 'placement.affinity',
  architecture: 'architecture',
  'availability-zone-id': 'placement.availabilityZoneId',
  'block-device-mapping.attach-time': 'blockDeviceMapping.ebs.attachTime',
  'block-device-mapping.delete-on-termination': 'blockDeviceMapping.ebs.deleteOnTermination',
  'block-device-mapping.device-name': 'blockDeviceMapping.deviceName',
  'block-device-mapping.status': 'blockDeviceMapping.ebs.status',
  'block-device-mapping.volume-id': 'blockDeviceMapping.ebs.volumeId',
  'boot-mode': 'bootMode',
  'capacity-reservation-id': 'capacityReservationId',
  'capacity-reservation-specification.capacity-reservation-preference':
    'capacityReservationSpecification.capacityReservationPreference',
  'capacity-reservation-specification.capacity-reservation-target.capacity-reservation-id':
    'capacityReservationSpecification.capacityReservationTarget.capacityReservationId',
  'capacity-reservation-specification.capacity-reservation-target.capacity-reservation-resource-group-arn':
    'capacityReservationSpecification.capacityReservationTarget.capacityReservationResourceGroupArn',
  'client-token': 'clientToken',
  'current-instance-boot-mode': 'currentInstanceBootMode',
  'dns-name': 'dnsName',
  'ebs-optimized': 'ebsOptimized',
  'ena-support': 'enaSupport',
  'enclave-options.enabled': 'enclaveOptions.enabled',
  'hibernation-options.configured': 'hibernationOptions.configured',
  'host-id': 'placement.hostId',
  hypervisor: 'hypervisor',
  'iam-instance-profile.arn': 'iamInstanceProfile.arn',
  'iam-instance-profile.id': 'iamInstanceProfile.id',
  'image-id': 'imageId',
  'instance-lifecycle': 'instanceLifecycle',
  'instance-state-code': 'instanceState.code',
  'instance-state-name': 'instanceState.name',
  'instance-type': 'instanceType',
  'instance.group-id': 'groupSet.groupId',
  'instance.group-name': 'groupSet.groupName',
  'ip-address': 'ipAddress',
  'ipv6-address': 'ipv6Address',
  'kernel-id': 'kernelId',
  'key-name': 'keyName',
  'launch-index': 'amiLaunchIndex',
  'launch-time': 'launchTime',
  'maintenance-options.auto-recovery': 'maintenanceOptions.autoRecovery',
  'metadata-options.http-endpoint': 'metadataOptions.httpEndpoint',
  'metadata-options.http-protocol-ipv6': 'metadataOptions.httpProtocolIpv6',
  'metadata-options.http-put-response-hop-limit': 'metadataOptions.httpPutResponseHopLimit',
  'metadata-options.http-tokens': 'metadataOptions.httpTokens',
  'metadata-options.instance-metadata-tags': 'metadataOptions.instanceMetadataTags',
  'metadata-options.state': 'metadataOptions.state',
  'monitoring-state': 'monitoring.state',
  'network-performance-options.bandwidth-weighting': 'networkPerformanceOptions.bandwidthWeighting',
  'operator.managed': 'operator.managed',
  'operator.principal': 'operator.principal',
  'outpost-arn': 'outpostArn',
  'placement-group-name': 'placement.groupName',
  'placement-partition-number': 'placement.partitionNumber',
  platform: 'platform',
  'platform-details': 'platformDetails',
  'private-dns-name': 'privateDnsName',
  'private-dns-name-options.enable-resource-name-dns-a-record': 'privateDnsNameOptions.enableResourceNameDnsARecord',
  'private-dns-name-options.enable-resource-name-dns-aaaa-record':
    'privateDnsNameOptions.enableResourceNameDnsAAAARecord',
  'private-dns-name-options.hostname-type': 'privateDnsNameOptions.hostnameType',
  'private-ip-address': 'privateIpAddress',
  'product-code': 'productCodes.productCode',
  'product-code.type': 'productCodes.type',
  'ramdisk-id': 'ramdiskId',
  reason: 'reason',
  'root-device-name': 'rootDeviceName',
  'root-device-type': 'rootDeviceType',
  'source-dest-check': 'sourceDestCheck',
  'spot-instance-request-id': 'spotInstanceRequestId',
  'state-reason-code': 'stateReason.code',
  'state-reason-message': 'stateReason.message',
  'subnet-id': 'subnetId',
  tenancy: 'placement.tenancy',
  'tpm-support': 'tpmSupport',
  'usage-operation': 'usageOperation',
  'usage-operation-update-time': 'usageOperationUpdateTime',
  'virtualization-type': 'virtualizationType',
  'vpc-id': 'vpcId',
}

/** By filter without its `network-interface.`, where an interface shows it. */
const OF_INTERFACE: Readonly<Record<string, string>> = {
  'addresses.association.allocation-id': 'privateIpAddressesSet.association.allocationId',
  'addresses.association.association-id': 'privateIpAddressesSet.association.associationId',
  'addresses.association.carrier-ip': 'privateIpAddressesSet.association.carrierIp',
  'addresses.association.customer-owned-ip': 'privateIpAddressesSet.association.customerOwnedIp',
  'addresses.association.ip-owner-id': 'privateIpAddressesSet.association.ipOwnerId',
  'addresses.association.public-dns-name': 'privateIpAddressesSet.association.publicDnsName',
  'addresses.association.public-ip': 'privateIpAddressesSet.association.publicIp',
  'addresses.primary': 'privateIpAddressesSet.primary',
  'addresses.private-dns-name': 'privateIpAddressesSet.privateDnsName',
  'addresses.private-ip-address': 'privateIpAddressesSet.privateIpAddress',
  'association.allocation-id': 'association.allocationId',
  'association.association-id': 'association.associationId',
  'association.carrier-ip': 'association.carrierIp',
  'association.customer-owned-ip': 'association.customerOwnedIp',
  'association.ip-owner-id': 'association.ipOwnerId',
  'association.public-dns-name': 'association.publicDnsName',
  'association.public-ip': 'association.publicIp',
  'attachment.attach-time': 'attachment.attachTime',
  'attachment.attachment-id': 'attachment.attachmentId',
  'attachment.delete-on-termination': 'attachment.deleteOnTermination',
  'attachment.device-index': 'attachment.deviceIndex',
  'attachment.network-card-index': 'attachment.networkCardIndex',
  'attachment.status': 'attachment.status',
  description: 'description',
  'group-id': 'groupSet.groupId',
  'group-name': 'groupSet.groupName',
  'ipv4-prefixes.ipv4-prefix': 'ipv4PrefixSet.ipv4Prefix',
  'ipv6-address': 'ipv6AddressesSet.ipv6Address',
  'ipv6-addresses.ipv6-address': 'ipv6AddressesSet.ipv6Address',
  'ipv6-addresses.is-primary-ipv6': 'ipv6AddressesSet.isPrimaryIpv6',
  'ipv6-prefixes.ipv6-prefix': 'ipv6PrefixSet.ipv6Prefix',
  'mac-address': 'macAddress',
  'network-interface-id': 'networkInterfaceId',
  'operator.managed': 'operator.managed',
  'operator.principal': 'operator.principal',
  'outpost-arn': 'outpostArn',
  'owner-id': 'ownerId',
  'private-dns-name': 'privateDnsName',
  'private-ip-address': 'privateIpAddress',
  'public-dns-name': 'association.publicDnsName',
  'requester-id': 'requesterId',
  status: 'status',
  'source-dest-check': 'sourceDestCheck',
  'subnet-id': 'subnetId',
  'tag-key': 'tagSet.key',
  'tag-value': 'tagSet.value',
  'vpc-id': 'vpcId',
}

/** The filters of DescribeInstances by where a reservation of one instance shows what they compare. */
export const INSTANCE_PATHS: Readonly<Record<string, string>> = {
  'owner-id': 'ownerId',
  'requester-id': 'requesterId',
  'reservation-id': 'reservationId',
  ...within('', OF_INSTANCE, 'instancesSet'),
  ...within('network-interface.', OF_INTERFACE, 'instancesSet.networkInterfaceSet'),
}

function within(prefix: string, paths: Readonly<Record<string, string>>, set: string): Record<string, string> {
  return Object.fromEntries(Object.entries(paths).map(([name, path]) => [`${prefix}${name}`, `${set}.${path}`]))
}

/** The filters of DescribeInstances that compare what no answer shows, or what is asked so often that it has to be quick. */
export function instanceFilters(store: Store): NonNullable<Table<Instance>['filters']> {
  const ofInterface = (value: (instance: Instance) => string | boolean) => (instance: Instance) =>
    instanceState(instance, store.now()) === 'terminated' ? [] : [value(instance)]
  return {
    'instance-id': ({ id }) => [id],
    'availability-zone': ({ zone }) => [zone],
    'metadata-options.http-protocol-ipv4': () => ['enabled'],
    'network-interface.attachment.instance-id': ofInterface(({ id }) => id),
    'network-interface.attachment.instance-owner-id': ofInterface(() => OWNER),
    'network-interface.availability-zone': ofInterface(({ zone }) => zone),
    'network-interface.deny-all-igw-traffic': ofInterface(() => false),
    'network-interface.ipv6-native': ofInterface(() => false),
    'network-interface.requester-managed': ofInterface(() => false),
  }
}
