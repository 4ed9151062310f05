// Questions to the fold: which generation of a step is the newest, whether it is achieved, when it was issued, and
// which approval counts. services.ts has the questions about services.

import { type Attempt, callOf, type Effect, type EffectState, type Step } from '../model/effects.ts'
import type { Facts } from '../model/facts.ts'
import { SHOWN_AFTER_MS } from '../model/limits.ts'
import type { Approval, Gate, Memory, Migration, Suspicion } from '../model/migration.ts'
import type { Plan } from '../model/plan.ts'
import type { Subject } from '../model/subjects.ts'

/** The newest approval of the question that is asked now; null while fewer people have approved it than it needs. */
export function approvalOf(m: Migration): Approval | null {
  const { asking } = m
  const given = approvalsOf(m, asking?.nonce)
  const people = new Set(given.map(({ by }) => by))
  return asking && people.size >= approvalsNeeded(m, asking.gate) ? (given.at(-1) ?? null) : null
}

/** The approvals of the question with this nonce, oldest first. */
export function approvalsOf({ approvals }: Migration, nonce: string | undefined): readonly Approval[] {
  return approvals.filter(({ asked }) => asked === nonce)
}

/** How many different people have to approve a gate. A `start` touches nothing that serves, so one is enough unless it deletes. */
export function approvalsNeeded({ rules, plan }: Migration, gate: Gate): number {
  const isDeleting = plan.leftovers?.some(({ what }) => what === 'copy') ?? false
  return gate === 'start' && !isDeleting ? 1 : rules.approvals
}

/** Whether this very generation of the step is achieved. */
export function isAchieved({ effects }: Migration, { subject, step, generation }: Effect): boolean {
  return effects.generations(subject, step)[generation]?.status === 'achieved'
}

/** Whether nothing is to be done for the migration any more. A cleanup that somebody asked for may follow its end. */
export function isOver(m: Migration): boolean {
  return m.endedAtMs !== null && !isCleaning(m)
}

/** Whether somebody asked for a cleanup, and it has not ended. */
export function isCleaning({ cleanup }: Migration): boolean {
  return cleanup !== null && cleanup.endedAtMs === null
}

/** Whether it moves services. What only prepares a move stops none, asks nobody, and leaves all that was people's where it was. */
export function isMove({ purpose }: Pick<Migration, 'purpose'>): boolean {
  return purpose === 'move'
}

/** What the name of a warning begins with that the outage is not asked for, since its forecast does not fit the budget; its number follows. */
const FORECAST_OVER = 'forecast over budget '

/** The name of the next such warning: each keeping-back has one of its own. */
export function nextOver({ warned }: Migration): string {
  return `${FORECAST_OVER}${[...warned].filter(saysOver).length + 1}`
}

/** Whether a warning is that the outage is not asked for. */
export function saysOver(about: string): boolean {
  return about.startsWith(FORECAST_OVER)
}

/** Whether a warning is that of the keeping-back that lasts. */
export function isKeptBackBy({ keptBackMs, warned }: Migration, about: string): boolean {
  return keptBackMs !== null && about === [...warned].findLast(saysOver)
}

/** Ids of what the migration has deleted. */
export function deletedIn({ effects }: Migration): string[] {
  return effects
    .values()
    .flatMap(({ effect, status }) => (effect.step === 'delete' && status === 'achieved' ? [effect.resource] : []))
}

/** Whether its plan is from and to these zones. */
export function isBetween(
  { plan }: Migration,
  { sourceZone, targetZone }: Pick<Plan, 'sourceZone' | 'targetZone'>,
): boolean {
  return plan.sourceZone === sourceZone && plan.targetZone === targetZone
}

/** Of what runs, what somebody means who names none: the move; beside none what is rehearsed; seeds of a day where nothing else runs. */
export function meantOf(running: readonly Migration[]): readonly Migration[] {
  const each = (['move', 'rehearsal', 'seeds'] as const).map((purpose) => running.filter((m) => m.purpose === purpose))
  return each.find((some) => some.length > 0) ?? []
}

/** Whether all that was people's stays where it was, so that a cleanup is about what was made alone. */
export function leavesNothing(m: Migration): boolean {
  return m.phase === 'aborted' || !isMove(m)
}

/** The user who asked for what the gate is about, and so cannot approve it. */
export function askerOf({ by, cleanup }: Migration, gate: Gate): string {
  return gate === 'cleanup' ? (cleanup?.by ?? by) : by
}

/** All known generations of a step, oldest first. */
export function generationsOf({ effects }: Migration, subject: Subject, step: Step): EffectState[] {
  return effects.generations(subject, step).filter((state) => state !== undefined)
}

