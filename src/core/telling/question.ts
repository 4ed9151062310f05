// The words of each gate: the question with what it does and to whom, then the few facts that a tired person decides on. Every name that
// the approval covers is in the evidence, which stands below the question and not in it.

import { freezeOf, isDeferred } from '../journal/services.ts'
import { latest, tookMs } from '../journal/state.ts'
import { cautionLines } from '../model/checks.ts'
import type { EntryOf } from '../model/entries.ts'
import type { Asking, Migration } from '../model/migration.ts'
import { isReplicaMove, isSnapshotMove, rowsOf } from '../model/moves.ts'
import type { Move, Service } from '../model/plan.ts'
import { ofMove } from '../model/subjects.ts'
import { code, counted, cut, listed, timeBeside } from '../model/text.ts'
import { lastSeedMs } from '../steps/seeds/rounds.ts'
import { spell } from './eta.ts'
import { forecastText } from './forecast/forecast.ts'
import { tellsWaiting } from './forecast/older.ts'

/** What is asked, without its people, and what there is to know before the answer, a sentence each. */
export type Question = { readonly ask: string; readonly facts: readonly string[] }

/** Services that one sentence names. */
const NAMED_MAX = 4
/** Characters of why a question is asked again: the whole reason stands with the answer that it voids. */
const AGAIN_MAX = 120

/** The question of a gate as the migration stands now; of one that is not asked any more only `ask` is true. */
export function questionOf(m: Migration, asked: EntryOf<'asked'>): Question {
  const { ask, facts } = wordsOf(m, asked)
  const again = asked.again === null ? [] : [`Asked again: ${cut(asked.again, AGAIN_MAX)}.`]
  return { ask: `${ask} ${m.id}`, facts: [...again, ...facts] }
}

/** The question that stands, alone. */
export function askOf(m: Migration, { gate, atMs }: Asking): string {
  return `${wordsOf(m, { gate, evidence: [], atMs }).ask} ${m.id}`
}

function wordsOf(m: Migration, asked: Pick<EntryOf<'asked'>, 'gate' | 'evidence' | 'atMs' | 'forecast'>): Question {
  switch (asked.gate) {
    case 'start':
      return startWords(m)
    case 'freeze':
      return freezeWords(m, asked)
    case 'goLive':
      return goLiveWords(m, asked.atMs)
    case 'cleanup':
      return { ask: 'Delete what was left behind?', facts: [asked.evidence[0] ?? ''] }
  }
}

function startWords(m: Migration): Question {
  const { moves, stays, sourceZone, targetZone, leftovers = [], checks } = m.plan
  const rows = rowsOf(moves)
  const gib = rows.reduce((sum, { volume }) => sum + volume.sizeGib, 0)
  const staying =
    stays.length > 0 ? `, ${counted(stays.length, 'volume')} ${stays.length === 1 ? 'stays' : 'stay'}` : ''
  const cautions = cautionLines(checks).length
  return {
    ask: `Start moving ${counted(m.plan.services.length, 'service')} from ${sourceZone} to ${targetZone}?`,
    facts: [
      `${counted(rows.length, 'volume')}, ${gib} GiB, ${rows.length === 1 ? 'moves' : 'move'}${staying}. Nothing stops yet: that is asked for later.`,
      m.seeds
        ? 'Snapshots are taken ahead while services run, one after another until they are quick, so that the outage copies only what changes.'
        : 'No snapshots are taken ahead: the outage lasts as long as the slowest full one.',
      ...(leftovers.length > 0
        ? [`Out of the way first, as named below: ${counted(leftovers.length, 'volume')} of an earlier migration.`]
        : []),
      ...(cautions > 0 ? [`${counted(cautions, 'caution')} below.`] : []),
      `Until go-live ${code('/migrate abort')} brings everything back.`,
    ],
  }
}

function freezeWords(
  m: Migration,
  { evidence, atMs, forecast }: Pick<EntryOf<'asked'>, 'evidence' | 'atMs' | 'forecast'>,
): Question {
  const fresh = m.plan.services.filter(({ name }) => freezeOf(m, name) === null)
  const back = `Until go-live ${code('/migrate abort')} starts them again where they are; no data is copied back.`
  if (fresh.length === 0) return { ask: 'Stop writes again?', facts: [cut(evidence[0] ?? '', AGAIN_MAX), back] }
  const isOn = m.outage !== null && m.outage.untilMs === null
  return {
    ask: isOn ? 'Stop writes there too? The outage goes on.' : 'Stop writes now? The outage begins.',
    facts: [
      `${counted(fresh.length, 'service')} ${fresh.length === 1 ? 'goes' : 'go'} down until open in ${m.plan.targetZone}: ${namesOf(fresh)}.`,
      ...(forecast
        ? [forecastText(forecast, atMs)]
        : [howLong(m, fresh), ...(tellsWaiting(evidence) ? [WAITING] : [])]),
      back,
    ],
  }
}

/** Said where no forecast says it; which they are, and how far, is below. */
const WAITING = 'Final snapshots would wait for older ones that are not complete, as the cautions below say.'

/** What is known of how long the outage lasts: seeds have shown how long a whole copy takes. */
function howLong(m: Migration, services: readonly Service[]): string {
  const names = new Set(services.filter((service) => !isDeferred(m, service)).map(({ name }) => name))
  const moves = m.plan.moves.filter(isSnapshotMove).filter(({ service }) => names.has(service))
  if (moves.length === 0) return 'Nothing is copied: replicas are promoted.'
  const took = moves.flatMap((move) => lastSeedMs(m, move) ?? [])
  if (took.length < moves.length) {
    return 'How long is known only once the snapshots report percents: not every volume has one that was taken ahead.'
  }
  return `The final snapshots copy what changed since those taken ahead, and the slowest of the last ones took ${spell(Math.max(...took))}.`
}

function goLiveWords(m: Migration, askedAtMs: number): Question {
  const { services, moves, sourceZone, targetZone } = m.plan
  const deferred = services.filter((service) => isDeferred(m, service))
  const required = services.filter((service) => !deferred.includes(service))
  const names = new Set(required.map(({ name }) => name))
  const mine = moves.filter(({ service }) => names.has(service))
  return {
    ask: `Go live? ${targetZone} takes writes, and there is no abort after this.`,
    facts: [
      `Attached there and equal to their sources: all ${counted(rowsOf(mine).length, 'volume')} of ${counted(required.length, 'required service')}.`,
      ...(deferred.length > 0 ? [`Follows later: ${namesOf(deferred)}.`] : []),
      ...(m.outage
        ? [`The outage began at ${timeBeside(m.outage.fromMs, askedAtMs)}${m.isRebuilt ? ' or earlier' : ''}.`]
        : []),
      wayBack(m, mine),
      `The volumes in ${sourceZone} are kept, and grow old.`,
    ],
  }
}

/** What going back costs behind the point of no return. */
function wayBack(m: Migration, moves: readonly Move[]): string {
  const cuts = moves.flatMap(({ id }) => latest(m, ofMove(id), 'snapshot') ?? [])
  const took = cuts.flatMap((cut) => tookMs(cut) ?? [])
  const last = took.length > 0 ? ` (the slowest of the last ones took ${spell(Math.max(...took))})` : ''
  const isFull = moves.some(isReplicaMove)
  const full = isFull ? ', full ones for replicas' : ''
  return `Way back after this: new snapshots${last}${full}, restored by hand.`
}

function namesOf(services: readonly Service[]): string {
  return listed(
    services.map(({ name }) => name),
    NAMED_MAX,
  )
}
