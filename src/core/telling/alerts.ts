// What people should hear before they ask, each once: a snapshot that the outage waits for and that will take long at
// the rate so far, an outage past its budget, a replica with doubts that no sync clears, a tag of ours that somebody
// changed, and a question that nobody answers. That a snapshot stands is told beside the decision: stalls/told.ts.

import { readingOf } from '../journal/readings.ts'
import { isDeferred, movesOf } from '../journal/services.ts'
import { isLatest, isMove } from '../journal/state.ts'
import { effectId, isRateRefused } from '../model/effects.ts'
import type { EntryBody } from '../model/entries.ts'
import { type Facts, healthWords, isInTrouble, zoneAlert, zonesBetween } from '../model/facts.ts'
import type { Migration, Phase } from '../model/migration.ts'
import { isReplicaMove, isSnapshotMove } from '../model/moves.ts'
import type { Service } from '../model/plan.ts'
import { ofMove } from '../model/subjects.ts'
import { code, theirs, timeBeside, timeOfDay } from '../model/text.ts'
import { finalSnapshot } from '../steps/snapshot-ladder.ts'
import { takenFreeze, takenToWrite } from '../steps/taken-marks.ts'
import { type Hindered, isHindered, nameIn } from '../steps/waits.ts'
import { reunitedReadingOf } from '../steps/way-back.ts'
import { lastCall, overBudget } from './budget.ts'
import { leastAtRate, spellLeast } from './eta.ts'
import { volumeNamed } from './names.ts'
import { readsNotice } from './reads/words.ts'
import { reminder } from './reminders.ts'
import { movesAgain } from './stalls/told.ts'

/**
 * The age at which a slow snapshot is worth a warning. "Dropbox hadn't reached 1% after ten minutes": by then there is
 * something to say.
 */
const SPEAKS_AFTER_MS = 10 * 60_000
/** Throttling passes within seconds; what lasts longer, somebody should hear of before they wonder. */
const HINDERED_TELLS_MS = 30_000
/** A snapshot that is over within the hour needs no decision. */
const LONG_MS = 60 * 60_000

/** The next warning that is due and was not given yet, as a `warned` entry; null if there is none. */
export function alert(m: Migration, facts: Facts, nowMs: number): EntryBody | null {
  // Nobody waits for a rehearsal, and nothing is at stake.
  if (!isMove(m)) return hindered(m, nowMs)
  const told = hindered(m, nowMs) ?? doubtful(m) ?? retagged(m, facts) ?? troubledZone(m, facts)
  const slow = m.phase === 'moving' ? slowService(m, facts) : null
  const reads = readsNotice(m, facts) ?? rateless(m)
  const ofCopies = movesAgain(m, facts) ?? slow ?? reads
  return told ?? ofCopies ?? overBudget(m, nowMs) ?? lastCall(m, nowMs) ?? reminder(m, nowMs)
}

/** The warning about a required service whose slowest final snapshot takes long. */
function slowService(m: Migration, facts: Facts): EntryBody | null {
  const required = m.plan.services.filter((service) => !isDeferred(m, service))
  for (const service of required) {
    const about = slowAlert(service.name)
    const leastMs = m.warned.has(about) ? 0 : leastLeft(m, service, facts)
    if (leastMs >= LONG_MS)
      return { kind: 'warned', about, service: service.name, text: slowText(service, leastMs, facts.beganAtMs) }
  }
  return null
}

/** What names the warning about a service's slow final snapshot. */
export function slowAlert(service: string): string {
  return `slow ${service}`
}

function slowText({ name }: Service, leastMs: number, asOfMs: number): string {
  return `${name} takes at least ${spellLeast(leastMs)} more at the rate so far (as of ${timeOfDay(asOfMs)} UTC). Go live without it?`
}

/** The warning for calls that AWS does not take, once for each code and step, however many volumes it is about. */
function hindered(m: Migration, nowMs: number): EntryBody | null {
  // What another one has taken the place of is not called any more.
  const all = m.effects.values().filter((state): state is Hindered => isHindered(state) && isLatest(m, state))
  const untold = all.filter(
    (one) => !m.warned.has(hindranceOf(one)) && nowMs - one.hindrance.sinceMs >= HINDERED_TELLS_MS,
  )
  const [first] = untold.toSorted((a, b) => a.hindrance.sinceMs - b.hindrance.sinceMs)
  if (!first) return null
  const { effect, hindrance } = first
  const about = hindranceOf(first)
  const others = all.filter((one) => hindranceOf(one) === about).length - 1
  const what = `${effect.step} of ${nameIn(m, effect)}${others > 0 ? ` and of ${others} more` : ''}`
  const since = `since ${timeBeside(hindrance.sinceMs, nowMs)}`
  const sentence = hindrance.problem === '' ? '' : ` (${hindrance.problem})`
  const saying =
    first.status === 'issued'
      ? `AWS has not said whether it took ${what}: ${code(hindrance.code)} ${since}${sentence}. It is looked for.`
      : `AWS does not take ${what}: it answers ${code(hindrance.code)} ${since}${sentence}.`
  const text = `${saying} What to do: ${hindrance.remedy}. It is asked again by itself.`
  return { kind: 'warned', about, service: null, text }
}

