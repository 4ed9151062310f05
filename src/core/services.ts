// Questions to a migration about its services: what moves with one, whether it can wait, whether it is open, how it stands.
import { serviceSubject } from './effects.ts'
import type { Freeze, Migration, Move, Service } from './migration.ts'
import { latest } from './state.ts'

/** Whether it may be left behind a live system: by plan, or because an approver deferred it. */
export function isDeferred(m: Migration, { name, need }: Service): boolean {
  return need === 'deferrable' || m.deferrals.some(({ service }) => service === name)
}

export function movesOf(m: Migration, service: string): readonly Move[] {
  return m.plan.moves.filter((move) => move.service === service)
}

export function freezeOf(m: Migration, service: string): Freeze | null {
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
