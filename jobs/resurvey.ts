// Looks at the whole inventory anew while a plan waits for its start: what was red turns green once its cause is gone, and new causes
// are found before anybody approves.

import { RESURVEY_GREEN_MS, RESURVEY_RED_MS } from '../src/core/model/limits.ts'
import type { Migration } from '../src/core/model/migration.ts'
import { claimsOf } from '../src/core/model/moves.ts'
import { isRed } from '../src/core/planning/draft.ts'
import { resurveyed } from '../src/core/planning/replan.ts'
import type { Ec2 } from '../src/core/ports.ts'
import { journalledIn } from '../src/operations.ts'
import { appendFrom, type Journal } from '../src/store/journal.ts'

/** Whether a migration's plan is due for another look; true takes the look as taken. */
export type SurveyDue = (m: Migration) => boolean

/** Counts for one process, from when it first met the plan: `nowMs` is that of the migration's clock. */
export function surveyDue(nowMs: () => number): SurveyDue {
  const lastAt = new Map<string, number>()
  return (m) => {
    if (m.phase !== 'planned' || m.paused || m.doubt?.isOpen) {
      lastAt.delete(m.id)
      return false
    }
    const isWaiting = isRed(m.plan) || m.inventory.asOf !== undefined
    const everyMs = isWaiting ? RESURVEY_RED_MS : RESURVEY_GREEN_MS
    const now = nowMs()
    const isDue = now - (lastAt.get(m.id) ?? now) >= everyMs
    if (isDue || !lastAt.has(m.id)) lastAt.set(m.id, now)
    return isDue
  }
}

type Ports = { readonly journal: Journal; readonly ec2: Pick<Ec2, 'inventory'> }

/** The migration after the look: with its plan drawn anew, or as it was. Throws Unreadable. */
export async function resurvey(m: Migration, { journal, ec2 }: Ports): Promise<Migration> {
  const seen = await ec2.inventory(m.plan)
  // Tags that were written since the plan was drawn may be of migrations that it did not know.
  const { explained, unjournalled } = await journalledIn(journal, seen, m.plan)
  const said = resurveyed(m, seen, { explained: [...new Set([...m.explained, ...explained])], unjournalled })
  if (!said) return m
  // Where another migration holds one of its volumes by now, the plan stays as it is.
  const claims = { take: claimsOf(said.plan.moves) }
  const appended = await appendFrom(journal, m.id, (now) => (now.rev === m.rev ? said : null), claims)
  return appended?.outcome === 'appended' ? appended.migration : m
}
