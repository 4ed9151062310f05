// Renders a migration's thread: the red plan with its choices, each gate with its buttons until it is answered, work
// that people do by hand, milestones and failures. Every message is a pure rendering of the journal, so it says the
// same after any crash.

import { mentionsOf } from '../../core/asking/people.ts'
import { isReturned } from '../../core/journal/services.ts'
import { latest, leavesNothing } from '../../core/journal/state.ts'
import { isSnapshotEffect, RATE_REFUSED, thingsOf } from '../../core/model/effects.ts'
import type { Entry, EntryOf } from '../../core/model/entries.ts'
import type { Migration } from '../../core/model/migration.ts'
import { claimsOf, nameOf, rowsOf } from '../../core/model/moves.ts'
import type { Leftover } from '../../core/model/plan.ts'
import { keptUntilMs } from '../../core/model/rules.ts'
import { ofResource, subjectName } from '../../core/model/subjects.ts'
import { bold, code, counted, day, inLines, listed, mention, timeBeside, timeOfDay } from '../../core/model/text.ts'
import { awayText } from '../../core/telling/away-words.ts'
import { saysMoving } from '../../core/telling/stalls/told.ts'
import { dailyMessage } from '../rehearsing/daily.ts'
import { rehearsalMessage } from '../rehearsing/thread.ts'
import { alertMessage } from './alerts.ts'
import {
  button,
  buttons,
  closed,
  duration,
  type Keyed,
  linesMessage,
  type Message,
  message,
  sections,
  textMessage,
  toAll,
} from './blocks.ts'
import { abortButton } from './decisions.ts'
import { failureMessage } from './failures.ts'
import { detailMessages, gateMessage, withdrawnText } from './gates.ts'
import { handsMessage, handsPages } from './hands.ts'
import { openingsIn } from './openings.ts'
import { outageLength } from './outage-clock.ts'
import { planMessage } from './plan.ts'
import { suspicionMessage } from './suspicions.ts'

function unreachableText(entry: EntryOf<'unreachable'>): string {
  return `${awayText(entry)} Nothing is lost, and what AWS was asked for goes on there. zonehop looks again every few seconds, and says here when it can; the outage clock goes on.`
}

/** It rests on its own entry alone: a later trouble has messages of its own. */
function reachableText(m: Migration, { service, atMs }: EntryOf<'reachable'>): string {
  const since =
    m.away?.service === service && m.away.untilMs === atMs ? ` after ${duration(atMs - m.away.sinceMs)}` : ''
  return `${service} is back${since}: everything goes on from what it shows.`
}

/** What a message is rendered from beside the fold: the whole journal, and who may pass gates, by id. */
type Around = { readonly entries: readonly Entry[]; readonly approvers: readonly string[] }

/**
 * Every message that the thread should hold by now, oldest first; keyed by the rev of its entry (`entry-7`). `approvers`: who may pass
 * gates, users and user groups by id.
 */
export function threadMessages(m: Migration, entries: readonly Entry[], approvers: readonly string[]): Keyed[] {
  const around = { entries, approvers }
  const opened = openingsIn(m, entries)
  return entries.flatMap((entry): Keyed[] => {
    const key = `entry-${entry.rev}`
    const message = messageOf(m, entry, around)
    const open = opened.get(entry.rev)
    const over = outageOver(m, entry, entries)
    return [
      ...paged(key, message ? pagesBefore(m, entry) : []),
      ...(message ? [{ key, message }] : []),
      ...paged(key, message ? pagesBelow(m, entry, entries) : []),
      ...(open ? [{ key: `${key}-open`, message: open }] : []),
      ...(over ? [{ key: `${key}-over`, message: over }] : []),
    ]
  })
}

function paged(key: string, all: readonly Message[]): Keyed[] {
  return all.map((message, index) => ({ key: `${key}-${index + 1}`, message }))
}

/** The messages before that of an entry, where one has no room for all that people are to do. */
function pagesBefore(m: Migration, entry: Entry): Message[] {
  return entry.kind === 'intended' && !m.misfits.has(entry.nonce) ? handsPages(m, entry) : []
}

