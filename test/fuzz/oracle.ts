// What an answer must never be, told from the input alone and by code that shares nothing with the parser: what changes something was done
// although nobody typed exactly its word, or with words that nobody typed; or a verb was suggested that is far from what was typed.
import type { UseCases } from '../../src/core/ports.ts'

/** A use case that was called, and with what. */
export type Call = { readonly name: keyof UseCases; readonly request: Readonly<Record<string, unknown>> }

/** What stands in the world that was asked: the one migration that runs where it is typed. */
export const HOME = 'mig-aa'

/** The word that has to be typed for each use case that changes something; those without one nobody reaches by typing. */
const WORDS: Readonly<Record<string, string | null>> = {
  ...{
    start: 'start',
    adopt: 'adopt',
    rehearse: 'rehearse',
    decline: 'decline',
    defer: 'defer',
    exceed: 'exceed',
    giveBack: 'return',
    retry: 'retry',
  },
  ...{ pause: 'pause', resume: 'resume', abort: 'abort', cleanup: 'cleanup', note: 'note', report: 'report' },
  ...{ approve: null, choose: null, confirm: null, vouch: null, settle: null, skip: null },
}
const VERBS =
  'plan start rehearse status list approve decline defer exceed return retry note report pause resume abort cleanup adopt help'.split(
    ' ',
  )

/** Where people mean to go, by what they type: what may be suggested or done for these words, whatever their letters. */
const MEANT: readonly (readonly [typed: string, verbs: string])[] = [
  ['stop cancel rollback roll-back roll undo back revert halt kill', 'abort pause'],
  ['eta progress when who info ls all', 'status list start cleanup resume'],
  ['go golive go-live ok okay yes', 'approve status resume'],
  ['show dry-run dryrun check preview', 'plan'],
  ['begin move run', 'start'],
  ['continue unpause proceed', 'resume'],
  ['wait hold suspend', 'pause resume'],
  ['skip postpone without', 'defer'],
  ['override overrule longer', 'exceed'],
  ['give-back giveback', 'return'],
  ['again redo', 'retry'],
  ['delete remove purge', 'cleanup'],
  ['no reject deny', 'decline'],
  ['practice practise drill try test', 'rehearse'],
  ['rebuild recover', 'adopt'],
  ['history export timeline postmortem', 'report'],
  ['comment remark', 'note report'],
  ['approvers commands usage --help -help -h hello hi', VERBS.join(' ')],
]

/** Why the answer or what was done is not what the input asks for; null where nothing is wrong. */
export function wrongOf(input: string, answer: string, calls: readonly Call[]): string | null {
  const words = wordsOf(input)
  const first = (words[0] ?? '').normalize('NFKC').toLowerCase()
  for (const call of calls) {
    const wrong = wrongCall(call, first, words)
    if (wrong) return `${call.name} ${JSON.stringify(call.request)}: ${wrong}`
  }
  return wrongSuggestion(first, answer)
}

/** The words of an input as somebody reads them who sees no unseen characters, with plain hyphens. */
function wordsOf(input: string): string[] {
  // Slack writes somebody who is mentioned, and everybody in a channel, by their ids.
  const named = input.normalize('NFC').replace(/<(?:@(?=[A-Z0-9]+>)|!(?=(?:here|channel|everyone)>))(\w+)>/g, '@$1')
  const shown = named.replace(
    /&(lt|gt|amp);/g,
    (_, name: 'lt' | 'gt' | 'amp') => ({ lt: '<', gt: '>', amp: '&' })[name],
  )
  let text = ''
  for (const sign of shown) text += /[\p{C}\p{Z}\p{DI}\s]/u.test(sign) ? ' ' : sign
  const words = text.split(' ').filter((word) => word !== '')
  while (words.length > 1 && /^[-\u2010-\u2015\u2022]$/.test(words[0] ?? '')) words.shift()
  return words[0]?.toLowerCase() === '/migrate' ? words.slice(1) : words
}

function hyphened(text: string): string {
  return text.replace(/[‐‑‒–—―−﹘﹣－]/g, '-').toLowerCase()
}

