// What a person reads of a message, as one text: the fallback and all block text in reading order.

import type { Block } from '../blocks.ts'
import type { Message, Person } from '../entities.ts'

/** A message as one text for the transcript, with people by their names; nothing in it is markup any more. */
export function reading(
  { text, blocks, files }: Pick<Message, 'text' | 'blocks' | 'files'>,
  people: readonly Person[],
): string {
  const shown = blocks.flatMap(blockLines).join('\n')
  // The fallback text is not repeated where the blocks begin with it.
  const whole = shown.startsWith(text) ? shown : [text, shown].filter((part) => part !== '').join('\n')
  const shared = files.map(({ name }) => `[file ${name}]`).join(' ')
  return [plainText(whole, people), shared].filter((part) => part !== '').join('\n')
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
function plainText(mrkdwn: string, people: readonly Person[]): string {
  return mrkdwn
    .replace(
      /<@([A-Z0-9]+)(\|[^>]*)?>/g,
      (_, id: string) => `@${people.find((person) => person.id === id)?.name ?? id}`,
    )
    .replace(/<#([A-Z0-9]+)(\|[^>]*)?>/g, '#$1')
    .replace(/<!subteam\^([A-Z0-9]+)(\|[^>]*)?>/g, '@$1')
    .replace(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<(https?:[^|>]*)\|([^>]*)>/g, '$2')
    .replace(/<(https?:[^|>]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
