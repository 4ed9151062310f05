// What a person reads of a message, as one text: the fallback and all block text in reading order.

import { type Block, controlsOf } from '../blocks.ts'
import type { Message, Person, Reach } from '../entities.ts'

/** A person or a group. */
type Named = Pick<Person, 'id' | 'name'>

/** A message as one text for the transcript, with people and groups by their names; nothing in it is markup any more. */
export function reading(
  { text, blocks, files }: Pick<Message, 'text' | 'blocks' | 'files'>,
  people: readonly Named[],
): string {
  const shown = blocks.flatMap(blockLines).join('\n')
  // The fallback text is not repeated where the blocks begin with it.
  const whole = shown.replaceAll('*', '').startsWith(text.replaceAll('*', ''))
    ? shown
    : [text, shown].filter((part) => part !== '').join('\n')
  const shared = files.map(({ name }) => `[file ${name}]`).join(' ')
  return [plainText(whole, people), shared].filter((part) => part !== '').join('\n')
}

/**
 * Characters of a section, and lines, past which Slack folds it behind "see more" where it does not say `expand`. Slack publishes that it
 * does (Block Kit's section), and not from where on: these are what its clients show about, taken on the strict side.
 */
const UNFOLDED = { characters: 500, lines: 6 } as const

/** Whom a message reaches, and how much they read of it before they unfold anything. */
export function reachOf(message: Message, people: readonly Named[]): Reach {
  const { text, blocks, thread, isBroadcast, onlyFor, isCommand } = message
  const folds = blocks.findIndex(isFolded)
  const seen = folds < 0 ? blocks : blocks.slice(0, folds)
  const controls = controlsOf(blocks).flatMap(({ control }) => (control.type === 'button' ? [control] : []))
  const labels = controls.map((control) => ({ label: control.text.text, confirms: control.confirm !== undefined }))
  return {
    inChannel: onlyFor === null && !isCommand && (thread === null || isBroadcast),
    mentions: mentionedIn(message).map((id) => people.find((person) => person.id === id)?.name ?? id),
    words: wordsIn(reading({ text, blocks: seen.filter(({ type }) => type !== 'actions'), files: [] }, [])),
    ...(labels.length > 0 ? { buttons: labels } : {}),
  }
}

/** The ids of the people and user groups that a message mentions, each once. */
export function mentionedIn({ text, blocks }: Pick<Message, 'text' | 'blocks'>): string[] {
  const found = JSON.stringify([text, blocks]).matchAll(/<(?:@|!subteam\^)([A-Z0-9]+)/g)
  return [...new Set([...found].map(([, id = '']) => id))]
}

function isFolded(block: Block): boolean {
  if (block.type !== 'section' || block.expand) return false
  const shown = block.text?.text ?? ''
  return shown.length > UNFOLDED.characters || shown.split('\n').length > UNFOLDED.lines
}

/** How many words a text has; mentions are none. */
function wordsIn(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word) && !/^\W*@[A-Z0-9]+\W*$/.test(word)).length
}

function blockLines(block: Block): string[] {
  switch (block.type) {
    case 'section':
      return [
        ...[block.text, ...(block.fields ?? [])].flatMap((each) => each?.text ?? []),
        ...(block.accessory ? [elementText(block.accessory)] : []),
      ]
    case 'header':
      return [block.text.text]
    case 'context':
      return [block.elements.map(elementText).join(' ')]
    case 'actions':
      return [block.elements.map(elementText).join(' ')]
    case 'markdown':
      return [block.text]
    case 'input':
      return [block.label.text, elementText(block.element)]
    case 'divider':
      return []
  }
}

type Element =
  | Extract<Block, { type: 'context' | 'actions' }>['elements'][number]
  | Extract<Block, { type: 'input' }>['element']

function elementText(element: Element): string {
  switch (element.type) {
    case 'plain_text':
    case 'mrkdwn':
      return element.text
    case 'image':
      return element.alt_text
    case 'button':
      return `[${element.text.text}]`
    case 'plain_text_input':
      return `[${element.placeholder?.text ?? ''}]`
    default:
      return `[${element.options.map((option) => option.text.text).join(' | ')}]`
  }
}

/** A text with Slack's escapes undone: mentions by name, links by label, dates by their fallback. */
function plainText(mrkdwn: string, people: readonly Named[]): string {
  const nameOf = (id: string): string => people.find((each) => each.id === id)?.name ?? id
  return mrkdwn
    .replace(/<(?:@|!subteam\^)([A-Z0-9]+)(\|[^>]*)?>/g, (_, id: string) => `@${nameOf(id)}`)
    .replace(/<#([A-Z0-9]+)(\|[^>]*)?>/g, (_, id: string) => `#${nameOf(id)}`)
    .replace(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<(https?:[^|>]*)\|([^>]*)>/g, '$2')
    .replace(/<(https?:[^|>]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
