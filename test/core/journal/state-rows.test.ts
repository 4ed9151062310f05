// Questions to the fold, each with both of its answers: which approval, which generation, which attempt, which reading.
import { describe, expect, test } from 'vitest'
import { answered, readingOf, readingWords } from '../../../src/core/journal/readings.ts'
import {
  approvalOf,
  askerOf,
  attemptOf,
  generationsOf,
  isAchieved,
  isCleaning,
  isLatest,
  isOver,
  issuedAtMs,
  isUnknown,
  lastIssuedAtMs,
  latest,
  sameFailures,
  wasAsked,
} from '../../../src/core/journal/state.ts'
import { type Effect, type EffectState, effectId, type Reading } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import { SHOWN_AFTER_MS } from '../../../src/core/model/limits.ts'
import type { Gate, Migration } from '../../../src/core/model/migration.ts'
import { ofMove, ofService } from '../../../src/core/model/subjects.ts'
import { facts } from '../../support/facts.ts'
import { plan } from '../../support/plans.ts'
import { folded } from '../journals.ts'
import { stateIn } from '../seeing/stages.ts'

/** Entry `n` is at `n` s; what is said begins with `n3`. */
const at = (...said: readonly EntryBody[]): Migration => folded(plan(), { kind: 'began' }, ...said)
const forward = { generation: 1, direction: 'forward' } as const
const CUT: Effect = { ...forward, subject: ofMove('vol-1'), step: 'snapshot', volumeId: 'vol-1', tags: {} }
const AGAIN: Effect = { ...CUT, generation: 2 }
const HANDS: Effect = {
  ...{ ...forward, subject: ofService('logs'), step: 'freeze', service: 'logs', instances: ['i'] },
  work: { method: 'manual', todo: [] },
}
const intends = (...effects: readonly Effect[]): EntryBody => ({ kind: 'intended', effects })
const issued = (effect: Effect): EntryBody => ({ kind: 'issued', effect: effectId(effect) })
const sees = (effect: Effect): EntryBody => ({ kind: 'seen', started: [], achieved: [effectId(effect)] })
const fails = (effect: Effect, code = 'X', problem = 'p'): EntryBody => ({
  ...{ kind: 'failed', effect: effectId(effect), issued: null, code, problem, remedy: 'r' },
})

describe('the approval that counts', () => {
  const asks = (basis: string): EntryBody => ({ kind: 'asked', gate: 'freeze', basis, evidence: [], again: null })
  const approves = (asked: string, by: string): EntryBody => ({
    ...{ kind: 'approved', asked, gate: 'freeze', basis: 'b', by },
  })
  test.each<[string, readonly EntryBody[], string | null]>([
    ['nothing is asked', [], null],
    ['nobody has approved', [asks('b')], null],
    ['somebody has', [asks('b'), approves('n3', 'U-2')], 'U-2'],
    ['several have: the last counts', [asks('b'), approves('n3', 'U-2'), approves('n3', 'U-3')], 'U-3'],
    ['another question is asked since', [asks('b'), approves('n3', 'U-2'), asks('c')], null],
    ['the other one was approved, too', [asks('b'), approves('n3', 'U-2'), asks('c'), approves('n5', 'U-3')], 'U-3'],
  ])('%s', (_, said, by) => expect(approvalOf(at(...said))?.by ?? null).toBe(by))
})

describe('whether it is over', () => {
  const END: readonly EntryBody[] = [{ kind: 'aborting', by: 'U-2', reason: 'r' }, { kind: 'aborted' }]
  const cleaning: EntryBody = { kind: 'cleaning', by: 'U-cleaner' }
  test.each<[string, readonly EntryBody[], boolean, boolean]>([
    ['while it runs', [], false, false],
    ['after its end', END, true, false],
    ['while a cleanup runs', [...END, cleaning], false, true],
    ['once the cleanup is over', [...END, cleaning, { kind: 'cleaned' }], true, false],
  ])('%s', (_, said, over, cleans) => {
    expect(isOver(at(...said))).toBe(over)
    expect(isCleaning(at(...said))).toBe(cleans)
  })

  test.each<[Gate, readonly EntryBody[], string]>([
    ['start', [...END, cleaning], 'U-asker'],
    ['goLive', [], 'U-asker'],
    ['cleanup', [...END, cleaning], 'U-cleaner'],
    ['cleanup', END, 'U-asker'],
  ])('who asked for what %s is about', (gate, said, who) => expect(askerOf(at(...said), gate)).toBe(who))
})

