// Decides what happens next, and why. Read top-down: it recovers what the journal lost, learns what the world already
// shows, ends doubt once the world was observed after it, draws the plan again when the world has changed, warns
// people, and then advances by phase.
//
// The decision is pure: it depends on the fold of the journal, the facts and the time, and never on what was decided
// last. It gives one entry to append at a time; the reconciler appends it, folds, and decides again on the same facts.
// Each phase gives an entry, or what it waits for and why, or that all is done; never nothing.

import { freezeEvidence, goLiveEvidence, startEvidence } from './asking/gates.ts'
import { isZoneUnknown, zoneLines, zoneWaits } from './asking/zones.ts'
import { isDoubtful, mayCall, mayIssue } from './calling/may-call.ts'
import { dailySteps } from './daily/ladder.ts'
import { isDeferred, isInQuestion, isOpen, isReturned } from './journal/services.ts'
import { approvalOf, isDenied, isMove, isOver, unsettled } from './journal/state.ts'
import type { Effect, EffectState } from './model/effects.ts'
import type { EntryBody } from './model/entries.ts'
import type { Facts } from './model/facts.ts'
import { APPROVED_MAX_MS, SEEN_WITHIN_MS, START_ENDS_MS } from './model/limits.ts'
import type { Forecast, Gate, Migration } from './model/migration.ts'
import { isSnapshotMove } from './model/moves.ts'
import { once } from './model/once.ts'
import { ofMove } from './model/subjects.ts'
import { mention } from './model/text.ts'
import { digest, isRed } from './planning/draft.ts'
import { replan } from './planning/replan.ts'
import { isRehearsed, rehearsalSteps } from './rehearsing/ladder.ts'
import { heed } from './seeing/belief.ts'
import { learn } from './seeing/learn.ts'
import { adopt, leftAgain } from './seeing/recover.ts'
import { observeInMs } from './seeing/spacing.ts'
import { cleanupEvidence, deletions, keptEntry, protections, stillKept, stillThere } from './steps/cleanup.ts'
import { areCleared, clearings, isInTheWay } from './steps/clearing.ts'
import { areAchieved, freshOf } from './steps/generations.ts'
import { abortedCopyMarks, doneMarks, homeMarks, leftMarks, liveMarks, startMarks, strayMarks } from './steps/marks.ts'
import { questions } from './steps/replica-ladder.ts'
import { isSeedSettled, seedEffect } from './steps/seeds/rounds.ts'
import { agedSeeds, holdWaits, isForgone, isSeedHeld, lastSeeds, seedHolds } from './steps/seeds/times.ts'
import { isFinished, isReady, opening, stepsOf } from './steps/service-ladder.ts'
import { joinedSteps, olderSnapshot, type Steps, steps } from './steps/snapshot-ladder.ts'
import { hasFreeze, unshownLive, writtenAgain } from './steps/taken-marks.ts'
import { approvalWait, redWaits, replicaWaits, sortWaits, type Wait, waitOn, waitsOn } from './steps/waits.ts'
import {
  abortSteps,
  homeOf,
  isAbortComplete,
  isReturnComplete,
  returnSteps,
  strayEffects,
  unknownCalls,
} from './steps/way-back.ts'
import { alert } from './telling/alerts.ts'
import { brokenBudget, overForecast } from './telling/budget.ts'
import { forecastAlone, forecastOf } from './telling/forecast/forecast.ts'
import { waitedFor, waitingLines } from './telling/forecast/older.ts'
import { percentsOf } from './telling/progress.ts'

/** What is to be done now, on these facts. */
export type Decision = {
  /** The one entry to append now; null if there is none until the world changes or a person acts. */
  readonly next: EntryBody | null
  /** Why nothing is to be appended, with what people must do first. Empty only if there is an entry, or all is done. */
  readonly waits: readonly Wait[]
  /**
   * Effects whose job may run: they are not called yet, or were called without an answer and are safe to call again.
   */
  readonly effects: readonly EffectState[]
  /** When to observe the world again, in ms from now. */
  readonly observeInMs: number
}

/** What a phase gives: the entry to append, what it waits for, or that all is done. */
type Next = { readonly say: EntryBody } | { readonly wait: readonly Wait[] } | { readonly done: true }

