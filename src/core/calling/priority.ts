// Which call goes first when calls are scarce: what an outage waits for, then what was deferred, then seeds. Among
// equals what is expected to take longest goes first: the slowest snapshot of a thousand must not be the last to begin.

import { isDeferred, serviceNamed, serviceNameOf } from '../journal/services.ts'
import type { Effect } from '../model/effects.ts'
import type { Migration } from '../model/migration.ts'
import { isSnapshotMove, moveOf, sizeOf } from '../model/moves.ts'
import type { Move } from '../model/plan.ts'
import { lastSeedMs } from '../steps/seeds/rounds.ts'

/** 1 goes before 2, and 2 before 3. A less urgent call leaves tokens in the bucket for more urgent ones. */
export type Urgency = 1 | 2 | 3

/** 1 for what an outage waits for, 2 for a deferred service, 3 for a seed. */
export function urgencyOf(m: Migration, effect: Effect): Urgency {
  if (effect.step === 'seed') return 3
  const name = serviceNameOf(m, effect)
  const service = name === null ? null : serviceNamed(m, name)
  return service && isDeferred(m, service) ? 2 : 1
}

/** Places in a queue for each urgency; BullMQ takes priorities up to 2,097,151, the lowest number first. */
const PLACES = 500_000

/** The place of an effect's job in its queue, lower first: by urgency, then by the longest expected time. */
export function priorityOf(m: Migration, effect: Effect): number {
  const move = effect.step === 'seed' || effect.step === 'snapshot' ? moveOf(m, effect.subject) : null
  const minutes = move ? Math.min(PLACES - 1, Math.round(expectedMinutes(m, move))) : 0
  return (urgencyOf(m, effect) - 1) * PLACES + (PLACES - minutes)
}

/** MiB a second of a snapshot that was never measured (numbers of AWS's own: 25 to 100, none of them official). */
const PRIOR_MIBPS = 50

/**
 * As long as its last seed took, which holds what changes in a while, or all of its data where it is the only one; without one, a full
 * copy at a usual rate. The order is the same.
 */
function expectedMinutes(m: Migration, move: Move): number {
  const lastMs = isSnapshotMove(move) ? lastSeedMs(m, move) : null
  return lastMs === null ? (sizeOf(move) * 1024) / PRIOR_MIBPS / 60 : lastMs / 60_000
}
