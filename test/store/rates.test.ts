// Our buckets against EC2's, others of the account calling too: how long a thousand calls take, and how many are refused on the
// way. EC2's is the published one, in the harder reading: it adds the tokens of a second all at once.
import { expect, test } from 'vitest'
import { memoryTokens } from '../support/memory-tokens.ts'

const [BURST, PER_SECOND] = [100, 5]
const STEP_MS = 50

type Calls = { readonly seconds: number; readonly refused: number }

async function callAll(count: number, othersPerSecond: number): Promise<Calls> {
  let [nowMs, ec2, others, done, refused, restsUntilMs] = [0, BURST, 0, 0, 0, 0]
  const tokens = memoryTokens(() => nowMs)
  for (; done < count; nowMs += STEP_MS) {
    if (nowMs % 1000 === 0) ec2 = Math.min(BURST, ec2 + PER_SECOND)
    others += (othersPerSecond * STEP_MS) / 1000
    for (; others >= 1; others--) if (ec2 > 0) ec2--
    // As a queue does: it rests until there is a token, and for two seconds behind a refusal.
    while (nowMs >= restsUntilMs && done < count) {
      const waitMs = await tokens.take('snapshot', 1)
      if (waitMs > 0) restsUntilMs = nowMs + waitMs
      else if (ec2 > 0) [ec2, done] = [ec2 - 1, done + 1]
      else {
        refused++
        restsUntilMs = nowMs + 2_000
        await tokens.refused('snapshot')
      }
    }
  }
  return { seconds: nowMs / 1000, refused }
}

// Alone, (1,000 - 100) / 5 = 180 s is the least there is. Others whose call is refused do not call again here.
test.each<[string, number, Calls]>([
  ['alone', 0, { seconds: 184, refused: 0 }],
  ['beside one who calls now and then', 0.2, { seconds: 195, refused: 3 }],
  ['beside one who takes half', 2.5, { seconds: 380, refused: 25 }],
  ['beside one who takes nine tenths', 4.5, { seconds: 1_200, refused: 160 }],
])('a thousand snapshots %s', async (_, others, atMost) => {
  const { seconds, refused } = await callAll(1_000, others)
  expect(seconds).toBeLessThanOrEqual(atMost.seconds)
  expect(refused).toBeLessThanOrEqual(atMost.refused)
})
