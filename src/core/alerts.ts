// What people should hear before they ask: a snapshot that the outage waits for and that will take long at the rate so far, and
// an outage past its budget. Each once.
import type { Said } from './entries.ts'
import { remaining, spell } from './eta.ts'
import type { Facts } from './facts.ts'
import { finalSnapshot } from './ladder.ts'
import type { Migration, Service } from './migration.ts'
import { isDeferred, movesOf } from './services.ts'

/** "Dropbox hadn't reached 1% after ten minutes": by then there is something to say. */
const SPEAKS_AFTER_MS = 10 * 60_000
/** What is over within the hour needs no decision. */
const LONG_MS = 60 * 60_000

export function alert(m: Migration, facts: Facts, nowMs: number): Said | null {
  if (m.phase !== 'moving') return null
  const required = m.plan.services.filter((service) => !isDeferred(m, service))
  for (const service of required) {
    const about = `slow ${service.name}`
    const leastMs = m.warned.has(about) ? 0 : leastLeft(m, service, facts)
    if (leastMs >= LONG_MS) return { kind: 'warned', about, service: service.name, text: slowText(service, leastMs) }
  }
  return overBudget(m, nowMs)
}

function slowText({ name }: Service, leastMs: number): string {
  return `${name} takes at least ${spell(leastMs)} more at the rate so far. Go live without it?`
}

/** Of the service's slowest final snapshot, in ms; 0 while it is too early to say. */
function leastLeft(m: Migration, { name }: Service, facts: Facts): number {
  const bounds = movesOf(m, name).map((move) => {
    const snapshot = finalSnapshot(m, move, facts)
    const elapsedMs = snapshot?.state === 'pending' ? facts.beganAtMs - snapshot.startedAtMs : 0
    return elapsedMs >= SPEAKS_AFTER_MS ? (remaining(snapshot?.percent ?? 0, elapsedMs)?.leastMs ?? 0) : 0
  })
  return Math.max(0, ...bounds)
}

function overBudget({ outage, rules, warned }: Migration, nowMs: number): Said | null {
  const { budgetMinutes } = rules
  if (!budgetMinutes || !outage || warned.has('budget')) return null
  if (nowMs - outage.fromMs < budgetMinutes * 60_000) return null
  const text = `The outage has passed its budget of ${budgetMinutes} min (zonehop.yaml). Wait, go live with less, or abort?`
  return { kind: 'warned', about: 'budget', service: null, text }
}
