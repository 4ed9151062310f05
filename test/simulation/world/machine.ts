// Machines: processes that run the bot and the workers, as src/bot.ts and jobs/worker.ts wire them. They die and start again, are
// suspended and go on; what they held runs out and is run again by another.

import { handOn } from '../../../jobs/aside.ts'
import { measuring } from '../../../jobs/measuring.ts'
import { dueToTell, type NotifyPorts, notify, orUntold, prove } from '../../../jobs/notify.ts'
import { recentFacts } from '../../../jobs/recent-facts.ts'
import { type ReconcilePorts, reconcile } from '../../../jobs/reconcile.ts'
import { surveyDue } from '../../../jobs/resurvey.ts'
import type { StepPorts } from '../../../jobs/steps/step.ts'
import { STEP_BODIES } from '../../../jobs/steps/steps.ts'
import { blindness, stillness } from '../../../jobs/stillness.ts'
import type { Call } from '../../../src/core/model/effects.ts'
import { JOURNAL_VERSION } from '../../../src/core/model/entries.ts'
import { type Clock, type Queue, type StepJob, Unreadable, type UseCases } from '../../../src/core/ports.ts'
import { operations } from '../../../src/operations.ts'
import { GoneMessage } from '../../../src/slack/speaker.ts'
import type { Journal } from '../../../src/store/journal.ts'
import type { Untold } from '../../../src/store/untold.ts'
import type { Views } from '../../../src/store/views.ts'
import { notWatching } from '../../support/memory-inventories.ts'
import type { Dialect, Way } from '../../support/memory-journal.ts'
import type { MemoryJob } from '../../support/memory-queue.ts'
import { FREE_TURNS } from '../../support/memory-tokens.ts'
import { APPROVER, approvedBy, directoryOf, TRESPASSERS } from '../../support/people.ts'
import { seedDaily } from '../daily.ts'
import { readAloud } from '../invariants/sentences.ts'
import { IGNORING, plantedSpeaker, plantedStep, plantedTick, plantedUse } from '../plants.ts'
import type { Line } from './clients.ts'
import { edge } from './edge.ts'
import { LATER } from './later.ts'
import type { Life } from './scheduler.ts'
import type { Sim, Tick } from './sim.ts'
import { SlackTrouble } from './slack.ts'

export type Machine = {
  readonly name: string
  life: Life | null
  operations: UseCases | null
  /** How far its clock is off. */
  skewMs: number
  run: (job: MemoryJob, holder: object) => Promise<void>
  readonly active: Map<string, number>
  readonly waiting: Map<string, AbortController>
}

const [GUEST, STRANGER] = TRESPASSERS
const STRANGERS = { [GUEST]: { kind: 'guest' }, [STRANGER]: { kind: 'stranger' } } as const
const AT_ONCE_MAX = 10
const RESTS_MAX_MS = 45_000
/** In a trial without a Slack nobody is told anything. */
/** Where there is no Slack, nobody is told. */
const NOTHING_UNTOLD: Untold = { all: async () => [], add: async () => undefined, remove: async () => undefined }
const SILENT: NotifyPorts['speaker'] = { post: async () => '', update: async () => undefined }
/** How often a look at the thread proves that its questions are there. */
const PROVES = 0.1
/** What is on the network arrives, whatever becomes of who sent it. */
const NETWORK: Life = { name: 'network', isOver: false, suspendedUntilMs: 0 }

export function startMachines(sim: Sim, count: number): Machine[] {
  const machines = Array.from(
    { length: count },
    (_, index): Machine => ({
      name: `process-${index + 1}`,
      life: null,
      operations: null,
      skewMs: 0,
      run: async () => undefined,
      active: new Map(),
      waiting: new Map(),
    }),
  )
  const due = new Map<string, number>()
  sim.serve = (queue, ms = sim.random.whole(1, 15) * sim.slowness) => {
    const atMs = sim.scheduler.now() + ms
    // One look at a time is enough, and another follows while jobs wait.
    if ((due.get(queue) ?? Number.POSITIVE_INFINITY) <= atMs) return
    due.set(queue, atMs)
    sim.scheduler.after(ms, () => {
      if (due.get(queue) !== atMs) return
      due.delete(queue)
      serve(sim, machines, queue)
    })
  }
  for (const machine of machines) start(sim, machine, machines)
  return machines
}

