// An approval answers one question, on facts that began after it, for a while; and a question rests on what every look shows.

import { describe, expect, test } from 'vitest'
import { decide } from '../../src/core/decide.ts'
import { approvalOf } from '../../src/core/journal/state.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Facts } from '../../src/core/model/facts.ts'
import type { Migration } from '../../src/core/model/migration.ts'
import { mention } from '../../src/core/model/text.ts'
import { LATER_MS } from '../support/facts.ts'
import { approved, at, but, FREEZE_ID, LOGS, type Stage, seenAt } from './at.ts'
import { approval, BEGINS_MS, migration, settle } from './people.ts'

const MINUTE = 60_000
const ASKED = { start: 'startAsked', freeze: 'freezeAsked', goLive: 'goLiveAsked' } as const satisfies Readonly<
  Record<string, Stage>
>
type Asking = keyof typeof ASKED
/** The journal up to the question of a gate, and what it was asked on. */
const JOURNALS = { start: at(ASKED.start), freeze: at(ASKED.freeze), goLive: at(ASKED.goLive) }
const asked = (gate: Asking): readonly EntryBody[] => JOURNALS[gate]
const seenBy = (gate: Asking): Facts => seenAt(ASKED[gate])

const next = (said: readonly EntryBody[], look: Facts, nowMs = LATER_MS): EntryBody | null =>
  decide(migration(...said), look, nowMs).next

const spent: Readonly<Record<Asking, EntryBody>> = {
  start: { kind: 'began' },
  freeze: { kind: 'freezing', freeze: FREEZE_ID, services: ['logs'] },
  goLive: { kind: 'wentLive', percents: {} },
}

describe.each(['start', 'freeze', 'goLive'] as const)('the approval of %s', (gate) => {
  const said = approved(asked(gate))
  const look = seenBy(gate)

  test('is spent by its effect', () => {
    expect(migration(...said).asking?.gate).toBe(gate)
    expect(next(said, look)).toEqual(spent[gate])
  })

  test('not on facts that began before it', () => {
    const stale = { ...look, rev: said.length - 1 }
    const decision = decide(migration(...said), stale, LATER_MS)
    expect(decision.next).toBeNull()
    expect(decision.waits).toContainEqual({ on: 'look', what: `what ${gate} rests on` })
  })

  test('is void once anything newer was asked, the same again too', () => {
    const question = asked(gate).at(-1) as Extract<EntryBody, { kind: 'asked' }>
    const other: readonly EntryBody[] = [...said, { ...question, basis: 'other' }, question]
    expect(approvalOf(migration(...other))).toBeNull()
    expect(next(other, look)).toBeNull()
    expect(decide(migration(...other), look, LATER_MS).waits[0]).toMatchObject({ on: 'approval', gate })
    expect(next([...other, approval(migration(...other))], look)).toEqual(spent[gate])
  })

  test('is void once it was paused, and it is asked anew', () => {
    const paused: readonly EntryBody[] = [...said, { kind: 'paused', by: 'U-2' }]
    expect(migration(...paused).asking).toBeNull()
    const resumed: readonly EntryBody[] = [...paused, { kind: 'resumed', by: 'U-2' }]
    expect(next(resumed, look)).toMatchObject({ kind: 'asked', gate, again: null })
    const anew = settle(resumed, look)
    expect(approvalOf(migration(...anew))).toBeNull()
    expect(decide(migration(...anew), look, LATER_MS).waits[0]).toMatchObject({ on: 'approval', gate })
  })

  test('is void once its question was withdrawn', () => {
    const withdrawn: readonly EntryBody[] = [...said, { kind: 'withdrew', gate, why: 'a test' }]
    expect(settle(withdrawn, look)).toEqual([...withdrawn, asked(gate).at(-1)])
  })

  test('counts once, by whoever gave it last', () => {
    const m = migration(...said)
    const second: EntryBody = { ...(approval(m) as Extract<EntryBody, { kind: 'approved' }>), by: 'U-3' }
    expect(approvalOf(migration(...said, second))).toMatchObject({ by: 'U-3', rev: m.rev + 1 })
  })
})

