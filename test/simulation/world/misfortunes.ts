// What befalls all at once: the queues wiped, Redis put back to an older file, clocks that step.
import type { Entry } from '../../../src/core/model/entries.ts'
import type { Kept } from '../../support/memory-journal.ts'
import { SOURCE, TARGET } from '../../support/worlds.ts'
import { takeBackups } from '../backups.ts'
import { forge, plantThing, sendForged, trespass } from './intruder.ts'
import type { Machine } from './machine.ts'
import { startRival } from './rival.ts'
import type { Sim } from './sim.ts'
import { NOTHING_REMEMBERED } from './slack.ts'

const STEP_MS = 2_000

export function misfortunes(sim: Sim, machines: readonly Machine[], loses: Entry['kind'] | null): void {
  const { faults, random } = sim
  if (faults.isSilent && sim.store.once.silent.length === 0) silence(sim)
  if (faults.stall) standOnce(sim, faults.stall)
  takeBackups(sim)
  if (faults.rivalAtMin > 0) {
    sim.scheduler.after(faults.rivalAtMin * 60_000, () => {
      // Of what is over, and only cleaned up, the tags say that there is nothing to adopt.
      if (!sim.isFaulty() || sim.watch.all().every(({ endedAtMs }) => endedAtMs !== null)) return
      sim.fault('rival')
      startRival(sim)
    })
  }
  if (faults.emptyAtMin > 0) sim.scheduler.after(faults.emptyAtMin * 60_000, () => empty(sim))
  every(sim, faults.wipeEveryMin, 'wipe', () => {
    sim.note('redis', 'loses every queue')
    sim.queue.wipe()
  })
  every(sim, faults.putBackEveryMin, 'putBack', () => putBack(sim))
  every(sim, faults.tagEveryMin, 'tag', () => forge(sim))
  every(sim, faults.plantEveryMin, 'planted', () => plantThing(sim))
  every(sim, faults.commandEveryMin, 'command', () => sendForged(sim))
  every(sim, faults.guestEveryMin, 'guest', () => trespass(sim, machines))
  every(sim, faults.awayEveryMin, 'away', () => goAway(sim))
  every(sim, faults.answerEveryMin, 'answer', () => answerOtherwise(sim))
  if (loses) loseOnce(sim, loses)
  every(sim, faults.clockStepEveryMin, 'clock', () => {
    const stepMs = random.whole(-STEP_MS, STEP_MS)
    const machine = random.pick([null, ...machines])
    sim.note(machine?.name ?? 'redis', `its clock is off by ${stepMs} ms`)
    if (machine) machine.skewMs = stepMs
    else sim.redisSkewMs = stepMs
  })
  every(sim, faults.darkEveryMin, 'dark', () => goDark(sim))
  every(sim, faults.slackEveryMin, 'slack', () => void sim.slack?.deleteOne())
}

/** A service of AWS cannot be reached for some seconds or minutes, by no process. */
function goAway({ random, scheduler, away, note }: Sim): void {
  const service = random.pick(['EC2', 'EC2', 'SSM'] as const)
  const forMs = random.whole(5_000, AWAY_MAX_MS)
  note(service, `cannot be reached for ${Math.round(forMs / 1_000)} s`)
  away.set(service, Math.max(away.get(service) ?? 0, scheduler.now() + forMs))
}

/** Describes of one of the zones fail for some seconds or minutes. */
function goDark({ random, scheduler, store, note }: Sim): void {
  const zone = random.pick([SOURCE, SOURCE, TARGET])
  const forMs = random.whole(5_000, AWAY_MAX_MS)
  note('EC2', `does not show ${zone} for ${Math.round(forMs / 1_000)} s`)
  const trouble = { state: 'impaired', message: 'We are investigating connectivity issues.', isDark: true } as const
  store.troubles.set(zone, trouble)
  scheduler.after(forMs, () => {
    if (store.troubles.get(zone) === trouble) store.troubles.delete(zone)
  })
}

/** EC2 does not do what the next call of this kind asks, and answers why: in words of its own, or in some that nobody knows. */
function answerOtherwise({ random, store, note }: Sim): void {
  const action = random.pick(ACTIONS)
  const code = random.pick(CODES)
  note('EC2', `answers the next ${action} with ${code}`)
  store.once.failing.push({ action, code })
}

const AWAY_MAX_MS = 8 * 60_000
const ACTIONS = [
  'CreateSnapshot',
  'CreateVolume',
  'AttachVolume',
  'CreateTags',
  'DeleteTags',
  'StartInstances',
] as const
/** One or more of each meaning in the product's table of answers, and one that stands in none. */
const CODES = [
  'RequestLimitExceeded',
  'ConcurrentTagAccess',
  'RequestExpired',
  'AuthFailure',
  'SnapshotCreationPerVolumeRateExceeded',
  'IncorrectState',
  'InsufficientInstanceCapacity',
  'InternalError',
  'UnauthorizedOperation',
  'CustomerKeyHasBeenRevoked',
  'SomethingNew',
] as const

/** EC2 takes no snapshot of one volume, and does not say so, until faults are over. */
function silence({ store, random, scheduler, faults, fault, note }: Sim): void {
  const volume = random.pick([...store.volumes.values()])
  if (!volume) return
  fault('silence')
  note('EC2', `does not answer CreateSnapshot of ${volume.id}`)
  store.once.silent.push({ action: 'CreateSnapshot', resource: volume.id })
  scheduler.after(faults.untilMs - scheduler.now(), () => void store.once.silent.splice(0))
}

