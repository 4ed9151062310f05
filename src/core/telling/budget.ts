// The outage's budget: how much of it is left, and until when going back still fits into it. It is told before that moment passes, since
// afterwards there is nothing to decide.

import { freezeOf, isDeferred, movesOf } from '../journal/services.ts'
import { attemptOf, isOver, nextOver, wasAsked } from '../journal/state.ts'
import { callOf, type EffectState, isReplicaEffect, isServiceEffect } from '../model/effects.ts'
import type { EntryBody } from '../model/entries.ts'
import type { Forecast, Migration } from '../model/migration.ts'
import { isReplicaMove } from '../model/moves.ts'
import type { Service } from '../model/plan.ts'
import { ofMove } from '../model/subjects.ts'
import { timeBeside, timeOfDay } from '../model/text.ts'
import { spellLeast, spellMost } from './eta.ts'
import { forecastText } from './forecast/forecast.ts'

/** How the budget stands; times are in ms since 1970. */
type Budget = {
  readonly minutes: number
  readonly endsAtMs: number
  /** The last moment at which going back still ends within the budget; null where nothing can go back, or nobody knows. */
  readonly backByMs: number | null
}

/**
 * How long a step on a host is taken to last while none of this migration was measured, in ms: a command is delivered and asked after
 * within seconds, and an unmount or a start of a service takes the rest of a minute.
 */
const UNMEASURED_STEP_MS = 60_000
/** Abort, fence and promotion of a replica, and the start of its service: the steps until it serves again. */
const REPLICA_STEPS = 3
const PLAIN_STEPS = 1

/** The budget while the outage lasts; null without a budget, before the outage, and when it is over. */
export function budgetOf(m: Migration): Budget | null {
  const spent = spentAt(m)
  // Of a rebuilt migration nobody knows when the outage began, so neither when going back ends within the budget.
  return spent && { ...spent, backByMs: mayGoBack(m) && !m.isRebuilt ? spent.endsAtMs - goingBackMs(m) : null }
}

/** The same but for going back, for which all effects are looked through. */
function spentAt(m: Migration): Omit<Budget, 'backByMs'> | null {
  const { outage, rules } = m
  const { budgetMinutes: minutes } = rules
  if (minutes === null || !outage || outage.untilMs !== null || isOver(m)) return null
  return { minutes, endsAtMs: outage.fromMs + minutes * 60_000 }
}

/** Whether people still decide between waiting and going back. */
function mayGoBack({ phase }: Migration): boolean {
  return phase === 'frozen' || phase === 'moving'
}

/** About how long an abort takes until every service that was stopped serves again, in ms, from what its steps took so far. */
export function goingBackMs(m: Migration): number {
  const steps = m.plan.services.filter(({ name }) => freezeOf(m, name) !== null).map((service) => stepsBack(m, service))
  const measured = m.effects.values().flatMap((state) => tookMs(state) ?? [])
  const stepMs = measured.length > 0 ? Math.max(...measured) : UNMEASURED_STEP_MS
  return Math.max(PLAIN_STEPS, ...steps) * stepMs
}

function stepsBack(m: Migration, { name }: Service): number {
  const replicas = movesOf(m, name).filter(isReplicaMove)
  return replicas.some(({ id }) => wasAsked(m, ofMove(id), 'demote')) ? REPLICA_STEPS : PLAIN_STEPS
}

/** How long a step on a host took, in ms: from its call, or from when people were asked, until it was seen. */
function tookMs(state: EffectState): number | null {
  const { effect, achievedAtMs, intendedAtMs } = state
  const isOnHost = effect.direction === 'forward' && (isServiceEffect(effect) || isReplicaEffect(effect))
  if (!isOnHost || achievedAtMs === null || effect.step === 'prove') return null
  return achievedAtMs - (callOf(effect) === null ? intendedAtMs : (attemptOf(state)?.atMs ?? intendedAtMs))
}

