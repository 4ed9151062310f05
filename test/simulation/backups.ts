// Backup tools of others: today they take snapshots of some volumes at the minutes at which they took them a week ago, and of hard disks EC2
// makes one at a time. Seeds keep out of their way where they are told in time.
import { perform } from '../../src/demo/ec2/perform.ts'
import type { SnapshotSeed } from '../../src/demo/ec2/world/entities.ts'
import type { Store } from '../../src/demo/ec2/world/store.ts'
import type { World } from './world/draw.ts'
import type { Random } from './world/random.ts'
import type { Sim } from './world/sim.ts'

/** Minutes from the beginning of the trial at which snapshots of a volume, by its Name, are taken. */
export type Backup = { readonly volume: string; readonly atMin: readonly number[] }

/** Trials begin at 05:10. */
const BEGINS_MINUTE = 310
const WEEK_MIN = 7 * 1_440
/** Behind that nothing is taken any more, so that trials end. */
const TAKEN_FOR_MIN = 60

/** What is taken today, and before which minute of the day people who start do not want to be asked to stop writes; null: they do not care. */
export type Arranged = { readonly backups: readonly Backup[]; readonly atMinute: number | null }

/** The world with the snapshots of a week ago, sometimes with hours in which hard disks are left alone; and what is arranged for today. */
export function arranged(world: World, random: Random): { readonly world: World } & Arranged {
  return { ...withBackups(world, random), atMinute: random.chance(0.08) ? BEGINS_MINUTE + random.whole(5, 50) : null }
}

function withBackups(world: World, random: Random): { readonly world: World; readonly backups: readonly Backup[] } {
  const rules = random.chance(0.15) ? { ...world.rules, quietHours: drawQuiet(random) } : world.rules
  if (!random.chance(0.2)) return { world: { ...world, rules }, backups: [] }
  const named = world.seed.volumes.filter(
    ({ name, tags }) => name !== undefined && tags?.['zonehop:service'] !== undefined,
  )
  const backups = named.flatMap(({ name }): Backup[] => {
    if (name === undefined || !random.chance(0.3)) return []
    const everyMin = random.whole(12, 40)
    const first = random.whole(2, everyMin)
    const count = Math.ceil((TAKEN_FOR_MIN - first) / everyMin)
    return [{ volume: name, atMin: Array.from({ length: count }, (_, index) => first + index * everyMin) }]
  })
  const before = backups.flatMap(({ volume, atMin }): SnapshotSeed[] =>
    atMin.map((min) => ({ volume, minutesAgo: WEEK_MIN - min })),
  )
  return { world: { rules, seed: { ...world.seed, snapshots: [...(world.seed.snapshots ?? []), ...before] } }, backups }
}

/** The trial begins at 05:10: before them, within them or behind them. */
function drawQuiet(random: Random): { readonly fromMinute: number; readonly untilMinute: number } {
  return { fromMinute: random.whole(280, 340), untilMinute: random.whole(345, 380) }
}

/** Takes them at their times, as long as the trial has faults. */
export function takeBackups(sim: Sim): void {
  const { scheduler, store } = sim
  const { backups } = sim.arranged
  for (const { volume, min } of takenOf(backups, store)) {
    scheduler.after(min * 60_000, () => {
      if (!sim.isFaulty()) return
      sim.fault('backup')
      const { kind } = perform(store, 'CreateSnapshot', { VolumeId: volume })
      sim.note('backup tool', `CreateSnapshot of ${volume}: ${kind}`)
    })
  }
}

/** Each snapshot to be taken: of which volume, by its id, and at which minute from the beginning. */
export function takenOf(
  backups: readonly Backup[],
  { volumes }: Store,
): { readonly volume: string; readonly min: number }[] {
  return backups.flatMap(({ volume: name, atMin }) => {
    const id = [...volumes.values()].find(({ tags }) => tags.Name === name)?.id
    return id === undefined ? [] : atMin.map((min) => ({ volume: id, min }))
  })
}