/** The decision for a migration on these facts; `nowMs` is in ms since 1970. */
export function decide(m: Migration, facts: Facts, nowMs: number): Decision {
  const next = isOver(m) ? DONE : nextOf(m, facts, nowMs)
  return {
    next: 'say' in next ? next.say : null,
    waits: 'wait' in next ? sortWaits([...heldUpBy(m), ...next.wait]) : [],
    effects: isOver(m) ? [] : callable(m, facts, nowMs),
    observeInMs: observeInMs(m, facts, nowMs),
  }
}

const IN_DOUBT = 'entries of the journal are lost, and what they did is still looked for'
const OVER_BUDGET = 'the outage may be longer than its budget'
const IN_TROUBLE = 'EC2 says that the zone in which the data would be alone is in trouble'
/** Where a question stands it stands on: that EC2 keeps silent is no word against it. */
const ZONES_UNSEEN: Next = { wait: [{ on: 'look', what: 'how the zones are, of which EC2 does not speak' }] }
const DONE: Next = { done: true }
/** Nothing to say here: `decide` adds what holds everything up, open doubt, a suspicion or a pause. */
const HELD: Next = { wait: [] }

function nextOf(m: Migration, facts: Facts, nowMs: number): Next {
  if (m.halted) return haltWait(m)
  if (!isMove(m)) return beside(m, facts, nowMs)
  const said =
    heed(m, facts) ??
    adopt(m, facts) ??
    learn(m, facts) ??
    endDoubt(m, facts) ??
    replan(m, facts) ??
    alert(m, facts, nowMs)
  if (said) return say(said)
  return intend(m, steps(writtenAgain(m, facts))) ?? advance(m, facts, nowMs)
}

function advance(m: Migration, facts: Facts, nowMs: number): Next {
  switch (m.phase) {
    case 'planned':
      return begin(m, facts, nowMs)
    case 'seeding':
      return seed(m, facts, nowMs)
    case 'frozen':
    case 'moving':
      return move(m, facts, nowMs)
    case 'live':
      return open(m, facts, nowMs)
    case 'aborting':
      return goBack(m, facts, nowMs)
    case 'done':
    case 'aborted':
      return cleanUp(m, facts, nowMs)
    case 'halted': // `nextOf` has answered already; the switch is to name every phase.
      return haltWait(m)
  }
}

/**
 * A rehearsal, and seeds of a day, ask nobody: they touch no source and stop no service. What failed in them is a finding; a rehearsal ends
 * once all that it made is taken away.
 */
function beside(m: Migration, facts: Facts, nowMs: number): Next {
  const said = adopt(m, facts) ?? learn(m, facts) ?? endDoubt(m, facts) ?? alert(m, facts, nowMs)
  if (said) return say(said)
  if (m.endedAtMs !== null) return cleanUp(m, facts, nowMs)
  if (m.phase === 'planned') return m.paused ? HELD : say({ kind: 'began' })
  // The lost entries may hold copies that EC2 does not show yet.
  if (m.doubt?.isOpen) return HELD
  const work = m.purpose === 'rehearsal' ? rehearsalSteps(m, facts, nowMs) : dailySteps(m, facts, nowMs)
  if (!isRehearsed(m, work)) return intendOrWait(m, facts, work)
  return say({ kind: m.phase === 'aborting' ? 'aborted' : 'done' })
}

/**
 * A plan that nobody answers for a day ends by itself, and gives back its volumes: nothing was touched. One that was drawn from what EC2
 * showed earlier is not asked about before it was drawn anew.
 */
function begin(m: Migration, facts: Facts, nowMs: number): Next {
  const { asking, chosenAtMs } = m
  if (unsettled(m).length > 0) return asking ? withdraw(m, 'tags say what the journal does not explain', []) : HELD
  const sinceMs = Math.max(chosenAtMs, asking?.sinceMs ?? 0)
  if (!m.paused && !m.doubt?.isOpen && !approvalOf(m) && nowMs - sinceMs >= START_ENDS_MS) {
    return say({ kind: 'declined', asked: asking?.nonce ?? null, gate: 'start', by: null })
  }
  if (isRed(m.plan)) return withdraw(m, 'the plan is red', redWaits(m))
  const { asOf } = m.inventory
  return asOf
    ? { wait: [{ on: 'look', what: `${asOf.zones.join(' and ')}, of which the plan knows only how it was` }] }
    : passGate(m, { facts, nowMs, gate: 'start', evidence: startEvidence(m), passes: { kind: 'began' } })
}

