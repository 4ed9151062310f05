// What AWS does not let be read, in a sentence: by whichever door somebody asks, it is the first that they should know.
import { isOver } from '../journal/state.ts'
import type { Away, Migration } from '../model/migration.ts'
import { dayTime } from '../model/text.ts'

/** Whether AWS cannot be read now, as far as the journal knows. */
export function isAway(m: Migration): m is Migration & { readonly away: Away } {
  return m.away !== null && m.away.untilMs === null && !isOver(m)
}

/** What cannot be reached since when and why, in a sentence. */
export function awayText({ service, isAnswering, why, sinceMs }: Omit<Away, 'untilMs'>): string {
  return `${service} cannot be ${isAnswering ? 'read' : 'reached'} since ${dayTime(sinceMs)}: ${why}.`
}
