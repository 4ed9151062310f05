// Reads what people are shown, sentence by sentence, and recomputes each from the world as it is: clocks, percents, bounds, what is open,
// what was stopped. It shares no code with what composes the sentences.
import type { KnownBlock } from '@slack/types'
import { latest } from '../../../src/core/journal/state.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { isSnapshotMove, rowsOf } from '../../../src/core/model/moves.ts'
import { ofMove } from '../../../src/core/model/subjects.ts'
import type { Progress } from '../../../src/core/telling/progress.ts'
import type { Snapshot } from '../../../src/demo/ec2/world/entities.ts'
import { attachmentsOf, snapshotPercent, snapshotState } from '../../../src/demo/ec2/world/states.ts'
import type { Message } from '../../../src/slack/messages/blocks.ts'
import { statusMessage } from '../../../src/slack/messages/status.ts'
import { threadMessages } from '../../../src/slack/messages/thread.ts'
import { isSameRedis } from '../../../src/store/journal.ts'
import { APPROVER } from '../../support/people.ts'
import { SOURCE, TARGET } from '../../support/worlds.ts'
import type { Sim } from '../world/sim.ts'
import { servicesIn } from './world-invariants.ts'

/** How many sentences were recognized, and what is wrong with those that are false. */
type Read = { readonly sentences: number; readonly wrongs: readonly string[] }

/** What there is to compare with. `alone`: no other migration has touched these services. */
type Truth = {
  readonly sim: Sim
  readonly m: Migration
  readonly nowMs: number
  readonly progress: Progress | null
  readonly alone: boolean
}
/** Why a sentence is false, or null; `match` is that of its pattern. */
type Judge = (match: RegExpExecArray, truth: Truth) => string | null

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** Clocks of Redis and of processes may be apart by so much (limits.ts). */
const APART_MS = 62_000
/** EC2 may begin to copy so long after the start of a snapshot, whatever its size. */
const BEGINS_MS = 190_000
/** A figure that is older says as of when it is. */
const FRESH_MS = 30_000
/** From so many percent on a range rests on them more than on the size. */
const SURE_PERCENT = 10
/** Spans are said in whole seconds or coarser. */
const SLACK_MS = 2_000

/** The thread is read once for so many looks: it changes less often than the status message, and is long. */
const THREAD_EVERY = 6

/**
 * Reads what the channel shows now. In a journal that lost its beginning, or beside a copy of the stack, there is no truth to compare
 * with.
 */
export function readAloud(sim: Sim, id: string, progress: Progress): void {
  const m = sim.watch.fold(id)
  if (!m || sim.hasUnseenLoss || sim.hasRival) return
  // Nothing is told from a journal whose end may be lost, before its next entry says so (jobs/notify.ts).
  if (m.endedAtMs === null && !isSameRedis(m, sim.journal.redis())) return
  const isDue = sim.counts.looks++ % THREAD_EVERY === 0
  const { sentences, wrongs } = readNow(sim, m, { progress, isDue })
  sim.counts.sentences += sentences
  sim.counts.falseSentences += wrongs.length
  sim.watch.check('every sentence is true', wrongs)
}

/** The status message as it is now; and where that is due, the whole thread. */
function readNow(sim: Sim, m: Migration, { progress, isDue }: { progress: Progress; isDue: boolean }): Read {
  const nowMs = Math.round(sim.scheduler.now())
  const truth = { sim, m, nowMs, progress, alone: sim.watch.all().length === 1 }
  const status = statusMessage(m, { progress, nowMs, approvers: [APPROVER] })
  const thread = isDue ? threadMessages(m, sim.watch.standing(m.id), [APPROVER]) : []
  return readEach([status, ...thread.map(({ message }) => message)], truth)
}

