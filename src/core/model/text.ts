// Text that people read: where ours ends and that of others begins. A sentence is composed with names, tags, reasons and
// errors in it as they are; whoever shows it escapes all of it, and only what stands between the marks made here is
// markup. So a name that nobody thought of formats nothing, mentions nobody and makes no line.

/**
 * The marks, of Unicode's private use area, so that no other text means anything by them. `theirs` takes them out of
 * text of others, and `code` and the mentions out of what they wrap: nobody else can write one.
 */
const MARKS = {
  user: '\uE000',
  channel: '\uE001',
  group: '\uE002',
  code: '\uE003',
  bold: '\uE004',
  end: '\uE005',
  line: '\uE006',
  time: '\uE007',
  link: '\uE008',
} as const

/** A run of characters that are not seen, or that move others: control, format (bidi, zero width), private, line ends. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]+/gu

/** Characters of a name: EC2 takes 256 for a tag's value. */
export const NAME_MAX = 256
/** Characters of what a program says: EC2's encoded refusals are this long. */
export const TOLD_MAX = 2_000
/** Characters of a reason or a sentence that somebody else wrote: what a form takes is 200. */
export const SAID_MAX = 300

/**
 * Text of others as one line of at most `max` characters (UTF-16 units): each run of unseen characters becomes one
 * space, and what is too long ends in an ellipsis. Every edge at which such text comes in passes it through here.
 */
export function theirs(text: string, max: number = NAME_MAX): string {
  return cut(seenOf(text).trim(), max)
}

/** The same text without unseen characters, uncut; each run of them becomes one space. */
export function seenOf(text: string): string {
  return text.replace(UNSEEN, ' ')
}

/** The same text, character for character, but for our marks, which others have no use for. */
export function withoutMarks(text: string): string {
  return text.replace(/[\uE000-\uE008]/g, '\uFFFD')
}

/** At most `max` UTF-16 units, with an ellipsis for what is left out; no character is cut in two. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text
  return `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** Mentions a user of Slack by id. */
export function mention(user: string): string {
  return marked('user', seenOf(user))
}

/** Mentions a channel of Slack by id. */
export function channelMention(channel: string): string {
  return marked('channel', seenOf(channel))
}

/** Mentions a user group of Slack by id. */
export function groupMention(group: string): string {
  return marked('group', seenOf(group))
}

/** A moment, which people read in their own zone where that can be shown, else as `2026-03-06 05:10 UTC`. `ms` is since 1970. */
export function moment(ms: number): string {
  return marked('time', String(Math.floor(ms)))
}

/** Something to type or to paste as it stands. */
export function code(text: string): string {
  return marked('code', seenOf(text))
}

/** A label that leads to an address of the web; the label alone where the address is none. */
export function link(url: string, label: string): string {
  const wrapped = `${seenOf(url)} ${seenOf(label)}`
  return LINK.test(wrapped) ? marked('link', wrapped) : label
}

/** An address, in which nothing ends a link of Slack's, and a label behind the first space. */
const LINK = /^https?:\/\/[^\s<>|]+ ./u

/** What a message is about; it may hold mentions and code. */
export function bold(text: string): string {
  return marked('bold', text)
}

/** Several sentences, each on a line of its own. Any other line end in a text is shown as a space. */
export function inLines(sentences: readonly string[]): string {
  return sentences.join(MARKS.line)
}

/** The sentences that `inLines` joined. */
export function linesOf(text: string): string[] {
  return text.split(MARKS.line)
}

function marked(mark: Exclude<keyof typeof MARKS, 'end' | 'line'>, text: string): string {
  return `${MARKS[mark]}${text}${MARKS.end}`
}

/**
 * A part of a sentence: text as it was written, one of our marks with what it wraps (a time: ms since 1970; a link: its address, a space,
 * and its label), or the end of a line.
 */
export type Piece = {
  readonly kind: 'text' | 'user' | 'channel' | 'group' | 'code' | 'time' | 'link' | 'line'
  readonly text: string
  readonly isBold: boolean
}

/** A mark that wraps plain text; or a single mark; or a run of text. */
const PIECE = /([\uE000-\uE003\uE007\uE008])([^\uE000-\uE008]*)\uE005|[\uE004-\uE006]|[^\uE000-\uE008]+/g

const KINDS: ReadonlyMap<string | undefined, Piece['kind']> = new Map([
  [MARKS.user, 'user'],
  [MARKS.channel, 'channel'],
  [MARKS.group, 'group'],
  [MARKS.code, 'code'],
  [MARKS.time, 'time'],
  [MARKS.link, 'link'],
])

