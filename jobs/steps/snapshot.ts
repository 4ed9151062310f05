// Snapshot: takes a seed or the final snapshot of a source volume, or the first snapshot of a new copy. CreateSnapshot
// fixes its point in time when it returns.
// Twice: only one job wins the `issued` of an attempt, and the result of an unanswered call is only looked for, by tag,
// until the visibility window is over.
import type { SnapshotEffect } from '../../src/core/model/effects.ts'
import type { StepJob } from '../../src/core/ports.ts'
import { type RetryAfterMs, runStep, type StepPorts } from './step.ts'

/** Makes one CreateSnapshot call, for the steps `seed`, `snapshot` and `firstSnapshot`. */
export async function snapshot(job: StepJob, ports: StepPorts): Promise<RetryAfterMs> {
  return await runStep<SnapshotEffect>(job, ports, (effect, { order }) => ports.ec2.createSnapshot(effect, order))
}
