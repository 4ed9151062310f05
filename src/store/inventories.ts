// The last inventory of two zones that could be read, in Redis.

import type { KeptInventory } from '../core/model/facts.ts'
import type { Inventories, Zones } from '../core/ports.ts'
import type { Keys } from './keys.ts'
import type { RedisClient } from './redis.ts'

/** What is older than this says too little of a zone to plan from. */
const KEPT_SECONDS = 7 * 86_400

/** One key for two zones, as JSON, which expires. */
export function redisInventories(redis: RedisClient, keys: Keys): Inventories {
  const keyOf = ({ sourceZone, targetZone }: Zones): string => keys.of('inventory', sourceZone, targetZone)
  return {
    keep: async (zones, kept) => void (await redis.set(keyOf(zones), JSON.stringify(kept), 'EX', KEPT_SECONDS)),
    async last(zones) {
      const text = await redis.get(keyOf(zones))
      return text === null ? null : (JSON.parse(text) as KeptInventory)
    },
  }
}
