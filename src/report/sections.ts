// The sections of the report behind its facts: rates, what went wrong, what is left, and what people wrote down.
import { isReturned } from '../core/journal/services.ts'
import { deletedIn } from '../core/journal/state.ts'
import { type EffectState, isSnapshotEffect, thingsOf } from '../core/model/effects.ts'
import type { Entry } from '../core/model/entries.ts'
import type { Migration } from '../core/model/migration.ts'
import { isReplicaMove, sourcesOf } from '../core/model/moves.ts'
import { keptUntilMs } from '../core/model/rules.ts'
import { code, day, mention } from '../core/model/text.ts'
import { saysMoving } from '../core/telling/stalls/told.ts'
import { type Course, coursesOf, type Leg, lastLeg } from './legs.ts'
import type { Story, Trouble } from './story.ts'
import { counted, lengthOf, namedUpTo, stampOf } from './words.ts'

/** Names that a sentence holds. */
const NAMED_MAX = 100

/** The columns of the table of rates. */
export const RATE_COLUMNS = [
  'Volume',
  'Service',
  'GiB',
  'Taken ahead',
  'Final snapshot',
  'GiB/h',
  'Copy, attached',
  'Open',
]

/** A row a move, the slowest first; each cell is a sentence. */
export function rateRows(story: Story): string[][] {
  const slowestFirst = coursesOf(story).toSorted((a, b) => b.tookMs - a.tookMs || (a.move.id < b.move.id ? -1 : 1))
  return slowestFirst.map((course) => {
    const { move, name, sizeGib } = course
    const final = lastLeg(course, 'snapshot')
    const byReplica = isReplicaMove(move)
    return [
      name,
      move.service,
      String(sizeGib),
      byReplica ? 'by replica' : taken(lastLeg(course, 'seed')),
      byReplica ? handedOver(lastLeg(course, 'replica')) : taken(final),
      rateOf(final, sizeGib),
      byReplica ? '-' : copyTaken(course),
      taken(lastLeg(course, 'open')),
    ]
  })
}

function taken(leg: Leg | null): string {
  if (!leg) return '-'
  const { fromMs, untilMs, isFailed } = leg
  if (isFailed) return untilMs === null ? 'failed' : `failed after ${lengthOf(untilMs - fromMs)}`
  return untilMs === null ? `since ${stampOf(fromMs)}, not seen complete` : lengthOf(untilMs - fromMs)
}

function handedOver(leg: Leg | null): string {
  return leg ? `handed over: ${taken(leg)}` : '-'
}

function copyTaken(course: Course): string {
  const [restored, attached] = [lastLeg(course, 'restore'), lastLeg(course, 'attach')]
  return restored ? `${taken(restored)}, ${taken(attached)}` : '-'
}

/** The size of the volume over the time; what was copied may be less, and the journal does not hold it. */
function rateOf(leg: Leg | null, sizeGib: number): string {
  if (!leg || leg.isFailed || leg.untilMs === null || leg.untilMs <= leg.fromMs) return '-'
  const rate = (sizeGib * 3_600_000) / (leg.untilMs - leg.fromMs)
  return rate < 10 ? rate.toFixed(1) : String(Math.round(rate))
}

/** What went wrong in its order, each with how long it lasted; and how often AWS did not take a call. */
export function troubleLines({ migration: m, troubles, asOfMs }: Story, entries: readonly Entry[]): string[] {
  const lines = troubles.map((trouble) => ({ atMs: trouble.fromMs, said: troubleLine(trouble, m, asOfMs) }))
  const warnings = entries.flatMap((one) =>
    one.kind === 'warned' ? [{ atMs: one.atMs, said: saysMoving(one.about) ? one.text : `warned: ${one.text}` }] : [],
  )
  const inOrder = [...lines, ...warnings].toSorted((a, b) => a.atMs - b.atMs)
  return [...inOrder.map(({ atMs, said }) => `${stampOf(atMs)}: ${said}`), ...putOffLines(entries)]
}

