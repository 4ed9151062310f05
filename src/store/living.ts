// Which versions of zonehop run on this Redis: each process says so now and then, and is forgotten when it does not.
import type { Redis } from 'ioredis'

/** A process that has not spoken for so long is gone; several times what lies between two of its heartbeats. */
const LIVES_FOR_SECONDS = 60
/** Newer versions that are asked for; nobody runs ten at once. */
const NEWER_MAX = 10

export type Living = {
  announce(version: number): Promise<void>
  /** Whether any process of a newer version than this runs. */
  isNewer(version: number): Promise<boolean>
}

export function redisLiving(redis: Redis): Living {
  const key = (version: number): string => `zonehop:living:${version}`
  return {
    announce: async (version) => void (await redis.set(key(version), '1', 'EX', LIVES_FOR_SECONDS)),
    async isNewer(version) {
      const newer = Array.from({ length: NEWER_MAX }, (_, index) => key(version + index + 1))
      return (await redis.exists(...newer)) > 0
    },
  }
}
