// What may follow what: one table of phases by kind of entry, and one of an effect's states by kind of entry. Every
// writer checks an entry here before it appends it. An entry that is in the journal all the same, and does not fit,
// halts the migration there (fold.ts).
//
// This is the second lock; the first is the code that decides. A bug there, another version or a hand in the journal
// must not pass the point of no return twice, or abort after it.

import { type Effect, type EffectState, effectId, STEPS_BESIDE } from '../model/effects.ts'
import type { Entry, EntryBody, Kind } from '../model/entries.ts'
import { BEFORE_LIVE, type Gate, type Migration, type Phase } from '../model/migration.ts'
import { hasLiveMark, isReturned, startsAtHome } from './services.ts'

const RUNNING: readonly Phase[] = [...BEFORE_LIVE, 'live', 'aborting']
const ENDED: readonly Phase[] = ['done', 'aborted']
const ANY: readonly Phase[] = [...RUNNING, ...ENDED, 'halted']

/**
 * One row of the phase table. `to`: the phase after the entry; null: the same; `before`: the phase in which it was halted.
 * `name`: a way of recovery, taken only if entries were lost. `when`: what the entry must say for the row to count.
 */
export type PhaseRow = {
  readonly from: readonly Phase[]
  readonly to: Phase | 'before' | null
  readonly name?: string
  readonly when?: (said: EntryBody) => boolean
  /** What `when` asks for, in words. */
  readonly of?: string
}

const stays = (from: readonly Phase[]): readonly PhaseRow[] => [{ from, to: null }]

/** The phases in which each kind of entry may come. The first row that holds the phase counts. */
export const PHASES: Readonly<Record<Exclude<Kind, 'planned'>, readonly PhaseRow[]>> = {
  replanned: stays(BEFORE_LIVE),
  gone: stays(BEFORE_LIVE),
  asked: stays([...BEFORE_LIVE, ...ENDED]),
  missing: stays([...BEFORE_LIVE, ...ENDED]),
  shown: stays([...BEFORE_LIVE, ...ENDED]),
  withdrew: stays([...BEFORE_LIVE, ...ENDED]),
  approved: stays(ANY),
  declined: [{ from: ['planned'], to: 'aborted' }],
  began: [{ from: ['planned'], to: 'seeding' }],
  freezing: [
    { from: ['seeding', 'frozen'], to: 'frozen' },
    { from: ['moving'], to: 'moving' },
    { from: ['planned'], to: 'frozen', name: 'a freeze found again before its start' },
    { from: ['live', 'aborting'], to: null, name: 'a freeze found again' },
  ],
  deferred: stays(BEFORE_LIVE),
  exceeded: stays(['seeding']),
  returned: stays(['live']),
  noted: stays(ANY),
  measured: stays(ANY),
  warned: stays(ANY),
  paused: stays([...BEFORE_LIVE, 'live']),
  resumed: [
    { from: RUNNING, to: null },
    { from: ['halted'], to: 'before' },
  ],
  unreachable: stays(ANY),
  reachable: stays(ANY),
  doubted: stays(ANY),
  adopted: stays([...RUNNING, ...ENDED]),
  looked: stays([...RUNNING, ...ENDED]),
  suspected: stays(RUNNING),
  settled: stays(ANY),
  halted: [{ from: [...RUNNING, ...ENDED], to: 'halted' }],
  skipped: [
    { from: ['halted'], to: 'before' },
    // A second click, when the halt is over: it changes nothing.
    { from: [...RUNNING, ...ENDED], to: null },
  ],
  wentLive: [
    // From `frozen` where all moves are replicas: without a final snapshot a migration is never `moving`.
    { from: ['frozen', 'moving'], to: 'live' },
    { from: ['planned', 'seeding', 'aborting'], to: 'live', name: 'the point of no return found again' },
  ],
  aborting: [{ from: [...BEFORE_LIVE, 'halted'], to: 'aborting' }],
  intended: [
    { from: ['frozen'], to: 'moving', when: cuts, of: 'a final snapshot' },
    { from: ['seeding', 'frozen', 'moving', 'live', 'aborting', ...ENDED], to: null },
  ],
  issued: stays(['seeding', 'frozen', 'moving', 'live', 'aborting', ...ENDED]),
  notCalled: stays(ANY),
  unanswered: stays(ANY),
  started: stays(ANY),
  seen: stays([...RUNNING, ...ENDED]),
  read: stays([...RUNNING, ...ENDED]),
  confirmed: stays(ANY),
  failed: stays(ANY),
  retried: stays(['seeding', 'frozen', 'moving', 'live', 'aborting', ...ENDED]),
  aborted: [{ from: ['aborting'], to: 'aborted' }],
  done: [
    { from: ['live'], to: 'done' },
    { from: ['seeding'], to: 'done', name: 'the end of a rehearsal, or of the seeds of a day' },
  ],
  cleaning: stays(ENDED),
  clearing: stays(ENDED),
  kept: stays(ENDED),
  cleaned: stays(ENDED),
}

