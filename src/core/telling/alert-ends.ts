// When a warning is not true any more, and why: it closes by itself then, whether or not anybody answered it.

import { readingOf } from '../journal/readings.ts'
import { isDeferred, movesOf, serviceNamed } from '../journal/services.ts'
import { approvalOf, isKeptBackBy, isLatest, isOver, latest, saysOver } from '../journal/state.ts'
import type { EntryOf } from '../model/entries.ts'
import type { Migration } from '../model/migration.ts'
import { isReplicaMove, isSnapshotMove } from '../model/moves.ts'
import { ofMove } from '../model/subjects.ts'
import { isHindered } from '../steps/waits.ts'
import { hindranceOf, slowAlert } from './alerts.ts'
import { LAST_CALL, OVER_BUDGET } from './budget.ts'
import { READS } from './reads/words.ts'
import { remindedOf } from './reminders.ts'
import { awaited } from './stalls/stall.ts'
import { hasMoved, standingIn } from './stalls/told.ts'

type Warned = Pick<EntryOf<'warned'>, 'about' | 'service'>

/** Why the warning is past, in a sentence; null while it holds, as far as the journal can tell. */
export function alertEnd(m: Migration, warned: Warned): string | null {
  if (Object.values<string>(READS).includes(warned.about)) return endOfReads(m, warned)
  return endOfAll(m) ?? endOfService(m, warned) ?? endOfItself(m, warned)
}

/** Reads are slow or not whatever becomes of the migration. */
function endOfReads(m: Migration, { about }: Warned): string | null {
  return about === READS.slow && m.warned.has(READS.over) ? 'Past: all of them are loaded.' : null
}

function endOfAll(m: Migration): string | null {
  return isOver(m) ? `Past: ${m.id} is ${m.phase}.` : null
}

/** What asks whether to go on without a service is past once that is decided. */
function endOfService(m: Migration, { service, about }: Warned): string | null {
  if (saysOver(about)) return endOfForecast(m, about)
  if (about.startsWith('doubt at home')) return m.phase === 'aborting' ? null : PASSED
  const isQuestion = service !== null || about === OVER_BUDGET || about === LAST_CALL
  if (!isQuestion) return null
  if (m.phase === 'aborting') return 'Past: everything goes back.'
  if (m.wentLiveAtMs !== null) return PASSED
  if (about === LAST_CALL && m.warned.has(OVER_BUDGET)) return 'Past: the budget is spent.'
  const named = service === null ? null : serviceNamed(m, service)
  return named && isDeferred(m, named) ? `Past: ${named.name} is deferred.` : null
}

/** The question that was kept back is asked, or does not come any more. */
function endOfForecast(m: Migration, about: string): string | null {
  if (isKeptBackBy(m, about)) return null
  if (m.isExceeded) return 'Past: an approver lets the outage be longer.'
  if (m.phase === 'aborting') return 'Past: everything goes back.'
  return m.paused ? 'Past: it is paused.' : 'Past: it was asked for since, or is told anew.'
}

const PASSED = 'Past: it has gone live since.'

function endOfItself(m: Migration, { about, service }: Warned): string | null {
  const reminded = remindedOf(about)
  if (reminded) return isUnanswered(m, reminded.asked) ? null : 'Past: it is answered, or not asked any more.'
  if (service !== null && about === slowAlert(service)) {
    const moves = movesOf(m, service).filter(isSnapshotMove)
    const isCut = moves.every(({ id }) => latest(m, ofMove(id), 'snapshot')?.status === 'achieved')
    return isCut ? `Past: every final snapshot of ${service} is complete.` : null
  }
  const standing = standingIn(about)
  if (standing) return endOfStall(m, standing)
  if (about.startsWith('doubt ') && service !== null) {
    const replicas = movesOf(m, service).filter(isReplicaMove)
    const isSound = replicas.length > 0 && replicas.every(({ id }) => readingOf(m, ofMove(id))?.doubts.length === 0)
    return isSound ? 'Past: it is in sync.' : null
  }
  if (!about.startsWith('hindrance ')) return null
  const isHeld = m.effects
    .values()
    .some((state) => isHindered(state) && isLatest(m, state) && hindranceOf(state) === about)
  return isHeld ? null : 'Past: AWS does not answer so any more.'
}

function endOfStall(
  m: Migration,
  { move, snapshot }: { readonly move: string; readonly snapshot: string },
): string | null {
  if (hasMoved(m, snapshot)) return 'Past: it moves again.'
  const moved = m.plan.moves.filter(isSnapshotMove).find(({ id }) => id === move)
  if (moved && awaited(m, moved)?.resource === snapshot) return null
  const isComplete = m.effects.values().some(({ resource, status }) => resource === snapshot && status === 'achieved')
  return isComplete ? 'Past: it is complete.' : 'Past: nothing waits for it any more.'
}

function isUnanswered(m: Migration, asked: string): boolean {
  return m.asking?.nonce === asked && approvalOf(m) === null
}
