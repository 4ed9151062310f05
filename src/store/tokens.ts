// Our own token buckets, one a kind of call, in Redis for all workers. EC2's own buckets are drained by everybody in
// the account: the rates of ours begin near EC2's, give way when EC2 refuses a call, and grow back while it does not. A
// refused call helps nobody in an outage, and neither does a rate that leaves to others what they do not ask for.
//
// A less urgent job leaves tokens in the bucket for more urgent ones: a queue alone does not keep the order, since many
// of its jobs, in many processes, ask for the same token at once.

import type { Call } from '../core/model/effects.ts'
import { CALLS, GIVE_WAY, RATE_BACK_MS, type Rate } from '../core/model/limits.ts'
import type { Keys } from './keys.ts'
import type { RedisClient } from './redis.ts'

/** Token buckets, one a kind of call. Times are ms of the clock handed in, which is simulated in a drill. */
export type Tokens = {
  /** 0: a token was taken; else the ms until there is one more. Priority 2 leaves one in the bucket, 3 leaves two. */
  take(call: Call, priority: number): Promise<number>
  /** EC2 refused a call that had its token: empties the bucket and lowers its rate, which grows back with time. */
  refused(call: Call): Promise<void>
}

/**
 * Computes what the bucket holds by now, on the clock handed in. `share` is the part of the rate at which it fills; it
 * grows by `growth` a ms until it is 1, so that the tokens added are the area below it, times the rate. The hash has
 * tokens and share as they were at one time, `at`.
 */
const REFILL = `
local burst, perMs, now, growth = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'share', 'gaveWayAt')
local tokens, at, share = tonumber(held[1]) or burst, tonumber(held[2]) or now, tonumber(held[3]) or 1
local function area(ms)
  local growing = math.min(ms, (1 - share) / growth)
  return share * growing + growth * growing * growing / 2 + ms - growing
end
local passed = math.max(0, now - at)
tokens = math.min(burst, tokens + area(passed) * perMs)
share = math.min(1, share + growth * passed)
at = math.max(at, now)
`

/** The wait is the time in which the area below the share comes to what is missing of the next whole token. */
const TAKE = `${REFILL}
local needed, wait = tonumber(ARGV[5]), 0
if tokens >= needed then
  tokens = tokens - 1
else
  local missing, growing = (1 - tokens % 1) / perMs, (1 - share) / growth
  if missing < area(growing) then
    wait = (math.sqrt(share * share + 2 * growth * missing) - share) / growth
  else
    wait = growing + missing - area(growing)
  end
end
redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', at, 'share', share)
redis.call('PEXPIRE', KEYS[1], 3600000)
return math.ceil(wait)
`

/** Calls under way together are refused together, so only the first refusal within `asOne` ms lowers the share. */
const REFUSED = `${REFILL}
local factor, least, asOne, gaveWayAt = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(held[4])
if not gaveWayAt or now - gaveWayAt >= asOne then
  share, gaveWayAt = math.max(least, share * factor), now
end
redis.call('HSET', KEYS[1], 'tokens', 0, 'at', at, 'share', share, 'gaveWayAt', gaveWayAt)
redis.call('PEXPIRE', KEYS[1], 3600000)
`

/** `now` in ms. A bucket that nobody uses for an hour of real time expires, and is full again. */
export function redisTokens(redis: RedisClient, keys: Keys, now: () => number): Tokens {
  const run = async (script: string, call: Call, ...more: readonly number[]): Promise<unknown> => {
    const { burst, perSecond }: Rate = CALLS[call]
    const numbers = [burst, perSecond / 1000, Math.round(now()), SHARE_GROWTH_PER_MS, ...more]
    return await redis.eval(script, 1, keys.of('tokens', call), ...numbers)
  }
  return {
    take: async (call, priority) => Number(await run(TAKE, call, priority)),
    async refused(call) {
      const { factor, leastShare, asOneMs } = GIVE_WAY
      await run(REFUSED, call, factor, leastShare, asOneMs)
    },
  }
}

const SHARE_GROWTH_PER_MS = (1 - GIVE_WAY.leastShare) / RATE_BACK_MS
