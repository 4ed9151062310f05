// Restore: a volume in the target zone from the final snapshot, with the source's attributes.
// Twice: the token is derived from migration, move, zone, snapshot and generation, so EC2 answers with the first volume.
import type { RestoreEffect } from '../src/core/migration.ts'
import type { Ec2, StepJob } from '../src/core/ports.ts'
import { runStep, type StepPorts } from './step.ts'

export async function restore(job: StepJob, ports: StepPorts & { readonly ec2: Ec2 }): Promise<void> {
  await runStep<RestoreEffect>(job, ports, (effect) => ports.ec2.createVolume(job.migration, effect))
}