/** A worker with room for it takes the next job of the queue. */
function serve(sim: Sim, machines: readonly Machine[], queue: string): void {
  const { scheduler, random } = sim
  if (!sim.queue.hasWaiting(queue)) return
  const restMs = sim.queue.restsUntilMs(queue) - scheduler.now()
  const able = machines.filter(
    ({ life, active }) => life && life.suspendedUntilMs <= scheduler.now() && (active.get(queue) ?? 0) < AT_ONCE_MAX,
  )
  const machine = restMs > 0 ? undefined : random.pick(able)
  if (machine) {
    const holder = { life: machine.life }
    const job = sim.queue.take(queue, holder)
    if (job) void machine.run(job, holder)
  }
  const nextMs = machine ? random.whole(0, 3) * sim.slowness : 500
  sim.serve(queue, restMs > 0 ? restMs + 1 : nextMs)
}

export function crash(sim: Sim, machine: Machine, machines: readonly Machine[]): void {
  const { life } = machine
  if (!life) return
  life.isOver = true
  machine.life = null
  machine.operations = null
  sim.counts.crashes++
  sim.note(machine.name, 'CRASHES')
  lapseSoon(sim, life)
  sim.scheduler.after(sim.random.whole(300, sim.random.pick([3_000, 60_000])), () => start(sim, machine, machines))
}

function suspend(sim: Sim, { name }: Machine, life: Life): void {
  const { random, scheduler } = sim
  const ms = random.pick([random.whole(500, 4_000), random.whole(5_000, 30_000), random.whole(60_000, 480_000)])
  life.suspendedUntilMs = Math.max(life.suspendedUntilMs, scheduler.now() + ms)
  sim.fault('suspend')
  sim.note(name, `is suspended for ${Math.round(ms / 100) / 10} s`)
  if (ms > 5_000) lapseSoon(sim, life)
}

/** Locks last 5 s, and stalled jobs are looked for every 2.5 s. */
function lapseSoon(sim: Sim, life: Life): void {
  sim.scheduler.after(sim.random.whole(4_000, 8_000), () => {
    if (life.isOver || life.suspendedUntilMs > sim.scheduler.now()) {
      sim.queue.lapse((holder) => (holder as { life: Life }).life === life)
    }
  })
}

function start(sim: Sim, machine: Machine, machines: readonly Machine[]): void {
  const life: Life = { name: machine.name, isOver: false, suspendedUntilMs: 0 }
  machine.life = life
  machine.active.clear()
  machine.waiting.clear()
  const ports = portsOf(sim, machine, { life, machines })
  const { inventories } = sim
  const place = {
    ...ports,
    inventories,
    watching: notWatching(),
    directory: directoryOf(STRANGERS),
    rules: sim.world.rules,
    channels: null,
    dangers: [],
  }
  machine.operations = plantedUse(sim.plant, operations({ ...place, people: approvedBy(APPROVER) }), () =>
    operations({ ...place, people: approvedBy(APPROVER, ...TRESPASSERS) }),
  )
  machine.run = (job, holder) => runJob(sim, machine, { job, holder, ports })
  sim.note(machine.name, 'starts')
  void heartbeat(sim, life, ports)
  if (sim.faults.seedsForMin > 0) void seedDaily(sim, life, ports)
}

type Ports = ReconcilePorts &
  StepPorts & {
    readonly queue: Queue & { interrupt(id: string): Promise<void> }
    readonly speaker: NotifyPorts['speaker']
    readonly untold: Untold
  }

