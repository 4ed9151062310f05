// Pieces of Block Kit, and the one place that holds Slack's limits on messages (its pages chat.postMessage, chat.update
// and Block Kit's references): whatever the names in it, a message that is built here fits. Sentences come in as they
// were composed, and are escaped here (text.ts).
import type { KnownBlock, SectionBlock } from '@slack/types'
import prettyMs from 'pretty-ms'
import { linesOf, plain, theirs } from '../../core/model/text.ts'
import { digest } from '../../core/planning/draft.ts'
import { type Mrkdwn, mrkdwn, mrkdwnParts } from './text.ts'

/** `text` is a full sentence of its own: screen readers and notifications read it instead of the blocks. */
export type Message = {
  readonly text: Mrkdwn
  readonly blocks: KnownBlock[]
  /** A reply in a thread that is shown in the channel as well, since people must not miss it. */
  readonly isBroadcast?: true
}

/** A message and the key under which it is remembered, so that it is posted once and edited from then on. */
export type Keyed = { readonly key: string; readonly message: Message }

/** Characters of a text beside blocks: chat.update refuses more than 4,000, and `bare` adds a sentence. */
const TEXT_MAX = 3_800
/** Characters of a text without blocks, an answer to one person: Slack cuts it at 40,000 (chat.postMessage). */
const ANSWER_MAX = 39_000
/** Characters a section: Block Kit takes 3,000. */
const SECTION_MAX = 2_900
/** Lines are put together up to here: less than a part of a line that had to be split. */
const FILLED_MAX = SECTION_MAX - 200
/** Sections a message: Slack takes 50 blocks a message, and a little over 13,000 characters in all (bolt-js#2509). */
const SECTIONS_MAX = 4
/** Characters of what stands below the sections, such as who answered. */
const NOTE_MAX = 600
/** Characters a button's label, and its action_id and value (Block Kit's button). */
const LABEL_MAX = 75
const ID_MAX = 255
const VALUE_MAX = 2_000
/** Characters of that sentence. */
const WHY_MAX = 190
/** Characters of a confirm object's parts (Block Kit's confirm). */
const CONFIRM_MAX = { title: 100, text: 300, answer: 30 } as const
/** Buttons a row: Block Kit takes 25. */
const BUTTONS_MAX = 25

/** A message whose `text` is this sentence. */
export function message(text: string, blocks: readonly KnownBlock[]): Message {
  return { text: mrkdwn(text, TEXT_MAX), blocks: [...blocks] }
}

/** The same message for everybody in the channel, who may never open the thread. */
export function toAll(one: Message): Message {
  return { ...one, isBroadcast: true }
}

/** A message without buttons. */
export function textMessage(text: string): Message {
  return message(text, sections([text]))
}

/** The blocks hold every line; the text alone has the first line, and how many more there are. */
export function linesMessage(lines: readonly string[]): Message {
  const [first = '', ...more] = lines
  return message(more.length > 0 ? `${first} And ${more.length} more.` : first, sections(lines))
}

/** An answered message: `said`, such as who answered and when, takes the place of the buttons. */
export function closed(title: string, shown: readonly KnownBlock[], said: string): Message {
  return message(`${title} ${said}`, [...shown, ...note(said)])
}

/** The same message for a Slack that refuses its blocks, with the code by which it does: the sentence alone. */
export function bare({ text, isBroadcast }: Message, code: string): Message {
  const why = mrkdwn(`Slack takes no more of this message (${theirs(code)}); zonehop's log says why.`, WHY_MAX)
  return { text: `${text}\n${why}` as Mrkdwn, blocks: [], ...(isBroadcast ? { isBroadcast } : {}) }
}

/** The answer to one person, in Slack's markup: as many whole lines as fit, and how many are left out. */
export function answer(said: string): Mrkdwn {
  const all = linesOf(said).map((line) => mrkdwn(line, ANSWER_MAX))
  let size = 0
  const fit = all.findIndex((line) => {
    size += line.length + 1
    return size > ANSWER_MAX
  })
  const shown = fit < 0 ? all : [...all.slice(0, Math.max(1, fit)), `and ${all.length - Math.max(1, fit)} more lines`]
  return shown.join('\n') as Mrkdwn
}

/** What stands below a message's sections, cut where it is long. */
export function note(said: string): KnownBlock[] {
  return [section([mrkdwn(said, NOTE_MAX)])]
}

/**
 * Fills the lines into as few sections as hold them; past SECTIONS_MAX of them one line counts the lines left out. All of it is to be
 * read, so Slack folds none of it.
 */
export function sections(lines: readonly string[]): KnownBlock[] {
  const filled = fill(lines)
  const left = filled.slice(SECTIONS_MAX).flat().length
  const shown = [...filled.slice(0, SECTIONS_MAX), ...(left > 0 ? [[`and ${left} more lines`]] : [])]
  return shown.map((each) => ({ ...section(each), expand: true }))
}

