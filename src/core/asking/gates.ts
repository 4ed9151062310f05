// What each gate shows before it asks. The evidence is part of the basis: when it changes, an approval is void. So it
// holds what people decide on (ids, counts, names), and not what drifts by itself (ages, percents).

import { readingOf } from '../journal/readings.ts'
import { demotionOf, freezeOf, isDeferred, movesOf } from '../journal/services.ts'
import { generationsOf, latest } from '../journal/state.ts'
import { cautionLines } from '../model/checks.ts'
import type { Facts } from '../model/facts.ts'
import { INITIALIZATION_MIBPS } from '../model/limits.ts'
import type { Migration } from '../model/migration.ts'
import { isGone, isReplicaMove, isSnapshotMove, rowsOf } from '../model/moves.ts'
import type { Leftover, Move, ReplicaMove, Service, SnapshotMove } from '../model/plan.ts'
import { hoursWords } from '../model/rules.ts'
import { ofCopy, ofMove } from '../model/subjects.ts'
import { counted, dayTime, listed } from '../model/text.ts'
import { differences } from '../seeing/parity.ts'
import { isHardDisk, seedsOf } from '../steps/seeds/rounds.ts'
import { isFrozen, targetVolume } from '../steps/snapshot-ladder.ts'

/** Copies that `goLive` names one by one; its first line counts all of them, and a last one the rest. */
const NAMED_MAX = 25

/**
 * The lines that `start` shows: the routes, the services, what is deleted first, what stays and why, and every yellow check. The approval covers
 * all of it, so none is left out.
 */
export function startEvidence(m: Migration): string[] {
  const { services, stays, checks, sourceZone, leftovers = [] } = m.plan
  return [
    ...routeLines(m),
    ...leftovers.map(leftoverLine),
    ...services.map((service) => serviceLine(m, service)),
    m.seeds
      ? 'Seed snapshots are taken first, while services run.'
      : 'No seed snapshots (--no-seed): every final snapshot is full, and the outage lasts as long as the slowest.',
    ...quietLines(m),
    ...(m.windowMs === null ? [] : [`Stopping writes is not asked for before ${dayTime(m.windowMs)} (--at).`]),
    ...initializationLines(m),
    ...(m.rules.budgetMinutes === null
      ? []
      : [
          `The outage may last ${m.rules.budgetMinutes} min, its budget: zonehop warns while going back still fits into it.`,
        ]),
    ...(stays.length > 0 ? [`Stays in ${sourceZone}, acknowledged with the start:`] : []),
    ...stays.map(({ name, volume, sizeGib, reason }) => `${name} (${volume}, ${sizeGib} GiB): ${reason}.`),
    ...cautionLines(checks),
  ]
}

/** Hard disks of which no seed may be taken when this is started; nothing where seeds are taken at any hour, or of none. */
function quietLines({ plan, seeds, rules: { quietHours } }: Migration): string[] {
  const names = plan.moves.filter(isSnapshotMove).flatMap(({ volume }) => (isHardDisk(volume) ? [volume.name] : []))
  if (!seeds || !quietHours || names.length === 0) return []
  return [
    `Seeds of hard disks (${listed(names, NAMED_MAX)}) begin between ${hoursWords(quietHours)} alone (quietHours); in other hours the outage is asked for without them.`,
  ]
}

/** How copies load after go-live; nothing in a plan of an earlier zonehop, or without copies from snapshots. */
function initializationLines({ plan, rules: { initialization } }: Migration): string[] {
  const { most, region } = INITIALIZATION_MIBPS
  if (initialization === undefined || !plan.moves.some(isSnapshotMove)) return []
  const slow = 'Restored volumes read slowly after go-live until EC2 has loaded them'
  return initialization === 'fast'
    ? [
        `${slow}: those of required services are asked for at up to ${most} MiB/s each, ${region} MiB/s together, which AWS charges for (initialization: fast).`,
      ]
    : [`${slow}, at its own pace and without a known end (initialization: default).`]
}

