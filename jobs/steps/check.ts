// Check: sets DeleteOnTermination as the source had it, the one attribute that AttachVolume does not take. Whether the
// copy equals its source is observed by the tick.
// Twice: the second call sets the same value again.
import type { CheckCopyEffect } from '../../src/core/model/effects.ts'
import type { StepJob } from '../../src/core/ports.ts'
import { type RetryAfterMs, runStep, type StepPorts } from './step.ts'

/** Makes one ModifyInstanceAttribute call, for the step `checkCopy`. */
export async function check(job: StepJob, ports: StepPorts): Promise<RetryAfterMs> {
  return await runStep<CheckCopyEffect>(job, ports, (effect) => ports.ec2.setDeleteOnTermination(effect))
}
