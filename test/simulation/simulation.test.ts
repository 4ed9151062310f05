// Trials: a world, people and faults from one seed each. A failure is run again by `npm run simulate -- --seed N`.
import { expect, test } from 'vitest'
import { runTrial } from './trial.ts'

const FROM = 1
const TRIALS = 25

test(`${TRIALS} trials hold every invariant, and end where they would have without faults`, {
  timeout: 300_000,
}, async () => {
  const sums = { crashes: 0, faults: 0 }
  for (let seed = FROM; seed < FROM + TRIALS; seed++) {
    const { violations, transcript, crashes, faults } = await runTrial(seed)
    expect(violations, `npm run simulate -- --seed ${seed}\n${transcript.slice(-40).join('\n')}`).toEqual([])
    sums.crashes += crashes
    sums.faults += faults
  }
  // A simulation in which nothing happens finds nothing.
  expect(sums.crashes).toBeGreaterThan(TRIALS)
  expect(sums.faults).toBeGreaterThan(TRIALS)
})

test('the same seed is the same trial', async () => {
  const [once, again] = [await runTrial(4), await runTrial(4)]
  expect(again.steps).toBe(once.steps)
  expect(wordsOf(again.transcript)).toEqual(wordsOf(once.transcript))
})

/** But for ids and digests that are drawn by other chance. */
function wordsOf(transcript: readonly string[]): string[] {
  return transcript.map((line) => line.replace(/\b[0-9a-f]{6}\b|\b[0-9a-f]{12}\b/g, '...'))
}
