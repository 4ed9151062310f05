// The seeds of a day, which the watch takes ahead: each volume is seeded in rounds, and older seeds of it are deleted once a newer one is
// complete. No source is touched, no service stops, and nothing is asked.
//
// What fails is told by the watch and holds up nothing else. A seed that cannot be deleted today is tried again with tomorrow's.

import { deletedIn, generationsOf, isUnknown } from '../journal/state.ts'
import { type DeleteEffect, type Effect, type EffectState, effectId } from '../model/effects.ts'
import type { Facts } from '../model/facts.ts'
import type { Migration, OlderSeed } from '../model/migration.ts'
import { isSnapshotMove, nameOf } from '../model/moves.ts'
import type { Plan, SnapshotMove } from '../model/plan.ts'
import { ofMove, ofResource } from '../model/subjects.ts'
import { currentGeneration } from '../steps/generations.ts'
import { isSeedSettled, seedEffect, seedsOf } from '../steps/seeds/rounds.ts'
import { holdWaits, isForgone, seedHolds } from '../steps/seeds/times.ts'
import { joinedSteps, NO_STEPS, type Steps, steps } from '../steps/snapshot-ladder.ts'
import { pairsToMeasure } from '../telling/forecast/deltas.ts'

/** An older seed is kept so many ms for AWS to say how much the newer one differs from it; the seeds of tomorrow delete it then. */
const MEASURED_WITHIN_MS = 3_600_000

/** What may be done now. On the way back nothing is begun, and what a call may still make is waited for: its id is needed to delete it. */
export function dailySteps(m: Migration, facts: Facts, nowMs: number): Steps {
  const moves = m.plan.moves.filter(isSnapshotMove)
  if (m.phase === 'aborting') return joinedSteps(moves.map((move) => stillMade(m, move, facts)))
  const holds = seedHolds(m, moves, { facts, nowMs })
  const unmeasured = new Set(pairsToMeasure(m).map(({ first }) => first))
  return joinedSteps(
    moves.map((move) => {
      const seed = seedEffect(m, move)
      const hold = holds.get(move.id)
      if (isSeedSettled(m, seed)) return removals(m, move, { facts, nowMs, unmeasured })
      if (!hold) return steps([seed])
      return isForgone(m, move, hold, nowMs) ? NO_STEPS : steps([], holdWaits([move], holds))
    }),
  )
}

function stillMade(m: Migration, move: SnapshotMove, facts: Facts): Steps {
  const isComing = generationsOf(m, ofMove(move.id), 'seed').some((state) => isUnknown(state, facts))
  return isComing ? steps([], [{ on: 'look', what: `the snapshot of ${nameOf(move)}` }]) : NO_STEPS
}

type Now = { readonly facts: Facts; readonly nowMs: number; readonly unmeasured: ReadonlySet<string> }

function removals(m: Migration, move: SnapshotMove, { facts, nowMs, unmeasured }: Now): Steps {
  const newest = seedsOf(m, move).at(-1)
  // Only what is ours for sure, and seen whole, replaces anything.
  if (!newest?.resource || newest.isFound || facts.snapshots.get(newest.resource)?.state !== 'completed')
    return NO_STEPS
  const completeAtMs = newest.achievedAtMs ?? nowMs
  const isLate = nowMs - completeAtMs >= MEASURED_WITHIN_MS
  const all = olderSeeds(m, move)
  // They are looked for from then on, so an older look shows none of them.
  if (all.length > 0 && facts.beganAtMs <= completeAtMs) {
    return steps([], [{ on: 'look', what: `the older snapshots of ${nameOf(move)}` }])
  }
  return joinedSteps(
    all.map((older): Steps => {
      const remove = removalOf(m, older.snapshot)
      const status = m.effects.get(effectId(remove))?.status
      if (status === 'achieved' || status === 'failed') return NO_STEPS
      if (status !== undefined) return steps([remove])
      if (!isOurs(move, older, facts)) return NO_STEPS
      if (!unmeasured.has(older.snapshot)) return steps([remove])
      return isLate
        ? NO_STEPS
        : steps([], [{ on: 'look', what: `how much of ${nameOf(move)} has changed since its last seed` }])
    }),
  )
}