describe('generations', () => {
  const third: Effect = { ...CUT, generation: 3 }
  const subject = ofMove('vol-1')
  test('are given oldest first, and only those that are known', () => {
    const m = at(intends(third), intends(CUT))
    expect(generationsOf(m, subject, 'snapshot').map(({ effect }) => effect.generation)).toEqual([1, 3])
    expect(generationsOf(m, subject, 'restore')).toEqual([])
    expect(latest(m, subject, 'snapshot')?.effect.generation).toBe(3)
    expect(latest(m, subject, 'restore')).toBeNull()
  })
  test('only the newest is the latest', () => {
    const m = at(intends(CUT, AGAIN))
    expect([CUT, AGAIN].map((effect) => isLatest(m, stateIn(m, effect)))).toEqual([false, true])
    expect(isLatest(at(), stateIn(m, AGAIN))).toBe(false)
  })
  test('each is achieved for itself', () => {
    const m = at(intends(CUT, AGAIN), sees(CUT))
    expect([CUT, AGAIN, third].map((effect) => isAchieved(m, effect))).toEqual([true, false, false])
  })
})

describe('attempts', () => {
  const of = (...said: readonly EntryBody[]): EffectState => stateIn(at(intends(CUT), ...said), CUT)
  const not: EntryBody = { kind: 'notCalled', effect: effectId(CUT), issued: 'n4', why: '', retryMs: 0 }
  test.each<[string, readonly EntryBody[], string | null, number | null]>([
    ['none before the first call', [], null, null],
    ['the first', [issued(CUT)], 'n4', 4_000],
    ['of two the second', [issued(CUT), issued(CUT)], 'n5', 5_000],
    ['one that was not made is remembered, and is not open', [issued(CUT), not], 'n4', null],
    ['one that is done keeps its time', [issued(CUT), sees(CUT)], 'n4', 4_000],
    ['what was seen done without any has no time', [sees(CUT)], null, null],
  ])('%s', (_, said, nonce, atMs) => {
    expect(attemptOf(of(...said))?.nonce ?? null).toBe(nonce)
    expect(issuedAtMs(of(...said))).toBe(atMs)
  })

  test('nobody can tell whether it took effect until EC2 must show it', () => {
    const open = of(issued(CUT))
    expect(isUnknown(open, facts({ beganAtMs: 4_000 + SHOWN_AFTER_MS - 1 }))).toBe(true)
    expect(isUnknown(open, facts({ beganAtMs: 4_000 + SHOWN_AFTER_MS }))).toBe(false)
    expect(isUnknown(of(), facts({ beganAtMs: 0 }))).toBe(false)
    expect(isUnknown(of(issued(CUT), sees(CUT)), facts({ beganAtMs: 0 }))).toBe(false)
  })

  test('what is issued by no known attempt was issued long ago', () => {
    expect(isUnknown({ ...of(issued(CUT)), attempts: [] }, facts({ beganAtMs: SHOWN_AFTER_MS - 1 }))).toBe(true)
    expect(isUnknown({ ...of(issued(CUT)), attempts: [] }, facts({ beganAtMs: SHOWN_AFTER_MS }))).toBe(false)
  })

  test('the last of any generation', () => {
    const subject = ofMove('vol-1')
    expect(lastIssuedAtMs(at(intends(CUT)), subject, 'snapshot')).toBeNull()
    const both = at(intends(CUT, AGAIN), issued(AGAIN), issued(CUT))
    expect(lastIssuedAtMs(both, subject, 'snapshot')).toBe(5_000)
  })
})

