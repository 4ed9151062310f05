// Journals for the tests of the core: what was said, folded, and shown as plain values.

import { fold } from '../../src/core/journal/fold.ts'
import type { Entry, EntryBody } from '../../src/core/model/entries.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import type { Plan } from '../../src/core/model/plan.ts'
import { entries, planned } from '../support/plans.ts'

export const SEED = 20_260_710

/** The fold of entries that all fit. */
export function fitting(all: readonly Entry[]): Migration {
  const m = fold(all)
  if (!m || m.halted) throw new Error(`it does not fit: ${m?.halted?.why}`)
  return m
}

/** The fold of a journal whose first entry plans this: what is said comes from `n2` on, and may halt it. */
export function folded(drawn: Plan, ...said: readonly EntryBody[]): Migration {
  const m = fold(entries(planned('mig-1', { plan: drawn }), ...said))
  if (!m) throw new Error('a journal that begins with planned folds')
  return m
}

/**
 * Entries whose attempts have the names that the things of test/support/facts.ts carry: `vol-1-snapshot` called `vol-1.snapshot.1`,
 * `vol-1-snapshot-2` its next generation.
 */
export function named(said: readonly EntryBody[], fromMs = 0): Entry[] {
  return entries(...said).map((entry) => {
    const at = { ...entry, atMs: fromMs + entry.atMs }
    return at.kind === 'issued' ? { ...at, nonce: attemptName(at.effect) } : at
  })
}

export function attemptName(effect: string): string {
  const [subject, step, generation] = effect.split('.')
  return `${subject}-${step}${generation === '1' ? '' : `-${generation}`}`
}

/** To be compared: the states of the effects in their order, in place of what holds them. */
export function plain(m: Migration | null): object | null {
  return m && { ...m, effects: m.effects.values() }
}

/** The same but for how long its journal is. */
export function withoutRev(m: Migration): object {
  return { ...m, effects: m.effects.values(), rev: 0 }
}