/**
 * Doubt ends with facts that were observed after it, once every suspicion is settled. Recovery and learning come first,
 * so what these facts show is in the journal by then.
 */
function endDoubt(m: Migration, facts: Facts): EntryBody | null {
  const { doubt } = m
  if (unsettled(m).length > 0) return null
  return doubt?.isOpen && facts.beganAtMs >= doubt.untilMs ? { kind: 'looked' } : null
}

/**
 * Writes the plan on every source, takes seeds in rounds while services run, clears what an aborted migration left in the way, and asks
 * the hosts of replicas how they are. The freeze waits for the seeds of required services, which shorten the outage. It does not wait
 * for seeds of deferred services, nor for a failed one, or one whose time may be far away: without these the outage is only longer.
 */
function seed(m: Migration, facts: Facts, nowMs: number): Next {
  const marks = startMarks(m)
  const moves = m.seeds ? m.plan.moves.filter(isSnapshotMove) : []
  const holds = seedHolds(m, moves, { facts, nowMs })
  const seeds = moves.filter(({ id }) => !holds.has(id)).map((each) => seedEffect(m, each))
  const deferred = new Set(m.plan.services.filter((each) => isDeferred(m, each)).map(({ name }) => name))
  const unsettled = moves.filter(
    (each) =>
      !deferred.has(each.service) &&
      !isSeedSettled(m, seedEffect(m, each)) &&
      !isForgone(m, each, holds.get(each.id), nowMs),
  )
  const begun = steps(
    [...marks, ...seeds, ...lastSeeds(m, moves, { facts, nowMs }), ...questions(m, facts, nowMs)],
    [...replicaWaits(m, ({ id }) => ofMove(id)), ...holdWaits(moves, holds)],
  )
  const work = joinedSteps([begun, clearings(m, facts)])
  const fresh = intend(m, work)
  if (fresh) return fresh
  const isSettled = areAchieved(m, marks) && unsettled.length === 0 && areCleared(m, facts)
  if (!isSettled) return { wait: waitsFor(m, facts, work) }
  const { windowMs } = m
  return windowMs !== null && nowMs < windowMs && m.asking === null
    ? { wait: [{ on: 'window', atMs: windowMs }, ...waitsFor(m, facts, work)] }
    : withWaitsOf(freeze(m, facts, nowMs), m, facts, work)
}

/**
 * Begins the outage for every service that is not frozen yet: all of them, or that of a volume that appeared since; and
 * freezes anew what lost its tag.
 */
function freeze(m: Migration, facts: Facts, nowMs: number): Next {
  if (isRed(m.plan)) return withdraw(m, 'the plan is red', redWaits(m))
  const troubles = zoneWaits(m, facts)
  if (troubles.length > 0) return withdraw(m, IN_TROUBLE, troubles)
  if (isZoneUnknown(m, facts)) return ZONES_UNSEEN
  const services = m.plan.services.map(({ name }) => name).filter((name) => !hasFreeze(m, name, facts))
  // The id is new with every freeze, so that a snapshot cut under another one never goes live.
  const freezing = { kind: 'freezing', freeze: `${m.id}-f${nowMs}`, services } as const
  const evidence = freezeEvidence(m, services)
  const forecast = forecastOf(m, services, { facts, nowMs })
  const isJudged = m.rules.budgetMinutes !== null && !m.paused && !m.doubt?.isOpen && !approvalOf(m)
  // Who has read the question is not sent away because a backup has begun: that is asked about anew.
  const alone = isJudged && m.asking?.gate === 'freeze' ? forecastAlone(m, services, nowMs) : forecast
  const judged = isJudged ? alone : null
  const budget = brokenBudget(m, judged)
  if (budget !== null && judged) {
    const again = m.asking || m.keptBackMs !== null ? [] : agedSeeds(m, services, { facts, nowMs })
    return intend(m, steps(again)) ?? keepBack(m, { minutes: budget, forecast: judged, nowMs })
  }
  const cautions = { lines: waitingLines(m, services, facts), behind: waitedFor(m, services, facts) }
  const waits = replicaWaits(m, ({ id }) => ofMove(id))
  return evidence
    ? passGate(m, { facts, nowMs, gate: 'freeze', evidence, passes: freezing, forecast, cautions })
    : withdraw(m, 'a replica is not seen in sync by both its hosts', orNextLook(waits, 'both hosts of every replica'))
}

