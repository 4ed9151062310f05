// Learns from the facts what the journal does not know yet: begun (also by a caller who died before saying so), done, gone
// wrong, and what had been achieved and is not there any more.

import { isOpen, isReturned } from '../journal/services.ts'
import { isLatest, issuedAtMs, latest } from '../journal/state.ts'
import type { EffectState, Failure } from '../model/effects.ts'
import { effectId } from '../model/effects.ts'
import type { EntryBody } from '../model/entries.ts'
import type { Facts } from '../model/facts.ts'
import { SHOWN_AFTER_MS } from '../model/limits.ts'
import type { Migration } from '../model/migration.ts'
import { isGone, moveOf } from '../model/moves.ts'
import type { Move } from '../model/plan.ts'
import { ofMove } from '../model/subjects.ts'
import { look } from './look.ts'
import type { Sight } from './sight.ts'

export function learn(m: Migration, facts: Facts): EntryBody | null {
  const states = m.effects.values()
  const open = states.filter(({ status }) => status !== 'achieved' && status !== 'failed')
  const sights = open.flatMap((state) => {
    const sight = look(m, state, facts)
    return sight ? [{ id: effectId(state.effect), state, sight }] : []
  })
  const bad = sights.find(({ sight }) => sight.failure)
  if (bad?.sight.failure) return { kind: 'failed', effect: bad.id, issued: null, ...bad.sight.failure }
  const moving = movingServices(m)
  for (const state of states) {
    const failure = lost(m, state, { facts, moving })
    if (failure) return { kind: 'failed', effect: effectId(state.effect), issued: null, ...failure }
  }
  const told = sights.find(({ sight }) => sight.reading)
  if (told?.sight.reading) return { kind: 'read', effect: told.id, ...told.sight.reading }
  const started = sights.flatMap(({ id, state, sight }) =>
    sight.resource && !isKnown(state, sight)
      ? [{ effect: id, resource: sight.resource, others: sight.others ?? [] }]
      : [],
  )
  const achieved = sights.filter(({ sight }) => sight.isAchieved).map(({ id }) => id)
  return started.length + achieved.length > 0 ? { kind: 'seen', started, achieved } : null
}

function isKnown({ resource, others }: EffectState, sight: Sight): boolean {
  const found = sight.others ?? []
  return resource === sight.resource && (found.length === 0 || found.every((id) => others.includes(id)))
}

type Ground = { readonly facts: Facts; readonly moving: ReadonlySet<string> }

/**
 * What was begun or achieved and is not there any more, though the next step or gate rests on it: told, and made anew on a
 * retry.
 */
function lost(m: Migration, state: EffectState, { facts, moving }: Ground): Failure | null {
  const { effect, status, achievedAtMs, intendedAtMs } = state
  const move = moveOf(m, effect.subject)
  if (!move || !restsOn(m, state, { move, isMoving: moving.has(move.service) }) || isGone(m, move)) return null
  if (!isLatest(m, state)) return null
  // A later attempt than the journal knows of may be among what was lost: its effect is younger than its entry says.
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

/** What is waited for, or will be used: a snapshot is not once its copy is made, and a copy that is live is people's. */
function restsOn(
  m: Migration,
  { effect, status }: EffectState,
  { move, isMoving }: { readonly move: Move; readonly isMoving: boolean },
): boolean {
  const { step } = effect
  if (status === 'started') {
    if (step === 'seed') return m.phase === 'seeding'
    if (step === 'firstSnapshot') return m.phase !== 'aborting'
    return (step === 'snapshot' || step === 'restore' || step === 'attach') && isMoving
  }
  if (status !== 'achieved' || !isMoving) return false
  if (step === 'snapshot') return latest(m, ofMove(move.id), 'restore')?.status !== 'achieved'
  return step === 'restore' || step === 'attach' || step === 'checkCopy'
}

/** Before the point of no return all; behind it those that are not open yet, and cannot be without their moves. */
function movingServices(m: Migration): ReadonlySet<string> {
  const names = m.plan.services.map(({ name }) => name)
  if (m.phase === 'moving') return new Set(names)
  return new Set(m.phase === 'live' ? names.filter((name) => !isOpen(m, name) && !isReturned(m, name)) : [])
}