/** What is left of the budget, and until when going back fits: sentences that are true as of `nowMs`; empty without a budget. */
export function budgetText(m: Migration, nowMs: number): string {
  const budget = budgetOf(m)
  if (!budget) return ''
  const { minutes, endsAtMs, backByMs } = budget
  const left = endsAtMs - nowMs
  const stands =
    left >= 0
      ? `${m.isRebuilt ? 'At most ' : ''}${spellLeast(left)} of its budget of ${minutes} min left`
      : `${m.isRebuilt ? 'At least ' : ''}${spellLeast(-left)} over its budget of ${minutes} min`
  return `${stands}.${backByMs === null ? '' : ` ${backText(m, { backByMs, endsAtMs, nowMs })}`}`
}

function backText(
  m: Migration,
  { backByMs, endsAtMs, nowMs }: { backByMs: number; endsAtMs: number; nowMs: number },
): string {
  const takes = `going back takes about ${spellMost(goingBackMs(m))}`
  return backByMs >= nowMs
    ? `Go back by ${timeBeside(backByMs, nowMs)} to be serving by ${timeBeside(endsAtMs, nowMs)}: ${takes}.`
    : `It is too late to be serving within it by going back: ${takes}.`
}

/** What names the warning that going back soon does not fit into the budget any more. */
export const LAST_CALL = 'last call'

/** How long before that moment people hear of it: a fifth of the budget, so that there is time to decide; at least and at most, in ms. */
const CALLS_BEFORE_MS = { least: 60_000, most: 10 * 60_000 }

/** The warning that is due before going back does not fit any more; null before its time, and once it was given. */
export function lastCall(m: Migration, nowMs: number): EntryBody | null {
  // It is asked at every tick, so what costs little comes first.
  const isOpen = !m.warned.has(LAST_CALL) && nowMs < (spentAt(m)?.endsAtMs ?? 0)
  const budget = isOpen ? budgetOf(m) : null
  if (!budget || budget.backByMs === null) return null
  const { minutes, endsAtMs, backByMs } = budget
  const beforeMs = Math.min(CALLS_BEFORE_MS.most, Math.max(CALLS_BEFORE_MS.least, (minutes * 60_000) / 5))
  if (nowMs < backByMs - beforeMs) return null
  const text = `Of the outage's budget ${spellLeast(endsAtMs - nowMs)} are left (as of ${timeOfDay(nowMs)} UTC). ${backText(m, { ...budget, backByMs, nowMs })} Wait, go live with less, or abort?`
  return { kind: 'warned', about: LAST_CALL, service: null, text }
}

/**
 * The budget in minutes, where the forecast may be past it and nobody has agreed to that: the question that begins the outage is kept back
 * then. Null where it may fit, or where there is no budget or no forecast, and in an outage: it has begun, whatever it costs. Of a forecast
 * without an end only its least counts.
 */
export function brokenBudget({ phase, rules, isExceeded }: Migration, forecast: Forecast | null): number | null {
  const { budgetMinutes: minutes } = rules
  if (phase !== 'seeding' || isExceeded || minutes === null || !forecast) return null
  return (forecast.mostMs ?? forecast.leastMs) > minutes * 60_000 ? minutes : null
}

/** The warning that the question is kept back from `nowMs` on (ms since 1970), and what people can do. */
export function overForecast(
  m: Migration,
  { minutes, forecast, nowMs }: { readonly minutes: number; readonly forecast: Forecast; readonly nowMs: number },
): EntryBody {
  const required = m.plan.services.filter((service) => !isDeferred(m, service))
  const wait = forecast.behind ? 'Wait (it is asked for by itself once it fits), let' : 'Let'
  const without = required.length > 1 ? ', go on without a service (/migrate defer <service> because <reason>),' : ''
  const text = `The outage is not asked for: it may be longer than its budget of ${minutes} min. ${forecastText(forecast, nowMs)} ${wait} it be longer${without} or go back? Nothing was stopped.`
  return { kind: 'warned', about: nextOver(m), service: null, text }
}

/** What names the warning about an outage that is longer than people agreed to. */
export const OVER_BUDGET = 'budget'

/** The warning that the budget is spent; null before, and once it was given. */
export function overBudget(m: Migration, nowMs: number): EntryBody | null {
  const budget = mayGoBack(m) && !m.warned.has(OVER_BUDGET) ? spentAt(m) : null
  if (!budget || nowMs < budget.endsAtMs) return null
  const text = `The outage has passed its budget of ${budget.minutes} min. Wait, go live with less, or abort?`
  return { kind: 'warned', about: OVER_BUDGET, service: null, text }
}
