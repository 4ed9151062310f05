// A gate that needs two people: one alone passes nothing, nor does one who says it twice, and the time counts from the second.

import { expect, test } from 'vitest'
import { decide } from '../../src/core/decide.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import { APPROVED_MAX_MS } from '../../src/core/model/limits.ts'
import { mention } from '../../src/core/model/text.ts'
import { waitWords } from '../../src/core/telling/wait-words.ts'
import { LATER_MS } from '../support/facts.ts'
import { at, seenAt } from './at.ts'
import { approval, migration } from './people.ts'

/** The same journal where zonehop.yaml asks for two. */
const two = (said: readonly EntryBody[]): EntryBody[] =>
  said.map((one) => (one.kind === 'planned' ? { ...one, rules: { ...one.rules, approvals: 2 as const } } : one))
function by(said: readonly EntryBody[], ...people: readonly string[]): EntryBody[] {
  const all = [...said]
  for (const who of people) all.push({ ...approval(migration(...all)), by: who } as EntryBody)
  return all
}

test.each(['freezeAsked', 'goLiveAsked'] as const)('%s waits for the second person, and says so', (stage) => {
  const asked = two(at(stage))
  const one = decide(migration(...by(asked, 'U-2')), seenAt(stage), LATER_MS)
  expect(one.next).toBeNull()
  expect(one.waits.map(waitWords)).toContainEqual(
    expect.stringMatching(
      new RegExp(`^approval of [\\w ]+ by someone other than ${mention('U-asker')} and ${mention('U-2')}$`),
    ),
  )
  expect(decide(migration(...by(asked, 'U-2', 'U-2')), seenAt(stage), LATER_MS).next).toBeNull()
  const passed = decide(migration(...by(asked, 'U-2', 'U-3')), seenAt(stage), LATER_MS).next
  expect(passed?.kind).toBe(stage === 'freezeAsked' ? 'freezing' : 'wentLive')
})

test('a start needs one', () => {
  const said = by(two(at('startAsked')), 'U-2')
  expect(decide(migration(...said), seenAt('startAsked'), LATER_MS).next).toEqual({ kind: 'began' })
})

test('what was approved is too old from the second approval on', () => {
  const m = migration(...by(two(at('freezeAsked')), 'U-2', 'U-3'))
  const [first, second] = m.approvals.slice(-2).map(({ atMs }) => atMs)
  const isAsked = (nowMs: number) =>
    decide(m, { ...seenAt('freezeAsked'), beganAtMs: nowMs }, nowMs).next?.kind === 'asked'
  expect(isAsked((first ?? 0) + APPROVED_MAX_MS.freeze + 1)).toBe(false)
  expect(isAsked((second ?? 0) + APPROVED_MAX_MS.freeze)).toBe(false)
  expect(isAsked((second ?? 0) + APPROVED_MAX_MS.freeze + 1)).toBe(true)
})