/** The pieces of a sentence, in order. Bold ends with its line; a mark that wraps nothing is left out. */
export function piecesOf(sentence: string): Piece[] {
  const pieces: Piece[] = []
  let isBold = false
  for (const [whole, mark, inner = ''] of sentence.matchAll(PIECE)) {
    const kind = KINDS.get(mark)
    // A time or a link that is none is not one of ours.
    if ((kind === 'time' && !/^\d{1,15}$/.test(inner)) || (kind === 'link' && !LINK.test(inner)))
      pieces.push({ kind: 'text', text: seenOf(inner), isBold })
    else if (kind) pieces.push({ kind, text: inner, isBold })
    else if (whole === MARKS.line) pieces.push({ kind: 'line', text: '', isBold: false })
    else if (whole !== MARKS.bold && whole !== MARKS.end) pieces.push({ kind: 'text', text: seenOf(whole), isBold })
    if (mark === undefined && whole.length === 1) isBold = boldAfter(whole, isBold)
  }
  return pieces
}

function boldAfter(mark: string, isBold: boolean): boolean {
  if (mark === MARKS.bold) return true
  return mark === MARKS.end || mark === MARKS.line ? false : isBold
}

/** What stands before the id of a mention where there is no markup. */
export const SIGNS = { user: '@', channel: '#', group: '@' } as const

/**
 * A sentence without any markup, on one line of at most `max` characters: for labels, forms and terminals. Mentions are
 * ids, and code stands between backticks. `linesOf` splits what has several lines.
 */
export function plain(sentence: string, max: number = Number.POSITIVE_INFINITY): string {
  return cut(piecesOf(sentence).map(plainOf).join(''), max)
}

function plainOf({ kind, text }: Piece): string {
  if (kind === 'line') return ' '
  if (kind === 'code') return `\`${text}\``
  if (kind === 'time') return dayTime(Number(text))
  if (kind === 'link') return `${linkLabel(text)} (${linkAddress(text)})`
  return kind === 'text' ? text : `${SIGNS[kind]}${text}`
}

/** The address in what a link wraps. */
export function linkAddress(wrapped: string): string {
  return wrapped.slice(0, wrapped.indexOf(' '))
}

/** The label in what a link wraps. */
export function linkLabel(wrapped: string): string {
  return wrapped.slice(wrapped.indexOf(' ') + 1)
}

/**
 * A word of a shell's command line, for people to paste: as it is where it means nothing to a shell, else in single
 * quotes. Null where that is not safe: a leading hyphen is an option in quotes too, a quote or a backtick ends what it
 * stands in, and what is not plain ASCII may look like something else.
 */
export function shellWord(text: string): string | null {
  if (/^[A-Za-z0-9/_.][A-Za-z0-9/_.,:@%+=-]*$/.test(text)) return text
  return /^[ -~]+$/.test(text) && !/^-|['`\\]/.test(text) ? `'${text}'` : null
}

/**
 * Names of services that a document takes as its parameter (ssm/): nothing else reaches a host. A comment of SSM holds
 * 100 characters.
 */
export function isDocumentName(name: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,49}$/.test(name)
}

/**
 * Names of services that people can read, type and tell apart: up to 50 letters, digits and `. _ - + @ ( )`, with single
 * spaces between, and no letters of another script among Latin ones, many of which look the same. A name stands in a tag of EC2 beside
 * other words, and in commands of Slack.
 */
export function isPlainName(name: string): boolean {
  const isMixed = /\p{Script=Latin}/u.test(name) && /[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(name)
  return (
    name.length <= 50 && !isMixed && /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._+@()-]*( [\p{L}\p{M}\p{N}._+@()-]+)*$/u.test(name)
  )
}

/** The first names, and how many more there are: `a, b and 190 more`. */
export function listed(names: readonly string[], max: number): string {
  const more = names.length > max ? ` and ${names.length - max} more` : ''
  return `${names.slice(0, max).join(', ')}${more}`
}

/** `1 volume`, `7 volumes`. */
export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** HH:MM in UTC, for sentences that are read within that hour, or beside their day. `ms` is since 1970. */
export function timeOfDay(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16)
}

/** A moment for sentences that are read whenever, as `2026-03-06 16:30 UTC`. `ms` is since 1970. */
export function dayTime(ms: number): string {
  return `${day(ms)} ${timeOfDay(ms)} UTC`
}

/** `16:30 UTC` where that is on the day of `readMs` in UTC, else with its own day. Both are in ms since 1970. */
export function timeBeside(ms: number, readMs: number): string {
  return day(ms) === day(readMs) ? `${timeOfDay(ms)} UTC` : dayTime(ms)
}

/** Ms since 1970 as `05:10:12 UTC`. */
export function clockTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)} UTC`
}

/** The same where that is on the day of `readMs` in UTC, else with its own day. */
export function clockBeside(ms: number, readMs: number): string {
  return day(ms) === day(readMs) ? clockTime(ms) : `${day(ms)} ${clockTime(ms)}`
}

/** YYYY-MM-DD in UTC. `ms` is since 1970. */
export function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
