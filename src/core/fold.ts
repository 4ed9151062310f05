// Folds journal entries into a migration. Pure: the same entries give the same migration, in every process, after any crash.
// An entry that does not fit is a bug of the writer and throws: guessing here would decide on a world that never was.
import { type Effect, effectId } from './effects.ts'
import type { Entry, EntryOf } from './entries.ts'
import { SHOWN_AFTER_MS } from './limits.ts'
import type { Cleanup, EffectState, Migration } from './migration.ts'
import { outageAfter } from './outage.ts'

export function fold(entries: readonly Entry[]): Migration | null {
  return entries.reduce<Migration | null>(extend, null)
}

/** The migration after one more entry. Throws when the entry is not the next one or speaks of an unknown effect. */
export function extend(migration: Migration | null, entry: Entry): Migration {
  if (migration === null) return begin(entry)
  if (entry.rev !== migration.rev + 1) {
    throw new Error(`entry ${entry.rev} does not follow ${migration.rev} of ${migration.id}`)
  }
  const changed = { ...migration, ...change(migration, entry), ...trust(migration, entry), rev: entry.rev }
  return { ...changed, outage: outageAfter(migration, changed, entry) }
}

/** Another Redis run may have come up without the last entries of the one before it. */
function trust(m: Migration, { kind, runId, atMs }: Entry): Pick<Migration, 'runId' | 'doubtUntilMs'> {
  const isDoubted = kind === 'doubted' || runId !== m.runId
  return { runId, doubtUntilMs: isDoubted ? atMs + SHOWN_AFTER_MS : m.doubtUntilMs }
}

function begin(entry: Entry): Migration {
  if (entry.kind !== 'planned' || entry.rev !== 1) {
    throw new Error(`a journal begins with planned, not ${entry.kind} at ${entry.rev}`)
  }
  const { id, plan, inventory, rules, by, channel, seeds } = entry
  return {
    id,
    rev: 1,
    phase: 'planned',
    paused: false,
    plan,
    inventory,
    found: [],
    gone: new Set(),
    rules,
    choices: [],
    by,
    channel,
    seeds,
    runId: entry.runId,
    doubtUntilMs: 0,
    plannedAtMs: entry.atMs,
    asking: null,
    approvals: [],
    deferrals: [],
    warned: new Set(),
    freezes: [],
    effects: new Map(),
    outage: null,
    wentLiveAtMs: null,
    percentsAtGoLive: {},
    endedAtMs: null,
    cleanup: null,
  }
}

function change(m: Migration, entry: Entry): Partial<Migration> {
  const { atMs, rev } = entry
  switch (entry.kind) {
    case 'planned':
      throw new Error(`${m.id} is planned already`)
    case 'replanned':
      return { plan: entry.plan, choices: entry.choices, found: entry.found }
    case 'gone':
      return { gone: new Set([...m.gone, ...entry.volumes]) }
    case 'asked':
      return { asking: { gate: entry.gate, basis: entry.basis, atMs } }
    case 'withdrew':
      return { asking: null, approvals: m.approvals.filter(({ gate }) => gate !== entry.gate) }
    case 'approved':
      return { approvals: [...m.approvals, { gate: entry.gate, by: entry.by, basis: entry.basis, atMs, rev }] }
    case 'declined':
      return { asking: null, phase: 'aborted', endedAtMs: atMs }
    case 'began':
      return { asking: null, phase: 'seeding' }
    case 'freezing':
      return {
        asking: null,
        // A freeze that was lost and found again may belong to a migration that is further, or on its way back.
        phase: ['moving', 'live', 'aborting'].includes(m.phase) ? m.phase : 'frozen',
        freezes: [...m.freezes, { id: entry.freeze, services: entry.services, atMs }],
      }
    case 'deferred':
      return { deferrals: [...m.deferrals, { service: entry.service, by: entry.by, reason: entry.reason, atMs }] }
    case 'warned':
      return { warned: new Set([...m.warned, entry.about]) }
    case 'doubted':
      return {}
    case 'paused':
      return { paused: true }
    case 'resumed':
      return { paused: false }
    case 'wentLive':
      return { asking: null, phase: 'live', wentLiveAtMs: atMs, percentsAtGoLive: entry.percents }
    case 'aborting':
      return { asking: null, paused: false, phase: 'aborting' }
    case 'cleaning':
      return {
        // What was agreed to in an earlier one was about that one.
        approvals: m.approvals.filter(({ gate }) => gate !== 'cleanup'),
        cleanup: { by: entry.by, atMs, rev, approved: null, kept: new Map(), endedAtMs: null },
      }
    case 'clearing':
      return { asking: null, ...cleanup(m, { approved: entry.resources }) }
    case 'kept': {
      const more = entry.resources.map(({ id, why }): [string, string] => [id, why])
      return cleanup(m, { kept: new Map([...(m.cleanup?.kept ?? []), ...more]) })
    }
    case 'cleaned':
      return { asking: null, ...cleanup(m, { endedAtMs: atMs }) }
    case 'aborted':
    case 'done':
      // Nobody can resume what is over; a cleanup may follow.
      return { asking: null, paused: false, phase: entry.kind, endedAtMs: atMs }
    default:
      return changeEffects(m, entry)
  }
}

