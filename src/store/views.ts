// What is kept beside the journal and may be lost: the last progress sample, and which Slack message shows what.

import type { Progress } from '../core/telling/progress.ts'
import type { Keys } from './keys.ts'
import type { RedisClient } from './redis.ts'

/** Kept by the migration's id. */
export type Views = {
  /** Does nothing where a newer sample is kept. */
  saveProgress(id: string, progress: Progress): Promise<void>
  /** Null where no sample is kept. */
  progress(id: string): Promise<Progress | null>
  /** By key (`status`, `entry-7` ...): a message's timestamp, a space, and the digest of its last content. */
  posted(id: string): Promise<Record<string, string>>
  remember(id: string, key: string, value: string): Promise<void>
}

/** The newest sample stays: a tick that was suspended must not replace it by the older one that it took. */
const SAVE = `
local newest = tonumber(redis.call('GET', KEYS[2]) or '')
if newest and newest > tonumber(ARGV[2]) then return end
redis.call('MSET', KEYS[1], ARGV[1], KEYS[2], ARGV[2])
`

/** Progress as JSON in a key of its own, messages in one hash a migration. */
export function redisViews(redis: RedisClient, keys: Keys): Views {
  return {
    async saveProgress(id, progress) {
      const both = [keys.of('progress', id), keys.of('progress-at', id)]
      await redis.eval(SAVE, both.length, ...both, JSON.stringify(progress), progress.atMs)
    },
    progress: async (id) => {
      const text = await redis.get(keys.of('progress', id))
      return text === null ? null : (JSON.parse(text) as Progress)
    },
    posted: (id) => redis.hgetall(keys.of('posted', id)),
    remember: async (id, key, value) => void (await redis.hset(keys.of('posted', id), key, value)),
  }
}

/** The timestamp in what is remembered of a message; empty where it is not posted. */
export function tsOf(remembered: string | undefined): string {
  return remembered?.split(' ')[0] ?? ''
}
