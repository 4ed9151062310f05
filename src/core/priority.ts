// Whose call goes first when calls are scarce: what an outage waits for, then what was deferred, then seeds.
import type { Effect } from './effects.ts'
import type { Migration } from './migration.ts'
import { moveOf } from './moves.ts'
import { isDeferred } from './services.ts'

export function priorityOf(m: Migration, effect: Effect): number {
  if (effect.step === 'seed') return 3
  const name = 'service' in effect ? effect.service : moveOf(m, effect.subject)?.service
  const service = m.plan.services.find((each) => each.name === name)
  return service && isDeferred(m, service) ? 2 : 1
}
