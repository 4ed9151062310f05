// Whose reads are slow: a copy that was made from a snapshot reads slowly until EC2 has loaded its blocks. EC2 is asked how far
// that is once a minute, from the point of no return on, and not at all once every copy in use is loaded.

import { isDeferred, isOpen, isReturned, serviceNamed } from '../../journal/services.ts'
import { latest } from '../../journal/state.ts'
import type { Initialization, SeenInitialization, SurveyAnswer } from '../../model/facts.ts'
import { ASK_INITIALIZATION_MS } from '../../model/limits.ts'
import type { Migration } from '../../model/migration.ts'
import { isSnapshotMove } from '../../model/moves.ts'
import { once } from '../../model/once.ts'
import { ofMove } from '../../model/subjects.ts'

/**
 * By id, the names of the copies from snapshots that people use, or are about to: those of required services from the point
 * of no return on, and of others once they are open. What was given back is not among them.
 */
export const copiesInUse = once((m: Migration): ReadonlyMap<string, string> => {
  if (m.wentLiveAtMs === null) return new Map()
  return new Map(
    m.plan.moves.filter(isSnapshotMove).flatMap(({ id, service, volume }): [string, string][] => {
      const named = serviceNamed(m, service)
      const isUsed = named !== null && !isReturned(m, service) && (!isDeferred(m, named) || isOpen(m, service))
      const copy = latest(m, ofMove(id), 'restore')
      return isUsed && copy?.status === 'achieved' && copy.resource !== null ? [[copy.resource, volume.name]] : []
    }),
  )
})

/** Ids of the copies to ask EC2 about now; empty where all are loaded, or it was asked less than a minute ago. */
export function copiesToAsk(m: Migration, last: Initialization | null, nowMs: number): string[] {
  if (last && nowMs - last.atMs < ASK_INITIALIZATION_MS) return []
  const loaded = new Set(last?.volumes.filter(isLoaded).map(({ volume }) => volume))
  return [...copiesInUse(m).keys()].filter((id) => !loaded.has(id))
}

/** What is known after EC2 was asked at `atMs`: what is loaded stays so, and of the rest only the newest answer counts. */
export function initializationAfter(
  last: Initialization | null,
  answer: SurveyAnswer<readonly SeenInitialization[]>,
  atMs: number,
): Initialization {
  const loaded = last?.volumes.filter(isLoaded) ?? []
  if ('because' in answer) return { atMs, volumes: loaded, because: answer.because }
  return { atMs, volumes: [...loaded, ...answer.answer], because: null }
}

/** Whether EC2 has loaded the whole volume. */
export function isLoaded({ percent }: SeenInitialization): boolean {
  return percent === 100
}
