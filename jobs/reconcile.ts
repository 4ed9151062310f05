// Reconcile: read the journal, look at EC2, decide, append, enqueue; then wait until it is worth looking again.
//
// Why a reconciler: a list of stages run once knows what it meant to do; after a crash only the world knows what happened.
// So each tick starts from what is true. At most one runs a migration; it is told nothing but the id, and dying at any line
// is safe: the next tick reads, looks and decides the same.
import { decide } from '../src/core/decide.ts'
import type { Facts } from '../src/core/facts.ts'
import type { Migration } from '../src/core/migration.ts'
import { effectId } from '../src/core/migration.ts'
import type { Clock, Ec2, Queue, StepJob } from '../src/core/ports.ts'
import { sample } from '../src/core/progress.ts'
import type { Claims, Journal } from '../src/store/journal.ts'
import type { Views } from '../src/store/views.ts'

export type ReconcilePorts = {
  readonly journal: Journal
  readonly views: Views
  readonly ec2: Ec2
  readonly queue: Queue
  readonly clock: Clock
  /** Aborts the wait when a person speaks to this migration or the process stops. */
  readonly interruption: (id: string) => AbortSignal
}

export async function reconcile(id: string, ports: ReconcilePorts): Promise<void> {
  const { journal, views, ec2, queue, clock } = ports
  const interrupted = ports.interruption(id)
  const begun = await journal.read(id)
  if (!begun || isOver(begun)) return

  const facts = await ec2.observe(begun, clock.now())
  const migration = await appendUntilSettled(begun, facts, ports)
  const decision = decide(migration, facts, clock.now())
  await queue.enqueue(decision.effects.map((state) => stepJob(migration.id, state)))
  await views.saveProgress(id, sample(migration, facts, clock.now()))
  await queue.nudgeNotify(id)
  if (isOver(migration)) return

  await clock.sleep(decision.observeInMs, interrupted)
  await queue.nudge(id)
}

/** Appends one decided entry after another. Who loses an append reads again and decides again, on the facts in hand. */
async function appendUntilSettled(
  begun: Migration,
  facts: Facts,
  { journal, clock }: ReconcilePorts,
): Promise<Migration> {
  for (let migration = begun; ; ) {
    const { next } = decide(migration, facts, clock.now())
    if (!next) return migration
    const claims: Claims = next.kind === 'done' ? { release: true } : {}
    const appended = await journal.append(migration.id, migration, next, claims)
    migration = appended.outcome === 'appended' ? appended.migration : ((await journal.read(migration.id)) ?? migration)
  }
}

function isOver({ phase }: Migration): boolean {
  return phase === 'done' || phase === 'aborted'
}

function stepJob(
  migration: string,
  { effect, attempts }: { effect: { subject: string; step: StepJob['step']; generation: number }; attempts: number },
): StepJob {
  return { migration, effect: effectId(effect), step: effect.step, attempt: attempts + 1 }
}
