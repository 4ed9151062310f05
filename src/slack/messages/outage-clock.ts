// The outage in words: the status message, which is edited in place, says how long it lasts, and the answer to `status`, which is read
// later as well, also from when to when.
import { mayHideOutage } from '../../core/journal/outage.ts'
import type { Migration } from '../../core/model/migration.ts'
import { clockTime, moment } from '../../core/model/text.ts'
import { duration } from './blocks.ts'

/**
 * How long the outage has lasted by then. Of a migration that was rebuilt from tags an earlier freeze may have left no trace, so it is
 * the least that it can be.
 */
export function outageLength({ outage, isRebuilt }: Pick<Migration, 'outage' | 'isRebuilt'>, atMs: number): string {
  return `${isRebuilt ? 'at least ' : ''}${duration(atMs - (outage?.fromMs ?? atMs))}`
}

/** How long the outage has lasted, or did last, and how much of that was spent waiting for people. */
export function outageText(m: Migration, nowMs: number): string {
  if (!m.outage) return noOutageText(m)
  const { untilMs, gateWaitMs } = m.outage
  const waited = gateWaitMs > 0 ? ` (${duration(gateWaitMs)} of it waiting for people)` : ''
  return untilMs === null
    ? `Outage so far ${outageLength(m, nowMs)}${waited}, as of ${clockTime(nowMs)}.`
    : `Outage over after ${outageLength(m, untilMs)}${waited}.`
}

/** The same with the day and the time of its begin and its end, for who reads it where they did not see it begin. */
export function outageTimes(m: Migration, nowMs: number): string {
  if (!m.outage) return noOutageText(m)
  const { fromMs, untilMs, gateWaitMs } = m.outage
  const waited = gateWaitMs > 0 ? `, ${duration(gateWaitMs)} of it waiting for people` : ''
  return untilMs === null
    ? `Outage since ${moment(fromMs)}${m.isRebuilt ? ' or earlier' : ''}: ${outageLength(m, nowMs)}${waited}, as of ${moment(nowMs)}.`
    : `The outage is over: ${outageLength(m, untilMs)}${waited}, from ${moment(fromMs)} to ${moment(untilMs)}.`
}

function noOutageText(m: Migration): string {
  if (!mayHideOutage(m)) return 'No outage: nothing was stopped.'
  return m.doubt?.isOpen
    ? 'Whether services run in the source zone is not known yet: entries of the journal may be lost, and EC2 is looked at.'
    : 'No outage is known of, but entries of the journal may have been lost.'
}
