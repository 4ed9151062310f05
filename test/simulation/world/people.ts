// People: who starts, reads, approves late or twice or what an older message showed, pauses, defers, changes their mind, leaves
// for a while. When faults are over they answer whatever asks, as people do who want to go home.

import { mayConfirm } from '../../../src/core/asking/permits.ts'
import { isFinding } from '../../../src/core/asking/who-acts.ts'
import { isDeferred, isReturned, movesOf, serviceNameOf } from '../../../src/core/journal/services.ts'
import { isLatest, isMove, sameFailures, saysOver } from '../../../src/core/journal/state.ts'
import {
  callOf,
  type Effect,
  type EffectState,
  effectId,
  REPLICA_DOWN,
  type TagEffect,
} from '../../../src/core/model/effects.ts'
import type { Gate, Migration, Suspicion } from '../../../src/core/model/migration.ts'
import { hostOf, sourceIdsOf } from '../../../src/core/model/moves.ts'
import type { Uncovered } from '../../../src/core/model/plan.ts'
import { unfinishedIn } from '../../../src/core/planning/rebuild.ts'
import { Unreadable, type UseCases } from '../../../src/core/ports.ts'
import { perform } from '../../../src/demo/ec2/perform.ts'
import { attachmentsOf, lastWriteMs } from '../../../src/demo/ec2/world/states.ts'
import type { Params } from '../../../src/demo/ec2/world/wire.ts'
import { addVolume } from '../../../src/demo/ec2/world/world.ts'
import { placeOf } from '../../../src/demo/ssm/drbd/drbd.ts'
import { up } from '../../../src/demo/ssm/drbd/drbd-moves.ts'
import { lie } from '../../../src/demo/ssm/drbd/replicas.ts'
import { setServiceByHand } from '../../../src/demo/ssm/services.ts'
import { APPROVER, ASKER } from '../../support/people.ts'
import { SOURCE, TARGET } from '../../support/worlds.ts'
import { servicesIn as inZone } from '../invariants/world-invariants.ts'
import type { Machine } from './machine.ts'
import type { Random } from './random.ts'
import type { Life } from './scheduler.ts'
import type { Sim } from './sim.ts'

/** What this trial's people are like, drawn; each figure is a share of the times they look. */
type Habits = {
  readonly seeds: boolean
  readonly lookEveryMs: number
  readonly readMs: number
  readonly doubles: number
  readonly stale: number
  readonly pauses: number
  readonly defers: number
  readonly aborts: number
  readonly gives: number
  readonly alarmed: number
  /** Goes back once a replica is promoted: the longest way back there is. */
  readonly turnsBack: boolean
  readonly startsTwice: boolean
  readonly leavesAtMs: number
  readonly backAtMs: number
  readonly addsVolumeAtMs: number
}

function drawHabits(random: Random, nowMs: number): Habits {
  const some = (share: number, most: number): number => (random.chance(share) ? random.between(0, most) : 0)
  const leavesAtMs = random.chance(0.2) ? nowMs + random.whole(1, 20) * 60_000 : Number.POSITIVE_INFINITY
  return {
    seeds: random.chance(0.5),
    lookEveryMs: random.whole(4_000, 20_000),
    readMs: random.chance(0.6) ? 5_000 : random.whole(5_000, 150_000),
    doubles: some(0.4, 0.5),
    stale: some(0.3, 0.2),
    pauses: some(0.3, 0.02),
    defers: some(0.3, 0.02),
    aborts: some(0.4, 0.02),
    gives: some(0.3, 0.05),
    alarmed: random.chance(0.75) ? random.between(0.3, 1) : 0,
    turnsBack: random.chance(0.3),
    startsTwice: random.chance(0.2),
    leavesAtMs,
    backAtMs: leavesAtMs + random.whole(2, 12) * 60_000,
    addsVolumeAtMs: random.chance(0.1) ? nowMs + random.whole(1, 25) * 60_000 : Number.POSITIVE_INFINITY,
  }
}

