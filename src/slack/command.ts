// Parses what a person typed after /migrate. Pure; for text that it cannot parse, a sentence has the nearest right form.

import { migrationIdIn, plainDashes } from '../core/asking/typed.ts'
import { code, cut, inLines, SAID_MAX, seenOf } from '../core/model/text.ts'
import type { StartOptions, Zones } from '../core/ports.ts'
import { asTyped, bareWord, unquoted } from './typed/cleaning.ts'
import { FORMS, GATES_IN_WORDS, isVerb, strangerText, type Verb, verbMeantBy } from './typed/words.ts'
import { readZones } from './typed/zones.ts'

/** `id` is null where the person named no migration: then the one that belongs to the channel or the thread is meant. */
type OnOne = { readonly id: string | null }

/**
 * A parsed command; zones are names or ids, in lower case. `wrong` carries the sentence for the person; `seeds` is false for `--no-seed`,
 * and `isMeant` says that the person repeated which zone is left.
 */
export type Command =
  | ({ readonly verb: 'plan' | 'rehearse' } & Zones)
  | ({ readonly verb: 'start' } & StartOptions & Zones)
  | ({ readonly verb: 'adopt' } & Zones & OnOne)
  | { readonly verb: 'help' | 'list' }
  | ({ readonly verb: 'status' } & OnOne)
  | ({ readonly verb: 'approve' } & OnOne)
  | ({ readonly verb: 'cleanup' | 'report' } & OnOne)
  | ({ readonly verb: 'decline' | 'pause' | 'resume' } & OnOne)
  | ({ readonly verb: 'abort' | 'exceed'; readonly reason: string } & OnOne)
  | ({ readonly verb: 'defer' | 'return'; readonly service: string; readonly reason: string } & OnOne)
  | ({ readonly verb: 'retry'; readonly name: string } & OnOne)
  | ({ readonly verb: 'note'; readonly text: string } & OnOne)
  | { readonly verb: 'wrong'; readonly sentence: string }

/** Characters of a word that no answer knows. */
const STRANGER_MAX = 40

/** Never throws: text that cannot be parsed is `wrong`, empty text is `help`. */
export function parseCommand(text: string): Command {
  // What is copied brings letters in two parts; and phones begin a line with a dash or a bullet.
  const lines = seenOf(asTyped(text).normalize('NFC')).split(/\s+/).filter(Boolean)
  const all = lines.slice(lines.findIndex((each) => !/^[-\u2010-\u2015\u2022]$/.test(each)))
  // People paste a form with its command.
  const [first = 'help', ...words] = all[0]?.toLowerCase() === '/migrate' ? all.slice(1) : all
  const typed = plainDashes(first.normalize('NFKC').toLowerCase())
  const word = verbMeantBy(typed) ? typed : bareWord(typed)
  if (word === '') return { verb: 'help' }
  if (isVerb(word)) return parseVerb(word, wordsOf(words))
  const meant = verbMeantBy(word)
  if (meant === null) return misread(strangerText(word, cut(bareWord(first), STRANGER_MAX)))
  if (meant === 'plan') return parseZones('plan', wordsOf(words))
  return meant === 'help' || meant === 'list' ? { verb: meant } : { verb: meant, id: wordsOf(words).id }
}

/** The words behind the verb: the ids of migrations among them, the first of those, all, and all but that one. */
type Words = {
  readonly ids: readonly string[]
  readonly id: string | null
  readonly all: readonly string[]
  readonly rest: readonly string[]
}

function wordsOf(all: readonly string[]): Words {
  // Behind "because" people write what they like, also of other migrations.
  const reasonAt = all.findIndex(isBecause)
  const said = (reasonAt < 0 ? all : all.slice(0, reasonAt)).map(migrationIdIn)
  const idAt = said.findIndex((id) => id !== null)
  const rest = all.filter((_, index) => index !== idAt)
  return { ids: said.flatMap((id) => id ?? []), id: said[idAt] ?? null, all, rest }
}

