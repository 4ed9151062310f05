// Cases that only a whole world holds: which test plays it, by its file and its exact title. A test that is renamed or taken away
// takes its row with it, and not in silence.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const TEST = join(import.meta.dirname, '..')

const ROWS: readonly (readonly [met: string, file: string, title: string])[] = [
  [
    'EC2 cut off inside the outage, with Redis, workers and Slack beside it',
    ...(['scenarios/away.test.ts'] as const),
    'said within 90 s and said when it is back, the clock going on, nothing done twice',
  ],
  [
    'a zone in trouble that EC2 does not describe',
    ...(['scenarios/away.test.ts'] as const),
    'impaired: a plan from how the zone was, which says so and is drawn anew before anybody is asked',
  ],
  [
    'a channel without the bot, and messages that people delete',
    ...(['scenarios/beginnings.test.ts'] as const),
    'not-invited: answered with the invitation, and nothing begun; then whatever is deleted comes back',
  ],
  [
    'a red plan that turns while people put it right',
    ...(['scenarios/beginnings.test.ts'] as const),
    'red-then-green: what is put right while it waits is red no more, without a new command',
  ],
  [
    'the try after an abort',
    ...(['scenarios/beginnings.test.ts'] as const),
    'second-try: the copies of the first one are named at the start, and gone before the outage',
  ],
  [
    'Redis in cluster mode: scripts over several keys',
    ...(['store/cluster.test.ts'] as const),
    'a journal is written and read, and tokens are taken',
  ],
  [
    'Redis in cluster mode under a whole migration, queues and all',
    ...(['scenarios/redis.test.ts'] as const),
    'failover: what was lost is found again in EC2, and nothing is done twice',
  ],
  [
    'a form on real Bolt for a volume that nobody can move',
    ...(['slack/forms-on-bolt.test.ts'] as const),
    'a volume that a red check is about has a button, and one that nobody can move is only let stay',
  ],
]

test.each(ROWS)('%s: %s', (_, file, title) => {
  expect(readFileSync(join(TEST, file), 'utf8')).toContain(`test('${title}'`)
})