export type People = { readonly life: Life; starts: number; rehearsals: number }

export function gather(sim: Sim, machines: readonly Machine[]): People {
  const random = sim.random.fork()
  const habits = drawHabits(random, sim.scheduler.now())
  const people: People = { life: { name: 'people', isOver: false, suspendedUntilMs: 0 }, starts: 0, rehearsals: 0 }
  void live({
    sim,
    machines,
    random,
    habits,
    people,
    since: new Map(),
    mended: new Set(),
    older: [],
    hasAdded: false,
    heard: 0,
    undid: new Set(),
  })
  return people
}

/** Who looks, reads and speaks to zonehop. */
export type Reader = {
  readonly sim: Sim
  readonly machines: readonly Machine[]
  readonly random: Random
  readonly habits: Pick<Habits, 'readMs'>
  /** When somebody first saw what asks. */
  readonly since: Map<string, number>
  /** Failures that they put right, by the nonce of their entry. */
  readonly mended: Set<string>
}

type Crowd = Reader & {
  readonly habits: Habits
  readonly people: People
  /** What was asked before, for those who click on an older message. */
  readonly older: { readonly id: string; readonly asked: string; readonly gate: Gate; readonly basis: string }[]
  hasAdded: boolean
  /** How many losses of the journal they have heard of. */
  heard: number
  /** Migrations on whose way back they have started services with their own hands: that they remember. */
  readonly undid: Set<string>
}

async function live(crowd: Crowd): Promise<void> {
  const { sim, random, habits, people } = crowd
  const begunMs = sim.scheduler.now()
  for (;;) {
    await sim.scheduler.wait(people.life, habits.lookEveryMs * random.between(0.5, 1.5))
    const nowMs = sim.scheduler.now()
    const isAway = sim.isFaulty() && nowMs > habits.leavesAtMs && nowMs < habits.backAtMs
    if (isAway) continue
    happen(crowd)
    const open = sim.watch.all().filter(({ endedAtMs }) => endedAtMs === null)
    const moves = open.filter(isMove)
    // Services that stand still because a Redis is gone come before everything that was meant to be done first.
    if (moves.length === 0 && orphansIn(sim).length > 0) startOrAdopt(crowd)
    else if (moves.length === 0 && nowMs < begunMs + sim.faults.rehearsesForMin * 60_000) rehearseOne(crowd)
    else if (moves.length === 0 && nowMs >= begunMs + sim.faults.seedsForMin * 60_000) startOrAdopt(crowd)
    else if (habits.startsTwice && people.starts < 2) startOne(crowd)
    for (const m of open) look(crowd, m)
  }
}

function orphansIn({ isEmptied, store }: Sim): string[] {
  return isEmptied ? unfinishedIn([...store.volumes.values()], SOURCE) : []
}

/** Where a first one was sent back, or broke off, some try once more. */
function rehearseOne(crowd: Crowd): void {
  const { sim, people, random } = crowd
  const all = sim.watch.all().filter(({ purpose }) => purpose === 'rehearsal')
  const isTried = people.rehearsals > 2 || all.some(({ phase }) => phase !== 'aborted')
  if (isTried || (people.rehearsals > 0 && !random.chance(0.2))) return
  people.rehearsals++
  ask(crowd, 'rehearse', (use) =>
    use.rehearse({ sourceZone: SOURCE, targetZone: TARGET, by: APPROVER, channel: 'C-1' }),
  )
}

/** Behind a Redis that is gone, what tags speak of is adopted first; nothing can start on its volumes. */
function startOrAdopt(crowd: Crowd): void {
  const { sim, people } = crowd
  // Days later what was left is cleaned up, and its servers are stopped for that: nobody begins to move any more.
  if (people.starts === Number.POSITIVE_INFINITY) return
  const [id] = orphansIn(sim)
  if (!id) startOne(crowd)
  else
    ask(crowd, `adopt ${id}`, (use) =>
      use.adopt({ id, by: ASKER, sourceZone: SOURCE, targetZone: TARGET, channel: 'C-1' }),
    )
}