function parseVerb(verb: Verb, words: Words): Command {
  const { id, ids, rest } = words
  if (ids.length > 1 && verb !== 'note')
    return misread(`One migration at a time, and not ${cut(ids.join(', '), STRANGER_MAX)}: ${FORMS[verb]}`)
  switch (verb) {
    case 'help':
    case 'list':
      return words.all.length === 0 ? { verb } : misread(`"${verb}" takes nothing after it: ${FORMS[verb]}`)
    case 'approve':
      return { verb, id }
    case 'status':
    case 'decline':
    case 'pause':
    case 'resume':
    case 'cleanup':
    case 'report':
      return rest.length === 0 ? { verb, id } : misread(`"${verb}" takes nothing but a migration's id: ${FORMS[verb]}`)
    case 'plan':
    case 'start':
    case 'rehearse':
    case 'adopt':
      return parseZones(verb, words)
    case 'abort':
    case 'exceed':
      return parseForReason(verb, words)
    case 'defer':
    case 'return':
      return parseWithReason(verb, words)
    case 'note':
      return parseNote(words)
    case 'retry': {
      // People give a reason where none is asked for.
      const at = rest.findIndex(isBecause)
      const name = unquoted(at < 0 ? rest : rest.slice(0, at))
      return name === '' ? misread(`Say what to retry: ${FORMS.retry}`) : { verb, id, name }
    }
  }
}

function isBecause(word: string): boolean {
  return /^because[,:]?$/i.test(word)
}

function parseZones(verb: 'plan' | 'start' | 'rehearse' | 'adopt', { id, all, rest }: Words): Command {
  const read = readZones(verb, verb === 'adopt' ? rest : all)
  if ('wrong' in read) return misread(read.wrong)
  const { sourceZone, targetZone, ...options } = read
  if (verb === 'start') return { verb, sourceZone, targetZone, ...options }
  return verb === 'adopt' ? { verb, sourceZone, targetZone, id } : { verb, sourceZone, targetZone }
}

function parseForReason(verb: 'abort' | 'exceed', { id, rest }: Words): Command {
  const reason = reasonIn(rest)
  return reason ? { verb, id, reason } : misread(`Say why, for the report: ${FORMS[verb]}`)
}

/** An id counts where it comes first: a note may be about another migration as well. */
function parseNote({ all: [first = '', ...words] }: Words): Command {
  const id = migrationIdIn(first)
  const text = (id === null ? [first, ...words] : words).join(' ')
  return text === '' ? misread(`Say what to note: ${FORMS.note}`) : { verb: 'note', id, text }
}

function parseWithReason(verb: 'defer' | 'return', { id, rest }: Words): Command {
  const at = rest.findIndex(isBecause)
  const service = unquoted(rest.slice(0, at < 0 ? undefined : at))
  const reason = reasonIn(at < 0 ? [] : rest.slice(at))
  return service === '' || !reason
    ? misread(`${verb} needs a service and a reason: ${FORMS[verb]}`)
    : { verb, id, service, reason }
}

/** The words after a leading "because"; null where that word is missing. */
function reasonIn(words: readonly string[]): string | null {
  return words[0] !== undefined && isBecause(words[0]) ? cut(words.slice(1).join(' '), SAID_MAX) : null
}

function misread(sentence: string): Command {
  return { verb: 'wrong', sentence }
}

/** The answer to /migrate help. */
export const HELP = inLines([
  `${code(FORMS.plan)} shows what would move, and starts nothing.`,
  `${code(FORMS.start)} plans the move and asks; ${code('--no-seed')} skips the snapshots taken ahead, ${code('--budget 15m')} says how long the outage may last, ${code('--at 05:00')} before what time (UTC) it is not asked for.`,
  `${code(FORMS.rehearse)} tries the move beside the services: copies are made, looked into and taken away.`,
  `${code(FORMS.status)} says how far it is, when it is over, and who must act.`,
  `${code(FORMS.list)} lists what runs, and what is over and left something behind.`,
  `${code(FORMS.approve)} says where the question stands: its button there approves what it shows.`,
  `${code(FORMS.decline)} puts a plan away that waits for its start.`,
  `${code(FORMS.defer)} goes live without a service and finishes it after go-live.`,
  `${code(FORMS.exceed)} lets the outage be asked for though it may be longer than its budget.`,
  `${code(FORMS.return)} gives a deferred service back after the point of no return, before its own copy goes live.`,
  `${code(FORMS.retry)} tries a step again that has failed.`,
  `${code(FORMS.note)} writes something down for the report.`,
  `${code(FORMS.report)} posts the report as of now, with a picture, into the thread.`,
  `${code(FORMS.pause)} issues nothing more until ${code(FORMS.resume)}.`,
  `${code(FORMS.abort)} brings everything back, until the point of no return.`,
  `${code(FORMS.cleanup)} offers to delete what a migration that is over left behind, each by name.`,
  `${code(FORMS.adopt)} rebuilds a migration whose journal is gone from the tags of its volumes, and asks about all of it.`,
  'Zones are names (us-east-1a) or zone ids (use1-az4).',
  `In a thread, or to me alone, the same words are typed behind ${code('@zonehop')}.`,
  `Someone other than you, whom zonehop.yaml names as an approver, approves each of ${Object.values(GATES_IN_WORDS).join(', ')}.`,
])
