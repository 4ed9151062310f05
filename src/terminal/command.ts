// The words of a terminal: `zonehop <verb> ...`, parsed; what is wrong is one sentence that says what would be right.
import { parseArgs } from 'node:util'
import { GATES, type Gate } from '../core/model/migration.ts'
import type { Choice, Need } from '../core/model/plan.ts'
import { AT_FORM, BUDGET_FORM, budgetIn, minuteIn } from '../core/model/rules.ts'
import type { StartOptions, Zones } from '../core/ports.ts'
import { zonesFrom } from './zones.ts'

/** The forms as they are typed. A code is what `status` shows beside a question, or beside work by hand. */
export const FORMS = {
  plan: 'zonehop plan <source zone> <target zone>',
  start:
    'zonehop start <source zone> <target zone> --channel <id> [--no-seed] [--budget 15m] [--at 05:00] [--yes-leave <zone>]',
  rehearse: 'zonehop rehearse <source zone> <target zone> --channel <id>',
  status: 'zonehop status [<id>] [--json] [--watch]',
  choose: 'zonehop choose <volume> stay|snapshot [<id>] [--service <name>] [--need required|deferrable]',
  approve: `zonehop approve ${GATES.join('|')} [<id>] --code <code>`,
  decline: 'zonehop decline [<id>]',
  confirm: 'zonehop confirm [<id>] --code <code>',
  vouch: 'zonehop vouch [<id>] --code <code> --because <reason>',
  settle: 'zonehop settle yes|no [<id>] --code <code>',
  skip: 'zonehop skip [<id>] --code <code>',
  defer: 'zonehop defer <service> [<id>] --because <reason>',
  exceed: 'zonehop exceed [<id>] --because <reason>',
  retry: 'zonehop retry <volume or service> [<id>]',
  pause: 'zonehop pause [<id>]',
  resume: 'zonehop resume [<id>]',
  abort: 'zonehop abort [<id>] --because <reason>',
  return: 'zonehop return <service> [<id>] --because <reason>',
  note: 'zonehop note [<id>] <text>',
  report: 'zonehop report [<id>] --to <directory>',
  journal: 'zonehop journal [<id>] [--json]',
  cleanup: 'zonehop cleanup [<id>]',
} as const
type Verb = keyof typeof FORMS

type On<V extends Verb, D = unknown> = { readonly verb: V; readonly id: string | null } & Readonly<D>

/** What was typed; `id` null: the only migration that runs. */
export type Typed =
  | { readonly verb: 'help' }
  | ({ readonly verb: 'plan' } & Zones)
  | ({ readonly verb: 'start'; readonly channel: string } & StartOptions & Zones)
  | ({ readonly verb: 'rehearse'; readonly channel: string } & Zones)
  | On<'status', { isWatched: boolean }>
  | On<'decline' | 'pause' | 'resume' | 'cleanup'>
  | On<'journal'>
  | On<'choose', { volume: string; route: Choice['route']; service: string | null; need: Need | null }>
  | On<'approve', { gate: Gate; code: string | null }>
  | On<'confirm' | 'skip', { code: string | null }>
  | On<'vouch', { code: string | null; reason: string }>
  | On<'settle', { isSo: boolean; code: string | null }>
  | On<'abort' | 'exceed', { reason: string }>
  | On<'defer' | 'return', { service: string; reason: string }>
  | On<'retry', { what: string }>
  | On<'report', { directory: string }>
  | On<'note', { text: string }>

/** A command, whether its answer is wanted as JSON, or the sentence that says what is wrong with it. */
export type Parsed = { readonly typed: Typed; readonly isJson: boolean } | { readonly wrong: string }

const TEXT = { type: 'string' } as const
const FLAG = { type: 'boolean' } as const
const OPTIONS = {
  json: FLAG,
  watch: FLAG,
  help: { ...FLAG, short: 'h' },
  code: TEXT,
  because: TEXT,
  to: TEXT,
  channel: TEXT,
  'no-seed': FLAG,
  budget: TEXT,
  at: TEXT,
  'yes-leave': TEXT,
  service: TEXT,
  need: TEXT,
} as const

/** The options as they are typed, without their hyphens. */
type Options = {
  readonly [name in keyof typeof OPTIONS]?: (typeof OPTIONS)[name]['type'] extends 'string' ? string : boolean
}

/** What the arguments after `zonehop` ask for; of what cannot be understood, the one sentence that says what would be right. */
export function parseTyped(args: readonly string[]): Parsed {
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS })
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
  ...Object.values(FORMS).map((form) =>
    form.replace(' --channel', '\n  --channel').replace(' [--service', '\n  [--service'),
  ),
  'An id may be left out where one migration runs.',
  'Without its code a question or work is shown, and nothing is said.',
  'Exit codes: 0 done, 1 refused, 2 not understood,',
  '3 shown and to be repeated with its code, 4 Redis or the configuration is wrong.',
].join('\n')

function readVerb(verb: string, words: readonly string[], options: Options): Typed | string {
  if (!Object.hasOwn(READERS, verb)) return `There is no "${verb}". ${seeHelp}`
  return READERS[verb as Verb](words, options)
}

type Reader = (words: readonly string[], options: Options) => Typed | string

