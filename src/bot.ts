// Wires bot and workers of one process together, for `npm start` and, with other endpoints and another clock, the demo.
import { setTimeout as delay } from 'node:timers/promises'
import { recentFacts } from '../jobs/recent-facts.ts'
import { type RedisWatchPorts, watchRedis } from '../jobs/redis-watch.ts'
import { openQueues, startWorkers } from '../jobs/worker.ts'
import { changedBlocks } from './aws/changed-blocks.ts'
import { type Clients, openClients } from './aws/clients.ts'
import { hosts } from './aws/commands.ts'
import { filter, volumesBy } from './aws/describe.ts'
import { ec2 as ec2Edge } from './aws/ec2.ts'
import { refusedReads } from './aws/permissions.ts'
import { aheadOfEc2Ms } from './aws/time.ts'
import type { Config } from './config.ts'
import { groupsIn } from './core/asking/people.ts'
import { checkup, dangers, type StartupFacts } from './core/checkup.ts'
import { confirmersIn } from './core/model/rules.ts'
import type { Clock } from './core/ports.ts'
import { operations, orphanTexts } from './operations.ts'
import { startSlack } from './slack/app.ts'
import { directory } from './slack/directory.ts'
import { speaker } from './slack/speaker.ts'
import { aheadOfSlackMs } from './slack/time.ts'
import { requireAppToken, requireBotToken, SlackAway } from './slack/tokens.ts'
import { requireAbilities, tryWrite } from './store/abilities.ts'
import { redisEditTurns } from './store/edit-turns.ts'
import { redisHearing } from './store/hearing.ts'
import { redisInventories } from './store/inventories.ts'
import { redisJournal } from './store/journal.ts'
import { type Keys, keysIn } from './store/keys.ts'
import { redisLiving } from './store/living.ts'
import { redisAcquaintances } from './store/people.ts'
import { connect, connectBlocking, type RedisClient, requireRedis } from './store/redis.ts'
import { redisFacts } from './store/redis-facts.ts'
import { redisTokens } from './store/tokens.ts'
import { redisUntold } from './store/untold.ts'
import { redisViews } from './store/views.ts'
import { redisWatches } from './store/watch/watches.ts'

/** What a process runs: the bot, the workers, or both. */
export type Roles = { readonly bot: boolean; readonly worker: boolean }

/** The clock of a process, and whose it is. */
export type Timing = {
  readonly clock: Clock
  /** The clock is a drill's: it stamps the journal's entries, and Redis's own does not. */
  readonly isDrill: boolean
}

/** A started process. */
export type Running = {
  /** Redis answers, and in a process with the bot Slack is connected. */
  isHealthy(): Promise<boolean>
  /**
   * What Slack has against the account by which workers post, in a sentence; null where it has nothing. It is no reason to end the
   * process: a migration goes on without Slack, and a new process would not start.
   */
  trouble(): string | null
  /** Closes Slack first, so that nothing new comes in; then workers, which end their steps; then the connections. */
  close(): Promise<void>
}

/** A Redis that takes longer to answer counts as not there. Real ms. */
const ANSWERS_WITHIN_MS = 2_000

/** Volumes that a migration has marked as its own, or made. */
const MARKED = filter('tag-key', 'zonehop:plan', 'zonehop:migration')

