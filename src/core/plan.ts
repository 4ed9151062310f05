// Drafts the plan: every volume attached in the source zone becomes a move, or stays and says why.
// Nothing is guessed: what cannot be planned is a sentence with the way out.
import { createHash } from 'node:crypto'
import type { Inventory, SeenAttachment, SeenInstance, SeenVolume } from './facts.ts'
import type { Move, Plan, SourceVolume, Stay, Tags } from './migration.ts'

export type Draft = { readonly plan: Plan } | { readonly problems: readonly string[] }
type Zones = { readonly sourceZone: string; readonly targetZone: string }
type Planned = { readonly move: Move } | { readonly stay: Stay } | { readonly problem: string }

export function draft(inventory: Inventory, { sourceZone, targetZone }: Zones): Draft {
  const zoneProblems = [sourceZone, targetZone]
    .filter((zone) => !inventory.zones.includes(zone))
    .map((zone) => `There is no availability zone "${zone}" in this region; it has ${inventory.zones.join(', ')}.`)
  if (sourceZone === targetZone)
    zoneProblems.push(`Source and target are both ${sourceZone}; name two different zones.`)
  if (zoneProblems.length > 0) return { problems: zoneProblems }

  const found = inventory.volumes.filter((volume) => volume.zone === sourceZone).sort(byName)
  const planned = found.map((volume) => planVolume(volume, inventory, targetZone))
  const problems = planned.flatMap((each) => ('problem' in each ? [each.problem] : []))
  const moves = planned.flatMap((each) => ('move' in each ? [each.move] : []))
  const stays = planned.flatMap((each) => ('stay' in each ? [each.stay] : []))
  if (moves.length === 0 && problems.length === 0) {
    problems.push(`No data volume is attached in ${sourceZone}, so there is nothing to move.`)
  }
  if (problems.length > 0) return { problems }

  const names = [...new Set(moves.map((move) => move.service))].sort()
  const services = names.map((name) => ({ name, need: 'required' as const }))
  const content = { sourceZone, targetZone, services, moves, stays }
  return { plan: { ...content, digest: digest(content) } }
}

function planVolume(volume: SeenVolume, inventory: Inventory, targetZone: string): Planned {
  const name = volume.tags.Name ?? volume.id
  const stay = (reason: string): Planned => ({ stay: { volume: volume.id, name, sizeGib: volume.sizeGib, reason } })
  const [attachment, second] = volume.attachments
  if (!attachment) return stay('attached to no instance')
  if (second) return { problem: `${name} (${volume.id}) is attached to several instances; detach it from all but one.` }
  const instance = inventory.instances.find(({ id }) => id === attachment.instance)
  if (!instance)
    return { problem: `${name} (${volume.id}) is attached to ${attachment.instance}, which EC2 does not show.` }
  if (attachment.device === instance.rootDevice) return stay(`root volume of ${instance.name}`)
  const successor = successorOf(instance, volume, inventory.instances, targetZone)
  if (typeof successor === 'string') return { problem: `${name} (${volume.id}): ${successor}` }
  const service = volume.tags['zonehop:service'] ?? name
  const move: Move = {
    id: volume.id,
    service,
    route: 'snapshot',
    successor: successor.id,
    volume: sourceVolume(volume, attachment, name),
  }
  return { move }
}

/** By the volume's or the instance's tag, else the one instance of equal Name in the target zone. */
function successorOf(
  instance: SeenInstance,
  volume: SeenVolume,
  all: readonly SeenInstance[],
  zone: string,
): SeenInstance | string {
  const tagged = volume.tags['zonehop:successor'] ?? instance.tags['zonehop:successor']
  const there = all.filter((each) => each.zone === zone && ['running', 'stopped'].includes(each.state))
  const found = there.filter((each) =>
    tagged ? each.id === tagged || each.name === tagged : each.name === instance.name,
  )
  const [only, another] = found
  if (only && !another) return only
  const wanted = tagged ? `"${tagged}" (tag zonehop:successor)` : `of the Name "${instance.name}"`
  return only
    ? `${found.length} instances ${wanted} stand in ${zone}; tag ${instance.id} with zonehop:successor=<instance id>.`
    : `no running or stopped instance ${wanted} stands in ${zone}; start one, or tag ${instance.id} with zonehop:successor=<instance id>.`
}

function sourceVolume(volume: SeenVolume, attachment: SeenAttachment, name: string): SourceVolume {
  const { id, sizeGib, type, iops, throughputMibps, encrypted, kmsKeyId } = volume
  const { instance, device, deleteOnTermination } = attachment
  return {
    id,
    name,
    sizeGib,
    type,
    iops,
    throughputMibps,
    encrypted,
    kmsKeyId,
    tags: volume.tags,
    instance,
    device,
    deleteOnTermination,
  }
}

/** Tags a copy takes over: all but AWS's own and zonehop's. */
export function copiedTags(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !/^(aws|zonehop):/.test(key)))
}

/** A short name for a value: equal content, equal digest. */
export function digest(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 12)
}

function byName(a: SeenVolume, b: SeenVolume): number {
  const [left, right] = [a.tags.Name ?? a.id, b.tags.Name ?? b.id]
  return left < right ? -1 : left > right ? 1 : a.id < b.id ? -1 : 1
}