function cleanup(m: Migration, changed: Partial<Cleanup>): Partial<Migration> {
  if (!m.cleanup) throw new Error(`nobody has asked for a cleanup of ${m.id} at ${m.rev}`)
  return { cleanup: { ...m.cleanup, ...changed } }
}

type OfEffects = 'intended' | 'issued' | 'notCalled' | 'started' | 'seen' | 'read' | 'confirmed' | 'failed' | 'retried'

function changeEffects(m: Migration, entry: EntryOf<OfEffects>): Partial<Migration> {
  const { atMs } = entry
  switch (entry.kind) {
    case 'intended': {
      const states = entry.effects.map((effect) => intended(effect, entry))
      return { effects: withEffects(m, states), ...phaseOf(m, entry.effects) }
    }
    case 'issued':
      return set(m, entry.effect, (was) => ({ status: 'issued', attempts: was.attempts + 1, issuedAtMs: atMs }))
    case 'notCalled':
      return set(m, entry.effect, () => ({ status: 'intended', issuedAtMs: null, notBeforeMs: atMs + entry.retryMs }))
    case 'started':
      return set(m, entry.effect, ({ status, resource }) => ({
        status: status === 'achieved' ? 'achieved' : 'started',
        resource: entry.resource ?? resource,
      }))
    case 'seen':
      return { effects: withEffects(m, seen(m, entry)) }
    case 'read': {
      const { doubts, leftKib, sync, isStalled, sourceRole } = entry
      const reading = { doubts, leftKib, sync, isStalled, sourceRole }
      return set(m, entry.effect, () => ({ status: 'achieved', achievedAtMs: atMs, reading }))
    }
    case 'confirmed': {
      const { by } = entry
      const done = { status: 'achieved', achievedAtMs: atMs, confirmedBy: by } as const
      return {
        effects: withEffects(
          m,
          entry.effects.map((id) => ({ ...known(m, id), ...done })),
        ),
      }
    }
    case 'failed': {
      const { code, problem, remedy } = entry
      return set(m, entry.effect, () => ({ status: 'failed', failure: { code, problem, remedy } }))
    }
    case 'retried': {
      const { effect } = known(m, entry.effect)
      return { effects: withEffects(m, [intended({ ...effect, generation: effect.generation + 1 }, entry)]) }
    }
  }
}

function intended(effect: Effect, { rev, atMs }: Entry): EffectState {
  return {
    effect,
    status: 'intended',
    attempts: 0,
    intendedRev: rev,
    intendedAtMs: atMs,
    issuedAtMs: null,
    notBeforeMs: 0,
    resource: null,
    achievedAtMs: null,
    confirmedBy: null,
    failure: null,
    reading: null,
  }
}

function phaseOf(m: Migration, effects: readonly Effect[]): Partial<Migration> {
  return m.phase === 'frozen' && effects.some(({ step }) => step === 'snapshot') ? { phase: 'moving' } : {}
}

function seen(m: Migration, entry: EntryOf<'seen'>): EffectState[] {
  const started = entry.started.map(({ effect, resource }) => ({
    ...known(m, effect),
    status: 'started' as const,
    resource,
  }))
  const byId = new Map(started.map((state) => [effectId(state.effect), state]))
  const achieved = entry.achieved.map((effect) => ({
    ...(byId.get(effect) ?? known(m, effect)),
    status: 'achieved' as const,
    achievedAtMs: entry.atMs,
  }))
  return [...started, ...achieved]
}

function set(m: Migration, id: string, changed: (was: EffectState) => Partial<EffectState>): Partial<Migration> {
  const was = known(m, id)
  return { effects: withEffects(m, [{ ...was, ...changed(was) }]) }
}

function withEffects(m: Migration, states: readonly EffectState[]): Migration['effects'] {
  const effects = new Map(m.effects)
  for (const state of states) effects.set(effectId(state.effect), state)
  return effects
}

function known(m: Migration, id: string): EffectState {
  const state = m.effects.get(id)
  if (!state) throw new Error(`${m.id} knows no effect ${id} at ${m.rev}`)
  return state
}
