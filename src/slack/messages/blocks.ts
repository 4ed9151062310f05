// Pieces of Block Kit, within Slack's limits: a text that is too long is cut between lines, and only a line that is
// longer than a section is cut itself.
import type { KnownBlock } from '@slack/types'
import prettyMs from 'pretty-ms'

/** `text` is a full sentence of its own: screen readers and notifications read it instead of the blocks. */
export type Message = { readonly text: string; readonly blocks: KnownBlock[] }

/** A message and the key under which it is remembered, so that it is posted once and edited from then on. */
export type Keyed = { readonly key: string; readonly message: Message }

/** Characters a section: Block Kit takes 3,000; some room is left for escapes. */
const SECTION_MAX = 2_900
/** Sections a message: Slack takes 50 blocks a message, and a little over 13,000 characters in all. */
const SECTIONS_MAX = 4

/** A message without buttons; `text` is Slack's mrkdwn. */
export function textMessage(text: string): Message {
  return { text, blocks: sections([text]) }
}

/** The blocks hold every line; the text alone has the first line, and how many more there are. */
export function linesMessage(lines: readonly string[]): Message {
  const [first = '', ...more] = lines
  return { text: more.length > 0 ? `${first} And ${more.length} more.` : first, blocks: sections(lines) }
}

/** An answered message: `said`, such as who answered and when, takes the place of the buttons. */
export function closed(title: string, shown: readonly KnownBlock[], said: string): Message {
  return { text: `${title} ${said}`, blocks: [...shown, ...sections([said])] }
}

/** Fills the lines into as few sections as hold them; past SECTIONS_MAX of them one line counts the lines left out. */
export function sections(lines: readonly string[]): KnownBlock[] {
  const filled = fill(lines)
  const left = filled.slice(SECTIONS_MAX).flat().length
  return [...filled.slice(0, SECTIONS_MAX).map(section), ...(left > 0 ? [section([`and ${left} more lines`])] : [])]
}

/** Like `sections`, but leaves no line out: the blocks of as many messages as are needed to hold them all. */
export function pages(lines: readonly string[]): KnownBlock[][] {
  const filled = fill(lines)
  return Array.from({ length: Math.ceil(filled.length / SECTIONS_MAX) }, (_, page) =>
    filled.slice(page * SECTIONS_MAX, (page + 1) * SECTIONS_MAX).map(section),
  )
}

function fill(lines: readonly string[]): string[][] {
  const filled: string[][] = []
  for (const line of lines.map((each) => each.slice(0, SECTION_MAX))) {
    const last = filled.at(-1)
    if (last && [...last, line].join('\n').length <= SECTION_MAX) last.push(line)
    else filled.push([line])
  }
  return filled
}

/** One row of buttons. */
export function buttons(...elements: readonly ReturnType<typeof button>[]): KnownBlock {
  return { type: 'actions', elements: [...elements] }
}

/** `value` comes back with the click, as JSON of at most 2,000 characters (Slack); `style` null: Slack's default. */
export function button(actionId: string, label: string, value: object, style: 'primary' | 'danger' | null = null) {
  return {
    type: 'button' as const,
    action_id: actionId,
    value: JSON.stringify(value),
    text: { type: 'plain_text' as const, text: label },
    ...(style ? { style } : {}),
  }
}

/** The two largest units, such as `1h 12m`; a negative duration counts as 0. */
export function duration(ms: number): string {
  return prettyMs(Math.max(0, ms), { secondsDecimalDigits: 0, unitCount: 2 })
}

/** Ms since 1970 as `2026-03-03 05:10:12 UTC`. */
export function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

function section(lines: readonly string[]): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: lines.join('\n') || ' ' } }
}
