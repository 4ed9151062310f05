// Renders a migration's status message, which is edited in place: what goes on and when it is over, who must act, the outage clock, what
// cannot be reached, a line a volume, the first wait; and while a gate asks, its question and its buttons.

import type { KnownBlock } from '@slack/types'
import { whoActs } from '../../core/asking/who-acts.ts'
import { isOver } from '../../core/journal/state.ts'
import { STATUS_LINES_MAX } from '../../core/model/limits.ts'
import type { Asking, Migration } from '../../core/model/migration.ts'
import type { Service } from '../../core/model/plan.ts'
import { bold, clockBeside } from '../../core/model/text.ts'
import { awayText, isAway } from '../../core/telling/away-words.ts'
import { budgetText } from '../../core/telling/budget.ts'
import { doing, phaseBar, phaseShown, whenOver } from '../../core/telling/outlook.ts'
import type { Line, Progress } from '../../core/telling/progress.ts'
import { askOf } from '../../core/telling/question.ts'
import { readsText } from '../../core/telling/reads/words.ts'
import { waitWords } from '../../core/telling/wait-words.ts'
import { buttons, type Message, message, sections } from './blocks.ts'
import { abortButton, deferButton, mayAbortNow, mayDeferNow } from './decisions.ts'
import { gateButtons } from './gates.ts'
import { outageText } from './outage-clock.ts'

/**
 * `progress` null (no sample yet, or it was lost): no lines of volumes and no wait are shown. The message says of its clock and of
 * its figures as of when they are, since nobody can tell how long ago it was edited. `approvers`: who may pass gates, by id.
 */
export function statusMessage(
  m: Migration,
  {
    progress,
    nowMs,
    approvers,
  }: { readonly progress: Progress | null; readonly nowMs: number; readonly approvers: readonly string[] },
): Message {
  const outage = outageText(m, nowMs)
  const budget = budgetText(m, nowMs)
  // Who has to approve is said above.
  const wait = isOver(m) || m.asking ? undefined : progress?.waits[0]
  const over = whenOver(m, progress)
  const reads = readsText(m, progress?.initialization ?? null)
  const lines = [
    ...(over ? [over] : []),
    whoActs(m, approvers),
    outage,
    ...(reads ? [reads] : []),
    ...(budget ? [budget] : []),
    phaseBar(m),
    ...(isAway(m) ? [awayText(m.away)] : []),
    ...(progress && isMoving(m)
      ? [...volumeLines(progress.lines), `Seen in EC2 at ${clockBeside(progress.atMs, nowMs)}.`]
      : []),
    ...(wait ? [`Waiting for ${waitWords(wait)}.`] : []),
  ]
  const head = `${doing(m)} (${m.id})`
  return message(`${headline(m)}. ${outage}`, [...sections([bold(head), ...lines]), ...decisions(m, progress)])
}

/** Whether figures change by themselves, so that a message with them grows old. */
function isMoving(m: Migration): boolean {
  return m.phase !== 'planned' && !isOver(m)
}

/**
 * The buttons of the gate that asks; before the point of no return abort, and while data is copied the deferral of the slowest required
 * service.
 */
function decisions(m: Migration, progress: Progress | null): KnownBlock[] {
  const { asking } = m
  if (asking) return gateBlocks(m, asking)
  if (!mayAbortNow(m)) return []
  const slow = phaseShown(m) === 'moving' ? slowestRequired(m, progress) : null
  return [buttons(...(slow ? [deferButton(m, slow)] : []), abortButton(m))]
}

/** The question that stands and its buttons; an abort is offered beside them while there is one. */
function gateBlocks(m: Migration, asking: Asking): KnownBlock[] {
  const abort = mayAbortNow(m) ? [abortButton(m)] : []
  return [...sections([bold(askOf(m, asking))]), buttons(...gateButtons(m, asking), ...abort)]
}

function slowestRequired(m: Migration, progress: Progress | null): Service | null {
  const open = (progress?.lines ?? [])
    .filter(({ isDone }) => !isDone)
    .toSorted((a, b) => (a.percent ?? 0) - (b.percent ?? 0))
  const services = open.flatMap(({ service }) => m.plan.services.find(({ name }) => name === service) ?? [])
  return services.find((service) => mayDeferNow(m, service)) ?? null
}

/** The id, the zones and the phase, without a period at the end. */
export function headline(m: Migration): string {
  return `${m.id}: ${m.plan.sourceZone} to ${m.plan.targetZone}, ${m.phase}${m.paused ? ', paused' : ''}`
}

/** Of more than STATUS_LINES_MAX volumes the failed and the slowest are shown, and one line counts the rest. */
function volumeLines(lines: readonly Line[]): string[] {
  if (lines.length <= STATUS_LINES_MAX) return lines.map(lineText)
  const slowest = lines.toSorted((a, b) => lineRank(a) - lineRank(b)).slice(0, STATUS_LINES_MAX)
  const done = lines.filter(({ isDone }) => isDone).length
  const rest = `and ${lines.length - slowest.length} more volumes; ${done} of all ${lines.length} are attached and checked`
  return [...slowest.map(lineText), rest]
}

function lineRank({ isFailed, isDone, percent }: Line): number {
  if (isFailed) return -1
  return isDone ? 1_000 : (percent ?? 0)
}

function lineText({ name, percent, sizeGib, words }: Line): string {
  return `${name} ${percent === null ? '--' : `${percent}%`} ${sizeGib} GiB, ${words}`
}
