// What phones, copied text and habit put around a word: dashes of other kinds, quotation marks, marks of Slack's markup.

const QUOTES = '"\'`\\u2018-\\u201F\\u00AB\\u00BB'
const AROUND = new RegExp(`^[${QUOTES}*_~.!?:\\u2026]+|[${QUOTES}*_~.!?:\\u2026]+$`, 'g')
const QUOTED = new RegExp(`^[${QUOTES}]+|[${QUOTES}]+$`, 'g')

/** Hyphens: phones make dashes of some, and copied text brings others. */
export function plainDashes(word: string): string {
  return word.replace(/[\u2010-\u2015\u2212\uFE58\uFE63\uFF0D]/g, '-')
}

/** A word without quotation marks, markup or the end of a sentence around it; empty where it is nothing else. */
export function bareWord(word: string): string {
  return word.replace(AROUND, '')
}

/** A name as it was meant: phones put it into quotation marks of their own kind, or people do. */
export function unquoted(words: readonly string[]): string {
  return words.join(' ').replace(QUOTED, '')
}

/** Slack escapes what was typed as it does in messages. */
export function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