test('asked, approved, another asked, the first asked anew: nobody clicked since', () => {
  const question = asked('start').at(-1) as Extract<EntryBody, { kind: 'asked' }>
  const other: EntryBody = { ...question, basis: 'other' }
  expect(next([...approved(asked('start')), other, question], seenBy('start'))).toBeNull()
})

describe('beside a snapshot of somebody else, for which the final one would wait', () => {
  const behind = (percent: number): Facts => ({
    ...seenBy('freeze'),
    others: [
      {
        id: 'snap-theirs',
        volumeId: LOGS.id,
        state: 'pending',
        percent,
        startedAtMs: LATER_MS - 20 * MINUTE,
        tags: {},
      },
    ],
  })
  const question = next(asked('freeze'), behind(40))
  const cautioned: readonly EntryBody[] = [...asked('freeze'), question as EntryBody]

  test('the question is asked anew, and says so', () => {
    expect(question).toMatchObject({
      ...{ kind: 'asked', gate: 'freeze', again: null },
      evidence: expect.arrayContaining([
        expect.stringMatching(/^Caution, logs: the final snapshot waits for snap-theirs/),
      ]),
    })
  })

  test('an approval of what did not say so is not spent', () => {
    expect(next(approved(asked('freeze')), behind(40))).toEqual(question)
  })

  test.each<[string, Facts]>([
    ['it goes on', behind(41)],
    ['it is complete', seenBy('freeze')],
  ])('an approval of what says so is spent while %s', (_, look) => {
    expect(next(cautioned, look)).toBeNull()
    expect(next(approved(cautioned), look)).toEqual(spent.freeze)
  })
})

describe('unspent', () => {
  const approvedAtMs = (m: Migration): number => approvalOf(m)?.atMs ?? Number.NaN

  test.each<['freeze' | 'goLive', number]>([
    ['freeze', 10 * MINUTE],
    ['goLive', 30 * MINUTE],
  ])('%s is asked anew after %i ms, and says why', (gate, standsMs) => {
    const said = approved(asked(gate))
    const m = migration(...said)
    // On a look from before it, so that it cannot be spent.
    const stale = { ...seenBy(gate), rev: m.rev - 1 }
    expect(decide(m, stale, approvedAtMs(m) + standsMs).next).toBeNull()
    const anew = decide(m, stale, approvedAtMs(m) + standsMs + 1).next
    expect(anew).toEqual({ ...asked(gate).at(-1), again: `the approval of ${mention('U-2')} was not used in time` })
    const later = migration(...said, anew as EntryBody)
    expect(approvalOf(later)).toBeNull()
    const look = { ...seenBy(gate), beganAtMs: approvedAtMs(m) + standsMs }
    expect(decide(later, look, (later.asking?.atMs ?? Number.NaN) + 2)).toMatchObject({
      next: null,
      waits: [{ on: 'approval', gate }],
    })
  })

  test.each([10, 30])('it is not spent when it is too old, whatever the look (%i min)', (minutes) => {
    const gate = minutes === 10 ? 'freeze' : 'goLive'
    const m = migration(...approved(asked(gate)))
    const nowMs = approvedAtMs(m) + minutes * MINUTE
    const look = { ...seenBy(gate), beganAtMs: nowMs }
    expect(decide(m, look, nowMs).next?.kind).toBe(spent[gate].kind)
    expect(decide(m, look, nowMs + 1).next).toMatchObject({ kind: 'asked', gate })
  })

  test('start stands for ever: no outage waits for it', () => {
    const m = migration(...approved(asked('start')))
    const look = seenBy('start')
    expect(decide(m, { ...look, rev: m.rev - 1 }, LATER_MS + 30 * 24 * 60 * MINUTE).next).toBeNull()
    expect(decide(m, look, LATER_MS + 30 * 24 * 60 * MINUTE).next).toEqual({ kind: 'began' })
  })
})

