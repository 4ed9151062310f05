// What changes a DRBD resource: promoting and demoting, going down and up, meeting again. Nothing is ever forced.

import type { Resource, Side } from '../entities.ts'
import { DIRTY_KIB, isConnected, outOfSyncKib, peerOf } from './drbd.ts'

type Refusal = { readonly refused: string }
type Done = Refusal | null

/** Makes a side primary. Null, or why DRBD refuses. A side that is promoted without its peer begins a generation. */
export function promote(resource: Resource, side: Side): Done {
  if (!side.isUp) return refused('no resource is up')
  if (side.role === 'Primary') return null
  const peer = peerOf(resource, side)
  const hasPeer = isConnected(resource)
  if (hasPeer && peer.role === 'Primary')
    return refused('State change failed: (-1) Multiple primaries not allowed by config')
  if (side.disk !== 'UpToDate' && !(hasPeer && peer.disk === 'UpToDate')) {
    return refused('State change failed: (-2) Need access to UpToDate data')
  }
  side.role = 'Primary'
  if (!hasPeer) beginGeneration(resource, side)
  return null
}

/** Begins a generation of data on a side: what is written from here on, the other side does not have. */
function beginGeneration(resource: Resource, side: Side): void {
  const id = ((++resource.born << 1) | side.node).toString(16).toUpperCase().padStart(4, '0')
  side.generations = [`${id}${'0'.repeat(12)}`, ...side.generations]
}

/** Makes a side secondary. Null, or why DRBD refuses: a process holds the device open. */
export function demote({ name }: Resource, side: Side): Done {
  if (side.role === 'Secondary') return null
  if (side.heldBy) return refused(`State change failed: (-12) Device is held open by someone: ${name}: ${side.heldBy}`)
  Object.assign(side, { role: 'Secondary', isAutoPromoted: false })
  return null
}

/** Takes a side down, demoting it first. Null, or why DRBD refuses. A side that leaves a primary behind is Outdated. */
export function down(resource: Resource, side: Side, nowMs: number): Done {
  if (!side.isUp) return null
  const demoted = demote(resource, side)
  if (demoted) return demoted
  const isLeaving = isConnected(resource) && peerOf(resource, side).role === 'Primary'
  if (isLeaving && side.disk === 'UpToDate') side.disk = 'Outdated'
  part(resource, side, nowMs)
  return null
}

/**
 * Ends a side's part in the resource, in order or because its host stopped: a sync pauses, a primary peer begins a
 * generation.
 */
export function part(resource: Resource, side: Side, nowMs: number): void {
  if (!side.isUp) return
  const peer = peerOf(resource, side)
  if (isConnected(resource) && peer.role === 'Primary') beginGeneration(resource, peer)
  pauseSync(resource, nowMs)
  Object.assign(side, { isUp: false, role: 'Secondary', isAutoPromoted: false, isDiscarding: false })
  if (resource.link === 'Connected') resource.link = 'Connecting'
}

/** Brings a side up. Null always: DRBD has nothing to refuse here. */
export function up(resource: Resource, side: Side, nowMs: number): Done {
  if (side.isUp) return null
  side.isUp = true
  if (resource.link !== 'StandAlone') meet(resource, nowMs)
  return null
}

/**
 * Brings the sides together. Null, or why DRBD refuses. Where the data has split this side gives up its own, at their
 * very first meeting, whenever that comes.
 */
export function reunite(resource: Resource, side: Side, nowMs: number): Done {
  if (isConnected(resource)) return null
  if (side.role === 'Primary') return refused('a primary keeps its data')
  Object.assign(side, { isUp: true, isDiscarding: true })
  meet(resource, nowMs)
  return null
}

function meet(resource: Resource, nowMs: number): void {
  const [first, second] = resource.sides
  if (!first.isUp || !second.isUp) {
    resource.link = 'Connecting'
    return
  }
  const target = targetOf(first, second)
  for (const side of resource.sides) side.isDiscarding = false
  if (target === 'split' || (target !== null && resource.sides[target].role === 'Primary')) {
    resource.link = 'StandAlone'
    return
  }
  resource.link = 'Connected'
  if (target !== null) resource.sides[target].disk = 'Inconsistent'
  const begun = { leftKib: DIRTY_KIB, kibPerSecond: resource.kibPerSecond, suspended: 'no' } as const
  resource.sync = target === null ? null : { ...begun, ...resource.sync, target, sinceMs: nowMs }
}

/**
 * The side that has to be brought up to date: null where both are of one generation, `split` where each has its own.
 */
function targetOf(first: Side, second: Side): 0 | 1 | 'split' | null {
  const [a, b] = [first.generations[0] ?? '', second.generations[0] ?? '']
  if (a === b) return null
  if (first.generations.includes(b)) return second.node
  if (second.generations.includes(a)) return first.node
  return [first, second].find(({ isDiscarding }) => isDiscarding)?.node ?? 'split'
}

function pauseSync(resource: Resource, nowMs: number): void {
  if (resource.sync) resource.sync = { ...resource.sync, leftKib: outOfSyncKib(resource, nowMs), sinceMs: nowMs }
}

function refused(why: string): Refusal {
  return { refused: why }
}
