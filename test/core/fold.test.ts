import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Effect } from '../../src/core/effects.ts'
import type { Said } from '../../src/core/entries.ts'
import { extend, fold } from '../../src/core/fold.ts'
import { entries, planned } from '../support/plans.ts'

const RUN: readonly Said[] = [
  planned('mig-1'),
  { kind: 'asked', gate: 'start', basis: 'b1', evidence: [] },
  { kind: 'approved', gate: 'start', basis: 'b1', by: 'U-2' },
  { kind: 'began' },
  { kind: 'asked', gate: 'freeze', basis: 'b2', evidence: [] },
  { kind: 'approved', gate: 'freeze', basis: 'b2', by: 'U-2' },
  { kind: 'freezing', freeze: 'mig-1-f1', services: ['logs'] },
  { kind: 'paused', by: 'U-2' },
  { kind: 'resumed', by: 'U-2' },
  { kind: 'wentLive', percents: { dropbox: 7 } },
  { kind: 'done' },
]

test('the phases of a migration', () => {
  const phases = RUN.map((_, index) => fold(entries(...RUN.slice(0, index + 1)))?.phase)
  expect(phases).toEqual([
    ...Array(3).fill('planned'),
    ...Array(3).fill('seeding'),
    ...Array(3).fill('frozen'),
    'live',
    'done',
  ])
})

test('every prefix folds, and folding in two parts gives the same', () => {
  const all = entries(...RUN)
  fc.assert(
    fc.property(fc.integer({ min: 1, max: all.length }), fc.integer({ min: 1, max: all.length }), (a, b) => {
      const [cut, end] = [Math.min(a, b), Math.max(a, b)]
      const whole = fold(all.slice(0, end))
      const parts = all.slice(cut, end).reduce(extend, fold(all.slice(0, cut)) as ReturnType<typeof extend>)
      expect(parts).toEqual(whole)
      expect(whole?.rev).toBe(end)
    }),
  )
})

test('nothing folds to nothing', () => {
  expect(fold([])).toBeNull()
})

test.each([
  ['a journal that does not begin with planned', [{ kind: 'began' }], 'begins with planned'],
  ['a second planned', [planned(), planned()], 'planned already'],
  ['an unknown effect', [planned(), { kind: 'issued', effect: 'vol-9.snapshot.1', attempt: 1 }], 'knows no effect'],
] as const)('refuses %s', (_, said, problem) => {
  expect(() => fold(entries(...(said as readonly Said[])))).toThrow(problem)
})

test('refuses an entry that does not follow', () => {
  const [first, second] = entries(planned(), { kind: 'began' })
  if (!first || !second) throw new Error('two entries')
  expect(() => fold([first, { ...second, rev: 3 }])).toThrow('does not follow')
})

test('percents at go-live, and the freeze with its services', () => {
  const m = fold(entries(...RUN))
  expect(m).toMatchObject({ percentsAtGoLive: { dropbox: 7 }, freezes: [{ id: 'mig-1-f1', services: ['logs'] }] })
})

test('a withdrawn gate takes its approvals with it', () => {
  const m = fold(entries(...RUN.slice(0, 3), { kind: 'withdrew', gate: 'start', why: 'red' }))
  expect(m).toMatchObject({ asking: null, approvals: [] })
})

