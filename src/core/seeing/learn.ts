// Learns from the facts what the journal does not know yet: what has begun (also by a caller that died before it could
// append that), what is done, what went wrong, and what had been achieved and is not there any more.

import { isOpen, isReturned } from '../journal/services.ts'
import { isLatest, isMove, issuedAtMs, latest } from '../journal/state.ts'
import {
  type AttachEffect,
  type CheckCopyEffect,
  type EffectState,
  effectId,
  type Failure,
  isSnapshotEffect,
} from '../model/effects.ts'
import type { EntryBody, EntryOf } from '../model/entries.ts'
import type { Facts } from '../model/facts.ts'
import { SHOWN_AFTER_MS } from '../model/limits.ts'
import type { Migration } from '../model/migration.ts'
import { isGone, isReplicaMove, moveOf } from '../model/moves.ts'
import type { Move } from '../model/plan.ts'
import { ofMove } from '../model/subjects.ts'
import { reunitedReadingOf } from '../steps/way-back.ts'
import { look } from './look.ts'
import type { Sight } from './sight.ts'

/**
 * The entry for what the facts show: a failure first, then a replica's reading, then all that began or is done; or
 * null.
 */
export function learn(m: Migration, facts: Facts): EntryBody | null {
  const states = m.effects.values()
  const open = states.filter(({ status }) => status !== 'achieved' && status !== 'failed')
  const sights = open.flatMap((state) => {
    const sight = look(m, state, facts)
    return sight ? [{ id: effectId(state.effect), state, sight }] : []
  })
  const bad = sights.find(({ sight }) => sight.failure)
  // What failed stands in EC2 all the same: the journal knows it first, so that a cleanup finds it.
  if (bad?.sight.resource && !isKnown(bad.state, bad.sight))
    return { kind: 'seen', started: begun([bad]), achieved: [] }
  if (bad?.sight.failure) return { kind: 'failed', effect: bad.id, issued: null, ...bad.sight.failure }
  const moving = movingServices(m)
  for (const state of states) {
    const failure = vanished(m, state, { facts, moving })
    if (failure) return { kind: 'failed', effect: effectId(state.effect), issued: null, ...failure }
  }
  const told = sights.find(({ sight }) => sight.reading)
  if (told?.sight.reading) return { kind: 'read', effect: told.id, ...told.sight.reading }
  const started = begun(sights)
  const done = sights.filter(({ sight }) => sight.isAchieved)
  const achieved = done.map(({ id }) => id)
  return started.length + achieved.length > 0 ? { kind: 'seen', started, achieved, ...tookOf(done, facts) } : null
}

type Seen = { readonly id: string; readonly state: EffectState; readonly sight: Sight }

/** What began and the journal does not know. */
function begun(sights: readonly Seen[]): EntryOf<'seen'>['started'] {
  return sights.flatMap(({ id, state, sight }) =>
    sight.resource && !isKnown(state, sight)
      ? [{ effect: id, resource: sight.resource, others: sight.others ?? [] }]
      : [],
  )
}

function isKnown({ resource, others }: EffectState, sight: Sight): boolean {
  const found = sight.others ?? []
  return resource === sight.resource && found.every((id) => others.includes(id))
}

/** How long EC2 says that it made the snapshots among these. */
function tookOf(
  done: readonly { readonly id: string; readonly state: EffectState; readonly sight: Sight }[],
  { snapshots }: Facts,
): Pick<EntryOf<'seen'>, 'took'> {
  const known = done.flatMap(({ id, state, sight }) => {
    if (!isSnapshotEffect(state.effect)) return []
    const { startedAtMs = 0, completedAtMs } = snapshots.get(sight.resource ?? state.resource ?? '') ?? {}
    return completedAtMs === undefined || startedAtMs === 0 ? [] : [[id, completedAtMs - startedAtMs] as const]
  })
  return known.length > 0 ? { took: Object.fromEntries(known) } : {}
}

