// How a replica stands, in words: how far its sync is, what keeps it from being proven, and where it is on its way.
import { readingOf, readingWords } from '../journal/readings.ts'
import { isOpen } from '../journal/services.ts'
import { latest } from '../journal/state.ts'
import type { Migration } from '../model/migration.ts'
import { sizeOf } from '../model/moves.ts'
import type { ReplicaMove } from '../model/plan.ts'
import { ofCopy, ofMove, type Subject } from '../model/subjects.ts'

type Words = { readonly words: string; readonly isFailed?: boolean; readonly isDone?: boolean }

/** The steps from the last to the first, each with its words while it runs and once it is done. */
const LADDER = [
  ['checkReplica', 'looking at it read-only', 'checked'],
  ['promote', 'promoting', 'promoted'],
  ['attach', 'attaching', 'attached to its successor'],
  ['detach', 'detaching from its backup server', 'detached from its backup server'],
  ['down', 'taking both sides down', 'down on both sides'],
  ['prove', 'asking both hosts', 'proven on both hosts'],
  ['demote', 'demoting the source', 'source demoted'],
] as const

/** The words for the furthest step of a replica move that was intended, on the way forward or home. */
export function replicaWords(m: Migration, move: ReplicaMove): Words {
  const back = wordsBack(m, move)
  if (back) return back
  const subjects: Subject[] = [
    ofMove(move.id),
    ...move.pairs.map(({ copy }) => ofCopy(move.id, copy.id)),
    { of: 'side', move: move.id, side: 'copy' },
  ]
  for (const [step, doing, done] of LADDER) {
    const states = subjects.flatMap((subject) => latest(m, subject, step) ?? [])
    if (states.length === 0) continue
    const failure = states.find((state) => state.failure)?.failure
    if (failure) return { isFailed: true, words: `FAILED ${failure.code}: ${failure.problem}` }
    const isAchieved = states.every(({ status }) => status === 'achieved')
    if (step === 'checkReplica' && isAchieved) return { isDone: true, words: replicaPlace(m, move) }
    if (step !== 'prove') return { words: isAchieved ? done : doing }
    const reading = readingOf(m, ofMove(move.id))
    return { words: reading ? readingWords(reading) : doing }
  }
  return { words: 'planned, by replica' }
}

function replicaPlace(m: Migration, { service, pairs }: ReplicaMove): string {
  const devices = pairs.map(({ source }) => source.device).join(', ')
  return `${isOpen(m, service) ? 'live' : 'promoted and checked'} at ${devices}, by replica`
}

/** The words on the way home; null if there is nothing to say of it. */
function wordsBack(m: Migration, move: ReplicaMove): Words | null {
  if (m.phase !== 'aborting' && m.phase !== 'aborted') return null
  const home: Subject = { of: 'side', move: move.id, side: 'home' }
  const reading = latest(m, home, 'reunite') ? readingOf(m, home) : null
  if (reading) return { words: `at its backup server, ${readingWords(reading)}` }
  if (latest(m, home, 'prove')) return { words: 'back at its backup server' }
  if (latest(m, { of: 'side', move: move.id, side: 'source' }, 'promote')?.status === 'achieved')
    return { words: 'its source is primary again' }
  return latest(m, ofMove(move.id), 'fence') ? { words: 'being fenced' } : null
}

/** The whole percent of the data that both sides have; null while no host has answered. */
export function replicaPercent(m: Migration, move: ReplicaMove): number | null {
  const reading = readingOf(m, ofMove(move.id))
  if (!reading) return null
  const sizeKib = sizeOf(move) * 1024 * 1024
  return Math.floor(100 * (1 - Math.min(1, (reading.leftKib ?? 0) / Math.max(1, sizeKib))))
}
