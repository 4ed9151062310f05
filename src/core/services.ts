// Services of a plan, from the moves that belong to them: need, order, how their writes stop. And what state one is in.
import { serviceSubject } from './effects.ts'
import type { SeenVolume } from './facts.ts'
import type { Choice, Migration, Move, Need, Service } from './migration.ts'
import type { Check } from './preflight.ts'
import type { Rules } from './rules.ts'
import { latest } from './state.ts'

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
  const mine = new Set(moves.filter(({ service }) => service === name).map(({ id }) => id))
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

/** Whether it may be left behind a live system: by plan, or because an approver deferred it. */
export function isDeferred(m: Migration, { name, need }: Service): boolean {
  return need === 'deferrable' || m.deferrals.some(({ service }) => service === name)
}

export function movesOf(m: Migration, service: string): readonly Move[] {
  return m.plan.moves.filter((move) => move.service === service)
}

export function freezeOf(m: Migration, service: string) {
  return m.freezes.findLast(({ services }) => services.includes(service)) ?? null
}

export function isOpen(m: Migration, service: string): boolean {
  return latest(m, serviceSubject(service), 'open')?.status === 'achieved'
}

export type ServiceState = 'planned' | 'frozen' | 'moving' | 'ready' | 'open' | 'done' | 'deferred' | 'failed'

/** In one word, for people and for programs. */
export function stateOf(m: Migration, service: Service): ServiceState {
  const subject = serviceSubject(service.name)
  const mine = movesOf(m, service.name)
  const states = [...m.effects.values()].filter(
    (state) =>
      (state.effect.subject === subject || mine.some(({ id }) => id === state.effect.subject)) &&
      latest(m, state.effect.subject, state.effect.step) === state,
  )
  if (states.some(({ status }) => status === 'failed')) return 'failed'
  if (isOpen(m, service.name)) {
    const hook = latest(m, subject, 'hook')
    return m.phase === 'done' || (service.hook && hook?.status === 'achieved') ? 'done' : 'open'
  }
  if (mine.every(({ id }) => latest(m, id, 'check')?.status === 'achieved')) return 'ready'
  if (m.phase === 'live' && isDeferred(m, service)) return 'deferred'
  if (mine.some(({ id }) => latest(m, id, 'snapshot'))) return 'moving'
  return freezeOf(m, service.name) && m.phase !== 'aborted' ? 'frozen' : 'planned'
}
