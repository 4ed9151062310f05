// The route `replica`: it finds the volume in the target zone that holds the same data, by zonehop.yaml or by the tags
// of the copy, and puts the volumes of one DRBD resource together as one move. Nothing is guessed: what does not fit is
// red, with the way out.

import type { Check } from '../model/checks.ts'
import type { SeenAttachment, SeenVolume } from '../model/facts.ts'
import type { ReplicaMove, SourceVolume } from '../model/plan.ts'
import { tagWord } from '../model/tags.ts'
import { theirs } from '../model/text.ts'
import { directoryOf, groups } from './directory.ts'
import type { PlanRequest } from './request.ts'
import { saidReplicas } from './sayings.ts'

/** What was said of a volume that goes by replica: its resource, its service and its copy. */
export type ReplicaWord = {
  readonly route: 'replica'
  readonly resource: string
  readonly service: string
  readonly copy: SeenVolume
}

type Contradiction = { readonly route: 'contradiction'; readonly cause: string; readonly remedy: string }

/** One volume of a resource, with its copy as it was seen. */
export type ReplicaPart = {
  readonly resource: string
  readonly service: string
  readonly source: SourceVolume
  readonly copy: SeenVolume
  readonly successor: string
}

/** Names of resources that a document takes as its parameter (ssm/). */
const RESOURCE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,49}$/

/** The replica of a volume, as zonehop.yaml has it; null if the file names none. */
export function ruledReplica(volume: SeenVolume, request: PlanRequest): ReplicaWord | Contradiction | null {
  const { rules, inventory, targetZone } = request
  const said = saidReplicas(rules, volume).find(({ copy }) => copy !== undefined)
  if (said?.copy === undefined) return null
  const { resource, copy: named } = said
  const copies = directoryOf(inventory).volumesCalled(targetZone, named)
  const [copy, another] = copies
  if (copy && !another) return { route: 'replica', resource, service: volume.tags['zonehop:service'] ?? resource, copy }
  const cause = `${copies.length === 0 ? 'no volume' : `${copies.length} volumes`} "${named}", its replica, ${copies.length === 0 ? 'stands' : 'stand'} in ${targetZone}`
  return { route: 'contradiction', cause, remedy: 'name the one volume by its id in zonehop.yaml' }
}

/**
 * The replica of a volume, as the tags of its copy have it; null if there is none, or if the volume's own tags say that
 * it goes another way.
 */
export function taggedReplica(volume: SeenVolume, request: PlanRequest): ReplicaWord | Contradiction | null {
  const { id, tags } = volume
  const { inventory, targetZone } = request
  const route = tagWord(tags, 'zonehop:route')
  if (route !== undefined && route !== 'replica') return null
  const words = tags.Name === undefined ? [id] : [id, tags.Name]
  const copies = directoryOf(inventory).replicasOf(targetZone, words)
  const [copy, another] = copies
  if (!copy) {
    if (route === undefined) return null
    const cause = `its tag zonehop:route is replica, and no volume in ${targetZone} says zonehop:replica-of=${id}`
    return { route: 'contradiction', cause, remedy: 'tag its copy, or make it snapshot' }
  }
  if (another) {
    const cause = `${copies.map((each) => each.id).join(' and ')} both say that they are its replica`
    return { route: 'contradiction', cause, remedy: 'take zonehop:replica-of off all but one' }
  }
  const resource = tagWord(copy.tags, 'zonehop:resource') ?? tagWord(tags, 'zonehop:resource') ?? ''
  if (RESOURCE.test(resource)) return { route: 'replica', resource, service: tags['zonehop:service'] ?? resource, copy }
  const cause = `its replica ${copy.id} ${resource === '' ? 'names no DRBD resource' : `names "${resource}", which no document takes`}`
  return { route: 'contradiction', cause, remedy: `tag ${copy.id} with zonehop:resource=<resource>` }
}

