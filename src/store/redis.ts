// Connections to Redis. One for commands; BullMQ workers need their own, which may wait for ever.
import { Redis } from 'ioredis'

/** Commands fail after a few seconds without Redis, so that a person hears of it. */
export function connect(url: string): Redis {
  return open(url, { maxRetriesPerRequest: 3 })
}

/** For BullMQ workers: blocking reads outlive a Redis restart. */
export function connectBlocking(url: string): Redis {
  return open(url, { maxRetriesPerRequest: null })
}

function open(url: string, options: { maxRetriesPerRequest: number | null }): Redis {
  return url.startsWith('/') ? new Redis({ path: url, ...options }) : new Redis(url, options)
}
