// Folds journal entries into a migration. The fold is pure: the same entries give the same migration, in every process,
// after any crash. Each entry costs the same, however long the journal is.
//
// An entry that does not fit (transitions.ts) changes nothing but that the migration is halted there: guessing would
// mean deciding on a world that never was. An entry that names an attempt, a question or a failure other than the
// current one changes nothing.
import { EffectStates, noEffects } from '../model/effect-states.ts'
import { type Effect, type EffectState, effectId, type Failure, type Hindrance } from '../model/effects.ts'
import type { Entry, EntryOf } from '../model/entries.ts'
import { SHOWN_AFTER_MS } from '../model/limits.ts'
import type { Cleanup, Doubt, Freeze, Halt, Migration, Phase } from '../model/migration.ts'
import { sourcesOf } from '../model/moves.ts'
import { concernsOutage, outageAfter } from './outage.ts'
import { saysOver } from './state.ts'
import { EFFECTS, misfit, rowOf } from './transitions.ts'

/**
 * The migration after these entries; null if there are none. Throws if they do not begin with `planned`, or one is
 * missing.
 */
export function fold(entries: readonly Entry[]): Migration | null {
  return extendAll(null, entries)
}

/** The migration after one more entry. Throws if that entry is not the next one. */
export function extend(migration: Migration | null, entry: Entry): Migration {
  return migration === null ? begin(entry) : { ...migration, ...changesBy(migration, entry) }
}

/** The migration after many more entries, at the cost of one new migration. Throws as `extend` does. */
export function extendAll(migration: Migration | null, entries: readonly Entry[]): Migration | null {
  const [first] = entries
  if (!first) return migration
  const drafted: Migration = migration === null ? { ...begin(first), effects: EffectStates.draft() } : { ...migration }
  const rest = migration === null ? entries.slice(1) : entries
  for (const entry of rest) Object.assign(drafted, changesBy(drafted, entry))
  return { ...drafted, effects: drafted.effects.finished() }
}

function changesBy(m: Migration, entry: Entry): Partial<Migration> {
  if (entry.rev !== m.rev + 1) throw new Error(`entry ${entry.rev} does not follow ${m.rev} of ${m.id}`)
  const why = misfit(m, entry)
  const { runId, replicationId, rev } = entry
  const changes: Partial<Migration> = {
    ...(why === null ? change(m, entry) : haltAt(m, entry, why)),
    runId,
    replicationId,
    doubt: doubtAfter(m, entry),
    rev,
  }
  if (!concernsOutage(m, entry)) return changes
  return { ...changes, outage: outageAfter(m, { ...m, ...changes }, entry) }
}

/**
 * The doubt after this entry. Another Redis run, or another history, may have come up without the last entries of the
 * one before it.
 */
function doubtAfter(m: Migration, entry: Entry): Migration['doubt'] {
  const { kind, runId, replicationId, atMs } = entry
  const isOther = runId !== m.runId || replicationId !== m.replicationId
  // A person who resumes a halted migration, or aborts one in spite of a rival, vouches for no more than that the other writer is gone.
  const isTakenBack = kind === 'resumed' ? m.halted !== null : kind === 'aborting' && m.halted?.rival != null
  const begins = kind === 'doubted' || isOther || isTakenBack || (kind === 'adopted' && !m.doubt?.isOpen)
  if (begins) return openDoubt(atMs)
  // What tags told is so: the entries that would say it were lost, before this answer, and others may be lost with them.
  if (entry.kind === 'settled' && !m.doubt?.isOpen && isOfLost(m, entry)) return openDoubt(atMs - 1)
  return kind === 'looked' && m.doubt ? { ...m.doubt, isOpen: false } : m.doubt
}

/** Whether the answer says that entries are lost. That `left` stands again somebody else wrote, and no entry would say it. */
function isOfLost({ suspicions }: Migration, { isSo, suspected }: EntryOf<'settled'>): boolean {
  return isSo && [...suspicions.values()].some(({ about, nonce }) => nonce === suspected && about !== 'leftAgain')
}

function openDoubt(sinceMs: number): Doubt {
  return { sinceMs, untilMs: sinceMs + SHOWN_AFTER_MS, isOpen: true }
}

function haltAt(m: Migration, { kind, nonce, rev }: Entry, why: string): Partial<Migration> {
  const { from, entries, rival } = m.halted ?? { from: m.phase, entries: [], rival: null }
  const misfits = new Map([...m.misfits, [nonce, `entry ${rev} (${kind}) does not fit: ${why}`]])
  return {
    phase: 'halted',
    asking: null,
    misfits,
    halted: haltOf({ from, rival, entries: [...entries, nonce] }, misfits),
  }
}

