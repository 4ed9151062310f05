// What happens next, and why. Read top-down: recover what the journal lost, learn what the world already shows, then advance
// by phase.
//
// Pure, and told nothing but the journal's fold, the facts and the time: it never remembers what it did last. It says one
// entry to append at a time; the reconciler appends it, folds, and asks again on the same facts, until there is no next.

import { mayCall } from './attempt.ts'
import type { Facts } from './facts.ts'
import { approvalOf, isAchieved } from './fold.ts'
import { freezeEvidence, goLiveEvidence, startEvidence } from './gates.ts'
import { learn } from './learn.ts'
import { OBSERVE_LONG_MS, OBSERVE_MAX_MS, OBSERVE_SHORT_MS } from './limits.ts'
import { type Effect, type EffectState, effectId, type Gate, type Migration, type Said } from './migration.ts'
import { digest } from './plan.ts'
import { type Wait, waitsOf } from './progress.ts'
import { recover } from './recover.ts'
import { moveEffect, seedEffect, tagEffects } from './steps.ts'

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
  const isOver = m.phase === 'done' || m.phase === 'aborted'
  return {
    next: isOver ? null : (recover(m, facts) ?? learn(m, facts) ?? advance(m, facts, nowMs)),
    effects: isOver ? [] : [...m.effects.values()].filter((state) => mayCall(state, facts, nowMs)),
    waits: waitsOf(m, facts),
    observeInMs: spacing(m, facts, nowMs),
  }
}

function advance(m: Migration, facts: Facts, nowMs: number): Said | null {
  switch (m.phase) {
    case 'planned':
      return passGate(m, facts, 'start', startEvidence(m), { kind: 'began' })
    case 'seeding': {
      const seeds = m.seeds ? m.plan.moves.map((move) => seedEffect(m, move)) : []
      const wanted = [...tagEffects(m, 'start'), ...seeds]
      return (
        intend(m, wanted) ??
        (areDone(m, wanted) ? passGate(m, facts, 'freeze', freezeEvidence(m), freezing(m, nowMs)) : null)
      )
    }
    case 'frozen':
    case 'moving':
      return move(m, facts)
    case 'live':
      return open(m)
    default:
      return null
  }
}

/** Frozen tags, a person's word that writes stopped, then every move down its own ladder, then the point of no return. */
function move(m: Migration, facts: Facts): Said | null {
  const marks = tagEffects(m, 'freeze')
  if (!areDone(m, marks)) return intend(m, marks)
  if (!m.freeze?.confirmedBy) return null
  const steps = m.plan.moves.flatMap((each) => moveEffect(m, each, facts) ?? [])
  const isReady = steps.filter((step) => step.step === 'check' && isAchieved(m, step)).length === m.plan.moves.length
  const evidence = isReady ? goLiveEvidence(m, facts) : null
  return intend(m, steps) ?? (evidence ? passGate(m, facts, 'goLive', evidence, { kind: 'wentLive' }) : withdraw(m))
}

/** After the point of no return: left and live are seen on every volume before anything opens. */
function open(m: Migration): Said | null {
  const marks = tagEffects(m, 'tag')
  if (!areDone(m, marks)) return intend(m, marks)
  const closed = m.plan.services.map(({ name }) => name).filter((name) => !m.opened.includes(name))
  if (closed.length > 0) return { kind: 'opened', services: closed }
  const ends = tagEffects(m, 'done')
  return areDone(m, ends) ? { kind: 'done' } : intend(m, ends)
}

/**
 * Asks, waits for an approval of exactly this basis, and spends it by the entry that is its effect.
 * An approval counts only on facts observed after it: what was shown may have changed while the person read.
 */
function passGate(m: Migration, facts: Facts, gate: Gate, evidence: readonly string[], effect: Said): Said | null {
  const basis = digest([m.plan.digest, gate, evidence])
  if (m.asking?.gate !== gate || m.asking.basis !== basis) return { kind: 'asked', gate, basis, evidence }
  const approval = approvalOf(m, gate, basis)
  return approval && facts.rev >= approval.rev ? effect : null
}

function withdraw(m: Migration): Said | null {
  return m.asking?.gate === 'goLive'
    ? { kind: 'withdrew', gate: 'goLive', why: 'what it rests on is not there now' }
    : null
}

/** The freeze's id is new with every freeze: a snapshot cut under another one never goes live. */
function freezing(m: Migration, nowMs: number): Said {
  return { kind: 'freezing', freeze: `${m.id}-f${nowMs}` }
}

function intend(m: Migration, effects: readonly Effect[]): Said | null {
  const fresh = effects.filter((effect) => !m.effects.has(effectId(effect)))
  return fresh.length > 0 ? { kind: 'intended', effects: fresh } : null
}

function areDone(m: Migration, effects: readonly Effect[]): boolean {
  return effects.every((effect) => isAchieved(m, effect))
}

/** Often while something short is in flight; else seldom, and ever more seldom behind a slow snapshot. */
function spacing(m: Migration, facts: Facts, nowMs: number): number {
  const inFlight = [...m.effects.values()].filter(({ status }) => ['intended', 'issued', 'started'].includes(status))
  const isSnapshot = ({ effect, status }: EffectState) =>
    ['seed', 'snapshot'].includes(effect.step) && status === 'started'
  if (inFlight.some((state) => !isSnapshot(state))) return OBSERVE_SHORT_MS
  const percentMs = [...facts.snapshots.values()]
    .filter(({ state }) => state === 'pending')
    .map(({ startedAtMs, percent }) => (nowMs - startedAtMs) / ((percent ?? 0) + 1))
  return Math.min(OBSERVE_MAX_MS, Math.max(OBSERVE_LONG_MS, ...percentMs.map((ms) => ms / 5)))
}
