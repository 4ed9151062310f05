import { expect, test } from 'vitest'
import { type Basis, etaWords, leastAtRate } from '../../../src/core/telling/eta.ts'

const MINUTE = 60_000
/** Minutes for which a snapshot may stand before it copies. */
const BEGINS = 190 / 60

test.each([
  ['0% after ten minutes, of which it may have copied seven, is at least 11 hours', 0, 10, 676.5],
  ['50% after ten minutes', 50, 10, (10 - BEGINS) * (100 / 51 - 1)],
  ['99% may be over now', 99, 99, 0],
  ['while it may not have begun to copy, nothing is known', 0, 3, 0],
])('at the rate so far: %s', (_, percent, minutes, least) => {
  expect(leastAtRate(percent, minutes * MINUTE)).toBeCloseTo(least * MINUTE)
})

test.each<[number, number | null, Basis, number, string]>([
  [13.7, null, 'size', 676.5, 'at least 13 min to go (11 h 16 min at the rate so far)'],
  [72 * 60, null, 'size', 96 * 60, 'at least 3 d to go (4 d at the rate so far)'],
  [12, 40, 'percents', 12, '12 min to 40 min to go (by its percents so far)'],
  [12, 90, 'size', 12, '12 min to 1 h 30 min to go (a wide range: little is known of its rate yet)'],
  [59.9, 60.1, 'seeds', 61, '59 min to 61 min to go (by its earlier snapshots)'],
  [60, 60, 'seeds', 61, 'about 60 min to go (by its earlier snapshots)'],
  [1 / 3, 7 / 6, 'percents', 1, '20 s to 70 s to go (by its percents so far)'],
])('%d to %d min by %s reads as it is', (least, most, basis, atRate, words) => {
  const bounds = { leastMs: least * MINUTE, mostMs: most === null ? null : most * MINUTE }
  expect(etaWords({ ...bounds, basis, atRateMs: atRate * MINUTE })).toBe(words)
})
