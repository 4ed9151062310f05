// Delete: deletes one volume or snapshot that an approver agreed to by name.
// Twice: EC2 finds nothing to delete any more, and the next look shows that the thing is gone.
import type { DeleteEffect } from '../../src/core/model/effects.ts'
import type { StepJob } from '../../src/core/ports.ts'
import { type RetryAfterMs, runStep, type StepPorts } from './step.ts'

/** Makes one DeleteVolume or DeleteSnapshot call. */
export async function deleteResource(job: StepJob, ports: StepPorts): Promise<RetryAfterMs> {
  return await runStep<DeleteEffect>(job, ports, (effect) => ports.ec2.deleteResource(effect))
}
