// Preflight for zonehop.yaml: a name in it that fits nothing has no effect, and nobody would hear of it. Where a replica would be missed, its
// volume could go by snapshot instead, green and much slower; so that is red. A file may speak of more zones than these two, so all else
// is yellow.

import { type Check, red, yellow } from '../../model/checks.ts'
import type { PreflightRequest } from '../request.ts'
import { volumeNameOf } from '../route-replica.ts'
import { saidServices } from '../sayings.ts'

/** What zonehop.yaml says in vain, or twice, of these two zones. */
export function fileChecks(request: PreflightRequest): Check[] {
  const words = wordsIn(request)
  return [
    ...replicaChecks(request, words),
    ...wordChecks(request, words),
    ...ruleChecks(request),
    ...twiceChecks(request),
  ]
}

/** Ids and Names of what stands in the zones. */
type Words = {
  readonly source: ReadonlySet<string>
  readonly target: ReadonlySet<string>
  readonly instances: ReadonlySet<string>
}

function wordsIn({ inventory, volumes, targetZone }: PreflightRequest): Words {
  const called = (all: PreflightRequest['volumes']) => new Set(all.flatMap(({ id, tags: { Name = id } }) => [id, Name]))
  return {
    source: called(volumes),
    target: called(inventory.volumes.filter(({ zone }) => zone === targetZone)),
    instances: new Set(inventory.instances.flatMap(({ id, name }) => [id, name])),
  }
}

/** Names of a replica's volumes that stand in neither zone. One that stands in the target zone is a replica of the way back. */
function lostIn(volumes: readonly string[], { source, target }: Words): string[] {
  return volumes.filter((word) => !source.has(word) && !target.has(word))
}

/** A replica is of these zones if its copy stands in the target zone, or another of its volumes in the source zone. */
function replicaChecks({ rules, sourceZone }: PreflightRequest, words: Words): Check[] {
  return Object.entries(rules.replicas).flatMap(([resource, { volumes, replicas }]) => {
    const lost = lostIn(volumes, words)
    if (lost.length === 0 || !isOfThese({ volumes, replicas }, words)) return []
    const cause = `zonehop.yaml names ${lost.join(', ')}, which ${isOrAre(lost)} not in ${sourceZone}, so what is meant would not go by its replica`
    return [red(`replica ${resource}`, cause, 'correct the name, or take the resource out of the file')]
  })
}

function isOfThese({ volumes, replicas }: PreflightRequest['rules']['replicas'][string], words: Words): boolean {
  return replicas.some((word) => words.target.has(word)) || volumes.some((word) => words.source.has(word))
}

function wordChecks({ rules, sourceZone, targetZone }: PreflightRequest, words: Words): Check[] {
  const { services, replicas, stays, successors } = rules
  const unnamed = [
    ...Object.entries(services).flatMap(([name, { volumes = [] }]) =>
      lostIn(volumes, words).map((word) => `${word} (services: ${name})`),
    ),
    ...Object.entries(replicas).flatMap(([resource, rule]) =>
      isOfThese(rule, words) ? [] : lostIn(rule.volumes, words).map((word) => `${word} (replicas: ${resource})`),
    ),
    ...lostIn(Object.keys(stays), words).map((word) => `${word} (stays)`),
    ...Object.keys(successors).flatMap((word) => (words.instances.has(word) ? [] : `${word} (successors)`)),
  ]
  if (unnamed.length === 0) return []
  const cause = `it names ${unnamed.join(', ')}, which ${isOrAre(unnamed)} in neither ${sourceZone} nor ${targetZone}`
  return [yellow('names in zonehop.yaml', cause, 'correct what is misspelt, unless it is of other zones')]
}

/**
 * A service that the file gives no volumes has them by tags, by a replica or by a choice that is still to come. So a rule of none is news
 * only where a service of the plan has no rule: that one may be meant.
 */
function ruleChecks({ rules, services }: PreflightRequest): Check[] {
  const planned = new Set(services.map(({ name }) => name))
  const idle = Object.entries(rules.services).flatMap(([name, { volumes = [] }]) =>
    planned.has(name) || volumes.length > 0 ? [] : name,
  )
  const unruled = [...planned].filter((name) => !Object.hasOwn(rules.services, name))
  if (idle.length === 0 || unruled.length === 0) return []
  const cause = `what it says of ${idle.join(', ')} has no effect on this plan, and of ${unruled.join(', ')} it says nothing`
  return [yellow('services in zonehop.yaml', cause, 'correct the name, if one is meant for the other')]
}

/** By its id and by its Name a volume may stand in two services; the file shows only two equal words. */
function twiceChecks({ rules, volumes }: PreflightRequest): Check[] {
  return volumes.flatMap((volume) => {
    const [first, second] = new Set(saidServices(rules, volume))
    if (first === undefined || second === undefined) return []
    const cause = `zonehop.yaml has it by its id and by its Name, in ${first} and in ${second}; ${first} counts`
    const check = yellow(`service of ${volumeNameOf(volume)}`, cause, 'name it in one service')
    return [{ ...check, volume: volume.id }]
  })
}

function isOrAre(words: readonly string[]): string {
  return words.length === 1 ? 'is' : 'are'
}
