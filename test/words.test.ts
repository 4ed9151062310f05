// The glossary at the head of the core is complete, and names nothing that is not there.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const MODEL = join(import.meta.dirname, '../src/core/model')

const [head = ''] = readFileSync(join(MODEL, 'migration.ts'), 'utf8').split('\nimport ')
const words = [...head.matchAll(/^\/\/ {3}([A-Z]\w+)(?:\.\.\.)? {2,}\S/gm)].map(([, word = '']) => word)
const types = readdirSync(MODEL).flatMap((file) =>
  [...readFileSync(join(MODEL, file), 'utf8').matchAll(/^export (?:type|class) (\w+)/gm)].map(([, name = '']) => name),
)
/** Of a type's name one word counts: its last, such as Move of SnapshotMove, or its first, such as Entry of EntryBody. */
function isOf(type: string, word: string): boolean {
  return type === word || type === `${word}s` || type.endsWith(word) || new RegExp(`^${word}(?=[A-Z])`).test(type)
}
/** Words for which no type stands. */
const WITHOUT_TYPE = ['Generation', 'Journal', 'Nonce', 'Rev', 'Claim', 'Basis', 'Rival', 'Stray', 'Mark']

describe('the glossary', () => {
  test.each(types.map((type) => [type]))('has the word of %s', (type) => {
    expect(words.filter((word) => isOf(type, word))).not.toEqual([])
  })

  test.each(words.map((word) => [word]))('says %s of something', (word) => {
    expect(WITHOUT_TYPE.includes(word) || types.some((type) => isOf(type, word))).toBe(true)
  })

  test('says each word once', () => {
    expect(words).toHaveLength(new Set(words).size)
    expect(words.length).toBeGreaterThan(30)
  })
})