/**
 * A longer outage than people agreed to is not asked for, until an approver says that it may be. They hear of it with the ways on, and where
 * nobody decides for as long as zonehop.yaml lets it ask, it is put away.
 */
function keepBack(m: Migration, over: { minutes: number; forecast: Forecast; nowMs: number }): Next {
  const { asking, keptBackMs } = m
  if (asking) return say({ kind: 'withdrew', gate: asking.gate, why: OVER_BUDGET })
  if (keptBackMs === null) return say(overForecast(m, over))
  if (hasWaited(m, keptBackMs, over.nowMs)) return say({ kind: 'paused', by: null })
  return { wait: [{ on: 'budget', minutes: over.minutes }] }
}

/**
 * Takes each service down its own ladder: its writes stop, final snapshots are taken, copies are attached and checked.
 * The point of no return comes after that.
 */
function move(m: Migration, facts: Facts, nowMs: number): Next {
  const ladders = m.plan.services.map((service) => stepsOf(m, service, facts, nowMs))
  const asked = steps(
    [...startMarks(m), ...questions(m, facts, nowMs)],
    replicaWaits(m, ({ id }) => ofMove(id)),
  )
  const work = joinedSteps([asked, clearings(m, facts), ...ladders])
  const fresh = intend(m, work)
  if (fresh) return fresh
  if (isRed(m.plan)) return withdraw(m, 'the plan is red', [...redWaits(m), ...waitsFor(m, facts, work)])
  if (m.plan.services.some(({ name }) => !hasFreeze(m, name, facts))) {
    return withWaitsOf(freeze(m, facts, nowMs), m, facts, work)
  }
  const isComplete = m.plan.services.every((service) => isDeferred(m, service) || isReady(m, service, facts))
  const evidence = isComplete ? goLiveEvidence(m, facts) : null
  const waits = waitsFor(m, facts, work)
  const troubles = zoneWaits(m, facts)
  if (evidence && troubles.length > 0) return withdraw(m, IN_TROUBLE, [...troubles, ...waits])
  if (evidence && isZoneUnknown(m, facts)) return withWaitsOf(ZONES_UNSEEN, m, facts, work)
  if (!evidence) {
    const why = 'what it rests on is not there now'
    return waits.some(isAgainst) ? withdraw(m, why, waits) : withdrawIfMissedTwice(m, facts, { what: why, waits })
  }
  const wentLive = { kind: 'wentLive', percents: percentsOf(m, facts) } as const
  return withWaitsOf(passGate(m, { facts, nowMs, gate: 'goLive', evidence, passes: wentLive }), m, facts, work)
}

/**
 * After the point of no return. The tags `left` and `live` are seen before anything opens; what was deferred is
 * finished after go-live, or goes home. What may be at home already goes nowhere until an approver has said.
 */
