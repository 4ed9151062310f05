// An approval answers one question, on facts that began after it, for a while; and a question rests on what every look shows.
import { describe, expect, test } from 'vitest'
import { type Decision, decide } from '../../src/core/decide.ts'
import { approvalOf } from '../../src/core/journal/state.ts'
import type { EntryBody } from '../../src/core/model/entries.ts'
import type { Facts } from '../../src/core/model/facts.ts'
import type { Gate, Migration } from '../../src/core/model/migration.ts'
import { attachedCopyOf, copyOf, facts, LATER_MS, snapshotOf, tagged } from '../support/facts.ts'
import { move, plan, planned, seen } from '../support/plans.ts'
import { approval, BEGINS_MS, migration, settle, through } from './people.ts'

const MINUTE = 60_000
const LOGS = move({ id: 'vol-1', name: 'logs' })
const ID = `mig-1-f${LATER_MS}`
const PLAN = { 'zonehop:plan': 'migration=mig-1 need=required route=snapshot successor=i-target service=logs' }
const started = tagged(LOGS, PLAN)
const stopped = tagged(LOGS, { ...PLAN, 'zonehop:frozen': ID, 'zonehop:phase': 'frozen' })
const cut = snapshotOf(LOGS, { tags: { 'zonehop:frozen': ID }, startedAtMs: BEGINS_MS })
const begin = planned('mig-1', { plan: plan([LOGS]) })
const world = (...volumes: readonly (typeof started)[]): Facts => facts({ volumes })
/** All that `goLive` rests on. */
const ready = facts({ volumes: [stopped, attachedCopyOf(LOGS)], snapshots: [cut] })

/** The journal up to the question of a gate, and what it was asked on. */
const asked: Readonly<Record<'start' | 'freeze' | 'goLive', () => readonly [readonly EntryBody[], Facts]>> = {
  start: () => [settle([begin], world(started)), world(started)],
  freeze: () => {
    const [atStart, look] = asked.start()
    return [settle([...atStart, approval(migration(...atStart))], look), look]
  },
  goLive: () => {
    const [atFreeze, look] = asked.freeze()
    const frozen = settle(settle([...atFreeze, approval(migration(...atFreeze))], look), world(stopped), 'answer')
    const looks = [world(stopped), facts({ volumes: [stopped], snapshots: [cut] })]
    const copied = facts({ volumes: [stopped, copyOf(LOGS)], snapshots: [cut] })
    return [settle(through(frozen, ...looks, copied), ready), ready]
  },
}

const next = (said: readonly EntryBody[], look: Facts, nowMs = LATER_MS): EntryBody | null =>
  decide(migration(...said), look, nowMs).next

function spent(gate: Gate): EntryBody {
  if (gate === 'start') return { kind: 'began' }
  return gate === 'freeze' ? { kind: 'freezing', freeze: ID, services: ['logs'] } : { kind: 'wentLive', percents: {} }
}

