// The warning about a snapshot that stands for no known cause, and its end.
//
// All other warnings follow from the journal, the facts and the time, and are part of the decision. That a snapshot stands is known only to
// who remembers earlier looks, and what is remembered may be lost, and is no ground for a decision. So the tick gives this warning beside
// the decision, from the very sample that people are shown. That the snapshot moves again the facts show alone, so that is decided.

import { isDeferred } from '../../journal/services.ts'
import type { EntryBody } from '../../model/entries.ts'
import type { Facts } from '../../model/facts.ts'
import { SEEN_WITHIN_MS } from '../../model/limits.ts'
import type { Migration } from '../../model/migration.ts'
import { isSnapshotMove, nameOf } from '../../model/moves.ts'
import { once } from '../../model/once.ts'
import { timeBeside, timeOfDay } from '../../model/text.ts'
import { hasLatestEnd, whenOver } from '../outlook.ts'
import type { Line, Progress } from '../progress.ts'
import { awaited, type Stall } from './stall.ts'

/**
 * The warning about a snapshot that stands for no known cause, once for each snapshot; null if there is none, and where the sample is
 * not of this state of the journal, or is old.
 */
export function stalled(m: Migration, progress: Progress, nowMs: number): EntryBody | null {
  if (m.halted || m.rev !== progress.rev || nowMs - progress.atMs > SEEN_WITHIN_MS) return null
  const untold = progress.lines.find(
    ({ stall }) => stall && !toldStalls(m).some(({ snapshot }) => snapshot === stall.snapshot),
  )
  if (!untold?.stall) return null
  const { move, snapshot, percent } = untold.stall
  const about = `${STALL}${move} ${snapshot} ${percent}`
  return {
    kind: 'warned',
    about,
    service: untold.service,
    text: stallText(m, progress, { ...untold, ...untold.stall }),
  }
}

/** What names of warnings begin with: that a snapshot stands, with its move, its id and its percent; and that it moves again. */
const STALL = 'stall '
const MOVES = 'moves again '

/** The snapshot that a warning says stands; null where it says something else. */
export function standingIn(about: string): Omit<Stall, 'sinceMs'> | null {
  if (!about.startsWith(STALL)) return null
  const [move = '', snapshot = '', percent] = about.slice(STALL.length).split(' ')
  return { move, snapshot, percent: Number(percent) }
}

/** Whether an entry says that a snapshot moves again: it ends a warning, and is none. */
export function saysMoving(about: string): boolean {
  return about.startsWith(MOVES)
}

/** Whether the journal says that the snapshot has moved since it stood. */
export function hasMoved(m: Migration, snapshot: string): boolean {
  return m.warned.has(`${MOVES}${snapshot}`)
}

const toldStalls = once((m: Migration) => [...m.warned].flatMap((about) => standingIn(about) ?? []))

function stallText(m: Migration, progress: Progress, { name, service, percent, sinceMs }: Line & Stall): string {
  const { atMs } = progress
  const isSeed = m.phase === 'seeding'
  const stands = `${name}: its ${isSeed ? 'snapshot ahead' : 'final snapshot'} stands at ${percent}% since ${timeBeside(sinceMs, atMs)} or earlier (as of ${timeOfDay(atMs)} UTC), with no known cause.`
  const unknown = isSeed
    ? 'When writes can be stopped is not known while it stands; services still run.'
    : 'The end of the outage is not known while it stands.'
  const range = hasLatestEnd(m, progress) ? whenOver(m, progress) : null
  const required = m.plan.services.filter((each) => !isDeferred(m, each))
  const without = required.length > 1 ? `, go on without ${service},` : ''
  return `${stands} ${range ? `${range} It is later if that lasts.` : unknown} Wait (nothing is to be done for that, and this closes once it moves)${without} or abort?`
}

/** What ends such a warning: EC2 shows another percent of a snapshot that people still wait for. */
export function movesAgain(m: Migration, facts: Facts): EntryBody | null {
  for (const { move, snapshot, percent } of toldStalls(m)) {
    const seen = facts.snapshots.get(snapshot)
    const moved = m.plan.moves.find(({ id }) => id === move)
    const isPast = seen?.state !== 'pending' || (seen.percent ?? 0) <= percent || hasMoved(m, snapshot)
    if (isPast || !moved || !isSnapshotMove(moved) || awaited(m, moved)?.resource !== snapshot) continue
    const text = `${nameOf(moved)}: its snapshot moves again, and is at ${seen.percent}% (as of ${timeOfDay(facts.beganAtMs)} UTC).`
    return { kind: 'warned', about: `${MOVES}${snapshot}`, service: moved.service, text }
  }
  return null
}
