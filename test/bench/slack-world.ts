// What bench:slack moves: twenty migrations of fifty volumes, all half-way, on one clock that stands still. Whatever moves is the percent
// of the snapshots, each at its own pace in real time, as EC2 would report it.
import { systemClock } from '../../src/clock.ts'
import type { Observed, SeenSnapshot } from '../../src/core/model/facts.ts'
import { draft } from '../../src/core/planning/draft.ts'
import type { Clock } from '../../src/core/ports.ts'
import { requestOf } from './inventories.ts'
import { type Halfway, halfway } from './journals.ts'

export const MIGRATIONS = 20
export const VOLUMES = 50
export const IDS: readonly string[] = Array.from({ length: MIGRATIONS }, (_, index) => `mig-bench-${index + 1}`)

/** When snapshots begin to grow, and when all stands still. Ms since 1970. */
export type Span = { readonly beganAtMs: number; readonly endsAtMs: number }

/** Real ms of one percent of the fastest snapshot; and by how much the next ones are slower, and how many paces there are. */
const PERCENT_MS = 4_000
const SLOWER_MS = 700
const PACES = 7
/** Of a snapshot that is not complete. */
const PERCENT_MAX = 99

/** Journals and worlds by id: the same ones in every process. */
export function migrationsOf(): ReadonlyMap<string, Halfway> {
  const request = requestOf(VOLUMES)
  const drafted = draft(request)
  if ('problems' in drafted) throw new Error(drafted.problems.join(' '))
  return new Map(IDS.map((id) => [id, halfway(request, drafted.plan, id)]))
}

/** What EC2 shows of it at this real time, in ms since 1970. */
export function observedAt({ observed }: Halfway, rev: number, atMs: number, { beganAtMs, endsAtMs }: Span): Observed {
  const elapsedMs = Math.max(0, Math.min(atMs, endsAtMs) - beganAtMs)
  const snapshots = observed.snapshots.map((one, index): SeenSnapshot => {
    if (one.state !== 'pending') return one
    const grown = Math.floor(elapsedMs / (PERCENT_MS + (index % PACES) * SLOWER_MS))
    return { ...one, percent: Math.min(PERCENT_MAX, (one.percent ?? 0) + grown) }
  })
  return { ...observed, rev, snapshots }
}

/** Stands still, so that nothing is due; sleeps are real. */
export function stoppedClock(nowMs: number): Clock {
  return { ...systemClock, now: () => nowMs }
}
