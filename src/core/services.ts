// Questions to a migration about its services: what moves with one, whether it can wait, whether it is open, how it stands.
import { type ServiceStep, serviceSubject } from './effects.ts'
import type { EffectState, Freeze, Migration, Move, Plan, Service } from './migration.ts'
import { moveOf } from './moves.ts'
import { once } from './once.ts'
import { latest } from './state.ts'

/** Whether it may be left behind a live system: by plan, or because an approver deferred it. */
export function isDeferred(m: Migration, { name, need }: Service): boolean {
  return need === 'deferrable' || m.deferrals.some(({ service }) => service === name)
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
  for (let part = latest(m, serviceSubject(service), step); part; ) {
    parts.push(part)
    part = latest(m, serviceSubject(service, parts.length + 1), step)
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

export type ServiceState = 'planned' | 'frozen' | 'moving' | 'ready' | 'open' | 'done' | 'deferred' | 'failed'

/** In one word, for people and for programs. */
export function stateOf(m: Migration, service: Service): ServiceState {
  const mine = movesOf(m, service.name)
  const isMine = ({ effect }: EffectState): boolean =>
    ('service' in effect && effect.service === service.name) || mine.includes(moveOf(m, effect.subject) as Move)
  const states = [...m.effects.values()].filter(
    (state) => isMine(state) && latest(m, state.effect.subject, state.effect.step) === state,
  )
  if (states.some(({ status }) => status === 'failed')) return 'failed'
  if (isOpen(m, service.name)) {
    return m.phase === 'done' || isDone(m, service.name, 'hook') ? 'done' : 'open'
  }
  if (mine.every(({ id }) => latest(m, id, 'check')?.status === 'achieved')) return 'ready'
  if (m.phase === 'live' && isDeferred(m, service)) return 'deferred'
  if (mine.some(({ id }) => latest(m, id, 'snapshot') ?? latest(m, id, 'demote'))) return 'moving'
  return freezeOf(m, service.name) && m.phase !== 'aborted' ? 'frozen' : 'planned'
}
