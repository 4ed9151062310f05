// Reminders of a question that nobody answers: once when half of its time is over, and in an outage, where it has no end, again and again.

import { approvalOf, approvalsOf } from '../journal/state.ts'
import type { EntryBody } from '../model/entries.ts'
import { START_ENDS_MS } from '../model/limits.ts'
import type { Asking, Migration } from '../model/migration.ts'
import { timeBeside, timeOfDay } from '../model/text.ts'
import { askOf } from './question.ts'

/** In an outage: ms until the first reminder, after which somebody who was called would have answered. */
const OUTAGE_FIRST_MS = 15 * 60_000
/** In an outage: ms between further reminders. Who did not come for two is not called more often by more of them. */
const OUTAGE_EVERY_MS = 60 * 60_000

/** The reminder that is due and was not given yet, as a `warned` entry; null if there is none. `nowMs` is in ms since 1970. */
export function reminder(m: Migration, nowMs: number): EntryBody | null {
  const { asking, doubt } = m
  // In doubt an answer does nothing yet, and there is nobody to call.
  if (!asking || doubt?.isOpen || approvalOf(m)) return null
  const count = dueBy(m, asking, nowMs - asking.sinceMs)
  const about = `${UNANSWERED}${asking.nonce} ${count}`
  if (count === 0 || m.warned.has(about)) return null
  const unmet = approvalsOf(m, asking.nonce).length > 0 ? 'nobody else has approved' : 'nobody has answered'
  const text = `As of ${timeOfDay(nowMs)} UTC ${unmet} what was asked at ${timeBeside(asking.atMs, nowMs)}: ${askOf(m, asking)}. ${meanwhile(m, asking, nowMs)}`
  return { kind: 'warned', about, service: null, text }
}

/** What the name of a reminder begins with; the nonce of its question and its number follow. */
const UNANSWERED = 'unanswered '

/** The question that the warning reminds of, by its nonce, and which reminder of it this is, from 1; null where it is no reminder. */
export function remindedOf(about: string): { readonly asked: string; readonly count: number } | null {
  if (!about.startsWith(UNANSWERED)) return null
  const [asked = '', count] = about.slice(UNANSWERED.length).split(' ')
  return { asked, count: Number(count) }
}

/** How many reminders are due of a question that stands for so many ms. */
function dueBy(m: Migration, { gate }: Asking, standsMs: number): number {
  const endsMs = endsAfter(m, gate)
  if (endsMs !== null) return standsMs >= endsMs / 2 && standsMs < endsMs ? 1 : 0
  if (!isOutage(m) || standsMs < OUTAGE_FIRST_MS) return 0
  return 1 + Math.floor(standsMs / OUTAGE_EVERY_MS)
}

/** Ms after which an unanswered question ends by itself; null where it does not. */
function endsAfter(m: Migration, gate: Asking['gate']): number | null {
  if (gate === 'start') return START_ENDS_MS
  return gate === 'freeze' && m.phase === 'seeding' ? m.rules.askHours * 3_600_000 : null
}

function isOutage({ outage }: Migration): boolean {
  return outage !== null && outage.untilMs === null
}

/** What happens until somebody answers. */
function meanwhile(m: Migration, { gate, sinceMs }: Asking, nowMs: number): string {
  const endsMs = endsAfter(m, gate)
  if (endsMs === null) return 'Services are down until it is answered or aborted.'
  const then = gate === 'start' ? 'ends by itself, and gives its volumes back' : 'is put away until somebody resumes'
  return `Nothing has stopped. Unanswered it ${then} at ${timeBeside(sinceMs + endsMs, nowMs)}.`
}
