// One step job: win `issued`, make the one call, append what EC2 said, nudge. The same for every kind of call.
//
// Intent before effect, and issued once: who loses to another `issued` of this attempt never calls. A job whose intent is no
// longer pending, or whose migration is paused or over, does nothing and leaves the intent pending.

import { CALL_WITHIN_MS } from '../src/core/limits.ts'
import type { Effect, Migration, Said } from '../src/core/migration.ts'
import type { Answer, Queue, StepJob } from '../src/core/ports.ts'
import { appendFrom, type Journal } from '../src/store/journal.ts'

export type StepPorts = {
  readonly journal: Journal
  readonly queue: Queue
  /** Real time in ms, steady: how long the process took between winning `issued` and calling. */
  readonly steadyMs: () => number
}

export async function runStep<E extends Effect>(
  job: StepJob,
  ports: StepPorts,
  call: (effect: E) => Promise<Answer>,
): Promise<void> {
  const askedAtMs = ports.steadyMs()
  const effect = await issue(job, ports)
  if (!effect) return
  const isLate = ports.steadyMs() - askedAtMs > CALL_WITHIN_MS
  // The narrowing is the queue's: a job stands in the queue of its step, and each queue has one call.
  const answer: Answer = isLate ? { outcome: 'later', code: 'TooLateToCall', retryMs: 0 } : await call(effect as E)
  const said = outcomeOf(job, answer)
  if (said) await appendOutcome(job, ports, said)
  await ports.queue.nudge(job.migration)
}

async function issue(job: StepJob, { journal }: StepPorts): Promise<Effect | null> {
  const { effect, attempt } = job
  const issued = await appendFrom(journal, job.migration, (migration) =>
    mayIssue(migration, job) ? { kind: 'issued', effect, attempt } : null,
  )
  return issued?.effects.get(effect)?.effect ?? null
}

function mayIssue(migration: Migration, { effect, attempt }: StepJob): boolean {
  const state = migration.effects.get(effect)
  const isOpen = !migration.paused && ['seeding', 'frozen', 'moving', 'live'].includes(migration.phase)
  return (
    isOpen && state !== undefined && ['intended', 'issued'].includes(state.status) && state.attempts === attempt - 1
  )
}

/** Nothing to say of an unknown outcome: `issued` stands, and only looking will tell. */
function outcomeOf({ effect, attempt }: StepJob, answer: Answer): Said | null {
  switch (answer.outcome) {
    case 'taken':
      return { kind: 'started', effect, resource: answer.resource }
    case 'later':
      return { kind: 'notCalled', effect, attempt, why: answer.code, retryMs: answer.retryMs }
    case 'refused':
      return { kind: 'failed', effect, code: answer.code, problem: answer.problem, remedy: answer.remedy }
    case 'unknown':
      return null
  }
}

/** Unless the reconciler saw the effect first: then the journal knows already. */
async function appendOutcome(job: StepJob, { journal }: StepPorts, said: Said): Promise<void> {
  await appendFrom(journal, job.migration, ({ effects }) =>
    effects.get(job.effect)?.status === 'issued' ? said : null,
  )
}
