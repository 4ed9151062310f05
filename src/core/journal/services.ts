// Questions to a migration about its services: what moves with one, whether it can wait, whether it is open, how it stands.

import type { EffectState } from '../model/effects.ts'
import { type Effect, isReplicaEffect, isServiceEffect, type ServiceStep } from '../model/effects.ts'
import type { Freeze, Migration } from '../model/migration.ts'
import { moveOf } from '../model/moves.ts'
import { once } from '../model/once.ts'
import type { Move, Plan, Service } from '../model/plan.ts'
import { ofMove, ofService } from '../model/subjects.ts'
import { isLatest, latest } from './state.ts'

/** Whether it may be left behind a live system: by plan, or because an approver deferred it. */
export function isDeferred(m: Migration, { name, need }: Service): boolean {
  return need === 'deferrable' || m.deferrals.some(({ service }) => service === name)
}

const servicesByName = once((plan: Plan) => new Map(plan.services.map((service) => [service.name, service])))

export function serviceNamed({ plan }: Pick<Migration, 'plan'>, name: string): Service | null {
  return servicesByName(plan).get(name) ?? null
}

/** Given back to the source zone behind the point of no return. */
export function isReturned({ returns }: Migration, service: string): boolean {
  return returns.some((one) => one.service === service)
}

/** The mark under which the copies of a deferrable service are tagged live; of all required ones together it is `live`. */
export function liveMarkOf(service: string): string {
  return `live-${service}`
}

/** The point of no return of a deferrable service: the intent of its live mark. */
export function isLiveMark(m: Migration, service: string): boolean {
  return latest(m, { of: 'mark', mark: liveMarkOf(service), part: 1 }, 'tag') !== null
}

const movesByService = once((plan: Plan) => {
  const groups = new Map<string, Move[]>(plan.services.map(({ name }) => [name, []]))
  for (const move of plan.moves) groups.get(move.service)?.push(move)
  return groups
})

export function movesOf(m: Migration, service: string): readonly Move[] {
  return movesByService(m.plan).get(service) ?? []
}

export function freezeOf(m: Migration, service: string): Freeze | null {
  return m.freezes.findLast(({ services }) => services.includes(service)) ?? null
}

/** What stands of a step of a service, part by part; none where it was never intended. */
export function partsOf(m: Migration, service: string, step: ServiceStep): EffectState[] {
  const parts: EffectState[] = []
  for (let part = latest(m, ofService(service), step); part; ) {
    parts.push(part)
    part = latest(m, ofService(service, parts.length + 1), step)
  }
  return parts
}

export function isDone(m: Migration, service: string, step: ServiceStep): boolean {
  const parts = partsOf(m, service, step)
  return parts.length > 0 && parts.every(({ status }) => status === 'achieved')
}

export function isOpen(m: Migration, service: string): boolean {
  return isDone(m, service, 'open')
}

export type ServiceState =
  | 'planned'
  | 'frozen'
  | 'moving'
  | 'ready'
  | 'open'
  | 'done'
  | 'deferred'
  | 'returned'
  | 'failed'

/** In one word, for people and for programs. */
export function stateOf(m: Migration, service: Service): ServiceState {
  const { name } = service
  const mine = movesOf(m, name)
  const states = m.effects.values().filter((state) => serviceNameOf(m, state.effect) === name && isLatest(m, state))
  if (isReturned(m, name) && isDone(m, name, 'unfreeze')) return 'returned'
  if (states.some(({ status }) => status === 'failed')) return 'failed'
  if (isOpen(m, name)) return m.phase === 'done' || isDone(m, name, 'hook') ? 'done' : 'open'
  if (mine.every((move) => isChecked(m, move))) return 'ready'
  if (m.phase === 'live' && isDeferred(m, service)) return 'deferred'
  if (mine.some(({ id }) => latest(m, ofMove(id), 'snapshot') ?? latest(m, ofMove(id), 'demote'))) return 'moving'
  return freezeOf(m, name) && m.phase !== 'aborted' ? 'frozen' : 'planned'
}

function isChecked(m: Migration, { id, route }: Move): boolean {
  return latest(m, ofMove(id), route === 'replica' ? 'checkReplica' : 'checkCopy')?.status === 'achieved'
}

/** Of a service's own effects and of those of its moves; null for a batch of marks and for what a cleanup is about. */
export function serviceNameOf(m: Migration, effect: Effect): string | null {
  if (isServiceEffect(effect) || isReplicaEffect(effect)) return effect.service
  return moveOf(m, effect.subject)?.service ?? null
}
