// Token buckets of ours, one a kind of call, in Redis for all workers: EC2's own are drained by everybody in the account, and
// a refused call helps nobody in an outage. Ten percent is left to people at the console.
//
// Who is less urgent leaves tokens in the bucket for who is more: a queue alone does not keep the order, since many of its jobs,
// in many processes, ask for the same token at once.
import type { Redis } from 'ioredis'
import type { Call } from '../core/effects.ts'
import { CALLS, type Rate } from '../core/limits.ts'

export type Tokens = {
  /** 0: a token is taken. Else the ms until there is one more. Of priority 2, one has to be left, of 3, two. */
  take(call: Call, priority: number): Promise<number>
}

/** Refills by the time that passed since the bucket was last asked, on the clock handed in. */
const TAKE = `
local burst, perMs, now, needed = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(held[1]) or burst, tonumber(held[2]) or now
tokens = math.min(burst, tokens + math.max(0, now - at) * perMs)
local wait = 0
if tokens >= needed then tokens = tokens - 1 else wait = math.ceil((1 - tokens % 1) / perMs) end
redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', math.max(at, now))
redis.call('PEXPIRE', KEYS[1], 3600000)
return wait
`

export function redisTokens(redis: Redis, now: () => number): Tokens {
  return {
    async take(call, priority) {
      const { burst, perSecond }: Rate = CALLS[call]
      const numbers = [burst, perSecond / 1000, Math.round(now()), priority]
      return Number(await redis.eval(TAKE, 1, `zonehop:tokens:${call}`, ...numbers))
    },
  }
}
