// The way back while EC2 cannot be reached. If the journal is not in doubt, an abort goes on by hand: every service's
// commands are shown, and a person confirms that they are done. When EC2 is back, the freeze's tags come off first, and
// then whatever else is left of the way back.

import { wasFrozen } from '../journal/outage.ts'
import { isThawed, movesOf, serviceNameOf } from '../journal/services.ts'
import { unsettled, wasAsked } from '../journal/state.ts'
import type { ServiceEffect } from '../model/effects.ts'
import type { EntryBody } from '../model/entries.ts'
import { COMMAND_VALID_MS } from '../model/limits.ts'
import type { Migration } from '../model/migration.ts'
import { hostOf, isReplicaMove, nameOf, sourcesOf } from '../model/moves.ts'
import type { Move, ReplicaMove, Service } from '../model/plan.ts'
import { ofMove } from '../model/subjects.ts'
import { code, shellWord } from '../model/text.ts'
import { currentGeneration, freshOf } from './generations.ts'
import { anewAfterFreeze, calledOn, mounting, serviceEffects } from './hosts.ts'

/** The entry that asks people for the work; null if there is none to ask for. `nowMs` is in ms since 1970. */
export function byHand(m: Migration, nowMs: number): EntryBody | null {
  if (m.phase !== 'aborting' || m.doubt?.isOpen) return null
  // Whether the target zone takes writes is asked first, as where EC2 can be looked at.
  if (unsettled(m).some(({ about }) => about === 'left')) return null
  const effects = m.plan.services
    .filter(({ name }) => wasFrozen(m, name) && !isThawed(m, name) && !mayStillAct(m, name, nowMs))
    .flatMap((service) => handUnfreezes(m, service))
  const fresh = freshOf(m, effects)
  return fresh.length > 0 ? { kind: 'intended', effects: fresh } : null
}

/** Whether a host may still do what a recent command told it: that would stop again what people start. */
function mayStillAct(m: Migration, service: string, nowMs: number): boolean {
  return m.effects
    .values()
    .some(
      ({ effect, attempts }) =>
        serviceNameOf(m, effect) === service && attempts.some(({ atMs }) => nowMs - atMs < COMMAND_VALID_MS),
    )
}

function handUnfreezes(m: Migration, service: Service): ServiceEffect[] {
  return serviceEffects(m, service, 'unfreeze').map((effect) => {
    const mine = movesOf(m, service.name).filter((move) => effect.instances.includes(hostOf(move)))
    const todo = mine.flatMap((move) => linesOf(m, service, move))
    return anewAfterFreeze(m, currentGeneration(m, { ...effect, work: { method: 'manual', todo } }))
  })
}

/**
 * The commands for one move. They give the volume's id and name, since the device names of EC2 mean nothing on most
 * instances.
 */
function linesOf(m: Migration, service: Service, move: Move): string[] {
  const host = hostOf(move)
  if (service.method === 'stop-instances') return [`start the instance ${host}, which has ${nameOf(move)}`]
  const name = calledOn(service.name, sourcesOf(move)[0]?.id ?? move.id)
  if (isReplicaMove(move)) return replicaLines(m, move, name)
  return [`on ${host}: ${mounting('mount', move.volume)}, start ${name}`]
}

function replicaLines(m: Migration, move: ReplicaMove, name: string): string[] {
  const { resource, successor } = move
  const host = hostOf(move)
  const word = shellWord(resource)
  if (!wasAsked(m, ofMove(move.id), 'demote'))
    return [`on ${host}: mount the DRBD device of ${resource}, start ${name}`]
  const drbdadm = (verb: 'down' | 'up' | 'primary'): string =>
    word === null ? `take the DRBD resource of ${sourcesOf(move)[0]?.id} ${verb}` : code(`drbdadm ${verb} ${word}`)
  return [
    `on ${successor}, first: see that nothing uses ${resource} there, then ${drbdadm('down')}`,
    `on ${host}: ${drbdadm('up')}, ${drbdadm('primary')}, mount it, start ${name}`,
  ]
}
