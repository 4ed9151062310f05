// An instance as EC2 writes it. Of what the world does not have, it shows what EC2 shows of a plain one.
import type { Attachment, Instance, Volume } from '../../world/entities.ts'
import { attachmentState, INSTANCE_CODES, type InstanceState, instanceState, shownTags } from '../../world/states.ts'
import { type Store, zoneOf } from '../../world/store.ts'
import { type Body, iso } from '../../world/wire.ts'
import { tagSet } from '../tags.ts'
import { networkView } from './network.ts'
import { typeOf } from './type-table.ts'

/** A volume at an instance. */
export type Held = { readonly volume: Volume; readonly attachment: Attachment }

/** An instance's state as EC2 writes it: its number and its name. */
export function stateView(state: InstanceState): Body {
  return { code: INSTANCE_CODES[state], name: state }
}

/** An instance as EC2 writes it, with the volumes that it holds. */
export function instanceView(store: Store, instance: Instance, held: readonly Held[]): Body {
  const nowMs = store.now()
  return {
    instanceId: instance.id,
    imageId: 'ami-00000000000000001',
    instanceState: stateView(instanceState(instance, nowMs)),
    ...reasonView(instance, nowMs),
    instanceType: instance.type,
    launchTime: iso(instance.launchedAtMs),
    placement: {
      availabilityZone: instance.zone,
      availabilityZoneId: zoneOf(store, instance.zone).id,
      groupName: '',
      tenancy: 'default',
    },
    ...networkView(store, instance),
    ...typeShare(instance),
    ...PLAIN,
    usageOperationUpdateTime: iso(instance.createdAtMs),
    rootDeviceType: 'ebs',
    rootDeviceName: instance.rootDevice,
    blockDeviceMapping: mappingsView(held, nowMs),
    tagSet: tagSet(shownTags(instance, nowMs)),
  }
}

/** What EC2 shows of an instance that was launched with nothing but defaults. */
const PLAIN: Body = {
  amiLaunchIndex: 0,
  productCodes: [],
  clientToken: '',
  architecture: 'x86_64',
  hypervisor: 'xen',
  virtualizationType: 'hvm',
  monitoring: { state: 'disabled' },
  capacityReservationSpecification: { capacityReservationPreference: 'open' },
  hibernationOptions: { configured: false },
  enclaveOptions: { enabled: false },
  metadataOptions: {
    state: 'applied',
    httpTokens: 'optional',
    httpPutResponseHopLimit: 1,
    httpEndpoint: 'enabled',
    httpProtocolIpv6: 'disabled',
    instanceMetadataTags: 'disabled',
  },
  maintenanceOptions: { autoRecovery: 'default', rebootMigration: 'default' },
  networkPerformanceOptions: { bandwidthWeighting: 'default' },
  currentInstanceBootMode: 'legacy-bios',
  platformDetails: 'Linux/UNIX',
  usageOperation: 'RunInstances',
  operator: { managed: false },
}

/** What follows from an instance's type. */
function typeShare({ type }: Instance): Body {
  const { hypervisor, cpus, cores } = typeOf(type)
  const isNitro = hypervisor === 'nitro'
  return {
    ebsOptimized: isNitro,
    enaSupport: isNitro,
    cpuOptions: { coreCount: cores, threadsPerCore: cpus / cores },
  }
}

/** Why an instance does not run: here somebody always wanted it so. */
function reasonView(instance: Instance, nowMs: number): Body {
  const state = instanceState(instance, nowMs)
  if (state === 'running' || state === 'pending') return { reason: '' }
  const code = 'Client.UserInitiatedShutdown'
  return { reason: 'User initiated', stateReason: { code, message: `${code}: User initiated shutdown` } }
}

/** The volumes at an instance, as EC2 writes them. */
export function mappingsView(held: readonly Held[], nowMs: number): Body[] {
  return held.map(({ volume, attachment }) => ({
    deviceName: attachment.device,
    ebs: {
      volumeId: volume.id,
      status: attachmentState(attachment, nowMs),
      attachTime: iso(attachment.beganAtMs),
      deleteOnTermination: attachment.deleteOnTermination,
    },
  }))
}
