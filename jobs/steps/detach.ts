// Detach: takes a replica's copy from one server before it goes to another, or a source from its stopped instance, but
// never by force.
// Twice: EC2 refuses a volume that is detached already, and the next look shows that it is.
import type { DetachEffect } from '../../src/core/model/effects.ts'
import type { StepJob } from '../../src/core/ports.ts'
import { type RetryAfterMs, runStep, type StepPorts } from './step.ts'

/** Makes one DetachVolume call, for the steps `detach` and `detachSource`. */
export async function detach(job: StepJob, ports: StepPorts): Promise<RetryAfterMs> {
  return await runStep<DetachEffect>(job, ports, (effect) => ports.ec2.detachVolume(effect))
}