/**
 * Like `sections`, but leaves no line out: the blocks of as many messages as are needed to hold them all. They are there to be looked up,
 * so Slack may fold them.
 */
export function pages(lines: readonly string[]): KnownBlock[][] {
  const filled = fill(lines)
  return Array.from({ length: Math.ceil(filled.length / SECTIONS_MAX) }, (_, page) =>
    filled.slice(page * SECTIONS_MAX, (page + 1) * SECTIONS_MAX).map(section),
  )
}

/** A line that is longer than a section goes on in the next one, and never on a line of its own in the same one. */
function fill(lines: readonly string[]): string[][] {
  const filled: string[][] = []
  let size = 0
  for (const line of lines.flatMap((each) => mrkdwnParts(each, SECTION_MAX))) {
    const last = filled.at(-1)
    size += line.length + 1
    if (last && size <= FILLED_MAX) last.push(line)
    else {
      filled.push([line])
      size = line.length
    }
  }
  return filled
}

/** One row of buttons. */
export function buttons(...elements: readonly ReturnType<typeof button>[]): KnownBlock {
  return { type: 'actions', elements: elements.slice(0, BUTTONS_MAX) }
}

/** How a button looks and sounds, and what it asks before it is taken for pressed. */
type Look = {
  readonly style?: 'primary' | 'danger'
  /** What a screen reader says in place of the label, which is short for a thumb's sake. */
  readonly spoken?: string
  /** What nothing undoes; `yes` is the label of the answer that means it. */
  readonly confirm?: { readonly title: string; readonly text: string; readonly yes: string }
}

/** `value` comes back with the click, as JSON; a word in it that is too long is carried as `wordOf` has it. */
export function button(actionId: string, label: string, value: object, { style, spoken, confirm }: Look = {}) {
  return {
    type: 'button' as const,
    action_id: actionId.length <= ID_MAX ? actionId : actionOf(actionId.slice(0, LABEL_MAX), actionId),
    value: carried(value, VALUE_MAX),
    text: { type: 'plain_text' as const, text: plain(label, LABEL_MAX) },
    ...(style ? { style } : {}),
    ...(spoken ? { accessibility_label: plain(spoken, LABEL_MAX) } : {}),
    ...(confirm ? { confirm: confirmOf(confirm) } : {}),
  }
}

/** The question that Slack asks behind a button. */
function confirmOf({ title, text, yes }: NonNullable<Look['confirm']>) {
  const words = (said: string, max: number) => ({ type: 'plain_text' as const, text: plain(said, max) })
  return {
    title: words(title, CONFIRM_MAX.title),
    text: words(text, CONFIRM_MAX.text),
    confirm: words(yes, CONFIRM_MAX.answer),
    deny: words('Not now', CONFIRM_MAX.answer),
    style: 'danger' as const,
  }
}

/** The action_id of a button about one thing, short and unique whatever that is called. */
export function actionOf(action: string, about: string): string {
  return `${action}-${digest(about)}`
}

/** JSON of at most `max` characters; where it is longer, each word in it as `wordOf` has it. */
export function carried(value: object, max: number): string {
  const whole = JSON.stringify(value)
  if (whole.length <= max) return whole
  const short = Object.entries(value).map(([key, each]) => [key, typeof each === 'string' ? wordOf(each, 64) : each])
  return JSON.stringify(Object.fromEntries(short))
}

/** A word of more than `max` characters by its digest, which `isWordOf` knows again. */
export function wordOf(text: string, max: number): string {
  return text.length <= max && !text.startsWith('#') ? text : `#${digest(text)}`
}

/** Whether a word that a button or a form carried stands for this text. */
export function isWordOf(word: string, text: string): boolean {
  return word === text || word === `#${digest(text)}`
}

/** The two largest units, such as `1h 12m`, and whole seconds at least; a negative duration counts as 0. */
export function duration(ms: number): string {
  return ms < 1_000 ? '0s' : prettyMs(ms, { secondsDecimalDigits: 0, unitCount: 2 })
}

/** Ms since 1970 as `2026-03-03 05:10:12 UTC`. */
export function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** What a person may press in the message, row by row. */
export function buttonsOf({ blocks }: Message): readonly KnownBlock[] {
  return blocks.filter(({ type }) => type === 'actions')
}

/** Whether there is anything in the message that a person may press. */
export function hasButtons(message: Message): boolean {
  return buttonsOf(message).length > 0
}

/** `verbatim`: Slack makes no links of its own of what looks like an address or a channel in somebody's text. */
function section(lines: readonly string[]): SectionBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: lines.join('\n') || ' ', verbatim: true } }
}
