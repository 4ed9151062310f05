// What somebody with keys of the account may do beside the bot: tags, snapshots, volumes and commands. Each act gives back the lines
// that the log of intruders has of it.
import { latest } from '../core/journal/state.ts'
import type { Migration } from '../core/model/migration.ts'
import { ofMove } from '../core/model/subjects.ts'
import type { SimulatedEc2, Tags } from './ec2/world/entities.ts'
import type { Deed, Moment } from './scenario.ts'
import { SOURCE, TARGET } from './servers.ts'

/** A command as SSM takes it. */
type Sent = {
  readonly document: string
  readonly instances: readonly string[]
  readonly comment: string
  readonly parameters: Readonly<Record<string, readonly string[]>>
}

/**
 * An intruder before an account: where things are, and what they may do to them. An id is empty where there is no such thing, and an
 * act throws where EC2 or SSM refuses it, since the scenario would then show nothing.
 */
export type Intruder = {
  readonly m: Migration
  /** Id of the source volume of this Name, of its newest copy, and of the old instance of this Name. */
  source(name: string): string
  copy(name: string): string
  instance(name: string): string
  /** Id of the snapshot that was planted with this value of the tag PLANTED. */
  planted(as: string): string
  tag(resource: string, tags: Tags): string[]
  untag(resource: string, keys: readonly string[]): string[]
  snapshot(volume: string, tags: Tags): string[]
  /** Makes a volume of the snapshot in the target zone. */
  volume(snapshot: string, tags: Tags): string[]
  command(sent: Sent): Promise<string[]>
}

/** The tag by which a scenario finds again what its intruder made. */
export const PLANTED = 'planted'

/** A deed of somebody who comes in once it is time. */
export function intrusion(when: Moment, what: (intruder: Intruder) => string[] | Promise<string[]>): Deed {
  return { kind: 'intrude', when, what: async (ec2, m) => await what(intruderAt(ec2, m)) }
}

function intruderAt(ec2: SimulatedEc2, m: Migration): Intruder {
  return { m, ...placesIn(ec2, m), ...actsOn(ec2) }
}

function placesIn(ec2: SimulatedEc2, m: Migration): Pick<Intruder, 'source' | 'copy' | 'instance' | 'planted'> {
  const { volumes, snapshots, instances } = ec2.state()
  const volumeIn = (zone: string, name: string): string =>
    idOf(
      volumes.find((each) => each.zone === zone && each.name === name && !(PLANTED in each.tags)),
      `volume ${name} in ${zone}`,
    )
  return {
    source: (name) => volumeIn(SOURCE, name),
    copy(name) {
      const move = m.plan.moves.find((each) => 'volume' in each && each.volume.name === name)
      return (move && latest(m, ofMove(move.id), 'restore')?.resource) ?? volumeIn(TARGET, name)
    },
    instance: (name) =>
      idOf(
        instances.find((each) => each.zone === SOURCE && each.name === name),
        `instance ${name}`,
      ),
    planted: (as) =>
      idOf(
        snapshots.find(({ tags }) => tags[PLANTED] === as),
        `snapshot planted as ${as}`,
      ),
  }
}

/** Throws where there is none: the deed came before its moment. */
function idOf(thing: { id: string } | undefined, named: string): string {
  if (!thing) throw new Error(`the intruder found no ${named}`)
  return thing.id
}

function actsOn(ec2: SimulatedEc2): Pick<Intruder, 'tag' | 'untag' | 'snapshot' | 'volume' | 'command'> {
  return {
    tag(resource, tags) {
      call(ec2, 'CreateTags', { ResourceId: [resource], Tag: listed(tags) })
      return Object.entries(tags).map(([key, value]) => `tag ${key}=${value} on ${nameIn(ec2, resource)}`)
    },
    untag(resource, keys) {
      call(ec2, 'DeleteTags', { ResourceId: [resource], Tag: keys.map((Key) => ({ Key })) })
      return keys.map((key) => `untag ${key} on ${nameIn(ec2, resource)}`)
    },
    snapshot(volume, tags) {
      const TagSpecification = [{ ResourceType: 'snapshot', Tag: listed(tags) }]
      call(ec2, 'CreateSnapshot', { VolumeId: volume, TagSpecification })
      return [`snapshot of ${nameIn(ec2, volume)}, tagged ${worded(tags)}`]
    },
    volume(snapshot, tags) {
      const TagSpecification = [{ ResourceType: 'volume', Tag: listed(tags) }]
      call(ec2, 'CreateVolume', { SnapshotId: snapshot, AvailabilityZone: TARGET, VolumeType: 'gp3', TagSpecification })
      return [`volume from ${nameIn(ec2, snapshot)}, tagged ${worded(tags)}`]
    },
    async command(sent) {
      await send(ec2.url, sent)
      const hosts = sent.instances.map((id) => nameIn(ec2, id)).join(', ')
      return [`command ${sent.document} to ${hosts}, commented "${sent.comment}"`]
    },
  }
}

function call(ec2: SimulatedEc2, action: string, params: Parameters<SimulatedEc2['perform']>[1]): void {
  const answer = ec2.perform(action, params)
  if (answer.kind !== 'answered') {
    throw new Error(`the intruder's ${action} was ${answer.kind === 'lost' ? 'lost' : answer.message}`)
  }
}

/** SSM answers at EC2's address, and names its action in a header. */
async function send(url: string, { document, instances, comment, parameters }: Sent): Promise<void> {
  const body = { DocumentName: document, InstanceIds: instances, Comment: comment, Parameters: parameters }
  const headers = { 'x-amz-target': 'AmazonSSM.SendCommand' }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`the intruder's SendCommand was refused: ${await answer.text()}`)
}

/** A volume or an instance by its Name, a snapshot by its volume's, each with its id. */
function nameIn(ec2: SimulatedEc2, id: string): string {
  const { volumes, snapshots, instances } = ec2.state()
  const of = snapshots.find((each) => each.id === id)?.volume
  const name = [...volumes, ...instances].find((each) => each.id === (of ?? id))?.name ?? 'nothing'
  return of ? `a snapshot of ${name} (${id})` : `${name} (${id})`
}

function listed(tags: Tags): { readonly Key: string; readonly Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

function worded(tags: Tags): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')
}
