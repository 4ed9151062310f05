// The route of one volume: what decides it, and whether that can be done. A person's choice comes before what an earlier migration
// left, that before zonehop.yaml, the file before tags, tags before a default.

import { type Check, red } from '../model/checks.ts'
import type { Inventory, SeenInstance, SeenVolume } from '../model/facts.ts'
import type { Choice, Move, Stay, Uncovered } from '../model/plan.ts'
import { type Rules, ruleOf } from '../model/rules.ts'
import { tagWord } from '../model/tags.ts'
import { theirs } from '../model/text.ts'
import { directoryOf } from './directory.ts'
import { unexplained } from './memory-tags.ts'
import type { PlanRequest } from './request.ts'
import {
  type ReplicaPart,
  type ReplicaWord,
  ruledReplica,
  sourceVolume,
  taggedReplica,
  volumeNameOf,
} from './route-replica.ts'
import { choicesByVolume, saidService, saidStay } from './sayings.ts'

/** Exactly one of these is set. A `check` is always red, and stands for a route that cannot be taken. */
export type Routed = {
  readonly move: Move | null
  /** One volume of a replica; `replicaMoves` puts those of one resource together. */
  readonly part: ReplicaPart | null
  readonly stay: Stay | null
  readonly uncovered: Uncovered | null
  readonly check: Check | null
}

type Word =
  | { readonly route: 'stay'; readonly reason: string }
  | { readonly route: 'snapshot'; readonly service: string }
  | ReplicaWord
  | { readonly route: 'contradiction'; readonly cause: string; readonly remedy: string }

const NOTHING: Routed = { move: null, part: null, stay: null, uncovered: null, check: null }

/** The route of a volume; `uncovered` if nothing says whether it moves. */
export function routeOf(volume: SeenVolume, request: PlanRequest): Routed {
  const name = volumeNameOf(volume)
  const chosen = chosenWord(volume, request.choices)
  const filed = chosen ?? ruled(volume, request)
  // Who may tag must not be able to have a volume forgotten: an approver's choice outranks such a tag, or a file that lets it stay.
  const remembers = chosen || filed?.route === 'stay' ? null : unexplained(volume, request)
  if (remembers) return { ...NOTHING, uncovered: { ...uncovered(volume), remembers } }
  const said = filed?.route === 'stay' ? filed : (leftWord(volume, request) ?? filed)
  const word = chosen ?? said ?? taggedWord(volume, request) ?? byDefault(volume, request)
  if (!word) return { ...NOTHING, uncovered: uncovered(volume) }
  switch (word.route) {
    case 'stay':
      return { ...NOTHING, stay: { volume: volume.id, name, sizeGib: volume.sizeGib, reason: word.reason } }
    case 'contradiction':
      return { ...NOTHING, check: routeProblem(volume, word.cause, word.remedy) }
    case 'snapshot':
    case 'replica':
      // What joins a service after its freeze was not frozen with it: its snapshot could lack writes.
      return isMissed(volume, word.service, request)
        ? { ...NOTHING, uncovered: { ...uncovered(volume), missed: word.service } }
        : routedMove(volume, word, request)
  }
}

function chosenWord({ id, tags }: SeenVolume, choices: readonly Choice[]): Word | null {
  const choice = choicesByVolume(choices).get(id)
  if (!choice) return null
  if (choice.route === 'stay') return { route: 'stay', reason: 'chosen in Slack' }
  return { route: 'snapshot', service: choice.service || tags.Name || id }
}

function ruled(volume: SeenVolume, request: PlanRequest): Word | null {
  const reason = saidStay(request.rules, volume)
  if (reason !== null) return { route: 'stay', reason }
  const service = saidService(request.rules, volume)
  const replica = ruledReplica(volume, request) ?? (service ? taggedReplica(volume, request) : null)
  if (replica) return replica.route === 'replica' && service ? { ...replica, service } : replica
  return service ? { route: 'snapshot', service } : null
}

