// When a step is the same as it was, and when it is a new generation of it; which of several may be intended by now.
import { describe, expect, test } from 'vitest'
import { type Effect, effectId } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { ofMove } from '../../../src/core/model/subjects.ts'
import {
  areAchieved,
  currentGeneration,
  freshOf,
  nextGeneration,
  upToFirstUnachieved,
} from '../../../src/core/steps/generations.ts'
import { plan } from '../../support/plans.ts'
import { folded } from '../journals.ts'

const at = (...said: readonly EntryBody[]): Migration => folded(plan(), { kind: 'began' }, ...said)
const intends = (...effects: readonly Effect[]): EntryBody => ({ kind: 'intended', effects })
const sees = (...effects: readonly Effect[]): EntryBody => ({
  ...{ kind: 'seen', started: [], achieved: effects.map(effectId) },
})
const forward = { generation: 1, direction: 'forward' } as const
const cut = (move: string, tags: Readonly<Record<string, string>> = {}): Effect => ({
  ...{ ...forward, subject: ofMove(move), step: 'snapshot', volumeId: move, tags },
})
const hands = (...todo: readonly string[]): Effect => ({
  ...{ ...forward, subject: { of: 'service', service: 'logs', part: 1 }, step: 'freeze', service: 'logs' },
  ...{ instances: ['i-1', 'i-2'], work: { method: 'manual', todo } },
})
const document: Effect = { ...hands(), work: { method: 'document', document: 'zonehop-freeze' } } as Effect

describe('a step that is asked for again', () => {
  const two = cut('vol-1', { a: '1', b: '2' })
  test.each<[string, readonly Effect[], Effect, number]>([
    ['for the first time', [], two, 1],
    ['as it was', [two], two, 1],
    ['with its tags in another order', [two], cut('vol-1', { b: '2', a: '1' }), 1],
    ['with another value', [two], cut('vol-1', { a: '1', b: '3' }), 2],
    ['with one tag more', [two], cut('vol-1', { a: '1', b: '2', c: '3' }), 2],
    ['with one tag less', [two], cut('vol-1', { a: '1' }), 2],
    ['with as many tags, one of which is another', [two], cut('vol-1', { a: '1', c: '2' }), 2],
    ['with the same lines', [hands('x', 'y')], hands('x', 'y'), 1],
    ['with one line more', [hands('x')], hands('x', 'y'), 2],
    ['with its lines in another order', [hands('x', 'y')], hands('y', 'x'), 2],
    ['with none of its lines', [hands('x')], hands(), 2],
    ['by another method', [hands()], document, 2],
    ['of another volume, which is another step', [cut('vol-9')], two, 1],
    [
      'as its newest generation was',
      [two, { ...cut('vol-1', { a: '1' }), generation: 2 }],
      cut('vol-1', { a: '1' }),
      2,
    ],
    ['as an older generation was', [two, { ...cut('vol-1', { a: '1' }), generation: 2 }], two, 3],
    ['with its generation asked for too high', [two], { ...two, generation: 7 }, 1],
  ])('%s: its generation', (_, known, effect, generation) => {
    const m = at(...known.map((one) => intends(one)))
    expect(currentGeneration(m, effect)).toEqual({ ...effect, generation })
  })

  test('a value that is missing is not one that is there', () => {
    const effect: Effect = { ...cut('vol-1'), tags: { a: undefined as unknown as string } } as Effect
    expect(currentGeneration(at(intends(effect)), cut('vol-1', { b: '1' })).generation).toBe(2)
    expect(
      currentGeneration(at(intends(cut('vol-1', { a: '1' }))), { ...effect, tags: null } as unknown as Effect)
        .generation,
    ).toBe(2)
    expect(
      currentGeneration(at(intends({ ...effect, tags: null } as unknown as Effect)), cut('vol-1')).generation,
    ).toBe(2)
    const isUndefined = { ...effect, tags: { b: undefined } } as unknown as Effect
    expect(currentGeneration(at(intends(effect)), isUndefined).generation).toBe(2)
  })

  test('once more, though nothing has changed, is the next generation', () => {
    expect(nextGeneration({ ...two, generation: 4 })).toEqual({ ...two, generation: 5 })
  })
})

describe('which may be intended by now', () => {
  const [a, b, c] = ['vol-1', 'vol-2', 'vol-3'].map((id) => cut(id)) as [Effect, Effect, Effect]

  test.each<[string, readonly EntryBody[], readonly (readonly Effect[])[], readonly Effect[]]>([
    ['the first stage, while it is open', [], [[a], [b], [c]], [a]],
    ['all of it, while one of it is open', [intends(a, b), sees(a)], [[a, b], [c]], [a, b]],
    ['the second, once the first is done', [intends(a), sees(a)], [[a], [b], [c]], [a, b]],
    ['all, once all but the last are done', [intends(a, b), sees(a, b)], [[a], [b], [c]], [a, b, c]],
    ['all, once all are done', [intends(a, b), sees(a, b)], [[a], [b]], [a, b]],
    ['an empty stage holds nothing up', [], [[], [b], [c]], [b]],
    ['none of no stage', [], [], []],
  ])('%s', (_, said, stages, then) => expect(upToFirstUnachieved(at(...said), stages)).toEqual(then))

  test.each<[string, readonly EntryBody[], readonly Effect[], readonly Effect[]]>([
    ['none of them is', [], [a, b], [a, b]],
    ['one of them is', [intends(a)], [a, b], [b]],
    ['all are', [intends(a, b)], [a, b], []],
    ['one is asked for twice', [], [a, { ...a }, a], [a]],
    ['an older generation of it is', [intends(a)], [{ ...a, generation: 2 }], [{ ...a, generation: 2 }]],
  ])('intended by no entry yet: %s', (_, said, effects, then) => expect(freshOf(at(...said), effects)).toEqual(then))

  test.each<[string, readonly EntryBody[], readonly Effect[], boolean]>([
    ['none of nothing is open', [], [], true],
    ['one is not intended', [], [a], false],
    ['one is intended', [intends(a)], [a], false],
    ['one of two is done', [intends(a, b), sees(a)], [a, b], false],
    ['both are done', [intends(a, b), sees(a, b)], [a, b], true],
    ['another generation is done', [intends(a), sees(a)], [{ ...a, generation: 2 }], false],
  ])('achieved: %s', (_, said, effects, are) => expect(areAchieved(at(...said), effects)).toBe(are))
})