describe('effects', () => {
  const tag: Effect = { subject: 'start-1', step: 'tag', generation: 1, resources: ['vol-1'], tags: {}, removed: [] }
  const at = (...said: readonly Said[]) =>
    fold(entries(planned('mig-1'), { kind: 'intended', effects: [tag] }, ...said))
  const state = (...said: readonly Said[]) => at(...said)?.effects.get('start-1.tag.1')
  const issued: Said = { kind: 'issued', effect: 'start-1.tag.1', attempt: 1 }

  test('intended: never called, by which entry and when', () => {
    expect(state()).toEqual({
      effect: tag,
      status: 'intended',
      attempts: 0,
      intendedRev: 2,
      intendedAtMs: 2_000,
      issuedAtMs: null,
      notBeforeMs: 0,
      resource: null,
      achievedAtMs: null,
      confirmedBy: null,
      failure: null,
      reading: null,
    })
  })

  test('issued counts attempts', () => {
    expect(state(issued, { ...issued, attempt: 2 })).toMatchObject({ status: 'issued', attempts: 2, issuedAtMs: 4_000 })
  })

  test('not called: intended again, and not before EC2 is ready', () => {
    const not: Said = {
      kind: 'notCalled',
      effect: 'start-1.tag.1',
      attempt: 1,
      why: 'RequestLimitExceeded',
      retryMs: 2_000,
    }
    expect(state(issued, not)).toMatchObject({ status: 'intended', attempts: 1, issuedAtMs: null, notBeforeMs: 6_000 })
  })

  test('started keeps what was achieved, and the resource that is known', () => {
    const seen: Said = {
      kind: 'seen',
      started: [{ effect: 'start-1.tag.1', resource: 'r-1' }],
      achieved: ['start-1.tag.1'],
    }
    const started: Said = { kind: 'started', effect: 'start-1.tag.1', resource: null }
    expect(state(issued, started)).toMatchObject({ status: 'started', resource: null })
    expect(state(issued, seen, started)).toMatchObject({ status: 'achieved', resource: 'r-1', achievedAtMs: 4_000 })
  })

  test('seen started alone is not achieved', () => {
    const seen: Said = { kind: 'seen', started: [{ effect: 'start-1.tag.1', resource: 'r-1' }], achieved: [] }
    expect(state(issued, seen)).toMatchObject({ status: 'started', resource: 'r-1', achievedAtMs: null })
  })

  test('confirmed by a person', () => {
    expect(state({ kind: 'confirmed', effects: ['start-1.tag.1'], by: 'U-2' })).toMatchObject({
      status: 'achieved',
      confirmedBy: 'U-2',
      achievedAtMs: 3_000,
    })
  })

  test('failed with its code, and retried as a new generation beside it', () => {
    const failed: Said = { kind: 'failed', effect: 'start-1.tag.1', code: 'X', problem: 'p', remedy: 'r' }
    const m = at(issued, failed, { kind: 'retried', effect: 'start-1.tag.1', by: 'U-2' })
    expect(m?.effects.get('start-1.tag.1')).toMatchObject({
      status: 'failed',
      failure: { code: 'X', problem: 'p', remedy: 'r' },
    })
    expect(m?.effects.get('start-1.tag.2')).toMatchObject({ status: 'intended', attempts: 0, intendedRev: 5 })
  })
})

test('it begins with nothing but its plan', () => {
  expect(fold(entries(planned('mig-1')))).toMatchObject({
    paused: false,
    found: [],
    choices: [],
    approvals: [],
    deferrals: [],
    freezes: [],
    gone: new Set(),
    warned: new Set(),
    asking: null,
    outage: null,
    wentLiveAtMs: null,
    endedAtMs: null,
    percentsAtGoLive: {},
  })
})

test('a second freeze while others move does not take the migration back', () => {
  const cut: Effect = { subject: 'vol-1', step: 'snapshot', generation: 1, volumeId: 'vol-1', tags: {} }
  const freezing: Said = { kind: 'freezing', freeze: 'f1', services: ['logs'] }
  const said: Said[] = [planned('mig-1'), freezing, { kind: 'intended', effects: [cut] }]
  expect(fold(entries(...said))?.phase).toBe('moving')
  expect(fold(entries(...said, { ...freezing, freeze: 'f2' }))?.phase).toBe('moving')
})

test('paused is a flag beside the phase, and resumed takes it away', () => {
  const paused: Said = { kind: 'paused', by: 'U-2' }
  expect(fold(entries(planned('mig-1'), paused))).toMatchObject({ paused: true, phase: 'planned' })
  expect(fold(entries(planned('mig-1'), paused, { kind: 'resumed', by: 'U-2' }))).toMatchObject({ paused: false })
})

test('withdrawing one gate leaves the approvals of another', () => {
  const approved: Said = { kind: 'approved', gate: 'start', basis: 'b', by: 'U-2' }
  const m = fold(entries(planned('mig-1'), approved, { kind: 'withdrew', gate: 'freeze', why: 'red' }))
  expect(m?.approvals).toHaveLength(1)
})

test('refuses a first entry that is not the first', () => {
  const [first] = entries(planned('mig-1'))
  if (!first) throw new Error('one entry')
  expect(() => fold([{ ...first, rev: 2 }])).toThrow('begins with planned')
})

test('another Redis, or the same one started anew, puts the tail in doubt for one visibility window', () => {
  const [first, second] = entries(planned('mig-1'), { kind: 'began' })
  if (!first || !second) throw new Error('two entries')
  expect(fold([first, second])?.doubtUntilMs).toBe(0)
  expect(fold([first, { ...second, runId: 'r2' }])?.doubtUntilMs).toBe(second.atMs + 315_000)
})
