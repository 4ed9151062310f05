// What zonehop needs of Redis is tried, on keys of its own that are gone again: all that a managed one may not let it do at start-up, since
// a refusal inside an outage would come too late, and from then on whether an entry would be kept.
import { setTimeout as delay } from 'node:timers/promises'
import type { Keys } from './keys.ts'
import { type RedisClient, tellingError } from './redis.ts'
import { redisTrouble } from './redis-trouble.ts'

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
      throw new Error(refusalOf(what, error as Error), { cause: error })
    }
  }
}

/** A command that is not allowed, or not known, is the one thing that rights put right. */
function refusalOf(what: string, { name, message }: Error): string {
  const trouble = redisTrouble(new Error(message))
  if (trouble && !/\bNOPERM\b/.test(message)) {
    return `Redis does not serve us: ${trouble.what}. What to do: ${trouble.remedy}.`
  }
  return name === 'ReplyError'
    ? `Redis does not let zonehop ${what} (${message}): allow it, as the README's ACL does.`
    : `Redis did not answer when zonehop tried to ${what} (${message}): see that it is up, then start zonehop again.`
}

const ANSWERS_WITHIN_MS = 5_000
/** The key is of no use to anybody, so it goes by itself. */
const KEPT_SECONDS = 60

/**
 * Writes a key of ours, as an entry would be written: a Redis that only reads keeps no journal. Throws why it did not; where the connection
 * was lost, with what the server says to a new one, if it says anything.
 */
export async function tryWrite(redis: RedisClient, keys: Keys): Promise<void> {
  try {
    const written = redis.set(keys.of('written'), '1', 'EX', KEPT_SECONDS).then(() => true)
    const isWritten = await Promise.race([written, delay(ANSWERS_WITHIN_MS, false, { ref: false })])
    if (!isWritten) throw new Error('Redis does not answer')
  } catch (error) {
    throw await tellingError(redis, error as Error)
  }
}
