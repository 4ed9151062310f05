// The rates at which copies are asked to load: spread within the region's quota by what shortens the slow time, kept by the
// effect that has one, and left out for good once EC2 refused it.
import { describe, expect, test } from 'vitest'
import { effectId, RATE_REFUSED, type RestoreEffect } from '../../../src/core/model/effects.ts'
import type { EntryBody } from '../../../src/core/model/entries.ts'
import type { Migration } from '../../../src/core/model/migration.ts'
import { NO_RULES, type Rules } from '../../../src/core/model/rules.ts'
import { restoreEffect, spreadRates } from '../../../src/core/steps/initialization.ts'
import { entries, move, plan, planned, service } from '../../support/plans.ts'
import { fitting } from '../journals.ts'

const REGION = 5_000

const sizes = (...all: readonly number[]) => all.map((sizeGib, index) => ({ id: `v${index}`, sizeGib }))
const alike = (count: number) => sizes(...Array.from({ length: count }, () => 100))

describe('the spread', () => {
  test.each<[string, ReturnType<typeof sizes>, number, number[]]>([
    ['nothing to load, nothing asked', [], REGION, []],
    ['one alone gets the most that EC2 takes', sizes(1), REGION, [300]],
    ['all get the most while it fits', alike(16), REGION, Array.from({ length: 16 }, () => 300)],
    ['else the larger ones more', sizes(100, 300, 200), 600, [100, 300, 200]],
    ['what is capped leaves the rest to others', sizes(1_000, 30, 30), 600, [300, 150, 150]],
    ['never less than EC2 takes: the largest get it, others none', sizes(10, 30, 20), 250, [0, 150, 100]],
    ['of equal ones the first in the plan', alike(3), 299, [150, 140, 0]],
    ['too little for one is nothing', sizes(10), 99, [0]],
    ['nor is less than nothing', sizes(10), -100, [0]],
  ])('%s', (_, volumes, budget, rates) => {
    const spread = spreadRates(volumes, budget)
    expect(volumes.map(({ id }) => spread.get(id) ?? 0)).toEqual(rates)
  })

  test.each([17, 30, 49, 50, 51, 1_000])('%i volumes stay within the quota and within what EC2 takes', (count) => {
    const rates = [...spreadRates(sizes(...Array.from({ length: count }, (_, index) => index + 1)), REGION).values()]
    const sum = rates.reduce((all, rate) => all + rate, 0)
    expect(sum).toBeLessThanOrEqual(REGION)
    expect(sum).toBeGreaterThan(REGION - 10)
    expect(rates).toHaveLength(Math.min(count, 50))
    expect(rates.every((rate) => rate >= 100 && rate <= 300)).toBe(true)
  })

  test('no other spread ends the slow time sooner: whoever loads longest has the most, or all have what is left', () => {
    const volumes = sizes(...Array.from({ length: 30 }, (_, index) => 100 + 37 * index))
    const rates = spreadRates(volumes, REGION)
    const takes = volumes.map(({ id, sizeGib }) => ({ rate: rates.get(id) ?? 0, time: sizeGib / (rates.get(id) ?? 0) }))
    const slowest = takes.reduce((a, b) => (b.time > a.time ? b : a))
    // A step taken from any other one and given to the slowest would make that other one as slow, or EC2 takes no more.
    const isWorse = takes.every(
      (one) => one === slowest || one.rate === 100 || (one.time * one.rate) / (one.rate - 10) >= slowest.time,
    )
    expect(slowest.rate === 300 || isWorse).toBe(true)
  })
})

const LARGE = move({ id: 'vol-1', name: 'large', sizeGib: 900 }, 'logs')
const SMALL = move({ id: 'vol-2', name: 'small', sizeGib: 10 }, 'logs')
const LATER = move({ id: 'vol-3', name: 'later', sizeGib: 500 }, 'dropbox')
const PLAN = plan([LARGE, SMALL, LATER], { services: [service('logs'), service('dropbox', { need: 'deferrable' })] })

function frozen(rules: Rules, ...said: readonly EntryBody[]): Migration {
  const begun: EntryBody[] = [{ kind: 'began' }, { kind: 'freezing', freeze: 'f', services: ['logs', 'dropbox'] }]
  return fitting(entries(planned('mig-1', { plan: PLAN, rules }), ...begun, ...said))
}

