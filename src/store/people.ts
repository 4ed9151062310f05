// What was last known of people, for the hours in which Slack cannot say: who was an approver yesterday is one in the outage.

import type { Person } from '../core/asking/people.ts'
import type { Acquaintances } from '../core/ports.ts'
import type { Keys } from './keys.ts'
import type { RedisClient } from './redis.ts'

/** What was known longer ago is forgotten. */
const KEPT_SECONDS = 30 * 86_400

/** One key a person, as JSON, which expires. */
export function redisAcquaintances(redis: RedisClient, keys: Keys): Acquaintances {
  return {
    remember: async (person) =>
      void (await redis.set(keys.of('person', person.id), JSON.stringify(person), 'EX', KEPT_SECONDS)),
    async recall(id) {
      const text = await redis.get(keys.of('person', id))
      return text === null ? null : (JSON.parse(text) as Person)
    },
  }
}