describe.each(['start', 'freeze', 'goLive'] as const)('the approval of %s', (gate) => {
  const approved = (): readonly EntryBody[] => [...asked[gate]()[0], approval(migration(...asked[gate]()[0]))]
  const look = (): Facts => asked[gate]()[1]

  test('is spent by its effect', () => {
    expect(migration(...approved()).asking?.gate).toBe(gate)
    expect(next(approved(), look())).toEqual(spent(gate))
  })

  test('not on facts that began before it', () => {
    const stale = { ...look(), rev: approved().length - 1 }
    const decision = decide(migration(...approved()), stale, LATER_MS)
    expect(decision.next).toBeNull()
    expect(decision.waits).toContainEqual({ on: 'look', what: `what ${gate} rests on` })
  })

  test('is void once anything newer was asked, the same again too', () => {
    const [before] = asked[gate]()
    const question = before.at(-1) as Extract<EntryBody, { kind: 'asked' }>
    const other: readonly EntryBody[] = [...approved(), { ...question, basis: 'other' }, question]
    expect(approvalOf(migration(...other))).toBeNull()
    expect(next(other, look())).toBeNull()
    expect(decide(migration(...other), look(), LATER_MS).waits[0]).toMatchObject({ on: 'approval', gate })
    expect(next([...other, approval(migration(...other))], look())).toEqual(spent(gate))
  })

  test('is void once it was paused, and it is asked anew', () => {
    const paused: readonly EntryBody[] = [...approved(), { kind: 'paused', by: 'U-2' }]
    expect(migration(...paused).asking).toBeNull()
    const resumed: readonly EntryBody[] = [...paused, { kind: 'resumed', by: 'U-2' }]
    expect(next(resumed, look())).toMatchObject({ kind: 'asked', gate, again: null })
    const anew = settle(resumed, look())
    expect(approvalOf(migration(...anew))).toBeNull()
    expect(decide(migration(...anew), look(), LATER_MS).waits[0]).toMatchObject({ on: 'approval', gate })
  })

  test('is void once its question was withdrawn', () => {
    const [before, facts] = asked[gate]()
    const withdrawn: readonly EntryBody[] = [...approved(), { kind: 'withdrew', gate, why: 'a test' }]
    expect(settle(withdrawn, facts)).toEqual([...withdrawn, before.at(-1)])
  })

  test('counts once, by whoever gave it last', () => {
    const m = migration(...approved())
    const second: EntryBody = { ...(approval(m) as Extract<EntryBody, { kind: 'approved' }>), by: 'U-3' }
    expect(approvalOf(migration(...approved(), second))).toMatchObject({ by: 'U-3', rev: m.rev + 1 })
  })
})

test('asked, approved, another asked, the first asked anew: nobody clicked since', () => {
  const look = world(seen(LOGS))
  const first = settle([begin], look)
  const question = first.at(-1) as Extract<EntryBody, { kind: 'asked' }>
  const other: EntryBody = { ...question, basis: 'other' }
  const m = migration(...first, approval(migration(...first)), other, question)
  expect(decide(m, look, LATER_MS).next).toBeNull()
})

describe('unspent', () => {
  const approvedAtMs = (m: Migration): number => approvalOf(m)?.atMs ?? Number.NaN

  test.each<['freeze' | 'goLive', number]>([
    ['freeze', 10 * MINUTE],
    ['goLive', 30 * MINUTE],
  ])('%s is asked anew after %i ms, and says why', (gate, standsMs) => {
    const [before, look] = asked[gate]()
    const said = [...before, approval(migration(...before))]
    const m = migration(...said)
    // On a look from before it, so that it cannot be spent.
    const at = (nowMs: number): Decision => decide(m, { ...look, rev: m.rev - 1 }, nowMs)
    expect(at(approvedAtMs(m) + standsMs).next).toBeNull()
    const anew = at(approvedAtMs(m) + standsMs + 1).next
    expect(anew).toEqual({ ...before.at(-1), again: 'the approval of <@U-2> was not used in time' })
    const later = migration(...said, anew as EntryBody)
    expect(approvalOf(later)).toBeNull()
    expect(
      decide(later, { ...look, beganAtMs: approvedAtMs(m) + standsMs }, approvedAtMs(m) + standsMs + 2),
    ).toMatchObject({ next: null, waits: [{ on: 'approval', gate }] })
  })

  test.each([10, 30])('it is not spent when it is too old, whatever the look (%i min)', (minutes) => {
    const gate = minutes === 10 ? 'freeze' : 'goLive'
    const [before, look] = asked[gate]()
    const m = migration(...before, approval(migration(...before)))
    const nowMs = approvedAtMs(m) + minutes * MINUTE
    expect(decide(m, { ...look, beganAtMs: nowMs }, nowMs).next?.kind).toBe(gate === 'freeze' ? 'freezing' : 'wentLive')
    expect(decide(m, { ...look, beganAtMs: nowMs }, nowMs + 1).next).toMatchObject({ kind: 'asked', gate })
  })

  test('start stands for ever: no outage waits for it', () => {
    const [before, look] = asked.start()
    const m = migration(...before, approval(migration(...before)))
    expect(decide(m, { ...look, rev: m.rev - 1 }, LATER_MS + 30 * 24 * 60 * MINUTE).next).toBeNull()
    expect(decide(m, look, LATER_MS + 30 * 24 * 60 * MINUTE).next).toEqual({ kind: 'began' })
  })
})

