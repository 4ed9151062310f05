// The watch of a trial: days are short, and with each a worker looks at the zones and begins the seeds of that day, as jobs/watching does.
import { beginSeeds, type SeedPorts } from '../../jobs/watching/seeds.ts'
import { draft } from '../../src/core/planning/draft.ts'
import { journalledSets } from '../../src/core/planning/memory-tags.ts'
import { type Ec2, Unreadable } from '../../src/core/ports.ts'
import { SOURCE, TARGET } from '../../src/demo/servers.ts'
import { everyMigration, journalledIn } from '../../src/operations.ts'
import type { Journal } from '../../src/store/journal.ts'
import type { Life } from './world/scheduler.ts'
import type { Sim } from './world/sim.ts'

const DAY_MS = 10 * 60_000
const PAIR = { sourceZone: SOURCE, targetZone: TARGET, channel: 'C-1', seed: 'daily' } as const

type Ports = { readonly journal: Journal; readonly queue: SeedPorts['queue']; readonly ec2: Pick<Ec2, 'inventory'> }

/** Looks as long as nobody has started to move, and the process lives. */
export async function seedDaily(sim: Sim, life: Life, ports: Ports): Promise<void> {
  const { scheduler, random, faults, watch } = sim
  const untilMs = scheduler.now() + faults.seedsForMin * 60_000
  while (scheduler.now() < untilMs) {
    await scheduler.wait(life, random.whole(20_000, 120_000))
    if (watch.all().some(({ purpose }) => purpose === 'move')) return
    await look(sim, ports).catch((error: unknown) => {
      if (!(error instanceof Unreadable)) watch.threw('the watch', error)
    })
  }
}

async function look({ scheduler, plant, world: { rules } }: Sim, { journal, queue, ec2 }: Ports): Promise<void> {
  const dueMs = Math.floor(scheduler.now() / DAY_MS) * DAY_MS
  const inventory = await ec2.inventory(PAIR)
  const journalled = await journalledIn(journal, inventory, PAIR)
  const drafted = draft({ ...PAIR, inventory, rules, ...journalledSets(journalled), choices: [], found: [] })
  if (!('plan' in drafted)) return
  const all = await everyMigration(journal)
  const { plan } = drafted
  const known = plant === 'seeds-of-all' ? all.map((m) => ({ ...m, purpose: 'seeds' as const })) : all
  const ports = { journal, queue, rules, approvers: ['U-approver'] }
  await beginSeeds(PAIR, { plan, inventory, journalled, dueMs, all: known }, ports)
}
