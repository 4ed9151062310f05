// What the hosts of a replica said when they were asked, and which answer is the newest.

import type { EffectState, Reading } from '../model/effects.ts'
import type { Migration } from '../model/migration.ts'
import type { Subject } from '../model/subjects.ts'
import { generationsOf } from './state.ts'

/** The newest answer to the question, or null where none was given yet. */
export function readingOf(m: Migration, subject: Subject): Reading | null {
  return answered(m, subject)?.reading ?? null
}

export function answered(m: Migration, subject: Subject): EffectState | null {
  return generationsOf(m, subject, 'prove').findLast(({ reading }) => reading !== null) ?? null
}

/** How a replica stands, as its hosts told it last. */
export function readingWords({ doubts, sync }: Reading): string {
  if (sync) return `replica syncing, ${sync}`
  return doubts.length > 0 ? `replica not proven: ${doubts.join('; ')}` : 'replica in sync'
}
