// The calls to come, tried with DryRun when a plan is drawn: EC2 says then whether zonehop's role may make them. A dry run
// proves permissions, not capacity.
import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteTagsCommand,
  type EC2Client,
  ModifyInstanceAttributeCommand,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2'
import { type Inventory, isOptedIn, type SeenInstance, type SeenVolume } from '../../core/model/facts.ts'
import { theirs } from '../../core/model/text.ts'
import type { Clients } from '../clients.ts'
import { codeOf } from '../errors/sort.ts'
import { tagSpecification } from '../wire.ts'

type Found = Omit<Inventory, 'survey'> & { readonly sourceZone: string; readonly targetZone: string }

/**
 * By action: null where it is allowed, else EC2's code, which is a refusal or says nothing of permissions. One resource stands for all of its kind, if there is one of
 * hosts that opted in: whether others need to is a question of its own. Empty where there is no attached source volume
 * or no target instance to try it on.
 */
export async function dryRunsOf({ mutating }: Clients, found: Found): Promise<Record<string, string | null>> {
  const tried = triedOn(found)
  const target = optedInFirst(found.instances.filter(({ zone }) => zone === found.targetZone))[0]
  if (!tried || !target) return {}
  const calls = dryRunCalls(mutating, tried.volume, { source: tried.host, target, zone: found.targetZone })
  const answers = Object.entries(calls).map(async ([action, call]) => [action, await wordOf(call)])
  return Object.fromEntries(await Promise.all(answers))
}

/**
 * Whether EC2 lets zonehop's role use a host that opted in and refuses one that did not, as iam-policy.json has it.
 * False where there are not both kinds of hosts to try it on.
 */
export async function needsOptIn({ mutating }: Clients, found: Found): Promise<boolean> {
  const tried = triedOn(found)
  // Of what is terminated EC2 says that it is not there, which is no answer to this.
  const standing = found.instances.filter(({ state }) => state === 'running' || state === 'stopped')
  const isIn = standing.find(isOptedIn)
  const isOut = standing.find((instance) => !isOptedIn(instance))
  if (!tried || !isIn || !isOut) return false
  const [within, without] = await Promise.all(
    [isIn, isOut].map((instance) => wordOf(() => attach(mutating, tried.volume, instance))),
  )
  return within === null && without === 'UnauthorizedOperation'
}

/** An attached volume of the source zone and its host; one on a host that opted in, if there is one. */
function triedOn({ volumes, instances, sourceZone }: Found): { volume: SeenVolume; host: SeenInstance } | null {
  const hosts = new Map(instances.map((instance) => [instance.id, instance]))
  const attached = volumes.flatMap((volume) => {
    const host = hosts.get(volume.attachments[0]?.instance ?? '')
    return volume.zone === sourceZone && host ? [{ volume, host }] : []
  })
  return attached.find(({ host }) => isOptedIn(host)) ?? attached[0] ?? null
}

function optedInFirst(instances: readonly SeenInstance[]): SeenInstance[] {
  return [...instances.filter(isOptedIn), ...instances.filter((instance) => !isOptedIn(instance))]
}

type DryRunPlaces = { readonly source: SeenInstance; readonly target: SeenInstance; readonly zone: string }

function dryRunCalls(client: EC2Client, volume: SeenVolume, { source, target, zone }: DryRunPlaces) {
  const DryRun = true
  const attribute = { DeviceName: target.rootDevice ?? '/dev/xvda', Ebs: { DeleteOnTermination: true } }
  const [resources, instance] = [
    { DryRun, Resources: [volume.id] },
    { DryRun, InstanceIds: [source.id] },
  ]
  const modify = { DryRun, InstanceId: target.id, BlockDeviceMappings: [attribute] }
  const create = { DryRun, AvailabilityZone: zone, Size: 1, VolumeType: 'gp3', ...marked('volume') } as const
  return {
    CreateSnapshot: () =>
      client.send(new CreateSnapshotCommand({ DryRun, VolumeId: volume.id, ...marked('snapshot') })),
    CreateVolume: () => client.send(new CreateVolumeCommand(create)),
    AttachVolume: () => attach(client, volume, source),
    CreateTags: () =>
      client.send(new CreateTagsCommand({ ...resources, Tags: [{ Key: 'zonehop:plan', Value: 'dry run' }] })),
    // One of the two keys that zonehop takes away: the policy allows it no other.
    DeleteTags: () => client.send(new DeleteTagsCommand({ ...resources, Tags: [{ Key: 'zonehop:frozen' }] })),
    ModifyInstanceAttribute: () => client.send(new ModifyInstanceAttributeCommand(modify)),
    StopInstances: () => client.send(new StopInstancesCommand(instance)),
    StartInstances: () => client.send(new StartInstancesCommand(instance)),
  }
}

function attach(client: EC2Client, { id }: SeenVolume, instance: SeenInstance) {
  const input = { DryRun: true, VolumeId: id, InstanceId: instance.id, Device: '/dev/sdp' }
  return client.send(new AttachVolumeCommand(input))
}

/** The tag that the real call will carry: the policy allows no creation without it (iam-policy.json). */
function marked(type: 'volume' | 'snapshot') {
  return { TagSpecifications: tagSpecification(type, { 'zonehop:migration': 'mig-000000' }) }
}

/** Null where the call would be allowed, else EC2's code: EC2 answers every dry run with an error, DryRunOperation being its yes. */
async function wordOf(call: () => Promise<unknown>): Promise<string | null> {
  try {
    await call()
    return 'NoError'
  } catch (error) {
    const code = codeOf(error)
    return code === 'DryRunOperation' ? null : theirs(code)
  }
}
