import fc from 'fast-check'
import { expect, test } from 'vitest'
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