/** The messages below a gate, with all that its approval covers. */
function pagesBelow(m: Migration, entry: Entry, entries: readonly Entry[]): Message[] {
  return entry.kind === 'asked' && !m.misfits.has(entry.nonce) ? detailMessages(m, entry, entries) : []
}

/** Undefined where what runs beside services says what every migration says. */
function ownMessage(m: Migration, entry: Entry): Message | null | undefined {
  switch (m.purpose) {
    case 'move':
      return undefined
    case 'rehearsal':
      return rehearsalMessage(m, entry)
    case 'seeds':
      return dailyMessage(m, entry)
  }
}

function messageOf(m: Migration, entry: Entry, around: Around): Message | null {
  const misfit = misfitMessage(m, entry, around)
  if (misfit) return misfit
  const own = ownMessage(m, entry)
  if (own !== undefined) return own
  switch (entry.kind) {
    case 'planned':
    case 'replanned':
      return planMessage(m, entry, around)
    case 'asked':
      return gateMessage(m, entry, around)
    case 'intended':
      return handsMessage(m, entry)
    case 'warned':
      return saysMoving(entry.about) ? null : alertMessage(m, entry, around)
    case 'failed':
      // It is asked for again by itself, and said once for all copies (alerts.ts).
      return entry.code === RATE_REFUSED ? null : failureMessage(m, entry, around.entries)
    case 'suspected':
      return suspicionMessage(m, entry, around)
    default:
      return milestone(m, entry, around)
  }
}

function milestone(m: Migration, entry: Entry, { entries }: Around): Message | null {
  switch (entry.kind) {
    case 'began':
      return textMessage(beganText(m, entry))
    case 'freezing':
      return freezingMessage(m, entry, entries)
    case 'gone':
      return textMessage(goneText(m, entry))
    case 'deferred':
      return textMessage(
        `${entry.service} is deferred by ${mention(entry.by)}, because ${entry.reason}. It is finished after go-live.`,
      )
    case 'exceeded':
      return textMessage(
        `The outage may be longer than its budget, says ${mention(entry.by)}, because ${entry.reason}.`,
      )
    case 'withdrew': {
      const text = withdrawnText(entry, entries)
      return text === null ? null : textMessage(text)
    }
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
    default:
      return ending(m, entry, entries)
  }
}

