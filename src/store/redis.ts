// Connections to Redis, one server or a cluster: one for commands, and one for BullMQ workers, whose commands may wait for ever.
import { connect as connectTcp } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Cluster, Redis } from 'ioredis'
import { redisTrouble } from './redis-trouble.ts'

/** A connection to one server, or to the nodes of a cluster. Every key of ours carries one hash tag, so one node has them all. */
export type RedisClient = Redis | Cluster

/** How Redis is run at an address. */
export type Mode = 'single' | 'cluster'

/** Its commands fail after a few seconds without Redis, so that a person hears of it. `url` may be a socket's path. */
export function connect(url: string): Redis
export function connect(url: string, mode: Mode): RedisClient
export function connect(url: string, mode: Mode = 'single'): RedisClient {
  return mode === 'cluster' ? openCluster(url, 3) : new Redis(url, { maxRetriesPerRequest: 3 })
}

/** For BullMQ workers: blocking reads outlive a Redis restart. */
export function connectBlocking(url: string, mode: Mode = 'single'): RedisClient {
  return mode === 'cluster' ? openCluster(url, null) : new Redis(url, { maxRetriesPerRequest: null })
}

/** Another connection of the same kind. */
export function duplicate(redis: RedisClient): RedisClient {
  return redis instanceof Cluster ? redis.duplicate() : redis.duplicate()
}

/** Ms between two tries while the cluster finds a new master, and how many there are: a failover may take ten seconds. */
const RETRY_MS = 200
const REDIRECTIONS_MAX = 100

/**
 * Real ms after which a command of a person or a job has failed. ioredis keeps what it cannot send until a cluster is back, and what
 * somebody typed an hour ago must not be done then.
 */
const FAILS_AFTER_MS = 15_000

class PromptCluster extends Cluster {
  override sendCommand(...sent: Parameters<Cluster['sendCommand']>): unknown {
    sent[0].setTimeout(FAILS_AFTER_MS)
    return super.sendCommand(...sent)
  }
}

function openCluster(url: string, maxRetriesPerRequest: number | null): Cluster {
  const { hostname, port, username, password, protocol } = new URL(url)
  const isTls = protocol === 'rediss:'
  const Opened = maxRetriesPerRequest === null ? Cluster : PromptCluster
  return new Opened([{ host: hostname, port: Number(port || 6379) }], {
    redisOptions: {
      maxRetriesPerRequest,
      ...(username ? { username: decodeURIComponent(username) } : {}),
      ...(password ? { password: decodeURIComponent(password) } : {}),
      ...(isTls ? { tls: {} } : {}),
    },
    // Certificates are of names, and ioredis would connect to what a name stands for.
    ...(isTls ? { dnsLookup: (address, found) => found(null, address) } : {}),
    maxRedirections: REDIRECTIONS_MAX,
    retryDelayOnClusterDown: RETRY_MS,
    retryDelayOnFailover: RETRY_MS,
    slotsRefreshTimeout: 2_000,
  })
}

/** Real ms after which a Redis that says nothing is not waited for at start: a person sits before it. */
const SERVES_WITHIN_MS = 8_000
/** How often a Redis that starts is asked again, RETRY_MS apart: less in all than SERVES_WITHIN_MS, so that its own word is told. */
const STARTS_MAX = 25
/** Real ms in which a server that refuses a connection says so: it does at once (networking.c, acceptCommonHandler). */
const GREETS_WITHIN_MS = 1_000

const SILENT = `it has said nothing for ${SERVES_WITHIN_MS / 1_000} s`

/**
 * How Redis is run there. Throws a sentence for the person who starts zonehop if nothing answers at `url` within SERVES_WITHIN_MS, or if
 * the server refuses us.
 */
export async function requireRedis(url: string): Promise<Mode> {
  // Whether it is ready is asked by PING, whose answer says why it is not.
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, enableReadyCheck: false })
  // A failed command reports only that the connection is closed; the reason comes earlier, in an error event.
  let because: string | null = null
  client.on('error', ({ message }: Error) => {
    because ??= message
  })
  const late = new AbortController()
  try {
    const silence = delay(SERVES_WITHIN_MS, null, { signal: late.signal }).then(() => {
      throw new Error(SILENT)
    })
    return await Promise.race([client.connect().then(() => inAMoment(() => modeOf(client))), silence])
  } catch (error) {
    const { message } = await tellingError(client, because === null ? (error as Error) : new Error(because))
    throw new Error(refusal(url, message), { cause: error })
  } finally {
    late.abort()
    client.disconnect()
  }
}

function refusal(url: string, because: string): string {
  const trouble = redisTrouble(new Error(because))
  if (trouble) return `Redis at ${addressOf(url)} does not serve us: ${trouble.what}. What to do: ${trouble.remedy}.`
  const tls = because === SILENT ? ', which begins with rediss:// where Redis takes TLS' : ''
  return `Redis at ${addressOf(url)} does not serve us (${because}): start it, or correct REDIS_URL${tls}.`
}

/** Asks again while Redis loads what it had written, or its cluster finds a new master: a process that starts just then is not to end. */
async function inAMoment<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = STARTS_MAX; ; left -= 1) {
    try {
      return await ask()
    } catch (error) {
      if (left === 0 || !/^(?:LOADING|CLUSTERDOWN)\b/.test((error as Error).message)) throw error
    }
    await delay(RETRY_MS)
  }
}

async function modeOf(client: Redis): Promise<Mode> {
  await client.ping()
  const [server, cluster] = [await client.info('server'), await client.info('cluster')]
  // Valkey calls it server_mode.
  if (/(?:redis|server)_mode:sentinel/.test(server)) throw new Error('SENTINEL')
  if (!/cluster_enabled:1/.test(cluster)) return 'single'
  // A client of the cluster would wait for slots that nobody serves. Where it may not be asked, that shows later.
  const state = await client.call('CLUSTER', 'INFO').catch(() => '')
  if (/cluster_state:fail/.test(String(state))) throw new Error('CLUSTERDOWN')
  return 'cluster'
}

/**
 * The error, or what the server says to a new connection where the error does not tell what is wrong with it: who may not come in hears
 * so at once, and ioredis often reports no more than that the connection was reset.
 */
export async function tellingError(redis: RedisClient, error: Error): Promise<Error> {
  const greeting = redisTrouble(error) ? null : await greetingOf(redis)
  return greeting === null ? error : new Error(greeting, { cause: error })
}

/** The error with which the server greets; null where it waits to be asked. */
async function greetingOf(redis: RedisClient): Promise<string | null> {
  const node = redis instanceof Cluster ? redis.nodes('master')[0] : redis
  if (!node) return null
  const { host = 'localhost', port = 6379, path } = node.options
  return await new Promise((resolve) => {
    const socket = connectTcp(path ? { path } : { host, port })
    const end = (said: string | null) => (): void => {
      socket.destroy()
      resolve(said)
    }
    socket.once('data', (data) => end(/^-(.+)/.exec(String(data))?.[1]?.trim() ?? null)())
    socket.setTimeout(GREETS_WITHIN_MS, end(null)).once('error', end(null)).once('close', end(null))
  })
}

/** The host alone, since a URL may hold a password that nobody should read. */
function addressOf(url: string): string {
  return url.startsWith('/') ? url : new URL(url).host
}
