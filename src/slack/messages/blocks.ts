// Pieces of Block Kit, within Slack's limits: what is too long is cut at a line, never in the middle of one.
import type { KnownBlock } from '@slack/types'
import prettyMs from 'pretty-ms'

/** `text` is a full sentence of its own: screen readers and notifications read it instead of the blocks. */
export type Message = { readonly text: string; readonly blocks: KnownBlock[] }

/** A message and the name under which it is remembered, so that it is posted once and edited after. */
export type Keyed = { readonly key: string; readonly message: Message }

/** A section takes 3,000 characters (Block Kit); some room is left for escapes. */
const SECTION_MAX = 2_900
/** Sections a message: a message takes 50 blocks, and a little over 13,000 characters in all. */
const SECTIONS_MAX = 4

export function textMessage(text: string): Message {
  return { text, blocks: sections([text]) }
}

/** A line each; who reads the text alone hears the first of them, and of how many. */
export function linesMessage(lines: readonly string[]): Message {
  const [first = '', ...more] = lines
  return { text: more.length > 0 ? `${first} And ${more.length} more.` : first, blocks: sections(lines) }
}

/** Answered: who and when stands where the buttons stood. */
export function closed(title: string, shown: readonly KnownBlock[], said: string): Message {
  return { text: `${title} ${said}`, blocks: [...shown, ...sections([said])] }
}

/** Lines, filled into as few sections as hold them; past SECTIONS_MAX one line counts the rest. */
export function sections(lines: readonly string[]): KnownBlock[] {
  const filled = fill(lines)
  const left = filled.slice(SECTIONS_MAX).flat().length
  return [...filled.slice(0, SECTIONS_MAX).map(section), ...(left > 0 ? [section([`and ${left} more lines`])] : [])]
}

/** The same where every line counts: the blocks of as many messages as hold them all. */
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

export function buttons(...elements: readonly ReturnType<typeof button>[]): KnownBlock {
  return { type: 'actions', elements: [...elements] }
}

/** `value` comes back with the click, as JSON; Slack takes 2,000 characters of it. */
export function button(actionId: string, label: string, value: object, style: 'primary' | 'danger' | null = null) {
  return {
    type: 'button' as const,
    action_id: actionId,
    value: JSON.stringify(value),
    text: { type: 'plain_text' as const, text: label },
    ...(style ? { style } : {}),
  }
}

export function duration(ms: number): string {
  return prettyMs(Math.max(0, ms), { secondsDecimalDigits: 0, unitCount: 2 })
}

export function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

function section(lines: readonly string[]): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: lines.join('\n') || ' ' } }
}
