// Tag: the second memory, written on volumes before what it speaks of happens.
// Twice: writes the same tags again.
import type { TagEffect } from '../src/core/migration.ts'
import type { Ec2, StepJob } from '../src/core/ports.ts'
import { runStep, type StepPorts } from './step.ts'

export async function tag(job: StepJob, ports: StepPorts & { readonly ec2: Ec2 }): Promise<void> {
  await runStep<TagEffect>(job, ports, (effect) => ports.ec2.createTags(effect))
}
