// Helpers for a move, whatever its route: its volumes, its name, its hosts, and the move that an effect is done for.
// Callers use them instead of branching on the route.
import type { SeenVolume } from './facts.ts'
import type { Migration } from './migration.ts'
import { once } from './once.ts'
import type { Move, Plan, ReplicaMove, SnapshotMove, SourceVolume } from './plan.ts'
import type { Subject } from './subjects.ts'

/** Whether the move is one volume that is copied by snapshots. */
export function isSnapshotMove(move: Move): move is SnapshotMove {
  return move.route === 'snapshot'
}

/** Whether the move is one DRBD resource, of one volume or several. */
export function isReplicaMove(move: Move): move is ReplicaMove {
  return move.route === 'replica'
}

/** The move's volumes in the source zone. */
export function sourcesOf(move: Move): readonly SourceVolume[] {
  return isSnapshotMove(move) ? [move.volume] : move.pairs.map(({ source }) => source)
}

/** What people call the move: the name of its only volume; of several, the DRBD resource. */
export function nameOf(move: Move): string {
  const [first, second] = sourcesOf(move)
  if (first && !second) return first.name
  return isReplicaMove(move) ? move.resource : move.id
}

/** The id of the source instance. All volumes of a move are on the same one. */
export function hostOf(move: Move): string {
  return sourcesOf(move)[0]?.instance ?? ''
}

/** The id of the backup server, to which the copies of a replica are attached when the plan is drawn. */
export function backupOf({ pairs }: ReplicaMove): string {
  return pairs[0]?.copy.instance ?? ''
}

/** The size of all its source volumes together, in GiB. */
export function sizeOf(move: Move): number {
  return sourcesOf(move).reduce((sum, { sizeGib }) => sum + sizeGib, 0)
}

type Row = {
  readonly volume: SourceVolume
  readonly service: string
  readonly successor: string
  readonly route: Move['route']
}

/** One row for each source volume. */
export function rowsOf(moves: readonly Move[]): Row[] {
  return moves.flatMap((move) => {
    const { service, successor, route } = move
    return sourcesOf(move).map((volume) => ({ volume, service, successor, route }))
  })
}

/** Ids of the volumes that only one migration at a time may hold: the sources, and the copies of replicas. */
export function claimsOf(moves: readonly Move[]): string[] {
  return moves.flatMap((move) => [...sourceIdsOf([move]), ...replicaCopyIdsOf(move)])
}

/** Ids of the source volumes of all these moves. */
export function sourceIdsOf(moves: readonly Move[]): string[] {
  return moves.flatMap(sourcesOf).map(({ id }) => id)
}

/** Ids of the volumes in the target zone that were there before the migration; only a replica has any. */
export function replicaCopyIdsOf(move: Move): string[] {
  return isReplicaMove(move) ? move.pairs.map(({ copy }) => copy.id) : []
}

/** Whether a volume of the move was deleted after the plan was drawn. */
export function isGone({ gone }: Migration, move: Move): boolean {
  return gone.size > 0 && claimsOf([move]).some((id) => gone.has(id))
}

const movesById = once((plan: Plan) => new Map(plan.moves.map((move) => [move.id, move])))

/** The move that an effect is done for; null if it is done for a service, for many volumes at once, or in a cleanup. */
export function moveOf({ plan }: Migration, subject: Subject): Move | null {
  return 'move' in subject ? (movesById(plan).get(subject.move) ?? null) : null
}

/**
 * The volume as it was recorded last: what was found since is newer than the inventory. Neither list changes from one
 * decision to the next.
 */
export function knownVolume({ inventory, found }: Migration, id: string): SeenVolume | undefined {
  return volumesById(found).get(id) ?? volumesById(inventory.volumes).get(id)
}

const volumesById = once((volumes: readonly SeenVolume[]) => new Map(volumes.map((volume) => [volume.id, volume])))
