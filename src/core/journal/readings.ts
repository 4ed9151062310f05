// What the hosts of a replica reported when they were asked (step `prove`). The newest answer counts.

import type { EffectState, Reading } from '../model/effects.ts'
import type { Migration } from '../model/migration.ts'
import type { Subject } from '../model/subjects.ts'
import { generationsOf } from './state.ts'

/** The newest reading for this subject; null if none was given yet. */
export function readingOf(m: Migration, subject: Subject): Reading | null {
  return answered(m, subject)?.reading ?? null
}

/** The newest generation of the question that has an answer; null if there is none. */
export function answered(m: Migration, subject: Subject): EffectState | null {
  return generationsOf(m, subject, 'prove').findLast(({ reading }) => reading !== null) ?? null
}

/** The state of a replica in words, as its hosts reported it. */
export function readingWords({ doubts, sync }: Reading): string {
  if (sync) return `replica syncing, ${sync}`
  return doubts.length > 0 ? `replica not proven: ${doubts.join('; ')}` : 'replica in sync'
}
