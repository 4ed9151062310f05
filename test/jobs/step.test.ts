// A worker that was suspended between winning `issued` and calling, for so long that another attempt was made meanwhile.
import { expect, test } from 'vitest'
import { runStep, type StepPorts } from '../../jobs/step.ts'
import type { Effect } from '../../src/core/effects.ts'
import type { Said } from '../../src/core/entries.ts'
import type { StepJob } from '../../src/core/ports.ts'
import { facts, tagged } from '../support/facts.ts'
import { memoryJournal } from '../support/memory-journal.ts'
import { move, plan, planned } from '../support/plans.ts'

const LOGS = move({ id: 'vol-1', name: 'logs' })
const FROZEN = { 'zonehop:frozen': 'mig-1-f1' }
const SNAPSHOT: Effect = { subject: 'vol-1', step: 'snapshot', generation: 1, volumeId: 'vol-1', tags: FROZEN }
const JOB: StepJob = { migration: 'mig-1', effect: 'vol-1.snapshot.1', call: 'snapshot', attempt: 1, priority: 1 }

test('what it has to say opens the way for nobody', async () => {
  const kept = memoryJournal(() => 1_000)
  const journal = kept.open()
  const began: readonly Said[] = [
    planned('mig-1', { plan: plan([LOGS]) }),
    { kind: 'began' },
    { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] },
    { kind: 'intended', effects: [SNAPSHOT] },
  ]
  for (const said of began) await journal.append('mig-1', await journal.read('mig-1'), said)
  const clock = { now: () => 1_000, sleep: async () => undefined, speed: () => 1 }
  let steadyMs = 0
  const unasked = (): never => {
    throw new Error('EC2 is not asked by this test')
  }
  const ports: StepPorts = {
    journal: {
      ...journal,
      async append(id, after, said, claims) {
        const appended = await journal.append(id, after, said, claims)
        // Suspended here, until the visibility window has passed and another worker has called.
        if (said.kind === 'issued' && said.attempt === 1) {
          await journal.append(id, await journal.read(id), { kind: 'issued', effect: JOB.effect, attempt: 2 })
          steadyMs = 400_000
        }
        return appended
      },
    },
    queue: { nudge: async () => undefined, nudgeNotify: async () => undefined, enqueue: async () => undefined },
    ec2: new Proxy({} as StepPorts['ec2'], { get: unasked }),
    hosts: { run: unasked },
    clock,
    factsOf: async () => facts({ volumes: [tagged(LOGS, FROZEN)] }),
    tokens: { take: async () => 0 },
    steadyMs: () => steadyMs,
  }
  let calls = 0
  await runStep(JOB, ports, async () => {
    calls++
    return { outcome: 'taken', resource: 'snap-1' }
  })
  expect(calls).toBe(0)
  expect((await journal.read('mig-1'))?.effects.get(JOB.effect)).toMatchObject({ status: 'issued', attempts: 2 })
})
