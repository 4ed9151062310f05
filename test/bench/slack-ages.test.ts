// For how long something was not shown, and how much was in one minute, by hand.
import { expect, test } from 'vitest'
import { LOOK_EVERY_MS, mostWithin, openAges } from './slack-ages.ts'

type Look = readonly [wanted: string, shown: string, atMs: number]

test.each<[string, readonly Look[], number, readonly string[]]>([
  [
    'shown all the time',
    [
      ['a', 'a', 0],
      ['a', 'a', 9_000],
    ],
    0,
    [],
  ],
  [
    'shown later',
    [
      ['a', 'a', 0],
      ['b', 'a', 1_000],
      ['b', 'a', 5_000],
      ['b', 'b', 6_000],
    ],
    5_000,
    [],
  ],
  [
    'overtaken by a newer one',
    [
      ['b', 'a', 1_000],
      ['c', 'a', 4_000],
      ['c', 'c', 6_000],
    ],
    5_000,
    [],
  ],
  [
    'an older one shown',
    [
      ['b', 'a', 1_000],
      ['c', 'a', 4_000],
      ['c', 'b', 6_000],
    ],
    5_000,
    ['m'],
  ],
  [
    'never seen to be so',
    [
      ['b', 'a', 1_000],
      ['c', 'x', 4_000],
      ['c', 'x', 9_000],
    ],
    8_000,
    ['m'],
  ],
  [
    'not shown yet',
    [
      ['b', 'a', 1_000],
      ['b', 'a', 8_000],
    ],
    7_000,
    ['m'],
  ],
  [
    'back again',
    [
      ['b', 'a', 1_000],
      ['a', 'a', 2_000],
    ],
    1_000,
    [],
  ],
])('%s', (_, looks, ageMs, pending) => {
  const ages = openAges()
  for (const [wanted, shown, atMs] of looks) ages.look('m', wanted, shown, atMs)
  expect(ages.ageMsMax()).toBe(ageMs === 0 ? 0 : ageMs + LOOK_EVERY_MS)
  expect(ages.pending()).toEqual(pending)
})

test.each([
  [[], 0],
  [[5], 1],
  [[0, 10, 60, 70], 3],
  [[0, 61, 62, 63, 125], 3],
])('of %j at most %i in sixty', (times, most) => {
  expect(mostWithin(times, 60)).toBe(most)
})
