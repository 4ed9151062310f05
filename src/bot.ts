// Bot and workers of one process, wired together: what `npm start` runs, and the demo with other endpoints and another clock.
import { pino } from 'pino'
import { openQueues, startWorkers } from '../jobs/worker.ts'
import { ec2 as ec2Edge } from './aws/ec2.ts'
import type { Config } from './config.ts'
import type { Clock } from './core/ports.ts'
import { operations } from './operations.ts'
import { speaker, startSlack } from './slack/app.ts'
import { redisJournal } from './store/journal.ts'
import { connect, connectBlocking } from './store/redis.ts'
import { redisViews } from './store/views.ts'

/** `isDrill`: journal entries are stamped with the clock handed in, not with Redis's. */
export async function startBot(config: Config, clock: Clock, isDrill: boolean): Promise<{ close(): Promise<void> }> {
  const log = pino({ name: 'zonehop' }, pino.destination(2))
  const onError = (error: Error) => log.error(error)
  const redis = connect(config.redisUrl)
  const blocking = connectBlocking(config.redisUrl)
  for (const connection of [redis, blocking]) connection.on('error', onError)
  const journal = redisJournal(redis, isDrill ? () => clock.now() : null)
  const queue = openQueues(redis)
  const ec2 = ec2Edge()
  const workers = await startWorkers({
    redis: blocking,
    journal,
    views: redisViews(redis),
    ec2,
    queue,
    clock,
    speaker: speaker(config.slack),
    onError,
    steadyMs: () => performance.now(),
  })
  const slack = await startSlack(config.slack, operations({ journal, ec2, queue }), onError)
  return {
    async close() {
      await slack.close()
      await workers.close()
      await queue.close()
      for (const connection of [redis, blocking]) connection.disconnect()
    },
  }
}