/** The parts of each resource as one move, or a red check with what keeps them from being one. */
export function replicaMoves(parts: readonly ReplicaPart[]): { moves: ReplicaMove[]; checks: Check[] } {
  const byResource = groups(parts, ({ resource }) => [resource])
  const names = [...byResource.keys()].sort()
  const drawn = names.map((name) => drawOne(name, byResource.get(name) ?? []))
  return {
    moves: drawn.flatMap((one) => ('move' in one ? one.move : [])),
    checks: drawn.flatMap((one) => ('check' in one ? one.check : [])),
  }
}

function drawOne(resource: string, parts: readonly ReplicaPart[]): { move: ReplicaMove } | { check: Check } {
  const wrong = wrongOf(parts)
  const [first] = parts
  if (wrong || !first) {
    const { cause, remedy } = wrong ?? { cause: 'it has no volume', remedy: 'plan again' }
    return { check: { name: `replica ${resource}`, result: 'red', cause, remedy } }
  }
  const pairs = parts.flatMap(({ source, copy }) => {
    const [attachment] = copy.attachments
    return attachment ? { source, copy: sourceVolume(copy, attachment) } : []
  })
  const { service, successor } = first
  return { move: { id: `replica/${resource}`, service, route: 'replica', resource, pairs, successor } }
}

type Wrong = { readonly cause: string; readonly remedy: string }

function wrongOf(parts: readonly ReplicaPart[]): Wrong | null {
  const unfit = parts.find(({ copy }) => copy.attachments.length !== 1)
  if (unfit) {
    const { id, attachments } = unfit.copy
    const where = attachments.length === 0 ? 'no backup server' : 'several instances'
    return { cause: `its replica ${id} is attached to ${where}`, remedy: 'attach it to the one that keeps it in sync' }
  }
  const small = parts.find(({ source, copy }) => copy.sizeGib < source.sizeGib)
  if (small) {
    const cause = `${small.copy.id} has ${small.copy.sizeGib} GiB, its source ${small.source.sizeGib} GiB`
    return { cause, remedy: 'it cannot be its replica; name the right one' }
  }
  const own = parts.find(({ copy, successor }) => copy.attachments[0]?.instance === successor)
  if (own) {
    const cause = `${own.successor} is both its backup server and its successor`
    return { cause, remedy: 'name another successor with the tag zonehop:successor' }
  }
  return unlike(parts)
}

/** All parts of a resource must have the same service, host, backup server and successor. */
function unlike(parts: readonly ReplicaPart[]): Wrong | null {
  const differ = (of: (part: ReplicaPart) => string | undefined): string[] => [
    ...new Set(parts.map((part) => of(part) ?? '')),
  ]
  const rows: [string, string[]][] = [
    ['services', differ(({ service }) => service)],
    ['instances', differ(({ source }) => source.instance)],
    ['backup servers', differ(({ copy }) => copy.attachments[0]?.instance)],
    ['successors', differ(({ successor }) => successor)],
  ]
  const found = rows.find(([, values]) => values.length > 1)
  if (!found) return null
  const [what, values] = found
  return {
    cause: `its volumes have different ${what}: ${values.join(', ')}`,
    remedy: 'they are one resource: make them one',
  }
}

/** A volume as the plan keeps it, with this attachment. */
export function sourceVolume(volume: SeenVolume, attachment: SeenAttachment): SourceVolume {
  const { id, sizeGib, type, iops, throughputMibps, encrypted, kmsKeyId, tags } = volume
  const { instance, device, deleteOnTermination } = attachment
  const kept = { id, name: volumeNameOf(volume), sizeGib, type, iops, throughputMibps, encrypted, kmsKeyId, tags }
  return { ...kept, instance, device, deleteOnTermination }
}

/** What people call a volume: its Name tag, as far as it can be seen, else its id. Lookups go by the tag as it is. */
export function volumeNameOf({ id, tags }: SeenVolume): string {
  return theirs(tags.Name ?? '') || id
}
