// Generations: when what a step rests on has changed, the step is a new one under a new name, so that the two can never
// be taken for each other.

import { isAchieved, latest } from '../journal/state.ts'
import { type DetachEffect, type Effect, effectId } from '../model/effects.ts'
import type { Facts } from '../model/facts.ts'
import { SHOWN_AFTER_MS } from '../model/limits.ts'
import type { Migration } from '../model/migration.ts'

/** The effect as it was intended last, or a new generation of it if any of its parameters is another one now. */
export function currentGeneration<E extends Effect>(m: Migration, effect: E): E {
  const last = latest(m, effect.subject, effect.step)
  if (!last) return effect
  const { generation } = last.effect
  const nextGeneration = { ...effect, generation }
  return isSame(last.effect, nextGeneration) ? nextGeneration : { ...effect, generation: generation + 1 }
}

/**
 * Whether two values are equal. Effects are plain data, as the journal keeps it; every decision compares all of them.
 */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  const keys = Object.keys(left)
  return keys.length === Object.keys(right).length && keys.every((key) => key in right && isSame(left[key], right[key]))
}

/** The same effect once more, as a new generation, since what it showed last is old by now. */
export function nextGeneration<E extends Effect>(effect: E): E {
  return { ...effect, generation: effect.generation + 1 }
}

/** The effects of the stages that are achieved, and of the first that is not. */
export function upToFirstUnachieved(m: Migration, stages: readonly (readonly Effect[])[]): Effect[] {
  const at = stages.findIndex((stage) => !areAchieved(m, stage))
  return (at < 0 ? stages : stages.slice(0, at + 1)).flat()
}

/** Those of the effects that no entry intends yet, each once: every service of a freeze gives the same marks. */
export function freshOf(m: Migration, effects: readonly Effect[]): Effect[] {
  const fresh = new Map<string, Effect>()
  for (const effect of new Set(effects)) {
    const id = effectId(effect)
    if (!m.effects.has(id)) fresh.set(id, effect)
  }
  return [...fresh.values()]
}

/** Whether every effect is achieved, in this very generation. */
export function areAchieved(m: Migration, effects: readonly Effect[]): boolean {
  return effects.every((effect) => isAchieved(m, effect))
}

/**
 * The detachment; a new generation of it if it was seen done, and the volume is seen attached there again when EC2 must
 * show how it is.
 */
export function detachAgainIfBack(m: Migration, effect: DetachEffect, facts: Facts): DetachEffect {
  const doneAtMs = latest(m, effect.subject, 'detach')?.achievedAtMs ?? null
  if (!isAchieved(m, effect) || doneAtMs === null || facts.beganAtMs < doneAtMs + SHOWN_AFTER_MS) return effect
  const attachments = facts.volumes.get(effect.volumeId)?.attachments ?? []
  const isThere = attachments.some(({ instance, state }) => instance === effect.instance && state === 'attached')
  return isThere ? nextGeneration(effect) : effect
}
