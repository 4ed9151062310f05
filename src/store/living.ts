// Which versions of zonehop run on this Redis: each worker process announces its own at intervals, or is forgotten.

import type { Keys } from './keys.ts'
import type { RedisClient } from './redis.ts'

/** A process that has announced nothing for this long is gone: several times the interval of its heartbeat. */
const LIVES_FOR_SECONDS = 60
/** How many newer versions are looked up; nobody runs ten at once. */
const NEWER_MAX = 10

/** Which versions are running; a version is that of the journal (JOURNAL_VERSION). */
export type Living = {
  /** Counts as running for a minute. */
  announce(version: number): Promise<void>
  /** Whether any process of a newer version than this runs. */
  isNewer(version: number): Promise<boolean>
}

/** One key a version, which expires unless it is announced again. */
export function redisLiving(redis: RedisClient, keys: Keys): Living {
  const key = (version: number): string => keys.of('living', version)
  return {
    announce: async (version) => void (await redis.set(key(version), '1', 'EX', LIVES_FOR_SECONDS)),
    async isNewer(version) {
      const newer = Array.from({ length: NEWER_MAX }, (_, index) => key(version + index + 1))
      return (await redis.exists(...newer)) > 0
    },
  }
}
