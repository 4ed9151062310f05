// Tag: the second memory, written on volumes before what it speaks of happens, or taken off.
// Twice: writes the same tags again; a tag that is gone already is no error.
import type { TagEffect } from '../../src/core/model/effects.ts'
import type { StepJob } from '../../src/core/ports.ts'
import { runStep, type StepPorts, type Throttled } from './step.ts'

export async function tag(job: StepJob, ports: StepPorts): Promise<Throttled> {
  return await runStep<TagEffect>(job, ports, (effect) =>
    effect.removed.length > 0 ? ports.ec2.deleteTags(effect) : ports.ec2.createTags(effect),
  )
}
