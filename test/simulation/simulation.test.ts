// Trials: a world, people and faults from one seed each, which end where they would have without faults. The first half of them;
// the other half runs beside it, in more-trials.test.ts.
import { expect, test } from 'vitest'
import { runTrial } from './trial.ts'
import { holdsFrom } from './trials.ts'

test('trials 1 to 150 hold every invariant', { timeout: 300_000 }, () => holdsFrom(1, 150))

test('the same seed is the same trial', async () => {
  const [once, again] = [await runTrial(4), await runTrial(4)]
  expect(again.steps).toBe(once.steps)
  expect(wordsOf(again.transcript)).toEqual(wordsOf(once.transcript))
})

/** But for ids and digests that are drawn by other chance. */
function wordsOf(transcript: readonly string[]): string[] {
  return transcript.map((line) => line.replace(/\b[0-9a-f]{6}\b|\b[0-9a-f]{12}\b/g, '...'))
}
