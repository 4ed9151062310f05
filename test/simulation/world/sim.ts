// What everything in a trial shares: time, chance, the world, the journal and the queues, and who watches.

import type { Entry } from '../../../src/core/model/entries.ts'
import type { Away } from '../../../src/core/model/migration.ts'
import type { Inventories } from '../../../src/core/ports.ts'
import type { Progress } from '../../../src/core/telling/progress.ts'
import type { Store } from '../../../src/demo/ec2/world/store.ts'
import { openStore } from '../../../src/demo/ec2/world/world.ts'
import type { Hosts } from '../../../src/demo/ssm/entities.ts'
import { openHosts } from '../../../src/demo/ssm/hosts.ts'
import type { Tokens } from '../../../src/store/tokens.ts'
import { memoryInventories } from '../../support/memory-inventories.ts'
import { type Kept, type MemoryJournal, memoryJournal } from '../../support/memory-journal.ts'
import { type KeptQueues, type MemoryQueue, memoryQueue } from '../../support/memory-queue.ts'
import { memoryTokens } from '../../support/memory-tokens.ts'
import { type Arranged, arranged, takenOf } from '../backups.ts'
import type { Taken } from '../invariants/cleared.ts'
import { FAULTS_OF, type Plant } from '../plants.ts'
import { openWatch, type Watch } from '../watch.ts'
import { drawWorld, type World } from './draw.ts'
import { drawFaults, type FaultPlan, whileFaulty } from './faults.ts'
import { type Random, randomFrom } from './random.ts'
import { type Life, openScheduler, type Scheduler } from './scheduler.ts'
import { openSlack, type Remembered, type SimSlack } from './slack.ts'

export type Counts = {
  crashes: number
  faults: number
  steps: number
  /** Reads by which a process met a migration of a later version, and did nothing. */
  stoodAside: number
  /** What jobs and operations threw that was no refusal of AWS's. */
  thrown: number
  /** Sentences shown to people that were read and recomputed, and those of them that were false. */
  /** Samples of progress. */
  looks: number
  sentences: number
  falseSentences: number
  /** Faults by what they are; crashes are none of them. */
  readonly faultsByKind: Record<string, number>
}

/** One run of the reconciler. */
export type Tick = { readonly id: string; readonly life: Life; wasAlone: boolean }

export type Sim = {
  readonly random: Random
  readonly scheduler: Scheduler
  readonly world: World
  readonly faults: FaultPlan
  readonly arranged: Arranged
  readonly store: Store
  readonly hosts: Hosts
  readonly journal: MemoryJournal
  readonly queue: MemoryQueue
  readonly tokens: Tokens
  readonly watch: Watch
  readonly plant: Plant
  readonly counts: Counts
  /** How much longer than asked a tick rests: a busy process; and fewer ticks a trial. */
  readonly pace: number
  /** How much longer than usual AWS and the queues take: the more, the more goes on at once. */
  readonly slowness: number
  /** Redis at the time of each entry, oldest first: what an older file holds. */
  readonly history: { readonly journal: Kept; readonly queues: KeptQueues; readonly remembered: Remembered | null }[]
  readonly ticks: Set<Tick>
  isFaulty(): boolean
  /** Something befell somebody. */
  fault(kind: string): void
  note(who: string, what: string): void
  /** A job waits in the queue; set by machine.ts. */
  serve: (queue: string, ms?: number) => void
  /** Until when a service of AWS cannot be reached, by its name. */
  readonly away: Map<Away['service'], number>
  isAway(service: Away['service']): boolean
  readonly inventories: Inventories
  /** The newest sample of each migration, as Redis keeps it beside the journal. */
  readonly progress: Map<string, Progress>
  /** Null in trials without one: what a thread says is rendered there at the end alone. */
  slack: SimSlack | null
  /** Of the clock that stamps the entries. */
  redisSkewMs: number
  /** How often Redis came up anew: people hear of it. */
  losses: number
  /** A copy of the stack that drives the same volumes now, and whether there ever was one. */
  rival: Life | null
  hasRival: boolean
  /** What such a copy wrote into its own Redis since it came up. */
  readonly rivalEntries: Entry[]
  /** Redis was replaced by an empty one: what ran is known from tags alone. */
  isEmptied: boolean
  /** Redis lost its last entries in a way that nobody can tell from what it says of itself. */
  hasUnseenLoss: boolean
  /** Who won each attempt, by its nonce. */
  readonly issuers: Map<string, Life>
  /** One of the processes is of a later version. */
  readonly isLater: boolean
  /** Tags that an intruder wrote, as `volume key=value`. */
  readonly forged: Set<string>
  /** Ids of the snapshots and volumes that an intruder made, whatever their tags say. */
  readonly planted: Set<string>
  /** What people took up again of what a migration had left. */
  readonly taken: Map<string, Taken>
}

