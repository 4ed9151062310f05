// Parses what a person typed after /migrate. Pure; for text that it cannot parse, a sentence has the nearest right form.

import { closest } from 'fastest-levenshtein'
import type { Gate } from '../core/model/migration.ts'
import { code, cut, inLines, SAID_MAX, seenOf } from '../core/model/text.ts'

type Zones = { readonly sourceZone: string; readonly targetZone: string }
/** `id` is null where the person named no migration: then the one that belongs to the channel is meant. */
type OnOne = { readonly id: string | null }

/** A parsed command. `wrong` carries the sentence for the person; `seeds` is false for `--no-seed`. */
export type Command =
  | ({ readonly verb: 'plan' } & Zones)
  | ({ readonly verb: 'start'; readonly seeds: boolean } & Zones)
  | ({ readonly verb: 'adopt' } & Zones & OnOne)
  | { readonly verb: 'status' | 'help' }
  | ({ readonly verb: 'pause' | 'resume' } & OnOne)
  | ({ readonly verb: 'cleanup' | 'report' } & OnOne)
  | ({ readonly verb: 'abort'; readonly reason: string } & OnOne)
  | ({ readonly verb: 'defer' | 'return'; readonly service: string; readonly reason: string } & OnOne)
  | ({ readonly verb: 'retry'; readonly name: string } & OnOne)
  | ({ readonly verb: 'note'; readonly text: string } & OnOne)
  | { readonly verb: 'wrong'; readonly sentence: string }

const FORMS = {
  plan: '/migrate plan <source zone> <target zone>',
  start: '/migrate start <source zone> <target zone> [--no-seed]',
  status: '/migrate status',
  defer: '/migrate defer <service> because <reason>',
  return: '/migrate return <service> because <reason>',
  retry: '/migrate retry <volume or service>',
  note: '/migrate note <text>',
  report: '/migrate report [<migration>]',
  pause: '/migrate pause',
  resume: '/migrate resume',
  abort: '/migrate abort because <reason>',
  cleanup: '/migrate cleanup [<migration>]',
  adopt: '/migrate adopt <source zone> <target zone> [<migration>]',
  help: '/migrate help',
} as const
type Verb = keyof typeof FORMS

/** Never throws: text that cannot be parsed is `wrong`, empty text is `help`. */
export function parseCommand(text: string): Command {
  const all = seenOf(typed(text)).trim().split(/\s+/).filter(Boolean)
  const [first = 'help', ...words] = all
  const verb = first.toLowerCase()
  // Behind "because" people write what they like, also of other migrations.
  const reasonAt = words.findIndex(isBecause)
  const said = reasonAt < 0 ? words : words.slice(0, reasonAt)
  const idAt = said.findIndex((word) => ID.test(plainDashes(word)))
  const id = idAt < 0 ? null : plainDashes(said[idAt] ?? '').toLowerCase()
  const rest = words.filter((_, index) => index !== idAt)
  switch (verb) {
    case 'status':
    case 'help':
      return rest.length === 0 ? { verb } : misread(`"${verb}" takes nothing after it: ${FORMS[verb]}`)
    case 'pause':
    case 'resume':
    case 'cleanup':
    case 'report':
      return rest.length === 0 ? { verb, id } : misread(`"${verb}" takes nothing but a migration's id: ${FORMS[verb]}`)
    case 'plan':
    case 'start':
      return parseZones(verb, rest)
    case 'adopt': {
      const zones = parseZones('adopt', rest)
      return zones.verb === 'adopt' ? { ...zones, id } : zones
    }
    case 'abort':
      return parseAbort(rest, id)
    case 'defer':
    case 'return':
      return parseWithReason(verb, rest, id)
    case 'note':
      return noteIn(words)
    case 'retry':
      return rest.length > 0 ? { verb, id, name: unquoted(rest) } : misread(`Say what to retry: ${FORMS.retry}`)
    default: {
      const verbs = Object.keys(FORMS)
      const begun = verbs.find((known) => known.startsWith(verb))
      const nearest = (begun ?? closest(verb, verbs)) as Verb
      return misread(`There is no "${first}"; the nearest is: ${FORMS[nearest]}`)
    }
  }
}

const ID = /^mig-[0-9a-f]+$/i

function isBecause(word: string): boolean {
  return /^because[,:]?$/i.test(word)
}

