// Restore: a volume in the target zone from the final snapshot, with the source's attributes.
// Twice: the token is derived from migration, move, zone, snapshot and generation, so EC2 answers with the first volume.
import type { RestoreEffect } from '../src/core/effects.ts'
import type { StepJob } from '../src/core/ports.ts'
import { runStep, type StepPorts, type Throttled } from './step.ts'

export async function restore(job: StepJob, ports: StepPorts): Promise<Throttled> {
  return await runStep<RestoreEffect>(job, ports, (effect) => ports.ec2.createVolume(job.migration, effect))
}
