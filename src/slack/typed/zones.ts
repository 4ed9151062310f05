// Two zones as people type them: by name or by id, in any case, with words, a comma or an arrow between. What could be read either way is
// asked for again, since it decides in which direction data moves.
import { isZoneWord, plainDashes } from '../../core/asking/typed.ts'
import { AT_FORM, BUDGET_FORM, budgetIn, minuteIn } from '../../core/model/rules.ts'
import { cut } from '../../core/model/text.ts'
import type { StartOptions, Zones } from '../../core/ports.ts'
import { bareWord } from './cleaning.ts'
import { FORMS } from './words.ts'

type Verb = 'plan' | 'start' | 'rehearse' | 'adopt'
/** What was read, or the sentence that says what is wrong. */
type Read = (Zones & StartOptions) | { readonly wrong: string }

const ARROWS = /(?:-+|=+)>|[\u2192\u21D2\u27F6\u27F9\u2794\u279C-\u279E>,;]/g
const ODD_MAX = 40

/** Reads `us-east-1a us-east-1c`, `from us-east-1a to use1-az4`, `us-east-1a -> us-east-1c`, and the options of a start. */
export function readZones(verb: Verb, words: readonly string[]): Read {
  const form = FORMS[verb]
  const { zones, flags, left, budget, at, odd } = sort(words)
  // Phones turn two hyphens into a dash.
  const unknown = flags.find((flag) => verb !== 'start' || !/^--?(no-seed|yes-leave|budget|at)$/.test(flag))
  if (unknown) return { wrong: `"${cut(unknown, ODD_MAX)}" is not an option of ${verb}: ${form}` }
  if (odd !== null) {
    return { wrong: `"${cut(odd, ODD_MAX)}" is not an availability zone; one looks like us-east-1a: ${form}` }
  }
  const [first, second, ...more] = zones
  if (!first || !second || more.length > 0) return { wrong: `${verb} needs exactly two zones: ${form}` }
  const isTurned = first.role === 'target' || second.role === 'source'
  if (isTurned && (first.role === 'source' || second.role === 'target' || first.role === second.role)) {
    return { wrong: `It is not clear which zone is left and which is moved to: ${form}` }
  }
  const [sourceZone, targetZone] = isTurned ? [second.zone, first.zone] : [first.zone, second.zone]
  if (sourceZone === targetZone) {
    return { wrong: `Source and target are both ${sourceZone}; name two different zones: ${form}` }
  }
  const isMeant = flags.some((flag) => flag.endsWith('yes-leave'))
  if (isMeant && left !== sourceZone) {
    return { wrong: `--yes-leave takes the zone that is left: --yes-leave ${sourceZone}` }
  }
  const budgetMinutes = budgetIn(budget ?? '')
  if (flags.some((flag) => flag.endsWith('budget')) && budgetMinutes === null)
    return { wrong: `${BUDGET_FORM}: ${form}` }
  const atMinute = minuteIn(at ?? '')
  if (flags.some(isAt) && atMinute === null) return { wrong: `${AT_FORM}: ${form}` }
  const seeds = !flags.some((flag) => flag.endsWith('no-seed'))
  return { sourceZone, targetZone, seeds, isMeant, budgetMinutes, atMinute }
}

/** Behind which a time of day stands. */
const isAt = (flag: string | undefined): boolean => flag !== undefined && /^--?at$/.test(flag)

type Role = 'source' | 'target' | null
const ROLES: ReadonlyMap<string, Role> = new Map([
  ['from', 'source'],
  ['to', 'target'],
  ['into', 'target'],
])

type Sorted = {
  readonly zones: readonly { readonly zone: string; readonly role: Role }[]
  readonly flags: readonly string[]
  /** The zone behind --yes-leave; null where none is. */
  readonly left: string | null
  /** The word behind --budget; null where none is. */
  readonly budget: string | null
  /** The word behind --at; null where none is. */
  readonly at: string | null
  /** The first word that is nothing of these; null where all are. */
  readonly odd: string | null
}

/** Tells zones from options, and by the word before it what a zone is meant to be. */
function sort(words: readonly string[]): Sorted {
  const zones: { zone: string; role: Role }[] = []
  const flags: string[] = []
  const odd: string[] = []
  let left: string | null = null
  let budget: string | null = null
  let at: string | null = null
  let role: Role = null
  for (const word of words.flatMap(parts)) {
    const before = flags.at(-1)
    if (ROLES.has(word)) role = ROLES.get(word) ?? null
    else if (word.startsWith('-')) flags.push(word)
    else if (word === 'at') flags.push('--at')
    else if (before?.endsWith('budget') && budget === null) budget = word
    else if (isAt(before) && at === null) at = word
    else if (isAt(before) && word === 'utc') continue
    else if (!isZoneWord(word)) odd.push(word)
    else if (before?.endsWith('yes-leave') && left === null) left = word
    else {
      zones.push({ zone: word, role })
      role = null
    }
  }
  return { zones, flags, left, budget, at, odd: odd[0] ?? null }
}

/** The words within a word, where an arrow or a comma joins them, without what people put around a zone. */
function parts(word: string): string[] {
  return plainDashes(word.normalize('NFKC'))
    .replace(/^(--?(?:budget|at))=/i, '$1 ')
    .toLowerCase()
    .replace(ARROWS, ' ')
    .split(' ')
    .map((part) => bareWord(part.replace(/^<(?=[a-z])/, '')))
    .filter((part) => !/^-*$/.test(part))
}