/** Hyphens: phones make dashes of some, and copied text brings others. */
function plainDashes(word: string): string {
  return word.replace(/[\u2010-\u2015\u2212\uFE58\uFE63\uFF0D]/g, '-')
}

/** A name as it was meant: phones put it into quotation marks of their own kind, or people do. */
function unquoted(words: readonly string[]): string {
  return words.join(' ').replace(/^["'`\u2018-\u201F\u00AB\u00BB]+|["'`\u2018-\u201F\u00AB\u00BB]+$/g, '')
}

/** Slack escapes what was typed as it does in messages. */
function typed(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

function parseZones(verb: 'plan' | 'start' | 'adopt', words: readonly string[]): Command {
  const form = FORMS[verb]
  const plain = words.map((word) => unquoted([plainDashes(word)]).toLowerCase())
  const flags = plain.filter((word) => word.startsWith('-'))
  const [sourceZone, targetZone, ...more] = plain.filter((word) => !flags.includes(word))
  // Phones turn two hyphens into a dash.
  const unknown = flags.find((flag) => verb !== 'start' || !/^--?no-seed$/.test(flag))
  if (unknown) return misread(`"${unknown}" is not an option of ${verb}: ${form}`)
  if (!sourceZone || !targetZone || more.length > 0) return misread(`${verb} needs exactly two zones: ${form}`)
  const odd = [sourceZone, targetZone].find((zone) => !/^[a-z]{2,}(-[a-z]+)+-\d+[a-z]$/.test(zone))
  if (odd) return misread(`"${odd}" is not an availability zone; one looks like us-east-1a: ${form}`)
  if (verb === 'plan') return { verb, sourceZone, targetZone }
  if (verb === 'adopt') return { verb, sourceZone, targetZone, id: null }
  return { verb, sourceZone, targetZone, seeds: flags.length === 0 }
}

/** An id counts where it comes first: a note may be about another migration as well. */
function noteIn([first = '', ...words]: readonly string[]): Command {
  const id = ID.test(plainDashes(first)) ? plainDashes(first).toLowerCase() : null
  const text = (id === null ? [first, ...words] : words).join(' ')
  return text === '' ? misread(`Say what to note: ${FORMS.note}`) : { verb: 'note', id, text }
}

function parseAbort(words: readonly string[], id: string | null): Command {
  const reason = reasonIn(words)
  return words.length === 0 || reason === null || reason === ''
    ? misread(`Say why, for the report: ${FORMS.abort}`)
    : { verb: 'abort', id, reason }
}

function parseWithReason(verb: 'defer' | 'return', words: readonly string[], id: string | null): Command {
  const at = words.findIndex(isBecause)
  const service = unquoted(words.slice(0, at < 0 ? undefined : at))
  const reason = reasonIn(at < 0 ? [] : words.slice(at))
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

const GATES_IN_WORDS: Readonly<Record<Gate, string>> = {
  start: 'start',
  freeze: 'freeze (the outage begins)',
  goLive: 'goLive (no way back)',
  cleanup: 'cleanup',
}

/** The answer to /migrate help. */
export const HELP = inLines([
  `${code(FORMS.plan)} shows what would move, and starts nothing.`,
  `${code(FORMS.start)} plans the move and asks; ${code('--no-seed')} skips the snapshots taken ahead.`,
  `${code(FORMS.status)} lists the migrations that are not over.`,
  `${code(FORMS.defer)} goes live without a service and finishes it after go-live.`,
  `${code(FORMS.return)} gives a deferred service back after the point of no return, before its own copy goes live.`,
  `${code(FORMS.retry)} tries a step again that has failed.`,
  `${code(FORMS.note)} writes something down for the report.`,
  `${code(FORMS.report)} posts the report as of now, with a picture, into the thread.`,
  `${code(FORMS.pause)} issues nothing more until ${code(FORMS.resume)}.`,
  `${code(FORMS.abort)} brings everything back, until the point of no return.`,
  `${code(FORMS.cleanup)} offers to delete what a migration that is over left behind, each by name.`,
  `${code(FORMS.adopt)} rebuilds a migration whose journal is gone from the tags of its volumes, and asks about all of it.`,
  `Someone other than you approves each gate: ${Object.values(GATES_IN_WORDS).join(', ')}.`,
])
