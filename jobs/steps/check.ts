// Check: DeleteOnTermination as the source had it, the one attribute AttachVolume does not take. Parity itself is seen by the tick.
// Twice: sets the same value again.
import type { CheckCopyEffect } from '../../src/core/model/effects.ts'
import type { StepJob } from '../../src/core/ports.ts'
import { runStep, type StepPorts, type Throttled } from './step.ts'

export async function check(job: StepJob, ports: StepPorts): Promise<Throttled> {
  return await runStep<CheckCopyEffect>(job, ports, (effect) => ports.ec2.setDeleteOnTermination(effect))
}