/** Whether it all is to be tried again: nothing started yet, or it was aborted while there was still something to learn. */
function startOne(crowd: Crowd): void {
  const { sim, random, habits, people } = crowd
  const all = sim.watch.all().filter(isMove)
  const isFirst = all.length === 0
  if (
    !isFirst &&
    (people.starts > 4 || all.some(({ phase }) => phase === 'done') || !sim.isFaulty() || !random.chance(0.05))
  )
    return
  people.starts++
  const by = random.pick([ASKER, 'U-other'])
  const request = { sourceZone: SOURCE, targetZone: TARGET, seeds: habits.seeds, by, channel: 'C-1' }
  // Who starts later than that does not mean the same time of the next day.
  const meant = sim.arranged.atMinute
  const atMinute = meant !== null && (sim.scheduler.now() / 60_000) % 1_440 < meant ? meant : null
  ask(crowd, `starts (${by})`, (use) => use.start({ ...request, atMinute }))
}

/** Said to whichever bot is up; a bot that dies meanwhile, or an AWS that does not answer, leaves them not knowing. */
export function ask(
  { sim, machines, random }: Pick<Reader, 'sim' | 'machines' | 'random'>,
  what: string,
  say: (use: UseCases) => Promise<{ text?: string }>,
): void {
  const machine = random.pick(machines.filter(({ operations }) => operations))
  if (!machine?.operations) return
  sim.note('people', what)
  say(machine.operations).then(
    ({ text = '' }) => sim.note('people', `are told: ${text}`),
    (error: unknown) => {
      if (error instanceof Unreadable) return
      sim.counts.thrown++
      sim.watch.threw(what, error)
    },
  )
}

/** Somebody creates a volume that nobody planned for. */
function happen(crowd: Crowd): void {
  const { sim, habits, random } = crowd
  if (crowd.hasAdded || sim.scheduler.now() < habits.addsVolumeAtMs || !sim.isFaulty()) return
  crowd.hasAdded = true
  const servers = sim.world.seed.instances.filter(({ zone }) => zone === SOURCE)
  const instance = random.pick(servers)?.name ?? ''
  const place = random.chance(0.7) ? { instance, device: '/dev/sdz' } : {}
  sim.note('people', `create a volume ${place.device ? `on ${instance}` : ''}`)
  addVolume(sim.store, {
    name: 'late',
    zone: SOURCE,
    sizeGib: 8,
    usedGib: 1,
    type: 'gp3',
    snapshotMinutes: 1,
    ...place,
  })
}

function look(crowd: Crowd, m: Migration): void {
  const { sim } = crowd
  if (sim.isFaulty()) whim(crowd, m)
  else tidy(sim)
  if (!sim.isFaulty() && m.paused) ask(crowd, 'resume', (use) => use.resume({ id: m.id, by: APPROVER }))
  if (m.halted) unhalt(crowd, m)
  if (!isMove(m)) {
    mend(crowd, m)
    return
  }
  settle(crowd, m)
  makeRoom(crowd, m)
  cover(crowd, m)
  answer(crowd, m)
  work(crowd, m)
  mend(crowd, m)
}

/** Whoever else drives these volumes is found and stopped; then it goes on, or back while it still can. */
export function unhalt(crowd: Reader, m: Migration): void {
  const { sim, random } = crowd
  const { id } = m
  if (sim.rival) {
    sim.rival.isOver = true
    sim.rival = null
    sim.note('people', 'stop the copy of the stack')
  }
  if (!isRead(crowd, `${id} halted ${m.rev}`)) return
  const isBack = m.wentLiveAtMs === null && m.endedAtMs === null && random.chance(0.3)
  if (isBack)
    ask(crowd, 'abort what is halted', (use) => use.abort({ id, by: APPROVER, reason: 'somebody else drives it' }))
  else ask(crowd, 'resume what is halted', (use) => use.resume({ id, by: APPROVER }))
}