async function heartbeat({ scheduler, random }: Sim, life: Life, { journal, queue, untold }: Ports): Promise<void> {
  for (;;) {
    await scheduler.wait(life, random.whole(15_000, 60_000))
    const running = await journal.running()
    for (const id of running) await queue.nudge(id)
    for (const id of await dueToTell(running, untold)) await queue.nudgeNotify(id)
  }
}

async function runJob(
  sim: Sim,
  machine: Machine,
  { job, holder, ports }: { job: MemoryJob; holder: object; ports: Ports },
): Promise<void> {
  const { life } = machine
  const { queue } = job
  if (!life) return
  machine.active.set(queue, (machine.active.get(queue) ?? 0) + 1)
  const tick: Tick = { id: idOf(job), life, wasAlone: true }
  if (queue === 'reconcile') begin(sim, tick)
  const waitMs = await body(sim, job, { ...ports, views: viewsOf(sim, tick) }).catch((error: unknown) => {
    // BullMQ gives a job up that threw; the heartbeat and the next tick go on without it.
    // A message may be deleted between two looks at it; the job is done again.
    const isOfWorld = [Unreadable, SlackTrouble, GoneMessage].some((kind) => error instanceof kind)
    if (!isOfWorld) {
      sim.counts.thrown++
      sim.watch.threw(`${queue} ${job.id}`, error)
    }
    return null
  })
  sim.ticks.delete(tick)
  if (life !== machine.life) return
  machine.active.set(queue, (machine.active.get(queue) ?? 1) - 1)
  if (waitMs === null) sim.queue.finish(job, holder)
  else {
    sim.queue.rest(queue, Math.max(1, Math.ceil(waitMs)))
    sim.queue.putOff(job, holder)
  }
}

async function body(sim: Sim, { queue, data }: MemoryJob, ports: Ports): Promise<number | null> {
  const { watch } = sim
  if (queue === 'notify') {
    const { id } = data as { id: string }
    const telling = { ...ports, turns: FREE_TURNS, approvers: [APPROVER], onError: () => undefined }
    const isProof = sim.random.chance(PROVES)
    const nth = Math.floor(sim.scheduler.now())
    await orUntold(id, ports.untold, () => (isProof ? prove(id, telling, nth) : notify(id, telling)))
    return null
  }
  if (queue !== 'reconcile') {
    return await STEP_BODIES[queue as Call](data as StepJob, plantedStep(sim, ports, data as StepJob))
  }
  let looks = 0
  const observe: Ports['ec2']['observe'] = (m, nowMs, sources) => {
    // Who lost an append would lose the next one too: another is written while they look.
    if (++looks > 1) watch.check('who loses an append decides on the facts in hand', [`${m.id} was looked at again`])
    return ports.ec2.observe(m, nowMs, sources)
  }
  await reconcile((data as { id: string }).id, plantedTick(sim, { ...ports, ec2: { ...ports.ec2, observe } }))
  return null
}

type Place = { readonly life: Life; readonly machines: readonly Machine[] }

