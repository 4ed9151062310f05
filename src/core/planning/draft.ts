// Draws the plan: every volume of the source zone gets a route, or is uncovered and the plan is red. What decides a
// volume's route, in rising precedence: a default (the root of an instance with a successor stays), its tags,
// zonehop.yaml, that an earlier migration left it, a person's choice. Nothing is guessed: what cannot be planned is a red check with the way out.

import { createHash } from 'node:crypto'
import type { Check } from '../model/checks.ts'
import type { SeenVolume } from '../model/facts.ts'
import type { Migration } from '../model/migration.ts'
import type { Move, Plan, Stay, Uncovered } from '../model/plan.ts'
import { leftoversIn } from './leftovers.ts'
import { servicesOf } from './plan-services.ts'
import { preflight } from './preflight/preflight.ts'
import type { PlanRequest } from './request.ts'
import { type Routed, routeOf } from './route.ts'
import { replicaMoves } from './route-replica.ts'

/** A plan, which may be red; or why none can be drawn, in sentences for people. */
export type Draft = { readonly plan: Plan } | { readonly problems: readonly string[] }

/**
 * Draws a plan. There is none if a zone is unknown, if both zones are the same, or if the source zone has no volume.
 */
export function draft(request: PlanRequest): Draft {
  const problems = problemsWithZones(request)
  if (problems.length > 0) return { problems }
  const volumes = volumesOf(request)
  if (volumes.length === 0) return { problems: [`There is no volume in ${request.sourceZone}, so nothing to move.`] }
  return { plan: draw(request, volumes) }
}

/** The migration's plan drawn again, with what is known by now: a person's choice, volumes that appeared. */
export function redraw(m: Migration, { choices, found }: Pick<PlanRequest, 'choices' | 'found'>): Plan {
  const { sourceZone, targetZone } = m.plan
  const frozen = new Map(m.freezes.flatMap((freeze) => freeze.services.map((name) => [name, new Set(freeze.sources)])))
  const { inventory, rules, explained, unjournalled } = m
  const named = m.phase === 'planned' ? {} : { named: new Set(m.plan.leftovers?.map(({ volume }) => volume)) }
  const request = {
    sourceZone,
    targetZone,
    inventory,
    rules,
    choices,
    found,
    explained,
    unjournalled,
    frozen,
    ...named,
    ...(m.isRebuilt ? { own: m.id } : {}),
  }
  return draw(request, volumesOf(request))
}

function draw(request: PlanRequest, volumes: readonly SeenVolume[]): Plan {
  const { sourceZone, targetZone, rules, choices } = request
  const routed = volumes.map((volume) => routeOf(volume, request))
  const pick = <T>(of: (one: Routed) => T | null): T[] => routed.flatMap((one) => of(one) ?? [])
  const replicas = replicaMoves(pick(({ part }) => part))
  const moves: readonly Move[] = [...pick(({ move }) => move), ...replicas.moves]
  const stays: readonly Stay[] = pick(({ stay }) => stay)
  const uncovered: readonly Uncovered[] = pick(({ uncovered }) => uncovered)
  const { services, checks: serviceChecks } = servicesOf({ moves, volumes, rules, choices })
  const leftovers = leftoversIn(request, moves)
  const checks: readonly Check[] = [
    ...pick(({ check }) => check),
    ...replicas.checks,
    ...serviceChecks,
    ...preflight({ ...request, moves, services, leftovers, volumes }),
  ]
  const cleared = leftovers.length > 0 ? { leftovers } : {}
  const content = { sourceZone, targetZone, services, moves, stays, uncovered, ...cleared, checks }
  return { ...content, digest: digest(content) }
}

function volumesOf({ inventory, found, sourceZone }: PlanRequest): SeenVolume[] {
  // Volumes that were found since are newer than the inventory.
  const all = new Map([...inventory.volumes, ...found].map((volume) => [volume.id, volume]))
  return [...all.values()].filter(({ zone }) => zone === sourceZone).sort(byName)
}

function problemsWithZones({ inventory, sourceZone, targetZone }: PlanRequest): string[] {
  const names = inventory.zones.map(({ name }) => name)
  const unknown = [sourceZone, targetZone]
    .filter((zone) => !names.includes(zone))
    .map((zone) => `There is no availability zone "${zone}" in this region; it has ${names.join(', ')}.`)
  const same = sourceZone === targetZone ? [`Source and target are both ${sourceZone}; name two different zones.`] : []
  return [...unknown, ...same]
}

/** Whether a plan is red: while a volume is uncovered or a check is red, it neither starts nor passes a gate. */
export function isRed({ uncovered, checks }: Plan): boolean {
  return uncovered.length > 0 || checks.some(({ result }) => result === 'red')
}

/** A short name for a value: 12 hexadecimal digits of its JSON's SHA-256. Equal content has an equal digest. */
export function digest(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 12)
}

function byName(a: SeenVolume, b: SeenVolume): number {
  const [left, right] = [a.tags.Name ?? a.id, b.tags.Name ?? b.id]
  if (left === right) return a.id < b.id ? -1 : 1
  return left < right ? -1 : 1
}
