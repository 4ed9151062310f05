// Cleanup, step by step: every new copy is protected, people are shown what would be deleted, and what they agreed to
// is deleted, each thing after another look at it; nothing else is.

import { isReturned } from '../journal/services.ts'
import { isAchieved, latest, leavesNothing } from '../journal/state.ts'
import type { DeleteEffect, DetachEffect, Effect, SnapshotEffect } from '../model/effects.ts'
import type { EntryBody } from '../model/entries.ts'
import type { Facts } from '../model/facts.ts'
import type { Migration } from '../model/migration.ts'
import { ofResource } from '../model/subjects.ts'
import { type Candidate, candidatesOf, protectorOf } from './candidates.ts'
import { areAchieved, currentGeneration, nextGeneration } from './generations.ts'
import { copyIdsOf } from './marks.ts'
import { firstSnapshot } from './snapshot-ladder.ts'

/**
 * A snapshot of each copy that nothing protects yet. Nothing is deleted before these are complete. A copy that ended in error holds
 * nothing, and EC2 takes no snapshot of it.
 */
export function protections(m: Migration, facts: Facts): SnapshotEffect[] {
  if (leavesNothing(m)) return []
  // Of what was given back the source serves, and is kept: nothing rests on its copy.
  const moves = m.plan.moves.filter(({ service }) => !isReturned(m, service))
  return moves.flatMap((move) =>
    copyIdsOf(m, move)
      .filter((target) => (facts.volumes.get(target)?.state ?? 'error') !== 'error')
      .filter((target) => protectorOf(m, move, { target, facts }) === null)
      .map((target) => {
        const first = firstSnapshot(m, move, target)
        // The snapshot is achieved and protects nothing: it is gone, or was begun before the copy took writes.
        return isAchieved(m, first) ? nextGeneration(first) : first
      }),
  )
}

/**
 * The effects for each approved resource: it is detached from its stopped instance, then deleted. What is kept has
 * none.
 */
export function deletions(m: Migration, facts: Facts): Effect[] {
  const all = candidatesOf(m, facts)
  return (m.cleanup?.approved ?? []).flatMap((resource): Effect[] => {
    const subject = ofResource(resource)
    const remove: DeleteEffect = currentGeneration(m, {
      subject,
      step: 'delete',
      generation: 1,
      direction: 'forward',
      resource,
    })
    const found = all.find((one) => one.resource === resource)
    // It was shown when people agreed to it, and is not any more: the lost entries may hold its deletion.
    if (!found) return [remove]
    if (found.kept !== null) return []
    const detach = detachOf(m, found)
    return detach && !areAchieved(m, [detach]) ? [detach] : [...(detach ? [detach] : []), remove]
  })
}

function detachOf(m: Migration, { resource, detach }: Candidate): DetachEffect | null {
  const subject = ofResource(resource)
  const known = latest(m, subject, 'detachSource')?.effect
  const base = { subject, step: 'detachSource', generation: 1, direction: 'forward' } as const
  if (detach) return currentGeneration(m, { ...base, volumeId: resource, ...detach })
  return known?.step === 'detachSource' ? known : null
}

/**
 * Candidates that must not be touched, being in use, changed, or still being made, and that no entry has as kept yet.
 */
export function stillKept(m: Migration, facts: Facts): Candidate[] {
  return candidatesOf(m, facts).filter(({ resource, kept }) => kept !== null && !m.cleanup?.kept.has(resource))
}

/** The entry `kept` for these candidates; null if there are none. */
export function keptEntry(all: readonly Candidate[]): EntryBody | null {
  const resources = all.map(({ resource, name, kept }) => ({ id: resource, name, why: kept ?? '' }))
  return resources.length > 0 ? { kind: 'kept', resources } : null
}

/** Ids of approved resources that are neither deleted nor kept yet. */
export function stillThere(m: Migration): string[] {
  const isDone = (resource: string): boolean =>
    m.cleanup?.kept.has(resource) || latest(m, ofResource(resource), 'delete')?.status === 'achieved'
  return (m.cleanup?.approved ?? []).filter((resource) => !isDone(resource))
}

/** US dollars a GiB and month, by volume type: EBS's list prices in us-east-1, without IOPS and throughput. */
const PRICES: Readonly<Record<string, number>> = {
  gp3: 0.08,
  gp2: 0.1,
  io1: 0.125,
  io2: 0.125,
  st1: 0.045,
  sc1: 0.015,
  standard: 0.05,
}

/** What `cleanup` shows: what is deleted, each by name, and what is kept; null if nothing can be deleted. */
export function cleanupEvidence(
  m: Migration,
  facts: Facts,
): { readonly lines: readonly string[]; readonly resources: readonly string[] } | null {
  const all = candidatesOf(m, facts)
  const going = all.filter(({ kept, protection }) => kept === null && protection !== null)
  const staying = all.flatMap(({ kept, ...rest }) => (kept === null ? [] : [{ ...rest, kept }]))
  if (going.length === 0) return null
  const what = m.phase === 'aborted' ? 'what the migration made' : `source volumes in ${m.plan.sourceZone}`
  const lines = [
    `Deletes ${going.length} of ${all.length}, ${what}. EC2 does not bring them back.`,
    ...going.map((one) => `Deletes ${candidateLine(one, m.cleanup?.atMs ?? 0)}`),
    ...staying.map(({ name, resource, kept }) => `Keeps ${name} (${resource}): ${kept}.`),
  ]
  return { lines, resources: going.map(({ resource }) => resource) }
}

/** One line of the evidence, as of when the cleanup was asked for: an age that grows would void every approval. */
function candidateLine(
  { name, resource, sizeGib, type, createdAtMs, protection, isFound, detach }: Candidate,
  atMs: number,
): string {
  const days = Math.max(0, Math.floor((atMs - createdAtMs) / 86_400_000))
  const price = PRICES[type ?? '']
  const cost = price === undefined ? '' : `, about $${Math.ceil(sizeGib * price)} a month`
  const size = type === null ? 'a snapshot' : `${sizeGib} GiB of ${type}`
  const first = detach ? `; it is detached from ${detach.instance} first, which is stopped` : ''
  const doubt = isFound ? '; no call returned its id, and tags alone call it ours: see that it is' : ''
  return `${name} (${resource}): ${size}, ${days} ${days === 1 ? 'day' : 'days'} old${cost}; ${protection}${first}${doubt}.`
}
