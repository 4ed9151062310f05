// Words that the report and its picture share, and the one place in which a sentence of the report becomes Markdown.
import prettyMs from 'pretty-ms'
import { effectId } from '../core/model/effects.ts'
import type { Gate, Migration } from '../core/model/migration.ts'
import { dayTime, linkAddress, linkLabel, type Piece, piecesOf, SIGNS } from '../core/model/text.ts'
import { nameIn } from '../core/steps/waits.ts'

/** What a gate is about, in words for people who were not there. */
export const GATE_WORDS: Readonly<Record<Gate, string>> = {
  start: 'start',
  freeze: 'stop writes',
  goLive: 'go live',
  cleanup: 'clean up',
}

/** The two largest units, such as `1h 12m`; less than a second is `0s`. */
export function lengthOf(ms: number): string {
  return ms < 1_000 ? '0s' : prettyMs(ms, { secondsDecimalDigits: 0, unitCount: 2 })
}

/** Where a time lies that was forecast, in words; `mostMs` is null where it had no upper bound. */
export function placeIn(
  tookMs: number,
  { leastMs, mostMs }: { readonly leastMs: number; readonly mostMs: number | null },
): string {
  if (tookMs < leastMs) return `${lengthOf(leastMs - tookMs)} less`
  if (mostMs === null) return 'and how much longer was not known'
  return tookMs > mostMs ? `${lengthOf(tookMs - mostMs)} more` : 'as was said'
}

/** Ms since 1970 as `2026-03-03 05:10:12`, in UTC and without saying so. */
export function stampOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

/** `1 volume`, `2 volumes`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** The first names, and how many more there are: `a, b and 190 more`. */
export function namedUpTo(names: readonly string[], max: number): string {
  const more = names.length - max
  return more > 0 ? `${names.slice(0, max).join(', ')} and ${more} more` : names.join(', ')
}

const STEP_WORDS: Readonly<Record<string, string>> = {
  seed: 'the snapshot taken ahead',
  snapshot: 'the final snapshot',
  firstSnapshot: 'the first snapshot of the copy',
  restore: 'the copy',
  attach: 'the attachment',
  detach: 'the detachment',
  detachSource: 'the detachment of the source',
  delete: 'the deletion',
  checkCopy: 'the comparison with its source',
  tag: 'the tags',
  demote: 'the end of writes',
  prove: 'the proof that it is in sync',
  down: 'the end of replication',
  promote: 'the promotion',
  checkReplica: 'the check',
  fence: 'the fence',
  reunite: 'the way back into sync',
  freeze: 'the stop of writes',
  unfreeze: 'the return of writes',
  open: 'the opening',
  afterAttach: 'what follows the attachment',
  verify: 'the check',
  hook: 'the hook',
  rehearse: 'the look into the data',
}

/** An effect in words, such as `the final snapshot of logs`; its id where the journal does not know it. */
export function effectWords(m: Migration, id: string): string {
  const effect = m.effects.get(id)?.effect
  if (!effect || effectId(effect) !== id) return id
  return `${STEP_WORDS[effect.step] ?? effect.step} of ${nameIn(m, effect)}`
}

/** A sentence as one line of Markdown: everything in it is text but our own marks. It may stand in a paragraph or a list. */
export function markdownLine(sentence: string): string {
  return piecesOf(sentence)
    .map((piece) => markdownOf(piece, (text) => text))
    .join('')
    .trim()
    .replace(/^(#{1,6}|[-+=]|\d{1,9}[.)])(?=\s|$)/, (begin) => begin.replace(/.$/, '\\$&'))
}

/** A sentence as the cell of a table, which a bar would end, in code too. */
export function markdownCell(sentence: string): string {
  return piecesOf(sentence)
    .map((piece) => markdownOf(piece, (text) => text.replaceAll('|', '\\|')))
    .join('')
    .trim()
}

/**
 * What formats in Markdown wherever it stands, and what makes a link of an address. An underscore between letters or digits formats
 * nothing, and names are full of them.
 */
const ODD = /[\\`*[\]<>|~&]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|:(?=\/\/)|(?<=www)\.|@(?=[\w.-]+\.\w)/giu

function markdownOf({ kind, text }: Piece, inCode: (text: string) => string): string {
  if (kind === 'line') return ' '
  if (kind === 'code') return codeOf(inCode(text))
  if (kind === 'time') return dayTime(Number(text))
  if (kind === 'link') return `[${linkLabel(text).replace(ODD, '\\$&')}](<${linkAddress(text)}>)`
  const said = text.replace(ODD, '\\$&')
  return kind === 'text' ? said : `${SIGNS[kind]}${said}`
}

/** Between more backticks than stand in it side by side; nothing else is markup there. */
function codeOf(text: string): string {
  if (text === '') return ''
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const room = text.startsWith('`') || text.endsWith('`') ? ' ' : ''
  return `${fence}${room}${text}${room}${fence}`
}
