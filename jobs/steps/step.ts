// One step job: observe again where the effect cannot be undone, win `issued`, make the one call, append its outcome,
// nudge. This is the same for every kind of call.
//
// Intent before effect, and issued once: a job that loses to another `issued` of its effect never calls. The nonce of
// `issued` names the attempt: what the call makes carries it, and its outcome is about that attempt alone. A job whose
// intent is no longer pending, or whose migration no longer issues it (paused, halted, over, on its way back), does
// nothing and leaves the intent pending.
import { isDoubtful, mayIssue, slower } from '../../src/core/calling/may-call.ts'
import { recheck, volumesToRecheck } from '../../src/core/calling/recheck.ts'
import { attemptOf } from '../../src/core/journal/state.ts'
import { type Attempt, type Effect, type EffectState, effectId } from '../../src/core/model/effects.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Facts } from '../../src/core/model/facts.ts'
import { CALL_WITHIN_MS, LOOK_WITHIN_MS, RETRY_SLOW_MS, UNREACHED_MS } from '../../src/core/model/limits.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import type { Answer, Clock, Ec2, Hosts, Order, Queue, StepJob } from '../../src/core/ports.ts'
import { appendFrom, type Journal } from '../../src/store/journal.ts'
import type { Tokens } from '../../src/store/tokens.ts'

/** What every step job works on. */
export type StepPorts = {
  readonly journal: Journal
  readonly queue: Queue
  readonly ec2: Ec2
  readonly hosts: Hosts
  readonly clock: Clock
  /** Facts of the volumes with these ids, by an observation that begins after this was called. */
  readonly factsOf: (migration: Migration, sources: readonly string[]) => Promise<Facts>
  readonly tokens: Tokens
  /** What becomes of a job whose migration this process does not understand (jobs/aside.ts). */
  readonly handOn: (migration: string) => Promise<void>
  /** A monotonic clock in real ms, for how long the process took between observing, winning `issued` and calling. */
  readonly steadyMs: () => number
}

/**
 * Ms of `Clock` after which any worker may try a job of this kind again, since no token is left or EC2 throttles. Null:
 * the job is done.
 */
export type RetryAfterMs = number | null

/** What a call may use besides its effect: migration and effect state as they were when the attempt was won. */
export type Calling = { readonly migration: Migration; readonly state: EffectState; readonly order: Order }

/** EC2's codes for too many calls, by us or by others in the account. */
const THROTTLES: readonly string[] = ['RequestLimitExceeded', 'Throttling', 'ThrottlingException']

type Issued = { readonly migration: Migration; readonly state: EffectState; readonly attempt: Attempt }

/** Runs one job. `call` is not reached where the attempt is not won, comes too late, or the journal is in doubt. */
export async function runStep<E extends Effect>(
  job: StepJob,
  ports: StepPorts,
  call: (effect: E, calling: Calling) => Promise<Answer>,
): Promise<RetryAfterMs> {
  const migration = await ports.journal.read(job.migration)
  if (!migration) await ports.handOn(job.migration)
  const pending = migration ? pendingOf(migration, job) : null
  if (!migration || !pending) return null
  if (!(await ports.ec2.isReachable(job.call))) {
    // No other job of this process would get through either; the next tick brings this one back, to whichever process.
    await ports.clock.sleep(UNREACHED_MS)
    return null
  }
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
  // In doubt the entry of an earlier attempt may be among those that are lost.
  const isRepeated = pending.status === 'issued' || issued.migration.doubt?.isOpen === true
  const order = { migration: issued.migration.id, issued: attempt.nonce, isRepeated }
  // The cast below holds by the queue: a job is in the queue of its kind of call, and each queue has one kind.
  const answer: Answer | PutOff = isLate
    ? { outcome: 'putOff', code: 'TooLateToCall', retryMs: 0 }
    : (doubt(issued) ?? (await call(state.effect as E, { migration: issued.migration, state, order })))
  const said = outcomeOf(state, attempt, answer)
  await appendOutcome(job, ports, { attempt, said })
  const isThrottled = answer.outcome === 'later' && THROTTLES.includes(answer.code)
  if (isThrottled) await ports.tokens.refused(job.call)
  await ports.queue.nudge(job.migration)
  return isThrottled ? answer.retryMs : null
}

