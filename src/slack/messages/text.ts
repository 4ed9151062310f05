// The one place in which a sentence becomes what Slack shows. Everything in it is escaped; only our own marks
// (core/model/text.ts) become markup.
//
// Slack reads `&`, `<` and `>` as the beginning of links and mentions, and has an escape for each. It has none for the
// characters that format: a backslash before them is shown. It finds them by their code points alone, so each is shown as
// another character that looks the same, and formats nothing wherever it stands.
import { dayTime, linkAddress, linkLabel, type Piece, piecesOf, SIGNS } from '../../core/model/text.ts'

/** A text in Slack's markup, made here and nowhere else. */
export type Mrkdwn = string & { readonly isMrkdwn: true }

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '*': '\u2217',
  '~': '\u223C',
  '`': '\u02CB',
  _: '\u02CD',
  ':': '\uA789',
}
/**
 * An underscore between letters or digits formats nothing, and names are full of them. A colon is odd where it begins the
 * name of an emoji, as in `:white_check_mark:`, and not within an ARN or a time.
 */
const ODD = /[&<>*~`]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|(?<![\p{L}\p{N}]):(?=[\w+'-]+:)/gu
/** In code nothing formats but what ends it. */
const ODD_IN_CODE = /[&<>`]/g

const MENTIONS = { user: '@', channel: '#', group: '!subteam^' } as const

/** A sentence in Slack's markup, cut so that it has at most `max` characters (UTF-16 units), escapes included. */
export function mrkdwn(sentence: string, max: number): Mrkdwn {
  const [first = ''] = chunks(piecesOf(sentence), max, 'once')
  return first as Mrkdwn
}

/** A sentence in Slack's markup, in as many parts of at most `max` characters as it takes; nothing is left out. */
export function mrkdwnParts(sentence: string, max: number): Mrkdwn[] {
  return chunks(piecesOf(sentence), max, 'all') as Mrkdwn[]
}

/** Bold around a part, and the ellipsis of what was cut. */
const ROOM = '**…'.length

function chunks(pieces: readonly Piece[], max: number, how: 'once' | 'all'): string[] {
  const whole = joined(pieces.map((piece) => ({ ...piece, text: shown(piece) })))
  if (whole.length <= max) return [unquoted(whole)]
  const parts = split(pieces, max - ROOM).map(unquoted)
  return how === 'all' ? parts : [`${parts[0] ?? ''}…`]
}

/** A line that begins with this sign is a quotation, escaped or not. */
function unquoted(text: string): string {
  return text.replace(/^(\s*)&gt;/gm, '$1\u203A')
}

/** What Slack shows of one piece. A mention whose id is none is shown as text. */
function shown({ kind, text }: Piece): string {
  if (kind === 'line') return '\n'
  if (kind === 'code') return text === '' ? '' : `\`${text.replace(ODD_IN_CODE, escaped)}\``
  if (kind === 'text') return text.replace(ODD, escaped)
  if (kind === 'time') return timeText(Number(text))
  if (kind === 'link') return `<${linkAddress(text).replaceAll('&', '&amp;')}|${linkLabel(text).replace(ODD, escaped)}>`
  return /^[A-Z0-9]+$/.test(text) ? `<${MENTIONS[kind]}${text}>` : `${SIGNS[kind]}${text.replace(ODD, escaped)}`
}

/** A time that Slack shows in the reader's own zone, with `today`, `yesterday` or its day; where it cannot, the words behind the bar. */
function timeText(ms: number): string {
  return `<!date^${Math.floor(ms / 1_000)}^{time}, {date_short_pretty}|${dayTime(ms)}>`
}

function escaped(odd: string): string {
  return ESCAPES[odd] ?? odd
}

/** Joins pieces that are rendered already; what is bold stands between asterisks, on each line anew. */
function joined(pieces: readonly Pick<Piece, 'text' | 'isBold'>[]): string {
  let all = ''
  let isBold = false
  for (const piece of pieces) {
    all += piece.isBold === isBold ? piece.text : `*${piece.text}`
    isBold = piece.isBold
  }
  return isBold ? `${all}*` : all
}

/** Parts of at most `max` characters and the asterisks around what is bold; words are kept whole where that is possible. */
function split(pieces: readonly Piece[], max: number): string[] {
  const parts: Pick<Piece, 'text' | 'isBold'>[][] = [[]]
  let length = 0
  for (const piece of pieces.flatMap((each) => words(each, max))) {
    const text = shown(piece)
    const isBreak = parts.at(-1)?.at(-1)?.isBold !== piece.isBold
    const size = text.length + (isBreak ? 1 : 0)
    if (length + size > max && length > 0) {
      parts.push([])
      length = 0
    }
    parts.at(-1)?.push({ text, isBold: piece.isBold })
    length += size
  }
  return parts.map(joined)
}

/** Text word by word, so that it can be split, and code only where nothing holds it; a mention is never split. */
function words(piece: Piece, max: number): Piece[] {
  const isWhole = piece.kind === 'code' ? shown(piece).length <= max : piece.kind !== 'text'
  if (isWhole) return [piece]
  const most = Math.max(1, Math.floor(max / ESCAPE_MAX) - 1)
  const word = new RegExp(`\\S{1,${Math.min(most, WORD_MAX)}}\\s?|\\s`, 'gu')
  return [...piece.text.matchAll(word)].map(([text]) => ({ ...piece, text }))
}

/** Characters that are kept together, if they have room; and of the longest escape. */
const WORD_MAX = 100
const ESCAPE_MAX = '&amp;'.length
