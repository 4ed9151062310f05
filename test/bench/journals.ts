// The whole journal of a migration that is half-way, with every entry a real run writes: decided by decide, and said of calls
// and by people as the jobs and operations say it. What an entry looks like is known here alone, at the end of the file.
import { decide } from '../../src/core/decide.ts'
import { extend } from '../../src/core/journal/fold.ts'
import { callOf, type EffectState, effectId } from '../../src/core/model/effects.ts'
import { type Entry, type EntryBody, JOURNAL_VERSION } from '../../src/core/model/entries.ts'
import { factsOf, type Observed } from '../../src/core/model/facts.ts'
import { OBSERVE_SHORT_MS } from '../../src/core/model/limits.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import type { Plan } from '../../src/core/model/plan.ts'
import type { PlanRequest } from '../../src/core/planning/request.ts'
import { observedIn, perform, type World, worldOf } from './world.ts'

/** As Redis keeps it: one JSON text an entry; and the world as it is by then. */
export type Halfway = { readonly texts: readonly string[]; readonly observed: Observed; readonly nowMs: number }

const ID = 'mig-20260303-0510'
/** The channel of its thread. */
export const CHANNEL = 'C-1'
const BEGAN_AT_MS = Date.UTC(2026, 2, 3, 5, 10)
/** As often as a tick looks while calls are under way; no attachment is stuck before the end. */
const ROUND_MS = OBSERVE_SHORT_MS
/** What the rates of EC2 let through between two looks is less; this keeps the looks few. */
const CALLS_A_ROUND = 1_000
const ROUNDS_MAX = 2_000

type Run = { migration: Migration; readonly entries: Entry[]; readonly world: World; nowMs: number }

export function halfway(request: PlanRequest, plan: Plan, id = ID): Halfway {
  const first = stamped(saidPlanned(request, plan, id), 1, BEGAN_AT_MS)
  const world = worldOf(request.inventory, plan.moves)
  const run: Run = { migration: extend(null, first), entries: [first], world, nowMs: BEGAN_AT_MS }
  for (let rounds = 0; rounds < ROUNDS_MAX; rounds++) {
    if (isQuiet(run, round(run))) {
      const observed = observedIn(world, { rev: run.migration.rev, nowMs: run.nowMs })
      return { texts: run.entries.map((entry) => JSON.stringify(entry)), observed, nowMs: run.nowMs }
    }
    run.nowMs += ROUND_MS
  }
  throw new Error(`${plan.moves.length} volumes are not half-way after ${ROUNDS_MAX} rounds: ${run.migration.phase}`)
}

/** A look, what is decided on it, the answers of people, and the calls: how many of them. */
function round(run: Run): number {
  const { world, nowMs } = run
  const facts = factsOf(observedIn(world, { rev: run.migration.rev, nowMs }))
  let decision = decide(run.migration, facts, nowMs)
  for (; decision.next; decision = decide(run.migration, facts, nowMs)) append(run, decision.next)
  const { asking, effects } = run.migration
  if (asking && asking.gate !== 'goLive') append(run, saidApproved(asking))
  const byHand = effects.values().filter(({ effect, status }) => callOf(effect) === null && status === 'intended')
  for (const state of byHand) append(run, saidConfirmed(state))
  const calls = decision.effects.slice(0, CALLS_A_ROUND)
  for (const state of calls) {
    append(run, saidIssued(state))
    const issued = run.entries.at(-1)?.nonce ?? ''
    const { migration } = run
    append(run, saidStarted(state, issued, perform(world, { migration, effect: state.effect, issued, nowMs })))
  }
  return calls.length + byHand.length + (asking ? 1 : 0)
}

/** Moving, with nothing left to say or to call: all that is under way takes its time. */
function isQuiet({ migration, world, nowMs }: Run, acts: number): boolean {
  if (migration.phase !== 'moving' || acts > 0) return false
  const facts = factsOf(observedIn(world, { rev: migration.rev, nowMs }))
  return decide(migration, facts, nowMs).next === null
}

function append(run: Run, said: EntryBody): void {
  const entry = stamped(said, run.migration.rev + 1, run.nowMs)
  run.entries.push(entry)
  run.migration = extend(run.migration, entry)
}

function stamped(said: EntryBody, rev: number, atMs: number): Entry {
  const nonce = rev.toString(36).padStart(12, '0')
  const [runId, replicationId] = [
    '0123456789abcdef0123456789abcdef01234567',
    '89abcdef0123456789abcdef0123456789abcdef',
  ]
  return { rev, atMs, nonce, runId, replicationId, ...said }
}

function saidPlanned({ inventory, rules }: PlanRequest, plan: Plan, id: string): EntryBody {
  return {
    kind: 'planned',
    explained: [],
    version: JOURNAL_VERSION,
    id,
    plan,
    inventory,
    rules,
    by: 'U-asker',
    channel: CHANNEL,
    seeds: true,
  }
}

function saidApproved({ gate, basis, nonce: asked }: NonNullable<Migration['asking']>): EntryBody {
  return { kind: 'approved', asked, gate, basis, by: 'U-approver' }
}

function saidConfirmed({ effect, intended }: EffectState): EntryBody {
  return { kind: 'confirmed', intended, effects: [effectId(effect)], by: 'U-approver' }
}

function saidIssued({ effect }: EffectState): EntryBody {
  return { kind: 'issued', effect: effectId(effect) }
}

function saidStarted({ effect }: EffectState, issued: string, resource: string | null): EntryBody {
  return { kind: 'started', effect: effectId(effect), issued, resource }
}