describe('the point of no return', () => {
  const said = (): readonly EntryBody[] => [...asked.goLive()[0], approval(migration(...asked.goLive()[0]))]

  test.each<[string, number, boolean]>([
    ['30 s after the look began', 30_000, true],
    ['later than that', 30_001, false],
  ])('is passed on its facts: %s', (_, ageMs, passes) => {
    const decision = decide(migration(...said()), ready, ready.beganAtMs + ageMs)
    expect(decision.next?.kind ?? null).toBe(passes ? 'wentLive' : null)
    if (!passes) expect(decision.waits).toEqual([{ on: 'look', what: 'what goLive rests on' }])
  })

  test('no other gate asks how old they are', () => {
    const [before, look] = asked.freeze()
    const m = migration(...before, approval(migration(...before)))
    expect(decide(m, look, look.beganAtMs + MINUTE).next).toMatchObject({ kind: 'freezing' })
  })
})

describe('what goLive rests on', () => {
  const what = 'what it rests on is not there now'
  const question = (): readonly EntryBody[] => asked.goLive()[0]
  const name = (): string => `n${question().length}`
  /** EC2 does not show the tag for a moment; nothing is known to be wrong. */
  const less = facts({ volumes: [started, attachedCopyOf(LOGS)], snapshots: [cut] })
  const missing = (): EntryBody => ({ kind: 'missing', asked: name(), what })

  test('a first look that shows less says so, and waits for the next', () => {
    expect(next(question(), less)).toEqual(missing())
    const said = [...question(), missing()]
    // On the same look.
    const decision = decide(migration(...said), { ...less, rev: said.length - 1 }, LATER_MS)
    expect(decision).toMatchObject({ next: null, waits: [{ on: 'look', what }] })
    expect(migration(...said).asking).toMatchObject({ nonce: name(), missingRev: said.length })
  })

  test('a second in a row withdraws it', () => {
    const said = [...question(), missing()]
    expect(next(said, { ...less, rev: said.length })).toEqual({ kind: 'withdrew', gate: 'goLive', why: what })
  })

  test('a look between shows it again, and then a look that shows less is the first one anew', () => {
    const shown: readonly EntryBody[] = [...question(), missing(), { kind: 'shown', asked: name() }]
    expect(next([...question(), missing()], { ...ready, rev: question().length + 1 })).toEqual(shown.at(-1))
    expect(migration(...shown).asking?.missingRev).toBeNull()
    expect(next(shown, { ...less, rev: shown.length })).toEqual(missing())
    expect(next([...shown, missing()], { ...less, rev: shown.length })).toBeNull()
  })

  test('an approval of before is not spent while it is missing, and stands once it is shown', () => {
    const approved = [...question(), approval(migration(...question())), missing()]
    expect(next(approved, ready)).toEqual({ kind: 'shown', asked: name() })
    expect(next([...approved, { kind: 'shown', asked: name() }], ready)).toEqual(spent('goLive'))
  })

  test('nothing is missing of what nobody asks', () => {
    const [before] = asked.goLive()
    const unasked = before.slice(0, -1)
    expect(decide(migration(...unasked), less, LATER_MS)).toMatchObject({ next: null, waits: [{ on: 'look', what }] })
  })

  test.each<[string, EntryBody, Facts]>([
    [
      'a step that failed',
      { kind: 'failed', effect: 'vol-1.checkCopy.1', issued: null, code: 'X', problem: 'p', remedy: 'r' },
      ready,
    ],
    ['a volume that was deleted', { kind: 'gone', volumes: ['vol-1'] }, facts({ volumes: [attachedCopyOf(LOGS)] })],
  ])('a fact against it withdraws it at once: %s', (_, said, look) => {
    expect(next([...question(), said], look)).toMatchObject({ kind: 'withdrew', gate: 'goLive' })
  })
})
