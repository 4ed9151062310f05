// Memory tags that stand on a volume when its plan is drawn: an earlier migration wrote them, or somebody who may write tags. What no
// journal explains is red until an approver has said what becomes of the volume.
import { thingsOf } from '../model/effects.ts'
import type { Inventory, SeenVolume } from '../model/facts.ts'
import type { Migration } from '../model/migration.ts'
import { claimsOf, replicaCopyIdsOf, sourcesOf } from '../model/moves.ts'
import type { Tags } from '../model/plan.ts'
import { isMigrationId, readPlanTag } from '../model/tags.ts'
import type { PlanRequest } from './request.ts'

/** What journals here know of the tags in two zones: the memory tags that they explain, and the makers named there that none of them knows. */
export type Journalled = { readonly explained: readonly string[]; readonly unjournalled: readonly string[] }

/** The same, as a plan is drawn from it. */
export function journalledSets({ explained, unjournalled }: Journalled) {
  return { explained: new Set(explained), unjournalled: new Set(unjournalled) } satisfies Partial<PlanRequest>
}

const KEYS = ['zonehop:frozen', 'zonehop:left', 'zonehop:live', 'zonehop:aborted']

/** The memory tags of a volume, as `key=value`. */
function memoryTags(tags: Tags): string[] {
  return KEYS.flatMap((key) => (tags[key] === undefined ? [] : [`${key}=${tags[key]}`]))
}

/** That a journal explains what a tag on this volume says. */
export function explanation(volume: string, says: string): string {
  return `${volume} ${says}`
}

/** The first memory tag of the volume that no journal explains, as `key=value`; null if all are explained. */
export function unexplained({ id, tags }: SeenVolume, { explained }: Pick<PlanRequest, 'explained'>): string | null {
  return memoryTags(tags).find((says) => !explained?.has(explanation(id, says))) ?? null
}

/**
 * The migration that made this copy and was aborted, as its journal says; null if no journal says so, or if the copy says that it is
 * live.
 */
export function abortedMakerOf({ id, tags }: SeenVolume, { explained }: Pick<PlanRequest, 'explained'>): string | null {
  const { 'zonehop:migration': maker, 'zonehop:live': live } = tags
  return maker && live === undefined && explained?.has(explanation(id, madeBy(maker))) ? maker : null
}

/**
 * The migration that left this volume behind and is done, as its journal says; null if no journal says so. What the tag of the phase
 * says does not count: before the end a service may still be given back.
 */
export function leaverOf({ id, tags }: SeenVolume, { explained }: Pick<PlanRequest, 'explained'>): string | null {
  const left = tags['zonehop:left']
  return left && explained?.has(explanation(id, doneBy(left))) ? left : null
}

function doneBy(migration: string): string {
  return `zonehop:left=${migration} zonehop:phase=done`
}

function madeBy(migration: string): string {
  return `zonehop:migration=${migration}`
}

/** Whether a memory tag of one of the volumes names this migration. */
export function nameItself(id: string, volumes: readonly SeenVolume[]): boolean {
  return volumes.some(({ tags }) => memoryTags(tags).some((says) => says.split('=')[1]?.startsWith(id)))
}

/** The ids of migrations that memory tags in these zones name, as far as zonehop can have given them. */
export function migrationsNamed({ volumes }: Inventory, zones: readonly string[]): string[] {
  const named = volumes
    .filter(({ zone }) => zones.includes(zone))
    .flatMap(({ tags }) => memoryTags(tags).flatMap((says) => /=(mig-[0-9a-f]{6})(-f\d+)?$/.exec(says)?.[1] ?? []))
  return [...new Set(named)]
}

/** The id of the migration that made a volume, as its tags say; null if they name none that zonehop can have given. */
export function makerOf({ tags }: Pick<SeenVolume, 'tags'>): string | null {
  const maker = tags['zonehop:migration'] ?? ''
  return isMigrationId(maker) ? maker : null
}

/** The ids of migrations that volumes in these zones name as their makers. */
export function makersNamed({ volumes }: Pick<Inventory, 'volumes'>, zones: readonly string[]): string[] {
  return [...new Set(volumes.flatMap((volume) => (zones.includes(volume.zone) ? (makerOf(volume) ?? []) : [])))].sort()
}

/**
 * What tags say where the journals are gone, as if they explained it. Of the migration itself: an approver is asked about each kind. Of
 * others on what it had marked: that was seen when it was planned. And aborts that went before it: they are of no consequence.
 */
export function ownExplanations(id: string, volumes: readonly SeenVolume[]): string[] {
  return volumes.flatMap((volume) => {
    const isMarked = readPlanTag(volume.tags)?.migration === id
    const isExplained = (says: string): boolean =>
      isMarked || says.startsWith('zonehop:aborted=') || says.split('=')[1]?.startsWith(id) === true
    return memoryTags(volume.tags).flatMap((says) => (isExplained(says) ? explanation(volume.id, says) : []))
  })
}

/** What the journals of these migrations explain: what each wrote, and on which volumes. */
export function explanationsOf(migrations: readonly Migration[]): string[] {
  return migrations.flatMap((m) => {
    const made = m.effects.values().flatMap((state) => (state.effect.step === 'restore' ? thingsOf(state) : []))
    const copies = [...made, ...m.plan.moves.flatMap(replicaCopyIdsOf)]
    const given = new Set(m.returns.map(({ service }) => service))
    const left = m.plan.moves.filter(({ service }) => !given.has(service)).flatMap(sourcesOf)
    const isLive = m.wentLiveAtMs !== null
    const wentBack = m.phase === 'aborting' || m.phase === 'aborted'
    return [
      ...m.freezes.flatMap(({ id, sources }) => sources.map((volume) => explanation(volume, `zonehop:frozen=${id}`))),
      ...(isLive ? left.map(({ id }) => explanation(id, `zonehop:left=${m.id}`)) : []),
      ...(m.phase === 'done' ? left.map(({ id }) => explanation(id, doneBy(m.id))) : []),
      ...(isLive ? copies.map((volume) => explanation(volume, `zonehop:live=${m.id}`)) : []),
      ...(wentBack ? [...claimsOf(m.plan.moves), ...copies] : []).map((volume) =>
        explanation(volume, `zonehop:aborted=${m.id}`),
      ),
      ...(m.phase === 'aborted' ? made : []).map((volume) => explanation(volume, madeBy(m.id))),
    ]
  })
}
