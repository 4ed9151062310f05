// What phones, copied text and habit put around a word: dashes of other kinds, quotation marks, marks of Slack's markup.

const QUOTES = '"\'`\\u2018-\\u201F\\u00AB\\u00BB'
const AROUND = new RegExp(`^[${QUOTES}*_~.!?:\\u2026]+|[${QUOTES}*_~.!?:\\u2026]+$`, 'g')
const QUOTED = new RegExp(`^[${QUOTES}]+|[${QUOTES}]+$`, 'g')

/** A word without quotation marks, markup or the end of a sentence around it; empty where it is nothing else. */
export function bareWord(word: string): string {
  return word.replace(AROUND, '')
}

/** A name as it was meant: phones put it into quotation marks of their own kind, or people do. */
export function unquoted(words: readonly string[]): string {
  return words.join(' ').replace(QUOTED, '')
}

/** What Slack makes of an address, of somebody, of a channel, of a group, of all and of a time: `<...|what is shown>`. */
const MARKED =
  /<((?:https?|ftp|mailto|tel|slack):[^|>]*|[@#][A-Z0-9]+|!(?:here|channel|everyone)|!subteam\^[A-Z0-9]+|!date\^[^|>]*)(?:\|([^>]*))?>/g

/**
 * A message as it was typed: Slack makes links and mentions of what looks like one, and escapes the rest. Who is mentioned is an id where
 * Slack says no name.
 */
export function asTyped(text: string): string {
  const shown = text.replace(MARKED, (_, marked: string, label = '') => unmarked(marked, label))
  return shown.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

function unmarked(marked: string, label: string): string {
  const [sign, id] = [marked.charAt(0), marked.slice(1)]
  if (sign === '@' || sign === '#') return `${sign}${label || id}`
  if (sign === '!') return label || `@${id.replace('subteam^', '')}`
  // What Slack made a link of by itself is its own label.
  const isTyped =
    label === '' || ['', 'http://', 'https://', 'mailto:', 'tel:'].some((begin) => marked === begin + label)
  return isTyped ? label || marked : `${label} (${marked})`
}