/** What the start takes away, and why it may: nobody deletes what was not named to whoever approved. */
export function leftoverLine({ what, volume, name, sizeGib, migration, instance, device }: Leftover): string {
  const thing = `${name} (${volume}, ${sizeGib} GiB)`
  const place = `It stands at ${device} of ${instance}, where the new copy goes`
  return what === 'copy'
    ? `Deletes first: ${thing}, a copy that ${migration} made before its abort. ${place}, and is detached there; see that nobody has it mounted. EC2 does not bring it back.`
    : `Detaches first: ${thing}, the source that ${migration} left. ${place}; see that nobody has it mounted. It is kept.`
}

function routeLines({ plan: { moves, sourceZone, targetZone } }: Migration): string[] {
  const words = { snapshot: 'by snapshot', replica: 'by replica (DRBD)' }
  return (['snapshot', 'replica'] as const).flatMap((route) => {
    const rows = rowsOf(moves).filter((row) => row.route === route)
    if (rows.length === 0) return []
    const gib = rows.reduce((sum, { volume }) => sum + volume.sizeGib, 0)
    const services = counted(new Set(rows.map(({ service }) => service)).size, 'service')
    const move = rows.length === 1 ? 'moves' : 'move'
    return `${counted(rows.length, 'volume')}, ${gib} GiB, of ${services} ${move} from ${sourceZone} to ${targetZone} ${words[route]}.`
  })
}

function serviceLine(m: Migration, { name, need, after, method }: Service): string {
  const mine = rowsOf(movesOf(m, name))
  const gib = mine.reduce((sum, { volume }) => sum + volume.sizeGib, 0)
  const how = {
    manual: 'frozen by hand',
    document: 'frozen by document',
    'stop-instances': 'frozen by stopping its instances',
  }
  const order = after.length > 0 ? `, opens after ${after.join(', ')}` : ''
  return `${name}: ${need}, ${counted(mine.length, 'volume')}, ${gib} GiB, ${how[method]}${order}.`
}

/**
 * The lines that `freeze` shows; null while a replica that the outage would wait for is not seen in sync by both its
 * hosts.
 */
export function freezeEvidence(m: Migration, services: readonly string[]): string[] | null {
  const all = m.plan.moves.filter(({ service }) => services.includes(service))
  const deferred = new Set(m.plan.services.filter((each) => isDeferred(m, each)).map(({ name }) => name))
  // One that was demoted stopped writing under an earlier freeze: the ladder asks its hosts behind that, and nothing of it is asked here.
  const needed = all.filter(isReplicaMove).filter((move) => !deferred.has(move.service) && !isGone(m, move))
  const replicas = needed.filter((move) => demotionOf(m, move) === null)
  if (replicas.some(({ id }) => readingOf(m, ofMove(id))?.doubts.length !== 0)) return null
  const again = services.filter((name) => freezeOf(m, name) !== null)
  const fresh = services.filter((name) => freezeOf(m, name) === null)
  const moves = all.filter(isSnapshotMove).filter(({ service }) => fresh.includes(service))
  const seeded = moves.filter((move) => seedsOf(m, move).length > 0).length
  return [
    ...(fresh.length > 0
      ? [`The outage begins: ${fresh.join(', ')} stop writing until they are open in ${m.plan.targetZone}.`]
      : []),
    ...(again.length > 0
      ? [
          `Frozen again, and final snapshots again: ${again.join(', ')}. Somebody changed the tag of an earlier freeze, so nobody knows whether anything was written since.`,
        ]
      : []),
    ...replicas
      .filter(({ id }) => latest(m, ofMove(id), 'demote') === null)
      .map(({ resource }) => `The replica ${resource} is in sync: both hosts say so, twice.`),
    ...(moves.length === 0
      ? []
      : [
          seeded > 0
            ? `${seeded} of ${counted(moves.length, 'volume')} have a completed seed; their final snapshots hold only what changed since.`
            : 'No volume has a seed; how long a first snapshot takes is known only once it reports percents.',
        ]),
    'Until the point of no return, /migrate abort brings everything back.',
  ]
}

/**
 * The lines that `goLive` shows; null while anything it rests on is not there now: every freeze must stand, and every
 * required copy must equal its source.
 */
