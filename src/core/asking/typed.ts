// What people type, read as they meant it: phones write dashes and capitals of their own, copied text brings other forms of the same
// letters, and what is named gets punctuation or markup around it. Nothing is guessed: what may mean two things means neither.

/** Hyphens: phones make dashes of some, and copied text brings others. */
export function plainDashes(word: string): string {
  return word.replace(/[\u2010-\u2015\u2212\uFE58\uFE63\uFF0D]/g, '-')
}

/** A word of ours, such as an id, without what is around it: in lower case, in plain letters and hyphens. */
export function plainWord(word: string): string {
  const plain = plainDashes(word.normalize('NFKC')).toLowerCase()
  return plain.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '')
}

/** The id of a migration that a word is, whatever people put around it; null where it is none. */
export function migrationIdIn(word: string): string | null {
  return /^mig-[0-9a-f]+$/.exec(plainWord(word))?.[0] ?? null
}

/** Names of zones, and of local zones (`us-west-2-lax-1a`), as EC2 writes them: its pages on regions and zones. */
const ZONE_NAME = /^[a-z]{2,}(-[a-z]+)+-\d+(-[a-z]{3}-\d+)?[a-z]$/
const ZONE_ID = /^[a-z]{3,6}\d+(-[a-z]{3}\d+)?-az\d+$/

/** Whether a word, in lower case, has the form of an availability zone's name or id. */
export function isZoneWord(word: string): boolean {
  return ZONE_NAME.test(word) || ZONE_ID.test(word)
}

/** Punctuation that is taken off one end of a name, at most: who puts more around it is asked again. */
const PEELED_MAX = 4

/**
 * The one of these names that was typed: as it stands, else in another case or form of its letters, else without as little punctuation
 * around it as will do. Null where it is none of them, or may be either of two.
 */
export function nameMeant(typed: string, names: readonly string[]): string | null {
  const [before = ''] = /^[^\p{L}\p{N}]*/u.exec(typed) ?? []
  const [after = ''] = /[^\p{L}\p{N}]*$/u.exec(typed) ?? []
  for (let off = 0; off <= 2 * PEELED_MAX; off++) {
    for (let left = Math.max(0, off - PEELED_MAX); left <= Math.min(off, PEELED_MAX); left++) {
      const right = off - left
      if (left > before.length || right > after.length) continue
      const peeled = typed.slice(left, typed.length - right)
      if (names.includes(peeled)) return peeled
      const same = new Set(names.filter((name) => folded(name) === folded(peeled)))
      const [only = null] = same
      if (same.size > 0) return same.size === 1 ? only : null
    }
  }
  return null
}

function folded(name: string): string {
  return plainDashes(name.normalize('NFC')).toLowerCase()
}
