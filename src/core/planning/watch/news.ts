// What a look at a watched pair of zones shows that the one before it did not: the volume that somebody would forget is named weeks
// before the day, and what was named is not named again.

import type { Check } from '../../model/checks.ts'
import type { Inventory } from '../../model/facts.ts'
import type { Unseeded } from '../../model/migration.ts'
import { rowsOf } from '../../model/moves.ts'
import type { Plan, Uncovered } from '../../model/plan.ts'
import { listed } from '../../model/text.ts'

/** What is kept of a plan for the next look; ids are EC2's, and `host` is the instance that had the volume, by id. */
export type WatchedPlan = {
  readonly uncovered: readonly string[]
  /** Red checks: `key` tells two of one name apart where they are about volumes. */
  readonly reds: readonly { readonly key: string; readonly name: string }[]
  /** Volumes for which something says whether they move or stay. */
  readonly covered: readonly {
    readonly id: string
    readonly name: string
    readonly sizeGib: number
    readonly host: string | null
  }[]
  /** Volumes and snapshots, by id, of which it was told that seeds went wrong; absent: of none. */
  readonly unseeded?: readonly string[]
  /** Instances of the source zone that carry a covered volume. */
  readonly hosts: readonly { readonly id: string; readonly name: string }[]
}

/**
 * One thing to say. `uncovered` and `red`: it was not so at the look before. `gone`: a covered volume, its instance, or a red line is there
 * no more. `unseeded`: its seeds of the day before went wrong. `unseen`: no look has succeeded since `sinceMs` (ms since 1970), or none can.
 */
export type News =
  | { readonly kind: 'uncovered'; readonly volume: Uncovered }
  | { readonly kind: 'red'; readonly check: Check }
  | {
      readonly kind: 'gone'
      readonly of: 'volume' | 'instance' | 'red'
      readonly name: string
      readonly cause: string
    }
  | ({ readonly kind: 'unseeded' } & Unseeded)
  | { readonly kind: 'unseen'; readonly sinceMs: number; readonly cause: string }

/** Volumes that one sentence names as gone with their instance. */
const NAMED_MAX = 5

/** What is kept of this look. */
export function watchedOf({ plan, inventory, unseeded }: Look): WatchedPlan {
  const { sourceZone, moves, stays, uncovered, checks } = plan
  const hostOf = new Map(inventory.volumes.map(({ id, attachments: [first] }) => [id, first?.instance ?? null]))
  const moving = rowsOf(moves).map(({ volume: { id, name, sizeGib } }) => ({ id, name, sizeGib }))
  const staying = stays.map(({ volume: id, name, sizeGib }) => ({ id, name, sizeGib }))
  const covered = [...moving, ...staying].map((each) => ({ ...each, host: hostOf.get(each.id) ?? null }))
  const carrying = new Set(covered.map(({ host }) => host))
  const standing = standingIn(inventory)
  return {
    uncovered: uncovered.map(({ volume }) => volume),
    reds: redsIn(checks).map((check) => ({ key: keyOf(check), name: check.name })),
    covered,
    unseeded: unseeded.map(toldOf),
    hosts: inventory.instances
      .filter(({ id, zone }) => zone === sourceZone && carrying.has(id) && standing.has(id))
      .map(({ id, name }) => ({ id, name })),
  }
}

/** What one look has found: the inventory, the plan that was drawn from it, and what went wrong with the seeds of the day before. */
export type Look = {
  readonly plan: Plan
  readonly inventory: Inventory
  readonly unseeded: readonly Unseeded[]
}

/** What is new in a plan since `before`; null: nothing was looked at yet, so all that is uncovered or red is new, and nothing is gone. */
export function newsSince(before: WatchedPlan | null, { plan, inventory, unseeded }: Look): News[] {
  const knownUnseeded = new Set(before?.unseeded)
  const knownUncovered = new Set(before?.uncovered)
  const knownReds = new Set(before?.reds.map(({ key }) => key))
  return [
    ...plan.uncovered
      .filter(({ volume }) => !knownUncovered.has(volume))
      .map((volume): News => ({ kind: 'uncovered', volume })),
    ...redsIn(plan.checks)
      .filter((check) => !knownReds.has(keyOf(check)))
      .map((check): News => ({ kind: 'red', check })),
    ...(before ? goneSince(before, plan, inventory) : []),
    ...unseeded.filter((one) => !knownUnseeded.has(toldOf(one))).map((one): News => ({ kind: 'unseeded', ...one })),
  ]
}

/** What was told once is not told again. */
function toldOf({ volume, snapshot }: Unseeded): string {
  return snapshot ?? volume
}

function goneSince({ covered, hosts, reds }: WatchedPlan, { sourceZone, checks }: Plan, inventory: Inventory): News[] {
  const [there, standing] = [new Set(inventory.volumes.map(({ id }) => id)), standingIn(inventory)]
  const lost = covered.filter(({ id }) => !there.has(id))
  const lostHosts = hosts.filter(({ id }) => !standing.has(id))
  // The volumes that went with an instance are told in its line: one event is one piece of news.
  const withHost = new Set(lostHosts.map(({ id }) => id))
  const redNow = new Set(redsIn(checks).map(keyOf))
  const cause = `it is gone from ${sourceZone}`
  return [
    ...lostHosts.map(({ id, name }): News => {
      const beside = lost.filter(({ host }) => host === id).map((each) => `${each.name} (${each.id})`)
      const more = beside.length > 0 ? `, and with it ${listed(beside, NAMED_MAX)}` : ''
      return { kind: 'gone', of: 'instance', name: `${name} (${id})`, cause: `${cause}${more}` }
    }),
    ...lost
      .filter(({ host }) => host === null || !withHost.has(host))
      .map(({ id, name, sizeGib }): News => {
        return { kind: 'gone', of: 'volume', name: `${name} (${id}, ${sizeGib} GiB)`, cause }
      }),
    ...reds
      .filter(({ key }) => !redNow.has(key))
      .map(({ name }): News => ({ kind: 'gone', of: 'red', name, cause: 'it is not red any more' })),
  ]
}

/** EC2 goes on showing for an hour what is terminated. */
function standingIn({ instances }: Inventory): Set<string> {
  return new Set(
    instances.filter(({ state }) => state !== 'terminated' && state !== 'shutting-down').map(({ id }) => id),
  )
}

function redsIn(checks: readonly Check[]): Check[] {
  return checks.filter(({ result }) => result === 'red')
}

/** Causes hold counts and ids that change from day to day, and are no reason to say the same line again. */
function keyOf({ name, volume = '' }: Check): string {
  return `${volume} ${name}`
}
