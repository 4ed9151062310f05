// The way back of one service, stage by stage. Without a replica: its writes begin again. With one: the copy is fenced, the source
// is promoted again and serves, the copy goes home to its backup server, discards what it has, and is in sync at the end.
//
// Never two primaries: the source is promoted only once the copy is seen down, or is not at the successor any more; and the copy
// is told to discard its data only once the source is seen primary.
import { anew, areAchieved, untilOpen } from './anew.ts'
import type { Effect, ServiceEffect } from './effects.ts'
import type { Facts } from './facts.ts'
import { serviceEffects, strayEffect } from './hosts.ts'
import type { Migration, Reading, ReplicaMove, Service } from './migration.ts'
import { backupOf, hostOf, isGone, isReplicaMove, partSubject, sourceIdsOf } from './moves.ts'
import { ask, isAt, mayBePromoted, on, readingOf } from './replica-ladder.ts'
import { movesOf } from './services.ts'
import { latest } from './state.ts'

/** The part of the subject of what is done at home, and of what is done to the source. */
export const HOME = 'home'
export const SOURCE = 'source'

/** The steps that may be intended by now. */
export function backEffects(m: Migration, service: Service, facts: Facts, nowMs: number): Effect[] {
  const replicas = touched(m, service)
  const serving = serviceEffects(m, service, 'unfreeze')
  const stages = [replicas.flatMap((move) => fences(m, move, facts)), replicas.map((move) => primary(m, move)), serving]
  if (!areAchieved(m, stages.flat())) return untilOpen(m, stages)
  return [...stages.flat(), ...replicas.flatMap((move) => homeward(m, move, facts, nowMs))]
}

/**
 * Hosts of volumes that a plan had which is lost: what the volume says of its plan is all that is known of them. Starting what
 * never stopped harms nobody.
 */
export function strayEffects(m: Migration, { volumes }: Facts): ServiceEffect[] {
  if (m.doubtUntilMs === 0) return []
  const known = new Set(sourceIdsOf(m.plan.moves))
  const hosts = new Map<string, Set<string>>()
  for (const { id, zone, tags, attachments } of volumes.values()) {
    const [, migration, service] = /^migration=(\S+) .*? service=(.+)$/.exec(tags['zonehop:plan'] ?? '') ?? []
    const instance = attachments[0]?.instance
    if (zone !== m.plan.sourceZone || known.has(id) || migration !== m.id || !service || !instance) continue
    hosts.set(service, (hosts.get(service) ?? new Set()).add(instance))
  }
  return [...hosts].map(([service, instances]) => strayEffect(m, service, [...instances].sort()))
}

/** It serves where it was, and its copies are at home and in sync. */
export function isBackHome(m: Migration, service: Service, facts: Facts): boolean {
  const replicas = touched(m, service)
  const before = [...replicas.flatMap((move) => fences(m, move, facts)), ...replicas.map((move) => primary(m, move))]
  return (
    areAchieved(m, [...before, ...serviceEffects(m, service, 'unfreeze')]) &&
    replicas.every((move) => isReunited(m, move, facts))
  )
}

/** Replicas that are not as they were: something was done to them, or the journal may have lost that it was. */
function touched(m: Migration, { name }: Service): ReplicaMove[] {
  return movesOf(m, name)
    .filter(isReplicaMove)
    .filter((move) => !isGone(m, move))
    .filter(({ id }) => m.doubtUntilMs > 0 || (latest(m, id, 'demote')?.attempts ?? 0) > 0)
}

/** Needed while a copy may be primary at the successor. */
function fences(m: Migration, move: ReplicaMove, facts: Facts): Effect[] {
  return mayBePromoted(m, move, facts) ? [on(m, move, 'fence', { instances: [move.successor] })] : []
}

/** Fenced, or not at the successor at all. */
export function isFenced(m: Migration, move: ReplicaMove, facts: Facts): boolean {
  return areAchieved(m, fences(m, move, facts))
}

function primary(m: Migration, move: ReplicaMove): Effect {
  return on(m, move, 'promote', { instances: [hostOf(move)], part: SOURCE })
}

/** Only what was taken down has parted; what was not is as it was, whatever is to be said of it. */
function hasParted(m: Migration, move: ReplicaMove): boolean {
  const downs = [latest(m, move.id, 'down'), latest(m, partSubject(move, 'copy'), 'down')]
  return m.doubtUntilMs > 0 || downs.some((down) => (down?.attempts ?? 0) > 0)
}

function homeward(m: Migration, move: ReplicaMove, facts: Facts, nowMs: number): Effect[] {
  if (!hasParted(m, move)) return []
  const volumes = volumesHome(m, move, facts)
  if (!areAchieved(m, volumes.flat())) return untilOpen(m, volumes)
  const asked = ask(m, move, { nowMs, since: latest(m, partSubject(move, SOURCE), 'promote'), part: HOME })
  if (readingOf(m, asked.subject)?.sourceRole !== 'Primary') return [...volumes.flat(), asked]
  const reunite = on(m, move, 'reunite', { instances: [backupOf(move)], part: HOME })
  if (!areAchieved(m, [reunite])) return [...volumes.flat(), reunite]
  const since = latest(m, reunite.subject, 'reunite')
  return isReunited(m, move, facts) ? volumes.flat() : [ask(m, move, { nowMs, since, part: HOME })]
}

/** From the successor, and back to where they were; a copy that never left has no way to go. */
function volumesHome(m: Migration, move: ReplicaMove, facts: Facts): Effect[][] {
  const away = move.pairs.filter((pair) => !isAt(pair, backupOf(move), facts))
  const of = (volumeId: string) => ({ subject: partSubject(move, `${volumeId}/${HOME}`), generation: 1, volumeId })
  const detaches = away
    .filter((pair) => isAt(pair, move.successor, facts))
    .map(({ source, copy }) => {
      const there = { instance: move.successor, device: source.device }
      return anew(m, { ...of(copy.id), step: 'detach', ...there })
    })
  const attaches = away.map(({ copy: { id, instance, device } }) =>
    anew(m, { ...of(id), step: 'attach', instance, device }),
  )
  return [detaches, attaches]
}

/** What both hosts said last, behind the reunion; null before. */
export function reunitedReadingOf(m: Migration, move: ReplicaMove): Reading | null {
  const reunited = latest(m, partSubject(move, HOME), 'reunite')
  const asked = latest(m, partSubject(move, HOME), 'prove')
  const isAfter = reunited?.status === 'achieved' && (asked?.intendedRev ?? 0) > reunited.intendedRev
  return isAfter ? (asked?.reading ?? null) : null
}

function isReunited(m: Migration, move: ReplicaMove, facts: Facts): boolean {
  if (!hasParted(m, move)) return true
  const isHome = move.pairs.every((pair) => isAt(pair, backupOf(move), facts))
  return isHome && reunitedReadingOf(m, move)?.doubts.length === 0
}
