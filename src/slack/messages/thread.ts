// Renders a migration's thread: the red plan with its choices, each gate with its buttons until it is answered, work
// that people do by hand, milestones and failures. Every message is a pure rendering of the journal, so it says the
// same after any crash.

import type { KnownBlock } from '@slack/types'
import { partsOf } from '../../core/journal/services.ts'
import { approvalsNeeded, askerOf, latest } from '../../core/journal/state.ts'
import { effectId, isServiceEffect, isSnapshotEffect, thingsOf } from '../../core/model/effects.ts'
import type { Entry, EntryOf } from '../../core/model/entries.ts'
import type { Gate, Migration } from '../../core/model/migration.ts'
import { claimsOf, nameOf } from '../../core/model/moves.ts'
import { once } from '../../core/model/once.ts'
import type { Leftover } from '../../core/model/plan.ts'
import { keptUntilMs } from '../../core/model/rules.ts'
import { ofResource, subjectName } from '../../core/model/subjects.ts'
import { bold, code, day, inLines, mention } from '../../core/model/text.ts'
import { awayText } from '../../core/telling/away-words.ts'
import { alertMessage } from './alerts.ts'
import {
  button,
  buttons,
  closed,
  duration,
  type Keyed,
  linesMessage,
  listed,
  type Message,
  message,
  note,
  pages,
  sections,
  textMessage,
  time,
} from './blocks.ts'
import { abortButton } from './decisions.ts'
import { failureMessage } from './failures.ts'
import { handsMessage, handsPages } from './hands.ts'
import { planMessage } from './plan.ts'
import { suspicionMessage } from './suspicions.ts'

const QUESTIONS: Readonly<Record<Gate, string>> = {
  start: 'Start this migration?',
  freeze: 'Freeze now? The outage begins.',
  goLive: 'Go live? This is the point of no return.',
  cleanup: 'Delete what was left behind? It cannot be undone.',
}

function unreachableText(entry: EntryOf<'unreachable'>): string {
  return `${awayText(entry)} Nothing is lost, and what AWS was asked for goes on there. zonehop looks again every few seconds, and says here when it can; the outage clock goes on.`
}

/** It rests on its own entry alone: a later trouble has messages of its own. */
function reachableText(m: Migration, { service, atMs }: EntryOf<'reachable'>): string {
  const since =
    m.away?.service === service && m.away.untilMs === atMs ? ` after ${duration(atMs - m.away.sinceMs)}` : ''
  return `${service} is back${since}: everything goes on from what it shows.`
}

/** Every message that the thread should hold by now, oldest first; keyed by the rev of its entry (`entry-7`). */
export function threadMessages(m: Migration, entries: readonly Entry[]): Keyed[] {
  return entries.flatMap((entry): Keyed[] => {
    const message = messageOf(m, entry, entries)
    if (!message) return []
    const names = pagesBefore(m, entry, entries)
    return [
      ...names.map((each, index) => ({ key: `entry-${entry.rev}-${index + 1}`, message: each })),
      { key: `entry-${entry.rev}`, message },
    ]
  })
}

/** The messages before that of an entry, where one has no room for all that people are asked about. */
function pagesBefore(m: Migration, entry: Entry, entries: readonly Entry[]): Message[] {
  if (m.misfits.has(entry.nonce)) return []
  if (entry.kind === 'asked') return nameMessages(m, entry, entries)
  return entry.kind === 'intended' ? handsPages(m, entry) : []
}

function messageOf(m: Migration, entry: Entry, entries: readonly Entry[]): Message | null {
  const misfit = misfitMessage(m, entry)
  if (misfit) return misfit
  switch (entry.kind) {
    case 'planned':
    case 'replanned':
      return planMessage(m, entry)
    case 'asked':
      return gateMessage(m, entry, entries)
    case 'intended':
      return handsMessage(m, entry)
    case 'warned':
      return alertMessage(m, entry)
    case 'failed':
      return failureMessage(m, entry, entries)
    case 'suspected':
      return suspicionMessage(m, entry)
    default:
      return milestone(m, entry, entries)
  }
}

