// The words of a terminal: `zonehop <verb> ...`, parsed; what is wrong is one sentence that says what would be right.
import { parseArgs } from 'node:util'
import { GATES, type Gate } from '../core/model/migration.ts'

/** The forms as they are typed. A code is what `status` shows beside a question, or beside work by hand. */
export const FORMS = {
  status: 'zonehop status [<id>] [--json]',
  approve: `zonehop approve ${GATES.join('|')} [<id>] --code <code>`,
  decline: 'zonehop decline [<id>]',
  confirm: 'zonehop confirm [<id>] --code <code>',
  pause: 'zonehop pause [<id>]',
  resume: 'zonehop resume [<id>]',
  abort: 'zonehop abort [<id>] --because <reason>',
  return: 'zonehop return <service> [<id>] --because <reason>',
  note: 'zonehop note [<id>] <text>',
  report: 'zonehop report [<id>] --to <directory>',
} as const
type Verb = keyof typeof FORMS

/** What was typed; `id` null: the only migration that runs. */
export type Typed =
  | { readonly verb: 'help' }
  | { readonly verb: 'status' | 'decline' | 'pause' | 'resume'; readonly id: string | null }
  | { readonly verb: 'approve'; readonly gate: Gate; readonly id: string | null; readonly code: string | null }
  | { readonly verb: 'confirm'; readonly id: string | null; readonly code: string | null }
  | { readonly verb: 'abort'; readonly id: string | null; readonly reason: string }
  | { readonly verb: 'return'; readonly service: string; readonly id: string | null; readonly reason: string }
  | { readonly verb: 'report'; readonly id: string | null; readonly directory: string }
  | { readonly verb: 'note'; readonly id: string | null; readonly text: string }

/** A command, whether its answer is wanted as JSON, or the sentence that says what is wrong with it. */
export type Parsed = { readonly typed: Typed; readonly isJson: boolean } | { readonly wrong: string }

type Options = { readonly code?: string; readonly because?: string; readonly to?: string }

/** What the arguments after `zonehop` ask for; of what cannot be understood, the one sentence that says what would be right. */
export function parseTyped(args: readonly string[]): Parsed {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        code: { type: 'string' },
        because: { type: 'string' },
        to: { type: 'string' },
      },
    })
    const [verb = 'help', ...words] = positionals
    const isHelp = values.help || verb === 'help'
    const read = isHelp ? ({ verb: 'help' } as const) : readVerb(verb, words, values)
    return typeof read === 'string' ? { wrong: read } : { typed: read, isJson: values.json ?? false }
  } catch (error) {
    // parseArgs says which option it does not know.
    return { wrong: `${(error as Error).message} ${seeHelp}` }
  }
}

const seeHelp = '`zonehop help` shows every form.'
/** The answer to `zonehop help`. */
export const HELP = [
  ...Object.values(FORMS),
  'An id may be left out where one migration runs. Without its code a question or work is shown, and nothing is said.',
  'Exit codes: 0 done, 1 refused, 2 not understood, 3 shown and to be repeated with its code, 4 Redis or the configuration is wrong.',
].join('\n')

function readVerb(verb: string, words: readonly string[], options: Options): Typed | string {
  switch (verb) {
    case 'status':
    case 'decline':
    case 'pause':
    case 'resume':
      return alone(verb, words, (id) => ({ verb, id }))
    case 'confirm':
      return alone(verb, words, (id) => ({ verb, id, code: options.code ?? null }))
    case 'abort':
      return alone(verb, words, (id) => because(verb, options, (reason) => ({ verb, id, reason })))
    case 'approve': {
      const [gate, ...rest] = words
      const known = GATES.find((one) => one === gate)
      if (!known) return `"${gate ?? ''}" is no gate: ${FORMS.approve}`
      return alone(verb, rest, (id) => ({ verb, gate: known, id, code: options.code ?? null }))
    }
    case 'return': {
      const [service, ...rest] = words
      if (!service) return `It takes the name of a service: ${FORMS.return}`
      return alone(verb, rest, (id) => because(verb, options, (reason) => ({ verb, service, id, reason })))
    }
    case 'report': {
      const directory = options.to ?? ''
      if (directory === '') return `Say where to write it: ${FORMS.report}`
      return alone(verb, words, (id) => ({ verb, id, directory }))
    }
    case 'note': {
      const id = isId(words[0]) ? words[0] : null
      const text = words
        .slice(id === null ? 0 : 1)
        .join(' ')
        .trim()
      return text === '' ? `Say what to note: ${FORMS.note}` : { verb, id, text }
    }
    default:
      return `There is no "${verb}". ${seeHelp}`
  }
}

/** What follows is the id of a migration, or nothing. */
function alone(verb: Verb, words: readonly string[], of: (id: string | null) => Typed | string): Typed | string {
  const [id = null, ...more] = words
  if (more.length > 0) return `It takes one id at most: ${FORMS[verb]}`
  return id === null || isId(id) ? of(id) : `"${id}" is no id of a migration: ${FORMS[verb]}`
}

function isId(word: string | undefined): word is string {
  return word !== undefined && /^mig-\S+$/.test(word)
}

function because(verb: Verb, options: Options, of: (reason: string) => Typed): Typed | string {
  const reason = options.because?.trim() ?? ''
  return reason === '' ? `Say why: ${FORMS[verb]}` : of(reason)
}