/**
 * Whether the entry intends a final snapshot. Copying begins with the first one; what only freezes and demotes is still
 * the freeze.
 */
function cuts(said: EntryBody): boolean {
  return said.kind === 'intended' && said.effects.some(({ step }) => step === 'snapshot')
}

/** The phases in which each gate may ask; `cleanup` asks only after the end. */
export const ASKED_IN: Readonly<Record<Gate, readonly Phase[]>> = {
  start: ['planned'],
  freeze: ['seeding', 'frozen', 'moving'],
  goLive: ['frozen', 'moving'],
  cleanup: ENDED,
}

type Status = EffectState['status']
/**
 * One row of the effect table: the states in which the entry may come, and the state after it. `none`: not intended
 * yet.
 */
export type EffectRow = { readonly from: readonly (Status | 'none')[]; readonly to: Status }
/** The kinds of entry that have one row in the effect table. `seen` has two rows. */
export type EffectKind =
  | 'intended'
  | 'issued'
  | 'notCalled'
  | 'unanswered'
  | 'started'
  | 'adopted'
  | 'read'
  | 'confirmed'
  | 'failed'

const OPEN: readonly Status[] = ['intended', 'issued', 'started']

/**
 * The states of an effect in which each kind of entry may come. `seen` has two rows: for what it saw begun, and for
 * what it saw done. An outcome (`notCalled`, `unanswered`, `started`, `failed` of a call) of an older attempt is accepted, and changes
 * nothing. `retried` is no row: it begins another effect, the next generation.
 */
export const EFFECTS: Readonly<Record<EffectKind | 'seen begun' | 'seen done', EffectRow>> = {
  intended: { from: ['none'], to: 'intended' },
  issued: { from: ['intended', 'issued'], to: 'issued' },
  notCalled: { from: ['issued'], to: 'intended' },
  unanswered: { from: ['issued'], to: 'issued' },
  started: { from: ['issued'], to: 'started' },
  adopted: { from: ['none', 'intended', 'issued'], to: 'started' },
  'seen begun': { from: OPEN, to: 'started' },
  'seen done': { from: OPEN, to: 'achieved' },
  read: { from: OPEN, to: 'achieved' },
  // A fence that its host does not confirm has failed, and an approver may vouch for it.
  confirmed: { from: ['intended', 'failed'], to: 'achieved' },
  failed: { from: [...OPEN, 'achieved'], to: 'failed' },
}

/** The row that applies to an entry in this phase; null if its kind has no place in it. */
export function rowOf(phase: Phase, said: Exclude<EntryBody, { kind: 'planned' }>): PhaseRow | null {
  return PHASES[said.kind].find(({ from, when }) => from.includes(phase) && (!when || when(said))) ?? null
}

