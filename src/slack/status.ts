// The one status message of a migration, edited in place: phase, outage clock, a line a volume, what is waited for.
import { STATUS_LINES_MAX } from '../core/limits.ts'
import type { Migration } from '../core/migration.ts'
import type { Line, Progress } from '../core/progress.ts'
import { duration, type Message, sections } from './blocks.ts'

export function statusMessage(m: Migration, progress: Progress | null): Message {
  const head = headline(m)
  const outage = outageText(m, progress?.atMs ?? m.plannedAtMs)
  const wait = m.endedAtMs === null ? progress?.waits[0] : undefined
  const lines = [...(progress ? volumeLines(progress.lines) : []), ...(wait ? [`Waiting for ${wait.on}.`] : [])]
  return { text: `${head}. ${outage}`, blocks: sections([`*${head}*`, outage, ...lines]) }
}

export function headline(m: Migration): string {
  return `${m.id}: ${m.plan.sourceZone} to ${m.plan.targetZone}, ${m.phase}${m.paused ? ', paused' : ''}`
}

/** The outage so far, or as it was, and the part of it that people took to answer. */
export function outageText(m: Migration, nowMs: number): string {
  if (!m.outage) return 'No outage: services run in the source zone.'
  const { fromMs, untilMs, gateWaitMs } = m.outage
  const waited = gateWaitMs > 0 ? ` (${duration(gateWaitMs)} of it waiting for people)` : ''
  return untilMs === null
    ? `Outage so far ${duration(nowMs - fromMs)}${waited}.`
    : `Outage over after ${duration(untilMs - fromMs)}${waited}.`
}

/** Past STATUS_LINES_MAX the failed and the slowest are shown, and one line counts the rest. */
function volumeLines(lines: readonly Line[]): string[] {
  if (lines.length <= STATUS_LINES_MAX) return lines.map(lineText)
  const slowest = lines.toSorted((a, b) => rank(a) - rank(b)).slice(0, STATUS_LINES_MAX)
  const done = lines.filter(({ isDone }) => isDone).length
  const rest = `and ${lines.length - slowest.length} more volumes; ${done} of all ${lines.length} are attached and checked`
  return [...slowest.map(lineText), rest]
}

function rank({ isFailed, isDone, percent }: Line): number {
  return isFailed ? -1 : isDone ? 1_000 : (percent ?? 0)
}

function lineText({ name, percent, sizeGib, words }: Line): string {
  return `${name} ${percent === null ? '--' : `${percent}%`} ${sizeGib} GiB, ${words}`
}
