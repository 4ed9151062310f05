// The bodies of the step jobs. Each kind of call has one queue, with a rate of its own, and one body. This file does
// not know BullMQ, so that tests run the same bodies.
import type { Call } from '../../src/core/model/effects.ts'
import type { StepJob } from '../../src/core/ports.ts'
import { attach } from './attach.ts'
import { check } from './check.ts'
import { command } from './command.ts'
import { deleteResource } from './delete.ts'
import { detach } from './detach.ts'
import { instances } from './instances.ts'
import { restore } from './restore.ts'
import { snapshot } from './snapshot.ts'
import type { RetryAfterMs, StepPorts } from './step.ts'
import { tag } from './tag.ts'

/** What runs a job, by the kind of its call. */
export const STEP_BODIES: Readonly<Record<Call, (job: StepJob, ports: StepPorts) => Promise<RetryAfterMs>>> = {
  snapshot,
  restore,
  attach,
  detach,
  delete: deleteResource,
  check,
  tag,
  instances,
  command,
}

/** The names of the step queues, which are the kinds of call. */
export const STEP_QUEUES = Object.keys(STEP_BODIES) as readonly Call[]
