// The days of a watch: when the next look is due, and what one leaves behind. Each function gives a new state; a look that failed guesses
// nothing, and is made again.

import { healthWords, type Inventory, isInTrouble, type Survey } from '../../model/facts.ts'
import { dayTime } from '../../model/text.ts'
import { surveyAfter } from '../replan.ts'
import { type Look, type News, newsSince, type WatchedPlan, watchedOf } from './news.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** 03:00 UTC: the day of our users begins hours later, and what is new is there when they come. */
const DUE_AT_MS = 3 * HOUR_MS
/** A look that failed is made again after so long, so often at most: an hour of EC2's trouble is over, and no day costs many calls. */
const AGAIN_AFTER_MS = 2 * HOUR_MS
const LOOKS_MAX = 4
/** For so long nothing is said of looks that fail: a zone's trouble of a day is known from elsewhere. */
const UNSEEN_MAX_MS = 48 * HOUR_MS
/** Messages that were posted and are still edited when people choose; older ones stand as they are. */
const EDITED_MAX = 5

/** One message: the news of the look at `atMs` (ms since 1970), and whether Slack has it. */
export type Telling = {
  readonly atMs: number
  readonly isFirst: boolean
  readonly isPosted: boolean
  readonly news: readonly News[]
}

/** How far the watch of one pair is. Times are in ms since 1970. */
export type WatchState = {
  /** The day that is dealt with, by when its look was due. */
  readonly dueMs: number
  /** How many looks of that day have failed; null once it needs no other. */
  readonly failed: number | null
  readonly triedAtMs: number
  /** The last look from which a plan was drawn; null: none was. */
  readonly plannedAtMs: number | null
  /** Since when every look has failed, and whether that was said. */
  readonly unseenSinceMs: number
  readonly isUnseenTold: boolean
  readonly plan: WatchedPlan | null
  /** What AWS last answered to each question of preflight. */
  readonly survey: Survey | null
  readonly tellings: readonly Telling[]
}

/** When the next look is due: not after `nowMs` where it is due by now. A day that nobody looked on is made up for once. */
export function nextLookMs(state: WatchState | null, nowMs: number): number {
  if (!state || state.dueMs < dueBy(nowMs)) return nowMs
  const isAgain = state.failed !== null && state.failed < LOOKS_MAX
  return isAgain ? state.triedAtMs + AGAIN_AFTER_MS : state.dueMs + DAY_MS
}

/** The last time of 03:00 UTC by then, in ms since 1970. */
export function dueBy(nowMs: number): number {
  return Math.floor((nowMs - DUE_AT_MS) / DAY_MS) * DAY_MS + DUE_AT_MS
}

/**
 * The inventory as a plan for some later day is drawn from it: what AWS does not answer now is as it was answered last, and a snapshot
 * that is in flight tonight will not be then.
 */
export function inventoryAhead(state: WatchState | null, seen: Inventory): Inventory {
  const survey = state?.survey ? surveyAfter(state.survey, seen.survey) : seen.survey
  return { ...seen, survey: { ...survey, pendingSnapshots: { answer: [] } } }
}

/** Why nothing follows from what EC2 showed: a zone in trouble may be shown without half of what stands in it. Null where it may be believed. */
export function distrustOf({ zones }: Inventory, sourceZone: string): string | null {
  const zone = zones.find(({ name }) => name === sourceZone)
  return zone && isInTrouble(zone) ? healthWords(zone) : null
}

/** After a look from which a plan was drawn. */
export function afterLook(state: WatchState | null, { nowMs, ...seen }: Look & { readonly nowMs: number }): WatchState {
  const news = newsSince(state?.plan ?? null, seen)
  return {
    ...dealtWith(nowMs),
    plannedAtMs: nowMs,
    plan: watchedOf(seen),
    survey: seen.inventory.survey,
    tellings: withNews(state, nowMs, news),
  }
}

/** After a day on which a migration between the zones tells all there is: what is kept stands for the day after its end. */
export function afterRest(state: WatchState | null, nowMs: number): WatchState {
  return { ...keptOf(state), ...dealtWith(nowMs) }
}

/**
 * After a look that failed, and why. It is said once, after 48 h; at once where `isMistake`: zones that are not there will not come by
 * waiting.
 */
export function afterFailure(
  state: WatchState | null,
  { why, isMistake, nowMs }: { readonly why: string; readonly isMistake: boolean; readonly nowMs: number },
): WatchState {
  const dueMs = dueBy(nowMs)
  const before = state?.dueMs === dueMs ? (state.failed ?? 0) : 0
  const unseenSinceMs = state?.unseenSinceMs ?? nowMs
  const isTold = state?.isUnseenTold ?? false
  const isLong = isMistake || nowMs - unseenSinceMs >= UNSEEN_MAX_MS
  const news: News[] = isLong && !isTold ? [{ kind: 'unseen', sinceMs: unseenSinceMs, cause: why }] : []
  return {
    ...keptOf(state),
    ...{ dueMs, failed: before + 1, triedAtMs: nowMs, unseenSinceMs, isUnseenTold: isTold || isLong },
    tellings: withNews(state, nowMs, news),
  }
}

/** Slack has the message of the look at `atMs`. */
export function posted(state: WatchState, atMs: number): WatchState {
  return { ...state, tellings: state.tellings.map((one) => (one.atMs === atMs ? { ...one, isPosted: true } : one)) }
}

function dealtWith(nowMs: number) {
  return { dueMs: dueBy(nowMs), failed: null, triedAtMs: nowMs, unseenSinceMs: nowMs, isUnseenTold: false }
}

function keptOf(state: WatchState | null): Pick<WatchState, 'plannedAtMs' | 'plan' | 'survey' | 'tellings'> {
  const { plannedAtMs = null, plan = null, survey = null, tellings = [] } = state ?? {}
  return { plannedAtMs, plan, survey, tellings }
}

/** What Slack has not taken yet stays until it has. */
function withNews(state: WatchState | null, atMs: number, news: readonly News[]): Telling[] {
  const tellings = state?.tellings ?? []
  if (news.length === 0) return [...tellings]
  const kept = tellings.filter(({ isPosted }, index) => !isPosted || index >= tellings.length + 1 - EDITED_MAX)
  return [...kept, { atMs, isFirst: (state?.plan ?? null) === null, isPosted: false, news }]
}

/** When the plan of a watched pair was drawn last, as of now; `plannedAtMs` is null where none was. */
export type WatchAge = { readonly plannedAtMs: number | null; readonly nowMs: number }

/** That in a sentence. */
export function watchAgeText({ plannedAtMs, nowMs }: WatchAge): string {
  if (plannedAtMs === null) return `Watched: not planned yet as of ${dayTime(nowMs)}.`
  const minutes = Math.max(0, Math.floor((nowMs - plannedAtMs) / 60_000))
  const age = minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`
  return `Watched: last planned ${dayTime(plannedAtMs)}, ${age} ago as of ${dayTime(nowMs)}.`
}