/** A verb, and around it at most what is no letter, digit or sign of a path or an option. */
function isExactly(word: string, verb: string): boolean {
  const at = word.indexOf(verb)
  if (at < 0) return false
  return !/[\p{L}\p{N}\p{M}/\\<>@#$|&;,=+-]/u.test(word.slice(0, at) + word.slice(at + verb.length))
}

function wrongCall({ name, request }: Call, first: string, words: readonly string[]): string | null {
  if (!(name in WORDS)) return null
  const verb = WORDS[name] ?? null
  if (verb === null) return 'nobody reaches it by typing'
  if (!isExactly(first, verb)) return `"${first}" is not ${verb}`
  const plain = hyphened(words.slice(1).join(' '))
  // The id of a migration may stand anywhere before the reason, also within a name.
  const text = words.slice(1).join(' ')
  const named = words.slice(1).filter((word) => !/^[^\p{L}\p{N}]*mig-[0-9a-f]+[^\p{L}\p{N}]*$/u.test(hyphened(word)))
  if (name === 'note') return wrongNote(request, words.slice(1))
  const { sourceZone, targetZone, service, reason, what, id } = request
  for (const said of [sourceZone, targetZone]) {
    if (typeof said === 'string' && !plain.includes(said)) return `nobody typed the zone ${said}`
  }
  for (const said of [service, what]) {
    if (typeof said === 'string' && (said === '' || !named.join(' ').toLowerCase().includes(said.toLowerCase()))) {
      return `nobody typed ${JSON.stringify(said)}`
    }
  }
  if (typeof reason === 'string' && (reason === '' || !text.includes(reason.replace(/…$/, '')))) {
    return `nobody typed the reason ${JSON.stringify(reason)}`
  }
  return (
    wrongWay(request, plain) ?? wrongMigration(id, plain) ?? wrongLeave(request, plain) ?? wrongTime(request, plain)
  )
}

/** A note holds every word that was typed, but for the id of the migration where that comes first. */
function wrongNote({ id, text }: Call['request'], words: readonly string[]): string | null {
  const [, first] = /^[^\p{L}\p{N}]*(mig-[0-9a-f]+)[^\p{L}\p{N}]*$/u.exec(hyphened(words[0] ?? '')) ?? []
  if (id !== (first ?? HOME)) return `nobody named ${String(id)}`
  const said = (first === undefined ? words : words.slice(1)).join(' ')
  return said !== '' && text === said ? null : `nobody typed the note ${JSON.stringify(text)}`
}

/** Data moves from what stands first, but where "from" or "to" say otherwise. */
function wrongWay({ sourceZone, targetZone }: Call['request'], plain: string): string | null {
  if (typeof sourceZone !== 'string' || typeof targetZone !== 'string') return null
  if (sourceZone === targetZone) return 'both zones are one'
  if (/<-|←/.test(plain)) return 'an arrow points back'
  const route = plain.replace(/-+yes-leave\s+\S+/g, ' ')
  const zones = [...route.matchAll(/[a-z]{2,}(?:-[a-z]+)+-\d+[a-z]|[a-z]{3,6}\d+-az\d+/g)]
  const said = zones.map(({ 0: zone, index }) => ({ zone, before: route.slice(0, index) }))
  const from = said.filter(({ before }) => /\bfrom\W+$/.test(before)).map(({ zone }) => zone)
  const to = said.filter(({ before }) => /\b(?:in)?to\W+$/.test(before)).map(({ zone }) => zone)
  if (from.length + to.length === 0) return said[0]?.zone === sourceZone ? null : 'the zones are swapped'
  const isSo = from.every((zone) => zone === sourceZone) && to.every((zone) => zone === targetZone)
  return isSo ? null : '"from" and "to" say otherwise'
}

/** The migration is the one that is named before the reason, else the only one that is at home where it is typed. */
function wrongMigration(id: unknown, plain: string): string | null {
  if (typeof id !== 'string') return null
  const [said = ''] = plain.split(/(?:^|\s)because[,:]?(?:\s|$)/)
  const named = said
    .split(' ')
    .flatMap((word) => word.match(/^[^\p{L}\p{N}]*(mig-[0-9a-f]+)[^\p{L}\p{N}]*$/u)?.[1] ?? [])
  if (named.length > 0) return named.includes(id) ? null : `${id} is not ${named.join(' or ')}`
  return id === HOME || id === 'mig-e1' ? null : `nobody named ${id}`
}

function wrongLeave({ isMeant, sourceZone }: Call['request'], plain: string): string | null {
  if (isMeant !== true) return null
  const [, left] = /-yes-leave\s+(?:-\S+\s+)*\W*(\S*?[\da-z])\W*(?:\s|$)/.exec(plain) ?? []
  return left === sourceZone ? null : `nobody repeated that ${String(sourceZone)} is left`
}

/** The outage waits for no time that nobody typed. */
function wrongTime({ atMinute }: Call['request'], plain: string): string | null {
  if (typeof atMinute !== 'number') return null
  const typed = [...plain.matchAll(/(\d{1,2}):?(\d\d)/g)].map(
    ([, hours, minutes]) => Number(hours) * 60 + Number(minutes),
  )
  return typed.includes(atMinute) ? null : `nobody typed the time of day ${atMinute}`
}

function wrongSuggestion(first: string, answer: string): string | null {
  const word = hyphened(first).replace(/^[^\p{L}\p{N}-]+|[^\p{L}\p{N}]+$/gu, '')
  if (word === '' || VERBS.some((verb) => isExactly(hyphened(first), verb))) return null
  const meant = MEANT.find(([typed]) => typed.split(' ').some((each) => each === word || each === hyphened(first)))
  const suggested = [...answer.matchAll(/\/migrate ([a-z]+)/g)].flatMap(([, verb = '']) =>
    verb === 'help' ? [] : verb,
  )
  const far = suggested.find((verb) => !meant?.[1].split(' ').includes(verb) && !isNear(word, verb))
  return far ? `"${first}" is answered with ${far}` : null
}

function isNear(word: string, verb: string): boolean {
  return (word.length >= 3 && verb.startsWith(word)) || editsBetween(word, verb) <= 2
}

/** Levenshtein, by the book; more than the difference of lengths allows is not counted. */
function editsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const [above = 0, left = 0, corner = 0] = [row[j], next[j - 1], row[j - 1]]
      next.push(Math.min(above + 1, left + 1, corner + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length] ?? 0
}