/** The halt, with `why` set to what has to be passed next: the first entry that does not fit, else the rival. */
function haltOf(halt: Omit<Halt, 'why'>, misfits: Migration['misfits']): Halt {
  const [next] = halt.entries
  return { ...halt, why: (next === undefined ? halt.rival : misfits.get(next)) ?? '' }
}

function begin(entry: Entry): Migration {
  if (entry.kind !== 'planned' || entry.rev !== 1) {
    throw new Error(`a journal begins with planned, not ${entry.kind} at ${entry.rev}`)
  }
  const { version, id, plan, inventory, explained, unjournalled, rules, by, channel, seeds, purpose, rebuilt } = entry
  const { runId, replicationId, atMs } = entry
  return {
    id,
    rev: 1,
    phase: 'planned',
    paused: false,
    plan,
    inventory,
    explained: new Set(explained),
    unjournalled: new Set(unjournalled),
    found: [],
    gone: new Set(),
    rules,
    choices: rebuilt?.choices ?? [],
    by,
    channel,
    seeds,
    freezeAskedMs: null,
    windowMs: entry.windowMs ?? null,
    purpose: purpose ?? 'move',
    isRebuilt: rebuilt !== undefined,
    version,
    runId,
    replicationId,
    away: null,
    doubt: rebuilt ? openDoubt(atMs) : null,
    halted: null,
    misfits: new Map(),
    plannedAtMs: entry.atMs,
    beganAtMs: null,
    chosenAtMs: entry.atMs,
    asking: null,
    questions: new Set(),
    approvals: [],
    suspicions: new Map(),
    deferrals: [],
    isExceeded: false,
    keptBackMs: null,
    returns: [],
    warned: new Set(),
    freezes: [],
    effects: noEffects(),
    deltas: new Map(),
    earlier: entry.earlier ?? {},
    rehearsed: entry.rehearsed ?? {},
    older: entry.older ?? {},
    outage: null,
    wentLiveAtMs: null,
    percentsAtGoLive: {},
    endedAtMs: null,
    cleanup: null,
  }
}

function change(m: Migration, entry: Entry): Partial<Migration> {
  if (entry.kind === 'planned' || !isAbout(m, entry)) return {}
  const to = rowOf(m.phase, entry)?.to
  const changes = changedBy(m, entry)
  // Several things may halt a migration, and each of them has to be dealt with.
  const phase = to === 'before' ? phaseBefore(m, changes) : to
  return phase ? { ...changes, phase } : changes
}

/** What holds a migration up, and what lets it go on. */
function holding(m: Migration, entry: EntryOf<'paused' | 'resumed' | 'halted' | 'skipped'>): Partial<Migration> {
  switch (entry.kind) {
    case 'paused':
      return { paused: true, asking: null, keptBackMs: null }
    case 'resumed':
      return m.halted ? { paused: false, halted: null } : { paused: false }
    case 'halted':
      return { asking: null, halted: { from: m.phase, why: entry.why, entries: [], rival: entry.why } }
    case 'skipped':
      return skip(m, entry.entry)
  }
}

function phaseBefore({ phase, halted }: Migration, changes: Partial<Migration>): Phase {
  return halted && changes.halted === null ? halted.from : phase
}

/** Whether the entry still applies: a question that is not asked any more cannot be declined. */
function isAbout({ asking }: Migration, entry: Entry): boolean {
  return entry.kind !== 'declined' || entry.asked === null || entry.asked === asking?.nonce
}

