// Connections to Redis, one server or a cluster: one for commands, and one for BullMQ workers, whose commands may wait for ever.
import { Cluster, Redis } from 'ioredis'

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

/**
 * How Redis is run there. Throws a sentence for the person who starts zonehop if nothing answers at `url`, or if the server refuses us.
 */
export async function requireRedis(url: string): Promise<Mode> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
  // A failed command reports only that the connection is closed; the reason comes earlier, in an error event.
  let because: string | null = null
  client.on('error', ({ message }: Error) => {
    because ??= message
  })
  try {
    await client.connect()
    await client.ping()
    return await modeOf(client)
  } catch (error) {
    because ??= (error as Error).message
    const sentence = `Redis at ${addressOf(url)} does not serve us (${because}): start it, or correct REDIS_URL.`
    throw new Error(sentence, { cause: error })
  } finally {
    client.disconnect()
  }
}

async function modeOf(client: Redis): Promise<Mode> {
  const info = await client.info('cluster')
  return /cluster_enabled:1/.test(info) ? 'cluster' : 'single'
}

/** The host alone, since a URL may hold a password that nobody should read. */
function addressOf(url: string): string {
  return url.startsWith('/') ? url : new URL(url).host
}
