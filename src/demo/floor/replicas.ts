// What a replica could not have done faster.
import { REPLICA_DOCUMENTS, type ReplicaStep } from '../../core/model/effects.ts'
import { backupOf, hostOf } from '../../core/model/moves.ts'
import type { Pair, ReplicaMove } from '../../core/model/plan.ts'
import { longest, type Outage, ranMs, type Timed } from './terms.ts'

/**
 * From the demotion to copies that are attached, promoted and checked, in order. What was left to sync counts from the freeze on, less the
 * demotion, which goes on beside it; both sides go down at once. `stoppedAtMs` gives when the service had stopped, the last time before a
 * time.
 */
export function replicaTerms(
  outage: Outage,
  move: ReplicaMove,
  stoppedAtMs: (beforeMs: number) => number,
): readonly Timed[] {
  const { service, resource, successor, pairs } = move
  const ran = (step: ReplicaStep, ...hosts: readonly string[]): Timed => {
    return { service, step, ms: ranMs(outage, { document: REPLICA_DOCUMENTS[step], about: resource, hosts }) }
  }
  const demote = ran('demote', hostOf(move))
  const syncEndsMs = Math.max(
    0,
    ...outage.durations.syncs.filter((one) => one.resource === resource).map(({ endedAtMs }) => endedAtMs),
  )
  return [
    demote,
    { service, step: 'sync', ms: Math.max(0, syncEndsMs - stoppedAtMs(syncEndsMs) - demote.ms) },
    ran('down', hostOf(move), backupOf(move)),
    ...longest(pairs.map((pair) => carriedTerms(outage, move, pair))),
    ran('promote', successor),
    ran('checkReplica', successor),
  ]
}

/** A copy goes from the backup server to the successor. */
function carriedTerms(outage: Outage, { service, successor }: ReplicaMove, { copy }: Pair): readonly Timed[] {
  const { fromMs, untilMs, durations } = outage
  const attachments = durations.volumes.get(copy.id)?.attachments ?? []
  const left = attachments
    .filter(({ instance, detachedAtMs }) => instance === copy.instance && detachedAtMs <= untilMs)
    .map(({ detachAskedAtMs, detachedAtMs }) => detachedAtMs - (detachAskedAtMs ?? detachedAtMs))
  const came = attachments
    .filter((one) => one.instance === successor && one.beganAtMs >= fromMs && one.attachedAtMs <= untilMs)
    .map(({ beganAtMs, attachedAtMs }) => attachedAtMs - beganAtMs)
  return [
    { service, step: 'detach', ms: quickest(left) },
    { service, step: 'attach', ms: quickest(came) },
  ]
}

function quickest(all: readonly number[]): number {
  return all.length > 0 ? Math.min(...all) : 0
}
