// A worker that was suspended before it called: behind its look, or behind `issued` for so long that another attempt was made.
// One that EC2 refused.
import { expect, test } from 'vitest'
import { runStep, type StepPorts } from '../../jobs/step.ts'
import type { Call, Effect } from '../../src/core/effects.ts'
import type { Said } from '../../src/core/entries.ts'
import type { EffectState } from '../../src/core/migration.ts'
import type { Answer, StepJob } from '../../src/core/ports.ts'
import type { Journal } from '../../src/store/journal.ts'
import { facts, tagged } from '../support/facts.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { move, plan, planned } from '../support/plans.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const FROZEN = { 'zonehop:frozen': 'mig-1-f1' }
const SNAPSHOT: Effect = { subject: 'vol-1', step: 'snapshot', generation: 1, volumeId: 'vol-1', tags: FROZEN }
const JOB: StepJob = { migration: 'mig-1', effect: 'vol-1.snapshot.1', call: 'snapshot', attempt: 1, priority: 1 }
const BEGAN: readonly Said[] = [
  planned('mig-1', { plan: plan([LOGS]) }),
  { kind: 'began' },
  { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] },
  { kind: 'intended', effects: [SNAPSHOT] },
]

const TAKEN: Answer = { outcome: 'taken', resource: 'snap-1' }

type Sleeps = {
  readonly looking?: () => void
  /** Behind its own `issued`. */
  readonly calling?: (journal: Journal) => Promise<void>
  readonly steadyMs: () => number
  readonly answer?: Answer
}

type Ran = { readonly calls: number; readonly state: EffectState | undefined; readonly gaveWay: readonly Call[] }

async function run({ looking, calling, steadyMs, answer = TAKEN }: Sleeps): Promise<Ran> {
  const gaveWay: Call[] = []
  const journal = memoryJournal(() => 1_000).open()
  for (const said of BEGAN) await journal.append('mig-1', await journal.read('mig-1'), said)
  const unasked = (): never => {
    throw new Error('EC2 is not asked by this test')
  }
  const ports: StepPorts = {
    journal: {
      ...journal,
      async append(id, after, said, claims) {
        const appended = await journal.append(id, after, said, claims)
        if (said.kind === 'issued' && said.attempt === 1) await calling?.(journal)
        return appended
      },
    },
    queue: { nudge: async () => undefined, nudgeNotify: async () => undefined, enqueue: async () => undefined },
    ec2: new Proxy({} as StepPorts['ec2'], { get: unasked }),
    hosts: { run: unasked },
    clock: { now: () => 1_000, sleep: async () => undefined, speed: () => 1 },
    factsOf: async () => {
      looking?.()
      return facts({ volumes: [tagged(LOGS, FROZEN)] })
    },
    tokens: { take: async () => 0, refused: async (call) => void gaveWay.push(call) },
    steadyMs,
  }
  let calls = 0
  await runStep(JOB, ports, async () => {
    calls++
    return answer
  })
  return { calls, state: (await journal.read('mig-1'))?.effects.get(JOB.effect), gaveWay }
}

test('behind issued: what it has to say opens the way for nobody', async () => {
  let steadyMs = 0
  const { calls, state } = await run({
    // Until the visibility window has passed and another worker has called.
    async calling(journal) {
      await journal.append('mig-1', await journal.read('mig-1'), { kind: 'issued', effect: JOB.effect, attempt: 2 })
      steadyMs = 400_000
    },
    steadyMs: () => steadyMs,
  })
  expect(calls).toBe(0)
  expect(state).toMatchObject({ status: 'issued', attempts: 2 })
})

test.each<[string, number, number]>([
  ['a moment', 8_000, 1],
  ['minutes', 60_000, 0],
])('behind its look, for %s', async (_, sleptMs, then) => {
  let steadyMs = 0
  const { calls, state } = await run({
    looking: () => {
      steadyMs += sleptMs
    },
    steadyMs: () => steadyMs,
  })
  expect(calls).toBe(then)
  // It is looked at anew before it is called.
  expect(state?.status).toBe(then === 1 ? 'started' : 'intended')
})

const later = (code: string): Answer => ({ outcome: 'later', code, retryMs: 2_000 })
test.each<[string, Answer, number]>([
  ['taken', TAKEN, 0],
  ['EC2 throttles', later('RequestLimitExceeded'), 1],
  ['SSM throttles', later('ThrottlingException'), 1],
  ['SSM throttles, in its older word', later('Throttling'), 1],
  ['too many snapshots are pending, which is no matter of rate', later('PendingSnapshotLimitExceeded'), 0],
  ['nobody knows', { outcome: 'unknown', code: 'NoAnswer' }, 0],
])('whether the bucket gives way: %s', async (_, answer, times) => {
  const { gaveWay } = await run({ steadyMs: () => 0, answer })
  expect(gaveWay).toEqual(Array.from({ length: times }, () => 'snapshot'))
})