function milestone(m: Migration, entry: Entry, entries: readonly Entry[]): Message | null {
  switch (entry.kind) {
    case 'began':
      return textMessage('Started: the plan is written on every source volume.')
    case 'gone':
      return textMessage(goneText(m, entry))
    case 'deferred':
      return textMessage(
        `${entry.service} is deferred by ${mention(entry.by)}, because ${entry.reason}. It is finished after go-live.`,
      )
    case 'declined':
      return entry.by === null ? textMessage(UNANSWERED) : null
    case 'paused':
      return textMessage(pausedText(m, entry))
    case 'resumed':
      return textMessage(`Resumed by ${mention(entry.by)}.`)
    case 'returned':
      return textMessage(
        `${entry.service} is given back${byWhom(entry.by)}, because ${entry.reason}. It goes back to ${m.plan.sourceZone}; everything else stays live in ${m.plan.targetZone}.`,
      )
    case 'doubted':
      return textMessage(`${DOUBTED} (${entry.why})`)
    case 'unreachable':
    case 'reachable':
      return textMessage(entry.kind === 'reachable' ? reachableText(m, entry) : unreachableText(entry))
    case 'adopted':
      return textMessage(adoptedText(entry))
    case 'looked':
      return textMessage('Looked at EC2 again: what was lost is known as far as EC2 shows it, and it goes on.')
    case 'halted':
      return haltedMessage(m, entry)
    case 'skipped':
      return textMessage(`${mention(entry.by)} passed the entry that did not fit. It goes on.`)
    case 'wentLive':
      return textMessage(`Went live: ${m.plan.targetZone} takes writes from here on. Abort is no longer possible.`)
    case 'aborting':
      return textMessage(abortingText(m, entry))
    case 'aborted':
      return textMessage(`Back where it was: every service runs in ${m.plan.sourceZone}. ${leftText(m, entry)}`)
    case 'seen':
      return seenMessage(m, entry)
    case 'done':
      return textMessage(
        `Done. Every source volume still stands, with its tags saying where its data went. ${keptText(m, entry)}`,
      )
    case 'cleaning':
      return textMessage(
        `${mention(entry.by)} asks for a cleanup. ${m.phase === 'aborted' ? CLEANS_MADE : CLEANS_LEFT}`,
      )
    case 'clearing':
      return textMessage(
        `Deleting what was agreed to: ${entry.resources.length} of them, one by one, each looked at again just before.`,
      )
    case 'kept':
      return linesMessage(entry.resources.map(({ name, id, why }) => `Kept ${name} (${id}): ${why}.`))
    case 'cleaned':
      return textMessage(cleanedText(entry, entries))
    default:
      return null
  }
}

function byWhom(user: string | null): string {
  return user === null ? '' : ` by ${mention(user)}`
}

function abortingText({ plan }: Migration, { by, reason }: EntryOf<'aborting'>): string {
  return `Aborted${byWhom(by)}, because ${reason}. Everything goes back to ${plan.sourceZone}.`
}

const UNANSWERED = `Nobody has answered for a day, so this plan is put away. Nothing was touched, and its volumes are free: ${code('/migrate start')} draws a new one.`

function pausedText({ id, rules }: Migration, { by }: EntryOf<'paused'>): string {
  if (by !== null) return `Paused by ${mention(by)}: nothing more is issued; what EC2 has begun goes on.`
  return `Nobody has answered the freeze for ${rules.askHours} h, so it is put away: nothing more is issued, and nothing was stopped. ${code(`/migrate resume ${id}`)} asks anew.`
}

const CLEANS_LEFT =
  'Nothing is deleted before every new copy has a completed snapshot, and someone else has agreed to each name.'
const CLEANS_MADE = 'Only what the migration made is deleted, and nothing before someone else has agreed to each name.'

/** What an abort leaves behind: what was made, or may have been by a call without an answer. */
function leftText(m: Migration, entry: Entry): string {
  const makers = m.effects.values().filter((state) => state.status === 'issued' || thingsOf(state).length > 0)
  if (makers.some(({ effect }) => effect.step === 'restore'))
    return `Copies that were made are kept, marked aborted. ${keptText(m, entry)}`
  const isCut = makers.some(({ effect }) => isSnapshotEffect(effect))
  return isCut ? `Snapshots that were made are kept. ${keptText(m, entry)}` : 'Nothing was made that could be left.'
}

