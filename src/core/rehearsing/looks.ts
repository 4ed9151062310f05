// Looks into the copies of a rehearsal: a copy is not taken away while a document reads it, or will.

import { issuedAtMs, isUnknown } from '../journal/state.ts'
import type { EffectState } from '../model/effects.ts'
import type { Facts } from '../model/facts.ts'
import { COMMAND_MAX_MS } from '../model/limits.ts'
import type { Migration } from '../model/migration.ts'
import { once } from '../model/once.ts'

const looksByCopy = once((effects: Migration['effects']): ReadonlyMap<string, readonly EffectState[]> => {
  const looks = new Map<string, EffectState[]>()
  for (const state of effects.values()) {
    if (state.effect.step !== 'rehearse') continue
    for (const copy of state.effect.volumes) looks.set(copy, [...(looks.get(copy) ?? []), state])
  }
  return looks
})

/** Looks into the copy that are not over, as the journal knows. On the way back one that was not called for never is. */
export function openLooks({ effects, phase }: Migration, copy: string): EffectState[] {
  const all = looksByCopy(effects).get(copy) ?? []
  return all.filter(
    ({ status }) => status === 'issued' || status === 'started' || (status === 'intended' && phase !== 'aborting'),
  )
}

/**
 * Whether a document may be looking into the copy. On the way back a call whose answer is lost is not made again, and a command that nobody
 * shows holds up nothing for longer than it may last.
 */
export function isLookedInto(m: Migration, copy: string, facts: Facts): boolean {
  return openLooks(m, copy).some((state) => {
    if (m.phase !== 'aborting') return true
    return state.status === 'issued'
      ? isUnknown(state, facts)
      : facts.beganAtMs <= (issuedAtMs(state) ?? 0) + COMMAND_MAX_MS
  })
}