/** The messages of the point of no return, of an abort, of both ends, and of a cleanup. */
function ending(m: Migration, entry: Entry, entries: readonly Entry[]): Message | null {
  switch (entry.kind) {
    case 'wentLive':
      return toAll(textMessage(liveText(m, entry)))
    case 'aborting':
      return toAll(textMessage(abortingText(m, entry)))
    case 'aborted':
      return toAll(
        textMessage(
          `Back where it was at ${timeOfDay(entry.atMs)} UTC: every service serves in ${m.plan.sourceZone}. ${leftText(m, entry)}`,
        ),
      )
    case 'done':
      return toAll(textMessage(doneText(m, entry)))
    case 'seen':
      return clearedMessage(m, entry)
    case 'cleaning':
      return textMessage(`${mention(entry.by)} asks for a cleanup. ${leavesNothing(m) ? CLEANS_MADE : CLEANS_LEFT}`)
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

/** It holds whenever it is read: nothing but tags and snapshots comes before their stop is asked for. */
function beganText({ approvals, by }: Migration, { atMs }: EntryOf<'began'>): string {
  const given = approvals.findLast((one) => one.gate === 'start' && one.atMs <= atMs)
  return `Started by ${mention(by)}${given ? `, approved by ${mention(given.by)}` : ''}. No service stops before that is asked for.`
}

/** The first one begins the outage, which the whole channel hears of; a later one stops more of the same. */
function freezingMessage(m: Migration, { rev, services }: EntryOf<'freezing'>, entries: readonly Entry[]): Message {
  const names = listed(services, NAMED_MAX)
  const isFirst = !entries.some((entry) => entry.kind === 'freezing' && entry.rev < rev)
  if (!isFirst || !m.outage) return textMessage(`Writes are stopped too in: ${names}.`)
  // Of a migration that was rebuilt from tags an earlier freeze may have left no trace.
  const since = `${timeOfDay(m.outage.fromMs)} UTC${m.isRebuilt ? ' or earlier' : ''}`
  return toAll(textMessage(`The outage began at ${since}: writes are being stopped in ${names}. Its end is said here.`))
}

/** The end of the outage with its length, beside the entry that ended it; null beside any other. */
function outageOver(m: Migration, { rev, atMs }: Entry, entries: readonly Entry[]): Message | null {
  const { outage, plan } = m
  if (!outage || outage.untilMs !== atMs) return null
  const ended = entries.find((entry) => entry.atMs === atMs && ENDS_OUTAGE.includes(entry.kind))
  if (ended?.rev !== rev) return null
  const { fromMs, untilMs, gateWaitMs } = outage
  const waited = gateWaitMs >= 1_000 ? `, ${duration(gateWaitMs)} of it waiting for people` : ''
  const where = m.wentLiveAtMs === null ? `serves again in ${plan.sourceZone}` : `is open in ${plan.targetZone}`
  return toAll(
    textMessage(
      `The outage is over after ${outageLength(m, untilMs)} (${timeBeside(fromMs, untilMs)} to ${timeOfDay(untilMs)} UTC${waited}): every required service ${where}.`,
    ),
  )
}

/** The kinds of entries that may end an outage (core/journal/outage.ts). */
const ENDS_OUTAGE: readonly Entry['kind'][] = ['deferred', 'returned', 'aborted', 'done', 'seen', 'confirmed']

function liveText({ approvals, plan: { targetZone } }: Migration, { atMs }: EntryOf<'wentLive'>): string {
  const given = approvals.findLast((one) => one.gate === 'goLive' && one.atMs <= atMs)
  const by = given ? `, approved by ${mention(given.by)}` : ''
  return `Went live at ${timeOfDay(atMs)} UTC${by}: ${targetZone} takes writes from here on. Abort is no longer possible.`
}

function doneText(m: Migration, entry: Entry): string {
  const { plan, outage } = m
  const mine = rowsOf(plan.moves.filter(({ service }) => !isReturned(m, service)))
  const all = rowsOf(plan.moves)
  const length = outage?.untilMs
    ? ` Outage ${outageLength(m, outage.untilMs)} (${timeBeside(outage.fromMs, entry.atMs)} to ${timeBeside(outage.untilMs, entry.atMs)}).`
    : ''
  return `Done: ${mine.length} of ${counted(all.length, 'volume')} in ${plan.targetZone}.${length} No source volume was deleted by then. ${keptText(m, entry)}`
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
  return `Nobody has answered for ${rules.askHours} h, so it is put away: nothing more is issued, and nothing was stopped. ${code(`/migrate resume ${id}`)} asks anew.`
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
  const resume = button('resume-halted', 'They are stopped: go on', { id: m.id }, { style: 'danger' })
  const text = `${mention(m.by)} ${title}`
  return toAll(message(text, [...sections([bold(text)]), buttons(resume, ...abortable(m))]))
}

/** An entry that does not fit in its place: it was not applied, and an approver passes it. Null for one that fits. */
function misfitMessage(m: Migration, { nonce, kind }: Entry, { approvers }: Around): Message | null {
  const { halted } = m
  const why = m.misfits.get(nonce)
  if (why === undefined) return null
  const title = `Halted: nothing more is issued, for ${why}.`
  if (!halted?.entries.includes(nonce)) {
    return closed(title, sections([bold(title)]), 'What it says was not taken, and it is passed.')
  }
  const text = `${mentionsOf(approvers) || 'Approvers:'} ${title}`
  const lines = [bold(text), 'What it says was not taken. An approver passes it, and everything goes on as before it.']
  const skip = button('skip-entry', `Pass this ${kind}`, { id: m.id, entry: nonce }, { style: 'danger' })
  return toAll(message(text, [...sections(lines), buttons(skip, ...abortable(m))]))
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

/** Announces leftovers that this entry saw gone; null where there is nothing of that. */
function clearedMessage(m: Migration, entry: EntryOf<'seen'>): Message | null {
  const lines = clearedLines(m, entry)
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
