// A migration driven turn by turn, without BullMQ and without waiting: the real reconciler, the real job bodies and the real SDK
// against the simulated EC2, on an in-memory journal. People answer every question at once unless told otherwise.

import { reconcile } from '../../jobs/reconcile.ts'
import { QUEUE_OF, STEP_BODIES } from '../../jobs/steps.ts'
import { ec2 as ec2Edge } from '../../src/aws/ec2.ts'
import type { Entry, Migration } from '../../src/core/migration.ts'
import type { Ec2, StepJob } from '../../src/core/ports.ts'
import { waitsOf } from '../../src/core/progress.ts'
import type { WorldSeed } from '../../src/demo/ec2/entities.ts'
import { startSimulatedEc2 } from '../../src/demo/ec2/server.ts'
import { type Operations, operations } from '../../src/operations.ts'
import type { Views } from '../../src/store/views.ts'
import { type MemoryJournal, memoryJournal } from './memory-journal.ts'

const TURNS_MAX = 500
export const ASKER = 'U-asker'
const APPROVER = 'U-approver'

export type Drill = Awaited<ReturnType<typeof startDrill>>

export async function startDrill(world: WorldSeed, ec2Of: (edge: Ec2) => Ec2 = (edge) => edge) {
  let nowMs = Date.UTC(2026, 2, 3, 5, 10)
  const clock = { now: () => nowMs, touch: () => undefined }
  const simulated = await startSimulatedEc2({ clock, world, random: () => 0.5 })
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_EC2: simulated.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  })
  const ec2 = ec2Of(ec2Edge())
  let journal = memoryJournal(() => nowMs)
  const jobs: StepJob[] = []
  const queue = {
    nudge: async () => undefined,
    nudgeNotify: async () => undefined,
    interrupt: async () => undefined,
    enqueue: async (more: readonly StepJob[]) => void jobs.push(...more),
  }
  const use = (): Operations => operations({ journal, ec2, queue })

  /** One tick, then every job it asked for, then as much time as the tick wanted to rest. */
  async function turn(id: string): Promise<void> {
    let restMs = 0
    const sleep = async (ms: number): Promise<void> => {
      restMs = ms
    }
    await reconcile(id, { journal, views: NO_VIEWS, ec2, queue, clock: { ...clock, sleep }, interruption: () => NEVER })
    for (const job of jobs.splice(0))
      await STEP_BODIES[QUEUE_OF[job.step]](job, { journal, queue, ec2, steadyMs: () => 0 })
    nowMs += restMs
  }

  async function answer(m: Migration): Promise<void> {
    const use = operations({ journal, ec2, queue })
    if (m.asking) await use.approve({ id: m.id, gate: m.asking.gate, basis: m.asking.basis, by: APPROVER })
    if (m.freeze && !m.freeze.confirmedBy) await use.confirmFrozen({ id: m.id, freeze: m.freeze.id, by: APPROVER })
  }

  /** Until the migration is over or the condition holds; people answer as it goes. */
  async function run(id: string, until: (m: Migration) => boolean = () => false): Promise<Migration> {
    for (let turns = 0; turns < TURNS_MAX; turns++) {
      await turn(id)
      const m = await journal.read(id)
      if (!m) throw new Error(`${id} is gone`)
      if (m.endedAtMs !== null || until(m)) return m
      await answer(m)
    }
    const m = await journal.read(id)
    const facts = m ? await ec2.observe(m, nowMs) : null
    const waits = m && facts ? waitsOf(m, facts).map(({ on }) => on) : []
    throw new Error(
      `${id} was not over after ${TURNS_MAX} turns: ${m?.phase} at ${m?.rev}, waiting for ${waits.join('; ')}`,
    )
  }

  return {
    simulated,
    run,
    turn,
    operations: use,
    journal: (): MemoryJournal => journal,
    /** Starts from the only migration there is: plans it and returns its id. */
    async start(sourceZone: string, targetZone: string): Promise<string> {
      const reply = await use().start({ sourceZone, targetZone, seeds: false, by: ASKER, channel: 'C-1' })
      const [id] = await journal.all()
      if (!reply.ok || !id) throw new Error(reply.text)
      return id
    },
    /** Another process on what is left of the journal, a minute later; the world stays as it is. */
    restart(entries: readonly Entry[]): void {
      journal = memoryJournal(() => nowMs)
      journal.load(entries)
      nowMs += 60_000
      jobs.length = 0
    },
    pass: (ms: number): void => {
      nowMs += ms
    },
    close: () => simulated.close(),
  }
}

const NEVER = new AbortController().signal
const NO_VIEWS: Views = {
  saveProgress: async () => undefined,
  progress: async () => null,
  posted: async () => ({}),
  remember: async () => undefined,
}
