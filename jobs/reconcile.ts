// Reconcile: read the journal, look at EC2, decide, append, enqueue; then wait until it is worth looking again.
//
// Why a reconciler: a list of stages run once knows what it meant to do; after a crash only the world knows what
// happened. So each tick starts from what is true. Usually one tick a migration runs at a time, and two do no harm; each
// is told nothing but the id, and dying at any line is safe: the next tick reads, looks and decides the same.

import { priorityOf, urgencyOf } from '../src/core/calling/priority.ts'
import { type Decision, decide } from '../src/core/decide.ts'
import { isOver } from '../src/core/journal/state.ts'
import { callOf, type EffectState, effectId } from '../src/core/model/effects.ts'
import type { EntryBody } from '../src/core/model/entries.ts'
import type { Facts } from '../src/core/model/facts.ts'
import {
  BLIND_AFTER_MS,
  BLIND_AGAIN_MS,
  BLIND_LOOK_MS,
  BLIND_TELLS_MS,
  UNTAKEN_MAX_MS,
} from '../src/core/model/limits.ts'
import type { Migration } from '../src/core/model/migration.ts'
import { type Clock, type Ec2, type Queue, type StepJob, Unreadable } from '../src/core/ports.ts'
import { byHand } from '../src/core/steps/by-hand.ts'
import { type Progress, sample } from '../src/core/telling/progress.ts'
import { stalled } from '../src/core/telling/stalls/told.ts'
import { appendFrom, type Claims, inTurn, type Journal } from '../src/store/journal.ts'
import type { Views } from '../src/store/views.ts'
import { withInitialization } from './initialization.ts'
import type { Measuring } from './measuring.ts'
import { resurvey, type SurveyDue } from './resurvey.ts'
import type { Blind, Blindness } from './stillness.ts'

/** What a tick works on. */
export type ReconcilePorts = {
  readonly journal: Journal
  readonly views: Views
  readonly ec2: Ec2
  readonly queue: Queue
  readonly clock: Clock
  /** What becomes of a tick of a migration that this process does not understand (jobs/aside.ts). */
  readonly handOn: (id: string) => Promise<void>
  /** Aborts the wait at the end of a tick when a person acts on this migration, or when the process stops. */
  readonly interruption: (id: string) => AbortSignal
  /** For how long this process has seen the migration's journal end at this rev, in real ms. */
  readonly stillMs: (id: string, rev: number) => number
  readonly blind: Blindness
  readonly surveyDue: SurveyDue
  readonly measure: Measuring
}

/** Kinds of entry with which the migration's claims are released; a `declined` that people say does so in operations.ts. */
const ENDS: readonly EntryBody['kind'][] = ['declined', 'done', 'aborted', 'cleaned']

/**
 * One tick and the wait after it, unless `read` gives null or the migration is over. Where AWS cannot be read it throws why, once
 * what can be done without is done and the next look is due.
 */
export async function reconcile(id: string, ports: ReconcilePorts): Promise<void> {
  const { journal, views, ec2, queue, clock } = ports
  const interrupted = ports.interruption(id)
  const read = await journal.read(id)
  if (!read) return await ports.handOn(id)
  // Who ended it may have died before the last word was said.
  if (isOver(read)) return await queue.nudgeNotify(id)

  const sure = await doubtWhatIsLost(read, journal)
  // Where it cannot be read, the look at the volumes below says so.
  const begun = ports.surveyDue(sure) ? await resurvey(sure, ports).catch(() => sure) : sure
  const seen = await ec2.observe(begun, clock.now()).catch(async (error: unknown) => {
    await goOnBlind(id, error, ports)
    await clock.sleep(BLIND_LOOK_MS, interrupted)
    await queue.nudge(id)
    throw error
  })
  const lookedMs = clock.now() - seen.beganAtMs
  // What was seen before tells only of snapshots that are pending, and of copies that are loaded.
  const isTold = begun.wentLiveAtMs !== null || [...seen.snapshots.values()].some(({ state }) => state === 'pending')
  const before = isTold ? await views.progress(id) : null
  const facts = await withInitialization(begun, seen, before, ports)
  ports.blind(id, false)
  await sayReachable(id, ports)
  const settled = await appendUntilSettled(begun, facts, ports)
  if (!settled) return await queue.nudge(id)
  const { migration, decision } = settled
  ports.measure(migration)
  await queue.enqueue(decision.effects.flatMap((state) => stepJob(migration, state) ?? []))
  await warnOfUntaken(migration, decision, ports)
  const progress = sample(migration, facts, decision.waits, { before, lookedMs })
  await warnOfStalled(migration, progress, ports)
  await views.saveProgress(id, progress)
  await queue.nudgeNotify(id)
  if (isOver(migration)) return

  await clock.sleep(decision.observeInMs, interrupted)
  await queue.nudge(id)
}

/** While AWS cannot be read, people are told, the outage clock is shown, and what needs no facts goes on: the way back by hand. */
async function goOnBlind(id: string, error: unknown, ports: ReconcilePorts): Promise<void> {
  const { journal, queue, clock } = ports
  const blind = ports.blind(id, true)
  if (!blind) return
  const told = await appendFrom(journal, id, (m) => (isNews(m, blind, clock.now()) ? unreachable(error, blind) : null))
  const asked = blind.forMs < BLIND_AFTER_MS ? null : await appendFrom(journal, id, (m) => byHand(m, clock.now()))
  if (told || asked) await queue.nudgeNotify(id)
  else await queue.nudgeStatus(id)
}

