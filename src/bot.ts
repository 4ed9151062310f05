// Bot and workers of one process, wired together: what `npm start` runs, and the demo with other endpoints and another clock.
import { pino } from 'pino'
import { recentFacts } from '../jobs/recent-facts.ts'
import { openQueues, startWorkers } from '../jobs/worker.ts'
import { openClients } from './aws/clients.ts'
import { hosts } from './aws/commands.ts'
import { ec2 as ec2Edge } from './aws/ec2.ts'
import type { Config } from './config.ts'
import type { Clock } from './core/ports.ts'
import { operations } from './operations.ts'
import { startSlack } from './slack/app.ts'
import { speaker } from './slack/speaker.ts'
import { redisJournal } from './store/journal.ts'
import { connect, connectBlocking } from './store/redis.ts'
import { redisTokens } from './store/tokens.ts'
import { redisViews } from './store/views.ts'

export type Roles = { readonly bot: boolean; readonly worker: boolean }

export type Timing = {
  readonly clock: Clock
  /** Journal entries are stamped with the clock, not with Redis's own. */
  readonly isDrill: boolean
}

/** Any number of processes of either role work on one Redis. */
export async function startProcess(config: Config, { bot, worker }: Roles, { clock, isDrill }: Timing) {
  const log = pino({ name: 'zonehop' }, pino.destination(2))
  const onError = (error: Error): void => log.error(error)
  const redis = connect(config.redisUrl)
  const blocking = connectBlocking(config.redisUrl)
  for (const connection of [redis, blocking]) connection.on('error', onError)
  const journal = redisJournal(redis, isDrill ? () => clock.now() : null)
  const queue = openQueues(redis, onError)
  const clients = openClients()
  const ec2 = ec2Edge(clients)
  const closers: (() => Promise<void>)[] = []
  if (worker) {
    const workers = await startWorkers({
      redis: blocking,
      journal,
      views: redisViews(redis),
      ec2,
      hosts: hosts(clients),
      tokens: redisTokens(redis, () => clock.now()),
      queue,
      clock,
      factsSince: recentFacts(ec2, clock),
      speaker: speaker(config.slack),
      steadyMs: () => performance.now(),
      onError,
    })
    closers.unshift(() => workers.close())
  }
  if (bot) {
    const { rules, approvers } = config
    const slack = await startSlack(config.slack, operations({ journal, ec2, queue, rules, approvers }), onError)
    closers.unshift(() => slack.close())
  }
  return {
    /** Slack first, so that nothing new comes in; then workers, which end their steps; then connections. */
    async close(): Promise<void> {
      for (const close of closers) await close()
      await queue.close()
      clients.close()
      for (const connection of [redis, blocking]) connection.disconnect()
    },
  }
}