/** Any number of processes of either role work on one Redis. Throws one sentence if Redis or Slack does not serve us. */
export async function startProcess(
  config: Config,
  { bot, worker }: Roles,
  { clock, isDrill }: Timing,
  onError: (error: Error) => void,
): Promise<Running> {
  const mode = await requireRedis(config.redisUrl)
  const isSlackThere = await requireSlack(config, { bot, worker }, onError)
  const redis = connect(config.redisUrl, mode)
  const keys = keysIn(config.namespace)
  const blocking = connectBlocking(config.redisUrl, mode)
  for (const connection of [redis, blocking]) connection.on('error', onError)
  await requireAbilities(redis, keys)
  const journal = redisJournal(redis, keys, isDrill ? () => clock.now() : null)
  const queue = openQueues(redis, keys, onError)
  const clients = openClients()
  const ec2 = ec2Edge(clients)
  const closers: (() => Promise<void>)[] = [
    async () => {
      await queue.close()
      clients.close()
      for (const connection of [redis, blocking]) connection.disconnect()
    },
  ]
  const close = () => closeAll(closers)
  /** Checks what zonehop runs on. Findings are printed here once; dangers are told to whoever starts a migration. */
  const useCases = async () => {
    const { rules, people, channels, allowed } = config
    const named = [...people.approvers, ...(people.operators ?? []), ...confirmersIn(rules)]
    const who = directory({
      slack: config.slack,
      groups: groupsIn(named),
      acquaintances: redisAcquaintances(redis, keys),
      steadyMs: () => performance.now(),
      onError,
    })
    const found = checkup(await groundOf(config, { redis, clients, clock, isDrill }))
    for (const { name, text } of found) process.stderr.write(`zonehop: ${text} (${name})\n`)
    // Where EC2 cannot be asked, the checkup has said why.
    const marked = await volumesBy(clients.reading, MARKED).catch(() => [])
    for (const text of await orphanTexts(journal, marked)) process.stderr.write(`zonehop: ${text}\n`)
    const kept = { inventories: redisInventories(redis, keys), views: redisViews(redis, keys) }
    const watching = { pairs: config.watch, watches: redisWatches(redis, keys), nudge: queue.nudgeWatch }
    const ports = { journal, ec2, ...kept, watching, queue, clock, directory: who, rules, people, channels }
    return operations({ ...ports, dangers: dangers(found, allowed) })
  }
  const voice = speaker(config.slack, onError)
  try {
    if (worker) {
      const workers = await startWorkers({
        ...{ redis: blocking, keys, journal, ec2, ...besideJournal(redis, keys) },
        ...{ approvers: config.people.approvers, rules: config.rules, watched: config.watch },
        hosts: hosts(clients),
        ebs: changedBlocks(clients),
        tokens: redisTokens(redis, keys, () => clock.now()),
        queue,
        clock,
        factsOf: recentFacts(ec2, clock),
        speaker: voice,
        steadyMs: () => performance.now(),
        onError,
      })
      closers.push(() => workers.close())
    }
    if (bot) closers.push(startWatch({ config, redis, journal, views: redisViews(redis, keys), clock, onError }))
    const hearing = redisHearing(redis, keys)
    const desk = bot ? { operations: await useCases(), hearing, isSlackThere } : null
    const slack = desk && (await startSlack(config.slack, desk, onError))
    if (slack) closers.push(() => slack.close())
    const isHealthy = async (): Promise<boolean> => (slack?.isConnected() ?? true) && (await answers(redis, keys))
    return { isHealthy, trouble: () => voice.trouble(), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The last first, each once. */
async function closeAll(closers: (() => Promise<void>)[]): Promise<void> {
  for (const closer of closers.splice(0).reverse()) await closer()
}

/**
 * Whether Slack answers. Throws where it refuses a token, and, for a bot alone, where it does not answer. Workers go on without it: a
 * process that died in an outage must not stay down because Slack is away as well.
 */
async function requireSlack({ slack }: Config, roles: Roles, onError: (error: Error) => void): Promise<boolean> {
  try {
    await requireBotToken(slack, onError)
    if (roles.bot) await requireAppToken(slack, onError)
    return true
  } catch (error) {
    if (!(error instanceof SlackAway) || !roles.worker) throw error
    const heard = roles.bot ? ' and commands are heard' : ''
    process.stderr.write(
      `zonehop: ${error.message} The workers go on; the thread tells what it missed${heard} once Slack is back, and until then "zonehop status" in a terminal shows and decides.\n`,
    )
    return false
  }
}

/** What Redis keeps beside the journal. */
function besideJournal(redis: RedisClient, keys: Keys) {
  return {
    views: redisViews(redis, keys),
    untold: redisUntold(redis, keys),
    watches: redisWatches(redis, keys),
    inventories: redisInventories(redis, keys),
    living: redisLiving(redis, keys),
    editTurns: redisEditTurns(redis, keys, null),
  }
}

type Watching = Omit<RedisWatchPorts, 'tryToWrite' | 'speaker'> & {
  readonly config: Config
  readonly redis: RedisClient
}

/** Starts to tell while Redis is away; the function ends that. What Slack is told just then is not waited for. */
function startWatch({ config, redis, ...ports }: Watching): () => Promise<void> {
  const stop = new AbortController()
  const tryToWrite = (): Promise<void> => tryWrite(redis, keysIn(config.namespace))
  void watchRedis({ ...ports, tryToWrite, speaker: speaker(config.slack, ports.onError) }, stop.signal)
  return async () => stop.abort()
}

type Asking = Timing & { readonly redis: RedisClient; readonly clients: Clients }

/** A drill's clock agrees with nobody else's, so in a drill the system's clock is compared. */
async function groundOf(
  { slack, namespace }: Config,
  { redis, clients, clock, isDrill }: Asking,
): Promise<StartupFacts> {
  const now = (): number => (isDrill ? Date.now() : clock.now())
  const [facts, aheadOfEc2, aheadOfSlack, refused] = await Promise.all([
    redisFacts(redis, keysIn(namespace)),
    aheadOfEc2Ms(clients, now),
    aheadOfSlackMs(slack, now),
    refusedReads(clients),
  ])
  return { redis: facts, aheadOfEc2Ms: aheadOfEc2, aheadOfSlackMs: aheadOfSlack, refusedReads: refused }
}

/** Asks for a key of ours, so that in a cluster the node that matters answers. */
async function answers(redis: RedisClient, keys: Keys): Promise<boolean> {
  const pong = redis.exists(keys.of('migrations')).then(() => true)
  return await Promise.race([pong, delay(ANSWERS_WITHIN_MS, false, { ref: false })]).catch(() => false)
}
