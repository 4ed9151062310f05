// What a migration waits for, as data: code that decides that nothing is to be done gives the reason as a type. The
// words for a reason are made in telling/wait-words.ts and nowhere else.

import { readingOf, readingWords } from '../journal/readings.ts'
import { isDeferred, serviceNamed, serviceNameOf } from '../journal/services.ts'
import { approvalsOf, askerOf, latest } from '../journal/state.ts'
import { callOf, type Effect, type EffectState, type Hindrance } from '../model/effects.ts'
import type { Facts } from '../model/facts.ts'
import type { Gate, Migration } from '../model/migration.ts'
import { isReplicaMove, moveOf, nameOf } from '../model/moves.ts'
import type { ReplicaMove } from '../model/plan.ts'
import { type Subject, subjectName } from '../model/subjects.ts'

/**
 * A wait for an effect. `urgency`, lowest first: 0 for what has failed; then what the outage waits for, the slowest of
 * it foremost; then what can wait.
 */
type OfEffect<K extends string, D = unknown> = {
  readonly on: K
  readonly name: string
  readonly step: Effect['step']
  readonly urgency: number
} & D

/**
 * Why a seed is not begun yet. `theirs`: a snapshot that others take is pending since `sinceMs`; `due`: one is to be expected at `atMs`, as one
 * was taken a day or a week before; `instance`: enough are taken of its instance; `asked`: the outage may begin at any moment; `window`: another one would not be complete before the outage may be asked for; `look`: others'
 * snapshots are not looked at yet. Times are in ms since 1970.
 */
export type SeedHold =
  | { readonly why: 'quietHours'; readonly untilMs: number }
  | { readonly why: 'theirs'; readonly snapshot: string; readonly sinceMs: number }
  | { readonly why: 'due'; readonly atMs: number }
  | { readonly why: 'instance' | 'asked' | 'look' | 'window' }

/** One reason to wait; `on` is its type. */
export type Wait =
  | { readonly on: 'halt'; readonly why: string }
  | { readonly on: 'route'; readonly names: readonly string[] }
  | { readonly on: 'check'; readonly name: string; readonly remedy: string }
  | { readonly on: 'doubt'; readonly untilMs: number }
  | { readonly on: 'resume' }
  /** An approver's word on what tags say and no entry explains. */
  | { readonly on: 'belief'; readonly says: string }
  /** Somebody to stop a service that was given back, where its copy may serve. */
  | { readonly on: 'leftAgain'; readonly service: string }
  /** `given`: who has approved it already, where one person is not enough. */
  | { readonly on: 'approval'; readonly gate: Gate; readonly asker: string; readonly given?: readonly string[] }
  /** An approver to let the outage be longer than its budget, or anybody to go back. */
  | { readonly on: 'budget'; readonly minutes: number }
  /** The next look: this one is older than what it is needed for, or does not show that yet. */
  | { readonly on: 'look'; readonly what: string }
  | { readonly on: 'freezeGone'; readonly service: string }
  | { readonly on: 'service'; readonly service: string; readonly before: string }
  | { readonly on: 'gone'; readonly name: string }
  | { readonly on: 'replica'; readonly name: string; readonly reading: string }
  /** Somebody to say whose the volume is that an earlier migration has where a copy goes. */
  | {
      readonly on: 'leftover'
      readonly name: string
      readonly volume: string
      readonly place: string
      readonly why: string
    }
  /** The time before which the outage is not asked for, in ms since 1970. */
  | { readonly on: 'window'; readonly atMs: number }
  /** A time at which a snapshot ahead may begin. */
  | { readonly on: 'seed'; readonly name: string; readonly hold: SeedHold; readonly urgency: number }
  /** The end of an older snapshot, of a volume that takes one at a time. */
  | { readonly on: 'olderSnapshot'; readonly name: string; readonly resource: string }
  | OfEffect<'hands'>
  | OfEffect<'retry', { readonly code: string; readonly remedy: string }>
  | OfEffect<'answer'>
  /** AWS answers a call with `code` since `sinceMs`; `isKnown`: it is known that the call did not take effect. */
  | OfEffect<
      'hindrance',
      { readonly code: string; readonly remedy: string; readonly sinceMs: number; readonly isKnown: boolean }
    >
  | OfEffect<'snapshot', { readonly resource: string; readonly percent: number }>
  | OfEffect<'call'>

const DEFERRED = 2_000
const OUTAGE = 1_000

/** Behind what is under way, whose urgency has its percent in it. */
const HELD = OUTAGE + 101