/** Why this entry may not follow, in words; null if it may. */
export function misfit(m: Migration, said: EntryBody | Entry): string | null {
  if (said.kind === 'planned') return `${m.id} is planned already`
  if (!rowOf(m.phase, said)) return `${said.kind} has no place in phase ${m.phase}`
  const unlike = misfitOfPurpose(m, said)
  if (unlike !== null) return unlike
  switch (said.kind) {
    case 'asked':
      return ASKED_IN[said.gate].includes(m.phase) ? null : `${said.gate} is not asked in phase ${m.phase}`
    case 'aborting':
      if (m.endedAtMs !== null) return 'an abort has no place after the end'
      return m.wentLiveAtMs === null ? null : 'an abort has no place after the point of no return'
    case 'wentLive':
      return startsAtHome(m) ? 'the abort starts services at home already' : null
    case 'returned':
      return misfitOfReturn(m, said.service)
    case 'resumed':
      return m.halted && m.halted.entries.length > 0 ? 'what does not fit is passed by name' : null
    case 'clearing':
    case 'kept':
    case 'cleaned':
      return m.cleanup && m.cleanup.endedAtMs === null ? null : 'nobody has asked for a cleanup'
    case 'intended':
      return misfitOfIntents(m, said.effects)
    case 'issued':
      return misfitOf(m, said.effect, 'issued')
    case 'seen': {
      const begun = said.started.map(({ effect }) => misfitOf(m, effect, 'seen begun'))
      const done = said.achieved.map((effect) => misfitOf(m, effect, 'seen done'))
      return [...begun, ...done].find((why) => why !== null) ?? null
    }
    case 'read':
      return misfitOf(m, said.effect, 'read')
    case 'failed':
      return said.issued === null ? misfitOf(m, said.effect, 'failed') : null
    default:
      return null
  }
}

function misfitOf(m: Migration, id: string, kind: keyof typeof EFFECTS): string | null {
  const status = m.effects.get(id)?.status ?? 'none'
  return EFFECTS[kind].from.includes(status) ? null : `${kind} does not follow ${status} of ${id}`
}

/** What is never said beside services: until its cleanup it asks nothing, it stops nothing and passes no point of no return. */
const NOT_BESIDE: ReadonlySet<Kind> = new Set<Kind>([
  'replanned',
  'declined',
  'freezing',
  'deferred',
  'exceeded',
  'returned',
  'suspected',
  'wentLive',
])

function misfitOfPurpose(m: Migration, said: EntryBody | Entry): string | null {
  const { purpose } = m
  if (purpose === 'move')
    return said.kind === 'done' && m.phase === 'seeding' ? 'done has no place in phase seeding' : null
  const place = purpose === 'rehearsal' ? 'a rehearsal' : 'the seeds of a day'
  const isGate = (said.kind === 'asked' || said.kind === 'approved') && said.gate !== 'cleanup'
  if (isGate || NOT_BESIDE.has(said.kind)) return `${said.kind} has no place in ${place}`
  const steps = STEPS_BESIDE[purpose]
  const other = said.kind === 'intended' ? said.effects.find(({ step }) => !steps.includes(step)) : undefined
  return other ? `${effectId(other)} has no place in ${place}` : null
}

/** Intents: a service that was given back is not opened again, and what was intended once is not intended twice. */
function misfitOfIntents(m: Migration, effects: readonly Effect[]): string | null {
  const again = effects.find((effect) => m.effects.has(effectId(effect)))
  if (again) return `intended does not follow ${m.effects.get(effectId(again))?.status} of ${effectId(again)}`
  const open = effects.find((effect) => effect.step === 'open' && isReturned(m, effect.service))
  return open ? `${effectId(open)} opens what was given back` : null
}

/**
 * For `returned`, the mirror image: a return and the intent of the service's live mark, or of its opening, exclude each
 * other, and the one that is appended first stands.
 */
function misfitOfReturn(m: Migration, service: string): string | null {
  if (isReturned(m, service)) return `${service} is given back already`
  return hasLiveMark(m, service) ? `the copies of ${service} are marked live already` : null
}
