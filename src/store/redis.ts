// Connections to Redis. One for commands; BullMQ workers need their own, which may wait for ever.
import { Redis } from 'ioredis'

/** Commands fail after a few seconds without Redis, so that a person hears of it. The URL may be a socket's path. */
export function connect(url: string): Redis {
  return new Redis(url, { maxRetriesPerRequest: 3 })
}

/** For BullMQ workers: blocking reads outlive a Redis restart. */
export function connectBlocking(url: string): Redis {
  return new Redis(url, { maxRetriesPerRequest: null })
}

/** Throws the sentence for the person who starts zonehop when nothing answers there, or what answers refuses. */
export async function requireRedis(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
  // A command only says that the connection is closed; why was said before.
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

/** A URL may hold a password, which is nobody's to read. */
function addressOf(url: string): string {
  return url.startsWith('/') ? url : new URL(url).host
}
