// Looks for what the hosts of a replica did and reported, by the comment of their command. A fence is also seen by what
// EC2 shows of the host.

import { latest } from '../journal/state.ts'
import { type EffectState, REPLICA_DOWN, type ReplicaEffect } from '../model/effects.ts'
import type { Facts, SeenCommand } from '../model/facts.ts'
import type { Migration } from '../model/migration.ts'
import { isReplicaMove, moveOf } from '../model/moves.ts'
import type { ReplicaMove } from '../model/plan.ts'
import { ofMove } from '../model/subjects.ts'
import { mayBePromoted } from '../steps/replica-ladder.ts'
import { commandOf, lookAtCommand } from './look-command.ts'
import { obstaclesOf, syncOf } from './replica-proof.ts'
import { failedSight, type Sight } from './sight.ts'

/** What the facts show of a step on a replica's hosts; null if nothing of it is seen. */
export function lookAtReplica(m: Migration, state: EffectState, effect: ReplicaEffect, facts: Facts): Sight | null {
  const move = moveOf(m, effect.subject)
  if (!move || !isReplicaMove(move)) return null
  if (effect.step === 'fence' && isOut(m, move, facts)) return { isAchieved: true }
  const sight = lookAtCommand(state, effect, facts)
  const command = commandOf(state, effect, facts)
  if (!sight?.isAchieved || !command) return sight
  if (effect.step === 'prove') return lookAtAnswer(m, state, effect, command)
  return effect.step === 'down' ? lookAtGeneration(m, move, effect, command) : sight
}

/**
 * Whether the successor is out of use by what EC2 shows: a host that is stopped, or has none of the copies, is out as
 * much as one that reported it.
 */
function isOut(m: Migration, move: ReplicaMove, facts: Facts): boolean {
  return facts.instances.get(move.successor)?.state === 'stopped' || !mayBePromoted(m, move, facts)
}

/**
 * The reading that both hosts reported. Within the outage a doubt that no sync will clear is a failure: a person has to
 * look.
 */
function lookAtAnswer(m: Migration, state: EffectState, effect: ReplicaEffect, command: SeenCommand): Sight {
  const [source = [], replica = []] = effect.instances.map((id) => command.told[id]?.readings ?? [])
  const silent = effect.instances.find((id) => !command.told[id]?.readings)
  if (silent) {
    const problem = `what ${silent} says of ${effect.resource} was not understood`
    return failedSight(
      'NotUnderstood',
      problem,
      `look at the resource on ${silent}; DRBD 8.4 and 9 with one peer are understood`,
    )
  }
  const areDemoted = isWithin(m, state, effect)
  const doubts = obstaclesOf(source, replica, areDemoted ? { areDemoted } : undefined)
  const sync = syncOf(replica, source)
  if (areDemoted && doubts.length > 0 && (!sync || sync.isStalled)) {
    const remedy =
      'look at the resource on both hosts (drbdadm verify, drbdadm invalidate-remote), then retry; or go on without it'
    const isDown = [...source, ...replica].some(({ isUp }) => !isUp)
    return failedSight(isDown ? REPLICA_DOWN : 'NotProven', `${effect.resource}: ${doubts.join('; ')}`, remedy)
  }
  const sourceRole = source.at(-1)?.role ?? 'Unknown'
  const reading = {
    doubts,
    leftKib: sync?.leftKib ?? null,
    sync: sync?.words ?? null,
    isStalled: sync?.isStalled ?? false,
    sourceRole,
  }
  return { resource: command.id, isAchieved: true, reading }
}

/** Whether the hosts were asked after the demotion, on the way forward: both sides have to be secondary by then. */
function isWithin(m: Migration, { intendedRev }: EffectState, { subject }: ReplicaEffect): boolean {
  const demoted = latest(m, subject, 'demote')
  return demoted?.status === 'achieved' && intendedRev > demoted.intendedRev
}

/**
 * If both sides were taken down in order, they hold the same generation of data: the copy's has to equal the source's.
 * The generation is kept as the effect's resource.
 */
function lookAtGeneration(m: Migration, move: ReplicaMove, effect: ReplicaEffect, { told }: SeenCommand): Sight {
  const host = effect.instances[0] ?? ''
  const generation = told[host]?.generation ?? null
  if (generation === null) {
    return failedSight(
      'NotUnderstood',
      `${host} did not say which generation it holds`,
      `look at drbdadm get-gi ${move.resource} there, then retry`,
    )
  }
  const isSource = effect.subject.of === 'move'
  const source = isSource ? generation : latest(m, ofMove(move.id), 'down')?.resource
  if (source === generation) return { resource: generation, isAchieved: true }
  const problem = `the source holds generation ${source}, the copy ${generation}`
  return failedSight('GenerationsDiffer', problem, 'they were written apart: abort, or find out which is right by hand')
}
