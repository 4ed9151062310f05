// The timeline: a sentence for each entry that people would want to know of later. The thread says more of each while it happens; here
// they are read one after another.
import { partsOf } from '../core/journal/services.ts'
import { effectId, isServiceEffect, type ServiceStep } from '../core/model/effects.ts'
import type { Entry, EntryOf } from '../core/model/entries.ts'
import type { Migration } from '../core/model/migration.ts'
import { claimsOf, nameOf, sourceIdsOf } from '../core/model/moves.ts'
import { mention, theirs } from '../core/model/text.ts'
import { saysMoving } from '../core/telling/stalls/told.ts'
import { counted, effectWords, GATE_WORDS, lengthOf, namedUpTo } from './words.ts'

/** An entry, and the migration before and after it; null before the first. */
export type Turn = { readonly before: Migration | null; readonly after: Migration; readonly entry: Entry }

/** A sentence, and when what it says was written down (ms since 1970). */
export type TimelineRow = { readonly atMs: number; readonly sentence: string }

/** Things that a sentence names one by one. */
const NAMED_MAX = 20

/** What one entry has to tell; most tell nothing. */
export function rowFor(turn: Turn): TimelineRow[] {
  const { before, after, entry } = turn
  const { atMs } = entry
  const why = after.misfits.get(entry.nonce)
  const said = why === undefined ? sentenceOf(turn) : `Halted: ${why}.`
  const sentences = [...(said === null ? [] : [said]), ...outageSentences(before, after)]
  return sentences.map((sentence) => ({ atMs, sentence }))
}

function outageSentences(before: Migration | null, { outage }: Migration): string[] {
  const was = before?.outage ?? null
  if (!outage) return []
  if (!was) return ['The outage begins.']
  if (was.untilMs !== null && outage.untilMs === null) return ['The outage goes on: what served again is stopped.']
  if (was.untilMs !== null || outage.untilMs === null) return []
  const waited = outage.gateWaitMs > 0 ? `, ${lengthOf(outage.gateWaitMs)} of it spent waiting for people` : ''
  return [`The outage ends after ${lengthOf(outage.untilMs - outage.fromMs)}${waited}.`]
}

function sentenceOf({ before, after, entry }: Turn): string | null {
  switch (entry.kind) {
    case 'planned':
      return plannedSentence(entry)
    case 'replanned':
      return replannedSentence(after, entry)
    case 'gone':
      return `Deleted in EC2 since the plan: ${namedUpTo(goneNames(after, entry), NAMED_MAX)}.`
    case 'intended':
      return handsSentence(after, entry)
    case 'seen':
      return seenSentence(after, entry)
    case 'unreachable':
      return `${entry.service} could not be ${entry.isAnswering ? 'read' : 'reached'} any more: ${entry.why}.`
    case 'reachable':
      return `${entry.service} was back.`
    case 'doubted':
      return `The last entries of the journal may be lost: ${entry.why}.`
    case 'adopted':
      return `EC2 showed ${counted(entry.things.length, 'thing')} that no entry of the journal explained.`
    case 'looked':
      return 'EC2 was looked at again, and it goes on from what it shows.'
    case 'halted':
      return `Halted: ${entry.why}.`
    case 'suspected':
      return `Tags on ${counted(entry.volumes.length, 'volume')} say ${entry.says}, which no entry of the journal explains.`
    case 'warned':
      return saysMoving(entry.about) ? entry.text : `Warning: ${entry.text}`
    case 'failed':
      return `Failed: ${effectWords(after, entry.effect)}: ${entry.code}, ${entry.problem.replace(/\.$/, '')}.`
    default:
      return peopleSentence(before, entry, after) ?? courseSentence(after, entry)
  }
}

/** What people asked, answered, decided and noted. */
function peopleSentence(before: Migration | null, entry: Entry, after: Migration): string | null {
  switch (entry.kind) {
    case 'asked':
      return askedSentence(before, entry)
    case 'withdrew':
      return `No longer asked whether to ${GATE_WORDS[entry.gate]}: ${entry.why}.`
    case 'approved':
      return `${mention(entry.by)} approved: ${GATE_WORDS[entry.gate]}.`
    case 'declined':
      return entry.by === null
        ? 'Nobody answered, so the plan was put away.'
        : `${mention(entry.by)} declined the start.`
    case 'deferred':
      return `${mention(entry.by)} deferred ${entry.service}, because ${entry.reason}.`
    case 'exceeded':
      return `${mention(entry.by)} let the outage be longer than its budget, because ${entry.reason}.`
    case 'returned':
      return `${entry.service} is given back${byWhom(entry.by)}, because ${entry.reason}.`
    case 'paused':
      return entry.by === null ? 'Nobody answered, so it was put away.' : `${mention(entry.by)} paused it.`
    case 'resumed':
      return `${mention(entry.by)} resumed it.`
    case 'settled':
      return `${mention(entry.by)} said of what the tags say: it is ${entry.isSo ? '' : 'not '}so.`
    case 'skipped':
      return `${mention(entry.by)} passed the entry that did not fit.`
    case 'aborting':
      return `Aborted${byWhom(entry.by)}, because ${entry.reason}.`
    case 'confirmed': {
      const whats = namedUpTo(
        entry.effects.map((id) => effectWords(after, id)),
        NAMED_MAX,
      )
      const reason = entry.reason ? `, because ${entry.reason}` : ''
      return `${mention(entry.by)} confirmed ${whats}${reason}.`
    }
    case 'retried':
      return `${mention(entry.by)} asked for another try: ${effectWords(after, entry.effect)}.`
    case 'cleaning':
      return `${mention(entry.by)} asked for a cleanup.`
    case 'noted':
      return `${mention(entry.by)} noted: ${entry.text}`
    default:
      return null
  }
}

