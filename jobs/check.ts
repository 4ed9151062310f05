// Check: DeleteOnTermination as the source had it, the one attribute AttachVolume does not take. Parity itself is seen by the tick.
// Twice: sets the same value again.
import type { CheckEffect } from '../src/core/migration.ts'
import type { Ec2, StepJob } from '../src/core/ports.ts'
import { runStep, type StepPorts } from './step.ts'

export async function check(job: StepJob, ports: StepPorts & { readonly ec2: Ec2 }): Promise<void> {
  await runStep<CheckEffect>(job, ports, (effect) => ports.ec2.setDeleteOnTermination(effect))
}
