import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { extend, fold } from '../../../src/core/journal/fold.ts'
import { approvalOf, issuedAtMs } from '../../../src/core/journal/state.ts'
import type { Effect } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { ofMove } from '../../../src/core/model/subjects.ts'
import { entries, planned } from '../../support/plans.ts'
import { plain, SEED } from '../journals.ts'

const RUN: readonly EntryBody[] = [
  planned('mig-1'),
  { kind: 'asked', gate: 'start', basis: 'b1', evidence: [], again: null },
  { kind: 'approved', asked: 'n2', gate: 'start', basis: 'b1', by: 'U-2' },
  { kind: 'began' },
  { kind: 'asked', gate: 'freeze', basis: 'b2', evidence: [], again: null },
  { kind: 'approved', asked: 'n5', gate: 'freeze', basis: 'b2', by: 'U-2' },
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
      expect(plain(parts)).toEqual(plain(whole))
      expect(whole?.rev).toBe(end)
    }),
    { seed: SEED },
  )
})

test('the same with effects, doubt, halts and what passes them', () => {
  const cut: Effect = {
    ...{ subject: ofMove('vol-1'), step: 'snapshot', generation: 1, direction: 'forward' },
    ...{ volumeId: 'vol-1', tags: {} },
  }
  const id = 'vol-1.snapshot.1'
  const all = entries(
    ...RUN.slice(0, 7),
    ...[{ kind: 'intended', effects: [cut] } as const, { kind: 'issued', effect: id } as const],
    ...[{ kind: 'done' } as const, { kind: 'skipped', entry: 'n10', by: 'U-2' } as const],
    { kind: 'doubted', why: 'a test' },
    { kind: 'seen', started: [{ effect: id, resource: 'snap-1', others: [] }], achieved: [] },
    { kind: 'looked' },
    { kind: 'failed', effect: id, issued: null, code: 'X', problem: 'p', remedy: 'r' },
    { kind: 'retried', effect: id, failed: 'n15', by: 'U-2' },
    ...[{ kind: 'asked', gate: 'goLive', basis: 'b', evidence: [], again: null } as const],
    ...[{ kind: 'wentLive', percents: {} } as const, { kind: 'aborting', by: null, reason: 'a misfit' } as const],
  )
  const one = all.map((_, at) => all.slice(0, at + 1).reduce<Migration | null>(extend, null))
  for (const [at, m] of one.entries()) {
    expect(plain(fold(all.slice(0, at + 1)))).toEqual(plain(m))
    // Whoever holds an older one keeps it as it was.
    const held = plain(m)
    all.slice(at + 1).reduce<Migration | null>(extend, m)
    expect(plain(m)).toEqual(held)
  }
  expect(one.at(-1)).toMatchObject({
    phase: 'halted',
    wentLiveAtMs: 18_000,
    halted: { from: 'live', entries: ['n19'] },
  })
})

test('nothing folds to nothing', () => {
  expect(fold([])).toBeNull()
})

test('refuses a journal that does not begin with planned', () => {
  expect(() => fold(entries({ kind: 'began' }))).toThrow('begins with planned')
})

test.each<[string, EntryBody, string]>([
  ['a second planned', planned(), 'planned already'],
  ['an unknown effect', { kind: 'issued', effect: 'vol-9.snapshot.1' }, 'issued does not follow none of vol-9'],
])('halts at %s', (_, misfit, problem) => {
  const m = fold(entries(planned(), { kind: 'began' }, misfit))
  expect(m).toMatchObject({ phase: 'halted', halted: { from: 'seeding', entries: ['n3'] } })
  expect(m?.halted?.why).toContain(problem)
  expect(m?.effects.size).toBe(0)
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
  expect(m?.asking).toBeNull()
  expect(m && approvalOf(m)).toBeNull()
})