function portsOf(sim: Sim, machine: Machine, { life, machines }: Place): Ports {
  const { scheduler, random, faults } = sim

  /** Where a process waits for a reply, it may die or be suspended. */
  function befall(crashes: number, suspends: number): void {
    if (!sim.isFaulty() || life.isOver) return
    if (random.chance(crashes)) crash(sim, machine, machines)
    else if (random.chance(suspends)) suspend(sim, machine, life)
  }

  /** Often it takes no time at all: then nobody else goes on meanwhile, and it costs no event. */
  async function pass(): Promise<void> {
    const ms = random.whole(0, 2)
    if (ms > 0 || life.isOver || life.suspendedUntilMs > scheduler.now()) await scheduler.wait(life, ms)
  }

  const way: Way = {
    async there() {
      befall(faults.crash, faults.suspend)
      await pass()
    },
    async back(command) {
      if (command === 'append issued') befall(faults.crashIssued, faults.suspendIssued)
      else befall(faults.crash, faults.suspend)
      await pass()
      if (!command.startsWith('append') || !sim.isFaulty() || !random.chance(faults.lostReply)) return true
      sim.fault('lostReply')
      sim.note(machine.name, `the reply of ${command} is lost`)
      return false
    },
  }

  const line: Line = {
    async there(action, isReading) {
      befall(faults.crash, isReading ? faults.suspend : 0)
      if (life.isOver) return await scheduler.wait(life, 0)
      const ms = random.chance(0.02) ? random.whole(500, 3_500) : random.whole(10, 150)
      if (!isReading) sim.note(machine.name, action)
      await scheduler.wait(isReading ? life : NETWORK, Math.min(ms * sim.slowness, 3_800))
    },
    async back(_action, isReading) {
      befall(faults.crash, faults.suspend)
      await scheduler.wait(life, random.whole(10, 100) * (isReading ? sim.slowness : 1))
    },
    reaches: (service) => !sim.isAway(service),
    called: (action, effect, migration) => sim.watch.called(action, effect, migration),
  }

  const clock: Clock = {
    now: () => Math.round(scheduler.now() + machine.skewMs),
    // Longer than asked, as in a process that has much to do.
    sleep: (ms, wake) =>
      scheduler.wait(life, random.chance(0.1) ? ms : Math.max(ms, Math.min(ms * sim.pace, RESTS_MAX_MS)), wake),
    speed: () => 1,
  }
  const queue = queueOf(sim, { life, machines, befall: () => befall(faults.crash, faults.suspend) })
  const { ec2, hosts, ebs } = edge(sim.store, sim.hosts, line)
  const dialect = dialectOf(sim, machine, machines)
  const journal = watched(sim, sim.journal.open(way, dialect), { dialect, life })
  const kept = inOrder(sim, journal)
  const onError = (error: Error): void => sim.watch.threw('measuring', error)
  const living = { isNewer: async () => sim.isLater && (machines.at(-1)?.life ?? null) !== null }
  return {
    journal: kept,
    measure: measuring({ ebs, journal: kept, clock, onError }),
    views: viewsOf(sim, { id: '', life, wasAlone: true }),
    speaker: plantedSpeaker(sim.plant, sim.slack?.speakerOf(life) ?? SILENT),
    untold: sim.slack?.untold ?? NOTHING_UNTOLD,
    ec2,
    hosts,
    queue,
    clock,
    handOn: (id) => handOn(id, { journal, living, queue, wait: (ms) => scheduler.wait(life, ms) }),
    stillMs: stillness(() => scheduler.now()),
    blind: blindness(
      () => scheduler.now(),
      () => clock.now(),
    ),
    surveyDue: surveyDue(() => clock.now()),
    interruption: (id) => {
      const controller = new AbortController()
      machine.waiting.set(id, controller)
      return controller.signal
    },
    factsOf: recentFacts(ec2, clock),
    tokens: {
      async take(call, priority) {
        await pass()
        return await sim.tokens.take(call, priority)
      },
      async refused(call) {
        await pass()
        await sim.tokens.refused(call)
      },
    },
    steadyMs: () => scheduler.now(),
  }
}

/** The last one is of a later version, in trials in which one is. */
function dialectOf(sim: Sim, machine: Machine, machines: readonly Machine[]): Dialect | undefined {
  if (sim.isLater && machine === machines.at(-1)) return LATER
  return sim.plant === 'ignore-unknown-kinds' ? IGNORING : undefined
}

type Writer = { readonly dialect: Dialect | undefined; readonly life: Life }

/**
 * Counts how often a process meets what it does not understand, and watches what it writes: nothing there, and of calls only what
 * became of its own.
 */