const ROUTES = ['snapshot', 'replica', 'stay']

function taggedWord(volume: SeenVolume, request: PlanRequest): Word | null {
  const { id, tags } = volume
  const { 'zonehop:route': route, 'zonehop:service': service, 'zonehop:need': need } = tags
  if (route !== undefined && !ROUTES.includes(route)) {
    return {
      route: 'contradiction',
      cause: `its tag zonehop:route is "${route}"`,
      remedy: 'make it snapshot, replica or stay',
    }
  }
  if (need !== undefined && need !== 'required' && need !== 'deferrable') {
    return {
      route: 'contradiction',
      cause: `its tag zonehop:need is "${need}"`,
      remedy: 'make it required or deferrable',
    }
  }
  if (route === 'stay' && need !== undefined) {
    const cause = `its tags say zonehop:route=stay and zonehop:need=${need}`
    return { route: 'contradiction', cause, remedy: 'take one of them away' }
  }
  if (route === 'stay') return { route: 'stay', reason: 'tag zonehop:route=stay' }
  const replica = taggedReplica(volume, request)
  if (replica) return replica
  if (route === undefined && service === undefined && need === undefined) return null
  return { route: 'snapshot', service: service ?? (tags.Name || id) }
}

/** What another migration left behind is a backup: what its tags and zonehop.yaml say is true of its copy, which is live. */
function leftWord({ tags }: SeenVolume, { own }: PlanRequest): Word | null {
  const left = tags['zonehop:left']
  return left && left !== own ? { route: 'stay', reason: `left by ${left}, whose copy is live` } : null
}

/** By default a root volume stays, as part of the machine that its successor replaces. */
function byDefault(volume: SeenVolume, { inventory, targetZone, rules }: PlanRequest): Word | null {
  const [attachment] = volume.attachments
  const instance = attachment ? directoryOf(inventory).instance(attachment.instance) : null
  if (!instance || instance.rootDevice !== attachment?.device) return null
  const successor = successorOf(instance, volume, { inventory, targetZone, rules })
  return 'id' in successor
    ? { route: 'stay', reason: `root volume of ${instance.name}, which ${successor.id} succeeds` }
    : null
}

type Moving = Extract<Word, { readonly service: string }>

function routedMove(volume: SeenVolume, word: Moving, request: PlanRequest): Routed {
  const { inventory, targetZone, rules } = request
  const seen = theirs(word.service)
  if (seen !== word.service) {
    const cause = `its service would be called "${seen}" with characters that nobody sees`
    return { ...NOTHING, check: routeProblem(volume, cause, NAME_IT) }
  }
  const left = volume.tags['zonehop:left']
  if (left && left !== request.own) {
    const [cause, remedy] = unexplained(volume, request)
      ? [`its tag says that ${left} left it`, 'let it stay, or take the tag off and plan again']
      : [`${left} left it, and its copy is live`, 'let it stay']
    return { ...NOTHING, check: routeProblem(volume, cause, remedy) }
  }
  const [attachment] = volume.attachments
  const obstacle = obstacleOf(volume)
  if (obstacle || !attachment) {
    const { cause, remedy } = obstacle ?? UNATTACHED
    return { ...NOTHING, check: routeProblem(volume, cause, remedy) }
  }
  const instance = directoryOf(inventory).instance(attachment.instance)
  if (!instance) {
    return {
      ...NOTHING,
      check: routeProblem(volume, `EC2 does not show ${attachment.instance}, which has it`, 'plan again'),
    }
  }
  const successor = successorOf(instance, volume, { inventory, targetZone, rules })
  if (!('id' in successor)) return { ...NOTHING, check: routeProblem(volume, successor.cause, successor.remedy) }
  const source = sourceVolume(volume, attachment)
  const { service } = word
  if (word.route === 'replica') {
    const { resource, copy } = word
    return { ...NOTHING, part: { resource, service, source, copy, successor: successor.id } }
  }
  return { ...NOTHING, move: { id: volume.id, service, route: 'snapshot', volume: source, successor: successor.id } }
}

