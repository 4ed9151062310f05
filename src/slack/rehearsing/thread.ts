// Renders the thread of a rehearsal: what it does and what it does not, each finding as it comes, and its verdict.

import { isFinding } from '../../core/asking/who-acts.ts'
import type { Entry, EntryOf } from '../../core/model/entries.ts'
import type { Migration } from '../../core/model/migration.ts'
import { isReplicaMove, isSnapshotMove, moveOf } from '../../core/model/moves.ts'
import { keptUntilMs } from '../../core/model/rules.ts'
import { bold, code, counted, day, listed, mention, timeOfDay } from '../../core/model/text.ts'
import { type Durations, type Finding, leftCopies, ownNameOf, verdictOf } from '../../core/rehearsing/verdict.ts'
import { nameIn } from '../../core/steps/waits.ts'
import { duration, type Message, message, sections, textMessage, toAll } from '../messages/blocks.ts'

/** Findings of one result that the verdict names, and volumes whose times it tells; the report has all. */
const NAMED_MAX = 15

/** The message of this entry; undefined where a rehearsal says what every migration says. */
export function rehearsalMessage(m: Migration, entry: Entry): Message | null | undefined {
  switch (entry.kind) {
    case 'planned':
      return textMessage(plannedText(m, entry))
    case 'began':
      return null
    case 'failed':
      return findingMessage(m, entry)
    case 'aborting':
      return textMessage(
        `Sent back${entry.by ? ` by ${mention(entry.by)}` : ''}, because ${entry.reason}. What the rehearsal made is taken away.`,
      )
    case 'aborted':
      return textMessage(`Sent back. ${takenText(m, entry)} ${keptText(m, entry)}`)
    case 'done':
      return verdictMessage(m, entry)
    default:
      return undefined
  }
}

function plannedText({ plan }: Migration, { by, id }: EntryOf<'planned'>): string {
  const copied = plan.moves.filter(isSnapshotMove).length
  const asked = plan.moves.filter(isReplicaMove).length
  const replicas = asked > 0 ? ` The hosts of ${counted(asked, 'replica')} are asked whether they are in sync.` : ''
  return `${mention(by)} rehearses ${plan.sourceZone} to ${plan.targetZone} (${id}): a snapshot of ${counted(copied, 'volume')} is restored in ${plan.targetZone}, each copy attached to its successor under a free device, looked into and taken away.${replicas} No service stops, no source is changed, and nobody is asked anything. ${code(`/migrate abort ${id} because <reason>`)} takes it all away at once.`
}

/** Null for what cannot be taken away, which waits for people as any step that has failed. */
function findingMessage(
  m: Migration,
  { effect: id, code: word, problem, remedy }: EntryOf<'failed'>,
): Message | null | undefined {
  const effect = m.effects.get(id)?.effect
  if (!effect || !isFinding(m, effect)) return undefined
  const move = moveOf(m, effect.subject)
  const name = move ? ownNameOf(m.plan, move) : nameIn(m, effect)
  return textMessage(
    `Found: ${effect.step} of ${name} failed: ${word}, ${problem.replace(/\.$/, '')}. Next: ${remedy}. The rest of the rehearsal goes on.`,
  )
}

function verdictMessage(m: Migration, entry: Entry): Message {
  const { verdict, checks, seconds } = verdictOf(m)
  const { sourceZone, targetZone } = m.plan
  const of = (result: Finding['result']): Finding[] => checks.filter((one) => one.result === result)
  const bad = of('red')
  const title =
    verdict === 'passed'
      ? `Rehearsed: nothing was found that would keep ${sourceZone} from moving to ${targetZone}.`
      : `Rehearsed: ${bad.length === 1 ? 'one thing' : `${bad.length} things`} would have failed between ${sourceZone} and ${targetZone}.`
  const lines = [
    bold(title),
    ...linesOf('Red', bad),
    ...linesOf('Not known', of('yellow')),
    ...linesOf('Green', of('green')),
    timesText(seconds),
    `${takenText(m, entry)} ${keptText(m, entry)}`,
  ]
  return toAll(message(title, sections(lines)))
}

function linesOf(word: string, all: readonly Finding[]): string[] {
  const named = all.slice(0, NAMED_MAX).map(({ name, words }) => `${word}, ${name}: ${words}.`)
  return all.length > named.length ? [...named, `${word}: ${all.length - named.length} more, in the report.`] : named
}

function timesText(seconds: Readonly<Record<string, Durations>>): string {
  const each = Object.entries(seconds).flatMap(([name, all]) => {
    const steps = Object.entries(all).map(([step, long]) => `${step} ${duration(long * 1_000)}`)
    return steps.length > 0 ? `${name} ${steps.join(', ')}` : []
  })
  return each.length > 0 ? `It took: ${listed(each, NAMED_MAX)}.` : 'No step came to its end, so there are no times.'
}

function takenText(m: Migration, { atMs }: Entry): string {
  const left = leftCopies(m)
  const asOf = `as of ${timeOfDay(atMs)} UTC`
  return left.length === 0
    ? `All copies are taken away, ${asOf}.`
    : `Copies are taken away, ${asOf}, but for ${listed(left, NAMED_MAX)}: somebody attached them elsewhere or changed their tags, or they were gone before.`
}

function keptText({ id, rules }: Migration, { atMs }: Entry): string {
  return `Its snapshots are kept, since they make the next ones of these volumes shorter; from ${day(keptUntilMs(rules, atMs))} on, ${code(`/migrate cleanup ${id}`)} offers to delete them.`
}