export function goLiveEvidence(m: Migration, facts: Facts): string[] | null {
  const { plan } = m
  const deferred = plan.services.filter((service) => isDeferred(m, service))
  const deferrals = new Set(deferred.map(({ name }) => name))
  const areFrozen = plan.moves.every((move) => isGone(m, move) || isFrozen(m, move, facts))
  const required = plan.moves.filter(({ service }) => !deferrals.has(service))
  const lines = required.flatMap((move) => placesOf(m, move, facts))
  if (!areFrozen || lines.length < rowsOf(required).length) return null
  return [
    `Attached in ${plan.targetZone} and equal to their sources: all ${counted(lines.length, 'volume')} of the required services.`,
    ...(deferred.length > 0
      ? [`Deferred, finished or opened after go-live: ${deferred.map(({ name }) => name).join(', ')}.`]
      : []),
    `After this there is no abort: ${plan.targetZone} takes writes. The sources in ${plan.sourceZone} are kept but grow old.`,
    ...waysBack(m, required),
    ...impairedLines(required, facts),
    ...firstLines(lines),
  ]
}

/** What people should see before they go live on it: an approval does not cover what EC2 says only afterwards. */
function impairedLines(moves: readonly Move[], { impaired }: Facts): string[] {
  const successors = new Set(moves.map(({ successor }) => successor))
  const names = (impaired ?? []).filter((id) => successors.has(id)).toSorted()
  if (names.length === 0) return []
  return [
    `Caution: EC2 says that volumes attached to ${listed(names, NAMED_MAX)} are impaired: they do not complete I/O. Look at them on the host before going live.`,
  ]
}

/** One line for each copy that is attached as its source was, and equals it. */
function placesOf(m: Migration, move: Move, facts: Facts): string[] {
  if (isSnapshotMove(move)) {
    const target = targetVolume(m, move, facts)
    const cut = latest(m, ofMove(move.id), 'snapshot')?.resource ?? null
    if (!target || cut === null || differences(move, target).length > 0 || target.snapshotId !== cut) return []
    return isForeignCut(move, cut, facts)
      ? []
      : [`${move.volume.name} is ${target.id}, from ${cut}, cut under its freeze.`]
  }
  return move.pairs.flatMap(({ source, copy }) => {
    const there = facts.volumes.get(copy.id)
    const stands = there && differences(move, there).length === 0
    return stands ? [`${source.name} is ${copy.id}, its replica, promoted and looked at.`] : []
  })
}

/** Whether EC2 says that the snapshot is of another volume. */
function isForeignCut({ volume }: SnapshotMove, cut: string, { snapshots }: Facts): boolean {
  const seen = snapshots.get(cut)
  return seen !== undefined && seen.volumeId !== volume.id
}

/**
 * Sentences about the way back after the point of no return: by delta where there is a lineage of snapshots, which a
 * promoted replica does not have before its first one.
 */
export function waysBack(m: Migration, moves: readonly Move[]): string[] {
  const { plan } = m
  const of = (these: readonly Move[]): string => {
    const names = plan.services.map(({ name }) => name)
    return names.filter((name) => these.some(({ service }) => service === name)).join(', ')
  }
  const isSaved = (move: ReplicaMove): boolean => move.pairs.every(({ copy }) => isSavedCopy(m, move, copy.id))
  const bare = moves.filter((move) => isReplicaMove(move) && !isSaved(move))
  const saved = moves.filter((move) => !bare.includes(move))
  return [
    ...(saved.length > 0
      ? [
          `The way back of ${of(saved)}: a snapshot of the new volume, of what changed alone, restored in ${plan.sourceZone}.`,
        ]
      : []),
    ...(bare.length > 0
      ? [
          `The way back of ${of(bare)}: a full copy, until the first snapshot of the promoted replica is complete; it is begun at once after this.`,
        ]
      : []),
  ]
}

function isSavedCopy(m: Migration, { id }: ReplicaMove, volume: string): boolean {
  return generationsOf(m, ofCopy(id, volume), 'firstSnapshot').some(({ status }) => status === 'achieved')
}

function firstLines(lines: readonly string[]): string[] {
  const rest = lines.length - NAMED_MAX
  return rest > 0 ? [...lines.slice(0, NAMED_MAX), `and ${rest} more.`] : [...lines]
}
