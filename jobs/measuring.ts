// Asks EBS by how much the seeds of a volume differ, beside the ticks: for a volume of some TiB that takes minutes, and nobody waits for it.
// Workers may ask the same at once; the journal takes one answer.
import type { Migration } from '../src/core/model/migration.ts'
import { type Clock, type Ebs, Unreadable } from '../src/core/ports.ts'
import { pairsToMeasure, type SeedPair } from '../src/core/telling/forecast/deltas.ts'
import { appendFrom, type Journal } from '../src/store/journal.ts'

/** Begins to measure what a migration's journal lacks, and returns at once. */
export type Measuring = (m: Migration) => void

export type MeasuringPorts = {
  readonly ebs: Ebs
  readonly journal: Journal
  readonly clock: Pick<Clock, 'now'>
  readonly onError: (error: Error) => void
}

/** Pairs that one process asks for at once: EBS takes 1,000 requests of this kind a second from an account, and a forecast is not urgent. */
const AT_ONCE = 2
/** Where AWS did not answer, the same is asked again after so many ms. */
const AGAIN_MS = 60_000
/** How often AWS may say that it cannot compare two: it may know less of a snapshot for a while than EC2 shows. */
const INCOMPARABLE_MAX = 3

/** Remembers what this process is asking, and when it may ask again. */
export function measuring({ ebs, journal, clock, onError }: MeasuringPorts): Measuring {
  const underWay = new Set<string>()
  const notBeforeMs = new Map<string, number>()
  const incomparable = new Map<string, number>()

  async function measure(id: string, { first, second }: SeedPair): Promise<void> {
    try {
      const answer = await ebs.changedGib({ first, second })
      const times = (incomparable.get(second) ?? 0) + (answer === 'incomparable' ? 1 : 0)
      incomparable.set(second, times)
      if (answer === 'incomparable' && times < INCOMPARABLE_MAX) {
        notBeforeMs.set(second, clock.now() + AGAIN_MS)
        return
      }
      const gib = typeof answer === 'number' ? answer : null
      await appendFrom(journal, id, (m) => (m.deltas.has(second) ? null : { kind: 'measured', first, second, gib }))
    } catch (error) {
      notBeforeMs.set(second, clock.now() + AGAIN_MS)
      // A forecast is something extra: that AWS is away is told by what needs it.
      if (!(error instanceof Unreadable)) onError(error as Error)
    } finally {
      underWay.delete(second)
    }
  }

  return (m) => {
    for (const pair of pairsToMeasure(m)) {
      if (underWay.size >= AT_ONCE) return
      if (underWay.has(pair.second) || clock.now() < (notBeforeMs.get(pair.second) ?? 0)) continue
      underWay.add(pair.second)
      void measure(m.id, pair)
    }
  }
}
