// Tag: writes the second memory on volumes before the event that it records happens, or takes it off.
// Twice: the second call writes the same tags again; removing a tag that is gone already is no error.
import type { TagEffect } from '../../src/core/model/effects.ts'
import type { StepJob } from '../../src/core/ports.ts'
import { type RetryAfterMs, runStep, type StepPorts } from './step.ts'

/** Makes one DeleteTags call where the effect removes tags, else one CreateTags call. */
export async function tag(job: StepJob, ports: StepPorts): Promise<RetryAfterMs> {
  return await runStep<TagEffect>(job, ports, (effect) =>
    effect.removed.length > 0 ? ports.ec2.deleteTags(effect) : ports.ec2.createTags(effect),
  )
}
