// A migration driven turn by turn, without BullMQ and without waiting: the real reconciler, the real job bodies and the real SDK
// against the simulated EC2, on an in-memory journal. People answer every question at once unless told otherwise.

import { reconcile } from '../../jobs/reconcile.ts'
import { STEP_BODIES } from '../../jobs/steps/steps.ts'
import { changedBlocks } from '../../src/aws/changed-blocks.ts'
import { openClients } from '../../src/aws/clients.ts'
import { hosts as hostsEdge } from '../../src/aws/commands.ts'
import { ec2 as ec2Edge } from '../../src/aws/ec2.ts'
import { callOf } from '../../src/core/model/effects.ts'
import type { Entry } from '../../src/core/model/entries.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { NO_RULES, type Rules } from '../../src/core/model/rules.ts'
import type { Ec2, StepJob, UseCases } from '../../src/core/ports.ts'
import { pairsToMeasure } from '../../src/core/telling/forecast/deltas.ts'
import type { Progress } from '../../src/core/telling/progress.ts'
import { waitWords } from '../../src/core/telling/wait-words.ts'
import { startSimulatedEc2 } from '../../src/demo/ec2/server.ts'
import type { WorldSeed } from '../../src/demo/ec2/world/entities.ts'
import { operations } from '../../src/operations.ts'
import { appendFrom } from '../../src/store/journal.ts'
import type { Views } from '../../src/store/views.ts'
import { memoryInventories, notWatching } from './memory-inventories.ts'
import { type MemoryJournal, memoryJournal } from './memory-journal.ts'
import { approvedBy, directoryOf } from './people.ts'
import { NO_VIEWS } from './use-cases.ts'

const TURNS_MAX = 500
export const ASKER = 'U-asker'
const APPROVER = 'U-approver'

export type Drill = Awaited<ReturnType<typeof startDrill>>

export async function startDrill(world: WorldSeed, rules: Rules = NO_RULES) {
  let nowMs = Date.UTC(2026, 2, 3, 5, 10)
  const clock = { now: () => nowMs, touch: () => undefined }
  const simulated = await startSimulatedEc2({ clock, world, random: () => 0.5 })
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_EC2: simulated.url,
    AWS_ENDPOINT_URL_SSM: simulated.url,
    AWS_ENDPOINT_URL_SERVICE_QUOTAS: simulated.url,
    AWS_ENDPOINT_URL_KMS: simulated.url,
    AWS_ENDPOINT_URL_EBS: simulated.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  })
  const clients = openClients()
  const ec2: Ec2 = ec2Edge(clients)
  const hosts = hostsEdge(clients)
  const ebs = changedBlocks(clients)
  const tokens = { take: async () => 0, refused: async () => undefined }
  let journal = memoryJournal(() => nowMs)
  const jobs: StepJob[] = []
  const measuring: Migration[] = []
  const kept: { progress: Progress | null } = { progress: null }
  const queue = {
    nudge: async () => undefined,
    nudgeNotify: async () => undefined,
    nudgeStatus: async () => undefined,
    interrupt: async () => undefined,
    enqueue: async (more: readonly StepJob[]) => void jobs.push(...more),
  }
  const use = (): UseCases =>
    operations({
      journal,
      ec2,
      inventories: memoryInventories(),
      watching: notWatching(),
      views: NO_VIEWS,
      queue,
      clock,
      directory: directoryOf(),
      rules,
      people: approvedBy(APPROVER),
      channels: null,
      dangers: [],
    })

  const views: Views = {
    ...NO_VIEWS,
    saveProgress: async (_, progress) => {
      kept.progress = progress
    },
    progress: async () => kept.progress,
  }

  async function measured(m: Migration): Promise<void> {
    for (const { first, second } of pairsToMeasure(m)) {
      const answer = await ebs.changedGib({ first, second })
      const gib = typeof answer === 'number' ? answer : null
      await appendFrom(journal, m.id, () => ({ kind: 'measured', first, second, gib }))
    }
  }

  /** One tick, then every job it asked for, then as much time as the tick wanted to rest. */
  async function turn(id: string): Promise<void> {
    let restMs = 0
    const sleep = async (ms: number): Promise<void> => {
      restMs = ms
    }
    const timed = { ...clock, sleep, speed: () => 1 }
    await reconcile(id, {
      journal,
      views,
      ec2,
      queue,
      clock: timed,
      interruption: () => NEVER,
      handOn: async () => undefined,
      stillMs: () => 0,
      blind: () => null,
      surveyDue: () => false,
      measure: (m) => void measuring.push(m),
    })
    // Here it is waited for, so that a turn ends with what it measured.
    for (const m of measuring.splice(0)) await measured(m)
    const factsOf = (m: Migration) => ec2.observe(m, nowMs)
    const handOn = async (): Promise<void> => undefined
    const ports = { journal, queue, ec2, hosts, tokens, clock: timed, factsOf, handOn, steadyMs: () => 0 }
    for (const job of jobs.splice(0)) await STEP_BODIES[job.call](job, ports)
    nowMs += restMs
  }

  async function answer(m: Migration): Promise<void> {
    const { id, asking } = m
    if (asking) {
      const { nonce: asked, gate, basis } = asking
      await use().approve({ id, asked, gate, basis, by: APPROVER })
    }
    // Every entry that a test takes away was there before.
    for (const { nonce: suspected, isSo } of m.suspicions.values()) {
      if (isSo === null) await use().settle({ id, suspected, isSo: true, by: APPROVER })
    }
    const hands = m.effects.values().find(({ effect, status }) => callOf(effect) === null && status === 'intended')
    if (hands) await use().confirm({ id, intended: hands.intended, by: APPROVER })
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
    throw new Error(
      `${id} was not over after ${TURNS_MAX} turns: ${m?.phase} at ${m?.rev}, waiting for ${kept.progress?.waits.map(waitWords).join('; ')}`,
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
    close: async () => {
      clients.close()
      await simulated.close()
    },
  }
}

const NEVER = new AbortController().signal