/**
 * Somebody wrote on a copy of an earlier migration that it is live, so zonehop leaves it where a new copy goes, and says so. Who reads
 * that finds out that nobody uses it, and detaches it.
 */
function makeRoom(crowd: Reader, m: Migration): void {
  const { store } = crowd.sim
  if (m.phase !== 'seeding') return
  for (const { volume, instance } of m.plan.leftovers ?? []) {
    const seen = store.volumes.get(volume)
    const stands = seen && attachmentsOf(seen, store.now()).some((one) => one.instance === instance)
    if (!stands || !('zonehop:live' in seen.tags) || !isRead(crowd, `${m.id} ${volume} stands`)) continue
    crowd.sim.note('people', `detach ${volume} by hand`)
    perform(store, 'DetachVolume', { VolumeId: volume })
  }
}

/** Long enough in sight to be read and thought about. */
export function isRead({ sim, habits, since }: Reader, what: string): boolean {
  const nowMs = sim.scheduler.now()
  const first = since.get(what) ?? nowMs
  since.set(what, first)
  return !sim.isFaulty() || nowMs >= first + habits.readMs
}

/** An approver finds out whether it is so what tags say: whether anybody ever wrote the entry, lost or not. */
export function settle(crowd: Reader, m: Migration): void {
  const { id } = m
  for (const { about, says, nonce: suspected, isSo } of m.suspicions.values()) {
    if (isSo !== null || !isRead(crowd, `${id} ${suspected}`)) continue
    if (about === 'leftAgain') clearLeft(crowd.sim, m)
    const truth =
      wasSo(crowd.sim, id, { about, says }) && !(about === 'frozen' && m.isRebuilt && wroteSince(crowd.sim, m))
    ask(crowd, `say that ${says} is ${truth ? '' : 'not '}so`, (use) =>
      use.settle({ id, by: APPROVER, suspected, isSo: truth }),
    )
  }
}

function wasSo(sim: Sim, id: string, { about, says }: Pick<Suspicion, 'about' | 'says'>): boolean {
  const { watch, rivalEntries } = sim
  return [...watch.ever(id).entries, ...rivalEntries].some((entry) => {
    switch (entry.kind) {
      case 'freezing':
        return about === 'frozen' && says.endsWith(`=${entry.freeze}`)
      case 'wentLive':
        return about === 'left' && !servesAtHome(sim, id)
      case 'aborting':
        return about === 'aborted'
      case 'returned':
        return about === 'returned' && servicesIn(says).includes(entry.service)
      case 'intended':
        return (
          about === 'live' &&
          entry.effects.some(({ step, ...rest }) => step === 'tag' && 'zonehop:live' in (rest as TagEffect).tags)
        )
      default:
        return false
    }
  })
}

/** Whether a service that the point of no return waits for runs in the source zone: an abort behind a lost one has started it. */
function servesAtHome({ watch, hosts, store }: Sim, id: string): boolean {
  const m = watch.fold(id)
  const required = m?.plan.services.filter((service) => !isDeferred(m, service)).map(({ name }) => name) ?? []
  return inZone(store, hosts, SOURCE).some(({ name, service }) => service.state === 'open' && required.includes(name))
}

/** Of a rebuilt migration its question asks this too: whether a source was written to since its last final snapshot. */
function wroteSince({ store, planted }: Sim, { id, plan: { moves } }: Migration): boolean {
  const nowMs = store.now()
  return sourceIdsOf(moves).some((volume) => {
    const source = store.volumes.get(volume)
    const finals = [...store.snapshots.values()].filter(
      (one) =>
        one.volume === volume &&
        one.tags['zonehop:migration'] === id &&
        one.tags['zonehop:step'] === 'snapshot' &&
        !planted.has(one.id),
    )
    const lastMs = Math.max(...finals.map(({ startedAtMs }) => startedAtMs))
    return source !== undefined && finals.length > 0 && lastWriteMs(source, nowMs) > lastMs
  })
}