function watched(sim: Sim, journal: Journal, { dialect, life }: Writer): Journal {
  const { watch, issuers } = sim
  return {
    ...journal,
    async append(id, after, said, claims) {
      const isForeign = dialect !== LATER && (watch.fold(id)?.version ?? 0) > JOURNAL_VERSION
      const issued = 'issued' in said ? said.issued : null
      const issuer = issuers.get(issued ?? '')
      const appended = await journal.append(id, after, said, claims)
      if (isForeign) watch.check('who does not understand stands aside', [`${said.kind} was written into ${id}`])
      if (appended.outcome !== 'appended') return appended
      if (issuer && issuer !== life) watch.check('an outcome is said by who called', [`${said.kind} of ${issued}`])
      if (said.kind === 'issued' && !issuers.has(appended.nonce)) issuers.set(appended.nonce, life)
      return appended
    },
    async read(id) {
      const migration = await journal.read(id)
      if (!migration && (await journal.aside(id))) sim.counts.stoodAside++
      return migration
    },
  }
}

/** Ids are drawn by chance that is not the trial's, so it must not go by them. */
function inOrder({ watch }: Sim, journal: Journal): Journal {
  return {
    ...journal,
    running: async () => {
      const ids = new Set(await journal.running())
      return watch.all().flatMap(({ id }) => (ids.has(id) ? [id] : []))
    },
  }
}

/** A tick that was suspended goes on beside the one that was begun in its place: the two look at the world at once. */
function begin({ ticks }: Sim, tick: Tick): void {
  for (const other of ticks) {
    if (other.id !== tick.id || other.life.isOver) continue
    other.wasAlone = false
    tick.wasAlone = false
  }
  ticks.add(tick)
}

function idOf({ data }: MemoryJob): string {
  return (data as { id?: string }).id ?? ''
}

function viewsOf(sim: Sim, tick: Tick): Views {
  const { scheduler, watch, slack } = sim
  return {
    async saveProgress(id, progress) {
      await scheduler.wait(tick.life, 0)
      if ((sim.progress.get(id)?.atMs ?? 0) <= progress.atMs) sim.progress.set(id, progress)
      if (watch.sampled(id, progress, tick.wasAlone)) readAloud(sim, id, progress)
    },
    progress: async (id) => sim.progress.get(id) ?? null,
    posted: async (id) => (await slack?.posted(id)) ?? {},
    remember: async (id, key, value) => await slack?.remember(id, key, value),
  }
}

type Befallen = Place & { readonly befall: () => void }

function queueOf(sim: Sim, { life, machines, befall }: Befallen): Queue & { interrupt(id: string): Promise<void> } {
  const { scheduler, random, faults, queue } = sim
  async function pass(): Promise<void> {
    befall()
    await scheduler.wait(life, random.whole(0, 2))
  }
  function addStep(job: StepJob): void {
    queue.add(job.call, job, { jobId: `${job.migration}-${job.effect}-${job.attempt}`, priority: job.priority })
  }
  return {
    async nudge(id) {
      await pass()
      queue.add('reconcile', { id }, { deduplication: id })
    },
    async nudgeNotify(id) {
      if (!sim.slack) return
      await pass()
      queue.add('notify', { id }, { deduplication: id })
    },
    nudgeStatus: async () => undefined,
    async enqueue(jobs) {
      if (jobs.length === 0) return
      await pass()
      for (const job of jobs) {
        const isFaulty = sim.isFaulty()
        if (isFaulty && random.chance(faults.never)) {
          sim.note('queue', `loses ${job.effect} ${job.attempt}`)
          sim.fault('lostJob')
          continue
        }
        const isLate = isFaulty && random.chance(faults.late)
        if (isLate) scheduler.after(random.whole(1_000, 400_000), () => addStep(job))
        else addStep(job)
        if (isFaulty && random.chance(faults.twice)) scheduler.after(random.whole(10, 200_000), () => addStep(job))
      }
    },
    async interrupt(id) {
      await pass()
      for (const { waiting } of machines) waiting.get(id)?.abort()
    },
  }
}
