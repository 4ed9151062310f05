// Questions that nobody answers: a start ends by itself after a day, a freeze is put away after `askHours`, and the point of no
// return waits for ever. Of each somebody is reminded before.
import { describe, expect, test } from 'vitest'
import { decide } from '../../src/core/decide.ts'
import type { Entry, EntryBody } from '../../src/core/model/entries.ts'
import type { Facts } from '../../src/core/model/facts.ts'
import { START_ENDS_MS } from '../../src/core/model/limits.ts'
import type { Gate } from '../../src/core/model/migration.ts'
import { plan } from '../support/plans.ts'
import { at, seenAt } from './at.ts'
import { fitting, named } from './journals.ts'
import { approval, BEGINS_MS, migration } from './people.ts'

const HOUR_MS = 3_600_000
const RED = plan([], { checks: [{ name: 'zones', result: 'red', cause: '', remedy: '' }], digest: 'plan-2' })
const chosen = (by: string | null): EntryBody => ({ kind: 'replanned', plan: RED, choices: [], found: [], by })

/** Entries as `migration` folds them, with their times. */
const timed = (said: readonly EntryBody[]): Entry[] => named(said, BEGINS_MS)
const timeOf = (said: readonly EntryBody[], index: number): number => timed(said).at(index)?.atMs ?? Number.NaN
const when = (facts: Facts, atMs: number): Facts => ({ ...facts, beganAtMs: atMs })

function next(said: readonly EntryBody[], facts: Facts, nowMs: number): EntryBody | null {
  return decide(fitting(timed(said)), when(facts, nowMs), nowMs).next
}

/** The entries with the reminder that is due by then. */
function reminded(said: readonly EntryBody[], facts: Facts, nowMs: number): readonly EntryBody[] {
  const due = next(said, facts, nowMs)
  expect(due).toMatchObject({ kind: 'warned', about: expect.stringMatching(/^unanswered /) })
  return [...said, ...(due ? [due] : [])]
}

describe('a start', () => {
  const asked = at('startAsked')
  const seen = seenAt('startAsked')
  const askedAtMs = timeOf(asked, -1)

  test('waits for a day, to the ms', () => {
    const said = reminded(asked, seen, askedAtMs + START_ENDS_MS / 2)
    expect(next(said, seen, askedAtMs + START_ENDS_MS - 1)).toBeNull()
    expect(next(said, seen, askedAtMs + START_ENDS_MS)).toEqual({
      ...{ kind: 'declined', asked: `n${asked.length}`, gate: 'start', by: null },
    })
  })

  test('ends a red plan that asks nothing, a day after it was planned', () => {
    const red = [...at('planned'), chosen(null)]
    const plannedAtMs = timeOf(red, 0)
    expect(next(red, seen, plannedAtMs + START_ENDS_MS - 1)).toBeNull()
    expect(next(red, seen, plannedAtMs + START_ENDS_MS)).toMatchObject({ kind: 'declined', asked: null, by: null })
  })

  test('a choice in the plan begins the day anew, and volumes that appear do not', () => {
    const red = [...at('planned'), chosen('U-2'), chosen(null)]
    const chosenAtMs = timeOf(red, 1)
    expect(next(red, seen, chosenAtMs + START_ENDS_MS - 1)).toBeNull()
    expect(next(red, seen, chosenAtMs + START_ENDS_MS)).toMatchObject({ kind: 'declined' })
  })

  test('that shows something new goes on asking since it first did', () => {
    const question = asked.at(-1) as Extract<EntryBody, { kind: 'asked' }>
    const anew = [...asked, { ...question, basis: 'b2' }]
    expect(next(anew, seen, askedAtMs + START_ENDS_MS)).toMatchObject({ kind: 'declined', asked: `n${anew.length}` })
  })

  test('that is approved is not ended, however late', () => {
    const said = [...asked, approval(migration(...asked))]
    expect(next(said, seen, askedAtMs + 2 * START_ENDS_MS)?.kind).not.toBe('declined')
  })

  test('that is paused waits for who paused it', () => {
    const paused: EntryBody = { kind: 'paused', by: 'U-2' }
    expect(next([...asked, paused], seen, askedAtMs + 2 * START_ENDS_MS)).toBeNull()
  })
})

describe('a freeze', () => {
  const asked = at('freezeAsked')
  const seen = seenAt('freezeAsked')
  const askedAtMs = timeOf(asked, -1)
  const within = (hours: number) =>
    asked.map((one) => (one.kind === 'planned' ? { ...one, rules: { ...one.rules, askHours: hours } } : one))

  test('is put away after four hours, to the ms', () => {
    const said = reminded(asked, seen, askedAtMs + 2 * HOUR_MS)
    expect(next(said, seen, askedAtMs + 4 * HOUR_MS - 1)).toBeNull()
    expect(next(said, seen, askedAtMs + 4 * HOUR_MS)).toEqual({ kind: 'paused', by: null })
  })

  test('after as many hours as zonehop.yaml says', () => {
    const said = reminded(within(0.5), seen, askedAtMs + HOUR_MS / 4)
    expect(next(said, seen, askedAtMs + HOUR_MS / 2 - 1)).toBeNull()
    expect(next(said, seen, askedAtMs + HOUR_MS / 2)).toEqual({ kind: 'paused', by: null })
  })

  test('asks anew once somebody resumes, and then has its hours again', () => {
    const away: EntryBody[] = [...asked, { kind: 'paused', by: null }]
    expect(next(away, seen, askedAtMs + 9 * HOUR_MS)).toBeNull()
    const resumed: EntryBody[] = [...away, { kind: 'resumed', by: 'U-2' }]
    const again = next(resumed, seen, askedAtMs + 9 * HOUR_MS) as EntryBody
    expect(again).toMatchObject({ kind: 'asked', gate: 'freeze' })
    const anew = [...resumed, again]
    expect(next(anew, seen, timeOf(anew, -1) + 2 * HOUR_MS - 1)).toBeNull()
  })

  test('whose approval was not used in time has its hours from then on', () => {
    const question = asked.at(-1) as Extract<EntryBody, { kind: 'asked' }>
    const again = [...asked, { ...question, again: 'the approval was not used in time' }]
    expect(next(again, seen, timeOf(again, -1) + 2 * HOUR_MS - 1)).toBeNull()
    expect(next(again, seen, timeOf(again, -1) + 4 * HOUR_MS)).toEqual({ kind: 'paused', by: null })
  })
})

test.each<[Gate, number]>([
  ['goLive', 24],
  ['goLive', 24 * 400],
])('%s still asks after %i hours', (_, hours) => {
  const asked = at('goLiveAsked')
  const nowMs = timeOf(asked, -1) + hours * HOUR_MS
  expect(['paused', 'declined', 'withdrew']).not.toContain(next(asked, seenAt('goLiveAsked'), nowMs)?.kind)
})
