// What must hold of when a seed is begun: the journal says it, and the clock, the rules and the plans of others are known.
import { isDeferred, serviceNamed } from '../../../src/core/journal/services.ts'
import { latest } from '../../../src/core/journal/state.ts'
import { type Effect, effectId } from '../../../src/core/model/effects.ts'
import type { Entry } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { isSnapshotMove, moveOf } from '../../../src/core/model/moves.ts'
import type { SnapshotMove } from '../../../src/core/model/plan.ts'
import { isWithin } from '../../../src/core/model/rules.ts'
import { ofMove } from '../../../src/core/model/subjects.ts'
import type { Store } from '../../../src/demo/ec2/world/store.ts'

/** A snapshot that others take, planned a week ahead: of which volume, by its id, and when (ms since 1970). */
export type Planned = { readonly volume: string; readonly atMs: number }

const WEEK_MS = 7 * 86_400_000

/** Those of them that EC2 can tell of: by the snapshot of a week before, which nobody has deleted since, or passed off as ours. */
export function toldBy(store: Store, backups: readonly Planned[]): Planned[] {
  const before = [...store.snapshots.values()].filter(
    ({ deletedAtMs, tags }) => deletedAtMs === null && tags['zonehop:migration'] === undefined,
  )
  return backups.filter(({ volume, atMs }) =>
    before.some((one) => one.volume === volume && Math.abs(one.startedAtMs + WEEK_MS - atMs) < 1_000),
  )
}

/** How long a process may have slept between its decision and its entry, in ms. */
const SLEPT_MS = 10 * 60_000
const HARD_DISKS = ['st1', 'sc1', 'standard']
/** MiB/s at which an unknown volume counts as read. */
const SLOW_MIBPS = 25

/**
 * Of a hard disk no seed is intended outside of quietHours, nor where the backup of somebody else would meet the first seed of its volume; of any
 * instance not too many at once; and none behind one that failed.
 */
export function seedsKeepOut(m: Migration | null, entry: Entry, backups: readonly Planned[]): string[] {
  if (!m || entry.kind !== 'intended') return []
  const seeds = entry.effects.flatMap((effect): Seed[] => {
    const move = moveOf(m, effect.subject)
    const isSeed = effect.step === 'seed' && move !== null && isSnapshotMove(move)
    return isSeed ? [{ effect, move, atMs: entry.atMs, backups }] : []
  })
  const disks = seeds.filter(({ move }) => HARD_DISKS.includes(move.volume.type))
  return [
    ...disks.flatMap((seed) => wrongsOf(m, seed)),
    ...seeds.flatMap((seed) => repeats(m, seed)),
    ...crowds(m, seeds),
  ]
}

/** What failed is tried again where somebody says so, and by no decision. */
function repeats(m: Migration, { effect, move }: Seed): string[] {
  const before = latest(m, ofMove(move.id), 'seed')
  return before?.status === 'failed' ? [`${effectId(effect)} is begun behind one that failed`] : []
}

const AT_ONCE_MAX = 4

/** Of volumes of one instance that the outage waits for, or of those that can wait, so many are read at once. */
function crowds(m: Migration, fresh: readonly Seed[]): string[] {
  const placeOf = ({ service: name, volume }: SnapshotMove): string => {
    const service = serviceNamed(m, name)
    return `${volume.instance}, ${service && isDeferred(m, service) ? 'deferred' : 'required'}`
  }
  const open = m.plan.moves.filter(isSnapshotMove).filter(({ id }) => {
    const status = latest(m, ofMove(id), 'seed')?.status
    return status === 'intended' || status === 'issued' || status === 'started'
  })
  const places = new Set(fresh.map(({ move }) => placeOf(move)))
  return [...places].flatMap((place) => {
    const count = [...open, ...fresh.map(({ move }) => move)].filter((move) => placeOf(move) === place).length
    return count > AT_ONCE_MAX ? [`${count} seeds at once of volumes of ${place}`] : []
  })
}

type Seed = {
  readonly effect: Effect
  readonly move: SnapshotMove
  readonly atMs: number
  readonly backups: readonly Planned[]
}

function wrongsOf(m: Migration, { effect, move, atMs, backups }: Seed): string[] {
  const { id, sizeGib } = move.volume
  const { quietHours } = m.rules
  const isLoud = quietHours && ![atMs, atMs - SLEPT_MS].some((ms) => isWithin(quietHours, ms))
  const isKnown = effect.generation > 1 || m.earlier[id] !== undefined
  const clearMs = atMs + (sizeGib * 1_024 * 1_000) / SLOW_MIBPS - SLEPT_MS
  const met = backups.find((one) => one.volume === id && one.atMs > atMs && one.atMs < clearMs)
  return [
    ...(isLoud ? [`a seed of ${id}, a hard disk, is begun outside of quietHours`] : []),
    ...(met && !isKnown ? [`a seed of ${id}, a hard disk, would meet a backup`] : []),
  ]
}
