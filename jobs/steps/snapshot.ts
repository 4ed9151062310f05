// Snapshot: a seed or the final copy of a source volume. CreateSnapshot fixes its point in time when it returns.
// Twice: `issued` is won once an attempt, and an unanswered call is only looked for, by tag, until the visibility window is over.
import type { SnapshotEffect } from '../../src/core/model/effects.ts'
import type { StepJob } from '../../src/core/ports.ts'
import { runStep, type StepPorts, type Throttled } from './step.ts'

export async function snapshot(job: StepJob, ports: StepPorts): Promise<Throttled> {
  return await runStep<SnapshotEffect>(job, ports, (effect, { order }) => ports.ec2.createSnapshot(effect, order))
}
