// A second Redis that drives the same volumes: somebody brought up a copy of the whole stack. It goes on from the journal as it was
// copied, knows nothing of what is written here since, and nobody answers what it asks. After a while somebody stops it.
import { recentFacts } from '../../../jobs/recent-facts.ts'
import { reconcile } from '../../../jobs/reconcile.ts'
import { STEP_BODIES } from '../../../jobs/steps/steps.ts'
import { type StepJob, Unreadable } from '../../../src/core/ports.ts'
import { memoryJournal } from '../../support/memory-journal.ts'
import { memoryTokens } from '../../support/memory-tokens.ts'
import type { Line } from './clients.ts'
import { edge } from './edge.ts'
import type { Life } from './scheduler.ts'
import type { Sim } from './sim.ts'

/** Comes up now, and is stopped after a few minutes. */
export function startRival(sim: Sim): void {
  const { random, scheduler } = sim
  const life: Life = { name: 'rival', isOver: false, suspendedUntilMs: 0 }
  const minutes = random.whole(2, 8)
  sim.rival = life
  sim.hasRival = true
  sim.note('rival', `a copy of the stack comes up, for ${minutes} min`)
  const stop = (): void => {
    life.isOver = true
    sim.rival = null
    sim.note('rival', 'is stopped')
  }
  scheduler.after(minutes * 60_000, stop)
  void drive(sim, life)
}

async function drive(sim: Sim, life: Life): Promise<void> {
  const { scheduler, random } = sim
  let nonces = 0
  const server = memoryJournal(() => scheduler.now(), {
    nonce: () => `rival${++nonces}`,
    written: (_, entry) => void sim.rivalEntries.push(entry),
  })
  server.putBack(sim.journal.keep(), sim.journal.redis())
  const journal = server.open()
  const jobs: StepJob[] = []
  const line: Line = {
    there: (action, isReading) => {
      if (!isReading) sim.note('rival', action)
      return scheduler.wait(life, random.whole(10, 150))
    },
    back: () => scheduler.wait(life, random.whole(10, 100)),
    reaches: (service) => !sim.isAway(service),
    called: () => undefined,
  }
  const { ec2, hosts } = edge(sim.store, sim.hosts, line)
  const clock = { now: () => Math.round(scheduler.now()), sleep: async () => undefined, speed: () => 1 }
  const queue = {
    nudge: async () => undefined,
    nudgeNotify: async () => undefined,
    nudgeStatus: async () => undefined,
    enqueue: async (more: readonly StepJob[]) => void jobs.push(...more),
  }
  const views = {
    saveProgress: async () => undefined,
    progress: async () => null,
    posted: async () => ({}),
    remember: async () => undefined,
  }
  const tokens = memoryTokens(() => scheduler.now())
  const ports = {
    journal,
    views,
    ec2,
    hosts,
    queue,
    clock,
    tokens,
    factsOf: recentFacts(ec2, clock),
    steadyMs: () => scheduler.now(),
    handOn: async () => undefined,
    stillMs: () => 0,
    blind: () => null,
    surveyDue: () => false,
    measure: () => undefined,
    interruption: () => new AbortController().signal,
  }
  for (;;) {
    await scheduler.wait(life, random.whole(5_000, 30_000))
    for (const id of await journal.running()) await reconcile(id, ports).catch(orThrow(sim))
    for (const job of jobs.splice(0)) await STEP_BODIES[job.call](job, ports).catch(orThrow(sim))
  }
}

/** AWS may say no to it as to anybody; anything else is a bug, wherever it happens. */
function orThrow({ watch }: Sim) {
  return (error: unknown): null => {
    if (!(error instanceof Unreadable)) watch.threw('rival', error)
    return null
  }
}