/** The services that a suspicion names. */
function servicesIn(says: string): readonly string[] {
  return says.slice(says.lastIndexOf(' of ') + 4).split(', ')
}

/** What was given back may not serve elsewhere: they stop its copies, and take the tag off; then it is not so any more. */
function clearLeft(sim: Sim, m: Migration): void {
  for (const { service } of m.returns) {
    const moves = movesOf(m, service)
    for (const { successor } of moves) {
      if (sim.hosts.hosts.get(successor)?.services.get(service)?.state !== 'open') continue
      sim.note('people', `stop ${service} on ${successor} by hand`)
      setServiceByHand(sim.hosts, successor, { name: service, state: 'stopped' })
    }
    perform(sim.store, 'DeleteTags', { ResourceId: [...sourceIdsOf(moves)], Tag: [{ Key: 'zonehop:left' }] })
  }
}

function answer(crowd: Crowd, m: Migration): void {
  const { random, habits, older, sim } = crowd
  const { id, asking } = m
  if (!asking) return
  const { gate, basis, nonce: asked } = asking
  if (!older.some((one) => one.asked === asked)) older.push({ id, asked, gate, basis })
  const isStale = sim.isFaulty() && random.chance(habits.stale)
  const shown = isStale ? random.pick(older) : { id, asked, gate, basis }
  if (!shown || !isRead(crowd, `${id} ${basis} ${m.asking?.atMs}`)) return
  if (m.approvals.some((one) => one.asked === shown.asked)) return
  const times = random.chance(habits.doubles) ? 2 : 1
  for (let click = 0; click < times; click++) {
    ask(crowd, `approve ${shown.gate} of ${shown.basis}`, (use) => use.approve({ ...shown, by: APPROVER }))
  }
}

function whim(crowd: Crowd, m: Migration): void {
  const { random, habits } = crowd
  const { id } = m
  const by = APPROVER
  if (m.paused ? random.chance(0.2) : random.chance(habits.pauses)) {
    ask(crowd, m.paused ? 'resume' : 'pause', (use) => (m.paused ? use.resume({ id, by }) : use.pause({ id, by })))
  }
  if (random.chance(habits.defers)) {
    const service = random.pick(m.plan.services)?.name ?? ''
    ask(crowd, `defer ${service}`, (use) => use.defer({ id, by, service, reason: 'it can wait' }))
  }
  if (m.phase === 'live' && random.chance(habits.gives)) {
    const service = random.pick(m.plan.services)?.name ?? ''
    ask(crowd, `give ${service} back`, (use) => use.giveBack({ id, by, service, reason: 'it is not wanted there' }))
  }
  // A Redis that came up anew is a reason to go back, for some.
  const isAlarmed = crowd.heard < crowd.sim.losses && random.chance(habits.alarmed)
  crowd.heard = crowd.sim.losses
  // Lost entries may have been of the abort for which they started services: the thread asks who did to say so again.
  const isForgotten = crowd.undid.has(id) && m.phase !== 'aborting' && m.wentLiveAtMs === null
  const isTurning = habits.turnsBack && hasPromoted(m) && random.chance(0.3)
  if (isAlarmed || isForgotten || isTurning || random.chance(habits.aborts)) {
    ask(crowd, 'abort', (use) => use.abort({ id, by, reason: 'second thoughts' }))
  }
}

function hasPromoted({ phase, effects }: Migration): boolean {
  return (
    phase === 'moving' &&
    effects.values().some(({ effect, status }) => effect.step === 'promote' && status !== 'intended')
  )
}