function troubleLine({ fromMs, untilMs, what }: Trouble, { endedAtMs }: Migration, asOfMs: number): string {
  const said = what.replace(/\.$/, '')
  if (untilMs !== null) return `${said}. It lasted ${lengthOf(untilMs - fromMs)}.`
  return endedAtMs === null
    ? `${said}. It lasts: ${lengthOf(asOfMs - fromMs)} so far.`
    : `${said}. Its end is not in the journal.`
}

/** Calls that AWS put off or did not answer, counted by its code; they were made again. */
function putOffLines(entries: readonly Entry[]): string[] {
  const counts = new Map<string, number>()
  for (const one of entries) {
    if (one.kind !== 'notCalled' && one.kind !== 'unanswered') continue
    const { answer, kind } = one
    if (!answer) continue
    const what = `${kind === 'notCalled' ? 'AWS put off' : 'AWS did not say whether it took'}|${answer.code}`
    counts.set(what, (counts.get(what) ?? 0) + 1)
  }
  return [...counts].map(([what, count]) => {
    const [did = '', code = ''] = what.split('|')
    return `${did} ${counted(count, 'call')}: ${code}.`
  })
}

/** What still stands where it was, from when it may be deleted, and what a cleanup deleted. */
export function leftLines({ migration: m, asOfMs }: Story): string[] {
  const { endedAtMs, plan } = m
  const stayed = plan.stays.map(({ name, volume, reason }) => `Not moved: ${name} (${volume}): ${reason}.`)
  if (endedAtMs === null)
    return [`It is not over as of ${stampOf(asOfMs)}, so nothing of it is left behind yet.`, ...stayed]
  const left = m.wentLiveAtMs === null ? madeLines(m) : keptLines(m)
  const from = day(keptUntilMs(m.rules, endedAtMs))
  const offer = m.cleanup
    ? []
    : [`From ${from} on, ${code(`/migrate cleanup ${m.id}`)} offers to delete what is not needed any more.`]
  return [...left, ...(left.length > 0 ? [...offer, ...cleanupLines(m)] : []), ...stayed]
}

/** The source volumes; those of a service that was given back serve again. */
function keptLines(m: Migration): string[] {
  const old = m.plan.moves
    .filter(({ service }) => !isReturned(m, service))
    .flatMap(sourcesOf)
    .map(({ name, id }) => `${name} (${id})`)
  const zone = m.plan.sourceZone
  return old.length === 0 ? [] : [`The old volumes were kept in ${zone} at the end: ${namedUpTo(old, NAMED_MAX)}.`]
}

function madeLines(m: Migration): string[] {
  const states = m.effects.values()
  const deleted = new Set(deletedIn(m))
  const count = (isMeant: (state: EffectState) => boolean): number =>
    states
      .filter(isMeant)
      .flatMap(thingsOf)
      .filter((id) => !deleted.has(id)).length
  const snapshots = count(({ effect }) => isSnapshotEffect(effect))
  const copies = count(({ effect }) => effect.step === 'restore')
  if (snapshots + copies === 0) return []
  const made = `${counted(snapshots, 'snapshot')} and ${counted(copies, 'copy', 'copies')}`
  return [m.phase === 'aborted' ? `At the abort ${made} had been made.` : `At the end it left ${made}.`]
}

function cleanupLines({ cleanup }: Migration): string[] {
  if (!cleanup) return []
  const { by, atMs, approved, kept, endedAtMs } = cleanup
  const asked = `${mention(by)} asked for a cleanup at ${stampOf(atMs)}`
  if (endedAtMs === null) return [`${asked}; it is not over.`]
  const gone = (approved ?? []).filter((id) => !kept.has(id)).length
  const late = [...kept].map(([id, why]) => `${id}, ${why}`)
  const rest = late.length > 0 ? [`It kept ${namedUpTo(late, NAMED_MAX)}.`] : []
  return [
    `${asked}, and it deleted ${counted(gone, 'volume or snapshot', 'volumes or snapshots')} by ${stampOf(endedAtMs)}.`,
    ...rest,
  ]
}

/** What people wrote down, in its order. */
export function noteLines(entries: readonly Entry[]): string[] {
  return entries.flatMap((one) =>
    one.kind === 'noted' ? [`${stampOf(one.atMs)}, ${mention(one.by)}: ${one.text}`] : [],
  )
}
