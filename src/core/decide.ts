// What happens next, and why. Read top-down: recover what the journal lost, learn what the world already shows, draw the plan
// again when the world has changed under it, then advance by phase.
//
// Pure, and told nothing but the journal's fold, the facts and the time: it never remembers what it did last. It says one
// entry to append at a time; the reconciler appends it, folds, and asks again on the same facts, until there is no next.
import { alert } from './alerts.ts'
import { areAchieved, intend } from './anew.ts'
import { isDoubtful, isUnderWay, isUnknown, mayCall, mayIssue } from './attempt.ts'
import { areCleared, cleanupEvidence, deletions, keep, protections, stillKept } from './cleanup.ts'
import type { Said } from './entries.ts'
import type { Facts } from './facts.ts'
import { freezeEvidence, goLiveEvidence, startEvidence } from './gates.ts'
import { seedEffect } from './ladder.ts'
import { learn } from './learn.ts'
import { abortedCopyMarks, abortMarks, doneMarks, leftMarks, liveMarks, startMarks } from './marks.ts'
import type { EffectState, Gate, Migration } from './migration.ts'
import { isSnapshotMove } from './moves.ts'
import { wasFrozen } from './outage.ts'
import { digest, isRed } from './plan.ts'
import { percentsOf, type Wait, waitsOf } from './progress.ts'
import { recover } from './recover.ts'
import { questions } from './replica-ladder.ts'
import { isFinished, isReady, opening, stepsOf } from './service-ladder.ts'
import { isDeferred, isOpen } from './services.ts'
import { observeInMs } from './spacing.ts'
import { approvalOf, isOver, latest } from './state.ts'
import { replan } from './strays.ts'
import { backEffects, isBackHome, strayEffects } from './way-back.ts'

export type Decision = {
  /** The one entry to append now, or null: nothing to say until the world or a person moves. */
  readonly next: Said | null
  /** Effects whose job may run: intended and not called yet, or called without an answer and safe to call again. */
  readonly effects: readonly EffectState[]
  readonly waits: readonly Wait[]
  /** When to look at the world again, in ms from now. */
  readonly observeInMs: number
}

export function decide(m: Migration, facts: Facts, nowMs: number): Decision {
  const hasEnded = isOver(m)
  const isSure = ({ effect }: EffectState): boolean => !isDoubtful(m, effect, facts.beganAtMs)
  const calls = [...m.effects.values()].filter(
    (state) => mayIssue(m, state) && mayCall(state, facts, nowMs) && isSure(state),
  )
  return {
    next: hasEnded
      ? null
      : (recover(m, facts) ??
        learn(m, facts) ??
        replan(m, facts) ??
        alert(m, facts, nowMs) ??
        advance(m, facts, nowMs)),
    effects: hasEnded ? [] : calls,
    // Only for who reads it out: one entry after another is decided on the way.
    get waits() {
      return waitsOf(m, facts)
    },
    observeInMs: observeInMs(m, facts, nowMs),
  }
}

function advance(m: Migration, facts: Facts, nowMs: number): Said | null {
  switch (m.phase) {
    case 'planned':
      return isRed(m.plan)
        ? withdraw(m, 'the plan is red')
        : passGate(m, facts, 'start', startEvidence(m), { kind: 'began' })
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
      return cleanUp(m, facts)
    default:
      return null
  }
}

/**
 * The plan is written on every source; seeds run while services do, and replicas are asked how they are. The freeze waits for
 * those that shorten the outage; a seed that failed only makes it longer.
 */
function seed(m: Migration, facts: Facts, nowMs: number): Said | null {
  const marks = startMarks(m)
  const moves = m.seeds ? m.plan.moves.filter(isSnapshotMove) : []
  const seeds = moves.map((each) => seedEffect(m, each))
  const deferred = new Set(m.plan.services.filter((each) => isDeferred(m, each)).map(({ name }) => name))
  const isSettled = moves
    .filter(({ service }) => !deferred.has(service))
    .every(({ id }) => ['achieved', 'failed'].includes(latest(m, id, 'seed')?.status ?? ''))
  return (
    intend(m, [...marks, ...seeds, ...questions(m, nowMs)]) ??
    (areAchieved(m, marks) && isSettled ? freeze(m, facts, nowMs) : null)
  )
}

/** The outage begins, for every service that is not frozen yet: all of them, or one of a volume that appeared since. */
function freeze(m: Migration, facts: Facts, nowMs: number): Said | null {
  if (isRed(m.plan)) return withdraw(m, 'the plan is red')
  const services = m.plan.services.map(({ name }) => name).filter((name) => !isFrozenBefore(m, name))
  // New with every freeze: a snapshot cut under another one never goes live.
  const freezing = { kind: 'freezing', freeze: `${m.id}-f${nowMs}`, services } as const
  const evidence = freezeEvidence(m, services)
  return evidence
    ? passGate(m, facts, 'freeze', evidence, freezing)
    : withdraw(m, 'a replica is not seen in sync by both its hosts')
}

