// One effect in a journal of its own, taken as far as a row needs it, at times that a row can count from.

import { type Effect, type EffectState, effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Facts, SeenAttachment, SeenInstance } from '../../../src/core/model/facts.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import type { Plan } from '../../../src/core/model/plan.ts'
import { look } from '../../../src/core/seeing/look.ts'
import type { Sight } from '../../../src/core/seeing/sight.ts'
import { planned } from '../../support/plans.ts'
import { attemptName, fitting, named } from '../journals.ts'

/** When the first effect of a journal is called, if it is called as soon as it is intended. */
export const ISSUED_MS = 1_000_000

/** How far an effect has come. */
export type Stage = 'intended' | 'issued' | 'started' | 'achieved'

/** The entries that bring an effect so far. `resource` is what its call answers; each entry is a second later. */
export function taken(effect: Effect, stage: Stage, resource: string | null = null): EntryBody[] {
  const id = effectId(effect)
  const way: Readonly<Record<Stage, EntryBody>> = {
    intended: { kind: 'intended', effects: [effect] },
    issued: { kind: 'issued', effect: id },
    started: { kind: 'started', effect: id, issued: attemptName(id), resource },
    achieved: { kind: 'seen', started: [], achieved: [id] },
  }
  const stages = Object.keys(way)
  return Object.values(way).slice(0, stages.indexOf(stage) + 1)
}

/** The fold of what is said behind a freeze of every service; attempts are named as the things that they make. */
export function frozen(drawn: Plan, ...said: readonly EntryBody[]): Migration {
  const services = drawn.services.map(({ name }) => name)
  return begun(drawn, { kind: 'freezing', freeze: 'mig-1-f1', services }, ...said)
}

/** The same without a freeze. */
export function begun(drawn: Plan, ...said: readonly EntryBody[]): Migration {
  return fitting(named([planned('mig-1', { plan: drawn }), { kind: 'began' }, ...said], ISSUED_MS - 5_000))
}

/** The state of an effect that the journal knows. */
export function stateIn(m: Migration, effect: Effect): EffectState {
  const state = m.effects.get(effectId(effect))
  if (!state) throw new Error(`${effectId(effect)} was never intended`)
  return state
}

/** What is seen of an effect that the journal knows. */
export function sightIn(m: Migration, effect: Effect, world: Facts): Sight | null {
  return look(m, stateIn(m, effect), world)
}

/** A failure as it is seen. */
export function failing(code: string, problem: string, remedy: string): Sight {
  return { isAchieved: false, failure: { code, problem, remedy } }
}

export function attachment(instance: string, device: string, state = 'attached'): SeenAttachment {
  return { instance, device, state, deleteOnTermination: false }
}

export function instance(id: string, state: string): SeenInstance {
  return { id, name: id, zone: 'us-east-1a', state, type: 'm5.large', rootDevice: null, tags: {} }
}
