// The floor of an outage: below it nobody could have brought the outage in this simulated world, so that there is something to hold the
// bot's own against. It is computed from what the simulators did and how long that took by itself. Of the bot only this is asked: which
// services were required, what their plan says of them, and between which times the outage was, since a world may see several.
import { isDeferred } from '../../core/journal/services.ts'
import type { Migration } from '../../core/model/migration.ts'
import type { Durations } from '../ec2/world/durations.ts'
import { openTerms, readyTerms } from './ladder.ts'
import { longest, type Outage, sumMs, type Timed } from './terms.ts'

/** A step on the longest path through an outage, and the seconds that it took by itself. */
export type Term = { readonly service: string; readonly step: Timed['step']; readonly seconds: number }

/** The floor in whole seconds, and the terms that add up to it, in order. */
export type Floor = { readonly seconds: number; readonly terms: readonly Term[] }

/**
 * The floor of a migration's outage; null where it did not end with every required service open in the target zone.
 *
 * It is the longest ladder of a required service up to the point of no return, and the longest chain of openings behind that. In it are:
 * documents, from their sending to their end on the host; instances that stop and start; the final snapshot's fixed part and the copying
 * of what was written since the one before; the rest of an older pending snapshot; what a sync had left at the freeze; volumes, until they
 * can be attached; attaching and detaching.
 *
 * Not in it are: waits for people, gates and work by hand; looking, and how late the world shows what is so; the time between the end of a
 * step and the next call; the calls themselves, which the simulators answer at once, tags and comparisons among them; queues, quotas and
 * rate limits; attempts that came to nothing; the wait of one service's copy for the freeze of another. So it is to be compared with the
 * outage less its waits for people. Where people stop and open a required service by hand, no stopping and no opening counts.
 */
export function floorOf(m: Migration, durations: Durations): Floor | null {
  const { phase, outage, plan } = m
  if ((phase !== 'live' && phase !== 'done') || outage === null || outage.untilMs === null) return null
  const { fromMs, untilMs } = outage
  const services = plan.services.filter((service) => !isDeferred(m, service))
  const terms = longestPath({ services, moves: plan.moves, fromMs, untilMs, durations })
  return {
    seconds: Math.round(sumMs(terms) / 1000),
    terms: terms.map(({ service, step, ms }) => ({ service, step, seconds: ms / 1000 })),
  }
}

/** The terms of the longest path, in order, without those that take no time. */
export function longestPath(outage: Outage): Timed[] {
  const { services } = outage
  const ready = longest(services.map((service) => readyTerms(outage, service)))
  const opened = longest(services.map((service) => openTerms(outage, service)))
  return [...ready, ...opened].filter(({ ms }) => ms > 0)
}