function changedBy(m: Migration, entry: Entry): Partial<Migration> {
  const { atMs, rev } = entry
  switch (entry.kind) {
    case 'replanned':
      return replanned(entry)
    case 'gone':
      return { gone: new Set([...m.gone, ...entry.volumes]) }
    case 'asked':
    case 'missing':
    case 'shown':
    case 'withdrew':
      return changeQuestion(m, entry)
    case 'approved': {
      const { asked, gate, basis, by } = entry
      return m.asking?.nonce === asked ? { approvals: [...m.approvals, { asked, gate, basis, by, atMs, rev }] } : {}
    }
    case 'declined':
      return { asking: null, endedAtMs: atMs }
    case 'began':
      return { asking: null, beganAtMs: atMs }
    case 'freezing':
      return { asking: null, keptBackMs: null, freezes: [...m.freezes, freezeBy(m, entry)] }
    case 'deferred':
      return { deferrals: [...m.deferrals, { service: entry.service, by: entry.by, reason: entry.reason, atMs }] }
    case 'exceeded':
      return { isExceeded: true, keptBackMs: null }
    case 'returned':
      return { returns: [...m.returns, { service: entry.service, by: entry.by, reason: entry.reason, atMs }] }
    case 'warned':
      return { warned: new Set([...m.warned, entry.about]), ...(saysOver(entry.about) ? { keptBackMs: atMs } : {}) }
    case 'suspected':
    case 'settled':
      return { suspicions: suspicionsAfter(m, entry) }
    case 'paused':
    case 'resumed':
    case 'halted':
    case 'skipped':
      return holding(m, entry)
    case 'wentLive':
      return { asking: null, wentLiveAtMs: atMs, percentsAtGoLive: entry.percents }
    case 'aborting':
      return { asking: null, keptBackMs: null, paused: false, halted: null, suspicions: withoutLeft(m) }
    case 'aborted':
    case 'done':
      // Nobody can resume a migration that is over, so it is not paused any more; a cleanup may follow.
      return { asking: null, paused: false, endedAtMs: atMs }
    case 'cleaning':
    case 'clearing':
    case 'kept':
    case 'cleaned':
      return changeCleanup(m, entry)
    case 'unreachable':
    case 'reachable':
      return { away: awayAfter(m, entry) }
    case 'planned':
    case 'noted':
    case 'doubted':
    case 'looked':
      return {}
    default:
      return changeEffects(m, entry)
  }
}

function changeQuestion(m: Migration, entry: EntryOf<'asked' | 'missing' | 'shown' | 'withdrew'>): Partial<Migration> {
  const { asking } = m
  const { atMs, rev, nonce } = entry
  switch (entry.kind) {
    case 'asked': {
      const { gate, basis, behind = [] } = entry
      return {
        asking: { gate, basis, nonce, atMs, sinceMs: sinceWhen(m, entry), missingRev: null, behind },
        keptBackMs: null,
        ...(gate === 'freeze' ? { freezeAskedMs: m.freezeAskedMs ?? atMs } : {}),
        questions: new Set([...m.questions, nonce]),
      }
    }
    case 'missing':
      return asking?.nonce === entry.asked ? { asking: { ...asking, missingRev: rev } } : {}
    case 'shown':
      return asking?.nonce === entry.asked ? { asking: { ...asking, missingRev: null } } : {}
    case 'withdrew':
      return asking?.gate === entry.gate ? { asking: null } : {}
  }
}

function awayAfter({ away }: Migration, entry: EntryOf<'unreachable' | 'reachable'>): Migration['away'] {
  if (entry.kind === 'reachable') return away?.service === entry.service ? { ...away, untilMs: entry.atMs } : away
  const { service, isAnswering, why, sinceMs } = entry
  return { service, isAnswering, why, sinceMs, untilMs: null }
}

function suspicionsAfter({ suspicions }: Migration, entry: EntryOf<'suspected' | 'settled'>): Migration['suspicions'] {
  if (entry.kind === 'suspected') {
    const { about, says, volumes, nonce } = entry
    return new Map([...suspicions, [about, { about, says, volumes, nonce, isSo: null, settledAtMs: null }]])
  }
  const { suspected, isSo, atMs } = entry
  return new Map(
    [...suspicions].map(([about, one]) => [about, one.nonce === suspected ? { ...one, isSo, settledAtMs: atMs } : one]),
  )
}

/** Before services go home it is asked anew whether it went live, whatever was said earlier. */
function withoutLeft({ suspicions }: Migration): Migration['suspicions'] {
  return suspicions.has('left') ? new Map([...suspicions].filter(([about]) => about !== 'left')) : suspicions
}

function replanned({ plan, choices, found, by, atMs, ...anew }: EntryOf<'replanned'>): Partial<Migration> {
  const { inventory, explained, unjournalled } = anew
  const seen = {
    ...(inventory ? { inventory } : {}),
    ...(explained ? { explained: new Set(explained) } : {}),
    ...(unjournalled ? { unjournalled: new Set(unjournalled) } : {}),
  }
  return { plan, choices, found, ...seen, ...(by === null ? {} : { chosenAtMs: atMs }) }
}

/** A question that only shows something new goes on asking; one whose approval was void begins anew. */
function sinceWhen({ asking }: Migration, { gate, again, atMs }: EntryOf<'asked'>): number {
  return asking?.gate === gate && again === null ? asking.sinceMs : atMs
}

