// A rehearsal of a move: each volume is seeded, and restored in the target zone, the copy attached to its successor under a free device and
// looked into by a document; then all copies are taken away. No source is touched, no service stops, and nothing is asked.
//
// What fails is a finding of the rehearsal and holds up nothing else. Only what cannot be taken away waits for people.

import { readingOf } from '../journal/readings.ts'
import { movesOf } from '../journal/services.ts'
import { generationsOf, isAchieved, isUnknown, latest } from '../journal/state.ts'
import {
  type AttachEffect,
  type DeleteEffect,
  type DetachEffect,
  type Effect,
  effectId,
  REHEARSAL_DOCUMENT,
  type RehearseEffect,
} from '../model/effects.ts'
import type { Facts, SeenVolume } from '../model/facts.ts'
import { SHOWN_AFTER_MS } from '../model/limits.ts'
import type { Migration } from '../model/migration.ts'
import { isReplicaMove, isSnapshotMove, nameOf } from '../model/moves.ts'
import type { Service, SnapshotMove } from '../model/plan.ts'
import { ofCopy, ofMove, ofService } from '../model/subjects.ts'
import { currentGeneration, detachAgainIfBack } from '../steps/generations.ts'
import { restoreEffect } from '../steps/initialization.ts'
import { questions } from '../steps/replica-ladder.ts'
import { seedEffect } from '../steps/seeds/rounds.ts'
import { holdWaits, isForgone, seedHolds } from '../steps/seeds/times.ts'
import { copiesOf, joinedSteps, NO_STEPS, type Steps, steps } from '../steps/snapshot-ladder.ts'
import type { SeedHold } from '../steps/waits.ts'
import { devicesOf } from './devices.ts'
import { isLookedInto, openLooks } from './looks.ts'

/** What may be done now: on the way there for each service by itself, on the way back only what takes the copies away. */
export function rehearsalSteps(m: Migration, facts: Facts, nowMs: number): Steps {
  const moves = m.plan.moves.filter(isSnapshotMove)
  if (m.phase === 'aborting') return joinedSteps(moves.map((move) => takenAway(m, move, facts)))
  const unread = m.plan.moves.filter(isReplicaMove).filter((move) => readingOf(m, ofMove(move.id)) === null)
  const asked = unread.length > 0 ? questions(m, facts, nowMs).filter((one) => standOf(m, one) !== 'failed') : []
  const mine = asked.filter(({ subject }) => unread.some(({ id }) => 'move' in subject && subject.move === id))
  const holds = heldSeeds(m, moves, { facts, nowMs })
  return joinedSteps([
    steps(mine, holdWaits(moves, holds)),
    ...m.plan.services.map((service) => serviceSteps(m, service, { facts, holds })),
  ])
}

/** Whoever asked for the rehearsal gets it in the end, whatever others take. */
function heldSeeds(m: Migration, moves: readonly SnapshotMove[], now: { facts: Facts; nowMs: number }): Holds {
  const holds = seedHolds(m, moves, now)
  const waiting = moves.flatMap((move): [id: string, hold: SeedHold][] => {
    const hold = holds.get(move.id)
    return hold && !isForgone(m, move, hold, now.nowMs) ? [[move.id, hold]] : []
  })
  return new Map(waiting)
}

type Holds = ReadonlyMap<string, SeedHold>

/** Whether all that these steps name is done. */
export function isRehearsed(m: Migration, { effects, waits }: Steps): boolean {
  return waits.length === 0 && effects.every((effect) => isAchieved(m, effect))
}

type Stand = 'open' | 'done' | 'failed'

function standOf({ effects }: Migration, effect: Effect): Stand {
  const status = effects.get(effectId(effect))?.status
  if (status === 'achieved') return 'done'
  return status === 'failed' ? 'failed' : 'open'
}

function serviceSteps(m: Migration, service: Service, { facts, holds }: { facts: Facts; holds: Holds }): Steps {
  const all = movesOf(m, service.name).filter(isSnapshotMove)
  const moves = all.filter(({ id }) => !holds.has(id))
  const tops = moves.map((move) => topOf(m, move))
  const open = tops.filter((top) => standOf(m, top) === 'open')
  if (open.length > 0 || moves.length < all.length) return steps(open)
  const documents = rehearseEffects(m, service)
  const running = documents.filter((one) => standOf(m, one) === 'open')
  if (running.length > 0) return steps(running)
  return joinedSteps(moves.map((move) => takenAway(m, move, facts)))
}

/** The step of a move that is not done yet, or its last one. */
function topOf(m: Migration, move: SnapshotMove): Effect {
  const seed = seedEffect(m, move)
  const snapshot = m.effects.get(effectId(seed))?.resource
  if (standOf(m, seed) !== 'done' || !snapshot) return seed
  const restore = restoreEffect(m, move, snapshot)
  const copy = m.effects.get(effectId(restore))?.resource
  if (standOf(m, restore) !== 'done' || !copy) return restore
  return attachEffect(m, move, copy) ?? restore
}

/** Null where the successor has no device free. */
function attachEffect(m: Migration, move: SnapshotMove, volumeId: string): AttachEffect | null {
  const device = devicesOf(m.plan)(m.inventory).get(move.id)
  if (device === undefined) return null
  const base = { subject: ofMove(move.id), step: 'attach', generation: 1, direction: 'forward' } as const
  return currentGeneration(m, { ...base, volumeId, instance: move.successor, device })
}

/**
 * The document that looks into the copies of a service, on each successor that has some; none for a service whose hosts run no documents
 * anyway, since then they may have no agent.
 */