/** The wait of a snapshot ahead for its time. */
export function seedWait(name: string, hold: SeedHold): Wait {
  return { on: 'seed', name, hold, urgency: HELD }
}

/** Why an effect that is not achieved keeps its migration waiting. */
export function waitOn(m: Migration, state: EffectState, facts: Facts): Wait {
  const { effect, status, failure, resource } = state
  const { step } = effect
  const percent = facts.snapshots.get(resource ?? '')?.percent ?? null
  const base = { name: nameIn(m, effect), step, urgency: outageUrgencyOf(m, effect) + (percent ?? 100) }
  if (failure) return { on: 'retry', ...base, urgency: 0, code: failure.code, remedy: failure.remedy }
  if (callOf(effect) === null) return { on: 'hands', ...base }
  if (isHindered(state)) {
    const { code, remedy, sinceMs } = state.hindrance
    return { on: 'hindrance', ...base, urgency: 1, code, remedy, sinceMs, isKnown: status === 'intended' }
  }
  if (status === 'issued') return { on: 'answer', ...base }
  return percent === null || resource === null
    ? { on: 'call', ...base }
    : { on: 'snapshot', ...base, resource, percent }
}

/** An effect whose calls AWS has answered, none of which is known to have taken effect. */
export type Hindered = EffectState & { readonly hindrance: Hindrance }

/** Whether AWS has answered calls of the effect, and none of them is known to have taken effect. */
export function isHindered(state: EffectState): state is Hindered {
  return state.hindrance !== null && (state.status === 'intended' || state.status === 'issued')
}

/** The waits for those of the effects that are intended and not achieved. */
export function waitsOn(m: Migration, effects: readonly Effect[], facts: Facts): Wait[] {
  return effects.flatMap((effect) => {
    const state = latest(m, effect.subject, effect.step)
    return state && state.status !== 'achieved' ? [waitOn(m, state, facts)] : []
  })
}

/**
 * A wait for each replica whose last reading leaves doubts: it syncs, or something keeps it from being proven. `of`
 * gives the subject whose reading counts.
 */
export function replicaWaits(m: Migration, of: (move: ReplicaMove) => Subject): Wait[] {
  return m.plan.moves.filter(isReplicaMove).flatMap((move): Wait[] => {
    const reading = readingOf(m, of(move))
    if (!reading || reading.doubts.length === 0) return []
    return [{ on: 'replica', name: nameOf(move), reading: readingWords(reading) }]
  })
}

/** What a red plan waits for: a route for each uncovered volume, and the remedy of each red check. */
export function redWaits({ plan }: Migration): Wait[] {
  return [
    ...(plan.uncovered.length > 0 ? [{ on: 'route' as const, names: plan.uncovered.map(({ name }) => name) }] : []),
    ...plan.checks.flatMap(({ name, result, remedy }) =>
      result === 'red' ? [{ on: 'check' as const, name, remedy }] : [],
    ),
  ]
}

/** The wait for an approval at a gate, by somebody other than the one who asked. */
export function approvalWait(m: Migration, gate: Gate): Wait {
  const given = approvalsOf(m, m.asking?.nonce).map(({ by }) => by)
  return { on: 'approval', gate, asker: askerOf(m, gate), ...(given.length > 0 ? { given } : {}) }
}

/** The waits in order: what people must do, then what has failed, then what the outage waits for. */
export function sortWaits(waits: readonly Wait[]): Wait[] {
  return waits.toSorted((a, b) => waitRank(a) - waitRank(b))
}

const ORDER: readonly Wait['on'][] = [
  'halt',
  'route',
  'check',
  'belief',
  'leftAgain',
  'doubt',
  'resume',
  'approval',
  'window',
  'budget',
  'freezeGone',
  'gone',
  'leftover',
  'hands',
  'replica',
]

function waitRank(wait: Wait): number {
  const at = ORDER.indexOf(wait.on)
  if (at >= 0) return at
  return ORDER.length + ('urgency' in wait ? wait.urgency : OUTAGE)
}

function outageUrgencyOf(m: Migration, effect: Effect): number {
  const name = serviceNameOf(m, effect)
  const service = name === null ? null : serviceNamed(m, name)
  return service && isDeferred(m, service) ? DEFERRED : OUTAGE
}

/** What the effect is about, in the words of the plan. */
export function nameIn(m: Migration, effect: Effect): string {
  const move = moveOf(m, effect.subject)
  if (move) return nameOf(move)
  return serviceNameOf(m, effect) ?? subjectName(effect.subject)
}
