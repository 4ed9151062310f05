// Migrations whose last word is not said yet. Whoever nudges what runs nudges those too: nothing else would say it of a migration that
// is over. It is kept in Redis, since the process that was refused by Slack may die before it could try again.
import type { Keys } from './keys.ts'
import type { RedisClient } from './redis.ts'

/** Ids of migrations; all of it may be lost, and costs then a last word at most. */
export type Untold = {
  all(): Promise<readonly string[]>
  add(ids: readonly string[]): Promise<void>
  remove(id: string): Promise<void>
}

/** One set. */
export function redisUntold(redis: RedisClient, keys: Keys): Untold {
  const key = keys.of('untold')
  return {
    all: () => redis.smembers(key),
    async add(ids) {
      if (ids.length > 0) await redis.sadd(key, ...ids)
    },
    remove: async (id) => void (await redis.srem(key, id)),
  }
}
