// Which events of Slack were heard by any process, in Redis, so that one that is sent again to another process does nothing there either.
import type { Hearing } from '../core/ports.ts'
import type { Keys } from './keys.ts'
import type { RedisClient } from './redis.ts'

/** Slack sends an event again at once, after a minute and after five (Events API, "Retries"). */
const REMEMBERED_SECONDS = 3_600

/** One key for each event, which expires. */
export function redisHearing(redis: RedisClient, keys: Keys): Hearing {
  return {
    isFirst: async (event) => (await redis.set(keys.of('heard', event), '1', 'EX', REMEMBERED_SECONDS, 'NX')) === 'OK',
  }
}
