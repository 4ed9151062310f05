// What zonehop needs of Redis and a managed one may not let it do is tried at start-up, on keys of its own that are gone again: a refusal
// inside an outage would come too late.
import type { Keys } from './keys.ts'
import type { RedisClient } from './redis.ts'

/** As the append does: a stream is written, its node asked who it is, and the clock read, in one script. */
const WRITE = `
redis.call('XADD', KEYS[1], '1-0', 'tried', '1')
redis.call('HSET', KEYS[2], 'tried', '1')
redis.call('INFO', 'server')
redis.call('TIME')
redis.call('DEL', KEYS[1], KEYS[2])
return 1
`

/** Seconds for which the blocking read waits. */
const WAITS_SECONDS = 0.01

/** Throws a sentence for the person who starts zonehop where Redis does not let it do one of these. */
export async function requireAbilities(redis: RedisClient, keys: Keys): Promise<void> {
  const [stream, hash, set] = ['stream', 'hash', 'set'].map((name) => keys.of('tried', name)) as [
    string,
    string,
    string,
  ]
  const all: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['run a script that writes a stream and a hash, and reads INFO and TIME', () => redis.eval(WRITE, 2, stream, hash)],
    ['wait for an entry (BZPOPMIN)', () => redis.bzpopmin(set, WAITS_SECONDS)],
    ['publish to a channel', () => redis.publish(keys.of('tried'), '1')],
  ]
  for (const [what, doing] of all) {
    try {
      await doing()
    } catch (error) {
      const because = (error as Error).message
      throw new Error(`Redis does not let zonehop ${what} (${because}): allow it, as the README's ACL does.`, {
        cause: error,
      })
    }
  }
}
