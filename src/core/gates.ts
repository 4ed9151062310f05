// What each gate shows before it asks. The evidence is part of the basis: when it changes, an approval is void.
// So it holds what is decided on (ids, counts, names), not what drifts by itself (ages, percents).
import type { Facts } from './facts.ts'
import { isFrozen, targetVolume } from './ladder.ts'
import type { Migration, Service } from './migration.ts'
import { differences } from './parity.ts'
import { isDeferred, movesOf } from './services.ts'
import { latest } from './state.ts'

/** Volumes named one by one in a message; past them a line counts the rest. */
const NAMED_MAX = 25

export function startEvidence(m: Migration): string[] {
  const { moves, services, stays, checks, sourceZone, targetZone } = m.plan
  const gib = moves.reduce((sum, { volume }) => sum + volume.sizeGib, 0)
  const yellow = checks.filter(({ result }) => result === 'yellow')
  return [
    `${count(moves.length, 'volume')}, ${gib} GiB, of ${count(services.length, 'service')} ${moves.length === 1 ? 'moves' : 'move'} from ${sourceZone} to ${targetZone} by snapshot.`,
    ...services.map((service) => serviceLine(m, service)),
    m.seeds
      ? 'Seed snapshots are taken first, while services run.'
      : 'No seed snapshots (--no-seed): every final snapshot is full, and the outage lasts as long as the slowest.',
    ...(stays.length > 0 ? [`Stays in ${sourceZone}, acknowledged with the start:`] : []),
    ...named(stays.map(({ name, volume, sizeGib, reason }) => `${name} (${volume}, ${sizeGib} GiB): ${reason}.`)),
    ...yellow.map(({ name, cause, remedy }) => `Caution, ${name}: ${cause}; ${remedy}.`),
  ]
}

function serviceLine(m: Migration, { name, need, after, method }: Service): string {
  const mine = movesOf(m, name)
  const gib = mine.reduce((sum, { volume }) => sum + volume.sizeGib, 0)
  const how = {
    manual: 'frozen by hand',
    document: 'frozen by document',
    'stop-instances': 'frozen by stopping its instances',
  }
  const order = after.length > 0 ? `, opens after ${after.join(', ')}` : ''
  return `${name}: ${need}, ${count(mine.length, 'volume')}, ${gib} GiB, ${how[method]}${order}.`
}

export function freezeEvidence(m: Migration, services: readonly string[]): string[] {
  const moves = m.plan.moves.filter(({ service }) => services.includes(service))
  const seeded = moves.filter(({ id }) => latest(m, id, 'seed')?.status === 'achieved').length
  return [
    `The outage begins: ${services.join(', ')} stop writing until they are open in ${m.plan.targetZone}.`,
    seeded > 0
      ? `${seeded} of ${count(moves.length, 'volume')} have a completed seed; their final snapshots hold only what changed since.`
      : 'No volume has a seed; how long a first snapshot takes is known only once it reports percents.',
    'Until the point of no return, /migrate abort brings everything back.',
  ]
}

/** Null while anything it rests on is not there now: every freeze standing, every required copy equal to its source. */
export function goLiveEvidence(m: Migration, facts: Facts): string[] | null {
  const { plan } = m
  const deferred = plan.services.filter((service) => isDeferred(m, service))
  const deferrals = new Set(deferred.map(({ name }) => name))
  const areFrozen = plan.moves.every((move) => m.gone.has(move.id) || isFrozen(m, move, facts))
  const required = plan.moves.filter(({ service }) => !deferrals.has(service))
  const lines = required.flatMap((move) => {
    const target = targetVolume(m, move, facts)
    return target && differences(move, target).length === 0 ? [`${move.volume.name} is ${target.id}.`] : []
  })
  if (!areFrozen || lines.length < required.length) return null
  return [
    `Attached in ${plan.targetZone} and equal to their sources: all ${count(lines.length, 'volume')} of the required services.`,
    ...(deferred.length > 0
      ? [`Deferred, finished behind the live system: ${deferred.map(({ name }) => name).join(', ')}.`]
      : []),
    `After this there is no abort: ${plan.targetZone} takes writes. The sources in ${plan.sourceZone} are kept but grow old.`,
    `The way back of ${[...new Set(required.map(({ service }) => service))].join(', ')}: a snapshot of the new volume, of what changed alone, restored in ${plan.sourceZone}.`,
    ...named(lines),
  ]
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function named(lines: readonly string[]): string[] {
  const rest = lines.length - NAMED_MAX
  return rest > 0 ? [...lines.slice(0, NAMED_MAX), `and ${rest} more.`] : [...lines]
}
