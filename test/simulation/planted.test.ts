// Every planted bug is found by its recorded trial, which without it ends as it should: the simulation finds the like of it.
import { expect, test } from 'vitest'
import { PLANTS } from './plants.ts'
import { RECORDED } from './recorded.ts'
import { runTrial } from './trial.ts'

test('every planted bug has its record', () => {
  expect(RECORDED.map(({ plant }) => plant)).toEqual(PLANTS)
})

test.each(RECORDED)('$plant is found by seed $seed: $invariant', async ({ plant, seed, invariant }) => {
  const { violations } = await runTrial(seed, plant)
  expect(violations[0]?.invariant).toBe(invariant)
})

test.each(RECORDED)('without $plant, seed $seed holds every invariant', async ({ seed }) => {
  const { violations } = await runTrial(seed)
  expect(violations).toEqual([])
})
