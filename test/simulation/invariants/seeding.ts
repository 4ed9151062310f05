// What must hold of when a seed is begun: the journal says it, and the clock, the rules and the plans of others are known.
import type { Effect } from '../../../src/core/model/effects.ts'
import type { Entry } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { isSnapshotMove, moveOf } from '../../../src/core/model/moves.ts'
import type { SnapshotMove } from '../../../src/core/model/plan.ts'
import { isWithin } from '../../../src/core/model/rules.ts'

/** A snapshot that others take, planned a week ahead: of which volume, by its id, and when (ms since 1970). */
export type Planned = { readonly volume: string; readonly atMs: number }

/** How long a process may have slept between its decision and its entry, in ms. */
const SLEPT_MS = 10 * 60_000
const HARD_DISKS = ['st1', 'sc1', 'standard']
/** MiB/s at which an unknown volume counts as read. */
const SLOW_MIBPS = 25

/** Of a hard disk no seed is intended outside of quietHours, nor where the backup of somebody else would meet the first seed of its volume. */
export function seedsKeepOut(m: Migration | null, entry: Entry, backups: readonly Planned[]): string[] {
  if (!m || entry.kind !== 'intended') return []
  return entry.effects.flatMap((effect) => {
    const move = moveOf(m, effect.subject)
    const isSeed = effect.step === 'seed' && move !== null && isSnapshotMove(move)
    return isSeed && HARD_DISKS.includes(move.volume.type)
      ? wrongsOf(m, { effect, move, atMs: entry.atMs, backups })
      : []
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
