// The restore of a move, with the rate at which EC2 is asked to load the copy from its snapshot. Until it is loaded, its
// reads are slow.
//
// A region has 5,000 MiB/s for all volumes at once. The slow time of a service ends with the volume that loads longest, so
// each share goes to that one. The rate of an effect never changes, since its token is valid for equal parameters alone:
// what EC2 refuses with a rate is a new generation without one.

import { isMove, latest } from '../journal/state.ts'
import { isRateRefused, type RestoreEffect } from '../model/effects.ts'
import { INITIALIZATION_MIBPS } from '../model/limits.ts'
import type { Migration } from '../model/migration.ts'
import { isSnapshotMove } from '../model/moves.ts'
import { once } from '../model/once.ts'
import type { SnapshotMove } from '../model/plan.ts'
import { ofMove } from '../model/subjects.ts'
import { currentGeneration } from './generations.ts'

/**
 * The restore of a move from this snapshot. It keeps the rate that it was intended with, whatever became of the plan or
 * the services since; once EC2 has refused that, it has none.
 */
export function restoreEffect(m: Migration, { id }: SnapshotMove, snapshotId: string): RestoreEffect {
  const last = restoreFrom(m, id, snapshotId)
  const rate = last ? rateIn(m, id) : (ratesOf(m).get(id) ?? null)
  const base = { subject: ofMove(id), step: 'restore', generation: 1, direction: 'forward' } as const
  const effect = { ...base, snapshotId, zone: m.plan.targetZone }
  return currentGeneration(m, rate === null ? effect : { ...effect, initializationMibps: rate })
}

function restoreFrom(m: Migration, move: string, snapshotId: string): RestoreEffect | null {
  const effect = latest(m, ofMove(move), 'restore')?.effect
  return effect?.step === 'restore' && effect.snapshotId === snapshotId ? effect : null
}

/** The rate of the move's latest restore in MiB/s; null where it has none, or EC2 refused it. */
function rateIn(m: Migration, move: string): number | null {
  const state = latest(m, ofMove(move), 'restore')
  if (state?.effect.step !== 'restore' || isRateRefused(state)) return null
  return state.effect.initializationMibps ?? null
}

/**
 * By move, the rates of the required copies that are still to be made. Who took its share keeps it. After a refusal none
 * is asked for any more: what EC2 lacks for one it lacks for the next, and each refusal is a call within the outage.
 */
const ratesOf = once((m: Migration): ReadonlyMap<string, number> => {
  const isRefused = m.effects.values().some((state) => state.effect.step === 'restore' && isRateRefused(state))
  // Nobody waits for the reads of a rehearsal, and the rate is paid for.
  const isAsked = isMove(m) && m.rules.initialization === 'fast'
  if (!isAsked || isRefused) return new Map()
  const required = new Set(m.plan.services.filter(({ need }) => need === 'required').map(({ name }) => name))
  const moves = m.plan.moves.filter(isSnapshotMove).filter(({ service }) => required.has(service))
  const isMade = ({ id }: SnapshotMove): boolean => {
    const cut = latest(m, ofMove(id), 'snapshot')?.resource ?? null
    return cut !== null && restoreFrom(m, id, cut) !== null
  }
  const takenMibps = moves.filter(isMade).reduce((sum, { id }) => sum + (rateIn(m, id) ?? 0), 0)
  const open = moves.filter((move) => !isMade(move)).map(({ id, volume }) => ({ id, sizeGib: volume.sizeGib }))
  return spreadRates(open, INITIALIZATION_MIBPS.region - takenMibps)
})

type Share = { readonly id: string; readonly sizeGib: number; mibps: number }

/**
 * Rates in MiB/s by id, within `budgetMibps` together: each volume the most that one may have while that fits, else more
 * for those that would load longest. Where not even the least fits for all, the largest get it and the others none.
 */
export function spreadRates(
  volumes: readonly { readonly id: string; readonly sizeGib: number }[],
  budgetMibps: number,
): ReadonlyMap<string, number> {
  const { least, most, step } = INITIALIZATION_MIBPS
  const count = Math.max(0, Math.floor(budgetMibps / least))
  // Sorting is stable: of two that are equal, the earlier in the plan comes first, in every process.
  const largest = volumes.toSorted((a, b) => b.sizeGib - a.sizeGib).slice(0, count)
  if (largest.length * most <= budgetMibps) return new Map(largest.map(({ id }) => [id, most]))
  const shares: Share[] = largest.map(({ id, sizeGib }) => ({ id, sizeGib, mibps: least }))
  for (let left = budgetMibps - largest.length * least; left >= step; left -= step) {
    const open = shares.filter(({ mibps }) => mibps + step <= most)
    const [first] = open
    if (!first) break
    const longest = open.reduce((a, b) => (b.sizeGib / b.mibps > a.sizeGib / a.mibps ? b : a), first)
    longest.mibps += step
  }
  return new Map(shares.map(({ id, mibps }) => [id, mibps]))
}
