// Whether what people are shown goes forward: the outage's clock, percents, and that there is always a next thing or a reason.

import { isOver, latest } from '../../../src/core/journal/state.ts'
import { effectId } from '../../../src/core/model/effects.ts'
import type { Entry } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { nameOf } from '../../../src/core/model/moves.ts'
import { once } from '../../../src/core/model/once.ts'
import type { Plan } from '../../../src/core/model/plan.ts'
import { ofMove } from '../../../src/core/model/subjects.ts'
import type { Progress } from '../../../src/core/telling/progress.ts'

export function outageGoesOn(before: Migration, after: Migration, { atMs }: Entry): string[] {
  const [was, is] = [before.outage, after.outage]
  if (!was) return []
  if (!is) return ['the outage is forgotten']
  const problems = []
  if (is.fromMs !== was.fromMs) problems.push('the outage begins at another time')
  if (was.untilMs !== null && is.untilMs !== was.untilMs) problems.push('the outage ends at another time')
  if (is.gateWaitMs < was.gateWaitMs) problems.push('people have waited less than before')
  if (is.gateWaitMs > (is.untilMs ?? atMs) - is.fromMs) problems.push('people have waited longer than the outage lasts')
  return problems
}

/** Never falls within a generation; a percent that EC2 does not tell says nothing. */
export function percentGoesOn(m: Migration, { lines }: Progress, percents: Map<string, number>): string[] {
  const moves = movesByName(m.plan)
  return lines.flatMap(({ name, percent }) => {
    if (percent === null) return []
    const move = moves.get(name)
    const state = move && (latest(m, ofMove(move.id), 'snapshot') ?? latest(m, ofMove(move.id), 'seed'))
    if (!state) return []
    const key = `${m.id} ${effectId(state.effect)} ${state.resource}`
    const before = percents.get(key) ?? 0
    percents.set(key, percent)
    return percent < before ? [`${name} fell from ${before}% to ${percent}%`] : []
  })
}

const movesByName = once((plan: Plan) => new Map(plan.moves.map((move) => [nameOf(move), move])))

/** Nothing to wait for twice in a row, with nothing new between: nobody would ever know why it stands still. */
export function acts(m: Migration, sample: Progress, before: Progress | null): string[] {
  if (isOver(m) || sample.waits.length > 0) return []
  const isStill = before !== null && before.waits.length === 0 && before.rev === sample.rev && m.rev === sample.rev
  return isStill ? [`${m.id} is ${m.phase} at ${m.rev}, does nothing and waits for nothing`] : []
}
