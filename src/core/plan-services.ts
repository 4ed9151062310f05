// The services of a plan, from the moves that belong to them: need, order, how their writes stop, and what is wrong with that.
import type { SeenVolume } from './facts.ts'
import type { Choice, Move, Need, Service } from './migration.ts'
import { sourcesOf } from './moves.ts'
import type { Check } from './preflight.ts'
import type { Rules } from './rules.ts'

type Request = {
  readonly moves: readonly Move[]
  readonly volumes: readonly SeenVolume[]
  readonly rules: Rules
  readonly choices: readonly Choice[]
}

/** Names that a document takes as its parameter (ssm/): nothing else reaches a host. A comment of SSM holds 100 characters. */
const DOCUMENT_NAME = /^[a-z0-9][a-z0-9-]{0,49}$/

export function servicesOf(request: Request): { services: Service[]; checks: Check[] } {
  const names = [...new Set(request.moves.map(({ service }) => service))].sort()
  const services = names.map((name) => serviceOf(name, request))
  const checks = services.flatMap((service) => [...needChecks(service, request), ...orderChecks(service, services)])
  return { services, checks }
}

function serviceOf(name: string, request: Request): Service {
  const rule = request.rules.services[name] ?? {}
  const needs = needsOf(name, request)
  return {
    name,
    need: needs.chosen ?? rule.need ?? needs.tagged[0] ?? 'required',
    after: rule.after ?? [],
    method: rule.freeze ?? 'manual',
    afterAttach: rule.afterAttach ?? false,
    check: rule.check ?? false,
    hook: rule.hook ?? null,
  }
}

function needsOf(name: string, { moves, volumes, choices }: Request): { chosen: Need | undefined; tagged: Need[] } {
  const mine = new Set(
    moves
      .filter(({ service }) => service === name)
      .flatMap(sourcesOf)
      .map(({ id }) => id),
  )
  const tags = volumes.filter(({ id }) => mine.has(id)).map(({ tags }) => tags['zonehop:need'])
  const tagged = tags.filter((need): need is Need => need === 'required' || need === 'deferrable')
  return { chosen: choices.findLast(({ volume }) => mine.has(volume))?.need, tagged }
}

function needChecks({ name, method }: Service, request: Request): Check[] {
  const { chosen, tagged } = needsOf(name, request)
  const isRuled = request.rules.services[name]?.need !== undefined
  const isTorn = !chosen && !isRuled && new Set(tagged).size > 1
  const isUnfit = method === 'document' && !DOCUMENT_NAME.test(name)
  return [
    ...(isTorn
      ? [red(name, 'its volumes carry different zonehop:need tags', 'make them all required or deferrable')]
      : []),
    ...(isUnfit ? [red(name, 'no document takes this name', 'use small letters, digits and hyphens')] : []),
  ]
}

function orderChecks({ name, need, after }: Service, services: readonly Service[]): Check[] {
  return after.flatMap((before) => {
    const other = services.find((service) => service.name === before)
    if (!other) return [red(name, `it comes after "${before}", which is no service of this plan`, 'correct "after"')]
    if (need === 'required' && other.need === 'deferrable') {
      return [red(name, `it is required and comes after ${before}, which is deferrable`, 'make both required')]
    }
    return comesAfter(other, name, services)
      ? [red(name, `it and ${before} wait for each other`, 'correct "after"')]
      : []
  })
}

function comesAfter(
  service: Service,
  name: string,
  services: readonly Service[],
  seen: readonly string[] = [],
): boolean {
  if (seen.includes(service.name)) return false
  return service.after.some((before) => {
    const other = services.find((each) => each.name === before)
    return before === name || (other !== undefined && comesAfter(other, name, services, [...seen, service.name]))
  })
}

function red(name: string, cause: string, remedy: string): Check {
  return { name: `service ${name}`, result: 'red', cause, remedy }
}