/** The newest generation of a step; null if it was never intended. After a lost tail older ones may not be known. */
export function latest({ effects }: Migration, subject: Subject, step: Step): EffectState | null {
  return effects.latest(subject, step)
}

/** Whether this is the newest generation of its step. */
export function isLatest(m: Migration, { effect }: EffectState): boolean {
  return latest(m, effect.subject, effect.step)?.effect === effect
}

/** The current attempt; null before the first. */
export function attemptOf({ attempts }: EffectState): Attempt | null {
  return attempts.at(-1) ?? null
}

/** As EC2 says, or from the call to the look that saw it done, in ms; null where that did not happen, or is not known. */
export function tookMs(state: EffectState): number | null {
  if (state.achievedAtMs !== null && state.madeInMs !== undefined) return state.madeInMs
  const issued = attemptOf(state)
  return state.achievedAtMs !== null && issued ? state.achievedAtMs - issued.atMs : null
}

/** The newest generation of a step that was done; null where none was. */
export function lastDone(m: Migration, subject: Subject, step: Step): EffectState | null {
  return generationsOf(m, subject, step).findLast(({ status }) => status === 'achieved') ?? null
}

/** When the current attempt was issued, in ms since 1970; null while no attempt is open or was ever made. */
export function issuedAtMs(state: EffectState): number | null {
  return state.status === 'intended' ? null : (attemptOf(state)?.atMs ?? null)
}

/**
 * Whether the step may ever have been done, in any generation: it was called, it was seen done, or people were told to
 * do it. The newest generation alone does not show that: a retry that is not called yet must not hide an older call.
 */
export function wasAsked(m: Migration, subject: Subject, step: Step): boolean {
  return generationsOf(m, subject, step).some(
    ({ effect, attempts, status }) => attempts.length > 0 || status === 'achieved' || callOf(effect) === null,
  )
}

/** When any generation of the step was issued last, in ms since 1970; null if none was. */
export function lastIssuedAtMs(m: Migration, subject: Subject, step: Step): number | null {
  const times = generationsOf(m, subject, step).flatMap(({ attempts }) => attempts.map(({ atMs }) => atMs))
  return times.length > 0 ? Math.max(...times) : null
}

/** How often in a row, up to and with this generation, the step failed for the same reason; 0 if it has not failed. */
export function sameFailures(m: Migration, { effect, failure }: EffectState): number {
  const older = generationsOf(m, effect.subject, effect.step).filter((one) => one.effect.generation < effect.generation)
  const isSame = (one: EffectState): boolean =>
    one.failure?.code === failure?.code && one.failure?.problem === failure?.problem
  const other = older.findLastIndex((one) => !isSame(one))
  return failure ? older.length - other : 0
}

/**
 * Whether the effect is issued, and nobody can tell yet if it took effect. Past the window, what is not seen was not
 * done.
 */
export function isUnknown(state: EffectState, facts: Facts): boolean {
  return state.status === 'issued' && facts.beganAtMs < (attemptOf(state)?.atMs ?? 0) + SHOWN_AFTER_MS
}

/**
 * Whether the journal may ever have lost entries, even if EC2 has been looked at since: what those entries did may have
 * left no trace.
 */
export function wasEverInDoubt({ doubt }: Migration): boolean {
  return doubt !== null
}

/**
 * Whether an approver has said that it is not so what tags say. It counts no more once entries may have been lost since:
 * what was not so then may have become so by one of them.
 */
export function isDenied(m: Migration, about: Memory): boolean {
  return saidOf(m, about) === false
}

/** Whether an approver has said that it is so what tags say; no more once entries may have been lost since, either. */
export function isAffirmed(m: Migration, about: Memory): boolean {
  return saidOf(m, about) === true
}

/** What an approver has said that still counts; null if nothing does. */
function saidOf({ suspicions, doubt }: Migration, about: Memory): boolean | null {
  const { isSo = null, settledAtMs = null } = suspicions.get(about) ?? {}
  return doubt === null || (settledAtMs ?? 0) > doubt.sinceMs ? isSo : null
}

/**
 * Suspicions that hold something up and that no approver has settled: in doubt all of them, while nothing has begun and on the way
 * back too, and that of one service on its own way back.
 */
export function unsettled({ suspicions, doubt, phase }: Migration): Suspicion[] {
  const holdAll = (doubt?.isOpen ?? false) || phase === 'planned' || phase === 'aborting'
  return [...suspicions.values()].filter(({ about, isSo }) => isSo === null && (holdAll || about === 'leftAgain'))
}