function open(m: Migration, facts: Facts, nowMs: number): Next {
  const given = m.plan.services.filter(({ name }) => isReturned(m, name))
  const kept = m.plan.services.filter(({ name }) => !isReturned(m, name))
  const known = kept.filter(({ name }) => !isInQuestion(m, name))
  const required = known.filter((service) => !isDeferred(m, service))
  const marks = steps([...leftMarks(m), ...liveMarks(m, required)])
  const held = heldAtHome(m)(facts)
  const back = given.map((service) =>
    held.has(service.name)
      ? steps([], [{ on: 'leftAgain', service: service.name }])
      : returnSteps(m, service, facts, nowMs),
  )
  const isMarked = areAchieved(m, marks.effects)
  // Even a required service may not be ready: the lost entries may say that it was deferred, or how far it was.
  const ways = known.map((service) =>
    isOpen(m, service.name) || isReady(m, service, facts) ? opening(m, service) : stepsOf(m, service, facts, nowMs),
  )
  const work = joinedSteps([...(isMarked ? ways : [marks]), ...back])
  const isEnded =
    isMarked &&
    kept.every((service) => isFinished(m, service)) &&
    given.every((service) => isReturnComplete(m, service, facts))
  if (!isEnded) return intendOrWait(m, facts, work)
  const ends = doneMarks(m, facts)
  if (!areAchieved(m, ends)) return intendOrWait(m, facts, steps(ends))
  // Nobody looks at the marks behind the end. One that was taken off is written again before it, once that is sure.
  const unshown = unshownLive(m, facts)
  // What the lost entries say, and whether it is so what tags say, is settled while people are asked: behind the end nobody is.
  if (m.doubt?.isOpen) return HELD
  return unshown ? { wait: [{ on: 'look', what: `the marks of ${unshown}` }] } : say({ kind: 'done' })
}

/**
 * An abort undoes safely, not merely backwards. Each service goes back for itself, so that none waits for another, for
 * a snapshot or for a copy.
 */
function goBack(m: Migration, facts: Facts, nowMs: number): Next {
  // A `wentLive` may be among the lost entries, and then the target zone takes writes.
  if (m.doubt?.isOpen || unsettled(m).some(({ about }) => about === 'left')) return HELD
  const held = heldAtHome(m)(facts)
  const ways = m.plan.services.map((service) =>
    held.has(service.name)
      ? steps([], [{ on: 'leftAgain', service: service.name }])
      : abortSteps(m, service, facts, nowMs),
  )
  const copies = steps(abortedCopyMarks(m, facts))
  const work = joinedSteps([...ways, copies])
  const fresh = intend(m, work)
  if (fresh) return fresh
  const waits = [...waitsFor(m, facts, work), ...replicaWaits(m, (each) => homeOf(each))]
  const isHome =
    m.plan.services.every((service) => isAbortComplete(m, service, facts)) && areAchieved(m, copies.effects)
  if (!isHome) return { wait: orNextLook(waits, 'every service at home') }
  // What tags say is asked before any is taken off: the freeze that they tell of may have stopped services.
  if (unsettled(m).length > 0) return HELD
  // Strays are volumes and hosts that only a lost plan knew. They come last: the services on the same hosts are up by now.
  const strays = steps([...strayMarks(m, facts), ...strayEffects(m, facts)])
  if (!areAchieved(m, strays.effects)) return intendOrWait(m, facts, strays)
  const unknown = unknownCalls(m, facts)
  if (unknown.length > 0) return { wait: unknown.map((state) => waitOn(m, state, facts)) }
  const ends = homeMarks(m, facts)
  return areAchieved(m, ends) ? say({ kind: 'aborted' }) : intendOrWait(m, facts, steps(ends))
}

/**
 * After the end, when somebody asked for it: every new copy is protected first, then what an approver agreed to by name
 * is deleted.
 */
function cleanUp(m: Migration, facts: Facts, nowMs: number): Next {
  // Facts from before the cleanup was asked for may lack the instances and snapshots that it needs.
  if (!m.cleanup || facts.rev < m.cleanup.rev) return { wait: [{ on: 'look', what: 'what the cleanup is about' }] }
  if (!m.cleanup.approved) {
    const saves = steps(protections(m, facts))
    if (saves.effects.length > 0) {
      return intend(m, saves) ?? withdraw(m, 'a new copy has no completed snapshot', waitsFor(m, facts, saves))
    }
    const evidence = cleanupEvidence(m, facts)
    if (!evidence) return say(keptEntry(stillKept(m, facts)) ?? { kind: 'cleaned' })
    const troubles = zoneWaits(m, facts)
    if (troubles.length > 0) return withdraw(m, IN_TROUBLE, troubles)
    if (isZoneUnknown(m, facts)) return ZONES_UNSEEN
    const clearing = { kind: 'clearing', resources: evidence.resources } as const
    return passGate(m, { facts, nowMs, gate: 'cleanup', evidence: evidence.lines, passes: clearing })
  }
  const kept = keptEntry(stillKept(m, facts).filter(({ resource }) => m.cleanup?.approved?.includes(resource)))
  if (kept) return say(kept)
  const work = steps(deletions(m, facts))
  return intend(m, work) ?? (stillThere(m).length === 0 ? say({ kind: 'cleaned' }) : intendOrWait(m, facts, work))
}