/** A route for what nothing speaks for; what stays red for another reason is declined, or aborted. */
function cover(crowd: Crowd, m: Migration): void {
  const { random, sim } = crowd
  const { id } = m
  const by = APPROVER
  const red = m.plan.checks.find(({ result }) => result === 'red')
  const [volume] = m.plan.uncovered
  if (volume?.remembers && isRead(crowd, `${id} ${volume.volume} ${m.plan.digest}`)) {
    lift(crowd, m, volume)
  } else if (volume && isRead(crowd, `${id} ${volume.volume} ${m.plan.digest}`)) {
    const beside = m.plan.moves.find((move) => hostOf(move) === volume.instance)?.service
    const service = random.chance(0.8) && beside ? beside : (random.pick(m.plan.services)?.name ?? volume.name)
    const place = sim.hosts.hosts.get(volume.instance ?? '')?.services.get(service)
    const isFrozen = m.freezes.some(({ services }) => services.includes(service))
    // Nobody gives a volume to a service that is stopped, or of other hosts. What joins one that froze without it is refused; some try.
    const mayMove = isFrozen ? random.chance(0.1) : place?.state === 'open'
    const isMoving = volume.instance !== null && random.chance(0.4) && mayMove
    const route = isMoving ? ('snapshot' as const) : ('stay' as const)
    const choice = { volume: volume.volume, service, route, need: 'required' as const }
    if (isMoving && !isFrozen) join(sim, volume, service)
    ask(crowd, `choose ${route} for ${volume.name}`, (use) => use.choose({ id, by, choice }))
  } else if (!volume && red && isRead(crowd, `${id} red ${m.plan.digest}`)) {
    if (m.phase === 'planned')
      ask(crowd, `decline: ${red.cause}`, (use) => use.decline({ id, by, asked: m.asking?.nonce ?? null }))
    else if (m.wentLiveAtMs === null && m.phase !== 'aborting') {
      ask(crowd, `abort: ${red.cause}`, (use) => use.abort({ id, by, reason: red.cause }))
    }
  }
}

/**
 * Who finds tags that no journal explains finds out. What was left stays; else they take the tag off and plan again, and where it
 * has begun, they say what becomes of the volume.
 */
function lift(crowd: Crowd, m: Migration, { volume, name, remembers = '' }: Uncovered): void {
  const { sim } = crowd
  const { id } = m
  const by = APPROVER
  const service = sim.store.volumes.get(volume)?.tags['zonehop:service']
  const wasLeft = remembers.startsWith('zonehop:left=') && wasEverLeft(sim, remembers.slice(13), service)
  if (m.phase === 'planned' && !wasLeft) {
    const [key = ''] = remembers.split('=')
    sim.note('people', `take ${key} off ${volume}`)
    perform(sim.store, 'DeleteTags', { ResourceId: [volume], Tag: [{ Key: key }] })
    ask(crowd, `decline: ${name} says ${remembers}`, (use) => use.decline({ id, by, asked: m.asking?.nonce ?? null }))
    return
  }
  const route = wasLeft || !service ? ('stay' as const) : ('snapshot' as const)
  const choice = { volume, service: service ?? name, route, need: 'required' as const }
  ask(crowd, `choose ${route} for ${name}, which says ${remembers}`, (use) => use.choose({ id, by, choice }))
}

function wasEverLeft({ watch }: Sim, id: string, service: string | undefined): boolean {
  const { entries } = watch.ever(id)
  const isGiven = entries.some((entry) => entry.kind === 'returned' && entry.service === service)
  return entries.some(({ kind }) => kind === 'wentLive') && !isGiven
}

/**
 * Who says that a service has a volume has told its host so: nothing else stops its writes with the service, and zonehop
 * takes their word for it.
 */
function join({ hosts }: Sim, { instance, device }: Uncovered, name: string): void {
  const service = hosts.hosts.get(instance ?? '')?.services.get(name)
  if (service && device && !service.devices.includes(device)) service.devices = [...service.devices, device]
}

