// Renders a gate: the question with its people and its buttons, and in messages of their own below it all that an approval covers. Once
// nobody is asked any more, one line is left of it: what, who, when.

import type { KnownBlock } from '@slack/types'
import { peopleFor } from '../../core/asking/people.ts'
import { approvalsNeeded } from '../../core/journal/state.ts'
import type { Entry, EntryOf } from '../../core/model/entries.ts'
import type { Asking, Gate, Migration } from '../../core/model/migration.ts'
import { bold, counted, cut, mention } from '../../core/model/text.ts'
import { questionOf } from '../../core/telling/question.ts'
import { button, buttons, type Message, message, note, pages, sections, textMessage, time, toAll } from './blocks.ts'

/** The gate as people call it, once it is answered and on its button. */
const NAMES: Readonly<Record<Gate, string>> = {
  start: 'Start',
  freeze: 'Stop writes',
  goLive: 'Go live',
  cleanup: 'Delete',
}
/** What a thumb cannot take back, asked behind the button. */
const IRREVERSIBLE: Partial<Readonly<Record<Gate, string>>> = {
  freeze: 'Services stop writing at once, and the outage begins. An abort starts them again.',
  goLive: 'The target zone takes writes from then on, and nothing undoes that: there is no abort.',
  cleanup: 'What is named is deleted, and EC2 does not bring it back. A form asks for the id first.',
}
/** Characters of an answered gate's line that say why. */
const WHY_MAX = 200

/** The message of a gate; `entries` is the whole journal, and `approvers` who may pass gates, by id. */
export function gateMessage(
  m: Migration,
  asked: EntryOf<'asked'>,
  { entries, approvers }: { readonly entries: readonly Entry[]; readonly approvers: readonly string[] },
): Message {
  const answers = answersTo(asked, entries)
  const over = closedText(m, asked, { answers, entries })
  if (over) return textMessage(over)
  const { ask, facts } = questionOf(m, asked)
  const people = peopleFor(m, asked.gate, approvers)
  const below = `All that an approval covers is below in the thread: ${counted(asked.evidence.length, 'line')}.`
  const given = answers.map(({ by }) => `Approved by ${mention(by ?? '')}; one more has to.`)
  const title = `${people} ${ask}`
  const shown = sections([bold(title), ...facts, below])
  return toAll(message(title, [...shown, ...given.flatMap(note), buttons(...gateButtons(m, asked))]))
}

/** The buttons of a gate that asks. */
export function gateButtons({ id }: Migration, { gate, nonce, basis }: Pick<Asking, 'gate' | 'nonce' | 'basis'>) {
  const warning = IRREVERSIBLE[gate]
  const name = NAMES[gate]
  // The button of a cleanup opens a form, into which the person types the migration's id.
  const approve = button(
    gate === 'cleanup' ? 'type-cleanup' : `approve-${gate}`,
    name,
    { id, asked: nonce, gate, basis },
    {
      style: gate === 'start' ? 'primary' : 'danger',
      spoken: `${name}: approve it for ${id}`,
      ...(warning ? { confirm: { title: `${name}?`, text: warning, yes: name } } : {}),
    },
  )
  const decline = button('decline-start', 'Decline', { id, asked: nonce }, { spoken: `Decline the start of ${id}` })
  return [approve, ...(gate === 'start' ? [decline] : [])]
}

/** The messages below a gate, with all that its approval covers; what became out of date says so. */
export function detailMessages(m: Migration, asked: EntryOf<'asked'>, entries: readonly Entry[]): Message[] {
  const { gate } = asked
  const all: KnownBlock[][] = pages(asked.evidence)
  const isStale = !isAskedNow(m, asked) && !isAnswered(m, asked, answersTo(asked, entries))
  if (isStale) return all.map(() => textMessage(`${NAMES[gate]}: what it was about is out of date.`))
  return all.map((blocks, index) =>
    message(`${NAMES[gate]}, what an approval covers, ${index + 1} of ${all.length}: ${m.id}`, blocks),
  )
}