type Asked = {
  readonly facts: Facts
  readonly nowMs: number
  readonly gate: Gate
  readonly evidence: readonly string[]
  /** The entry by which the gate is passed, and its approval spent. */
  readonly passes: EntryBody
  /** Shown beside the evidence, and no part of what is agreed to: it changes with every minute. */
  readonly forecast?: Forecast | null
  /**
   * What final snapshots would wait for, as lines beside the evidence and by its ids. Which these are is agreed to, and not what the lines say,
   * which changes with every look.
   */
  readonly cautions?: { readonly lines: readonly string[]; readonly behind: readonly string[] }
}

/**
 * Asks, waits for an approval of exactly this question, and spends it by the entry that passes the gate. An approval
 * counts only on facts observed after it, since what was shown may have changed while the person read, and only for a
 * while.
 */
function passGate(m: Migration, asked: Asked): Next {
  const { facts, nowMs, gate, evidence, passes, forecast, cautions = { lines: [], behind: [] } } = asked
  const wait = { wait: [approvalWait(m, gate)] }
  if (m.paused) return HELD
  const { lines, behind } = cautions
  const basisWith = (ids: readonly string[]): string =>
    digest([m.plan.digest, gate, evidence, ...(ids.length > 0 ? [ids] : [])])
  const basis = basisWith(behind)
  const { asking } = m
  const shown = gate === 'start' ? evidence : [...evidence, ...lines, ...zoneLines(m, facts)]
  const beside = { ...(forecast ? { forecast } : {}), ...(behind.length > 0 ? { behind } : {}) }
  const question = { kind: 'asked', gate, basis, evidence: shown, ...beside } as const
  // Whoever was cautioned of what is waited for is not asked anew because some of it is over.
  const isAsked =
    asking?.gate === gate &&
    asking.basis === basisWith(asking.behind) &&
    behind.every((id) => asking.behind.includes(id))
  // The lost entries may hold that the gate is passed: nothing is asked anew before somebody has looked.
  if (m.doubt?.isOpen && (!isAsked || unsettled(m).length > 0)) return asking ? withdraw(m, IN_DOUBT, []) : HELD
  if (!isAsked) return say({ ...question, again: null })
  if (asking.missingRev !== null) return say({ kind: 'shown', asked: asking.nonce })
  const approval = approvalOf(m)
  if (!approval) return isPutAway(m, nowMs) ? say({ kind: 'paused', by: null }) : wait
  if (nowMs - approval.atMs > APPROVED_MAX_MS[gate]) {
    const again = `the approval of ${mention(approval.by)} was not used in time`
    return say({ ...question, again })
  }
  // The lost entries may hold an abort of which no trace is to be seen yet.
  if (m.doubt?.isOpen) return HELD
  const isFresh = facts.rev >= approval.rev && (gate !== 'goLive' || nowMs - facts.beganAtMs <= SEEN_WITHIN_MS)
  return isFresh ? say(passes) : { wait: [{ on: 'look', what: `what ${gate} rests on` }] }
}

/** Whether nobody has answered the freeze for as long as zonehop.yaml lets it ask. In an outage nothing is put away. */
function isPutAway(m: Migration, nowMs: number): boolean {
  return m.phase === 'seeding' && m.asking !== null && hasWaited(m, m.asking.sinceMs, nowMs)
}

/** Whether people have had as long since then as zonehop.yaml gives them to decide. */
function hasWaited({ rules }: Migration, sinceMs: number, nowMs: number): boolean {
  return nowMs - sinceMs >= rules.askHours * 3_600_000
}