/** The next snapshot of a volume of a required service stands for a while, which is counted once it does (`stall`). */
function standOnce({ store, world: { rules }, note }: Sim, stall: NonNullable<Sim['faults']['stall']>): void {
  const required = [...store.volumes.values()].filter(({ zone, tags }) => {
    const service = tags['zonehop:service']
    return zone === SOURCE && service !== undefined && rules.services[service]?.need === 'required'
  })
  const volume = required[Math.floor(stall.at * required.length)]
  if (!volume) return
  note('EC2', `lets the next snapshot of ${volume.id} stand at ${stall.percent}% for ${stall.minutes} min`)
  store.once.standing.push({ volume: volume.id, percent: stall.percent, minutes: stall.minutes })
}

function every(sim: Sim, minutes: number, kind: string, strike: () => void): void {
  if (minutes === 0) return
  const ms = sim.random.between(0.3, 1.7) * minutes * 60_000
  sim.scheduler.after(ms, () => {
    if (!sim.isFaulty()) return
    sim.fault(kind)
    strike()
    every(sim, minutes, kind, strike)
  })
}

/**
 * A Redis that comes up with a file a few entries old, or with none lost. Its queues are as old, or gone, or of another Redis
 * that lost nothing; the processes live on with what they remember.
 */
function putBack(sim: Sim, count = lossOf(sim)): void {
  const { random, history, journal, watch } = sim
  const kept = history[Math.max(0, history.length - 1 - count)]
  if (!kept || !knowsAll(kept.journal, history.at(-1)?.journal)) return
  const lost = history.splice(history.indexOf(kept) + 1)
  sim.note('redis', `comes up anew without the last ${lost.length} entries`)
  const name = `${history.length}-${sim.scheduler.now()}`
  const how = sim.plant === 'doubt-by-run-id' ? 'failback' : random.pick(WAYS)
  if (how !== 'restart') sim.fault(how)
  if (how === 'copy') sim.hasUnseenLoss = true
  // As if nobody asked for it.
  const isAsked = sim.plant !== 'doubt-by-run-id'
  journal.putBack(kept.journal, {
    ...(how === 'restart' ? { runId: `run-${name}` } : {}),
    ...(how !== 'copy' && isAsked ? { replicationId: `history-${name}` } : {}),
  })
  if (kept.remembered) sim.slack?.putBack(kept.remembered)
  // What is kept beside the journal may be lost at any time.
  sim.progress.clear()
  watch.lost(kept.journal)
  sim.losses++
  const queues = random.pick(['older', 'older', 'gone', 'others'])
  if (queues === 'older') sim.queue.putBack(kept.queues)
  if (queues === 'gone') sim.queue.wipe()
}

/** Redis is gone for good, and an empty one stands in its place. Processes live on with what they remember. */
function empty(sim: Sim): void {
  // Of what is over, and only cleaned up, the tags say that there is nothing to adopt.
  if (!sim.isFaulty() || sim.watch.all().every(({ endedAtMs }) => endedAtMs !== null)) return
  sim.fault('emptied')
  sim.note('redis', 'is replaced by an empty one')
  const name = `empty-${sim.scheduler.now()}`
  sim.journal.putBack(NOTHING, { runId: `run-${name}`, replicationId: `history-${name}` })
  sim.queue.wipe()
  sim.slack?.putBack(NOTHING_REMEMBERED)
  sim.progress.clear()
  sim.history.splice(0)
  sim.watch.lost(NOTHING)
  sim.losses++
  sim.isEmptied = true
}

const NOTHING: Kept = { streams: new Map(), claims: new Map(), running: new Set() }

/**
 * How it comes back: started anew; by a failover to a replica and back, which the run id does not tell; from a copy under the same
 * names, which nothing tells but what processes remember and what EC2 shows.
 */
const WAYS = ['restart', 'restart', 'restart', 'failback', 'failback', 'copy'] as const

function lossOf({ random }: Sim): number {
  return random.pick([0, 1, 1, 2, 3, random.whole(1, 12), random.whole(1, 60), random.whole(1, 250)])
}

/** Soon after such an entry, and to before it; looked for now and then, so that it is not always the very next thing. */
function loseOnce(sim: Sim, kind: Entry['kind']): void {
  const { random, history, watch, scheduler } = sim
  const everyMs = random.pick([500, 20_000, 90_000, 180_000])
  const look = (): void => {
    if (!sim.isFaulty()) return
    const at = watch.written().findLastIndex((entry) => entry.kind === kind)
    // What is older than a second act is not lost any more.
    if (at < 0 || watch.written().length - at > history.length || random.chance(0.3)) {
      scheduler.after(everyMs, look)
      return
    }
    sim.fault('putBack')
    putBack(sim, watch.written().length - at + random.pick([0, 0, 1, random.whole(0, 120)]))
  }
  scheduler.after(everyMs, look)
}

/** A migration that is lost whole is another matter: nobody would know that it was. */
function knowsAll(kept: Kept, now: Kept | undefined): boolean {
  return kept.streams.size === now?.streams.size
}
