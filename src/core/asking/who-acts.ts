// Who must act now, and on what: the second line of the status message, and of an answer to who asks.

import { isLatest, isMove, isOver, unsettled } from '../journal/state.ts'
import { callOf, type Effect } from '../model/effects.ts'
import type { Migration } from '../model/migration.ts'
import { listed, mention } from '../model/text.ts'
import { nameIn } from '../steps/waits.ts'
import { mentionsOf, peopleFor } from './people.ts'
import { isMoot } from './permits.ts'

/** Names that one sentence has room for on a phone. */
const NAMED_MAX = 4

/** Who must act, and on what; that nobody must is said too. `approvers`: who may pass gates, by id. */
export function whoActs(m: Migration, approvers: readonly string[]): string {
  const all = mentionsOf(approvers) || 'Approvers'
  if (m.halted)
    return `${m.halted.entries.length > 0 ? all : mention(m.by)}: it is halted, and the thread asks how to go on.`
  if (isOver(m)) return 'Nobody has to act.'
  if (m.asking) return `${peopleFor(m, m.asking.gate, approvers)} to answer, below.`
  if (unsettled(m).length > 0) return `${all} to say in the thread whether it is so what tags say.`
  if (m.paused) return 'It is paused: /migrate resume goes on.'
  if (m.phase === 'planned')
    return isMove(m) && m.plan.uncovered.length > 0
      ? `${all} to say what happens to what nothing covers.`
      : 'Nobody has to act now.'
  if (m.keptBackMs !== null) return `${all} to say in the thread whether the outage may be longer than its budget.`
  const hands = handsNames(m)
  if (hands.length > 0) return `${mention(m.by)} to do by hand what the thread says: ${listed(hands, NAMED_MAX)}.`
  // What fails in a rehearsal is a finding, but for what cannot be taken away.
  const failed = failedNames(m)
  return failed.length > 0
    ? `${mention(m.by)} to look at what failed: ${listed(failed, NAMED_MAX)}.`
    : 'Nobody has to act now.'
}

/** Services for which people are asked to do something by hand. */
function handsNames(m: Migration): string[] {
  const asked = m.effects.values().filter((state) => state.status === 'intended' && callOf(state.effect) === null)
  return [
    ...new Set(
      asked.filter((state) => !isMoot(m, [state])).flatMap(({ effect }) => ('service' in effect ? effect.service : [])),
    ),
  ]
}

/** Whether the failure of this effect is something that a rehearsal has found out, and waits for nobody. */
export function isFinding(m: Migration, { direction }: Effect): boolean {
  return !isMove(m) && direction === 'forward'
}

/** What has failed and nobody has tried again: the step, and what it is about. */
function failedNames(m: Migration): string[] {
  const failed = m.effects
    .values()
    .filter((state) => state.failure !== null && isLatest(m, state) && !isFinding(m, state.effect))
  return failed.map(({ effect }) => `${effect.step} of ${nameIn(m, effect)}`)
}
