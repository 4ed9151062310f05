// Small plans and entries for tests: the fields that matter are handed in, the rest is plain.
import { type Entry, type EntryBody, JOURNAL_VERSION } from '../../src/core/model/entries.ts'
import type { Inventory, SeenVolume } from '../../src/core/model/facts.ts'
import { isSnapshotMove } from '../../src/core/model/moves.ts'
import type { Move, Plan, ReplicaMove, Service, SnapshotMove, SourceVolume } from '../../src/core/model/plan.ts'
import { NO_RULES } from '../../src/core/model/rules.ts'

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

export function move(over: Partial<SourceVolume> = {}, service = over.name ?? 'logs'): SnapshotMove {
  const moved = volume(over)
  return { id: moved.id, service, route: 'snapshot', volume: moved, successor: 'i-target' }
}

/** `files` by replica: its copy stands at the backup server. */
export function replicaMove(over: Partial<ReplicaMove> = {}): ReplicaMove {
  const resource = over.resource ?? 'files'
  const source = volume({ id: 'vol-files', name: 'files', instance: 'i-files' })
  const copy = volume({ id: 'vol-files-copy', name: 'files-copy', instance: 'i-backup', device: '/dev/sdp' })
  const pairs = [{ source, copy }]
  return {
    id: `replica/${resource}`,
    service: resource,
    route: 'replica',
    resource,
    pairs,
    successor: 'i-files-next',
    ...over,
  }
}

export function service(name: string, over: Partial<Service> = {}): Service {
  return { name, need: 'required', after: [], method: 'manual', afterAttach: false, check: false, hook: null, ...over }
}

export function plan(moves: readonly Move[] = [move()], over: Partial<Plan> = {}): Plan {
  const names = [...new Set(moves.map((each) => each.service))].sort()
  return {
    sourceZone: 'us-east-1a',
    targetZone: 'us-east-1c',
    services: names.map((name) => service(name)),
    moves,
    stays: [],
    uncovered: [],
    checks: [],
    digest: 'plan-1',
    ...over,
  }
}

const BECAUSE = { because: 'this is a test' }
export const NO_SURVEY: Inventory['survey'] = {
  offeredTypes: BECAUSE,
  instanceTypes: BECAUSE,
  storage: BECAUSE,
  dryRuns: BECAUSE,
  pendingSnapshots: BECAUSE,
  modifying: BECAUSE,
}

/** The volume of a move as EC2 shows it, attached at its source. */
export function seen({ volume }: Pick<SnapshotMove, 'volume'>, over: Partial<SeenVolume> = {}): SeenVolume {
  const { id, sizeGib, type, iops, throughputMibps, encrypted, kmsKeyId, tags, instance, device, deleteOnTermination } =
    volume
  return {
    id,
    zone: 'us-east-1a',
    state: 'in-use',
    sizeGib,
    type,
    iops,
    throughputMibps,
    encrypted,
    kmsKeyId,
    snapshotId: null,
    createdAtMs: 0,
    managedBy: null,
    attachments: [{ instance, device, state: 'attached', deleteOnTermination }],
    tags,
    ...over,
  }
}

export function inventory(moves: readonly Move[]): Inventory {
  const zones = [
    { name: 'us-east-1a', id: 'use1-az1' },
    { name: 'us-east-1c', id: 'use1-az4' },
  ]
  return { zones, instances: [], volumes: moves.flatMap(volumesOf), survey: NO_SURVEY }
}

function volumesOf(move: Move): SeenVolume[] {
  if (isSnapshotMove(move)) return [seen(move)]
  return move.pairs.flatMap(({ source, copy }) => [
    seen({ volume: source }),
    seen({ volume: copy }, { zone: 'us-east-1c' }),
  ])
}

export function planned(id = 'mig-1', over: Partial<Extract<EntryBody, { kind: 'planned' }>> = {}): EntryBody {
  const drawn = over.plan ?? plan()
  const found = inventory(drawn.moves)
  const by = { by: 'U-asker', channel: 'C-1', seeds: false, rules: NO_RULES }
  return { kind: 'planned', version: JOURNAL_VERSION, id, plan: drawn, inventory: found, explained: [], ...by, ...over }
}

/** Entries as a journal would hold them, a second apart. */
export function entries(...said: readonly EntryBody[]): Entry[] {
  return said.map((one, index) => ({
    ...one,
    rev: index + 1,
    atMs: (index + 1) * 1_000,
    nonce: `n${index + 1}`,
    runId: 'r1',
    replicationId: 'h1',
  }))
}
