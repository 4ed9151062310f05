// Whoever an entry names was allowed to say it: approvals by approvers, work by hand by who started or an approver, and nothing at
// all by who is only in the channel.
import type { Entry } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { APPROVER, TRESPASSERS } from '../../support/people.ts'

/** Kinds that only approvers may say. */
const OF_APPROVERS: readonly Entry['kind'][] = [
  'approved',
  'deferred',
  'exceeded',
  'replanned',
  'returned',
  'settled',
  'skipped',
]

export function saidByWhoMay(before: Migration | null, entry: Entry): string[] {
  const by = 'by' in entry ? entry.by : null
  if (by === null) return []
  const isTrespass = TRESPASSERS.some((id) => id === by)
  const isShort = OF_APPROVERS.includes(entry.kind) && by !== APPROVER
  const isUnasked = entry.kind === 'confirmed' && by !== APPROVER && by !== before?.by
  return isTrespass || isShort || isUnasked ? [`${entry.kind} by ${by}`] : []
}