/** Once every entry that did not fit is passed, the migration goes on where it was, unless a rival halts it as well. */
function skip({ halted, misfits }: Migration, nonce: string): Partial<Migration> {
  if (!halted?.entries.includes(nonce)) return {}
  const entries = halted.entries.filter((one) => one !== nonce)
  if (entries.length === 0 && halted.rival === null) return { halted: null }
  return { halted: haltOf({ ...halted, entries }, misfits) }
}

function changeCleanup(m: Migration, entry: EntryOf<'cleaning' | 'clearing' | 'kept' | 'cleaned'>): Partial<Migration> {
  const { atMs, rev } = entry
  const changed = (of: Partial<Cleanup>): Partial<Migration> => (m.cleanup ? { cleanup: { ...m.cleanup, ...of } } : {})
  switch (entry.kind) {
    case 'cleaning':
      return { cleanup: { by: entry.by, atMs, rev, approved: null, kept: new Map(), endedAtMs: null } }
    case 'clearing':
      return { asking: null, ...changed({ approved: entry.resources }) }
    case 'kept': {
      const more = entry.resources.map(({ id, why }): [string, string] => [id, why])
      return changed({ kept: new Map([...(m.cleanup?.kept ?? []), ...more]) })
    }
    case 'cleaned':
      return { asking: null, ...changed({ endedAtMs: atMs }) }
  }
}

type OfEffects =
  | 'intended'
  | 'issued'
  | 'notCalled'
  | 'unanswered'
  | 'started'
  | 'adopted'
  | 'seen'
  | 'read'
  | 'confirmed'
  | 'failed'
  | 'retried'
  | 'measured'

function changeEffects(m: Migration, entry: EntryOf<OfEffects>): Partial<Migration> {
  const { atMs, nonce } = entry
  switch (entry.kind) {
    case 'intended':
      return { effects: m.effects.with(entry.effects.map((effect) => intended(effect, entry))) }
    case 'issued':
      return set(m, entry.effect, ({ attempts }) => ({
        status: EFFECTS.issued.to,
        attempts: [...attempts, { nonce, atMs }],
      }))
    case 'notCalled':
      return outcome(m, entry, (was) => ({
        status: EFFECTS.notCalled.to,
        notBeforeMs: atMs + entry.retryMs,
        hindrance: entry.answer ? hindranceAfter(was, entry.answer, atMs) : was.hindrance,
      }))
    case 'unanswered':
      return outcome(m, entry, (was) => ({
        status: EFFECTS.unanswered.to,
        hindrance: hindranceAfter(was, entry.answer, atMs),
      }))
    case 'started':
      return begun(m, entry)
    case 'adopted':
      return { effects: m.effects.with(adopted(m, entry)) }
    case 'seen':
      return { effects: m.effects.with(seen(m, entry)) }
    case 'measured':
      return { deltas: new Map([...m.deltas, [entry.second, entry.gib]]) }
    case 'read': {
      const { doubts, leftKib, sync, isStalled, sourceRole } = entry
      const reading = { doubts, leftKib, sync, isStalled, sourceRole }
      return set(m, entry.effect, () => ({ status: EFFECTS.read.to, achievedAtMs: atMs, reading }))
    }
    case 'confirmed': {
      const { by, intended: name, effects } = entry
      const mine = effects.flatMap((id) => m.effects.get(id) ?? [])
      const asked = mine.filter(({ status, intended }) => intended === name && EFFECTS.confirmed.from.includes(status))
      const done = { status: EFFECTS.confirmed.to, achievedAtMs: atMs, confirmedBy: by, failure: null } as const
      return { effects: m.effects.with(asked.map((state) => ({ ...state, ...done }))) }
    }
    case 'failed': {
      const { code, problem, remedy, issued } = entry
      const failed = { status: EFFECTS.failed.to, failure: { code, problem, remedy, nonce } } as const
      return issued === null ? set(m, entry.effect, () => failed) : outcome(m, { ...entry, issued }, () => failed)
    }
    case 'retried': {
      const state = m.effects.get(entry.effect)
      if (state?.failure?.nonce !== entry.failed) return {}
      const next = { ...state.effect, generation: state.effect.generation + 1 }
      return m.effects.has(effectId(next)) ? {} : { effects: m.effects.with([intended(next, entry)]) }
    }
  }
}

