// Instances: stop a service's hosts, or start them.
// Twice: EC2 takes a stop of what is stopped, and a start of what runs.
import type { ServiceEffect } from '../../src/core/model/effects.ts'
import type { StepJob } from '../../src/core/ports.ts'
import { runStep, type StepPorts, type Throttled } from './step.ts'

export async function instances(job: StepJob, ports: StepPorts): Promise<Throttled> {
  return await runStep<ServiceEffect>(job, ports, (effect) => ports.ec2.setInstances(effect))
}
