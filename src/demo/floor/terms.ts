// Terms of a floor: how long steps took by themselves, and the longest row of them.
import type { Step } from '../../core/model/effects.ts'
import type { Move, Service } from '../../core/model/plan.ts'
import type { Durations } from '../ec2/world/durations.ts'

/**
 * What a step of a service took of itself, in ms. `olderSnapshot` is the wait for an older pending snapshot of the volume, `sync` that for
 * what DRBD still had to copy; every other word is a step of the ladder.
 */
export type Timed = { readonly service: string; readonly step: Step | 'olderSnapshot' | 'sync'; readonly ms: number }

/** An outage as its plan has it: the required services, all moves, and between which times it was, in ms since 1970. */
export type Outage = {
  readonly services: readonly Service[]
  readonly moves: readonly Move[]
  readonly fromMs: number
  readonly untilMs: number
  readonly durations: Durations
}

/** The row of terms that takes the longest; of several the first, and none where there is no row. */
export function longest(rows: readonly (readonly Timed[])[]): readonly Timed[] {
  const [first = [], ...others] = rows
  return others.reduce((best, row) => (sumMs(row) > sumMs(best) ? row : best), first)
}

/** What the terms take one after the other, in ms. */
export function sumMs(terms: readonly Timed[]): number {
  return terms.reduce((sum, { ms }) => sum + ms, 0)
}

type Ran = { readonly document: string; readonly about: string; readonly hosts: readonly string[] }

/**
 * How long a document takes on all these hosts at once, from its sending on: the slowest host counts, and of several runs on one the
 * quickest. In ms; 0 where it did not run in the outage.
 */
export function ranMs({ durations, fromMs, untilMs }: Outage, { document, about, hosts }: Ran): number {
  const runs = durations.runs.filter((run) => run.document === document && run.about === about)
  const inside = runs.filter(({ sentAtMs, endedAtMs }) => sentAtMs >= fromMs && endedAtMs <= untilMs)
  const quickest = hosts.map((host) => {
    const took = inside
      .filter(({ instance }) => instance === host)
      .map(({ sentAtMs, endedAtMs }) => endedAtMs - sentAtMs)
    return took.length > 0 ? Math.min(...took) : 0
  })
  return Math.max(0, ...quickest)
}
