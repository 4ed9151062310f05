// A freeze that was written on its sources and does not stand there any more: nothing that rests on it goes on, and people are told
// why nothing does.
import { areAchieved } from './anew.ts'
import type { Facts } from './facts.ts'
import { isFrozen } from './ladder.ts'
import { freezeMarks } from './marks.ts'
import type { Migration } from './migration.ts'
import { isGone } from './moves.ts'
import { freezeOf, movesOf } from './services.ts'

export function thawedWaits(m: Migration, facts: Facts): string[] {
  if (m.phase !== 'frozen' && m.phase !== 'moving') return []
  return m.plan.services.flatMap(({ name }) => {
    const freeze = freezeOf(m, name)
    if (!freeze || !areAchieved(m, freezeMarks(m, freeze))) return []
    const stands = movesOf(m, name).every((move) => isGone(m, move) || isFrozen(m, move, facts))
    return stands
      ? []
      : [`the freeze of ${name}, whose tag was taken off its volumes; /migrate abort brings ${name} back`]
  })
}