function keptText({ id, rules }: Migration, { atMs }: Entry): string {
  const from = day(keptUntilMs(rules, atMs))
  return `From ${from} on, ${code(`/migrate cleanup ${id}`)} offers to delete what is not needed any more.`
}

/** What became of the cleanup that ends with the entry; another may have been asked for since. */
function cleanedText({ rev }: Entry, entries: readonly Entry[]): string {
  const before = entries.slice(0, rev)
  const its = before.slice(before.findLastIndex(({ kind }) => kind === 'cleaning'))
  const kept = new Set(its.flatMap((one) => (one.kind === 'kept' ? one.resources.map(({ id }) => id) : []))).size
  const approved = its.flatMap((one) => (one.kind === 'clearing' ? one.resources : []))
  const gone = approved.length - kept
  if (approved.length > 0) {
    const late = kept > 0 ? `, ${kept} kept after all` : ''
    return `Cleaned up: ${gone} deleted${late}. What the question kept still stands.`
  }
  if (kept > 0) return `Nothing can go now, so nothing was asked: all ${kept} are kept, each for the reason above.`
  return 'There is nothing to clean up: what was left is gone, or no copy of it is protected.'
}

const DOUBTED =
  'The last entries of the journal may be lost. For five minutes nothing is done that EC2 cannot show to have been done already; an approval that was lost is asked for again. Who has asked to abort, or started a service by hand, and does not find that above says so again with /migrate abort: nothing else knows of it.'

function adoptedText({ things }: EntryOf<'adopted'>): string {
  const names = things.map(
    ({ effect, resource }) => resource ?? `one of several copies of ${subjectName(effect.subject)}`,
  )
  return `EC2 shows things that carry this migration's tags and that its journal does not know: ${listed(names, NAMED_MAX)}. Either their entries are lost, or somebody wrote these tags. ${DOUBTED}`
}

/** Adopted things that are named one by one. */
const NAMED_MAX = 10

/** Halted because somebody else drives these volumes: a person who resumes confirms that the other is stopped. */
function haltedMessage(m: Migration, { why }: EntryOf<'halted'>): Message {
  const title = `Halted: nothing more is issued, for ${why}.`
  const shown = sections([bold(title)])
  const stands = m.halted?.rival === why
  if (!stands) return closed(title, shown, 'It goes on since.')
  const resume = button('resume-halted', 'They are stopped: go on', { id: m.id }, 'danger')
  return message(title, [...shown, buttons(resume, ...abortable(m))])
}

/** An entry that does not fit in its place: it was not applied, and an approver passes it. Null for one that fits. */
function misfitMessage(m: Migration, { nonce, kind }: Entry): Message | null {
  const { halted } = m
  const why = m.misfits.get(nonce)
  if (why === undefined) return null
  const title = `Halted: nothing more is issued, for ${why}.`
  if (!halted?.entries.includes(nonce)) {
    return closed(title, sections([bold(title)]), 'What it says was not taken, and it is passed.')
  }
  const lines = [bold(title), 'What it says was not taken. An approver passes it, and everything goes on as before it.']
  const skip = button('skip-entry', `Pass this ${kind}`, { id: m.id, entry: nonce }, 'danger')
  return message(title, [...sections(lines), buttons(skip, ...abortable(m))])
}

function abortable(m: Migration) {
  return m.wentLiveAtMs === null && m.endedAtMs === null ? [abortButton(m)] : []
}

function goneText(m: Migration, { volumes }: EntryOf<'gone'>): string {
  const moves = m.plan.moves.filter((move) => claimsOf([move]).some((id) => volumes.includes(id)))
  const names = moves.map(
    (move) => `${nameOf(move)} (${volumes.filter((id) => claimsOf([move]).includes(id)).join(', ')})`,
  )
  const services = [...new Set(moves.map(({ service }) => service))]
  return `${names.join(', ')} was deleted in EC2 since the plan. Next: restore it from a backup, or /migrate defer ${services[0]} because <reason>. Everything else goes on.`
}

