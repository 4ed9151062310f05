// What people type, read as they meant it, and nothing read into it.
import { expect, test } from 'vitest'
import { isZoneWord, migrationIdIn, nameMeant, plainWord } from '../../../src/core/asking/typed.ts'

test.each<[string, string | null]>([
  ['mig-0a1b', 'mig-0a1b'],
  ['Mig-0A1B', 'mig-0a1b'],
  ['mig\u20130a1b', 'mig-0a1b'],
  ['mig-0a1b.', 'mig-0a1b'],
  ['_mig-0a1b_', 'mig-0a1b'],
  ['\u201Cmig-0a1b\u201D', 'mig-0a1b'],
  ['\uFF4D\uFF49\uFF47-0a1b', 'mig-0a1b'],
  ['mig-0a1b-yes', null],
  ['mig-0a1z', null],
  ['amig-0a1b', null],
  ['', null],
])('the migration in %j is %j', (word, id) => expect(migrationIdIn(word)).toBe(id))

test('a word of ours keeps what is inside of it', () => {
  expect(plainWord('(Mig-0a, mig-1b)')).toBe('mig-0a, mig-1b')
  expect(plainWord('...')).toBe('')
})

test.each<[string, boolean]>([
  ['us-east-1a', true],
  ['us-gov-west-1b', true],
  ['us-west-2-lax-1a', true],
  ['use1-az4', true],
  ['usw2-lax1-az1', true],
  ['us-east-1', false],
  ['us-west-2-lax-1', false],
  ['us-west-2-l-1a', false],
  ['1a', false],
])('%s is a zone: %s', (word, isZone) => expect(isZoneWord(word)).toBe(isZone))

const NAMES = ['logs', 'logs.', 'Mail', 'mail', 'caf\u00E9', 'Gr\u00F6\u00DFe (old)', 'shop-eu']

test.each<[string, string, string | null]>([
  ['exactly, with its full stop', 'logs.', 'logs.'],
  ['in another case', 'LOGS', 'logs'],
  ['with markup', '*logs*', 'logs'],
  ['with a comma', 'logs,', 'logs'],
  ['in brackets', '(logs)', 'logs'],
  ['in quotation marks', '\u201Clogs\u201D', 'logs'],
  ['with brackets of its own', '*Gr\u00F6\u00DFe (old)*', 'Gr\u00F6\u00DFe (old)'],
  ['with an accent in two parts', 'cafe\u0301', 'caf\u00E9'],
  ['with a long dash', 'shop\u2013eu', 'shop-eu'],
  ['in a case of two', 'MAIL', null],
  ['in the case of one of two', 'Mail', 'Mail'],
  ['with more before it', 'the logs', null],
  ['with too much around it', '((((((logs', null],
  ['not at all', '...', null],
])('a name that is typed %s', (_, typed, name) => expect(nameMeant(typed, NAMES)).toBe(name))
