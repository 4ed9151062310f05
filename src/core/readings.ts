// What the hosts of a replica said when they were asked, and which answer is the newest.
import type { EffectState, Migration, Reading } from './migration.ts'
import { generationsOf } from './state.ts'
import type { Subject } from './subjects.ts'

/** The newest answer to the question, or null where none was given yet. */
export function readingOf(m: Migration, subject: Subject): Reading | null {
  return answered(m, subject)?.reading ?? null
}

export function answered(m: Migration, subject: Subject): EffectState | null {
  return generationsOf(m, subject, 'prove').findLast(({ reading }) => reading !== null) ?? null
}