function readEach(messages: readonly Message[], truth: Truth): Read {
  const told = messages.map((message) => planted(truth.sim.plant, message))
  const read = told.flatMap(linesOf).flatMap((line) => judged(line, truth))
  const stays = told.flatMap((message) => alertsThatStay(message, truth))
  return { sentences: read.length, wrongs: [...read.flatMap((wrong) => wrong ?? []), ...stays] }
}

function judged(line: string, truth: Truth): (string | null)[] {
  return JUDGES.flatMap(([pattern, judge]) => {
    const match = pattern.exec(line)
    if (!match) return []
    const wrong = judge(match, truth)
    return [wrong === null ? null : `"${line}": ${wrong}`]
  })
}

/** What stands in a message, line by line, without markup. */
function linesOf({ blocks }: Message): string[] {
  return blocks.flatMap(textOf).map((line) => line.replaceAll('*', '').replaceAll('&gt;', '>'))
}

function textOf(block: KnownBlock): string[] {
  return block.type === 'section' ? (block.text?.text ?? '').split('\n') : []
}

const SPAN = String.raw`\d+ (?:d|h|min|s)(?: \d+ (?:h|min))?`
const UNITS: Readonly<Record<string, number>> = {
  ...{ d: DAY_MS, h: 60 * MINUTE_MS, min: MINUTE_MS, s: SECOND_MS, m: MINUTE_MS },
}

/** `16 h 30 min`, or a clock's `1h 12m`, in ms. */
function spanMs(text: string): number {
  const parts = [...text.matchAll(/(\d+) ?(min|[dhms])/g)]
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0), 0)
}

/** The moment of that time of day that is nearest to `nearMs`. */
function momentOf(time: string, nearMs: number): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number)
  const ofDay = ((hours * 60 + minutes) * 60 + seconds) * SECOND_MS
  const sameDay = Math.floor(nearMs / DAY_MS) * DAY_MS + ofDay
  const all = [sameDay - DAY_MS, sameDay, sameDay + DAY_MS]
  return all.toSorted((a, b) => Math.abs(a - nearMs) - Math.abs(b - nearMs))[0] ?? sameDay
}

const JUDGES: readonly (readonly [RegExp, Judge])[] = [
  [/^Outage so far ([^(,.]+?)(?: \([^)]*\))?(?:, as of (\d\d:\d\d:\d\d) UTC)?\./, clock],
  [/^No outage: nothing was stopped\.$/, nothingStopped],
  [/^The outage (?:is over after|began at) (.*)$/, outageTold],
  [/^(\S+) (\d+)% (\d+) GiB, (.*)$/, volumeLine],
  [new RegExp(`^(\\S+) takes at least (${SPAN}) more at the rate so far(?: \\(as of (\\d\\d:\\d\\d) UTC\\))?`), slow],
  [
    /^(\S+): its (?:final snapshot|snapshot ahead) stands at (\d+)% since (?:\d{4}-\d\d-\d\d )?(\d\d:\d\d) UTC or earlier \(as of (\d\d:\d\d) UTC\), with no known cause\./,
    stood,
  ],
  [
    /^Copied at (?:(\d{4}-\d\d-\d\d) )?(\d\d:\d\d)(?: UTC)? to (?:(\d{4}-\d\d-\d\d) )?(\d\d:\d\d) UTC by earlier snapshots/,
    likelyOver,
  ],
  [
    /^Copied (?!.* by earlier snapshots)(?:not before|at) (?:(\d{4}-\d\d-\d\d) )?(\d\d:\d\d)(?: UTC)?(?: to (?:(\d{4}-\d\d-\d\d) )?\d\d:\d\d UTC)?(?:, at the rates so far not before (?:(\d{4}-\d\d-\d\d) )?(\d\d:\d\d) UTC)?.* \(as of \d\d:\d\d UTC\)/,
    notBefore,
  ],
  [
    /^Caution, (.+): the final snapshot waits for (snap-\w+), begun at (?:\d{4}-\d\d-\d\d )?(\d\d:\d\d) UTC and at (\d+)% as of (\d\d:\d\d) UTC/,
    waitsFor,
  ],
  [
    new RegExp(
      `^Begun at (\\d\\d:\\d\\d) UTC, the outage lasts (?:at least )?(${SPAN})(?: to (${SPAN}))? without waits for people, .*?(?: (?:because of|final snapshots for) (snap-.*?)[:,] (?:final snapshots wait|begun before).*)?$`,
    ),
    lastsAsForecast,
  ],
  [/^Open in (\S+): (.*)\.$/, openThere],
  [/^Attached there and equal to their sources: all (\d+) volumes? of \d+ required services?\.$/, attachedThere],
  [/^Until go-live `\/migrate abort` (.*)$/, mayGoBack],
  [/^Done: (\d+) of (\d+) volumes? in (\S+)\./, doneThere],
  [/^Seen in EC2 at (?:\d{4}-\d\d-\d\d )?(\d\d:\d\d:\d\d) UTC\.$/, seenAt],
]

