// The outage: from the entry `freezing` to the last required service's `open`, or after an abort until all of them
// serve again where they were. The part of it that people took to answer is counted apart.
import { isServiceEffect } from '../model/effects.ts'
import type { Entry, EntryOf } from '../model/entries.ts'
import type { Migration, Outage } from '../model/migration.ts'
import type { Service } from '../model/plan.ts'
import { freezeAtMs } from '../model/tags.ts'
import { isDeferred, isOpen, isThawed, partsOf } from './services.ts'
import { isMove, wasAsked, wasEverInDoubt } from './state.ts'

/**
 * Whether this entry may begin the outage, end it, or end a time of waiting in it. Most entries are about volumes and
 * do none of that.
 */
export function concernsOutage({ outage, asking }: Migration, { kind }: Entry): boolean {
  if (outage === null) return kind === 'freezing'
  if (outage.untilMs !== null) return kind === 'freezing'
  return asking !== null || ['deferred', 'returned', 'aborted', 'done', 'seen', 'confirmed'].includes(kind)
}

/** The outage after this entry, given the migration before and after it; null before it begins. */
export function outageAfter(before: Migration, after: Migration, entry: Entry): Outage | null {
  const { outage } = before
  const { atMs, kind } = entry
  if (!outage) {
    if (entry.kind !== 'freezing') return null
    return { fromMs: beganAtMs(before, entry), untilMs: null, gateWaitMs: 0, countedUntilMs: atMs }
  }
  // A freeze that is found on the way back has stopped again what served.
  if (outage.untilMs !== null) return kind === 'freezing' && !serves(after) ? { ...outage, untilMs: null } : outage
  const sinceMs = waitedSinceMs(before, after, entry)
  const isOver = mayServe(after, entry) && serves(after)
  if (sinceMs === null && !isOver) return outage
  return { ...outage, ...waited(outage, sinceMs, atMs), untilMs: isOver ? atMs : null }
}

/**
 * When services may have stopped: a freeze that was found again, which only doubt does, began long before its entry here. Any other begins
 * with its entry, however long its writer was held up since it decided on it.
 */
function beganAtMs({ doubt }: Migration, { atMs, freeze }: EntryOf<'freezing'>): number {
  const saidMs = (doubt?.isOpen ? freezeAtMs(freeze) : null) ?? atMs
  return saidMs < atMs - FOUND_AGAIN_MS ? saidMs : atMs
}

/** A freeze whose id is older than its entry by more than this was found again. */
const FOUND_AGAIN_MS = 60_000

function waited(outage: Outage, sinceMs: number | null, atMs: number): Partial<Outage> {
  if (sinceMs === null) return {}
  const { gateWaitMs, countedUntilMs } = outage
  return { gateWaitMs: gateWaitMs + Math.max(0, atMs - Math.max(sinceMs, countedUntilMs)), countedUntilMs: atMs }
}

/**
 * When the wait began that this entry ends, a question or the work of a person, in ms since 1970; null if it ends none.
 */
function waitedSinceMs(before: Migration, after: Migration, entry: Entry): number | null {
  if (before.asking) return after.asking === before.asking ? null : before.asking.atMs
  if (entry.kind !== 'confirmed') return null
  const asked = entry.effects.flatMap((id) => before.effects.get(id) ?? [])
  const times = asked.filter(({ intended }) => intended === entry.intended).map(({ intendedAtMs }) => intendedAtMs)
  return times.length > 0 ? Math.min(...times) : null
}

/** Whether this entry may end the outage. Only what ends a service's work can, and most entries are about volumes. */
function mayServe(after: Migration, entry: Entry): boolean {
  switch (entry.kind) {
    case 'deferred':
    case 'returned':
    case 'aborted':
    case 'done':
      return true
    case 'seen':
      return entry.achieved.some((id) => isOfService(after, id))
    case 'confirmed':
      return entry.effects.some((id) => isOfService(after, id))
    default:
      return false
  }
}

function isOfService({ effects }: Migration, id: string): boolean {
  const effect = effects.get(id)?.effect
  return effect !== undefined && isServiceEffect(effect)
}

function serves(m: Migration): boolean {
  const required = m.plan.services.filter((service) => !isDeferred(m, service))
  if (m.phase === 'live' || m.phase === 'done') return required.every(({ name }) => isOpen(m, name))
  return (m.phase === 'aborting' || m.phase === 'aborted') && required.every((service) => isBack(m, service))
}

/** Whether the service serves in the source zone again, or never stopped. */
function isBack(m: Migration, { name }: Service): boolean {
  return !wasFrozen(m, name) || isThawed(m, name)
}

/**
 * Whether a service's writes may have been stopped: the call was made, or a person was asked to. If the journal was
 * ever in doubt, that may be in the lost entries, and the freeze's tag may be off again. Starting what never stopped
 * harms nobody.
 */
export function wasFrozen(m: Migration, service: string): boolean {
  if (mayHaveFrozen(m)) return true
  return partsOf(m, service, 'freeze').some(({ effect }) => wasAsked(m, effect.subject, 'freeze'))
}

/**
 * Whether nobody can say that nothing was stopped, though no outage is known of: entries may be lost, and somebody, or an abort that had
 * gone on, may have taken off the tags that would tell.
 */
export function mayHideOutage(m: Migration): boolean {
  return m.outage === null && mayHaveFrozen(m)
}

/** Whether the lost entries may be of a freeze; a rehearsal has none. */
function mayHaveFrozen(m: Migration): boolean {
  return isMove(m) && wasEverInDoubt(m)
}