describe('effects', () => {
  const tag: Effect = {
    ...{ subject: { of: 'mark', mark: 'start', part: 1 }, step: 'tag', generation: 1, direction: 'forward' },
    ...{ resources: ['vol-1'], tags: {}, removed: [] },
  }
  const at = (...said: readonly EntryBody[]) =>
    fold(entries(planned('mig-1'), { kind: 'began' }, { kind: 'intended', effects: [tag] }, ...said))
  const state = (...said: readonly EntryBody[]) => at(...said)?.effects.get('start-1.tag.1')
  /** `n4`, where it comes first. */
  const issued: EntryBody = { kind: 'issued', effect: 'start-1.tag.1' }

  test('intended: never called, by which entry and when', () => {
    expect(state()).toEqual({
      effect: tag,
      status: 'intended',
      attempts: [],
      intended: 'n3',
      intendedRev: 3,
      intendedAtMs: 3_000,
      hindrance: null,
      notBeforeMs: 0,
      resource: null,
      others: [],
      achievedAtMs: null,
      confirmedBy: null,
      failure: null,
      reading: null,
      isFound: false,
    })
  })

  test('issued adds an attempt, by its nonce', () => {
    expect(state(issued, issued)).toMatchObject({
      status: 'issued',
      attempts: [
        { nonce: 'n4', atMs: 4_000 },
        { nonce: 'n5', atMs: 5_000 },
      ],
    })
  })

  test('not called: intended again, and not before EC2 is ready', () => {
    const not: EntryBody = {
      kind: 'notCalled',
      effect: 'start-1.tag.1',
      issued: 'n4',
      why: 'RequestLimitExceeded',
      retryMs: 2_000,
    }
    const after = state(issued, not)
    expect(after).toMatchObject({ status: 'intended', attempts: [{ nonce: 'n4' }], notBeforeMs: 7_000 })
    expect(after && issuedAtMs(after)).toBeNull()
  })

  test('started keeps what was achieved, and the resource that is known', () => {
    const seen: EntryBody = {
      kind: 'seen',
      started: [{ effect: 'start-1.tag.1', resource: 'r-1', others: [] }],
      achieved: ['start-1.tag.1'],
    }
    const started: EntryBody = { kind: 'started', effect: 'start-1.tag.1', issued: 'n4', resource: null }
    expect(state(issued, started)).toMatchObject({ status: 'started', resource: null })
    expect(state(issued, seen, started)).toMatchObject({ status: 'achieved', resource: 'r-1', achievedAtMs: 5_000 })
  })

  test('seen started alone is not achieved', () => {
    const seen: EntryBody = {
      kind: 'seen',
      started: [{ effect: 'start-1.tag.1', resource: 'r-1', others: [] }],
      achieved: [],
    }
    expect(state(issued, seen)).toMatchObject({ status: 'started', resource: 'r-1', achievedAtMs: null })
  })

  test('confirmed by a person', () => {
    expect(state({ kind: 'confirmed', intended: 'n3', effects: ['start-1.tag.1'], by: 'U-2' })).toMatchObject({
      status: 'achieved',
      confirmedBy: 'U-2',
      achievedAtMs: 4_000,
    })
  })

  test('failed with its code, and retried as a new generation beside it', () => {
    const why = { code: 'X', problem: 'p', remedy: 'r' }
    const failed: EntryBody = { kind: 'failed', effect: 'start-1.tag.1', issued: 'n4', ...why }
    const m = at(issued, failed, { kind: 'retried', effect: 'start-1.tag.1', failed: 'n5', by: 'U-2' })
    expect(m?.effects.get('start-1.tag.1')).toMatchObject({
      status: 'failed',
      failure: { ...why, nonce: 'n5' },
    })
    expect(m?.effects.get('start-1.tag.2')).toMatchObject({
      status: 'intended',
      attempts: [],
      intended: 'n6',
      intendedRev: 6,
    })
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
  const cut: Effect = {
    ...{ subject: ofMove('vol-1'), step: 'snapshot', generation: 1, direction: 'forward' },
    ...{ volumeId: 'vol-1', tags: {} },
  }
  const freezing: EntryBody = { kind: 'freezing', freeze: 'f1', services: ['logs'] }
  const said: EntryBody[] = [planned('mig-1'), freezing, { kind: 'intended', effects: [cut] }]
  expect(fold(entries(...said))?.phase).toBe('moving')
  expect(fold(entries(...said, { ...freezing, freeze: 'f2' }))?.phase).toBe('moving')
})

test('paused is a flag beside the phase, and resumed takes it away', () => {
  const paused: EntryBody = { kind: 'paused', by: 'U-2' }
  expect(fold(entries(planned('mig-1'), paused))).toMatchObject({ paused: true, phase: 'planned' })
  expect(fold(entries(planned('mig-1'), paused, { kind: 'resumed', by: 'U-2' }))).toMatchObject({ paused: false })
})

test('a question that is withdrawn leaves what was approved before it as history, which counts for nothing', () => {
  const m = fold(entries(...RUN.slice(0, 5), { kind: 'withdrew', gate: 'freeze', why: 'red' }))
  expect(m?.approvals).toMatchObject([{ asked: 'n2', gate: 'start', basis: 'b1', by: 'U-2', rev: 3 }])
  expect(m && approvalOf(m)).toBeNull()
})

test('refuses a first entry that is not the first', () => {
  const [first] = entries(planned('mig-1'))
  if (!first) throw new Error('one entry')
  expect(() => fold([{ ...first, rev: 2 }])).toThrow('begins with planned')
})

test('another Redis, or the same one started anew, puts the tail in doubt for one visibility window', () => {
  const [first, second] = entries(planned('mig-1'), { kind: 'began' })
  if (!first || !second) throw new Error('two entries')
  const doubt = { sinceMs: second.atMs, untilMs: second.atMs + 315_000, isOpen: true }
  expect(fold([first, second])?.doubt).toBeNull()
  expect(fold([first, { ...second, runId: 'r2' }])?.doubt).toEqual(doubt)
})