/** Since the first freeze that was ever written. */
function outageBeganMs({ sim, m }: Truth): number | null {
  return sim.watch.ever(m.id).entries.find(({ kind }) => kind === 'freezing')?.atMs ?? null
}

/** Since the first that stands: one that was lost before anything was called for stopped nothing. */
function outageStandsMs({ sim, m }: Truth): number | null {
  return sim.watch.standing(m.id).find(({ kind }) => kind === 'freezing')?.atMs ?? null
}

/** By how much a moment lies outside of the times at which the outage can have begun, in ms. */
function offMs(fromMs: number, truth: Truth): number {
  const [first, last] = [outageBeganMs(truth) ?? fromMs, outageStandsMs(truth) ?? fromMs]
  return Math.max(0, Math.min(first, last) - fromMs, fromMs - Math.max(first, last))
}

function clock([, said = '', asOf]: RegExpExecArray, truth: Truth): string | null {
  if (asOf === undefined) return 'the clock does not say as of when it is'
  const asOfMs = momentOf(asOf, truth.nowMs)
  if (Math.abs(truth.nowMs - asOfMs) > FRESH_MS)
    return `it is as of ${Math.round((truth.nowMs - asOfMs) / 1_000)} s ago`
  const beganMs = outageBeganMs(truth)
  if (beganMs === null) return 'no outage ever began'
  const fromMs = asOfMs - spanMs(said)
  const wrongMs = said.startsWith('at least ') ? Math.max(0, beganMs - fromMs) : offMs(fromMs, truth)
  return wrongMs > APART_MS + (spanMs(said) >= 60 * MINUTE_MS ? MINUTE_MS : 0)
    ? `it is off by ${Math.round(wrongMs / 1_000)} s`
    : null
}

/** Entries that are lost may have stopped something, and that is said in other words while it is not known. */
function nothingStopped(_: RegExpExecArray, truth: Truth): string | null {
  const isIssued = truth.m.effects
    .values()
    .some(({ effect, attempts }) => effect.step === 'freeze' && attempts.length > 0)
  if (isIssued) return 'a freeze was called for'
  if (outageBeganMs(truth) === null) return null
  const names = new Set(truth.m.plan.services.map(({ name }) => name))
  const { store, hosts } = truth.sim
  const stopped = servicesIn(store, hosts, SOURCE).filter(
    ({ name, service }) => names.has(name) && service.state !== 'open',
  )
  return truth.alone && stopped.length > 0 ? `${stopped.map(({ name }) => name).join(', ')} are stopped` : null
}

