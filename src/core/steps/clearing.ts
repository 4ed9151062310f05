// Leftovers: copies of an aborted migration that stand where copies of this one go. Each is detached and deleted before the outage
// begins, as the start gate has said by name; what somebody has taken up since is theirs.

import { isAchieved, latest } from '../journal/state.ts'
import type { DeleteEffect, DetachEffect, Effect } from '../model/effects.ts'
import type { Facts, SeenVolume } from '../model/facts.ts'
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

/** Whether no leftover of the plan stands any more where a copy goes. */
export function areCleared(m: Migration, facts: Facts): boolean {
  const { effects, waits } = clearings(m, facts)
  return waits.length === 0 && effects.every((effect) => isAchieved(m, effect))
}

function clearing(m: Migration, leftover: Leftover, facts: Facts): Steps {
  const { volume, name, instance, device } = leftover
  const base = { subject: ofResource(volume), generation: 1, direction: 'forward' } as const
  const remove: DeleteEffect = currentGeneration(m, { ...base, step: 'delete', resource: volume })
  const seen = facts.volumes.get(volume)
  if (!seen) return steps([remove])
  const taken = takenUp(m, leftover, seen, facts)
  if (taken === null) {
    const detach: DetachEffect = currentGeneration(m, {
      ...base,
      step: 'detachSource',
      volumeId: volume,
      instance,
      device,
    })
    return steps(isAchieved(m, detach) ? [detach, remove] : [detach])
  }
  return isAt(leftover, seen)
    ? steps([], [{ on: 'leftover', name, place: `${device} of ${instance}`, volume, why: taken }])
    : NO_STEPS
}

/** What speaks against taking it away: somebody has plans for it. Null if nothing does. */
function takenUp(m: Migration, leftover: Leftover, seen: SeenVolume, facts: Facts): string | null {
  const { tags, attachments } = seen
  if (tags['zonehop:migration'] !== leftover.migration)
    return `it does not say zonehop:migration=${leftover.migration} any more`
  if ('zonehop:live' in tags) return 'it says zonehop:live'
  const other = attachments.find(({ instance, state }) => instance !== leftover.instance && state !== 'detached')
  if (other) return `it is attached to ${other.instance}`
  const offAtMs = latest(m, ofResource(leftover.volume), 'detachSource')?.achievedAtMs ?? null
  const isBack = offAtMs !== null && isAt(leftover, seen) && facts.beganAtMs >= offAtMs + SHOWN_AFTER_MS
  return isBack ? 'somebody attached it again' : null
}

function isAt({ instance }: Leftover, { attachments }: SeenVolume): boolean {
  return attachments.some((one) => one.instance === instance && one.state !== 'detached')
}

/** Why the effect on a leftover must not be called now, in words; null if it may be. */
export function recheckLeftover(m: Migration, leftover: Leftover, effect: Effect, facts: Facts): string | null {
  const seen = facts.volumes.get(leftover.volume)
  if (!seen) return `${leftover.volume} is not shown`
  const taken = takenUp(m, leftover, seen, facts)
  if (taken !== null) return `${leftover.volume} is kept: ${taken}`
  return effect.step === 'delete' && isAt(leftover, seen) ? `${leftover.volume} is attached` : null
}
