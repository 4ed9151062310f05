// One step job: look again where it cannot be undone, win `issued`, make the one call, append what EC2 said, nudge. The same for
// every kind of call.
//
// Intent before effect, and issued once: who loses to another `issued` of this attempt never calls. A job whose intent is no
// longer pending, or whose migration is paused, over or on its way back, does nothing and leaves the intent pending.
import { isDoubtful, mayIssue } from '../src/core/attempt.ts'
import type { Effect } from '../src/core/effects.ts'
import type { Said } from '../src/core/entries.ts'
import type { Facts } from '../src/core/facts.ts'
import { CALL_WITHIN_MS, LOOK_WITHIN_MS } from '../src/core/limits.ts'
import type { EffectState, Migration } from '../src/core/migration.ts'
import type { Answer, Clock, Ec2, Hosts, Queue, StepJob } from '../src/core/ports.ts'
import { ground, recheck } from '../src/core/recheck.ts'
import { appendFrom, type Journal } from '../src/store/journal.ts'
import type { Tokens } from '../src/store/tokens.ts'

export type StepPorts = {
  readonly journal: Journal
  readonly queue: Queue
  readonly ec2: Ec2
  readonly hosts: Hosts
  readonly clock: Clock
  /** Facts of these source volumes, looked at from now on. */
  readonly factsOf: (migration: Migration, sources: readonly string[]) => Promise<Facts>
  readonly tokens: Tokens
  /** Real time in ms, steady: how long the process took between looking, winning `issued` and calling. */
  readonly steadyMs: () => number
}

/** Ms after which a job of this kind may be tried again, by any worker: no token is left, or EC2 throttles. Null: it is done. */
export type Throttled = number | null

/** As EC2 says it, and as SSM does (EC2 error reference, SSM common errors). */
const THROTTLED = ['RequestLimitExceeded', 'Throttling', 'ThrottlingException']

export async function runStep<E extends Effect>(
  job: StepJob,
  ports: StepPorts,
  call: (effect: E, state: EffectState) => Promise<Answer>,
): Promise<Throttled> {
  const migration = await ports.journal.read(job.migration)
  const pending = migration ? pendingOf(migration, job) : null
  if (!migration || !pending) return null
  const waitMs = await ports.tokens.take(job.call, job.priority)
  if (waitMs > 0) return waitMs
  const lookedAtMs = ports.steadyMs()
  if (!(await mayStill(migration, pending, ports))) return null
  const askedAtMs = ports.steadyMs()
  const issued = await issue(job, ports)
  const state = issued?.effects.get(job.effect)
  if (!issued || !state) return null
  const nowMs = ports.steadyMs()
  const isLate = nowMs - askedAtMs > CALL_WITHIN_MS || nowMs - lookedAtMs > LOOK_WITHIN_MS
  // The narrowing is the queue's: a job stands in the queue of its call, and each queue has one.
  const answer: Answer = isLate
    ? { outcome: 'later', code: 'TooLateToCall', retryMs: 0 }
    : (doubt(issued, state) ?? (await call(state.effect as E, state)))
  const said = outcomeOf(job, answer)
  if (said) await appendOutcome(job, ports, said)
  if (answer.outcome === 'later' && THROTTLED.includes(answer.code)) await ports.tokens.refused(job.call)
  await ports.queue.nudge(job.migration)
  return answer.outcome === 'later' && answer.code === 'RequestLimitExceeded' ? answer.retryMs : null
}

/** Looks again at the ground of what cannot be undone. What has moved leaves the intent pending for the next tick to judge. */
async function mayStill(m: Migration, { effect }: EffectState, { factsOf, queue }: StepPorts): Promise<boolean> {
  const sources = ground(m, effect)
  if (sources === null || recheck(m, effect, await factsOf(m, sources)) === null) return true
  await queue.nudge(m.id)
  return false
}

async function issue(job: StepJob, { journal }: StepPorts): Promise<Migration | null> {
  const { effect, attempt } = job
  const issued = await appendFrom(journal, job.migration, (migration) =>
    pendingOf(migration, job) ? { kind: 'issued', effect, attempt } : null,
  )
  return issued?.outcome === 'appended' ? issued.migration : null
}

/** `issued` is often the first entry that another Redis run takes: only now is it known that others may be lost. */
function doubt(issued: Migration, { effect, issuedAtMs }: EffectState): Answer | null {
  const atMs = issuedAtMs ?? 0
  if (!isDoubtful(issued, effect, atMs)) return null
  return { outcome: 'later', code: 'JournalInDoubt', retryMs: issued.doubtUntilMs - atMs }
}

function pendingOf(migration: Migration, { effect, attempt }: StepJob): EffectState | null {
  const state = migration.effects.get(effect)
  return state && mayIssue(migration, state) && state.attempts === attempt - 1 ? state : null
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

/**
 * Unless the reconciler saw the effect first: then the journal knows already. Nor behind another attempt, which may have called:
 * what a worker has to say that was suspended for minutes would open the way for a third.
 */
async function appendOutcome(job: StepJob, { journal }: StepPorts, said: Said): Promise<void> {
  await appendFrom(journal, job.migration, ({ effects }) => {
    const state = effects.get(job.effect)
    return state?.status === 'issued' && state.attempts === job.attempt ? said : null
  })
}