/** Makes another number of a seed, for chance that leaves the seed's own stream as it is. */
const OWN = 0x5ca1ab1e
const BACKUPS = 0x0b5e55ed
const FROM_MS = Date.UTC(2026, 2, 3, 5, 10)

export function openSim(seed: number, plant: Plant, isLater: boolean): Sim {
  const random = randomFrom(seed)
  const scheduler = openScheduler(FROM_MS)
  const now = (): number => Math.floor(scheduler.now())
  const { world, ...ahead } = arranged(drawWorld(random.fork()), randomFrom(seed ^ BACKUPS))
  const faults = { ...drawFaults(random.fork(), FROM_MS, randomFrom(seed ^ OWN)), ...(plant ? FAULTS_OF[plant] : {}) }
  const isFaulty = (): boolean => scheduler.now() < faults.untilMs
  const chance = random.fork()
  const lateness = faults.isLate ? { usuallyMaxMs: 4_000, seldomShare: 0.15 } : {}
  const store = openStore({
    world: world.seed,
    now,
    random: () => chance.next(),
    faults: whileFaulty(faults.ec2, isFaulty),
    lateness,
  })
  const hosts = openHosts(store, world.seed, { faults: whileFaulty(faults.ssm, isFaulty) })
  const history: Sim['history'] = []
  let nonces = 0
  const journal = memoryJournal(() => scheduler.now() + sim.redisSkewMs, {
    nonce: () => `n${++nonces}`,
    written: (id, entry) => {
      sim.watch.wrote(id, entry)
      history.push({
        journal: journal.keep(),
        queues: sim.queue.keep(),
        remembered: sim.slack?.keep() ?? null,
      })
    },
  })
  const transcript: string[] = []
  const taken = new Map<string, Taken>()
  const rivalEntries: Entry[] = []
  const planted = new Set<string>()
  const away = new Map<Away['service'], number>()
  const sim: Sim = {
    random,
    scheduler,
    world,
    faults,
    arranged: ahead,
    away,
    isAway: (service) => isFaulty() && scheduler.now() < (away.get(service) ?? 0),
    store,
    hosts,
    journal,
    queue: memoryQueue({
      now: () => scheduler.now(),
      waits: (queue) => sim.serve(queue),
      isKeeping: plant === 'keep-finished-jobs',
    }),
    tokens: memoryTokens(() => scheduler.now()),
    watch: openWatch({
      store,
      hosts,
      now,
      transcript,
      taken,
      rivalEntries,
      planted,
      backups: takenOf(ahead.backups, store).map(({ volume, min }) => ({ volume, atMs: FROM_MS + min * 60_000 })),
      isTwofold: () => sim.hasRival || sim.hasUnseenLoss,
      befallen: () => sim.counts.crashes + sim.counts.faults,
    }),
    plant,
    counts: {
      crashes: 0,
      faults: 0,
      steps: 0,
      stoodAside: 0,
      thrown: 0,
      looks: 0,
      sentences: 0,
      falseSentences: 0,
      faultsByKind: {},
    },
    slowness: random.pick([1, 5, 20, 40]),
    pace: random.pick([2, 10, 20, 20, 30, 30]),
    history,
    ticks: new Set(),
    isFaulty,
    fault(kind) {
      sim.counts.faults++
      sim.counts.faultsByKind[kind] = (sim.counts.faultsByKind[kind] ?? 0) + 1
    },
    note(who, what) {
      const at = new Date(scheduler.now()).toISOString().slice(11, 23)
      transcript.push(`${at} ${who}: ${what}`)
      if (transcript.length > 4_000) transcript.splice(0, 2_000)
    },
    serve: () => undefined,
    inventories: memoryInventories(),
    progress: new Map(),
    slack: null,
    redisSkewMs: 0,
    losses: 0,
    rival: null,
    hasRival: false,
    rivalEntries,
    isEmptied: false,
    hasUnseenLoss: false,
    issuers: new Map(),
    isLater,
    taken,
    forged: new Set(),
    planted,
  }
  // Faults of single calls are counted, and nothing more: with `faults` they would excuse every wait.
  store.hooks.struck = (kind) => {
    sim.counts.faultsByKind[kind] = (sim.counts.faultsByKind[kind] ?? 0) + 1
  }
  if (faults.slackEveryMin > 0) sim.slack = openSlack({ ...sim, random: random.fork() })
  return sim
}
