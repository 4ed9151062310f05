// Where migrations stand, as `zonehop status` shows it: what goes on, who must act, until when, what is asked with its codes, and how far
// each volume is.
import { whoActs } from '../core/asking/who-acts.ts'
import type { Entry } from '../core/model/entries.ts'
import type { Migration } from '../core/model/migration.ts'
import { awayText, isAway } from '../core/telling/away-words.ts'
import { doing, whenOver } from '../core/telling/outlook.ts'
import type { Line, Progress } from '../core/telling/progress.ts'
import { readsText } from '../core/telling/reads/words.ts'
import { waitWords } from '../core/telling/wait-words.ts'
import { fencesAsked, gateAsked, misfitsAsked, type Shown, shownLines, suspicionsAsked, workAsked } from './asked.ts'
import { table } from './fit.ts'
import { uncoveredText } from './plan.ts'

/** Volumes that have a line of their own. */
const LINES_MAX = 20

/** A migration as `status` shows it. `asOf` is the time of the last look, in ISO 8601; null before the first. */
export type Standing = {
  readonly id: string
  readonly sourceZone: string
  readonly targetZone: string
  readonly phase: string
  readonly paused: boolean
  /** What goes on, in words. */
  readonly doing: string
  readonly whoActs: string
  /** When what people wait for is reached; null where that has no rate. */
  readonly whenOver: string | null
  /** Whose reads are slow, until when; null where none are, or EC2 was not asked. */
  readonly reads: string | null
  /** What of AWS cannot be reached now, in a sentence; null where all can. */
  readonly away: string | null
  readonly asking: (Shown & { readonly gate: string }) | null
  readonly work: readonly Shown[]
  /** What only an approver answers, beside the gates: vouch, settle, skip. */
  readonly decisions: readonly Shown[]
  /** What nothing covers. */
  readonly uncovered: readonly string[]
  readonly waits: readonly string[]
  readonly asOf: string | null
}

/** What is known of a migration beside its fold; `approvers`: who may pass gates, by id. */
type Known = {
  readonly entries: readonly Entry[]
  readonly progress: Progress | null
  readonly approvers: readonly string[]
}

/** Where a migration stands, by its journal and the newest sample. */
export function standingOf(m: Migration, { entries, progress, approvers }: Known): Standing {
  const { id, phase, paused, plan } = m
  const question = gateAsked(m, entries)
  const asked = [...fencesAsked(m), ...suspicionsAsked(m), ...misfitsAsked(m, entries)]
  return {
    ...{ id, sourceZone: plan.sourceZone, targetZone: plan.targetZone, phase, paused },
    ...{ doing: doing(m), whoActs: whoActs(m, approvers), whenOver: whenOver(m, progress) },
    reads: readsText(m, progress?.initialization ?? null),
    away: isAway(m) ? awayText(m.away) : null,
    asking: question && { ...withoutKey(question), gate: m.asking?.gate ?? '' },
    work: workAsked(m).map(withoutKey),
    decisions: asked.map(withoutKey),
    uncovered: plan.uncovered.map(uncoveredText),
    waits: (progress?.waits ?? []).map(waitWords),
    asOf: progress ? new Date(progress.atMs).toISOString() : null,
  }
}

function withoutKey({ code, title, lines }: Shown): Shown {
  return { code, title, lines }
}

/** The lines of a standing, with a table of the volumes that are not done. */
export function linesFor(standing: Standing, progress: Progress | null): string[] {
  const { id, away, whoActs: who, whenOver: over, reads, uncovered, waits, asOf, asking, work, decisions } = standing
  const [first] = waits
  const more = waits.length > 1 ? `, and ${waits.length - 1} more` : ''
  return [
    `${id}: ${standing.doing}`,
    ...(away === null ? [] : [`  ${away}`]),
    `  Who must act: ${who}`,
    ...(over === null ? [] : [`  ${over}`]),
    ...(reads === null ? [] : [`  ${reads}`]),
    ...(first ? [`  waiting for ${first}${more} (as of ${asOf})`] : []),
    ...uncovered.map((line) => `  ${line}`),
    ...[...(asking ? [asking] : []), ...work, ...decisions].flatMap(shownLines).map((line) => `  ${line}`),
    ...volumeTable(progress?.lines ?? []),
  ]
}

/** The slowest first, as many as fit on a screen. */
function volumeTable(all: readonly Line[]): string[] {
  const open = all.filter(({ isDone }) => !isDone).toSorted((a, b) => (a.percent ?? 0) - (b.percent ?? 0))
  if (open.length === 0) return []
  const rows = open
    .slice(0, LINES_MAX)
    .map(({ name, sizeGib, percent, words }) => [
      ...[name, `${sizeGib}`, percent === null ? '--' : `${percent}%`, words],
    ])
  const hidden = open.length - rows.length
  return [
    ...table([['volume', 'GiB', '%', 'state'], ...rows], 2),
    ...(hidden > 0 ? [`  and ${hidden} more that are further`] : []),
  ]
}
