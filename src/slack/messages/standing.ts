// The answer to `status` and `list`: how far a migration is, how long it still takes, the outage, and who must act. It is read by one
// person who asked, and is not edited, so it says of every figure as of when that is.
import { isDeferred } from '../../core/journal/services.ts'
import { approvalsOf, askerOf, isOver, unsettled } from '../../core/journal/state.ts'
import type { Migration, Phase } from '../../core/model/migration.ts'
import { bold, code, day, listed, mention, moment } from '../../core/model/text.ts'
import { awayText, isAway } from '../../core/telling/away-words.ts'
import { slowestOf } from '../../core/telling/estimate.ts'
import { etaWords } from '../../core/telling/eta.ts'
import { phaseShown } from '../../core/telling/outlook.ts'
import type { Line, Progress } from '../../core/telling/progress.ts'
import { readsText } from '../../core/telling/reads/words.ts'
import { waitWords } from '../../core/telling/wait-words.ts'
import { GATES_IN_WORDS } from '../typed/words.ts'
import { outageTimes } from './outage-clock.ts'

/** What is known beside the journal: the newest sample, the link to the status message, and the time. Null: there is none. */
type Known = { readonly progress: Progress | null; readonly link: string | null; readonly nowMs: number }

/** Volumes that one sentence names. */
const NAMED_MAX = 5

const PHASES: Readonly<Record<Phase, string>> = {
  planned: 'not started',
  seeding: 'copying ahead, services run',
  frozen: 'services stop writing',
  moving: 'copying, services are down',
  live: 'live, and being finished',
  done: 'done',
  aborting: 'going back',
  aborted: 'gone back',
  halted: 'halted',
}

/** The lines about a migration that is not over. */
export function standingLines(m: Migration, { progress, link, nowMs }: Known): string[] {
  const reads = readsText(m, progress?.initialization ?? null)
  return [
    bold(
      `${m.id}: ${m.plan.sourceZone} to ${m.plan.targetZone}, ${PHASES[phaseShown(m)]}${m.paused ? ', paused' : ''}`,
    ),
    ...(isAway(m) ? [awayText(m.away)] : []),
    ...(progress && isCopying(m) ? [copiedText(m, progress)] : []),
    outageTimes(m, nowMs),
    ...(reads ? [reads] : []),
    `Who must act: ${whoMust(m, progress)}`,
    ...(link ? [link] : []),
  ]
}

/** The line about a migration that is over. */
export function overText(m: Migration): string {
  const { id, plan, phase, endedAtMs, cleanup } = m
  const gone = cleanup?.endedAtMs
    ? 'what it left was cleaned up'
    : `${code(`/migrate cleanup ${id}`)} offers what it left`
  return `${id}: ${plan.sourceZone} to ${plan.targetZone}, ${PHASES[phase]} on ${day(endedAtMs ?? 0)}; ${gone}.`
}

/** Where a question is answered: its button covers what it shows, and a typed word would not. */
export function questionText(m: Migration): string {
  const { asking, id } = m
  if (!asking) return `${id} asks for no approval now. Who must act: ${whoMust(m, null)}`
  return `${id} asks for ${GATES_IN_WORDS[asking.gate]} since ${moment(asking.sinceMs)}, and ${mention(askerOf(m, asking.gate))}, who asked for it, cannot approve it. An approval covers what the question shows, so press the button in the thread of its status message.`
}

function isCopying(m: Migration): boolean {
  return ['seeding', 'moving', 'live'].includes(phaseShown(m))
}

/** The share of all data, and the range of the slowest volume that it waits for, as of the look that showed both. */
function copiedText(m: Migration, { lines, atMs }: Progress): string {
  const names = m.plan.services.filter((each) => m.phase !== 'live' && !isDeferred(m, each)).map(({ name }) => name)
  const waitedFor = names.length > 0 ? lines.filter(({ service }) => names.includes(service)) : lines
  const left = slowestOf(waitedFor.flatMap((line) => (line.isDone || !line.left ? [] : [line.left])))
  const slowest = waitedFor.filter(({ isDone }) => !isDone).toSorted((a, b) => (a.percent ?? 0) - (b.percent ?? 0))[0]
  const who = slowest ? `, slowest ${slowest.name} ${slowest.percent === null ? '--' : `${slowest.percent}%`}` : ''
  return `${sharePercent(lines)}% copied${who}${left ? `: ${etaWords(left)}` : ''} (seen at ${moment(atMs)}).`
}

/** Weighed by size, and rounded down: 100% is said of nothing that is not complete. */
function sharePercent(lines: readonly Line[]): number {
  const all = lines.reduce((sum, { sizeGib }) => sum + sizeGib, 0)
  const copied = lines.reduce((sum, { sizeGib, percent, isDone }) => sum + sizeGib * (isDone ? 100 : (percent ?? 0)), 0)
  return all === 0 ? 0 : Math.floor(copied / all)
}

/** Who has to do what before it goes on; nobody, where zonehop or EC2 is at work. */
function whoMust(m: Migration, progress: Progress | null): string {
  if (m.halted) return `an operator decides, since ${m.halted.why}: retry, resume or abort.`
  if (unsettled(m).length > 0) return 'an approver says in the thread whether it is so what tags say.'
  if (m.paused) return `an operator: ${code('/migrate resume')}.`
  if (m.asking) {
    const given = approvalsOf(m, m.asking.nonce).map(({ by }) => mention(by))
    const others = [...new Set([mention(askerOf(m, m.asking.gate)), ...given])].join(' and ')
    return `an approver other than ${others} answers ${GATES_IN_WORDS[m.asking.gate]}, asked at ${moment(m.asking.sinceMs)}.`
  }
  const uncovered = m.plan.uncovered.map(({ name }) => name)
  if (uncovered.length > 0) return `an approver says in the thread what happens to ${listed(uncovered, NAMED_MAX)}.`
  const waits = isOver(m) ? [] : (progress?.waits ?? [])
  const people = waits.find(({ on }) => PEOPLE.has(on))
  if (people) return `people. It waits for ${waitWords(people)}.`
  const [first] = waits
  return first ? `nobody. It waits for ${waitWords(first)}.` : 'nobody.'
}

/** Waits that people end, and nobody else. */
const PEOPLE: ReadonlySet<Progress['waits'][number]['on']> = new Set([
  'halt',
  'route',
  'check',
  'belief',
  'leftAgain',
  'resume',
  'approval',
  'gone',
  'leftover',
  'retry',
  'hands',
])
