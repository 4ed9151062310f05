// Attach: attaches the copy to the successor, at the source's device.
// Twice: EC2 refuses a volume that is attached already, and the next look shows where it is attached.
import type { AttachEffect } from '../../src/core/model/effects.ts'
import type { StepJob } from '../../src/core/ports.ts'
import { type RetryAfterMs, runStep, type StepPorts } from './step.ts'

/** Makes one AttachVolume call. */
export async function attach(job: StepJob, ports: StepPorts): Promise<RetryAfterMs> {
  return await runStep<AttachEffect>(job, ports, (effect) => ports.ec2.attachVolume(effect))
}