/**
 * Whether people should hear of it. A single broken connection is no news; and where others could read AWS since this process could
 * not, it is this process's trouble, which is told after a while.
 */
function isNews({ away }: Migration, { sinceMs, looks }: Blind, nowMs: number): boolean {
  if (looks < 2 || nowMs - sinceMs < BLIND_TELLS_MS) return false
  if (away === null) return true
  if (away.untilMs === null) return false
  return nowMs - away.untilMs >= BLIND_AGAIN_MS
}

function unreachable(error: unknown, { sinceMs }: Blind): EntryBody {
  const kind = 'unreachable'
  if (!(error instanceof Unreadable)) return { kind, service: 'EC2', isAnswering: true, why: String(error), sinceMs }
  return { kind, service: error.service, isAnswering: error.isAnswering, why: error.message, sinceMs }
}

/** What one process reads, others may still not: so it is said once, and not taken back for a while (isNews). */
async function sayReachable(id: string, { journal, queue }: ReconcilePorts): Promise<void> {
  const said = await appendFrom(journal, id, ({ away }) =>
    away && away.untilMs === null ? { kind: 'reachable', service: away.service } : null,
  )
  if (said) await queue.nudgeNotify(id)
}

/**
 * Warns of an effect that may be called and gets a job with every tick, but that no worker calls: the workers of its
 * queue are missing, or hang.
 */
async function warnOfUntaken({ id, rev }: Migration, { effects }: Decision, ports: ReconcilePorts): Promise<void> {
  const stillMs = ports.stillMs(id, rev)
  const [first] = effects
  if (!first || stillMs < UNTAKEN_MAX_MS) return
  const about = `untaken ${effectId(first.effect)}`
  const more = effects.length > 1 ? ` and ${effects.length - 1} more` : ''
  const text = `No worker has taken ${effectId(first.effect)}${more} for a minute. Look at the workers: are they running, and do they reach AWS?`
  await appendFrom(ports.journal, id, (m) =>
    m.rev === rev && !m.warned.has(about) ? { kind: 'warned', about, service: null, text } : null,
  )
}

/** Warns of a snapshot that stands for no known cause; where somebody else has appended meanwhile, the next tick does. */
async function warnOfStalled(
  migration: Migration,
  progress: Progress,
  { journal, clock }: ReconcilePorts,
): Promise<void> {
  if (stalled(migration, progress, clock.now()))
    await appendFrom(journal, migration.id, (m) => stalled(m, progress, clock.now()))
}

/** Where the journal's last entries may be lost, appends `doubted` first, so that every decision from here on knows. */
async function doubtWhatIsLost(migration: Migration, journal: Journal): Promise<Migration> {
  if (!journal.mayHaveLost(migration)) return migration
  const why = 'another Redis keeps the journal, or its last entries are not there any more'
  const appended = await journal.append(migration.id, migration, { kind: 'doubted', why })
  return appended.outcome === 'appended' ? appended.migration : ((await journal.read(migration.id)) ?? migration)
}

type Settled = { readonly migration: Migration; readonly decision: Decision }

/**
 * Appends one decided entry after another; after a lost append it reads and decides again, on the same facts. Null
 * where the facts are too old to decide on:
 * - entries were lost meanwhile. What was over by those entries was not looked for, and would be taken for gone.
 * - somebody else has intended an effect since. It was not looked for either, and would be taken for done.
 */
async function appendUntilSettled(
  begun: Migration,
  facts: Facts,
  { journal, clock }: ReconcilePorts,
): Promise<Settled | null> {
  const mine = new Set<number>()
  let doubtSinceMs = begun.doubt?.sinceMs
  for (;;) {
    const settled = await inTurn(journal, begun.id, async () => {
      const migration = await journal.read(begun.id)
      // The migration is gone, or a newer version has written an entry that is not understood here.
      if (!migration) return 'stale'
      const isWhole = migration.doubt?.sinceMs === doubtSinceMs && !journal.mayHaveLost(migration)
      if (!isWhole || isOvertaken(migration, facts, mine)) return 'stale'
      const decision = decide(migration, facts, clock.now())
      const { next } = decision
      if (!next) return { migration, decision }
      const claims: Claims = ENDS.includes(next.kind) ? { release: true } : {}
      const appended = await journal.append(migration.id, migration, next, claims)
      if (appended.outcome !== 'appended') return 'again'
      mine.add(appended.migration.rev)
      // Doubt that began by what these same facts showed is no reason to observe again.
      if (next.kind === 'adopted') doubtSinceMs = appended.migration.doubt?.sinceMs
      return 'again'
    })
    if (settled === 'stale') return null
    if (settled !== 'again') return settled
  }
}

/**
 * Whether another tick or a person has intended an effect since the facts began. It was not looked for, so a world that
 * already matches it proves nothing.
 */
function isOvertaken(m: Migration, facts: Facts, mine: ReadonlySet<number>): boolean {
  return m.effects.values().some(({ intendedRev }) => intendedRev > facts.rev && !mine.has(intendedRev))
}

function stepJob(m: Migration, state: EffectState): StepJob | null {
  const { effect, attempts } = state
  const call = callOf(effect)
  if (!call) return null
  const place = { attempt: attempts.length + 1, priority: priorityOf(m, effect), urgency: urgencyOf(m, effect) }
  return { migration: m.id, effect: effectId(effect), call, ...place }
}
