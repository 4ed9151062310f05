// Which queue takes which step, and the body of each step queue. Knows no BullMQ, so that tests run the same bodies.
import type { Effect } from '../src/core/migration.ts'
import type { Ec2, StepJob } from '../src/core/ports.ts'
import { attach } from './attach.ts'
import { check } from './check.ts'
import { restore } from './restore.ts'
import { snapshot } from './snapshot.ts'
import type { StepPorts } from './step.ts'
import { tag } from './tag.ts'

export const STEP_QUEUES = ['snapshot', 'restore', 'attach', 'check', 'tag'] as const
export type StepQueue = (typeof STEP_QUEUES)[number]

/** One queue a kind of EC2 mutation: each kind has its own rate. */
export const QUEUE_OF: Readonly<Record<Effect['step'], StepQueue>> = {
  seed: 'snapshot',
  snapshot: 'snapshot',
  restore: 'restore',
  attach: 'attach',
  check: 'check',
  start: 'tag',
  freeze: 'tag',
  tag: 'tag',
  done: 'tag',
}

export const STEP_BODIES: Readonly<
  Record<StepQueue, (job: StepJob, ports: StepPorts & { readonly ec2: Ec2 }) => Promise<void>>
> = { snapshot, restore, attach, check, tag }
