// Of a question that nobody answers people are reminded: once when half its time is over, and in an outage again and again.
import { describe, expect, test } from 'vitest'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { NO_RULES } from '../../../src/core/model/rules.ts'
import { alertEnd } from '../../../src/core/telling/alert-ends.ts'
import { remindedOf, reminder } from '../../../src/core/telling/reminders.ts'
import { planned } from '../../support/plans.ts'
import { ALONE, approved, at, type Stage } from '../at.ts'
import { migration } from '../people.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const asked = (stage: Stage, ...more: readonly EntryBody[]): Migration => migration(...at(stage), ...more)
const sinceOf = ({ asking }: Migration): number => asking?.sinceMs ?? Number.NaN
const standing = (m: Migration, ms: number): EntryBody | null => reminder(m, sinceOf(m) + ms)
const countOf = (due: EntryBody | null): number | null =>
  due?.kind === 'warned' ? (remindedOf(due.about)?.count ?? null) : null
const textOf = (due: EntryBody | null): string => (due?.kind === 'warned' ? due.text : '')

const START = asked('startAsked')
const FREEZE = asked('freezeAsked')
const GO_LIVE = asked('goLiveAsked')

test.each<[string, Migration, number, number | null]>([
  ['a start, before half its day', START, 12 * HOUR_MS - 1, null],
  ['a start, at half its day', START, 12 * HOUR_MS, 1],
  ['a start, just before its end', START, 24 * HOUR_MS - 1, 1],
  ['a start that is over: it ends, and nobody has to answer', START, 24 * HOUR_MS, null],
  ['a freeze, before half its hours', FREEZE, 2 * HOUR_MS - 1, null],
  ['a freeze, at half its hours', FREEZE, 2 * HOUR_MS, 1],
  ['the point of no return, in the outage, not at once', GO_LIVE, 15 * MINUTE_MS - 1, null],
  ['after a quarter of an hour', GO_LIVE, 15 * MINUTE_MS, 1],
  ['until an hour is over: the same', GO_LIVE, HOUR_MS - 1, 1],
  ['after an hour', GO_LIVE, HOUR_MS, 2],
  ['after nine: none of those that nobody was there to write', GO_LIVE, 9 * HOUR_MS, 10],
])('due is %s', (_, m, ms, count) => expect(countOf(standing(m, ms))).toBe(count))

test('each is given once', () => {
  const due = standing(GO_LIVE, 15 * MINUTE_MS)
  const told = asked('goLiveAsked', ...(due ? [due] : []))
  expect(reminder(told, sinceOf(GO_LIVE) + 30 * MINUTE_MS)).toBeNull()
  expect(countOf(reminder(told, sinceOf(GO_LIVE) + HOUR_MS))).toBe(2)
})

test.each<[string, Migration]>([
  ['is answered', migration(...approved(at('goLiveAsked')))],
  ['is put away by a pause', asked('goLiveAsked', { kind: 'paused', by: 'U-2' })],
  ['waits for somebody to look', asked('goLiveAsked', { kind: 'doubted', why: 'a test' })],
  ['is not asked any more', asked('goLiveAsked', { kind: 'withdrew', gate: 'goLive', why: 'a test' })],
])('none of what %s', (_, m) => expect(reminder(m, sinceOf(GO_LIVE) + 9 * HOUR_MS)).toBeNull())

describe('the sentence', () => {
  test.each<[string, Migration, number, string]>([
    [
      'of a start says when it ends',
      START,
      12 * HOUR_MS,
      'Unanswered it ends by itself, and gives its volumes back at',
    ],
    ['of a freeze says when it is put away', FREEZE, 2 * HOUR_MS, 'it is put away until somebody resumes at'],
    ['in an outage says what stands still', GO_LIVE, HOUR_MS, 'Services are down until it is answered or aborted.'],
  ])('%s', (_, m, ms, words) => {
    const text = textOf(standing(m, ms))
    expect(text).toContain(words)
    expect(text).toMatch(/^As of \d\d:\d\d UTC nobody has answered what was asked at \d\d:\d\d UTC: /)
    expect(text.includes('Nothing has stopped.')).toBe(m !== GO_LIVE)
  })

  test('names the day of what is not today', () => {
    const patient = planned('mig-1', { plan: ALONE, rules: { ...NO_RULES, askHours: 72 } })
    const m = migration(...at('freezeAsked').map((one, index) => (index === 0 ? patient : one)))
    const text = textOf(standing(m, 36 * HOUR_MS))
    expect(text).toMatch(/^As of \d\d:\d\d UTC nobody has answered what was asked at 1970-01-01 \d\d:\d\d UTC: /)
    expect(text).toMatch(/ at 1970-01-04 \d\d:\d\d UTC\.$/)
  })

  test('does not call an answer none, where one of two is there', () => {
    const rules = { ...NO_RULES, approvals: 2 as const }
    const begins = planned('mig-1', { plan: ALONE, rules })
    const said = approved(at('goLiveAsked')).map((one, index) => (index === 0 ? begins : one))
    const due = standing(migration(...said), 15 * MINUTE_MS)
    expect(textOf(due)).toContain('nobody else has approved what was asked at')
  })
})

test('is past once its question is', () => {
  const due = standing(GO_LIVE, HOUR_MS)
  if (due?.kind !== 'warned') throw new Error('a reminder is due')
  expect(alertEnd(asked('goLiveAsked', due), due)).toBeNull()
  const answered = migration(...approved([...at('goLiveAsked'), due]))
  expect(alertEnd(answered, due)).toBe('Past: it is answered, or not asked any more.')
  const withdrawn = asked('goLiveAsked', due, { kind: 'withdrew', gate: 'goLive', why: 'a test' })
  expect(alertEnd(withdrawn, due)).toBe('Past: it is answered, or not asked any more.')
})

test('no other warning is one', () => expect(remindedOf('budget')).toBeNull())
