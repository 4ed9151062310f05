// The second half of the trials of simulation.test.ts.
import { test } from 'vitest'
import { holdsFrom } from './trials.ts'

test('trials 151 to 300 hold every invariant', { timeout: 300_000 }, () => holdsFrom(151, 150))