const intended = (...effects: readonly RestoreEffect[]): EntryBody => ({ kind: 'intended', effects })
const refused = (effect: RestoreEffect, code: string = RATE_REFUSED): EntryBody => ({
  ...{ kind: 'failed', effect: effectId(effect), issued: null },
  ...{ code, problem: 'VolumeInitializationRateLimitExceeded: no more', remedy: 'none' },
})
const asked = (effect: RestoreEffect) => [effect.generation, effect.initializationMibps]

describe('the restore', () => {
  const fresh = frozen(NO_RULES)
  const first = restoreEffect(fresh, LARGE, 'snap-1')

  test.each<[string, Migration, typeof LARGE, unknown[]]>([
    ['of a required volume asks for a rate', fresh, LARGE, [1, 300]],
    ['of another one too', fresh, SMALL, [1, 300]],
    ['of a deferrable one asks for none', fresh, LATER, [1, undefined]],
    [
      'asks for none where zonehop.yaml says so',
      frozen({ ...NO_RULES, initialization: 'default' }),
      LARGE,
      [1, undefined],
    ],
    ['keeps what it was intended with', frozen(NO_RULES, intended(first)), LARGE, [1, 300]],
    ['keeps that it was intended with none', frozen(NO_RULES, intended(without(first))), LARGE, [1, undefined]],
    [
      'is a new one without, once EC2 refused the rate',
      frozen(NO_RULES, intended(first), refused(first)),
      LARGE,
      [2, undefined],
    ],
    [
      'and stays that one, whatever becomes of it',
      frozen(NO_RULES, intended(first), refused(first), ...again()),
      LARGE,
      [2, undefined],
    ],
    ['of others asks for none from then on', frozen(NO_RULES, intended(first), refused(first)), SMALL, [1, undefined]],
    [
      'keeps the rate after any other failure',
      frozen(NO_RULES, intended(first), refused(first, 'VolumeError')),
      LARGE,
      [1, 300],
    ],
  ])('%s', (_, m, of, said) => {
    expect(asked(restoreEffect(m, of, 'snap-1'))).toEqual(said)
  })

  test('a journal of an earlier zonehop asks for none', () => {
    const { initialization: _, ...before } = NO_RULES
    expect(restoreEffect(frozen(before), LARGE, 'snap-1')).not.toHaveProperty('initializationMibps')
  })

  test('who took a share keeps it: the rest is spread over those that are still to come', () => {
    const moves = Array.from({ length: 20 }, (_, index) =>
      move({ id: `vol-${index}`, name: `n${index}`, sizeGib: 50 + index }, 'logs'),
    )
    const drawn = plan(moves, { services: [service('logs')] })
    const begun: EntryBody[] = [
      planned('mig-1', { plan: drawn }),
      { kind: 'freezing', freeze: 'f', services: ['logs'] },
    ]
    const cut = moves.map(
      (one): EntryBody => ({
        kind: 'intended',
        effects: [
          {
            subject: { of: 'move', move: one.id },
            step: 'snapshot',
            generation: 1,
            direction: 'forward',
            volumeId: one.id,
            tags: {},
          },
        ],
      }),
    )
    const seen: EntryBody = {
      kind: 'seen',
      started: moves.map(({ id }) => ({ effect: `${id}.snapshot.1`, resource: `snap-${id}`, others: [] })),
      achieved: moves.map(({ id }) => `${id}.snapshot.1`),
    }
    const at = (...more: readonly EntryBody[]) => fitting(entries(...begun, ...cut, seen, ...more))
    const ratesIn = (m: Migration) =>
      moves.map((one) => restoreEffect(m, one, `snap-${one.id}`).initializationMibps ?? 0)
    const all = ratesIn(at())
    const some = moves.slice(3, 12).map((one) => restoreEffect(at(), one, `snap-${one.id}`))
    expect(all.reduce((sum, rate) => sum + rate, 0)).toBe(REGION)
    expect(ratesIn(at(intended(...some)))).toEqual(all)
  })
})

function without({ initializationMibps: _, ...rest }: RestoreEffect): RestoreEffect {
  return rest
}

/** What follows a refusal: the restore without a rate, which fails of something else. */
function again(): EntryBody[] {
  const second = { ...without(restoreEffect(frozen(NO_RULES), LARGE, 'snap-1')), generation: 2 }
  return [intended(second), refused(second, 'KMSKeyNotAccessibleFault')]
}
