// Instances: stops a service's hosts, or starts them.
// Twice: EC2 accepts a stop of stopped instances, and a start of running ones.
import type { ServiceEffect } from '../../src/core/model/effects.ts'
import type { StepJob } from '../../src/core/ports.ts'
import { type RetryAfterMs, runStep, type StepPorts } from './step.ts'

/** Makes one StopInstances or StartInstances call. */
export async function instances(job: StepJob, ports: StepPorts): Promise<RetryAfterMs> {
  return await runStep<ServiceEffect>(job, ports, (effect) => ports.ec2.setInstances(effect))
}
