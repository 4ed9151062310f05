// Questions to a move, whatever its route: its volumes, its name, where it comes from, whom an effect is done for.
import type { Migration } from './migration.ts'
import { once } from './once.ts'
import type { Move, Plan, ReplicaMove, SnapshotMove, SourceVolume } from './plan.ts'
import type { Subject } from './subjects.ts'

export function isSnapshotMove(move: Move): move is SnapshotMove {
  return move.route === 'snapshot'
}

export function isReplicaMove(move: Move): move is ReplicaMove {
  return move.route === 'replica'
}

/** Its volumes in the source zone. */
export function sourcesOf(move: Move): readonly SourceVolume[] {
  return isSnapshotMove(move) ? [move.volume] : move.pairs.map(({ source }) => source)
}

/** What people call it. */
export function nameOf(move: Move): string {
  const [first, second] = sourcesOf(move)
  return !first || second ? (isReplicaMove(move) ? move.resource : move.id) : first.name
}

/** The source instance; the volumes of one move are on one. */
export function hostOf(move: Move): string {
  return sourcesOf(move)[0]?.instance ?? ''
}

/** The backup server, on which the copies of a replica are when the plan is drawn. */
export function backupOf({ pairs }: ReplicaMove): string {
  return pairs[0]?.copy.instance ?? ''
}

export function sizeOf(move: Move): number {
  return sourcesOf(move).reduce((sum, { sizeGib }) => sum + sizeGib, 0)
}

type Row = {
  readonly volume: SourceVolume
  readonly service: string
  readonly successor: string
  readonly route: Move['route']
}

/** A row a source volume. */
export function rowsOf(moves: readonly Move[]): Row[] {
  return moves.flatMap((move) => {
    const { service, successor, route } = move
    return sourcesOf(move).map((volume) => ({ volume, service, successor, route }))
  })
}

/** Volumes that only one migration may be at: its sources, and the copies of its replicas. */
export function claimsOf(moves: readonly Move[]): string[] {
  return moves.flatMap((move) => [...sourceIdsOf([move]), ...copiesOf(move)])
}

export function sourceIdsOf(moves: readonly Move[]): string[] {
  return moves.flatMap(sourcesOf).map(({ id }) => id)
}

/** The volumes in the target zone that were there before: none but a replica's. */
export function copiesOf(move: Move): string[] {
  return isReplicaMove(move) ? move.pairs.map(({ copy }) => copy.id) : []
}

/** A volume of it was deleted under the plan. */
export function isGone({ gone }: Migration, move: Move): boolean {
  return gone.size > 0 && claimsOf([move]).some((id) => gone.has(id))
}

const movesById = once((plan: Plan) => new Map(plan.moves.map((move) => [move.id, move])))

/** The move an effect is done for; none for what is done for a service, for many volumes at once, or in a cleanup. */
export function moveOf({ plan }: Migration, subject: Subject): Move | null {
  return 'move' in subject ? (movesById(plan).get(subject.move) ?? null) : null
}
