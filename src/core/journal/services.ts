// Questions to a migration about its services: what moves with a service, whether it can wait, whether it is open, and
// how it stands.

import type { Effect, EffectState, ServiceStep } from '../model/effects.ts'
import type { Freeze, Migration } from '../model/migration.ts'
import { moveOf, sourceIdsOf } from '../model/moves.ts'
import { once } from '../model/once.ts'
import type { Move, Plan, Service } from '../model/plan.ts'
import { ofMove, ofService } from '../model/subjects.ts'
import { isLatest, latest, unsettled, wasAsked } from './state.ts'

/**
 * Whether the point of no return does not wait for the service: by plan, or because an approver deferred it. Only such a one can
 * be given back, so what was given back was deferred, even by an entry that is lost.
 */
export function isDeferred(m: Migration, { name, need }: Service): boolean {
  return need === 'deferrable' || m.deferrals.some(({ service }) => service === name) || isReturned(m, name)
}

const servicesByName = once((plan: Plan) => new Map(plan.services.map((service) => [service.name, service])))

/** The service of this name in the plan, or null. */
export function serviceNamed({ plan }: Pick<Migration, 'plan'>, name: string): Service | null {
  return servicesByName(plan).get(name) ?? null
}

/** Whether the service was given back to the source zone after the point of no return. */
export function isReturned({ returns }: Migration, service: string): boolean {
  return returns.some((one) => one.service === service)
}

/**
 * Whether tags say that the service was given back, no entry does, and an approver has still to say whether it is so. What
 * is done for it meanwhile could make both zones write, and a mark written now would wipe out the trace.
 */
export function isInQuestion(m: Migration, service: string): boolean {
  return inQuestion(m).has(service)
}

const inQuestion = once((m: Migration): ReadonlySet<string> => {
  const said = new Set(unsettled(m).find(({ about }) => about === 'returned')?.volumes)
  const names = m.plan.services.map(({ name }) => name)
  return new Set(
    said.size === 0 ? [] : names.filter((name) => sourceIdsOf(movesOf(m, name)).some((id) => said.has(id))),
  )
})

/**
 * The mark under which the copies of a deferred service are tagged live; all required services together have `live`.
 */
export function liveMarkOf(service: string): string {
  return `live-${service}`
}

/** Whether a deferred service has passed its own point of no return, which is the intent of its live mark. */
export function hasLiveMark(m: Migration, service: string): boolean {
  return latest(m, { of: 'mark', mark: liveMarkOf(service), part: 1 }, 'tag') !== null
}

const movesByService = once((plan: Plan) => {
  const groups = new Map<string, Move[]>(plan.services.map(({ name }) => [name, []]))
  for (const move of plan.moves) groups.get(move.service)?.push(move)
  return groups
})

/** The moves of a service, in the order of the plan. */
export function movesOf(m: Migration, service: string): readonly Move[] {
  return movesByService(m.plan).get(service) ?? []
}

const freezesByService = once(
  (freezes: readonly Freeze[]): ReadonlyMap<string, Freeze> =>
    new Map(freezes.flatMap((freeze) => freeze.services.map((name) => [name, freeze] as const))),
)

/** The newest freeze that the service is part of; null if there is none. */
export function freezeOf({ freezes }: Migration, service: string): Freeze | null {
  return freezesByService(freezes).get(service) ?? null
}

/** The newest generation of each part of a service's step, in order; empty if the step was never intended. */
export function partsOf(m: Migration, service: string, step: ServiceStep): EffectState[] {
  const parts: EffectState[] = []
  for (let part = latest(m, ofService(service), step); part; ) {
    parts.push(part)
    part = latest(m, ofService(service, parts.length + 1), step)
  }
  return parts
}

/** The documents that looked into a service's copies last, one for each successor: a retry takes the place of what had failed. */
export function looksInto(m: Migration, service: string): EffectState[] {
  const all = m.effects.values().filter(({ effect }) => effect.step === 'rehearse' && effect.service === service)
  return all.filter((state) => isLatest(m, state))
}

/** Whether the step of a service is achieved in all its parts. */
export function isDone(m: Migration, service: string, step: ServiceStep): boolean {
  const parts = partsOf(m, service, step)
  return parts.length > 0 && parts.every(({ status }) => status === 'achieved')
}

/**
 * Whether its writes were let begin again, behind the newest freeze that is known of it: one that is found on the way back may have
 * stopped it once more.
 */
export function isThawed(m: Migration, service: string): boolean {
  return (
    isDone(m, service, 'unfreeze') &&
    !partsOf(m, service, 'unfreeze').some((part) => isOfEarlierFreeze(m, service, part))
  )
}

/**
 * Whether an abort has begun to start services: a call was made, or people were asked. By then it is known that the target zone takes no
 * writes, whatever tags say from there on.
 */
export function startsAtHome(m: Migration): boolean {
  const isAsked = (service: string): boolean =>
    partsOf(m, service, 'unfreeze').some(({ effect }) => wasAsked(m, effect.subject, 'unfreeze'))
  return m.phase === 'aborting' && m.plan.services.some(({ name }) => isAsked(name))
}

/** Whether the effect was intended under another freeze of the service than the one that stands. */
export function isOfEarlierFreeze(m: Migration, service: string, { intendedRev }: EffectState): boolean {
  const freeze = freezeOf(m, service)
  return freeze !== null && intendedRev < freeze.rev
}

/** Whether the service is open in the target zone. */
export function isOpen(m: Migration, service: string): boolean {
  return isDone(m, service, 'open')
}

/** Where a service stands, in one word. */
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

/**
 * Where a service stands, in one word for people and for programs. A failed step hides every other word but `returned`.
 */
export function stateOf(m: Migration, service: Service): ServiceState {
  const { name } = service
  const mine = movesOf(m, name)
  const states = m.effects.values().filter((state) => serviceNameOf(m, state.effect) === name && isLatest(m, state))
  if (isReturned(m, name) && isThawed(m, name)) return 'returned'
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

/** The demotion of the replica's source that stands: it stopped writing then, under whatever freeze; null where there is none. */
export function demotionOf(m: Migration, move: Pick<Move, 'id'>): EffectState | null {
  const demotion = latest(m, ofMove(move.id), 'demote')
  return demotion?.status === 'achieved' ? demotion : null
}

/** The service of an effect, its own or that of its move; null for a batch of marks and for what a cleanup deletes. */
export function serviceNameOf(m: Migration, effect: Effect): string | null {
  if ('service' in effect) return effect.service
  return moveOf(m, effect.subject)?.service ?? null
}
