// Facts for tests: what EC2 shows, from the few things that matter to a row.
import { type Facts, factsOf, type Observed, type SeenSnapshot, type SeenVolume } from '../../src/core/model/facts.ts'
import type { SnapshotMove } from '../../src/core/model/plan.ts'
import { seen } from './plans.ts'

/** Far behind every entry of a test and its visibility window, unless told otherwise. */
export const LATER_MS = 3_600_000

export function facts(over: Partial<Observed> = {}): Facts {
  const none = { snapshots: [], due: [], volumes: [], instances: [], commands: new Map() }
  return factsOf({ rev: 1_000, beganAtMs: LATER_MS, ...none, ...over })
}

export function snapshotOf(
  move: SnapshotMove,
  over: Partial<SeenSnapshot> & { step?: string; generation?: string; issued?: string } = {},
): SeenSnapshot {
  const { step = 'snapshot', generation = '1', issued = `${move.id}-${step}`, tags = {}, ...rest } = over
  const identity = {
    'zonehop:migration': 'mig-1',
    'zonehop:move': move.id,
    'zonehop:step': step,
    'zonehop:generation': generation,
    'zonehop:issued': issued,
  }
  return {
    id: `snap-${move.id}`,
    volumeId: move.id,
    state: 'completed',
    percent: 100,
    startedAtMs: 10_000,
    tags: { ...identity, ...(step === 'snapshot' ? { 'zonehop:frozen': 'mig-1-f1' } : {}), ...tags },
    ...rest,
  }
}

/** The copy of a move in the target zone, made from its final snapshot and not attached yet. */
export function copyOf(move: SnapshotMove, over: Partial<SeenVolume> = {}): SeenVolume {
  const identity = {
    'zonehop:migration': 'mig-1',
    'zonehop:move': move.id,
    'zonehop:step': 'restore',
    'zonehop:generation': '1',
    'zonehop:issued': `${move.id}-restore`,
  }
  const base = { id: `vol-copy-${move.id}`, zone: 'us-east-1c', state: 'available', attachments: [] }
  return seen(move, { ...base, snapshotId: `snap-${move.id}`, tags: { ...move.volume.tags, ...identity }, ...over })
}

/** The same copy, attached at its successor as its source was. */
export function attachedCopyOf(move: SnapshotMove, over: Partial<SeenVolume> = {}): SeenVolume {
  const { device, deleteOnTermination } = move.volume
  const attachment = { instance: move.successor, device, state: 'attached', deleteOnTermination }
  return copyOf(move, { state: 'in-use', attachments: [attachment], ...over })
}

/** A source that carries these tags beside its own. */
export function tagged(move: SnapshotMove, tags: Readonly<Record<string, string>>): SeenVolume {
  return seen(move, { tags: { ...move.volume.tags, ...tags } })
}
