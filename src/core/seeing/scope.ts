// What an observation has to show. After the point of no return most services are finished for good: a thousand volumes
// need not be described every two minutes for the one that is still copying.
import { olderInSight } from '../daily/ladder.ts'
import { freezeOf } from '../journal/services.ts'
import { isLatest, isMove, issuedAtMs, latest } from '../journal/state.ts'
import { ASKED_IN } from '../journal/transitions.ts'
import type { EffectState } from '../model/effects.ts'
import type { SeenSnapshot } from '../model/facts.ts'
import { FILTER_VALUES_MAX, SHOWN_AFTER_MS } from '../model/limits.ts'
import type { Migration } from '../model/migration.ts'
import { isReplicaMove, isSnapshotMove, moveOf } from '../model/moves.ts'
import type { Move } from '../model/plan.ts'
import { ofCopy, subjectName } from '../model/subjects.ts'
import { DONE_MARK } from '../steps/marks.ts'
import { volumesToSeed } from '../steps/seeds/times.ts'
import { isFinished } from '../steps/service-ladder.ts'
import { awaited, mayStand } from '../telling/stalls/stall.ts'

/** The moves that an observation still has to cover; null: everything, including new volumes of the source zone. */
export function movesInSight(m: Migration): readonly Move[] | null {
  // What the lost entries did may be visible anywhere.
  if (m.phase !== 'live' || m.doubt?.isOpen) return null
  // One call writes tags on many volumes, and they are seen on each.
  const isTagging = m.effects.values().some(({ effect, status }) => effect.step === 'tag' && status !== 'achieved')
  // Before the end each mark is looked at once more, whatever is still on its way home.
  const isEnding = latest(m, { of: 'mark', mark: DONE_MARK, part: 1 }, 'tag') !== null
  if (isTagging || isEnding) return null
  const open = new Set(m.plan.services.filter((service) => !isFinished(m, service)).map(({ name }) => name))
  const moves = m.plan.moves.filter(({ service }) => open.has(service))
  // Beside them stands the id of the migration.
  return moves.length > 0 && moves.flatMap(subjectsOf).length < FILTER_VALUES_MAX ? moves : null
}

/** The values that the tag `zonehop:move` may have on anything that was made for the move. */
export function subjectsOf(move: Move): string[] {
  return isReplicaMove(move) ? move.pairs.map(({ copy }) => subjectName(ofCopy(move.id, copy.id))) : [move.id]
}

/**
 * Ids of the snapshots and copies that work on these moves rests on, as calls returned them, and that EC2 has to show by `nowMs`.
 * Whoever changes their tags hides them from every filter by tags.
 */
export function thingsInSight(m: Migration, moves: readonly Move[] | null, nowMs: number): Things {
  const states = m.effects.values().filter((state) => isRestedOn(m, state, moves))
  const idsOf = (steps: readonly string[]): string[] =>
    states.flatMap((state) => {
      const isShown = (issuedAtMs(state) ?? 0) + SHOWN_AFTER_MS <= nowMs
      return isShown && steps.includes(state.effect.step) ? (state.resource ?? []) : []
    })
  return {
    snapshots: [...idsOf(['seed', 'snapshot', 'firstSnapshot']), ...olderInSight(m)],
    volumes: idsOf(['restore']),
  }
}

/**
 * The volumes of the plan, by their ids, of which snapshots of others are to be looked for; empty while no snapshot of ours that people
 * wait for, or would wait for, may stand behind one, and no seed has to keep out of their way. A set may be of several volumes, so all of them count.
 */
export function volumesOfOthers(m: Migration, snapshots: readonly SeenSnapshot[], nowMs: number): string[] {
  const mine = new Set(snapshots.filter((one) => mayStand(one, nowMs)).map(({ id }) => id))
  const moves = m.plan.moves.filter(isSnapshotMove)
  const isAwaited = mine.size > 0 && moves.some((move) => mine.has(awaited(m, move)?.resource ?? ''))
  return isAwaited || isFreezeNear(m) || volumesToSeed(m).length > 0 ? moves.map(({ volume }) => volume.id) : []
}

/** Whether the question that begins the outage is asked, or may be asked at any look: final snapshots would wait for what others take. */
function isFreezeNear(m: Migration): boolean {
  if (!isMove(m) || !ASKED_IN.freeze.includes(m.phase)) return false
  return m.asking?.gate === 'freeze' || m.plan.services.some(({ name }) => freezeOf(m, name) === null)
}

/** Ids as EC2 gives them. */
export type Things = { readonly snapshots: readonly string[]; readonly volumes: readonly string[] }

/** A failed one is rested on by nothing, and a seed only until it is achieved. */
function isRestedOn(m: Migration, state: EffectState, moves: readonly Move[] | null): boolean {
  const { effect, status, resource } = state
  if (resource === null || status === 'failed' || !isLatest(m, state)) return false
  if (status === 'achieved' && effect.step !== 'snapshot' && effect.step !== 'restore') return false
  const move = moveOf(m, effect.subject)
  return move !== null && (moves === null || moves.includes(move))
}
