// Walks a journal once, and remembers what its fold forgets: when each phase began, each gate that asked with its answer, each time in
// which something was wrong. Both the text and the picture are made of this.
import { extend } from '../core/journal/fold.ts'
import { approvalOf } from '../core/journal/state.ts'
import type { Entry } from '../core/model/entries.ts'
import type { Forecast, Gate, Migration, Phase } from '../core/model/migration.ts'
import { rowFor, type TimelineRow, type Turn } from './timeline.ts'
import { effectWords } from './words.ts'

/** A stretch of time, in ms since 1970; `untilMs` is null while it lasts. */
export type Stretch = { readonly fromMs: number; readonly untilMs: number | null }

/** A question, from when it was first asked until as many people had approved as it needs; `untilMs` is null where they have not. */
export type Question = Stretch & { readonly gate: Gate }

/** Something that was wrong, in a sentence without its full stop; `about` names what, so that its end finds it. */
export type Trouble = Stretch & { readonly about: string; readonly what: string }

/** What a journal tells, in the order of its entries. Times are in ms since 1970. */
export type Story = {
  /** The fold of all of it. */
  readonly migration: Migration
  /** When it was planned, and the time of its last entry: all that is told holds as of then. */
  readonly fromMs: number
  readonly asOfMs: number
  readonly phases: readonly (Stretch & { readonly phase: Phase })[]
  readonly questions: readonly Question[]
  readonly outages: readonly Stretch[]
  /** What the last question before the outage said of its length, and when; null where it said nothing. */
  readonly forecast: (Forecast & { readonly atMs: number }) | null
  readonly troubles: readonly Trouble[]
  /** When an effect failed, by its id. */
  readonly failedAtMs: ReadonlyMap<string, number>
  readonly timeline: readonly TimelineRow[]
}

type Draft = {
  readonly phases: (Stretch & { readonly phase: Phase })[]
  readonly questions: Question[]
  readonly outages: Stretch[]
  readonly troubles: Trouble[]
  readonly failedAtMs: Map<string, number>
  readonly timeline: TimelineRow[]
}

/** Throws where the entries are no journal: they do not begin with `planned`, or one is missing. */
export function storyOf(entries: readonly Entry[]): Story {
  const draft: Draft = {
    ...{ phases: [], questions: [], outages: [], troubles: [], timeline: [] },
    failedAtMs: new Map(),
  }
  let migration: Migration | null = null
  for (const entry of entries) {
    const after: Migration = extend(migration, entry)
    note(draft, { before: migration, after, entry })
    migration = after
  }
  const [first, last] = [entries[0], entries.at(-1)]
  if (!migration || !first || !last) throw new Error('there is no report of an empty journal')
  return { ...draft, migration, forecast: forecastIn(entries), fromMs: first.atMs, asOfMs: last.atMs }
}

/** Of further freezes, after the first, the outage goes on, and no question says how long all of it lasts. */
function forecastIn(entries: readonly Entry[]): Story['forecast'] {
  const begun = entries.findIndex(({ kind }) => kind === 'freezing')
  const before = begun < 0 ? entries : entries.slice(0, begun)
  const asked = before.findLast((one) => one.kind === 'asked' && one.gate === 'freeze')
  return asked?.kind === 'asked' && asked.forecast ? { ...asked.forecast, atMs: asked.atMs } : null
}

function note(draft: Draft, turn: Turn): void {
  const { before, after, entry } = turn
  const { atMs } = entry
  if (before?.phase !== after.phase) change(draft.phases, { phase: after.phase, fromMs: atMs, untilMs: null })
  noteOutage(draft, turn)
  noteQuestion(draft, turn)
  noteTrouble(draft, turn)
  draft.timeline.push(...rowFor(turn))
}

/** Ends the last stretch where the new one begins. */
function change<T extends Stretch>(all: T[], next: T): void {
  end(all, next.fromMs)
  all.push(next)
}

function end<T extends Stretch>(all: T[], atMs: number): void {
  const last = all.at(-1)
  if (last?.untilMs === null) all[all.length - 1] = { ...last, untilMs: atMs }
}

function noteOutage({ outages }: Draft, { before, after, entry }: Turn): void {
  const [was, is] = [before?.outage ?? null, after.outage]
  if (!was && is) outages.push({ fromMs: is.fromMs, untilMs: null })
  if (was && is && was.untilMs !== null && is.untilMs === null) outages.push({ fromMs: entry.atMs, untilMs: null })
  if (is && is.untilMs !== null && (was?.untilMs ?? null) === null) end(outages, is.untilMs)
}

/** A question that is only asked anew, with other evidence, is the same question; a withdrawn one is none. */
function noteQuestion({ questions }: Draft, { before, after, entry }: Turn): void {
  const [was, is] = [before?.asking ?? null, after.asking]
  const last = questions.at(-1)
  const isOpen = last !== undefined && last.untilMs === null
  if (entry.kind === 'approved' && isOpen && approvalOf(after)) end(questions, entry.atMs)
  else if (is && is.nonce !== was?.nonce && !(isOpen && last.gate === is.gate)) {
    questions.push({ gate: is.gate, fromMs: entry.atMs, untilMs: null })
  }
  const isAnswered = ['began', 'freezing', 'wentLive', 'clearing'].includes(entry.kind)
  if (was && !is && isOpen && !isAnswered) questions.pop()
}

function noteTrouble(draft: Draft, { before, after, entry }: Turn): void {
  const { troubles } = draft
  const { atMs } = entry
  const isHalted = after.phase === 'halted'
  const begin = (about: string, what: string, fromMs = atMs): void => {
    troubles.push({ fromMs, untilMs: null, about, what })
  }
  if (isHalted && before?.phase !== 'halted') begin('halt', `halted: ${after.halted?.why ?? ''}`)
  if (!isHalted && before?.phase === 'halted') close(troubles, 'halt', atMs)
  if (after.doubt?.isOpen && !before?.doubt?.isOpen) begin('doubt', DOUBT)
  if (!after.doubt?.isOpen && before?.doubt?.isOpen) close(troubles, 'doubt', atMs)
  if (after.misfits.has(entry.nonce)) return
  switch (entry.kind) {
    case 'unreachable': {
      close(troubles, entry.service, atMs)
      const how = entry.isAnswering ? 'read' : 'reached'
      begin(entry.service, `${entry.service} could not be ${how}: ${entry.why}`, entry.sinceMs)
      break
    }
    case 'reachable':
      close(troubles, entry.service, atMs)
      break
    case 'failed':
      draft.failedAtMs.set(entry.effect, atMs)
      begin(entry.effect, `${effectWords(after, entry.effect)} failed: ${entry.code}, ${entry.problem}`)
      break
    case 'retried':
      close(troubles, entry.effect, atMs)
      break
    case 'confirmed':
      for (const id of entry.effects) close(troubles, id, atMs)
  }
}

const DOUBT = 'the journal may have lost its last entries, and only what EC2 shows counted'

/** Ends the newest trouble about this, if it lasts. */
function close(troubles: Trouble[], what: string, atMs: number): void {
  const index = troubles.findLastIndex(({ about, untilMs }) => about === what && untilMs === null)
  const found = troubles[index]
  if (found) troubles[index] = { ...found, untilMs: atMs }
}
