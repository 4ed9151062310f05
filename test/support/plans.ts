// Small plans and entries for tests: the fields that matter are handed in, the rest is plain.
import type { Entry, Move, Plan, Said, SourceVolume } from '../../src/core/migration.ts'

export function volume(over: Partial<SourceVolume> = {}): SourceVolume {
  const id = over.id ?? 'vol-1'
  return {
    id,
    name: over.name ?? id,
    sizeGib: 100,
    type: 'gp3',
    iops: 3000,
    throughputMibps: 125,
    encrypted: false,
    kmsKeyId: null,
    tags: { Name: over.name ?? id },
    instance: 'i-source',
    device: '/dev/sdf',
    deleteOnTermination: false,
    ...over,
  }
}

export function move(over: Partial<SourceVolume> = {}, service = over.name ?? 'logs'): Move {
  const moved = volume(over)
  return { id: moved.id, service, route: 'snapshot', volume: moved, successor: 'i-target' }
}

export function plan(moves: readonly Move[] = [move()]): Plan {
  const names = [...new Set(moves.map(({ service }) => service))].sort()
  return {
    sourceZone: 'us-east-1a',
    targetZone: 'us-east-1c',
    services: names.map((name) => ({ name, need: 'required' })),
    moves,
    stays: [],
    digest: 'plan-1',
  }
}

export function planned(id = 'mig-1', over: Partial<Extract<Said, { kind: 'planned' }>> = {}): Said {
  return { kind: 'planned', id, plan: plan(), by: 'U-asker', channel: 'C-1', seeds: false, ...over }
}

/** Entries as a journal would hold them, a second apart. */
export function entries(...said: readonly Said[]): Entry[] {
  return said.map((one, index) => ({
    ...one,
    rev: index + 1,
    atMs: (index + 1) * 1_000,
    nonce: `n${index + 1}`,
    runId: 'r1',
  }))
}
