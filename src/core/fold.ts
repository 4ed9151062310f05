// Folds journal entries into a migration. Pure: the same entries give the same migration, in every process, after any crash.
// An entry that does not fit is a bug of the writer and throws: guessing here would decide on a world that never was.
import {
  type Approval,
  type Effect,
  type EffectState,
  type Entry,
  effectId,
  type Gate,
  type Migration,
} from './migration.ts'

export function fold(entries: readonly Entry[]): Migration | null {
  return entries.reduce<Migration | null>(extend, null)
}

/** The migration after one more entry. Throws when the entry is not the next one or speaks of an unknown effect. */
export function extend(migration: Migration | null, entry: Entry): Migration {
  if (migration === null) return begin(entry)
  if (entry.rev !== migration.rev + 1)
    throw new Error(`entry ${entry.rev} does not follow ${migration.rev} of ${migration.id}`)
  return { ...migration, ...change(migration, entry), rev: entry.rev }
}

function begin(entry: Entry): Migration {
  if (entry.kind !== 'planned' || entry.rev !== 1)
    throw new Error(`a journal begins with planned, not ${entry.kind} at ${entry.rev}`)
  const { id, plan, by, channel, seeds } = entry
  return {
    id,
    rev: 1,
    phase: 'planned',
    paused: false,
    plan,
    by,
    channel,
    seeds,
    plannedAtMs: entry.atMs,
    asking: null,
    approvals: [],
    freeze: null,
    effects: new Map(),
    opened: [],
    outage: null,
    endedAtMs: null,
  }
}

function change(m: Migration, entry: Entry): Partial<Migration> {
  switch (entry.kind) {
    case 'planned':
      throw new Error(`${m.id} is planned already`)
    case 'asked':
      return { asking: { gate: entry.gate, basis: entry.basis, atMs: entry.atMs, evidence: entry.evidence } }
    case 'withdrew':
      return { asking: null, approvals: m.approvals.filter(({ gate }) => gate !== entry.gate) }
    case 'approved':
      return {
        approvals: [
          ...m.approvals,
          { gate: entry.gate, by: entry.by, basis: entry.basis, atMs: entry.atMs, rev: entry.rev },
        ],
      }
    case 'declined':
      return { asking: null, phase: 'aborted', endedAtMs: entry.atMs }
    case 'began':
      return { asking: null, phase: 'seeding' }
    case 'freezing':
      return {
        asking: null,
        phase: 'frozen',
        outage: { fromMs: entry.atMs, untilMs: null, gateWaitMs: 0 },
        freeze: { id: entry.freeze, atMs: entry.atMs, rev: entry.rev, confirmedBy: null, confirmedAtMs: null },
      }
    case 'confirmed':
      return m.freeze && m.outage
        ? {
            freeze: { ...m.freeze, confirmedBy: entry.by, confirmedAtMs: entry.atMs },
            outage: { ...m.outage, gateWaitMs: m.outage.gateWaitMs + entry.atMs - m.freeze.atMs },
          }
        : bug(m, entry)
    case 'wentLive':
      return { asking: null, phase: 'live', outage: waited(m, entry.atMs) }
    case 'intended':
      return {
        effects: withEffects(
          m,
          entry.effects.map((effect) => intended(effect, entry.rev)),
        ),
        ...phaseOf(m, entry.effects),
      }
    case 'issued':
      return set(m, entry.effect, (was) => ({ status: 'issued', attempts: was.attempts + 1, issuedAtMs: entry.atMs }))
    case 'notCalled':
      return set(m, entry.effect, () => ({
        status: 'intended',
        issuedAtMs: null,
        notBeforeMs: entry.atMs + entry.retryMs,
      }))
    case 'started':
      return set(m, entry.effect, (was) => ({
        status: was.status === 'achieved' ? 'achieved' : 'started',
        resource: entry.resource,
      }))
    case 'seen':
      return { effects: withEffects(m, seen(m, entry)) }
    case 'failed':
      return set(m, entry.effect, () => ({
        status: 'failed',
        failure: { code: entry.code, problem: entry.problem, remedy: entry.remedy },
      }))
    case 'retried':
      return { effects: withEffects(m, [anew(known(m, entry.effect), entry.rev)]) }
    case 'opened':
      return { opened: [...m.opened, ...entry.services], outage: reopened(m, entry.services, entry.atMs) }
    case 'done':
      return { phase: 'done', endedAtMs: entry.atMs }
  }
}

function intended(effect: Effect, rev: number): EffectState {
  return {
    effect,
    status: 'intended',
    attempts: 0,
    intendedRev: rev,
    issuedAtMs: null,
    notBeforeMs: 0,
    resource: null,
    achievedAtMs: null,
    failure: null,
  }
}

function anew(was: EffectState, rev: number): EffectState {
  return intended({ ...was.effect, generation: was.effect.generation + 1 }, rev)
}

function phaseOf(m: Migration, effects: readonly Effect[]): Partial<Migration> {
  return m.phase === 'frozen' && effects.some(({ step }) => step === 'snapshot') ? { phase: 'moving' } : {}
}

function seen(m: Migration, entry: Extract<Entry, { kind: 'seen' }>): EffectState[] {
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

/** What the outage spent waiting for people grows by the time from the question to its answer taking effect. */
function waited(m: Migration, atMs: number): Migration['outage'] {
  return m.outage && m.asking ? { ...m.outage, gateWaitMs: m.outage.gateWaitMs + atMs - m.asking.atMs } : m.outage
}

function reopened(m: Migration, services: readonly string[], atMs: number): Migration['outage'] {
  const open = new Set([...m.opened, ...services])
  const isOver = m.plan.services.every(({ name, need }) => need === 'deferrable' || open.has(name))
  return m.outage && isOver ? { ...m.outage, untilMs: atMs } : m.outage
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
  return m.effects.get(id) ?? bug(m, { kind: id })
}

function bug(m: Migration, { kind }: { kind: string }): never {
  throw new Error(`${kind} has no place in ${m.id} at ${m.rev}`)
}

/** The approval that counts for this gate on this basis, or none. */
export function approvalOf(m: Migration, gate: Gate, basis: string): Approval | null {
  return m.approvals.findLast((approval) => approval.gate === gate && approval.basis === basis) ?? null
}

export function isAchieved(m: Migration, effect: Effect): boolean {
  return m.effects.get(effectId(effect))?.status === 'achieved'
}

/** The newest generation of a step, or none if it was never intended. */
export function latest(m: Migration, subject: string, step: Effect['step']): EffectState | null {
  for (let generation = 1, found: EffectState | null = null; ; generation++) {
    const next = m.effects.get(effectId({ subject, step, generation }))
    if (!next) return found
    found = next
  }
}
