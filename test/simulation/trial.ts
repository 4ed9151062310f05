// One trial: a world, people and faults from one seed, until every migration is over and what was on its way has come to rest.
import { setImmediate } from 'node:timers/promises'
import { isCleaning, isMove } from '../../src/core/journal/state.ts'
import { effectId } from '../../src/core/model/effects.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { openCleanup } from './invariants/cleanup.ts'
import { clearedRight, endedRight } from './invariants/ends.ts'
import { PLANTED_LATER, type Plant } from './plants.ts'
import type { Violation } from './watch.ts'
import { startMachines } from './world/machine.ts'
import { misfortunes } from './world/misfortunes.ts'
import { gather } from './world/people.ts'
import { type Counts, openSim, type Sim } from './world/sim.ts'

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

export async function runTrial(seed: number, plant: Plant = null, isLater = false): Promise<Trial> {
  // A trial leaves no turn to timers and sockets until it is over; between two they have one.
  await setImmediate()
  const sim = openSim(seed, plant, isLater || PLANTED_LATER.includes(plant))
  const { watch, counts, random, faults } = sim
  const machines = startMachines(sim, random.whole(sim.isLater ? 2 : 1, 3))
  const people = gather(sim, machines)
  misfortunes(sim, machines, faults.loses)
  const ends = (): string[] => watch.all().map(({ phase }) => phase)
  await play(sim, isOver)
  if (watch.violations.length === 0) await endedRight(sim)
  const cleaned = watch.violations.length === 0 ? openCleanup(sim, machines, { people, seed }) : null
  if (cleaned) {
    await play(sim, () => isOver(sim) && isCleared(watch.fold(cleaned)))
    if (watch.violations.length === 0) await clearedRight(sim, cleaned)
  }
  const { violations, transcript } = watch
  return { seed, ...counts, violations, transcript, ends: cleaned ? [...ends(), 'cleaned'] : ends() }
}

/** Until it is over, and what was on its way has come to rest; or until it never will be. */
async function play(sim: Sim, isOverNow: (sim: Sim) => boolean): Promise<void> {
  const { scheduler, watch, counts } = sim
  const endsAtMs = Math.max(scheduler.now(), sim.faults.untilMs) + ENDS_WITHIN_MS
  const stepsMax = counts.steps + STEPS_MAX
  let restsAtMs = Number.POSITIVE_INFINITY
  await scheduler.run(() => {
    counts.steps++
    watch.looked()
    restsAtMs = isOverNow(sim) ? Math.min(restsAtMs, scheduler.now() + COMES_TO_REST_MS) : Number.POSITIVE_INFINITY
    const isTooLate = scheduler.now() > endsAtMs || counts.steps > stepsMax
    if (isTooLate) watch.check('ends', [stillOpen(watch.all())])
    return watch.violations.length > 0 || scheduler.now() > restsAtMs
  })
}

function isCleared(m: Migration | null): boolean {
  return m?.cleanup != null && m.cleanup.endedAtMs !== null
}

function isOver({ watch, isFaulty }: Sim): boolean {
  const all = watch.all()
  return !isFaulty() && all.some(isMove) && all.every(({ endedAtMs }) => endedAtMs !== null)
}

function stillOpen(all: readonly Migration[]): string {
  const open = all.filter((m) => m.endedAtMs === null || isCleaning(m))
  if (open.length === 0) return all.length === 0 ? 'no migration was ever started' : 'no cleanup was ever taken'
  return open
    .map((m) => {
      const states = m.effects.values().filter(({ status }) => status !== 'achieved')
      const words = states.map(({ effect, status }) => `${effectId(effect)} ${status}`)
      return `${m.id} is still ${m.phase} at ${m.rev}${m.paused ? ', paused' : ''}: ${words.join(', ') || 'nothing open'}`
    })
    .join('; ')
}
