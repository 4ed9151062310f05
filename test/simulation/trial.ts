// One trial: a world, people and faults from one seed, until every migration is over and what was on its way has come to rest.
import { setImmediate } from 'node:timers/promises'
import type { Migration } from '../../src/core/migration.ts'
import { endedRight } from './ends.ts'
import { startMachines } from './machine.ts'
import { misfortunes } from './misfortunes.ts'
import { gather } from './people.ts'
import type { Plant } from './plants.ts'
import { type Counts, openSim, type Sim } from './sim.ts'
import type { Violation } from './watch.ts'

export type Trial = Counts & {
  readonly seed: number
  readonly violations: readonly Violation[]
  readonly transcript: readonly string[]
  /** In one word a migration: where it ended. */
  readonly ends: readonly string[]
}

/** Long after the last fault: who is not over by then never will be. */
const ENDS_WITHIN_MS = 100 * 60_000
const STEPS_MAX = 400_000
/** A document that is late arrives in this time. */
const COMES_TO_REST_MS = 12 * 60_000

export async function runTrial(seed: number, plant: Plant = null): Promise<Trial> {
  // A trial leaves no turn to timers and sockets until it is over; between two they have one.
  await setImmediate()
  const sim = openSim(seed, plant)
  const { scheduler, watch, counts, random } = sim
  const machines = startMachines(sim, random.whole(1, 3))
  gather(sim, machines)
  misfortunes(sim, machines)
  const endsAtMs = sim.faults.untilMs + ENDS_WITHIN_MS
  let restsAtMs = Number.POSITIVE_INFINITY
  await scheduler.run(() => {
    counts.steps++
    watch.looked()
    restsAtMs = isOver(sim) ? Math.min(restsAtMs, scheduler.now() + COMES_TO_REST_MS) : Number.POSITIVE_INFINITY
    const isTooLate = scheduler.now() > endsAtMs || counts.steps > STEPS_MAX
    if (isTooLate) watch.check('ends', [stillOpen(watch.all())])
    return watch.violations.length > 0 || scheduler.now() > restsAtMs
  })
  if (watch.violations.length === 0) endedRight(sim)
  const { violations, transcript } = watch
  return { seed, ...counts, violations, transcript, ends: watch.all().map(({ phase }) => phase) }
}

function isOver({ watch, isFaulty }: Sim): boolean {
  const all = watch.all()
  return !isFaulty() && all.length > 0 && all.every(({ endedAtMs }) => endedAtMs !== null)
}

function stillOpen(all: readonly Migration[]): string {
  const open = all.filter(({ endedAtMs }) => endedAtMs === null)
  if (open.length === 0) return 'no migration was ever started'
  return open
    .map((m) => {
      const states = [...m.effects.values()].filter(({ status }) => status !== 'achieved')
      const words = states.map(
        ({ effect, status }) => `${effect.subject}.${effect.step}.${effect.generation} ${status}`,
      )
      return `${m.id} is still ${m.phase} at ${m.rev}${m.paused ? ', paused' : ''}: ${words.join(', ') || 'nothing open'}`
    })
    .join('; ')
}
