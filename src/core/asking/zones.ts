// How both zones are, as EC2 says when a gate asks: nothing is stopped for a zone that is in trouble itself, and nothing is deleted
// that data there may still need.

import { type Facts, healthWords, isInTrouble, type SeenZone } from '../model/facts.ts'
import type { Migration } from '../model/migration.ts'
import type { Wait } from '../steps/waits.ts'

/** A line for each zone of the migration that is not simply available. */
export function zoneLines(m: Migration, facts: Facts): string[] {
  return zonesOf(m, facts).flatMap((zone) => {
    const words = healthWords(zone)
    return words === null ? [] : [`${words}.`]
  })
}

/** The wait for the zone in which the data would be alone: the target, or behind an abort the source. Empty where it is in no trouble. */
export function zoneWaits(m: Migration, facts: Facts): Wait[] {
  const { sourceZone, targetZone } = m.plan
  const only = m.phase === 'aborted' ? sourceZone : targetZone
  return zonesOf(m, facts)
    .filter((zone) => zone.name === only && isInTrouble(zone))
    .map(({ name, state }) => {
      const way = m.phase === 'aborted' ? '' : ', or abort'
      return { on: 'check', name: `health of ${name}`, remedy: `EC2 calls it ${state}: wait until it does not${way}` }
    })
}

function zonesOf({ plan: { sourceZone, targetZone } }: Migration, { zones }: Facts): SeenZone[] {
  return zones.filter(({ name }) => name === sourceZone || name === targetZone)
}