function intended(effect: Effect, { rev, atMs, nonce }: Entry): EffectState {
  return {
    effect,
    status: EFFECTS.intended.to,
    attempts: [],
    intended: nonce,
    intendedRev: rev,
    intendedAtMs: atMs,
    hindrance: null,
    notBeforeMs: 0,
    resource: null,
    isFound: false,
    others: [],
    achievedAtMs: null,
    confirmedBy: null,
    failure: null,
    reading: null,
  }
}

/** Another code begins anew: what AWS was waited for before says nothing of how long it may answer so. */
function hindranceAfter({ hindrance }: EffectState, answer: Failure, atMs: number): Hindrance {
  return { ...answer, sinceMs: hindrance?.code === answer.code ? hindrance.sinceMs : atMs }
}

function set(m: Migration, id: string, changed: (was: EffectState) => Partial<EffectState>): Partial<Migration> {
  const was = m.effects.get(id)
  return was ? { effects: m.effects.with([{ ...was, ...changed(was) }]) } : {}
}

/**
 * Applies the outcome of the current attempt alone. What a process that slept appends about an older attempt, or about
 * one that was lost, changes nothing.
 */
function outcome(
  m: Migration,
  { effect, issued }: { readonly effect: string; readonly issued: string },
  changed: (was: EffectState) => Partial<EffectState>,
): Partial<Migration> {
  const was = m.effects.get(effect)
  const isAtHand = was?.status === 'issued' && was.attempts.at(-1)?.nonce === issued
  return isAtHand ? set(m, effect, changed) : {}
}

/** Where a look was faster than the answer, it has begun already, and the answer vouches for what the tags had shown. */
function begun(m: Migration, entry: EntryOf<'started'>): Partial<Migration> {
  const { effect, issued, resource } = entry
  const was = m.effects.get(effect)
  const isVouchedFor = was?.isFound && was.resource === resource && was.attempts.some(({ nonce }) => nonce === issued)
  if (isVouchedFor) return set(m, effect, () => ({ isFound: false }))
  return outcome(m, entry, (state) => ({ status: EFFECTS.started.to, resource: resource ?? state.resource }))
}

/** A freeze covers the sources that its services have in the plan as it is now. */
function freezeBy({ plan }: Migration, { freeze: id, services, atMs, rev }: EntryOf<'freezing'>): Freeze {
  const names = new Set(services)
  const sources = plan.moves.filter(({ service }) => names.has(service)).flatMap(sourcesOf)
  return { id, services, sources: sources.map((source) => source.id), atMs, rev }
}

/**
 * The states with the adopted things. Each thing is known from here on, as begun by the attempt whose entry is lost. If
 * its effect has begun already, it is one of the effect's `others`. Of an attempt for which there are several volumes it is known
 * only that it was made, and first, so that it is repeated with its token.
 */
function adopted(m: Migration, entry: EntryOf<'adopted'>): EffectState[] {
  const states = new Map<string, EffectState>()
  for (const { effect, issued, resource, others = [] } of entry.things) {
    const id = effectId(effect)
    const was = states.get(id) ?? m.effects.get(id) ?? intended(effect, entry)
    const attempt = { nonce: issued, atMs: entry.atMs }
    const isFirst = EFFECTS.adopted.from.includes(was.status)
    if (resource === null) {
      const begun = isFirst ? { status: EFFECTS.issued.to } : {}
      states.set(id, { ...was, attempts: [attempt, ...was.attempts], ...begun })
      continue
    }
    const isFound = was.isFound || was.resource === null
    const found = isFirst
      ? {
          status: EFFECTS.adopted.to,
          resource: was.resource ?? resource,
          others: [...was.others, ...others],
          isFound,
        }
      : { others: [...was.others, resource, ...others] }
    states.set(id, { ...was, attempts: [...was.attempts, attempt], ...found })
  }
  return [...states.values()]
}

function seen(m: Migration, entry: EntryOf<'seen'>): EffectState[] {
  const states = new Map<string, EffectState>()
  for (const { effect, resource, others } of entry.started) {
    const was = m.effects.get(effect)
    const isFound = was?.resource === resource ? was.isFound : true
    if (was) states.set(effect, { ...was, status: EFFECTS['seen begun'].to, resource, others, isFound })
  }
  for (const effect of entry.achieved) {
    const was = states.get(effect) ?? m.effects.get(effect)
    const madeInMs = entry.took?.[effect]
    const made = madeInMs === undefined ? {} : { madeInMs }
    const undated = m.doubt?.isOpen ? { isUndated: true as const } : {}
    if (was)
      states.set(effect, { ...was, ...made, ...undated, status: EFFECTS['seen done'].to, achievedAtMs: entry.atMs })
  }
  return [...states.values()]
}
