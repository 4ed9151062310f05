// Leftovers: what earlier migrations have where copies of this one go. Each is detached before the outage begins, and a copy of an
// aborted migration deleted, as the start gate has said by name; what somebody has taken up since is theirs.

import { isAchieved, latest } from '../journal/state.ts'
import type { DeleteEffect, DetachEffect, Effect } from '../model/effects.ts'
import { type Facts, isAttachedAt, type SeenVolume } from '../model/facts.ts'
import { SHOWN_AFTER_MS } from '../model/limits.ts'
import type { Migration } from '../model/migration.ts'
import type { Leftover } from '../model/plan.ts'
import { ofResource } from '../model/subjects.ts'
import { currentGeneration } from './generations.ts'
import { joinedSteps, NO_STEPS, type Steps, steps } from './snapshot-ladder.ts'

/** The steps that clear every leftover of the plan, and what they wait for. */
export function clearings(m: Migration, facts: Facts): Steps {
  return joinedSteps((m.plan.leftovers ?? []).map((leftover) => clearing(m, leftover, facts)))
}

/** Whether no leftover of the plan stands any more where a copy goes. One that is off its instance and cannot be deleted is in nobody's way. */
export function areCleared(m: Migration, facts: Facts): boolean {
  const { effects, waits } = clearings(m, facts)
  return waits.length === 0 && effects.every((effect) => isAchieved(m, effect) || hasFailed(m, effect))
}

function hasFailed(m: Migration, { subject, step }: Effect): boolean {
  return step === 'delete' && latest(m, subject, step)?.status === 'failed'
}

/** Whether a leftover is seen where this attachment goes. */
export function isInTheWay(m: Migration, { subject, direction }: Effect, { volumes }: Facts): boolean {
  const place = direction === 'forward' && 'move' in subject ? subject.move : null
  return (m.plan.leftovers ?? []).some((leftover) => {
    const seen = leftover.move === place ? volumes.get(leftover.volume) : undefined
    return seen !== undefined && isAttachedAt(seen, leftover)
  })
}

function clearing(m: Migration, leftover: Leftover, facts: Facts): Steps {
  const { what, volume, name, instance, device } = leftover
  const isKept = what === 'source'
  const base = { subject: ofResource(volume), generation: 1, direction: 'forward' } as const
  const remove: DeleteEffect = currentGeneration(m, { ...base, step: 'delete', resource: volume })
  const seen = facts.volumes.get(volume)
  if (!seen) return isKept ? NO_STEPS : steps([remove])
  const taken = takenUp(m, leftover, seen, facts)
  if (taken === null) {
    const detach: DetachEffect = currentGeneration(m, {
      ...base,
      step: 'detachSource',
      volumeId: volume,
      instance,
      device,
    })
    return steps(isAchieved(m, detach) && !isKept ? [detach, remove] : [detach])
  }
  return isAttachedAt(seen, leftover)
    ? steps([], [{ on: 'leftover', name, place: `${device} of ${instance}`, volume, why: taken }])
    : NO_STEPS
}

/** What speaks against taking it away: somebody has plans for it. Null if nothing does. */
function takenUp(m: Migration, leftover: Leftover, seen: SeenVolume, facts: Facts): string | null {
  const { tags, attachments } = seen
  // Behind a lost tail a freeze may be found again, and its start not: what that named nobody knows any more.
  if (!m.approvals.some(({ gate }) => gate === 'start')) return 'the start that names it is not in the journal'
  const key = leftover.what === 'copy' ? 'zonehop:migration' : 'zonehop:left'
  if (tags[key] !== leftover.migration) return `it does not say ${key}=${leftover.migration} any more`
  if (leftover.what === 'copy' && 'zonehop:live' in tags) return 'it says zonehop:live'
  const other = attachments.find(({ instance, state }) => instance !== leftover.instance && state !== 'detached')
  if (other) return `it is attached to ${other.instance}`
  const offAtMs = latest(m, ofResource(leftover.volume), 'detachSource')?.achievedAtMs ?? null
  const isBack = offAtMs !== null && isAttachedAt(seen, leftover) && facts.beganAtMs >= offAtMs + SHOWN_AFTER_MS
  return isBack ? 'somebody attached it again' : null
}

/** Why the effect on a leftover must not be called now, in words; null if it may be. */
export function recheckLeftover(m: Migration, leftover: Leftover, effect: Effect, facts: Facts): string | null {
  const seen = facts.volumes.get(leftover.volume)
  if (!seen) return `${leftover.volume} is not shown`
  const taken = takenUp(m, leftover, seen, facts)
  if (taken !== null) return `${leftover.volume} is kept: ${taken}`
  if (effect.step !== 'delete') return null
  if (leftover.what === 'source') return `${leftover.volume} is kept: nobody agreed that it goes`
  return isAttachedAt(seen, leftover) ? `${leftover.volume} is attached` : null
}
