// The world changes under a plan: volumes appear in the source zone, and volumes go. Before the point of no return the
// plan is drawn again for the first, and people are told of the second. After it, nothing of the source zone is the
// migration's any more.

import type { EntryBody } from '../model/entries.ts'
import type { Facts, Inventory, SeenVolume, Survey } from '../model/facts.ts'
import { VISIBILITY_WINDOW_MS } from '../model/limits.ts'
import { BEFORE_LIVE, type Migration } from '../model/migration.ts'
import { claimsOf, knownVolume } from '../model/moves.ts'
import type { Plan } from '../model/plan.ts'
import { redraw } from './draft.ts'
import { type Journalled, journalledSets, nameItself } from './memory-tags.ts'
import { REFUSED } from './preflight/permissions.ts'
import { isOfUnjournalled } from './preflight/unjournalled.ts'
import { isMovable } from './route.ts'

/** The entry `replanned` if volumes appeared, else `gone` if volumes went; null if there is nothing to record. */
export function replan(m: Migration, facts: Facts): EntryBody | null {
  if (!BEFORE_LIVE.includes(m.phase)) return null
  const strays = appeared(m, facts)
  if (strays.length > 0) {
    const fresh = new Set(strays.map(({ id }) => id))
    const found = [...m.found.filter(({ id }) => !fresh.has(id)), ...strays]
    const { choices } = m
    return { kind: 'replanned', plan: redraw(m, { choices, found }), choices, found, by: null }
  }
  const volumes = vanished(m, facts)
  return volumes.length > 0 ? { kind: 'gone', volumes } : null
}

/**
 * The entry for a plan that waits for its start and is looked at anew; null where nothing that keeps it from starting has come or
 * gone, nor all copies of a migration without a journal, unless it was drawn from what EC2 showed earlier. What was found since the older inventory is in this one.
 */
export function resurveyed(
  m: Migration,
  seen: Inventory,
  journalled: Journalled,
): Extract<EntryBody, { kind: 'replanned' }> | null {
  // Tags with its own id are a suspicion, which holds the start; a plan that is drawn from them would believe them.
  if (m.phase !== 'planned' || nameItself(m.id, seen.volumes)) return null
  const { choices } = m
  const inventory = { ...seen, survey: surveyAfter(m.inventory.survey, seen.survey) }
  const plan = redraw({ ...m, inventory, ...journalledSets(journalled) }, { choices, found: [] })
  return !m.inventory.asOf && hindrancesIn(plan) === hindrancesIn(m.plan)
    ? null
    : { kind: 'replanned', plan, choices, found: [], by: null, inventory, ...journalled }
}

/** What was answered once counts until another answer comes: that a question fails now is no reason to take a red line away. */
export function surveyAfter(before: Survey, now: Survey): Survey {
  const kept = Object.entries(before).filter(([name, was]) => 'answer' in was && !isAnswered(now, name))
  const dryRuns = dryRunsAfter(before.dryRuns, now.dryRuns)
  return { ...now, ...Object.fromEntries(kept), dryRuns }
}

function isAnswered(survey: Survey, name: string): boolean {
  const answer: object | undefined = survey[name as keyof Survey]
  return answer !== undefined && 'answer' in answer
}

/** Of each call EC2's last word on permissions; its other codes are none. */
function dryRunsAfter(before: Survey['dryRuns'], now: Survey['dryRuns']): Survey['dryRuns'] {
  if (!('answer' in before)) return now
  if (!('answer' in now)) return before
  const words = Object.entries(now.answer).map(([action, code]) => {
    const isWord = code === null || code === REFUSED || !(action in before.answer)
    return [action, isWord ? code : (before.answer[action] ?? null)]
  })
  return { answer: { ...before.answer, ...Object.fromEntries(words) } }
}

/**
 * What keeps a plan from starting, as one text to compare, and whose copies people are told to look at: they have looked, and read that it is
 * so. What else has changed is no reason to ask anybody again.
 */
function hindrancesIn({ uncovered, checks }: Plan): string {
  const told = checks.filter((check) => check.result === 'red' || isOfUnjournalled(check))
  return JSON.stringify([uncovered.map(({ volume, remembers }) => [volume, remembers]), told.map(({ name }) => name)])
}

/**
 * Volumes that were not known when the plan was drawn, or that nobody could move then, such as one attached to nothing, and can now.
 */
function appeared(m: Migration, facts: Facts): SeenVolume[] {
  return [...facts.volumes.values()].filter((volume) => {
    const { id, zone } = volume
    // What this migration makes is in the other zone, so no tag explains a volume here.
    if (zone !== m.plan.sourceZone) return false
    const before = knownVolume(m, id)
    return !before || (!isMovable(before) && isMovable(volume))
  })
}

/**
 * Ids of sources and copies of replicas that EC2 does not show any more, though they are older than the visibility
 * window.
 */
function vanished(m: Migration, facts: Facts): string[] {
  return claimsOf(m.plan.moves)
    .filter((id) => !facts.volumes.has(id) && !m.gone.has(id))
    .filter((id) => facts.beganAtMs - (knownVolume(m, id)?.createdAtMs ?? facts.beganAtMs) > VISIBILITY_WINDOW_MS)
}