describe('the point of no return', () => {
  test.each<[string, number, boolean]>([
    ['30 s after the look began', 30_000, true],
    ['later than that', 30_001, false],
  ])('is passed on its facts: %s', (_, ageMs, passes) => {
    const look = seenBy('goLive')
    const decision = decide(migration(...approved(asked('goLive'))), look, look.beganAtMs + ageMs)
    expect(decision.next?.kind ?? null).toBe(passes ? 'wentLive' : null)
    if (!passes) expect(decision.waits).toEqual([{ on: 'look', what: 'what goLive rests on' }])
  })

  test('no other gate asks how old they are', () => {
    const look = seenBy('freeze')
    expect(decide(migration(...approved(asked('freeze'))), look, look.beganAtMs + MINUTE).next).toMatchObject({
      kind: 'freezing',
    })
  })
})

describe('what goLive rests on', () => {
  /** EC2 need not show yet what was written: what is not shown was not taken off. */
  const SOON_MS = BEGINS_MS + MINUTE
  const what = 'what it rests on is not there now'
  const question = asked('goLive')
  const asking = `n${question.length}`
  const ready = seenBy('goLive')
  /** EC2 does not show the tags for a moment; nothing is known to be wrong. */
  const less = { ...but(ready, { volumes: { 'vol-1': { tags: LOGS.volume.tags } } }), beganAtMs: SOON_MS }
  const missing: EntryBody = { kind: 'missing', asked: asking, what }

  test('a first look that shows less says so, and waits for the next', () => {
    expect(next(question, less)).toEqual(missing)
    const said = [...question, missing]
    // On the same look.
    const decision = decide(migration(...said), { ...less, rev: said.length - 1 }, LATER_MS)
    expect(decision).toMatchObject({ next: null, waits: [{ on: 'look', what }] })
    expect(migration(...said).asking).toMatchObject({ nonce: asking, missingRev: said.length })
  })

  test('a second in a row withdraws it', () => {
    const said = [...question, missing]
    expect(next(said, { ...less, rev: said.length })).toEqual({ kind: 'withdrew', gate: 'goLive', why: what })
  })

  test('a look between shows it again, and then a look that shows less is the first one anew', () => {
    const shown: readonly EntryBody[] = [...question, missing, { kind: 'shown', asked: asking }]
    expect(next([...question, missing], { ...ready, rev: question.length + 1 })).toEqual(shown.at(-1))
    expect(migration(...shown).asking?.missingRev).toBeNull()
    expect(next(shown, { ...less, rev: shown.length })).toEqual(missing)
    expect(next([...shown, missing], { ...less, rev: shown.length })).toBeNull()
  })

  test('an approval of before is not spent while it is missing, and stands once it is shown', () => {
    const said = [...approved(question), missing]
    expect(next(said, ready)).toEqual({ kind: 'shown', asked: asking })
    expect(next([...said, { kind: 'shown', asked: asking }], ready)).toEqual(spent.goLive)
  })

  test('nothing is missing of what nobody asks', () => {
    const unasked = question.slice(0, -1)
    expect(decide(migration(...unasked), less, LATER_MS)).toMatchObject({ next: null, waits: [{ on: 'look', what }] })
  })

  test.each<[string, EntryBody, Facts]>([
    [
      'a step that failed',
      { kind: 'failed', effect: 'vol-1.checkCopy.1', issued: null, code: 'X', problem: 'p', remedy: 'r' },
      ready,
    ],
    ['a volume that was deleted', { kind: 'gone', volumes: ['vol-1'] }, but(ready, { volumes: { 'vol-1': null } })],
  ])('a fact against it withdraws it at once: %s', (_, said, look) => {
    expect(next([...question, said], look)).toMatchObject({ kind: 'withdrew', gate: 'goLive' })
  })
})