const UNATTACHED: Missing = { cause: 'it is attached to no instance', remedy: 'attach it, or let it stay' }

/** Whether a choice could let the volume move as it stands now. */
export function isMovable(volume: SeenVolume): boolean {
  return obstacleOf(volume) === null
}

/** The states of a volume from which snapshots are taken (EC2's VolumeState); of any other it is being made, is going or is broken. */
const USABLE: ReadonlySet<string> = new Set(['in-use', 'available'])

/** Why EC2 would not let anybody move the volume as it stands now; null if it would. */
function obstacleOf({
  state: condition,
  managedBy,
  outpost,
  attachments: [attachment, second],
}: SeenVolume): Missing | null {
  if (!USABLE.has(condition))
    return { cause: `EC2 says that it is ${condition}`, remedy: 'plan again once that is over, or let it stay' }
  if (managedBy) return { cause: `${managedBy} manages it, so it cannot be moved`, remedy: 'let it stay' }
  if (outpost) return { cause: `it stands on the Outpost ${outpost}, not in the zone`, remedy: 'let it stay' }
  if (!attachment) return UNATTACHED
  if (second) {
    const cause = 'it is attached to several instances (multi-attach)'
    return { cause, remedy: 'detach it from all but one, or let it stay' }
  }
  const { instance, state, owner } = attachment
  if (owner) return { cause: `${owner} has attached it, so it cannot be moved`, remedy: 'let it stay' }
  // One that is just being attached will be, long before anything is done to it.
  if (state === 'attached' || state === 'attaching') return null
  return {
    cause: `EC2 says that its attachment to ${instance} is ${state}`,
    remedy: state === 'busy' ? 'unmount it there, or let it stay' : 'attach it again, or let it stay',
  }
}

const NAME_IT = 'name the service in zonehop:service, with small letters, digits and hyphens, up to 50'

type Missing = { readonly cause: string; readonly remedy: string }
type Places = { readonly inventory: Inventory; readonly targetZone: string; readonly rules: Rules }

/**
 * The successor of an instance: by the volume's or the instance's tag, else by zonehop.yaml, else the one instance of
 * equal Name in the target zone.
 */
function successorOf(
  instance: SeenInstance,
  { tags }: Pick<SeenVolume, 'tags'>,
  { inventory, targetZone, rules }: Places,
): SeenInstance | Missing {
  const named =
    tagWord(tags, 'zonehop:successor') ??
    tagWord(instance.tags, 'zonehop:successor') ??
    ruleOf(rules.successors, instance.id) ??
    ruleOf(rules.successors, instance.name)
  const { instancesCalled, instancesOfName } = directoryOf(inventory)
  const found = named ? instancesCalled(targetZone, named) : instancesOfName(targetZone, instance.name)
  const [only, another] = found
  if (only && !another) return only
  const wanted = named ? `"${named}", its successor by name,` : `of the Name "${instance.name}"`
  const remedy = `tag ${instance.id} with zonehop:successor=<instance id>`
  return only
    ? { cause: `${found.length} instances ${wanted} stand in ${targetZone}`, remedy }
    : { cause: `no running or stopped instance ${wanted} stands in ${targetZone}`, remedy: `start one, or ${remedy}` }
}

function isMissed({ id }: SeenVolume, service: string, { frozen }: PlanRequest): boolean {
  const covered = frozen?.get(service)
  return covered !== undefined && !covered.has(id)
}

function uncovered(volume: SeenVolume): Uncovered {
  const [attachment] = volume.attachments
  const place = { instance: attachment?.instance ?? null, device: attachment?.device ?? null }
  return { volume: volume.id, name: volumeNameOf(volume), sizeGib: volume.sizeGib, ...place }
}

function routeProblem(volume: SeenVolume, cause: string, remedy: string): Check {
  return { ...red(`route of ${volumeNameOf(volume)} (${volume.id})`, cause, remedy), volume: volume.id }
}