/** The line that is left of a gate; null while it asks. */
function closedText(
  m: Migration,
  asked: EntryOf<'asked'>,
  { answers, entries }: { readonly answers: readonly Answer[]; readonly entries: readonly Entry[] },
): string | null {
  const name = NAMES[asked.gate]
  if (isAnswered(m, asked, answers)) {
    const said = answers.map(({ kind, by, atMs }) =>
      by === null ? `put away at ${time(atMs)}` : `${ANSWERED[kind]} by ${mention(by)} at ${time(atMs)}`,
    )
    const undone = isAskedNow(m, asked) ? null : undoneBy(asked, entries)
    return `${name} (${m.id}): ${said.join(', ')}${undone ? `, and not done: ${cut(undone.why, WHY_MAX)}` : ''}.`
  }
  if (isAskedNow(m, asked)) return null
  if (m.paused) return `${name} (${m.id}): not asked while it is paused; asked anew when it is resumed.`
  return `${name} (${m.id}): out of date, ${whyOver(asked, entries)}.`
}

/** The withdrawal of a question after which nothing that was approved is done; null where it was not withdrawn. */
function undoneBy(asked: EntryOf<'asked'>, entries: readonly Entry[]): EntryOf<'withdrew'> | null {
  const ended = entries.find((entry) => entry.rev > asked.rev && [...ENDS, ...PASSES].includes(entry.kind))
  return ended?.kind === 'withdrew' ? ended : null
}

/** What is said of the question that this entry withdrew, where it was approved already: whoever approved it believes that it is done. */
export function withdrawnText(withdrew: EntryOf<'withdrew'>, entries: readonly Entry[]): string | null {
  const asked = entries.findLast(
    (entry): entry is EntryOf<'asked'> => entry.kind === 'asked' && entry.rev < withdrew.rev,
  )
  if (!asked || asked.gate !== withdrew.gate || undoneBy(asked, entries)?.nonce !== withdrew.nonce) return null
  const approvers = answersTo(asked, entries).flatMap(({ kind, by }) =>
    kind === 'approved' && by ? [mention(by)] : [],
  )
  if (approvers.length === 0) return null
  return `${NAMES[asked.gate]}, approved by ${approvers.join(' and ')}, was not done: ${cut(withdrew.why, WHY_MAX)}. It is asked anew once it may be done.`
}

/** Why a question is not asked any more: the first later entry that ended it says so. */
function whyOver(asked: EntryOf<'asked'>, entries: readonly Entry[]): string {
  const ended = entries.find((entry) => entry.rev > asked.rev && ENDS.includes(entry.kind))
  if (ended?.kind === 'withdrew') return cut(ended.why, WHY_MAX)
  if (ended?.kind === 'asked') return 'what it rested on has changed; the new question is below'
  return ended?.kind === 'aborting' ? 'since it is aborted' : 'what it rested on has changed'
}

const ENDS: readonly Entry['kind'][] = ['withdrew', 'asked', 'aborting', 'halted']
/** By these entries what a gate asks is done. */
const PASSES: readonly Entry['kind'][] = ['began', 'freezing', 'wentLive', 'clearing']

function isAskedNow({ asking }: Migration, { nonce }: EntryOf<'asked'>): boolean {
  return asking?.nonce === nonce
}

/** Whether it was declined, or approved by as many people as it needs. */
function isAnswered(m: Migration, asked: EntryOf<'asked'>, answers: readonly Answer[]): boolean {
  const approvers = new Set(answers.flatMap(({ kind, by }) => (kind === 'approved' ? [by] : [])))
  return answers.some(({ kind }) => kind === 'declined') || approvers.size >= approvalsNeeded(m, asked.gate)
}

const ANSWERED = { approved: 'approved', declined: 'declined' } as const

type Answer = EntryOf<'approved' | 'declined'>

function answersTo({ nonce }: EntryOf<'asked'>, entries: readonly Entry[]): Answer[] {
  return entries.filter(
    (entry): entry is Answer => (entry.kind === 'approved' || entry.kind === 'declined') && entry.asked === nonce,
  )
}
