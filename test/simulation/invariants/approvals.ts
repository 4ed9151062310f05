// Whether what is written or called had its approval, asked of every entry ever written: of the journal as it was at the time,
// whatever of it was lost later. Reads entries alone, so that it cannot share a mistake with the fold.

import { isMove } from '../../../src/core/journal/state.ts'
import { type Effect, effectId } from '../../../src/core/model/effects.ts'
import type { Entry, EntryOf } from '../../../src/core/model/entries.ts'
import type { Gate, Migration } from '../../../src/core/model/migration.ts'
import { startsAgreedTo } from './cleared.ts'

/** All entries of a migration, in the order in which they were written, also those that were lost. */
export type Ever = {
  readonly entries: readonly Entry[]
  /** Services of it that were ever called to open. */
  readonly opened: ReadonlySet<string>
}

/** `rivals`: what copies of the stack wrote into Redis of their own. */
export function mayBeWritten(
  before: Migration | null,
  entry: Entry,
  { ever, rivals }: { readonly ever: Ever; readonly rivals: readonly Entry[] },
): string[] {
  switch (entry.kind) {
    case 'began':
      return before && !isMove(before) ? [] : approved(before, 'start', ever)
    case 'asked':
      return withinBudget(before, entry)
    case 'freezing':
      return isRecovered(ever, (one) => one.kind === 'freezing' && one.freeze === entry.freeze) ||
        isRivals(before, entry, rivals)
        ? []
        : approved(before, 'freeze', ever)
    case 'wentLive':
      return isRecovered(ever, ({ kind }) => kind === 'wentLive') ? [] : approved(before, 'goLive', ever)
    case 'clearing':
      return [...approved(before, 'cleanup', ever), ...shown(entry.resources, ever)]
    case 'issued':
      return fenced(before, entry.effect)
    case 'aborting':
      return wasWritten(ever, 'wentLive', before) ? ['an abort after the point of no return'] : []
    default:
      return []
  }
}

/** What others have begun ends by itself, and is told beside a question that stands; of the rest nobody is asked past their budget. */
function withinBudget(before: Migration | null, { gate, forecast }: EntryOf<'asked'>): string[] {
  const { budgetMinutes: minutes } = before?.rules ?? { budgetMinutes: null }
  if (gate !== 'freeze' || before?.phase !== 'seeding' || before.isExceeded || !forecast || minutes === null) return []
  const isOver = forecast.behind === undefined && (forecast.mostMs ?? forecast.leastMs) > minutes * 60_000
  return isOver ? [`an outage was asked for past its budget of ${minutes} min`] : []
}

/** Nothing is issued for a migration that is paused or over, and on the way back only what leads there. */
function fenced(before: Migration | null, effect: string): string[] {
  if (before?.cleanup && /\.(delete|detachSource)\./.test(effect)) {
    const { approved, kept, endedAtMs } = before.cleanup
    const resource = effect.split('.')[0] ?? ''
    const isAgreed = endedAtMs === null && approved?.includes(resource) && !kept.has(resource)
    return isAgreed ? [] : [`${effect} was issued though nobody agreed to it, or it was kept`]
  }
  // Behind the end a cleanup protects the copies that live.
  if (before?.phase === 'done' && before.cleanup?.approved === null && /\.firstSnapshot\./.test(effect)) return []
  if (!before || before.paused || before.phase === 'halted' || before.endedAtMs !== null)
    return [`${effect} was issued by a migration that stands still`]
  if (!isMove(before)) {
    const isAllowed = before.phase === 'seeding' || (before.phase === 'aborting' && /\.(detach|delete)\./.test(effect))
    return isAllowed ? [] : [`${effect} was issued though the rehearsal is ${before.phase}`]
  }
  const isBack = /\.(unfreeze|fence|reunite)\.|\/(home|source)\.|^(aborted|returned)/.test(effect)
  const isReturning = before.phase === 'live' && before.returns.length > 0
  return (before.phase === 'aborting') === isBack || (isBack && isReturning)
    ? []
    : [`${effect} was issued though the migration is ${before.phase}`]
}

/** A freeze of a rival, approved where it runs, is ours once an approver has said that it is so. */
function isRivals(before: Migration | null, { freeze }: EntryOf<'freezing'>, rivals: readonly Entry[]): boolean {
  const isSaid = before?.suspicions.get('frozen')?.isSo === true
  return isSaid && rivals.some((one) => one.kind === 'freezing' && one.freeze === freeze)
}

/** An entry that was lost is written again once the world tells of it. */
function isRecovered({ entries }: Ever, is: (entry: Entry) => boolean): boolean {
  return entries.some(is)
}

function wasWritten({ entries }: Ever, kind: Entry['kind'], before: Migration | null): boolean {
  return entries.some((entry) => entry.kind === kind && entry.rev <= (before?.rev ?? 0) && before?.phase === 'live')
}

