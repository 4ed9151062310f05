// The second half of the trials of simulation.test.ts.
import { expect, test } from 'vitest'
import { runTrial } from './trial.ts'
import { holdsFrom, ONCE_BROKEN } from './trials.ts'

test('trials 151 to 300 hold every invariant', { timeout: 300_000 }, () => holdsFrom(151, 150))

test.each(ONCE_BROKEN)('seed %i, which once broke an invariant, holds every one', async (seed) => {
  expect((await runTrial(seed)).violations).toEqual([])
})