/** A fact speaks against the question, so it is withdrawn at once. If no question stands, the phase waits. */
function withdraw({ asking }: Migration, why: string, waits: readonly Wait[]): Next {
  return asking ? say({ kind: 'withdrew', gate: asking.gate, why }) : { wait: orNextLook(waits, why) }
}

/**
 * Evidence is not seen. EC2 may not show for a moment what is there, so a question is withdrawn only when a second look
 * in a row shows less, too.
 */
function withdrawIfMissedTwice(
  m: Migration,
  facts: Facts,
  { what, waits }: { what: string; waits: readonly Wait[] },
): Next {
  const { asking } = m
  if (!asking) return { wait: orNextLook(waits, what) }
  if (asking.missingRev === null) return say({ kind: 'missing', asked: asking.nonce, what })
  const isSecond = facts.rev >= asking.missingRev
  return isSecond ? withdraw(m, what, waits) : { wait: [{ on: 'look', what }] }
}

/** Whether the wait is for something that is known to be wrong, not merely not seen. */
function isAgainst({ on }: Wait): boolean {
  return on === 'retry' || on === 'gone' || on === 'hands'
}

function haltWait({ halted }: Migration): Next {
  return { wait: [{ on: 'halt', why: halted?.why ?? '' }] }
}

function say(said: EntryBody): Next {
  return { say: said }
}

/** The entry that intends those effects that are not intended yet; null if all are. */
function intend(m: Migration, { effects }: Steps): Next | null {
  const fresh = freshOf(m, effects)
  return fresh.length > 0 ? say({ kind: 'intended', effects: fresh }) : null
}

function intendOrWait(m: Migration, facts: Facts, work: Steps): Next {
  return intend(m, work) ?? { wait: orNextLook(waitsFor(m, facts, work), 'what was done last') }
}

function waitsFor(m: Migration, facts: Facts, { effects, waits }: Steps): Wait[] {
  return [...waits, ...waitsOn(m, effects, facts)]
}

/** What a gate waits for, and beside it what the work under way waits for. */
function withWaitsOf(next: Next, m: Migration, facts: Facts, work: Steps): Next {
  return 'wait' in next ? { wait: [...next.wait, ...waitsFor(m, facts, work)] } : next
}

function orNextLook(waits: readonly Wait[], what: string): readonly Wait[] {
  return waits.length > 0 ? waits : [{ on: 'look', what }]
}

/** What a migration waits for in any phase: the end of doubt, and somebody to resume it. */
function heldUpBy(m: Migration): Wait[] {
  const { doubt, paused } = m
  return [
    ...(doubt?.isOpen ? [{ on: 'doubt' as const, untilMs: doubt.untilMs }] : []),
    ...unsettled(m).map(({ says }) => ({ on: 'belief' as const, says })),
    ...(paused ? [{ on: 'resume' as const }] : []),
  ]
}

function callable(m: Migration, facts: Facts, nowMs: number): EffectState[] {
  return m.effects
    .values()
    .filter((state) => mayIssue(m, state) && mayCall(state, facts, nowMs) && !isDoubtful(m, state.effect))
    .filter(({ effect }) => !isHeldUp(m, effect, facts) && !isSeedHeld(m, effect, { facts, nowMs }))
}

/** Services that start nowhere, since tags say that they left again; unless an approver has said that it is not so. */
const heldAtHome = once((m: Migration) =>
  once(
    (facts: Facts): ReadonlySet<string> =>
      new Set(isDenied(m, 'leftAgain') ? [] : leftAgain(m, facts).map(({ name }) => name)),
  ),
)

/**
 * Whether the call would be refused: what starts a service that may be live elsewhere; an attachment where a leftover stands; or,
 * as is known of EC2, a final snapshot while the seed of that volume is pending, where its type takes one snapshot at a time.
 */
function isHeldUp(m: Migration, effect: Effect, facts: Facts): boolean {
  if (effect.step === 'unfreeze') return heldAtHome(m)(facts).has(effect.service)
  if (effect.step === 'attach') return isInTheWay(m, effect, facts)
  if (effect.step !== 'snapshot') return false
  const planned = m.plan.moves.find(({ id }) => id === effect.volumeId)
  return planned !== undefined && isSnapshotMove(planned) && olderSnapshot(planned, facts) !== null
}