/** Asked, and approved on what was asked last, by someone else, and not taken back since. */
function approved(before: Migration | null, gate: Gate, { entries }: Ever): string[] {
  if (!before) return [`${gate} was passed by no migration`]
  const standing = newestOf(entries, before.rev)
  const at = standing.findLastIndex((entry) => isQuestion(entry) || endsQuestion(entry))
  const asked = standing[at]
  if (asked?.kind !== 'asked' || asked.gate !== gate) return [`${gate} was passed though it was not asked`]
  const asker = gate === 'cleanup' ? standing.findLast(({ kind }) => kind === 'cleaning') : before
  const by = asker && 'by' in asker ? asker.by : null
  const approvals = standing.slice(at).filter((entry) => entry.kind === 'approved' && entry.asked === asked.nonce)
  const approval = approvals.find((entry) => 'by' in entry && entry.by !== by)
  if (!approval) return [`${gate} was passed without an approval of what was asked last`]
  const oldMs = (standing.at(-1)?.atMs ?? 0) - approval.atMs
  return oldMs > STANDS_MAX_MS[gate] ? [`${gate} was passed on an approval ${Math.round(oldMs / 60_000)} min old`] : []
}

/** For how long an approval may stand; a clock that steps takes a little more. */
const STANDS_MAX_MS = {
  start: Number.POSITIVE_INFINITY,
  freeze: 11 * 60_000,
  goLive: 31 * 60_000,
  cleanup: Number.POSITIVE_INFINITY,
} as const

/** What goes was named to who agreed to it. */
function shown(resources: readonly string[], { entries }: Ever): string[] {
  const asked = entries.findLast((entry): entry is EntryOf<'asked'> => entry.kind === 'asked')
  const isNamed = (id: string): boolean =>
    asked?.evidence.some((line) => line.startsWith('Deletes ') && line.includes(`(${id}):`)) ?? false
  return resources.filter((id) => !isNamed(id)).map((id) => `${id} goes, and nobody was shown that it would`)
}

/** The entries that stand: of each rev the one written last, up to this rev. */
function newestOf(entries: readonly Entry[], rev: number): Entry[] {
  const standing: Entry[] = []
  for (const entry of entries) standing[entry.rev - 1] = entry
  return standing.slice(0, rev)
}

function isQuestion({ kind }: Entry): boolean {
  return kind === 'asked'
}

function endsQuestion({ kind }: Entry): boolean {
  return [
    'withdrew',
    'declined',
    'began',
    'freezing',
    'wentLive',
    'aborting',
    'paused',
    'halted',
    'clearing',
    'cleaned',
  ].includes(kind)
}

/** Whether the entries ever written allow this call. A point of no return that is lost and left no trace was none. */
export function mayBeCalled(action: string, effect: Effect, { entries, opened }: Ever): string[] {
  const has = (kind: Entry['kind']): boolean => entries.some((entry) => entry.kind === kind)
  const isReturned = (service: string): boolean =>
    entries.some((entry) => entry.kind === 'returned' && entry.service === service)
  const isGoingBack = has('aborting') || has('returned')
  const isDeleting = ['DeleteVolume', 'DeleteSnapshot', 'TerminateInstances'].includes(action)
  if (isDeleting && effect.step !== 'delete') return [`${action} was called, which no approval allows`]
  switch (effect.step) {
    case 'delete':
    case 'detachSource': {
      const resource = effect.step === 'delete' ? effect.resource : effect.volumeId
      const isAgreed = entries.some((entry) => entry.kind === 'clearing' && entry.resources.includes(resource))
      const isNamed = startsAgreedTo(entries).includes(resource)
      return isAgreed || isNamed ? [] : [`${effect.step} of ${resource} without an approved cleanup or start`]
    }
    case 'detach':
    case 'demote':
    case 'down':
    case 'promote': {
      if (effect.direction === 'back') return isGoingBack ? [] : [`${effectId(effect)} without an abort or a return`]
      return has('freezing') ? [] : [`${effectId(effect)} without an approved freeze`]
    }
    case 'fence':
    case 'reunite':
      return isGoingBack ? [] : [`${effectId(effect)} without an abort or a return`]
    case 'freeze': {
      const isFreezing = (entry: Entry): entry is EntryOf<'freezing'> =>
        entry.kind === 'freezing' && entry.services.includes(effect.service)
      return entries.some(isFreezing) ? [] : [`${effect.service} was frozen without an approved freeze`]
    }
    case 'unfreeze':
      if (!isGoingBack && !isReturned(effect.service)) return [`${effect.service} was unfrozen without an abort`]
      return has('wentLive') && (isReturned(effect.service) ? opened.has(effect.service) : opened.size > 0)
        ? [`${effect.service} was unfrozen after the point of no return`]
        : []
    case 'open':
    case 'hook':
      return has('wentLive') ? [] : [`${effect.step} of ${effect.service} before the point of no return`]
    default:
      return []
  }
}
