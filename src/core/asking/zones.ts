// How both zones are, as EC2 says when a gate asks: nothing is stopped for a zone that is in trouble itself, and nothing is deleted
// that data there may still need.

import {
  type Facts,
  healthWords,
  isInTrouble,
  type SeenZone,
  TROUBLES,
  zoneAlert,
  zonesBetween,
} from '../model/facts.ts'
import { BEFORE_LIVE, type Migration } from '../model/migration.ts'
import { timeOfDay } from '../model/text.ts'
import type { Wait } from '../steps/waits.ts'

/**
 * Lines beside a question, as of the look: they say how the zones were, and what EC2 kept silent about, and are no part of what is
 * approved. In the hour in which a zone is in trouble EC2 says another thing of it at every look, and an approval would never hold.
 */
export function zoneLines(m: Migration, facts: Facts): string[] {
  const at = timeOfDay(facts.beganAtMs)
  const unsaid =
    facts.impaired === null
      ? [`EC2 did not say at ${at} UTC whether the attached volumes complete I/O (ec2:DescribeInstanceStatus).`]
      : []
  if (facts.zones === null) return [`EC2 did not say at ${at} UTC how the zones are.`, ...unsaid]
  const told = zonesOf(m, facts).flatMap((zone) => {
    const words = healthWords(zone)
    return words === null ? [] : [`As of ${at} UTC: ${words}.`]
  })
  return [...told, ...unsaid]
}

/** The wait for the zone in which the data would be alone: the target, or behind an abort the source. Empty where it is in no trouble. */
export function zoneWaits(m: Migration, facts: Facts): Wait[] {
  const { sourceZone, targetZone } = m.plan
  const only = m.phase === 'aborted' ? sourceZone : targetZone
  const way = BEFORE_LIVE.includes(m.phase) ? ', or abort' : ''
  return zonesOf(m, facts)
    .filter((zone) => zone.name === only && isInTrouble(zone))
    .map(({ name, state }) => ({
      on: 'check',
      name: `health of ${name}`,
      remedy: `EC2 calls it ${state}: wait until it does not${way}`,
    }))
}

/**
 * Whether EC2 does not say how the zones are, where that must be known: once a zone was in trouble its silence is no good news, and a
 * cleanup has time.
 */
export function isZoneUnknown(m: Migration, { zones }: Facts): boolean {
  if (zones !== null) return false
  const { targetZone } = m.plan
  const wasTroubled = TROUBLES.some((state) => m.warned.has(zoneAlert({ name: targetZone, state })))
  return wasTroubled || !BEFORE_LIVE.includes(m.phase)
}

function zonesOf({ plan }: Migration, { zones }: Facts): SeenZone[] {
  return zonesBetween(zones ?? [], plan)
}
