// A worker process of bench:slack: the product's workers, on the bench's Redis and local Slack. In the place of EC2 is what the migrations
// are to see, half-way; nothing is left to call there.
import { once } from 'node:events'
import { recentFacts } from '../../jobs/recent-facts.ts'
import { openQueues, startWorkers } from '../../jobs/worker.ts'
import { factsOf } from '../../src/core/model/facts.ts'
import { NO_RULES } from '../../src/core/model/rules.ts'
import type { Ec2, Hosts } from '../../src/core/ports.ts'
import type { SlackConfig } from '../../src/slack/config.ts'
import { speaker } from '../../src/slack/speaker.ts'
import { redisEditTurns } from '../../src/store/edit-turns.ts'
import { redisInventories } from '../../src/store/inventories.ts'
import { redisJournal } from '../../src/store/journal.ts'
import { keysIn } from '../../src/store/keys.ts'
import { redisLiving } from '../../src/store/living.ts'
import { connect, connectBlocking } from '../../src/store/redis.ts'
import { redisTokens } from '../../src/store/tokens.ts'
import { redisUntold } from '../../src/store/untold.ts'
import { redisViews } from '../../src/store/views.ts'
import { redisWatches } from '../../src/store/watch/watches.ts'
import { migrationsOf, observedAt, type Span, stoppedClock } from './slack-world.ts'

/** What the bench starts it with, as JSON. */
export type Task = { readonly redis: string; readonly namespace: string; readonly slack: SlackConfig }

const task = JSON.parse(process.argv[2] ?? '') as Task
const migrations = migrationsOf()
const clock = stoppedClock([...migrations.values()][0]?.nowMs ?? 0)
const onError = (error: Error): void => void process.stderr.write(`worker ${process.pid}: ${error.stack}\n`)

process.send?.('ready')
const [span] = (await once(process, 'message')) as [Span]
const observe: Ec2['observe'] = async ({ id, rev }) => {
  const world = migrations.get(id)
  if (!world) throw new Error(`${id} is none of the bench's`)
  return factsOf(observedAt(world, rev, Date.now(), span))
}
// Half-way nothing is left to call (journals.test.ts); what would be called all the same throws.
const ec2 = { observe } as unknown as Ec2
const hosts = {} as unknown as Hosts

const [redis, blocking] = [connect(task.redis), connectBlocking(task.redis)]
for (const connection of [redis, blocking]) connection.on('error', onError)
const keys = keysIn(task.namespace)
const queue = openQueues(redis, keys, onError)
const workers = await startWorkers({
  ...{ redis: blocking, keys, queue, clock, ec2, hosts, onError },
  journal: redisJournal(redis, keys, () => clock.now()),
  ebs: { changedGib: async () => 'denied' },
  views: redisViews(redis, keys),
  untold: redisUntold(redis, keys),
  living: redisLiving(redis, keys),
  editTurns: redisEditTurns(redis, keys, null),
  tokens: redisTokens(redis, keys, () => clock.now()),
  approvers: [],
  ...{ watched: [], rules: NO_RULES },
  watches: redisWatches(redis, keys),
  inventories: redisInventories(redis, keys),
  factsOf: recentFacts(ec2, clock),
  speaker: speaker(task.slack, onError),
  steadyMs: () => performance.now(),
})
process.once('message', async () => {
  await workers.close()
  await queue.close()
  for (const connection of [redis, blocking]) connection.disconnect()
  process.disconnect()
})