/** Service effects by id: of the thousands of effects that `seen` may name, only these are announced one by one. */
const serviceEffectsById = once(
  ({ effects }: Migration) =>
    new Map(
      effects.values().flatMap(({ effect }) => (isServiceEffect(effect) ? [[effectId(effect), effect] as const] : [])),
    ),
)

/** Announces what this entry saw: leftovers gone, and what became of services. Null where there is nothing of that. */
function seenMessage(m: Migration, entry: EntryOf<'seen'>): Message | null {
  const lines = [...clearedLines(m, entry), ...openedLines(m, entry)]
  return lines.length > 0 ? textMessage(inLines(lines)) : null
}

/** Said once, when all are out of the way: a copy once it is deleted, a source once it is detached. */
function clearedLines(m: Migration, { achieved, atMs }: EntryOf<'seen'>): string[] {
  const { leftovers = [] } = m.plan
  const isNews = achieved.some((id) => m.effects.get(id)?.effect.subject.of === 'resource')
  const isGone = ({ what, volume }: Leftover): boolean => {
    const goneAtMs = latest(m, ofResource(volume), what === 'copy' ? 'delete' : 'detachSource')?.achievedAtMs ?? null
    return goneAtMs !== null && goneAtMs <= atMs
  }
  if (m.cleanup || !isNews || !leftovers.every(isGone)) return []
  return (['copy', 'source'] as const).flatMap((kind) => {
    const names = leftovers.filter(({ what }) => what === kind).map(({ name, volume }) => `${name} (${volume})`)
    const word = kind === 'copy' ? 'Deleted' : 'Detached'
    return names.length > 0 ? [`${word}, as the start said, where new copies go: ${listed(names, NAMED_MAX)}.`] : []
  })
}

/**
 * The services that this entry saw open in all their parts, the hooks that ended well, and on the way back the services that serve
 * again.
 */
function openedLines(m: Migration, { achieved, atMs }: EntryOf<'seen'>): string[] {
  const ofServices = serviceEffectsById(m)
  const effects = achieved.flatMap((id) => ofServices.get(id) ?? [])
  if (effects.length === 0) return []
  const named = (step: 'open' | 'hook' | 'unfreeze'): string[] => {
    const names = new Set(effects.flatMap((effect) => (effect.step === step ? [effect.service] : [])))
    const isWhole = (name: string) =>
      partsOf(m, name, step).every(({ achievedAtMs }) => (achievedAtMs ?? atMs + 1) <= atMs)
    return [...names].filter(isWhole)
  }
  const [opened, hooked, back] = [named('open'), named('hook'), named('unfreeze')]
  const hookOf = (name: string) => m.plan.services.find((service) => service.name === name)?.hook ?? 'its hook'
  return [
    ...(opened.length > 0 ? [`Open in ${m.plan.targetZone}: ${opened.join(', ')}.`] : []),
    ...hooked.map((name) => `${name}: ${hookOf(name)}, done.`),
    ...(back.length > 0 ? [`Serving again in ${m.plan.sourceZone}: ${back.join(', ')}.`] : []),
  ]
}

