// Learns from the facts what the journal does not know yet: begun (also by a caller who died before saying so), done, gone
// wrong, and what had been achieved and is not there any more.
import { effectId } from './effects.ts'
import type { Said } from './entries.ts'
import type { Facts } from './facts.ts'
import { VISIBILITY_WINDOW_MS } from './limits.ts'
import { look } from './look.ts'
import type { EffectState, Failure, Migration } from './migration.ts'
import { latest } from './state.ts'

export function learn(m: Migration, facts: Facts): Said | null {
  const states = [...m.effects.values()]
  const open = states.filter(({ status }) => status !== 'achieved' && status !== 'failed')
  const sights = open.flatMap((state) => {
    const sight = look(m, state, facts)
    return sight ? [{ id: effectId(state.effect), state, sight }] : []
  })
  const bad = sights.find(({ sight }) => sight.failure)
  if (bad?.sight.failure) return { kind: 'failed', effect: bad.id, ...bad.sight.failure }
  for (const state of states) {
    const failure = lost(m, state, facts)
    if (failure) return { kind: 'failed', effect: effectId(state.effect), ...failure }
  }
  const started = sights.flatMap(({ id, state, sight }) =>
    sight.resource && state.resource !== sight.resource ? [{ effect: id, resource: sight.resource }] : [],
  )
  const achieved = sights.filter(({ sight }) => sight.isAchieved).map(({ id }) => id)
  return started.length + achieved.length > 0 ? { kind: 'seen', started, achieved } : null
}

/** What was achieved and is not there any more, though the next step or gate rests on it: told, and made anew on a retry. */
function lost(m: Migration, state: EffectState, facts: Facts): Failure | null {
  const { effect, status, achievedAtMs } = state
  if (m.phase !== 'moving' || status !== 'achieved' || achievedAtMs === null) return null
  if (!['snapshot', 'restore', 'attach', 'check'].includes(effect.step) || m.gone.has(effect.subject)) return null
  if (effect.step === 'snapshot' && latest(m, effect.subject, 'restore')?.status === 'achieved') return null
  if (latest(m, effect.subject, effect.step) !== state) return null
  if (facts.beganAtMs < achievedAtMs + VISIBILITY_WINDOW_MS) return null
  const sight = look(m, state, facts)
  if (sight?.failure) return sight.failure
  if (sight?.isAchieved) return null
  const problem = `what ${effect.step} had achieved is not there any more (${state.resource ?? effectId(effect)})`
  return { code: 'Gone', problem, remedy: 'find out who removed it, then retry' }
}