/** Work for hands: done if it is still asked for, and then said to be done. */
function work(crowd: Crowd, m: Migration): void {
  const { sim } = crowd
  const { id } = m
  const open = m.effects
    .values()
    .filter((state) => callOf(state.effect) === null && state.status === 'intended' && isLatest(m, state))
  for (const intended of new Set(open.map((state) => state.intended))) {
    if (mayConfirm(m, intended) !== null || !isRead(crowd, `${id} hands ${intended}`)) continue
    const mine = open.filter((state) => state.intended === intended)
    // Whoever has begun remembers it, also where a host refuses.
    if (mine.some(({ effect }) => effect.step === 'unfreeze')) crowd.undid.add(id)
    // What a host refuses is tried again at the next look.
    if (!mine.every(({ effect }) => byHand(sim, m, effect))) continue
    ask(crowd, `confirm the work of ${intended}`, (use) => use.confirm({ id, intended, by: APPROVER }))
  }
}

function byHand(sim: Sim, m: Migration, effect: Effect): boolean {
  if (!('service' in effect)) return true
  const state = effect.step === 'freeze' ? 'frozen' : 'open'
  sim.watch.called('by hand', effect, m.id)
  for (const instance of effect.instances) {
    sim.note('people', `${effect.step} ${effect.service} on ${instance} by hand`)
    // A stopped instance has nobody at its keyboard: it is started first, and what starts at boot starts with it.
    if (!sim.hosts.hosts.get(instance)?.isUp) {
      perform(sim.store, 'StartInstances', { InstanceId: [instance] })
      return false
    }
    try {
      setServiceByHand(sim.hosts, instance, { name: effect.service, state })
    } catch (error) {
      sim.note('people', `cannot: ${(error as Error).message}`)
      return false
    }
  }
  return true
}

/** Snapshots that failed count against what a volume may have pending, also those of an earlier migration. */
function tidy({ store }: Sim): void {
  for (const { id, isFailing, endsAtMs, deletedAtMs } of store.snapshots.values()) {
    if (isFailing && endsAtMs <= store.now() && deletedAtMs === null)
      perform(store, 'DeleteSnapshot', { SnapshotId: id })
  }
}

/** How often people try again what fails for the same reason. */
const TRIES_MAX = 10

/** What failed is put right in the world, and tried again. */
export function mend(crowd: Reader, m: Migration): void {
  const { sim } = crowd
  const { id } = m
  const doubt = ['seeding', 'aborting'].includes(m.phase)
    ? [...m.warned].findLast((about) => about.startsWith('doubt '))
    : undefined
  if (doubt && isRead(crowd, `${id} ${doubt}`)) {
    repair(sim)
    if (doubt.includes(' is down')) bringUp(sim)
  }
  if (m.keptBackMs !== null && isRead(crowd, `${id} ${[...m.warned].findLast(saysOver)}`)) {
    ask(crowd, 'exceed the budget', (use) => use.exceed({ id, by: APPROVER, reason: 'nobody shops now' }))
  }
  for (const state of m.effects.values()) {
    const { effect, failure } = state
    if (!failure || state.status !== 'failed' || !isLatest(m, state) || isFinding(m, effect)) continue
    const what = effectId(effect)
    if (!isRead(crowd, `${id} ${what} failed`)) continue
    const isUnproven = failure.code === 'NotProven' || failure.code === REPLICA_DOWN
    if (isUnproven) repair(sim)
    // What nobody can prove, they do not try for ever: entries were lost that had taken its source down under an earlier freeze, or
    // its copy from the host that is asked.
    const isOfProof = isUnproven || effect.step === 'prove'
    if (isOfProof && sameFailures(m, state) > TRIES_MAX) {
      giveUp(crowd, m, { effect, reason: failure.problem })
      continue
    }
    if (isSeenDown(sim, effect)) {
      const reason = 'nothing of it runs on the host'
      ask(crowd, `vouch for ${what}`, (use) => use.vouch({ id, by: APPROVER, effect: what, reason }))
      continue
    }
    // They do what a failure says once; where their retry is not taken, they only ask again.
    if (!crowd.mended.has(failure.nonce) && !putRight(sim, state, failure.remedy)) continue
    crowd.mended.add(failure.nonce)
    ask(crowd, `retry ${what} after ${failure.code}`, (use) => use.retry({ id, what, by: APPROVER }))
  }
}