function gateMessage(m: Migration, asked: EntryOf<'asked'>, entries: readonly Entry[]): Message {
  const { gate, basis, again } = asked
  const question = questionOf(m, asked)
  const said = saidIn(m, asked)
  const lines = again === null ? said : [`Asked again: ${again}.`, ...said]
  const shown = sections([bold(question), ...lines])
  const answers = entries.filter((entry) => isAnswer(entry, asked))
  const answered = answers.map(({ kind, by, atMs }) =>
    by === null ? `Put away at ${time(atMs)}.` : `${ANSWERED[kind]} by ${mention(by)} at ${time(atMs)}.`,
  )
  if (isAnswered(m, asked, entries)) return closed(question, shown, answered.join(' '))
  if (!isAskedNow(m, asked)) {
    return closed(question, shown, m.paused ? PAUSED : 'No longer asked: what it rested on has changed.')
  }
  const half = answered.length > 0 ? note(`${answered.join(' ')} Someone else has to approve it too.`) : []
  const style = gate === 'start' ? 'primary' : 'danger'
  // The button of a cleanup opens a form, into which the person types the migration's id.
  const name = gate === 'cleanup' ? 'type-cleanup' : `approve-${gate}`
  const approve = button(name, `Approve ${gate}`, { id: m.id, asked: asked.nonce, gate, basis }, style)
  const decline = gate === 'start' ? [button('decline-start', 'Decline', { id: m.id, asked: asked.nonce })] : []
  const others = [askerOf(m, gate), ...answers.flatMap(({ by }) => by ?? [])].map(mention).join(' and ')
  const text = `${question} Someone other than ${others} has to approve.`
  return message(text, [...shown, ...half, buttons(approve, ...decline)])
}

/** An approval covers all that its question names: what the question has no room for is in messages of its own before it. */
function nameMessages(m: Migration, asked: EntryOf<'asked'>, entries: readonly Entry[]): Message[] {
  if (!isAskedNow(m, asked) && !isAnswered(m, asked, entries)) return []
  const all = pagesOf(m, asked)
  return all.map((blocks, index) => message(`${PAGES[asked.gate]} ${m.id}, ${index + 1} of ${all.length}`, blocks))
}

/** The blocks of those messages; none where the question's own message has room for all. */
function pagesOf(m: Migration, asked: EntryOf<'asked'>): KnownBlock[][] {
  const { evidence } = asked
  const isLong = pages([bold(questionOf(m, asked)), ...evidence]).length > 1
  return isLong ? pages(evidence.slice(headOf(evidence).length)) : []
}

/** What the question itself says: all, or its first line and where the rest stands. */
function saidIn(m: Migration, asked: EntryOf<'asked'>): readonly string[] {
  const { gate, evidence } = asked
  const { length } = pagesOf(m, asked)
  if (length === 0) return evidence
  const what = gate === 'cleanup' ? 'Each is named in' : 'All that it is about stands in'
  return [...headOf(evidence), `${what} ${length === 1 ? 'the message above' : `the ${length} messages above`}.`]
}

/** The first line sums up the rest, unless it is a long list itself. */
function headOf([first = '']: readonly string[]): string[] {
  return first.length <= HEAD_MAX ? [first] : []
}

const HEAD_MAX = 1_000

const PAGES: Readonly<Record<Gate, string>> = {
  start: 'What the start is about, of',
  freeze: 'What the freeze is about, of',
  goLive: 'What going live is about, of',
  cleanup: 'What would be deleted or kept, of',
}

/** A freeze in the middle of an outage begins none. */
function questionOf({ id, outage }: Migration, { gate, atMs }: EntryOf<'asked'>): string {
  const isAgain = gate === 'freeze' && outage !== null && outage.fromMs <= atMs
  return `${isAgain ? 'Freeze now? The outage goes on.' : QUESTIONS[gate]} ${id}`
}

function isAskedNow({ asking }: Migration, { nonce }: EntryOf<'asked'>): boolean {
  return asking?.nonce === nonce
}

const PAUSED = 'No longer asked: it is paused, and asks anew when it is resumed.'

/** Whether it was declined, or approved by as many people as it needs. */
function isAnswered(m: Migration, asked: EntryOf<'asked'>, entries: readonly Entry[]): boolean {
  const answers = entries.filter((entry) => isAnswer(entry, asked))
  const approvers = new Set(answers.flatMap(({ kind, by }) => (kind === 'approved' ? [by] : [])))
  return answers.some(({ kind }) => kind === 'declined') || approvers.size >= approvalsNeeded(m, asked.gate)
}

const ANSWERED = { approved: 'Approved', declined: 'Declined' } as const

function isAnswer(entry: Entry, asked: EntryOf<'asked'>): entry is EntryOf<'approved' | 'declined'> {
  return (entry.kind === 'approved' || entry.kind === 'declined') && entry.asked === asked.nonce
}
