// Attach: the copy to the successor, at the source's device.
// Twice: EC2 refuses a volume that is attached already, and the next look shows where.
import type { AttachEffect } from '../src/core/migration.ts'
import type { Ec2, StepJob } from '../src/core/ports.ts'
import { runStep, type StepPorts } from './step.ts'

export async function attach(job: StepJob, ports: StepPorts & { readonly ec2: Ec2 }): Promise<void> {
  await runStep<AttachEffect>(job, ports, (effect) => ports.ec2.attachVolume(effect))
}
