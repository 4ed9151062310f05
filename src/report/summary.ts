// What the report says first: its title, one paragraph, and the facts. What the journal does not hold is left out, and what is not known
// yet is said to be so.
import { isDeferred, isOpen, isReturned, isThawed, partsOf } from '../core/journal/services.ts'
import type { Migration } from '../core/model/migration.ts'
import { isReplicaMove, isSnapshotMove, rowsOf, sourceIdsOf } from '../core/model/moves.ts'
import type { Service } from '../core/model/plan.ts'
import { day, mention } from '../core/model/text.ts'
import { phaseShown } from '../core/telling/outlook.ts'
import type { Story } from './story.ts'
import { outcomeOf } from './verdict.ts'
import { counted, lengthOf, namedUpTo, placeIn, stampOf } from './words.ts'

/** Names that a sentence holds. */
const NAMED_MAX = 30

/** One line of the table of facts. */
export type Fact = readonly [what: string, value: string]

/** The title of the report. */
export function titleOf({ migration: m, fromMs }: Story): string {
  const { sourceZone, targetZone } = m.plan
  const date = day(m.outage?.fromMs ?? fromMs)
  if (m.purpose === 'rehearsal') return `Rehearsal ${outcomeOf(m)}: ${sourceZone} to ${targetZone}, ${date}`
  return `${m.outage ? 'Outage report' : 'Report'}: ${sourceZone} to ${targetZone}, ${date}`
}

/** The paragraph that stands for the whole: which zones, when, how it ended, how long services were out, what came later. */
export function summaryOf(story: Story): string {
  const { migration: m } = story
  return [`${courseOf(story)} ${endOf(story)}`, outageWords(story), ...deferredWords(m)].filter(Boolean).join(' ')
}

function courseOf({ migration: m, fromMs }: Story): string {
  const { sourceZone, targetZone, services, moves } = m.plan
  const what = `${counted(sourceIdsOf(moves).length, 'volume')} of ${counted(services.length, 'service')}`
  const said = `On ${day(fromMs)} (UTC) ${mention(m.by)} asked to move ${what} from ${sourceZone} to ${targetZone}.`
  if (m.purpose === 'rehearsal') {
    return `On ${day(fromMs)} (UTC) ${mention(m.by)} rehearsed the move of ${what} from ${sourceZone} to ${targetZone}.`
  }
  if (m.purpose === 'seeds') return `On ${day(fromMs)} (UTC) snapshots of ${what} in ${sourceZone} were taken ahead.`
  return m.isRebuilt ? `${said} The journal before that is lost: this one was rebuilt from tags.` : said
}

function endOf({ migration: m, asOfMs, timeline }: Story): string {
  const { sourceZone, targetZone } = m.plan
  const { endedAtMs, wentLiveAtMs } = m
  if (endedAtMs === null) {
    const where =
      m.phase === 'halted' ? 'halted: nothing more is issued until people decide' : PHASE_WORDS[phaseShown(m)]
    return `As of ${stampOf(asOfMs)}, the last entry of its journal, it is ${where}${m.paused ? ', and paused' : ''}.`
  }
  if (m.purpose === 'rehearsal') return `It was over at ${stampOf(endedAtMs)}: ${outcomeOf(m)}.`
  if (m.purpose !== 'move') return `It was over at ${stampOf(endedAtMs)}.`
  if (wentLiveAtMs !== null) {
    return `It went live in ${targetZone} at ${stampOf(wentLiveAtMs)}, and was over at ${stampOf(endedAtMs)}.`
  }
  const wasBegun = m.effects.size > 0
  if (!wasBegun) return `It was put away at ${stampOf(endedAtMs)} before anything was touched.`
  const why = timeline.find(({ sentence }) => sentence.startsWith('Aborted'))?.sentence.replace(/\.$/, '') ?? 'Aborted'
  return `${why}: at ${stampOf(endedAtMs)} every service was back in ${sourceZone}.`
}

const PHASE_WORDS: Readonly<Record<Migration['phase'], string>> = {
  planned: 'planned, and nothing has begun',
  seeding: 'in preparation: services run, and snapshots are taken ahead',
  frozen: 'stopping writes',
  moving: 'moving: writes are stopped, and copies are made',
  live: 'live in the target zone, and not done yet',
  done: 'done',
  aborting: 'on its way back',
  aborted: 'aborted',
  halted: 'halted',
}

function outageWords({ migration: { outage, endedAtMs }, outages, asOfMs }: Story): string {
  if (!outage) return 'No service was stopped.'
  const from = stampOf(outage.fromMs)
  const waited = outage.gateWaitMs > 0 ? `, ${lengthOf(outage.gateWaitMs)} of it spent waiting for people` : ''
  if (outage.untilMs === null && endedAtMs !== null) {
    return `The outage began at ${from}; when it ended the journal does not hold.`
  }
  if (outage.untilMs === null) {
    return `The outage began at ${from} and goes on: ${lengthOf(asOfMs - outage.fromMs)} so far${waited}.`
  }
  const parts = outages.length > 1 ? `, in ${outages.length} parts` : ''
  return `The outage lasted ${lengthOf(outage.untilMs - outage.fromMs)}${parts}, from ${from} to ${stampOf(outage.untilMs)}${waited}.`
}