/** What names the warning about calls of one step that AWS does not take, and answers by one code. */
export function hindranceOf({ effect, hindrance }: Hindered): string {
  return `hindrance ${hindrance.code} ${effect.step}`
}

/** What names the notice that EC2 refused an initialization rate. */
const RATELESS = 'initialization rate'

/** The notice that EC2 refused a copy with its initialization rate, once: whoever waits for fast reads knows why they are not. */
function rateless(m: Migration): EntryBody | null {
  const refused = m.warned.has(RATELESS) ? undefined : m.effects.values().find(isRateRefused)
  if (!refused?.failure) return null
  const asked = `EC2 did not take the copy of ${nameIn(m, refused.effect)} with an initialization rate (${refused.failure.problem.replace(/\.$/, '')})`
  const text = `${asked}. Copies that it refuses one are made without, and nothing is to be done; their reads are slow for longer after go-live, since EC2 loads them at its own pace.`
  return { kind: 'warned', about: RATELESS, service: null, text }
}

/**
 * The warning for a replica that has doubts and that no sync is making whole. The freeze does not ask before it is in
 * sync, and an abort does not end.
 */
function doubtful(m: Migration): EntryBody | null {
  if (m.phase !== 'seeding' && m.phase !== 'aborting') return null
  const isBack = m.phase === 'aborting'
  for (const move of m.plan.moves.filter(isReplicaMove)) {
    const reading = isBack ? reunitedReadingOf(m, move) : readingOf(m, ofMove(move.id))
    const isSyncing = reading?.sync && !reading.isStalled
    if (!reading || reading.doubts.length === 0 || isSyncing) continue
    const causes = reading.sync ? [reading.sync] : reading.doubts
    const about = `doubt ${isBack ? 'at home' : 'of'} ${move.resource} ${causes.join('; ').replace(/[\d.]+/g, '#')}`
    if (m.warned.has(about)) continue
    const why = causes.join('; ')
    const remedy = reading.doubts.some((doubt) => doubt.endsWith(' is down'))
      ? `bring it up where it is down (drbdadm up ${move.resource})`
      : 'look at it on both hosts (drbdadm verify)'
    const text = isBack
      ? `The replica ${move.resource} is back at its backup server and not in sync: ${why}. Services run; the way back ends once it is: ${remedy}.`
      : `The replica ${move.resource} is not proven: ${why}. The freeze waits for it: ${remedy}, or go on without it?`
    return { kind: 'warned', about, service: move.service, text }
  }
  return null
}

/** Phases in which services are about to stop, or have. */
const AT_STAKE: ReadonlySet<Phase> = new Set(['seeding', 'frozen', 'moving'])

/** The warning for a zone that EC2 does not call available, once for each of its states, while services are at stake. */
function troubledZone(m: Migration, { zones }: Facts): EntryBody | null {
  if (!AT_STAKE.has(m.phase)) return null
  for (const zone of zonesBetween(zones ?? [], m.plan)) {
    const about = zoneAlert(zone)
    const words = healthWords(zone)
    // A message that lasts for months was read with the plan.
    if (words === null || zone.state === 'available' || m.warned.has(about)) continue
    const isStopping = zone.name === m.plan.targetZone && isInTrouble(zone)
    const next = isStopping
      ? 'The copies go there, so neither the freeze nor go-live is asked for while it is so. Wait, or abort?'
      : 'The migration goes on as long as EC2 takes its calls.'
    return { kind: 'warned', about, service: null, text: `${words}. ${next}` }
  }
  return null
}

/** The warning for a tag of ours that somebody took off, or wrote over. */
function retagged(m: Migration, facts: Facts): EntryBody | null {
  const isFreezing = m.phase === 'frozen' || m.phase === 'moving'
  const written = takenToWrite(m, facts)
  const frozen = isFreezing ? m.freezes.flatMap((freeze) => takenFreeze(m, freeze, facts) ?? []) : []
  for (const one of [...written, ...frozen]) {
    const { effect, volume, key, says } = one
    const about = `tag ${effectId(effect)}`
    if (m.warned.has(about)) continue
    const found = says === null ? 'was taken off' : `says ${code(theirs(says))} on`
    const what = `${code(key)} ${found} ${volumeNamed(m, volume)}, and nobody here did that`
    const next = written.includes(one)
      ? 'It is written again.'
      : 'Whether it was written to meanwhile is not known, so all that froze with it is to freeze again before anything goes live.'
    const text = `${what}. ${next} Find out who changes tags: Terraform, a backup tool, or somebody who should not.`
    return { kind: 'warned', about, service: null, text }
  }
  return null
}

/** The least time that the service's slowest final snapshot still takes, in ms; 0 while it is too early to say. */
function leastLeft(m: Migration, { name }: Service, facts: Facts): number {
  const bounds = movesOf(m, name)
    .filter(isSnapshotMove)
    .map((move) => {
      const snapshot = finalSnapshot(m, move, facts)
      const elapsedMs = snapshot?.state === 'pending' ? facts.beganAtMs - snapshot.startedAtMs : 0
      return elapsedMs >= SPEAKS_AFTER_MS ? leastAtRate(snapshot?.percent ?? 0, elapsedMs) : 0
    })
  return Math.max(0, ...bounds)
}