function rehearseEffects(m: Migration, service: Service): RehearseEffect[] {
  if (!hasDocuments(service)) return []
  const placed = movesOf(m, service.name)
    .filter(isSnapshotMove)
    .flatMap(({ id, successor }) => {
      const attach = latest(m, ofMove(id), 'attach')
      return attach?.status === 'achieved' && attach.effect.step === 'attach'
        ? [{ successor, volume: attach.effect.volumeId }]
        : []
    })
  const hosts = [...new Set(placed.map(({ successor }) => successor))].sort()
  return hosts.map((host, index) => {
    const volumes = placed.filter(({ successor }) => successor === host).map(({ volume }) => volume)
    const subject = ofService(service.name, index + 1)
    const base = { subject, step: 'rehearse', generation: 1, direction: 'forward', service: service.name } as const
    return currentGeneration(m, { ...base, instances: [host], document: REHEARSAL_DOCUMENT, volumes })
  })
}

/** Whether the hosts of a service run documents of ssm/. */
export function hasDocuments({ method, check, afterAttach, hook }: Service): boolean {
  return method === 'document' || check || afterAttach || hook !== null
}

/** The steps that take away the copies of a move, and what they wait for: what a call may still make has to be seen first. */
function takenAway(m: Migration, move: SnapshotMove, facts: Facts): Steps {
  const states = (['restore', 'attach'] as const).flatMap((step) => generationsOf(m, ofMove(move.id), step))
  const isComing = states.some((state) => state.status === 'started' || isUnknown(state, facts))
  if (isComing) return steps([], [{ on: 'look', what: `the copy of ${nameOf(move)}` }])
  return joinedSteps(copiesOf(m, move.id).map((id) => removal(m, move, id, facts)))
}

/** Whether the effect would take away a copy that a document looks into, or will: after a retry both may stand in the journal. */
export function isBehindLook(m: Migration, effect: Effect): boolean {
  const id = rehearsedToRecheck(effect)?.[0]
  return m.purpose === 'rehearsal' && m.phase === 'seeding' && id !== undefined && openLooks(m, id).length > 0
}

function removal(m: Migration, move: SnapshotMove, id: string, facts: Facts): Steps {
  if (isLookedInto(m, id, facts)) {
    return steps([], [{ on: 'look', what: `whether the look into the copy of ${nameOf(move)} is over` }])
  }
  const base = { subject: ofCopy(move.id, id), generation: 1, direction: 'back' } as const
  const remove: DeleteEffect = currentGeneration(m, { ...base, step: 'delete', resource: id })
  const seen = facts.volumes.get(id)
  if (!seen) return unseen(m, move, remove, facts)
  if (whyTheirs(m, move, seen) !== null) return NO_STEPS
  const at = attachedTo(seen)
  const known = latest(m, remove.subject, 'detach')?.effect
  if (!at && known?.step !== 'detach') return steps([remove])
  const { instance, device } = at ?? (known as DetachEffect)
  const detach = detachAgainIfBack(
    m,
    currentGeneration(m, { ...base, step: 'detach', volumeId: id, instance, device }),
    facts,
  )
  return steps(isAchieved(m, detach) ? [detach, remove] : [detach])
}

/** What EC2 does not show is gone, unless it is so young that EC2 need not show it yet. */
function unseen(m: Migration, move: SnapshotMove, remove: DeleteEffect, { beganAtMs }: Facts): Steps {
  if (m.effects.has(effectId(remove))) return steps([remove])
  const madeAtMs = Math.max(
    ...generationsOf(m, ofMove(move.id), 'restore').map(
      ({ achievedAtMs, intendedAtMs }) => achievedAtMs ?? intendedAtMs,
    ),
  )
  return beganAtMs < madeAtMs + SHOWN_AFTER_MS
    ? steps([], [{ on: 'look', what: `the copy ${remove.resource}` }])
    : NO_STEPS
}

function attachedTo({ attachments }: SeenVolume) {
  return attachments.find(({ state }) => state !== 'detached')
}

/** Ids of the volumes that the effect rests on, to be observed again; null: no recheck. */
export function rehearsedToRecheck(effect: Effect): readonly string[] | null {
  if (effect.step === 'detach') return [effect.volumeId]
  return effect.step === 'delete' ? [effect.resource] : null
}

/** Why a copy must not be taken away now, in words; null if it may be: it is one that a call of this rehearsal made, serves nobody and is not being looked into. */
export function recheckRehearsed(m: Migration, effect: Effect, facts: Facts): string | null {
  const id = rehearsedToRecheck(effect)?.[0]
  if (id === undefined) return null
  const move = m.plan.moves.filter(isSnapshotMove).find((one) => copiesOf(m, one.id).includes(id))
  if (!move) return `${id} is no copy of this rehearsal`
  const seen = facts.volumes.get(id)
  if (!seen) return `${id} is not shown`
  const why = whyTheirs(m, move, seen)
  if (why !== null) return why
  if (effect.step === 'delete' && attachedTo(seen)) return `${id} is attached`
  return isLookedInto(m, id, facts) ? `a document looks into ${id}` : null
}

/** Why a copy is somebody else's now, in words: whoever attached it elsewhere or changed its tags has plans for it. Null where it is not. */
function whyTheirs({ id: migration }: Migration, { successor }: SnapshotMove, seen: SeenVolume): string | null {
  const { id, tags } = seen
  if (tags['zonehop:migration'] !== migration) return `${id} does not say zonehop:migration=${migration} any more`
  if ('zonehop:live' in tags) return `${id} says zonehop:live`
  const at = attachedTo(seen)
  return at && at.instance !== successor ? `${id} is attached to ${at.instance}` : null
}