type LearnContext = { readonly facts: Facts; readonly moving: ReadonlySet<string> }

/**
 * The failure of an effect that was begun or achieved and of which nothing is there any more, though the next step or
 * gate rests on it; else null. People are told, and a retry makes it anew.
 */
function vanished(m: Migration, state: EffectState, { facts, moving }: LearnContext): Failure | null {
  const { effect, status, achievedAtMs, intendedAtMs } = state
  const move = moveOf(m, effect.subject)
  if (!move || !isStillNeeded(m, state, { move, isMoving: moving.has(move.service) }) || isGone(m, move)) return null
  if (!isLatest(m, state)) return null
  // The lost entries may hold a later attempt: the effect is then younger than its entry says.
  if (m.doubt?.isOpen) return null
  const sinceMs = achievedAtMs ?? issuedAtMs(state) ?? intendedAtMs
  if (facts.beganAtMs < sinceMs + SHOWN_AFTER_MS) return null
  const sight = look(m, state, facts)
  if (sight?.failure) return sight.failure
  if (status === 'started' ? sight : sight?.isAchieved) return null
  const done = status === 'started' ? 'begun' : 'achieved'
  const problem = `what ${effect.step} had ${done} is not there any more (${state.resource ?? effectId(effect)})`
  return { code: 'Gone', problem, remedy: 'find out who removed it, then retry' }
}

/**
 * Whether something waits for the effect or will use what it made. A snapshot is not used once its copy is made, and a
 * copy that is live is people's.
 */
function isStillNeeded(
  m: Migration,
  { effect, status }: EffectState,
  { move, isMoving }: { readonly move: Move; readonly isMoving: boolean },
): boolean {
  const { step } = effect
  if (!isMove(m)) return status === 'started' && (step === 'seed' || step === 'restore' || step === 'attach')
  // A copy of an older cut is used by nothing.
  if (step === 'restore' && effect.subject.of !== 'move') return false
  if (effect.direction === 'back') {
    return step === 'attach' && (status === 'started' || status === 'achieved') && isGoingHome(m, move)
  }
  if (status === 'started') {
    if (step === 'seed') return m.phase === 'seeding'
    if (step === 'firstSnapshot') return m.phase !== 'aborting'
    return (step === 'snapshot' || step === 'restore' || step === 'attach') && isMoving
  }
  if (status !== 'achieved' || !isMoving) return false
  if (step === 'snapshot') return latest(m, ofMove(move.id), 'restore')?.status !== 'achieved'
  if ((step === 'attach' || step === 'checkCopy') && !isPresentCopy(m, move, effect)) return false
  return step === 'restore' || step === 'attach' || step === 'checkCopy'
}

/** Whether the effect is about the copy that goes live, and not about one of an older cut, which makes room for it. */
function isPresentCopy(m: Migration, move: Move, effect: AttachEffect | CheckCopyEffect): boolean {
  const present = latest(m, ofMove(move.id), 'restore')?.resource ?? effect.volumeId
  return isReplicaMove(move) || effect.volumeId === present
}

/**
 * Whether a replica's copies are still on their way home: until both hosts report that they are in sync again. From
 * then on their attachment is people's.
 */
function isGoingHome(m: Migration, move: Move): boolean {
  const isOnTheWay = m.phase === 'aborting' || (m.phase === 'live' && isReturned(m, move.service))
  return isOnTheWay && isReplicaMove(move) && reunitedReadingOf(m, move)?.doubts.length !== 0
}

/**
 * The services that cannot open without their moves: in phase `moving` all, after the point of no return those that are
 * neither open nor given back.
 */
function movingServices(m: Migration): ReadonlySet<string> {
  const names = m.plan.services.map(({ name }) => name)
  if (m.phase === 'moving') return new Set(names)
  return new Set(m.phase === 'live' ? names.filter((name) => !isOpen(m, name) && !isReturned(m, name)) : [])
}