function outageTold([whole]: RegExpExecArray, truth: Truth): string | null {
  const beganMs = outageBeganMs(truth)
  if (beganMs === null) return 'no outage ever began'
  const [, length, from, until] =
    /after (?:at least )?([^(]+) \((?:\d{4}-\d\d-\d\d )?(\d\d:\d\d)(?: UTC)? to (?:\d{4}-\d\d-\d\d )?(\d\d:\d\d) UTC/.exec(
      whole,
    ) ?? []
  const [, since] = /began at (?:\d{4}-\d\d-\d\d )?(\d\d:\d\d) UTC/.exec(whole) ?? []
  const began = from ?? since ?? ''
  const fromMs = momentOf(began, beganMs)
  const isLeast = /at least|or earlier/.test(whole)
  const overMs = isLeast ? Math.max(0, beganMs - fromMs) : offMs(fromMs, truth)
  if (overMs > APART_MS + MINUTE_MS) return `it began ${Math.round((fromMs - beganMs) / 1_000)} s off`
  if (length === undefined || until === undefined) return null
  const untilMs = momentOf(until, fromMs + spanMs(length))
  return Math.abs(untilMs - fromMs - spanMs(length)) > 2 * MINUTE_MS ? 'its length is not that of its times' : null
}

/** The newest snapshot of a volume in the world that the journal knows. */
function snapshotFor({ sim, m }: Truth, name: string) {
  const move = m.plan.moves.filter(isSnapshotMove).find(({ volume }) => volume.name === name)
  if (!move) return null
  const states = m.effects.values().filter(({ effect }) => {
    const { subject, step } = effect
    return (step === 'snapshot' || step === 'seed') && 'move' in subject && subject.move === move.id
  })
  const id = states.findLast(({ effect }) => effect.step === 'snapshot')?.resource ?? states.at(-1)?.resource
  return sim.store.snapshots.get(id ?? '') ?? null
}

function volumeLine([, name = '', percent = '', , words = '']: RegExpExecArray, truth: Truth): string | null {
  const snapshot = snapshotFor(truth, name)
  if (!snapshot) return null
  const [said, now] = [Number(percent), snapshotPercent(snapshot, truth.nowMs)]
  // Of several tries the one that is shown may not be the newest.
  if (said > now && !hasSeveral(truth, name)) return `it is at ${now}%`
  const asOfMs = truth.progress?.atMs ?? truth.nowMs
  // A stall to come cannot be seen.
  const isOff = hasSeveral(truth, name) || isHeldUp(snapshot, truth, asOfMs) || snapshot.stands !== null
  const leftMs = isOff ? null : snapshot.endsAtMs - asOfMs
  const own = { elapsedMs: asOfMs - snapshot.startedAtMs, percent: said }
  const likely = likelyRange(words, snapshot, truth)
  if (likely !== undefined) return likely
  const older = olderThan(snapshot, truth, asOfMs)
  return boundsOf(words, own, { leastMs: Math.max(leastMs(own), ...older.map(leastMs)), leftMs })
}

/**
 * A range by earlier snapshots holds nine times of ten, so it may be missed, but not by more than it is wide: undefined where there is none.
 */
function likelyRange(words: string, snapshot: Snapshot, truth: Truth): string | null | undefined {
  const [, from, to] = new RegExp(`(${SPAN}) to (${SPAN}) to go \\(by its earlier snapshots\\)`).exec(words) ?? []
  if (from === undefined || to === undefined) return undefined
  const asOfMs = truth.progress?.atMs ?? truth.nowMs
  const isFinal = truth.m.effects.values().some((e) => e.effect.step === 'snapshot' && e.resource === snapshot.id)
  if (!isFinal) return null
  if (isHeldUp(snapshot, truth, asOfMs) || snapshot.stands !== null || snapshot.isFailing) return null
  const leftMs = snapshot.endsAtMs - asOfMs
  const widthMs = spanMs(to) - spanMs(from)
  const isFar = leftMs < spanMs(from) - widthMs - SLACK_MS || leftMs > spanMs(to) + widthMs + SLACK_MS
  return isFar ? `it takes ${Math.round(leftMs / 1_000)} s` : null
}

/** Behind somebody else's older snapshot, which zonehop does not always look at, a snapshot ends as late as that one does. */
function isHeldUp(snapshot: Snapshot, { sim }: Truth, asOfMs: number): boolean {
  return [...sim.store.snapshots.values()].some(
    (one) =>
      one.volume === snapshot.volume && one.startedAtMs < snapshot.startedAtMs && one.endsAtMs > asOfMs - MINUTE_MS,
  )
}

/** EC2 completes the snapshots of a volume in order; of an older one it may have shown an older percent than it had. */
function olderThan(snapshot: Snapshot, { sim }: Truth, asOfMs: number): Rate[] {
  const older = [...sim.store.snapshots.values()].filter(
    (one) =>
      one.volume === snapshot.volume &&
      one.startedAtMs < snapshot.startedAtMs &&
      snapshotState(one, asOfMs - MINUTE_MS) === 'pending',
  )
  return older.map((one) => ({
    elapsedMs: asOfMs - one.startedAtMs,
    percent: snapshotPercent(one, asOfMs - MINUTE_MS),
  }))
}

function hasSeveral({ m }: Truth, name: string): boolean {
  const move = m.plan.moves.filter(isSnapshotMove).find(({ volume }) => volume.name === name)
  const tries = m.effects.values().filter(({ effect: { subject, step } }) => {
    return (step === 'snapshot' || step === 'seed') && 'move' in subject && subject.move === move?.id
  })
  return tries.length > 1
}

type Rate = { readonly elapsedMs: number; readonly percent: number }

/** The least that is left at the rate so far: as if only what is sure was copied. */
function leastMs({ elapsedMs, percent }: Rate): number {
  const copiedMs = Math.max(0, elapsedMs - BEGINS_MS)
  return copiedMs * (100 / (percent + 1) - 1)
}

/** The most that a lower bound may be, and what is really left, in ms. */
type Known = { readonly leastMs: number; readonly leftMs: number | null }

/**
 * A bound is never above what the rate so far gives. The simulated EC2 copies steadily, so from SURE_PERCENT on what is really left
 * (`leftMs`, null where it is not known of which snapshot) lies in the range; at 99% it may wait for somebody's older snapshot.
 */
function boundsOf(words: string, rate: Rate, { leastMs: surely, leftMs }: Known): string | null {
  const [, least, atRate] = new RegExp(`at least (${SPAN}) to go \\((${SPAN}) at the rate so far\\)`).exec(words) ?? []
  if (least !== undefined && atRate !== undefined) {
    return Math.max(spanMs(least), spanMs(atRate)) > surely + SLACK_MS
      ? `at least ${Math.round(surely / 1_000)} s is all that is known`
      : null
  }
  const [, from, to] = new RegExp(`(${SPAN}) to (${SPAN}) to go`).exec(words) ?? []
  if (from === undefined || to === undefined) return null
  if (spanMs(from) > surely + SLACK_MS) return `it may be over in ${Math.round(surely / 1_000)} s`
  if (leftMs === null || rate.percent < SURE_PERCENT || rate.percent >= 99) return null
  return spanMs(to) < leftMs - SLACK_MS ? `it takes ${Math.round(leftMs / 1_000)} s` : null
}

/** EC2 may have shown an older percent than it had, by as long as it may be late. */
function slow([, service = '', least = '', asOf]: RegExpExecArray, truth: Truth): string | null {
  if (asOf === undefined) return 'the bound does not say as of when it is'
  const asOfMs = momentOf(asOf, truth.nowMs)
  const moves = truth.m.plan.moves.filter(isSnapshotMove).filter((move) => move.service === service)
  const bounds = moves.flatMap(({ volume }) => {
    const snapshot = snapshotFor(truth, volume.name)
    if (!snapshot || hasSeveral(truth, volume.name)) return []
    const percent = snapshotPercent(snapshot, asOfMs - MINUTE_MS)
    return [leastMs({ elapsedMs: asOfMs + MINUTE_MS - snapshot.startedAtMs, percent })]
  })
  if (bounds.length < moves.length) return null
  return spanMs(least) > Math.max(...bounds)
    ? `at least ${Math.round(Math.max(...bounds) / 60_000)} min is all that is known`
    : null
}

/** One of the volume's snapshots showed that percent at both times, and no older one that EC2 showed was pending meanwhile. */
function stood(
  [, name = '', percent = '', since = '', asOf = '']: RegExpExecArray,
  { sim, m, nowMs }: Truth,
): string | null {
  const asOfMs = momentOf(asOf, nowMs)
  const sinceMs = momentOf(since, asOfMs)
  const of = m.plan.moves.filter(isSnapshotMove).find(({ volume }) => volume.name === name)?.volume.id
  const all = [...sim.store.snapshots.values()].filter(({ volume }) => volume === of)
  // Clocks of processes may be off by seconds.
  const isAt = (one: Snapshot, ms: number): boolean => snapshotPercent(one, ms) === Number(percent)
  const standing = all.filter((one) => isAt(one, sinceMs + 5 * SECOND_MS) && isAt(one, asOfMs))
  if (standing.length === 0) return `no snapshot of ${name} stood there`
  const hasOlder = (one: Snapshot): boolean =>
    all.some(
      ({ startedAtMs, visibleAtMs, endsAtMs }) =>
        startedAtMs < one.startedAtMs && visibleAtMs < sinceMs && endsAtMs > asOfMs + MINUTE_MS,
    )
  return standing.every(hasOlder) ? 'an older one is pending' : null
}

/** EC2 may show an older percent than a snapshot has; a look takes a while, and its time is said in whole minutes. */
const ABOUT_MS = 2 * MINUTE_MS

/** Somebody's snapshot of the volume that moves was pending, and as far as that. */
function waitsFor(
  [, name = '', id = '', begun = '', percent = '', asOf = '']: RegExpExecArray,
  { sim: { store }, m, nowMs }: Truth,
): string | null {
  const snapshot = store.snapshots.get(id)
  const move = m.plan.moves.filter(isSnapshotMove).find(({ volume }) => volume.name === name)
  if (!snapshot || snapshot.volume !== move?.volume.id) return 'there is no such snapshot of it'
  if (new Date(snapshot.startedAtMs).toISOString().slice(11, 16) !== begun) return 'it was begun at another time'
  const asOfMs = momentOf(asOf, nowMs)
  const isOver = snapshotState(snapshot, asOfMs - ABOUT_MS) !== 'pending'
  const [least, most] = [asOfMs - ABOUT_MS, asOfMs + ABOUT_MS].map((ms) => snapshotPercent(snapshot, ms))
  if (isOver) return 'it was over'
  const isAt = Number(percent) >= (least ?? 0) && Number(percent) <= (most ?? 0)
  return isAt ? null : `it was at ${least}% to ${most}%`
}

/** A forecast is missed by no more than it is wide by any snapshot that is pending before final ones, and names one where it has no end. */
function lastsAsForecast(
  [, begun = '', from = '', to, names]: RegExpExecArray,
  { sim: { store }, m, nowMs }: Truth,
): string | null {
  if (to === undefined) return names === undefined ? 'it has no end, and says not why' : null
  const widthMs = spanMs(to) - spanMs(from)
  const begunMs = momentOf(begun, nowMs)
  const volumes = new Set(m.plan.moves.filter(isSnapshotMove).map(({ volume }) => volume.id))
  const late = (names ?? '').split(/, | and /).flatMap((id) => {
    const snapshot = store.snapshots.get(id)
    if (!snapshot || snapshot.stands !== null) return []
    if (!volumes.has(snapshot.volume)) return [`${id} is of no volume that moves`]
    const leftMs = snapshot.endsAtMs - begunMs
    return leftMs > spanMs(to) + widthMs + ABOUT_MS ? [`${id} takes ${Math.round(leftMs / 1_000)} s`] : []
  })
  return late[0] ?? null
}

/** A likely range of whole minutes, by the last of the snapshots that run: it may be missed by as much as it is wide. */
function likelyOver([, day, from = '', dayOfMost, to = '']: RegExpExecArray, truth: Truth): string | null {
  const { progress, m } = truth
  if (!progress) return 'nothing was sampled'
  const today = new Date(progress.atMs).toISOString().slice(0, 10)
  const [fromMs, toMs] = [
    Date.parse(`${day ?? dayOfMost ?? today}T${from}:00Z`),
    Date.parse(`${dayOfMost ?? today}T${to}:00Z`),
  ]
  const ends = m.plan.moves.filter(isSnapshotMove).flatMap(({ volume }) => {
    const snapshot = snapshotFor(truth, volume.name)
    return snapshot && snapshotState(snapshot, progress.atMs - MINUTE_MS) === 'pending' ? [snapshot.endsAtMs] : []
  })
  const earlyMs = fromMs - (toMs - fromMs) - Math.max(progress.atMs, ...ends)
  return earlyMs > SLACK_MS ? `it is over ${Math.round(earlyMs / 1_000)} s before that` : null
}

/** A time without a day is of the day of the look, or of that of the upper bound behind it, as people read it. */
function notBefore([, day, time = '', dayOfMost, dayAtRate, atRate]: RegExpExecArray, truth: Truth): string | null {
  const { progress, m } = truth
  if (!progress) return 'nothing was sampled'
  // The words name the weakest ground of all; where the bound itself rests on earlier snapshots, it is a likely one.
  const [slowest] = progress.lines.flatMap(({ left }) => left ?? []).toSorted((a, b) => b.leastMs - a.leastMs)
  if (slowest?.basis === 'seeds') return null
  const today = new Date(progress.atMs).toISOString().slice(0, 10)
  const onDay = (date: string, ofDay: string): number => Date.parse(`${date}T${ofDay}:00Z`)
  const rates = m.plan.moves.filter(isSnapshotMove).flatMap(({ volume }) => {
    const snapshot = snapshotFor(truth, volume.name)
    if (!snapshot || snapshotState(snapshot, progress.atMs - MINUTE_MS) !== 'pending') return []
    const percent = snapshotPercent(snapshot, progress.atMs - MINUTE_MS)
    const older = olderThan(snapshot, truth, progress.atMs)
    return [{ elapsedMs: progress.atMs - snapshot.startedAtMs, percent }, ...older].map(leastMs)
  })
  const latestMs = progress.atMs + Math.max(0, ...rates)
  const leastAtMs = onDay(day ?? dayOfMost ?? today, time)
  const saidMs = atRate === undefined ? leastAtMs : Math.max(leastAtMs, onDay(dayAtRate ?? today, atRate))
  return saidMs > latestMs + SECOND_MS ? `it may be over ${Math.round((saidMs - latestMs) / 1_000)} s earlier` : null
}

function openThere([, zone = '', names = '']: RegExpExecArray, { sim, m, alone }: Truth): string | null {
  const isPast = !alone || m.returns.length > 0 || zone !== TARGET
  if (isPast || names.includes(' and ')) return null
  const open = new Set(
    servicesIn(sim.store, sim.hosts, TARGET).flatMap(({ name, service }) => (service.state === 'open' ? [name] : [])),
  )
  const shut = names.split(', ').filter((name) => !open.has(name))
  return shut.length > 0 ? `${shut.join(', ')} are not` : null
}

function attachedThere([, said = '']: RegExpExecArray, { sim: { store }, m }: Truth): string | null {
  const moves = rowsOf(m.plan.moves)
  const attached = moves.filter(({ successor, volume: { device } }) =>
    [...store.volumes.values()].some((volume) =>
      attachmentsOf(volume, store.now()).some((one) => one.instance === successor && one.device === device),
    ),
  )
  return attached.length < Number(said) ? `${attached.length} are attached` : null
}

function mayGoBack(_: RegExpExecArray, { sim, m }: Truth): string | null {
  return sim.watch.ever(m.id).entries.some(({ kind }) => kind === 'wentLive') ? 'it went live' : null
}

function doneThere([, count = '', all = '']: RegExpExecArray, { m }: Truth): string | null {
  const rows = rowsOf(m.plan.moves)
  if (rows.length !== Number(all)) return `there are ${rows.length}`
  const given = new Set(m.returns.map(({ service }) => service))
  const gone = rows.filter(({ service }) => !given.has(service)).length
  return gone === Number(count) ? null : `${gone} went`
}

function seenAt([, time = '']: RegExpExecArray, { progress, nowMs }: Truth): string | null {
  const seenMs = momentOf(time, nowMs)
  return progress && Math.abs(seenMs - progress.atMs) > SECOND_MS ? 'that is not when it was seen' : null
}

/** A warning that goes on though what it warned of is past, as the journal knows. */
function alertsThatStay(message: Message, truth: Truth): string[] {
  const text = linesOf(message).join(' ')
  if (text.includes('Past: ')) return []
  const isPast = isCopied(text, truth) || isTaken(text, truth) || hasGoneOn(text, truth)
  return isPast ? [`"${text}" stands, and it is past`] : []
}

/** Somebody who presses its button would defer a service of which all is copied. */
function isCopied(text: string, { m }: Truth): boolean {
  const [, service] = /^(\S+) takes at least /.exec(text) ?? []
  const cuts = m.plan.moves.filter(isSnapshotMove).filter((move) => move.service === service)
  // What was cut under an earlier freeze does not count.
  return cuts.length > 0 && cuts.every(({ id }) => latest(m, ofMove(id), 'snapshot')?.status === 'achieved')
}

/** The snapshot that stood is complete since. */
function hasGoneOn(text: string, { m }: Truth): boolean {
  const [, name, what] = /^(\S+): its (final snapshot|snapshot ahead) stands at /.exec(text) ?? []
  const move = m.plan.moves.filter(isSnapshotMove).find(({ volume }) => volume.name === name)
  const step = what === 'final snapshot' ? 'snapshot' : 'seed'
  return move !== undefined && latest(m, ofMove(move.id), step)?.status === 'achieved'
}

/** AWS has taken since what it did not take. */
function isTaken(text: string, { m }: Truth): boolean {
  const [, step, code] =
    /^AWS (?:does not take|has not said whether it took) (\w+) of .*?: (?:it answers )?`([^`]+)` since /.exec(text) ??
    []
  if (code === undefined) return false
  const open = m.effects.values().filter(({ status }) => status === 'intended' || status === 'issued')
  return !open.some(({ effect, hindrance }) => effect.step === step && hindrance?.code === code)
}

/** The message with the planted bug in it. */
function planted(plant: Sim['plant'], message: Message): Message {
  switch (plant) {
    case 'clock-without-as-of':
      return changed(message, (text) => text.replace(/, as of \d\d:\d\d:\d\d UTC/g, ''))
    case 'bound-rounded-up':
      return changed(message, (text) =>
        text.replace(LOWER, (_, count, unit, end) => `${Number(count) + 1} ${unit}${end}`),
      )
    case 'alert-that-stays':
      return changed(message, (text) => text.replace(/^Past: .*/gm, ''))
    default:
      return message
  }
}

/** A lower bound, of a range or alone. */
const LOWER = /(\d+) (d|h|min|s)( to \d+ (?:d|h|min|s)\b|(?= more at the rate| to go \())/g

function changed(message: Message, change: (text: string) => string): Message {
  const blocks = message.blocks.map((block) =>
    block.type === 'section' && block.text
      ? { ...block, text: { ...block.text, text: change(block.text.text) } }
      : block,
  )
  return { ...message, blocks }
}
