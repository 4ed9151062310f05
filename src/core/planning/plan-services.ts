// The services of a plan, from the moves that belong to them: their need, their order, and how their writes are
// stopped. What contradicts itself there is a red check.

import type { Check } from '../model/checks.ts'
import { groupedBy, type SeenVolume } from '../model/facts.ts'
import { isReplicaMove, sourcesOf } from '../model/moves.ts'
import type { Choice, Move, Need, Service } from '../model/plan.ts'
import { type Rules, ruleOf } from '../model/rules.ts'
import { isDocumentName, isPlainName, theirs } from '../model/text.ts'
import { circlesOf, type IsCircle } from './service-order.ts'

type Request = {
  readonly moves: readonly Move[]
  readonly volumes: readonly SeenVolume[]
  readonly rules: Rules
  readonly choices: readonly Choice[]
}

/** The services of these moves, sorted by name, with a red check for each contradiction. */
export function servicesOf(request: Request): { services: Service[]; checks: Check[] } {
  const needs = needsOf(request)
  const services = [...needs.keys()].sort().map((name) => serviceOf(name, needs.get(name) ?? UNSAID, request.rules))
  const byName = new Map(services.map((service) => [service.name, service]))
  const alike = groupedBy(byName.keys(), readAs)
  const isCircle = circlesOf(byName)
  const replicated = new Set(request.moves.filter(isReplicaMove).map(({ service }) => service))
  const checks = services.flatMap((service) => [
    ...needChecks(service, needs.get(service.name) ?? UNSAID, request.rules),
    ...nameChecks(service, replicated),
    ...alikeChecks(service.name, alike.get(readAs(service.name)) ?? []),
    ...orderChecks(service, byName, isCircle),
  ])
  return { services, checks }
}

function serviceOf(name: string, { chosen, tagged }: Needs, rules: Rules): Service {
  const rule = ruleOf(rules.services, name) ?? {}
  return {
    name,
    need: chosen ?? rule.need ?? tagged[0] ?? 'required',
    after: rule.after ?? [],
    method: rule.freeze ?? 'manual',
    afterAttach: rule.afterAttach ?? false,
    check: rule.check ?? false,
    hook: rule.hook ?? null,
  }
}

/** What the volumes of a service say of its need: a person's last choice, and tags in the order of the volumes. */
type Needs = { readonly chosen: Need | undefined; readonly tagged: readonly Need[] }

const UNSAID: Needs = { chosen: undefined, tagged: [] }

/** The needs by the name of the service. */
function needsOf({ moves, volumes, choices }: Request): ReadonlyMap<string, Needs> {
  const serviceById = new Map(moves.flatMap((move) => sourcesOf(move).map(({ id }) => [id, move.service] as const)))
  const needs = new Map<string, { chosen: Need | undefined; tagged: Need[] }>()
  for (const { service } of moves) needs.set(service, { chosen: undefined, tagged: [] })
  const needsAt = (id: string) => {
    const service = serviceById.get(id)
    return service === undefined ? undefined : needs.get(service)
  }
  for (const { id, tags } of volumes) {
    const need = tags['zonehop:need']
    if (need === 'required' || need === 'deferrable') needsAt(id)?.tagged.push(need)
  }
  for (const { volume, need } of choices) {
    const mine = needsAt(volume)
    if (mine) mine.chosen = need
  }
  return needs
}

function needChecks({ name }: Service, { chosen, tagged }: Needs, rules: Rules): Check[] {
  const isRuled = ruleOf(rules.services, name)?.need !== undefined
  const isTorn = !chosen && !isRuled && new Set(tagged).size > 1
  return [
    ...(isTorn
      ? [serviceProblem(name, 'its volumes carry different zonehop:need tags', 'make them all required or deferrable')]
      : []),
  ]
}

/**
 * Whatever the method, a document may take the name: an `afterAttach`, a check, a hook, and each document of a replica
 * do, and would refuse it inside the outage. Where none does, people read and type it, and tags carry it.
 */
function nameChecks(service: Service, replicated: ReadonlySet<string>): Check[] {
  const { name, method, afterAttach, check, hook } = service
  const isForDocuments = method === 'document' || afterAttach || check || hook !== null || replicated.has(name)
  if (isForDocuments && !isDocumentName(name)) return [serviceProblem(name, 'no document takes this name', NAME_IT)]
  return isPlainName(name)
    ? []
    : [serviceProblem(name, 'people cannot type this name, nor tell it from others', NAME_IT)]
}

/** Two tags that were meant to say the same would freeze and open their volumes apart. */
function alikeChecks(name: string, alike: readonly string[]): Check[] {
  const cause = (other: string): string => `it reads as ${theirs(other)}, which is another service here`
  const remedy = 'name it the same, or so that people can tell them apart'
  return alike.filter((one) => one !== name).map((other) => serviceProblem(name, cause(other), remedy))
}

/** What people read: whatever its case, and however its letters and their marks are encoded. */
function readAs(name: string): string {
  return name.normalize('NFKC').toLowerCase()
}

const NAME_IT = 'name it with small letters, digits and hyphens, up to 50'

function orderChecks(
  { name, need, after }: Service,
  services: ReadonlyMap<string, Service>,
  isCircle: IsCircle,
): Check[] {
  return after.flatMap((before) => {
    const other = services.get(before)
    if (!other)
      return [serviceProblem(name, `it comes after "${before}", which is no service of this plan`, 'correct "after"')]
    if (need === 'required' && other.need === 'deferrable') {
      return [
        serviceProblem(name, `it is required and comes after ${before}, which is deferrable`, 'make both required'),
      ]
    }
    return isCircle(name, before)
      ? [serviceProblem(name, `it and ${before} wait for each other`, 'correct "after"')]
      : []
  })
}

function serviceProblem(name: string, cause: string, remedy: string): Check {
  return { name: `service ${theirs(name)}`, result: 'red', cause, remedy }
}
