// A plan as `zonehop plan` shows it: what keeps it from starting, then a line for each volume.
import { leftoverLine } from '../core/asking/gates.ts'
import { cautionLines } from '../core/model/checks.ts'
import { rowsOf } from '../core/model/moves.ts'
import type { Plan, Uncovered } from '../core/model/plan.ts'
import { code } from '../core/model/text.ts'
import { isRed } from '../core/planning/draft.ts'
import { table } from './fit.ts'

/** The whole plan, line by line. */
export function planTable(plan: Plan): string[] {
  const { sourceZone, targetZone, services, moves, stays, uncovered, checks, leftovers = [] } = plan
  const needs = new Map(services.map(({ name, need }) => [name, need]))
  const rows = rowsOf(moves).map(({ volume, service, route }) => [
    ...[volume.name, volume.id, `${volume.sizeGib}`, route, service, needs.get(service) ?? ''],
  ])
  return [
    `${isRed(plan) ? 'Red' : 'Green'}: ${rows.length} volumes would move from ${sourceZone} to ${targetZone}, ${stays.length} would stay. Nothing was started.`,
    ...uncovered.map((each) => `Uncovered: ${each.name} (${each.volume}, ${each.sizeGib} GiB).`),
    ...checks
      .filter(({ result }) => result === 'red')
      .map(({ name, cause, remedy }) => `Red, ${name}: ${cause}. Next: ${remedy}.`),
    ...(rows.length > 0 ? table([['volume', 'id', 'GiB', 'route', 'service', 'need'], ...rows]) : []),
    ...leftovers.map(leftoverLine),
    ...stays.map(({ name, sizeGib, reason }) => `${name} (${sizeGib} GiB) stays: ${reason}.`),
    ...cautionLines(checks),
  ]
}

/** What nothing covers, with what says what happens to it. */
export function uncoveredText({ name, volume, sizeGib }: Uncovered): string {
  return `Nothing covers ${name} (${sizeGib} GiB): ${code(`zonehop choose ${volume} stay|snapshot`)}`
}
