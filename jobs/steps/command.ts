// Command: runs one document on the hosts of a service or a replica.
// Twice: a host refuses a command that comes late or out of order, and a document must be safe to run twice (README).
import type { HostEffect } from '../../src/core/model/effects.ts'
import { COMMAND_VALID_MS } from '../../src/core/model/limits.ts'
import type { StepJob } from '../../src/core/ports.ts'
import { type RetryAfterMs, runStep, type StepPorts } from './step.ts'

/** Makes one SendCommand call, on which hosts refuse to act once COMMAND_VALID_MS have passed. */
export async function command(job: StepJob, ports: StepPorts): Promise<RetryAfterMs> {
  return await runStep<HostEffect>(job, ports, (effect, { state, order }) => {
    const notAfterMs = ports.clock.now() + COMMAND_VALID_MS
    return ports.hosts.run(effect, { ...order, rev: state.intendedAtMs, notAfterMs })
  })
}