function removalOf(m: Migration, resource: string): DeleteEffect {
  return currentGeneration(m, {
    ...{ subject: ofResource(resource), step: 'delete', generation: 1, direction: 'forward' },
    resource,
  })
}

/** Whoever changed the tag that says whose it is has plans for the snapshot. */
function isOurs({ volume }: SnapshotMove, { snapshot, migration }: OlderSeed, { snapshots }: Facts): boolean {
  const seen = snapshots.get(snapshot)
  return seen?.volumeId === volume.id && seen.state === 'completed' && seen.tags['zonehop:migration'] === migration
}

/** The seeds of a move that are older than its newest one and may be deleted: those of earlier days, and of earlier rounds of this one. */
function olderSeeds(m: Migration, move: SnapshotMove): OlderSeed[] {
  const own = seedsOf(m, move).slice(0, -1)
  return [
    ...(m.older[move.volume.id] ?? []),
    ...own.flatMap(returnedId).map((snapshot) => ({ snapshot, migration: m.id })),
  ]
}

/** The id where a call returned it. What tags alone call ours is left to people: it may be another's, and nobody is asked here. */
function returnedId({ resource, isFound }: EffectState): string[] {
  return resource === null || isFound ? [] : [resource]
}

/** Ids of the seeds that are still to be deleted: a look has to show them, whoever changed their tags. */
export function olderInSight(m: Migration): string[] {
  if (m.purpose !== 'seeds' || m.endedAtMs !== null) return []
  const seeded = m.plan.moves.filter(isSnapshotMove).filter((move) => isSeedSettled(m, seedEffect(m, move)))
  return seeded.flatMap((move) =>
    olderSeeds(m, move)
      .map(({ snapshot }) => snapshot)
      .filter((id) => m.effects.get(effectId(removalOf(m, id)))?.status !== 'achieved'),
  )
}

/** Empty where the journal is asked again, and no volume; null: no recheck. */
export function dailyToRecheck({ step }: Effect): readonly string[] | null {
  return step === 'delete' ? [] : null
}

/** Why the effect must not be called now, in words; null if it may be: what is deleted is a seed of ours behind which a newer one is complete. */
export function recheckDaily(m: Migration, effect: Effect): string | null {
  if (effect.step !== 'delete') return null
  const isOlder = m.plan.moves
    .filter(isSnapshotMove)
    .some((move) => olderSeeds(m, move).some(({ snapshot }) => snapshot === effect.resource) && hasSeed(m, move))
  return isOlder ? null : `${effect.resource} is no seed that a newer one replaces`
}

function hasSeed(m: Migration, move: SnapshotMove): boolean {
  return seedsOf(m, move).length > 0
}

/**
 * The seeds of earlier days of the volumes of a plan that nobody has deleted yet, by the id of the volume. `all` are the migrations of this
 * installation. What a move or a rehearsal took is deleted by its own cleanup.
 */
export function olderSeedsFor(plan: Plan, all: readonly Migration[]): Migration['older'] {
  const days = all.filter(({ purpose }) => purpose === 'seeds').toSorted((a, b) => a.plannedAtMs - b.plannedAtMs)
  const deleted = new Set(days.flatMap(deletedIn))
  const older = new Map(plan.moves.filter(isSnapshotMove).map(({ volume: { id } }): [string, OlderSeed[]] => [id, []]))
  for (const m of days) {
    for (const move of m.plan.moves.filter(isSnapshotMove)) {
      const known = older.get(move.volume.id)
      if (!known) continue
      const made = seedsOf(m, move).flatMap(returnedId)
      known.push(...made.filter((one) => !deleted.has(one)).map((snapshot) => ({ snapshot, migration: m.id })))
    }
  }
  return Object.fromEntries([...older].filter(([, seeds]) => seeds.length > 0))
}