/** How it went. */
function courseSentence({ plan }: Migration, entry: Entry): string | null {
  switch (entry.kind) {
    case 'began':
      return 'It begins.'
    case 'freezing':
      return `Writes are being stopped: ${namedUpTo(entry.services, NAMED_MAX)}.`
    case 'wentLive': {
      const behind = Object.entries(entry.percents).map(([name, percent]) => `${name} at ${percent}%`)
      const rest = behind.length > 0 ? ` Not waited for: ${namedUpTo(behind, NAMED_MAX)}.` : ''
      return `Went live: ${plan.targetZone} takes the writes, and there is no way back by an abort.${rest}`
    }
    case 'aborted':
      return `Every service is back in ${plan.sourceZone}.`
    case 'done':
      return 'Done.'
    case 'clearing':
      return `Deleting begins: ${entry.resources.length} in all.`
    case 'kept':
      return `Kept after all: ${namedUpTo(
        entry.resources.map(({ name, id, why }) => `${name} (${id}), ${why}`),
        NAMED_MAX,
      )}.`
    case 'cleaned':
      return 'The cleanup is over.'
    default:
      return null
  }
}

function byWhom(by: string | null): string {
  return by === null ? '' : ` by ${mention(by)}`
}

function plannedSentence({ by, plan, rebuilt, purpose }: EntryOf<'planned'>): string {
  const volumes = counted(sourceIdsOf(plan.moves).length, 'volume')
  const from = rebuilt ? ', rebuilt from the tags of its volumes, since its journal was gone' : ''
  const missing = plan.uncovered.map(({ name, volume }) => `${name} (${volume})`)
  const open = missing.length > 0 ? ` Nothing said whether these move: ${namedUpTo(missing, NAMED_MAX)}.` : ''
  // The seeds of a day nobody asks for.
  if (purpose === 'seeds') return `Snapshots ahead of ${volumes} are due.${open}`
  const what = purpose === 'rehearsal' ? 'a rehearsal of the move' : 'the move'
  return `${mention(by)} asked for ${what} of ${volumes}${from}.${open}`
}

function replannedSentence({ inventory, found: all }: Migration, { by, choices, found }: EntryOf<'replanned'>): string {
  const choice = choices.at(-1)
  if (by !== null && choice) {
    const known = [...inventory.volumes, ...all].find(({ id }) => id === choice.volume)
    const name = theirs(known?.tags.Name ?? '')
    const volume = name === '' ? choice.volume : `${name} (${choice.volume})`
    const how = choice.route === 'stay' ? 'stays' : `moves by snapshot with ${choice.service || 'a service of its own'}`
    return `${mention(by)} chose: ${volume} ${how}.`
  }
  const newest = found.length > 0 ? `: ${counted(found.length, 'volume')} appeared since the plan` : ''
  return `The plan was drawn anew${newest}.`
}

function goneNames({ plan }: Migration, { volumes }: EntryOf<'gone'>): string[] {
  return volumes.map((id) => {
    const move = plan.moves.find((one) => claimsOf([one]).includes(id))
    return move ? `${nameOf(move)} (${id})` : id
  })
}

/** A question that goes on with other evidence is not told again. */
function askedSentence(before: Migration | null, { gate, again }: EntryOf<'asked'>): string | null {
  if (again !== null) return `Asked again whether to ${GATE_WORDS[gate]}: ${again}.`
  return before?.asking?.gate === gate ? null : `Asked whether to ${GATE_WORDS[gate]}.`
}

function handsSentence(m: Migration, { effects }: EntryOf<'intended'>): string | null {
  const hands = effects.filter((effect) => isServiceEffect(effect) && effect.work.method === 'manual')
  if (hands.length === 0) return null
  const whats = hands.map((effect) => effectWords(m, effectId(effect)))
  return `People were asked for ${namedUpTo([...new Set(whats)], NAMED_MAX)} by hand.`
}

const SEEN_WORDS: readonly (readonly [step: ServiceStep, words: (m: Migration) => string])[] = [
  ['freeze', () => 'Writes are stopped'],
  ['open', ({ plan }) => `Open in ${plan.targetZone}`],
  ['hook', () => 'The hook has run'],
  ['unfreeze', ({ plan }) => `Serving again in ${plan.sourceZone}`],
]

/** The services of which this entry saw the last part of a step. */
function seenSentence(m: Migration, { achieved, atMs }: EntryOf<'seen'>): string | null {
  const effects = achieved.flatMap((id) => m.effects.get(id)?.effect ?? []).filter(isServiceEffect)
  const said = SEEN_WORDS.flatMap(([step, words]) => {
    const names = new Set(effects.flatMap((effect) => (effect.step === step ? [effect.service] : [])))
    const isWhole = (name: string) => partsOf(m, name, step).every((part) => (part.achievedAtMs ?? atMs + 1) <= atMs)
    const whole = [...names].filter(isWhole)
    return whole.length > 0 ? [`${words(m)}: ${namedUpTo(whole, NAMED_MAX)}.`] : []
  })
  return said.length > 0 ? said.join(' ') : null
}
