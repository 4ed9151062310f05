// One step job: look again where it cannot be undone, win `issued`, make the one call, append what EC2 said, nudge. The same for
// every kind of call.
//
// Intent before effect, and issued once: who loses to another `issued` of this effect never calls. The nonce of `issued` names the
// attempt: what the call makes carries it, and its outcome speaks of it alone. A job whose intent is no longer pending, or whose
// migration is paused, halted, over or on its way back, does nothing and leaves the intent pending.
import { isDoubtful, mayIssue } from '../../src/core/calling/may-call.ts'
import { recheck, volumesToRecheck } from '../../src/core/calling/recheck.ts'
import { attemptOf } from '../../src/core/journal/state.ts'
import type { Attempt, Effect, EffectState } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Facts } from '../../src/core/model/facts.ts'
import { CALL_WITHIN_MS, LOOK_WITHIN_MS, RETRY_SLOW_MS } from '../../src/core/model/limits.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import type { Answer, Clock, Ec2, Hosts, Order, Queue, StepJob } from '../../src/core/ports.ts'
import { appendFrom, type Journal } from '../../src/store/journal.ts'
import type { Tokens } from '../../src/store/tokens.ts'

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

/** What a call may rest on beside its effect: the journal as it was when the attempt was won. */
export type Calling = { readonly migration: Migration; readonly state: EffectState; readonly order: Order }

/** Codes by which EC2 says that too many call, ours or others'. */
const THROTTLES: readonly string[] = ['RequestLimitExceeded', 'Throttling', 'ThrottlingException']

type Issued = { readonly migration: Migration; readonly state: EffectState; readonly attempt: Attempt }

export async function runStep<E extends Effect>(
  job: StepJob,
  ports: StepPorts,
  call: (effect: E, calling: Calling) => Promise<Answer>,
): Promise<Throttled> {
  const migration = await ports.journal.read(job.migration)
  const pending = migration ? pendingOf(migration, job) : null
  if (!migration || !pending) return null
  const waitMs = await ports.tokens.take(job.call, job.urgency)
  if (waitMs > 0) return waitMs
  const lookedAtMs = ports.steadyMs()
  if (!(await mayStill(migration, pending, ports))) return null
  const askedAtMs = ports.steadyMs()
  const issued = await issue(job, ports)
  if (!issued) return null
  const { state, attempt } = issued
  const nowMs = ports.steadyMs()
  const isLate = nowMs - askedAtMs > CALL_WITHIN_MS || nowMs - lookedAtMs > LOOK_WITHIN_MS
  const order = { migration: issued.migration.id, issued: attempt.nonce }
  // The narrowing is the queue's: a job stands in the queue of its call, and each queue has one.
  const answer: Answer = isLate
    ? { outcome: 'later', code: 'TooLateToCall', retryMs: 0 }
    : (doubt(issued) ?? (await call(state.effect as E, { migration: issued.migration, state, order })))
  const said = outcomeOf(job.effect, attempt, answer)
  if (said) await appendOutcome(job, ports, { attempt, said })
  const isThrottled = answer.outcome === 'later' && THROTTLES.includes(answer.code)
  if (isThrottled) await ports.tokens.refused(job.call)
  await ports.queue.nudge(job.migration)
  return isThrottled ? answer.retryMs : null
}

/** Looks again at the ground of what cannot be undone. What has moved leaves the intent pending for the next tick to judge. */
async function mayStill(m: Migration, { effect }: EffectState, { factsOf, queue }: StepPorts): Promise<boolean> {
  const sources = volumesToRecheck(m, effect)
  if (sources === null || recheck(m, effect, await factsOf(m, sources)) === null) return true
  await queue.nudge(m.id)
  return false
}

/**
 * Null where the newest fold does not end with this very attempt: whoever stood still behind the append, while the effect was looked
 * for and issued anew, or lost again, has nothing to call for, and nothing to say of the attempt of somebody else.
 */
async function issue(job: StepJob, { journal }: StepPorts): Promise<Issued | null> {
  const { effect } = job
  const issued = await appendFrom(journal, job.migration, (migration) =>
    pendingOf(migration, job) ? { kind: 'issued', effect } : null,
  )
  if (issued?.outcome !== 'appended') return null
  const { migration, nonce } = issued
  const state = migration.effects.get(effect)
  const attempt = state ? attemptOf(state) : null
  return state && attempt?.nonce === nonce ? { migration, state, attempt } : null
}

/** `issued` is often the first entry that another Redis run takes: only now is it known that others may be lost. */
function doubt({ migration, state, attempt }: Issued): Answer | null {
  if (!isDoubtful(migration, state.effect)) return null
  // Behind its time it lasts until somebody has looked: asked again in a while.
  const retryMs = Math.max((migration.doubt?.untilMs ?? 0) - attempt.atMs, RETRY_SLOW_MS)
  return { outcome: 'later', code: 'JournalInDoubt', retryMs }
}

function pendingOf(migration: Migration, { effect, attempt }: StepJob): EffectState | null {
  const state = migration.effects.get(effect)
  return state && mayIssue(migration, state) && state.attempts.length === attempt - 1 ? state : null
}

/** Nothing to say of an unknown outcome: `issued` stands, and only looking will tell. */
function outcomeOf(effect: string, { nonce: issued }: Attempt, answer: Answer): EntryBody | null {
  switch (answer.outcome) {
    case 'taken':
      return { kind: 'started', effect, issued, resource: answer.resource }
    case 'later':
      return { kind: 'notCalled', effect, issued, why: answer.code, retryMs: answer.retryMs }
    case 'refused': {
      const { code, problem, remedy } = answer
      return { kind: 'failed', effect, issued, code, problem, remedy }
    }
    case 'unknown':
      return null
  }
}

/** Unless the reconciler saw the effect first, or another attempt is at hand by now: the journal would take no notice of it. */
async function appendOutcome(
  job: StepJob,
  { journal }: StepPorts,
  { attempt, said }: { readonly attempt: Attempt; readonly said: EntryBody },
): Promise<void> {
  await appendFrom(journal, job.migration, ({ effects }) => {
    const state = effects.get(job.effect)
    return state?.status === 'issued' && attemptOf(state)?.nonce === attempt.nonce ? said : null
  })
}