/** What was not waited for at the point of no return, and when it followed. */
function deferredWords(m: Migration): string[] {
  if (m.wentLiveAtMs === null) return []
  return m.plan.services.filter((service) => isDeferred(m, service)).map((service) => deferredSentence(m, service))
}

function deferredSentence(m: Migration, service: Service): string {
  const { name } = service
  const deferral = m.deferrals.find((one) => one.service === name)
  const by = deferral ? `was deferred by ${mention(deferral.by)}, because ${deferral.reason}` : 'could wait by the plan'
  const percent = m.percentsAtGoLive[name]
  const at = percent === undefined ? '' : `, with its slowest snapshot at ${percent}%`
  return `${name} ${by}; it was not waited for${at}. ${followed(m, name)}`
}

function followed(m: Migration, name: string): string {
  if (isReturned(m, name)) {
    const isBack = isThawed(m, name) ? 'and serves there again' : 'and is on its way there'
    return `It was given back to ${m.plan.sourceZone}, ${isBack}.`
  }
  const openedAtMs = openedAt(m, name)
  return openedAtMs === null ? 'It is not open yet.' : `It was open at ${stampOf(openedAtMs)}.`
}

/** When the service was seen open in the target zone, in all its parts, in ms since 1970; null while it is not. */
function openedAt(m: Migration, name: string): number | null {
  if (!isOpen(m, name)) return null
  return Math.max(...partsOf(m, name, 'open').map(({ achievedAtMs }) => achievedAtMs ?? 0))
}

/** The table of facts, in the order in which it is read. */
export function factsTold(story: Story): Fact[] {
  const { migration: m, fromMs } = story
  const { plan, rules } = m
  const [required, deferred] = [false, true].map((isOut) =>
    plan.services.filter((service) => isDeferred(m, service) === isOut).map(({ name }) => name),
  )
  return [
    ['Migration', m.id],
    ['From, to', `${plan.sourceZone}, ${plan.targetZone}`],
    ['Asked for', `${stampOf(fromMs)} by ${mention(m.by)}`],
    ['Volumes', volumesTold(m)],
    ['Services waited for', namedUpTo(required ?? [], NAMED_MAX) || 'none'],
    ['Services not waited for', namedUpTo(deferred ?? [], NAMED_MAX) || 'none'],
    ...outageFacts(story),
    ...forecastFacts(story),
    ['Budget of the outage', rules.budgetMinutes === null ? 'none was set' : budgetTold(story, rules.budgetMinutes)],
    ['Point of no return', m.wentLiveAtMs === null ? 'not passed' : stampOf(m.wentLiveAtMs)],
    [
      'Ended',
      m.endedAtMs === null ? 'not yet' : `${stampOf(m.endedAtMs)}, ${m.phase === 'aborted' ? 'aborted' : 'done'}`,
    ],
  ]
}

function volumesTold({ plan: { moves, stays } }: Migration): string {
  const snapshots = rowsOf(moves.filter(isSnapshotMove))
  const replicas = rowsOf(moves.filter(isReplicaMove))
  const size = (rows: typeof snapshots): string => `${rows.reduce((sum, { volume }) => sum + volume.sizeGib, 0)} GiB`
  return [
    `${snapshots.length} by snapshot (${size(snapshots)})`,
    `${replicas.length} by replica (${size(replicas)})`,
    `${stays.length} stayed`,
  ].join(', ')
}

function outageFacts({ migration: { outage, endedAtMs }, asOfMs }: Story): Fact[] {
  if (!outage) return [['Outage', 'none']]
  const { fromMs, untilMs, gateWaitMs } = outage
  if (untilMs === null && endedAtMs !== null) {
    return [
      ['Outage from', stampOf(fromMs)],
      ['Outage to', 'not in the journal'],
    ]
  }
  return [
    ['Outage from', stampOf(fromMs)],
    ['Outage to', untilMs === null ? `not over as of ${stampOf(asOfMs)}` : stampOf(untilMs)],
    ['Outage length', `${lengthOf((untilMs ?? asOfMs) - fromMs)}${untilMs === null ? ' so far' : ''}`],
    ['Of it waiting for people', lengthOf(gateWaitMs)],
  ]
}

/** What was said of the outage before it began, and what came true: both without the waits for people. */
function forecastFacts({ migration: { outage }, forecast }: Story): Fact[] {
  if (!forecast) return []
  const { leastMs, mostMs, atMs } = forecast
  const most = mostMs === null ? '' : ` to ${lengthOf(mostMs)}`
  const said = `${most ? '' : 'at least '}${lengthOf(leastMs)}${most} without waits for people, as of ${stampOf(atMs)}`
  if (!outage || outage.untilMs === null) return [['Forecast of the outage', said]]
  const tookMs = outage.untilMs - outage.fromMs - outage.gateWaitMs
  return [['Forecast of the outage', `${said}; it took ${lengthOf(tookMs)}, ${placeIn(tookMs, forecast)}`]]
}

function budgetTold({ migration: { outage, endedAtMs }, asOfMs }: Story, minutes: number): string {
  if (!outage || (outage.untilMs === null && endedAtMs !== null)) return `${minutes} min`
  const overMs = (outage.untilMs ?? asOfMs) - outage.fromMs - minutes * 60_000
  if (overMs > 0) return `${minutes} min, exceeded by ${lengthOf(overMs)}`
  return outage.untilMs === null ? `${minutes} min, not exceeded so far` : `${minutes} min, kept`
}