/**
 * Observes again what an effect that cannot be undone rests on. Where that has changed the intent stays pending, and
 * the next tick decides.
 */
async function mayStill(m: Migration, { effect }: EffectState, { factsOf, queue }: StepPorts): Promise<boolean> {
  const sources = volumesToRecheck(m, effect)
  if (sources === null || recheck(m, effect, await factsOf(m, sources)) === null) return true
  await queue.nudge(m.id)
  return false
}

/**
 * Appends `issued`. Null where the effect's newest attempt is not this very one: a process that was suspended after the
 * append, while the effect was looked for and issued again, or its entry was lost, must not call, and has no outcome
 * for another's attempt.
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

/** The call was not made, for a reason of our own; it may be made again after `retryMs`. */
type PutOff = { readonly outcome: 'putOff'; readonly code: string; readonly retryMs: number }

/**
 * What stands in place of a call while the journal is in doubt, else null. `issued` is often the first entry that
 * another run of Redis takes, so only now is it known that other entries may be lost.
 */
function doubt({ migration, state, attempt }: Issued): PutOff | null {
  if (!isDoubtful(migration, state.effect)) return null
  // After `untilMs` doubt lasts until somebody has looked, so the job is tried again in a while.
  const retryMs = Math.max((migration.doubt?.untilMs ?? 0) - attempt.atMs, RETRY_SLOW_MS)
  return { outcome: 'putOff', code: 'JournalInDoubt', retryMs }
}

function pendingOf(migration: Migration, { effect, attempt }: StepJob): EffectState | null {
  const state = migration.effects.get(effect)
  return state && mayIssue(migration, state) && state.attempts.length === attempt - 1 ? state : null
}

/** The entry for an answer. AWS may answer the same for long: then the call has failed, and people decide. */
function outcomeOf(state: EffectState, { nonce: issued, atMs }: Attempt, answer: Answer | PutOff): EntryBody {
  const effect = effectId(state.effect)
  if (answer.outcome === 'taken') return { kind: 'started', effect, issued, resource: answer.resource }
  const { code, retryMs } = { retryMs: 0, ...answer }
  if (answer.outcome === 'putOff') return { kind: 'notCalled', effect, issued, why: code, retryMs }
  const { problem, remedy } = answer
  const heldMs = state.hindrance ? atMs - state.hindrance.sinceMs : 0
  const { patienceMs = Number.POSITIVE_INFINITY } = answer.outcome === 'refused' ? {} : answer
  const isWorn = heldMs >= patienceMs && state.hindrance?.code === code
  if (answer.outcome === 'refused' || isWorn) {
    return { kind: 'failed', effect, issued, code, problem, remedy }
  }
  const said = { code, problem, remedy }
  return answer.outcome === 'unknown'
    ? { kind: 'unanswered', effect, issued, answer: said }
    : { kind: 'notCalled', effect, issued, why: code, retryMs: Math.max(retryMs, slower(heldMs)), answer: said }
}

/**
 * Appends nothing if there is a newer attempt, or if the reconciler saw the effect first: the fold would ignore it. But where that rests on what
 * tags say, the answer vouches for it.
 */
async function appendOutcome(
  job: StepJob,
  { journal }: StepPorts,
  { attempt, said }: { readonly attempt: Attempt; readonly said: EntryBody },
): Promise<void> {
  await appendFrom(journal, job.migration, ({ effects }) => {
    const state = effects.get(job.effect)
    if (!state || attemptOf(state)?.nonce !== attempt.nonce) return null
    const isVouched = said.kind === 'started' && state.isFound && said.resource === state.resource
    return state.status === 'issued' || isVouched ? said : null
  })
}