/** Each service down its own ladder: writes stopped, final snapshots, copies attached and checked; then the point of no return. */
function move(m: Migration, facts: Facts, nowMs: number): Said | null {
  const steps = m.plan.services.flatMap((service) => stepsOf(m, service, facts, nowMs))
  const next = intend(m, [...startMarks(m), ...questions(m, nowMs), ...steps])
  if (next) return next
  if (isRed(m.plan)) return withdraw(m, 'the plan is red')
  if (m.plan.services.some(({ name }) => !isFrozenBefore(m, name))) return freeze(m, facts, nowMs)
  const isComplete = m.plan.services.every((service) => isDeferred(m, service) || isReady(m, service, facts))
  const evidence = isComplete ? goLiveEvidence(m, facts) : null
  if (!evidence) return withdraw(m, 'what it rests on is not there now')
  return passGate(m, facts, 'goLive', evidence, { kind: 'wentLive', percents: percentsOf(m, facts) })
}

/** After the point of no return: left and live are seen before anything opens; what was deferred finishes behind it. */
function open(m: Migration, facts: Facts, nowMs: number): Said | null {
  const required = m.plan.services.filter((service) => !isDeferred(m, service))
  const marks = [...leftMarks(m), ...liveMarks(m, required)]
  if (!areAchieved(m, marks)) return intend(m, marks)
  // Also a required one may not be ready: that it was deferred, or how far it was, may be among what was lost.
  const steps = m.plan.services.flatMap((service) =>
    isOpen(m, service.name) || isReady(m, service, facts) ? opening(m, service) : stepsOf(m, service, facts, nowMs),
  )
  const next = intend(m, steps)
  if (next || !m.plan.services.every((service) => isFinished(m, service))) return next
  const ends = doneMarks(m)
  return areAchieved(m, ends) ? { kind: 'done' } : intend(m, ends)
}

/** Safely, not merely backwards: what was issued is known first, the freeze's tags go, then each service goes its way back. */
function goBack(m: Migration, facts: Facts, nowMs: number): Said | null {
  // A lost `wentLive` would have the target zone taking writes.
  if (facts.beganAtMs < m.doubtUntilMs) return null
  if ([...m.effects.values()].some((state) => isUnknown(state, facts) || isUnderWay(m, state))) return null
  const marks = abortMarks(m, facts)
  if (!areAchieved(m, marks)) return intend(m, marks)
  const frozen = m.plan.services.filter(({ name }) => wasFrozen(m, name))
  const copies = abortedCopyMarks(m)
  const steps = frozen.flatMap((service) => backEffects(m, service, facts, nowMs))
  const next = intend(m, [...copies, ...steps])
  if (next || !areAchieved(m, copies) || !frozen.every((service) => isBackHome(m, service, facts))) return next
  // What they share hosts with is up by now.
  const strays = strayEffects(m, facts)
  return areAchieved(m, strays) ? { kind: 'aborted' } : intend(m, strays)
}

/** Behind the end, when somebody asked for it: every new copy is protected first, then what was agreed to goes, by name. */
function cleanUp(m: Migration, facts: Facts): Said | null {
  // A look from before it was asked for did not look at what it is about.
  if (!m.cleanup || facts.rev < m.cleanup.rev) return null
  if (!m.cleanup.approved) {
    const saves = protections(m, facts)
    if (saves.length > 0) return intend(m, saves) ?? withdraw(m, 'a new copy has no completed snapshot')
    const evidence = cleanupEvidence(m, facts)
    if (!evidence) return keep(stillKept(m, facts)) ?? { kind: 'cleaned' }
    return passGate(m, facts, 'cleanup', evidence.lines, { kind: 'clearing', resources: evidence.resources })
  }
  const kept = stillKept(m, facts).filter(({ resource }) => m.cleanup?.approved?.includes(resource))
  return keep(kept) ?? intend(m, deletions(m, facts)) ?? (areCleared(m) ? { kind: 'cleaned' } : null)
}

/**
 * Asks, waits for an approval of exactly this basis, and spends it by the entry that is its effect.
 * An approval counts only on facts observed after it: what was shown may have changed while the person read.
 */
function passGate(m: Migration, facts: Facts, gate: Gate, evidence: readonly string[], effect: Said): Said | null {
  if (m.paused) return null
  const basis = digest([m.plan.digest, gate, evidence])
  if (m.asking?.gate !== gate || m.asking.basis !== basis) return { kind: 'asked', gate, basis, evidence }
  const approval = approvalOf(m, gate, basis)
  // An abort may be among what was lost, and its traces not to be seen yet.
  const isSure = facts.beganAtMs >= m.doubtUntilMs
  return approval && isSure && facts.rev >= approval.rev ? effect : null
}

function withdraw(m: Migration, why: string): Said | null {
  return m.asking ? { kind: 'withdrew', gate: m.asking.gate, why } : null
}

function isFrozenBefore(m: Migration, service: string): boolean {
  return m.freezes.some(({ services }) => services.includes(service))
}
