// Asks EC2, once a minute from the point of no return on, how far the copies in use are loaded from their snapshots. The last
// answer is kept with the progress, so that any process goes on from it.
import type { Facts } from '../src/core/model/facts.ts'
import type { Migration } from '../src/core/model/migration.ts'
import type { Clock, Ec2 } from '../src/core/ports.ts'
import type { Progress } from '../src/core/telling/progress.ts'
import { copiesToAsk, initializationAfter } from '../src/core/telling/reads/copies.ts'

/** The facts with the newest reading, which has a time of its own; no call where none is due. */
export async function withInitialization(
  m: Migration,
  facts: Facts,
  before: Progress | null,
  { ec2, clock }: { readonly ec2: Pick<Ec2, 'initializations'>; readonly clock: Pick<Clock, 'now'> },
): Promise<Facts> {
  const last = before?.initialization ?? null
  const nowMs = clock.now()
  const copies = copiesToAsk(m, last, nowMs)
  if (copies.length === 0) return last ? { ...facts, initialization: last } : facts
  const answer = await ec2.initializations(m.plan.targetZone, copies)
  return { ...facts, initialization: initializationAfter(last, answer, nowMs) }
}