/** What cannot be proven does not go live: all go back before go-live, and behind it the one service that was deferred. */
function giveUp(crowd: Reader, m: Migration, { effect, reason }: { effect: Effect; reason: string }): void {
  const { id } = m
  const by = APPROVER
  const what = effectId(effect)
  if (m.wentLiveAtMs === null) {
    ask(crowd, `abort: ${what} is never proven`, (use) => use.abort({ id, by, reason }))
    return
  }
  const name = serviceNameOf(m, effect) ?? ''
  // What opens after a service goes back before it, as the refusal says.
  const last = m.plan.services.findLast((one) => one.after.includes(name) && !isReturned(m, one.name))
  const service = last?.name ?? name
  ask(crowd, `give ${service} back: ${what} is never proven`, (use) => use.giveBack({ id, by, service, reason }))
}

/** A fence that failed when tried again too, of a copy that is down where anybody can see it. */
function isSeenDown({ hosts }: Sim, effect: Effect): boolean {
  if (effect.step !== 'fence' || effect.generation === 1) return false
  return hosts.resources.some(({ name, sides: [, copy] }) => name === effect.resource && !copy.isUp)
}

/** Blocks that differ are found and sent again: drbdadm verify, and what follows from it. */
function repair({ hosts }: Sim): void {
  for (const { name } of hosts.resources) lie(hosts, name, 0)
}

/** drbdadm up on each running host whose side is down. */
function bringUp({ hosts, store }: Sim): void {
  const nowMs = store.now()
  for (const resource of hosts.resources) {
    for (const side of resource.sides.filter(({ isUp }) => !isUp)) {
      const host = store.instances.get(placeOf(hosts, side, nowMs) ?? '')
      if (host?.goal === 'running') up(resource, side, nowMs)
    }
  }
}

/** Ids of what is attached there and says that it belongs to a migration that no journal knows any more. */
function strayCopies({ store, journal }: Sim, instance: string): string[] {
  const { streams } = journal.keep()
  return [...store.volumes.values()]
    .filter(({ tags }) => 'zonehop:migration' in tags && !streams.has(tags['zonehop:migration'] ?? ''))
    .filter((one) => attachmentsOf(one, store.now()).some((at) => at.instance === instance))
    .map(({ id }) => id)
}

/** What the failure says to do, at the console; false where EC2 did not take it. */
function putRight(sim: Sim, { effect, failure }: EffectState, remedy: string): boolean {
  const { store } = sim
  const isDone = (action: string, params: Params): boolean => {
    const answer = perform(store, action, params)
    return answer.kind === 'answered' || (answer.kind === 'refused' && /NotFound|IncorrectState/.test(answer.code))
  }
  if (failure?.code === 'AttachmentStuck' && effect.step === 'attach') {
    return isDone('DetachVolume', { VolumeId: effect.volumeId, Force: 'true' })
  }
  // An older copy that an intruder called live is at its place: nothing serves from it, as anybody can see on the host.
  if (effect.step === 'attach' && failure?.problem.includes('already in use')) {
    const others = [...store.volumes.values()].filter(({ id }) => id !== effect.volumeId)
    const there = others.find((one) =>
      attachmentsOf(one, store.now()).some(
        ({ instance, device }) => instance === effect.instance && device === effect.device,
      ),
    )
    return there === undefined || isDone('DetachVolume', { VolumeId: there.id })
  }
  if (effect.step === 'attach' && failure?.code === 'AttachmentLimitExceeded') {
    return strayCopies(sim, effect.instance).every((id) => isDone('DetachVolume', { VolumeId: id }))
  }
  const snapshot = /delete (snap-\w+)/.exec(remedy)?.[1]
  return snapshot ? isDone('DeleteSnapshot', { SnapshotId: snapshot }) : true
}
