// The outage: from the first effect of `freeze` on a required service to the last required service's `open`, or after an abort
// until they serve again where they were. What of it people took to answer is counted apart.
import { callOf } from './effects.ts'
import type { Entry } from './entries.ts'
import type { Migration, Outage, Service } from './migration.ts'
import { isDeferred, isDone, isOpen, partsOf } from './services.ts'

/** The outage after this entry, given the migration before and after it. */
export function outageAfter(before: Migration, after: Migration, entry: Entry): Outage | null {
  const { outage } = before
  const { atMs, kind } = entry
  if (!outage) {
    return kind === 'freezing' ? { fromMs: atMs, untilMs: null, gateWaitMs: 0, countedUntilMs: atMs } : null
  }
  if (outage.untilMs !== null) return outage
  return {
    ...outage,
    ...waited(outage, waitedSinceMs(before, after, entry), atMs),
    untilMs: serves(after, kind) ? atMs : null,
  }
}

function waited(outage: Outage, sinceMs: number | null, atMs: number): Partial<Outage> {
  if (sinceMs === null) return {}
  const { gateWaitMs, countedUntilMs } = outage
  return { gateWaitMs: gateWaitMs + Math.max(0, atMs - Math.max(sinceMs, countedUntilMs)), countedUntilMs: atMs }
}

/** A question that this entry ends, or a person's work that it says is done: since when. */
function waitedSinceMs(before: Migration, after: Migration, entry: Entry): number | null {
  if (before.asking) return after.asking === before.asking ? null : before.asking.atMs
  if (entry.kind !== 'confirmed') return null
  return Math.min(...entry.effects.map((id) => before.effects.get(id)?.intendedAtMs ?? entry.atMs))
}

function serves(m: Migration, kind: Entry['kind']): boolean {
  if (!['seen', 'confirmed', 'deferred', 'aborted', 'done'].includes(kind)) return false
  const required = m.plan.services.filter((service) => !isDeferred(m, service))
  if (m.phase === 'live' || m.phase === 'done') return required.every(({ name }) => isOpen(m, name))
  return (m.phase === 'aborting' || m.phase === 'aborted') && required.every((service) => isBack(m, service))
}

/** Serves in the source zone again, or never stopped. */
function isBack(m: Migration, { name }: Service): boolean {
  return !wasFrozen(m, name) || isDone(m, name, 'unfreeze')
}

/**
 * Whether its writes may have been stopped: the call was made, or a person was told to. Where entries may be lost it may be
 * among them, and the freeze's tag be off again; starting what never stopped harms nobody.
 */
export function wasFrozen(m: Migration, service: string): boolean {
  if (m.doubtUntilMs > 0) return true
  return partsOf(m, service, 'freeze').some(
    ({ effect, attempts, status }) => attempts > 0 || status === 'achieved' || callOf(effect) === null,
  )
}
