// What failed in the seeds of a day: nobody waits for it, so the watch tells it with its next look.

import { latest } from '../journal/state.ts'
import type { Failure } from '../model/effects.ts'
import type { Migration, Unseeded } from '../model/migration.ts'
import { isSnapshotMove } from '../model/moves.ts'
import type { SnapshotMove } from '../model/plan.ts'
import { ofMove, ofResource } from '../model/subjects.ts'
import { seedsOf } from '../steps/seeds/rounds.ts'

/** What became of something today says nothing of tomorrow. */
const AGAIN = 'It is tried again every day'

/** What went wrong in the seeds that ended last of these; empty where nothing did, or none have ended. */
export function unseededIn(all: readonly Migration[]): Unseeded[] {
  const ended = all.filter(({ purpose, endedAtMs }) => purpose === 'seeds' && endedAtMs !== null)
  const last = ended.toSorted((a, b) => a.plannedAtMs - b.plannedAtMs).at(-1)
  const moves = last?.plan.moves.filter(isSnapshotMove) ?? []
  return last ? moves.flatMap((move) => [...unseeded(last, move), ...left(last, move)]) : []
}

function unseeded(m: Migration, move: SnapshotMove): Unseeded[] {
  const { id: volume, name } = move.volume
  const seed = latest(m, ofMove(move.id), 'seed')?.failure
  if (seed) return [{ volume, name, cause: `no snapshot of it was taken ahead: ${wordsOf(seed)}. ${AGAIN}` }]
  if (m.phase === 'done' && latest(m, ofMove(move.id), 'seed') === null) {
    return [
      {
        volume,
        name,
        cause: `no snapshot of it was taken ahead: backups of others, quietHours or other volumes of its instance left no time. ${AGAIN}`,
      },
    ]
  }
  const own = seedsOf(m, move).flatMap(({ resource }) => resource ?? [])
  const older = [...(m.older[volume] ?? []).map(({ snapshot }) => snapshot), ...own]
  const stays = older.flatMap((snapshot) => {
    const failure = latest(m, ofResource(snapshot), 'delete')?.failure
    return failure ? [`${snapshot}, an older snapshot of it, stays: ${wordsOf(failure)}. ${AGAIN}`] : []
  })
  return stays.slice(0, 1).map((cause) => ({ volume, name, cause }))
}

/** Each is told by itself, whatever else was told of its volume: the seeds of tomorrow know of none that is not theirs to delete. */
function left(m: Migration, move: SnapshotMove): Unseeded[] {
  const { id: volume, name } = move.volume
  return seedsOf(m, move).flatMap(({ resource: snapshot, isFound }) => {
    if (snapshot === null || !isFound) return []
    const cause = `no call returned the id of ${snapshot}, and tags alone call it ours, so zonehop never deletes it: delete it yourself once a newer one is complete`
    return [{ volume, name, snapshot, cause }]
  })
}

function wordsOf({ code, problem, remedy }: Failure): string {
  return `${code}, ${problem.replace(/\.$/, '')}. Next: ${remedy.replace(/\.$/, '')}`
}
