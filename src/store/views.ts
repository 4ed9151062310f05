// Beside the journal, and may be lost: the last progress sample, and which Slack message shows what.
import type { Redis } from 'ioredis'
import type { Progress } from '../core/progress.ts'

export type Views = {
  saveProgress(id: string, progress: Progress): Promise<void>
  progress(id: string): Promise<Progress | null>
  /** Message timestamps and the digests of what they last said, by key: `status`, `gate-start` ... */
  posted(id: string): Promise<Record<string, string>>
  remember(id: string, key: string, value: string): Promise<void>
}

export function redisViews(redis: Redis): Views {
  return {
    saveProgress: async (id, progress) => void (await redis.set(`zonehop:progress:${id}`, JSON.stringify(progress))),
    progress: async (id) => {
      const text = await redis.get(`zonehop:progress:${id}`)
      return text === null ? null : (JSON.parse(text) as Progress)
    },
    posted: (id) => redis.hgetall(`zonehop:posted:${id}`),
    remember: async (id, key, value) => void (await redis.hset(`zonehop:posted:${id}`, key, value)),
  }
}