describe('whether a step may ever have been done', () => {
  const subject = ofMove('vol-1')
  test.each<[string, readonly EntryBody[], boolean]>([
    ['none was intended', [], false],
    ['a call was intended', [intends(CUT)], false],
    ['it was called', [intends(CUT), issued(CUT)], true],
    ['it was seen done', [intends(CUT), sees(CUT)], true],
    ['it failed by a look, without any call', [intends(CUT), fails(CUT)], false],
    ['an older generation was called', [intends(CUT, AGAIN), issued(CUT)], true],
  ])('%s', (_, said, was) => expect(wasAsked(at(...said), subject, 'snapshot')).toBe(was))

  test('a person who was told to is as good as a call', () => {
    expect(wasAsked(at(intends(HANDS)), ofService('logs'), 'freeze')).toBe(true)
    expect(wasAsked(at(intends(HANDS)), ofService('logs'), 'open')).toBe(false)
  })
})

describe('the same failure in a row', () => {
  const of = (...all: readonly (readonly [number, string, string])[]): number => {
    const effects = all.map(([generation]): Effect => ({ ...CUT, generation }))
    const m = at(intends(...effects), ...all.map(([, code, problem], at) => fails(effects[at] ?? CUT, code, problem)))
    return sameFailures(m, stateIn(m, effects.at(-1) ?? CUT))
  }
  test.each<[string, () => number, number]>([
    ['once', () => of([1, 'A', 'p']), 1],
    ['twice', () => of([1, 'A', 'p'], [2, 'A', 'p']), 2],
    ['another code before it', () => of([1, 'B', 'p'], [2, 'A', 'p']), 1],
    ['another problem before it', () => of([1, 'A', 'q'], [2, 'A', 'p']), 1],
    ['another one between', () => of([1, 'A', 'p'], [2, 'B', 'p'], [3, 'A', 'p'], [4, 'A', 'p']), 2],
    ['an older generation is lost', () => of([2, 'A', 'p'], [4, 'A', 'p']), 2],
  ])('%s', (_, times, then) => expect(times()).toBe(then))

  test('a generation that has not failed ends the row', () => {
    const m = at(intends(CUT, AGAIN, { ...CUT, generation: 3 }), fails(CUT), fails({ ...CUT, generation: 3 }))
    expect(sameFailures(m, stateIn(m, { ...CUT, generation: 3 }))).toBe(1)
    expect(sameFailures(m, stateIn(m, AGAIN))).toBe(0)
    const none = at(intends(CUT, AGAIN))
    expect(sameFailures(none, stateIn(none, AGAIN))).toBe(0)
  })
})

describe('what the hosts of a replica reported', () => {
  const subject = ofMove('replica/files')
  const ask = (generation: number): Effect => ({
    ...{ ...forward, generation, subject, step: 'prove', service: 'files', resource: 'files' },
    ...{ instances: ['i-files', 'i-backup'], document: 'zonehop-replica-status' },
  })
  const READING: Reading = { doubts: [], leftKib: null, sync: null, isStalled: false, sourceRole: 'Primary' }
  const tells = (generation: number, over: Partial<Reading>): EntryBody => ({
    ...{ kind: 'read', effect: effectId(ask(generation)), ...READING, ...over },
  })

  test('nothing while nobody was asked, or has answered', () => {
    expect(readingOf(at(), subject)).toBeNull()
    expect(answered(at(intends(ask(1))), subject)).toBeNull()
  })
  test('the newest answer counts, and a newer question without one does not', () => {
    const first = [intends(ask(1)), tells(1, { doubts: ['no quorum'] })]
    expect(readingOf(at(...first, intends(ask(2))), subject)?.doubts).toEqual(['no quorum'])
    const second = at(...first, intends(ask(2)), tells(2, {}))
    expect(readingOf(second, subject)).toEqual(READING)
    expect(answered(second, subject)?.effect.generation).toBe(2)
  })
  test('the answer for another side is another one', () => {
    expect(readingOf(at(intends(ask(1)), tells(1, {})), { of: 'side', move: 'replica/files', side: 'home' })).toBeNull()
  })
  test.each<[string, Partial<Reading>, string]>([
    ['without doubts', {}, 'replica in sync'],
    ['with one', { doubts: ['no quorum'] }, 'replica not proven: no quorum'],
    ['with two', { doubts: ['a', 'b'] }, 'replica not proven: a; b'],
    [
      'while it syncs, which says more than its doubts',
      { doubts: ['a'], sync: '10 KiB left' },
      'replica syncing, 10 KiB left',
    ],
  ])('in words, %s', (_, over, words) => expect(readingWords({ ...READING, ...over })).toBe(words))
})
