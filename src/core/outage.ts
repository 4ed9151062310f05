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
  if (!outage) return kind === 'freezing' ? { fromMs: atMs, untilMs: null, gateWaitMs: 0 } : null
  if (outage.untilMs !== null) return outage
  const gateWaitMs = outage.gateWaitMs + waitedMs(before, after, entry)
  return { ...outage, gateWaitMs, untilMs: serves(after, kind) ? atMs : null }
}

/** From a question to the entry that ends it, or from a person's work being put to them to their word that it is done. */
function waitedMs(before: Migration, after: Migration, entry: Entry): number {
  if (before.asking) return after.asking === before.asking ? 0 : entry.atMs - before.asking.atMs
  if (entry.kind !== 'confirmed') return 0
  const since = entry.effects.map((id) => before.effects.get(id)?.intendedAtMs ?? entry.atMs)
  return entry.atMs - Math.min(...since)
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

/** Whether its writes may have been stopped: the call was made, or a person was told to. */
export function wasFrozen(m: Migration, service: string): boolean {
  return partsOf(m, service, 'freeze').some(
    ({ effect, attempts, status }) => attempts > 0 || status === 'achieved' || callOf(effect) === null,
  )
}
