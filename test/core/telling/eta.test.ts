import { expect, test } from 'vitest'
import { etaWords, remaining } from '../../../src/core/telling/eta.ts'

const MINUTE = 60_000

test.each([
  [
    '0% after ten minutes, of which it may have copied seven, is at least 11 hours',
    0,
    10,
    { leastMs: 676.5 * MINUTE, mostMs: null },
  ],
  ['0% after one minute says nothing yet', 0, 1, null],
  [
    '50% after ten minutes lies between',
    50,
    10,
    { leastMs: (10 - 190 / 60) * (100 / 51 - 1) * MINUTE, mostMs: 10 * MINUTE },
  ],
  ['99% still has a bound', 99, 99, { leastMs: 0, mostMs: 1 * MINUTE }],
  ['100% has nothing left', 100, 10, null],
  ['no time has passed', 10, 0, null],
])('%s', (_, percent, minutes, bounds) => {
  const left = remaining(percent, minutes * MINUTE)
  if (bounds === null) expect(left).toBeNull()
  else {
    expect(left?.leastMs).toBeCloseTo(bounds.leastMs)
    if (bounds.mostMs === null) expect(left?.mostMs).toBeNull()
    else expect(left?.mostMs).toBeCloseTo(bounds.mostMs)
  }
})

test.each([
  [{ leastMs: 990 * MINUTE, mostMs: null }, 'at least 16 h 30 min to go at the rate so far'],
  [{ leastMs: 12 * MINUTE, mostMs: 14 * MINUTE }, '12 min to 14 min to go'],
  [{ leastMs: 59.9 * MINUTE, mostMs: 60.1 * MINUTE }, '59 min to 61 min to go'],
  [{ leastMs: 60 * MINUTE, mostMs: 60 * MINUTE }, 'about 60 min to go'],
  [{ leastMs: 20_000, mostMs: 70_000 }, '20 s to 70 s to go'],
  [{ leastMs: 72 * 60 * MINUTE, mostMs: null }, 'at least 3 d to go at the rate so far'],
])('%j reads %s', (left, words) => {
  expect(etaWords(left)).toBe(words)
})