const READERS: Readonly<Record<Verb, Reader>> = {
  plan(words) {
    const zones = zonesFrom(words, undefined, FORMS.plan)
    return typeof zones === 'string' ? zones : { verb: 'plan', ...zones.zones }
  },
  start: readStart,
  rehearse: readRehearse,
  choose: readChoose,
  status: (words, { watch: isWatched = false }) => alone('status', words, (id) => ({ verb: 'status', id, isWatched })),
  decline: simple('decline'),
  pause: simple('pause'),
  resume: simple('resume'),
  journal: simple('journal'),
  cleanup: simple('cleanup'),
  confirm: coded('confirm'),
  skip: coded('skip'),
  vouch: (words, { code = null, because = '' }) =>
    alone('vouch', words, (id) => {
      const reason = because.trim()
      // Without a code it only shows what may be vouched for.
      return code !== null && reason === '' ? `Say how you know: ${FORMS.vouch}` : { verb: 'vouch', id, code, reason }
    }),
  settle([said = '', ...rest], { code = null }) {
    if (said !== 'yes' && said !== 'no') return `Say whether it is so, yes or no: ${FORMS.settle}`
    return alone('settle', rest, (id) => ({ verb: 'settle', isSo: said === 'yes', id, code }))
  },
  approve([gate = '', ...rest], { code = null }) {
    const known = GATES.find((one) => one === gate)
    if (!known) return `"${gate}" is no gate: ${FORMS.approve}`
    return alone('approve', rest, (id) => ({ verb: 'approve', gate: known, id, code }))
  },
  abort: forReason('abort'),
  exceed: forReason('exceed'),
  defer: aboutService('defer'),
  return: aboutService('return'),
  retry([what = '', ...rest]) {
    if (what === '') return `Say what to retry: ${FORMS.retry}`
    return alone('retry', rest, (id) => ({ verb: 'retry', what, id }))
  },
  report(words, { to: directory = '' }) {
    if (directory === '') return `Say where to write it: ${FORMS.report}`
    return alone('report', words, (id) => ({ verb: 'report', id, directory }))
  },
  note(words) {
    const id = isId(words[0]) ? words[0] : null
    const said = words.slice(id === null ? 0 : 1)
    const text = said.join(' ').trim()
    return text === '' ? `Say what to note: ${FORMS.note}` : { verb: 'note', id, text }
  },
}

function simple(verb: 'decline' | 'pause' | 'resume' | 'journal' | 'cleanup'): Reader {
  return (words) => alone(verb, words, (id) => ({ verb, id }))
}

function coded(verb: 'confirm' | 'skip'): Reader {
  return (words, { code = null }) => alone(verb, words, (id) => ({ verb, id, code }))
}

function forReason(verb: 'abort' | 'exceed'): Reader {
  return (words, options) => alone(verb, words, (id) => because(verb, options, (reason) => ({ verb, id, reason })))
}

function aboutService(verb: 'defer' | 'return'): Reader {
  return ([service = '', ...rest], options) => {
    if (service === '') return `It takes the name of a service: ${FORMS[verb]}`
    return alone(verb, rest, (id) => because(verb, options, (reason) => ({ verb, service, id, reason })))
  }
}

function readStart(words: readonly string[], options: Options): Typed | string {
  const read = zonesFrom(words, options['yes-leave'], FORMS.start)
  if (typeof read === 'string') return read
  const channel = channelIn(options)
  if (channel === null) return `${WHICH_CHANNEL}: ${FORMS.start}`
  const budgetMinutes = options.budget === undefined ? null : budgetIn(options.budget)
  if (options.budget !== undefined && budgetMinutes === null) return `${BUDGET_FORM}: ${FORMS.start}`
  const atMinute = options.at === undefined ? null : minuteIn(options.at)
  if (options.at !== undefined && atMinute === null) return `${AT_FORM}: ${FORMS.start}`
  const meant = { seeds: !options['no-seed'], isMeant: read.isMeant }
  return { verb: 'start', ...read.zones, channel, ...meant, budgetMinutes, atMinute }
}

function readRehearse(words: readonly string[], options: Options): Typed | string {
  const read = zonesFrom(words, undefined, FORMS.rehearse)
  if (typeof read === 'string') return read
  const channel = channelIn(options)
  return channel === null ? `${WHICH_CHANNEL}: ${FORMS.rehearse}` : { verb: 'rehearse', ...read.zones, channel }
}

const WHICH_CHANNEL = "Say in which channel it has its thread, by the id that Slack shows in the channel's details"

function channelIn({ channel = '' }: Options): string | null {
  return /^[CG][A-Z0-9]+$/.test(channel) ? channel : null
}

function readChoose([volume = '', route = '', ...rest]: readonly string[], options: Options): Typed | string {
  const { service = null, need = null } = options
  if (volume === '') return `It takes a volume, by id or Name: ${FORMS.choose}`
  if (route !== 'stay' && route !== 'snapshot') return `Say what happens to it, stay or snapshot: ${FORMS.choose}`
  if (need !== null && need !== 'required' && need !== 'deferrable') return `"${need}" is no need: ${FORMS.choose}`
  if (route === 'snapshot' && need === null) {
    return `Say whether the site can open without it, --need required or --need deferrable: ${FORMS.choose}`
  }
  return alone('choose', rest, (id) => ({ verb: 'choose', volume, route, id, service, need }))
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
