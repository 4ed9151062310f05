// Connections to Redis: one for commands, and one for BullMQ workers, whose commands may wait for ever.
import { Redis } from 'ioredis'

/** Its commands fail after a few seconds without Redis, so that a person hears of it. `url` may be a socket's path. */
export function connect(url: string): Redis {
  return new Redis(url, { maxRetriesPerRequest: 3 })
}

/** For BullMQ workers: blocking reads outlive a Redis restart. */
export function connectBlocking(url: string): Redis {
  return new Redis(url, { maxRetriesPerRequest: null })
}

/** Throws a sentence for the person who starts zonehop if nothing answers at `url`, or if the server refuses us. */
export async function requireRedis(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
  // A failed command reports only that the connection is closed; the reason comes earlier, in an error event.
  let because: string | null = null
  client.on('error', ({ message }: Error) => {
    because ??= message
  })
  try {
    await client.connect()
    await client.ping()
  } catch (error) {
    because ??= (error as Error).message
    const sentence = `Redis at ${addressOf(url)} does not serve us (${because}): start it, or correct REDIS_URL.`
    throw new Error(sentence, { cause: error })
  } finally {
    client.disconnect()
  }
}

/** The host alone, since a URL may hold a password that nobody should read. */
function addressOf(url: string): string {
  return url.startsWith('/') ? url : new URL(url).host
}
