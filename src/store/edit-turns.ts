// Whose turn it is to edit a message: one token bucket and one line of those who wait, in Redis for all migrations and processes.
//
// Slack counts chat.update for the whole workspace, and answers 429 to whoever comes next, be it a gate. So every edit takes a
// turn first. A bucket alone would serve whoever happens to ask when a token falls; the line is by urgency and then by who asked
// first, so that each of many migrations has its round. Who stands behind others is served at once where there are tokens for
// those before it too, so that nobody waits for one who asks a little late. Time is Redis's own and real, as Slack's is; the clock of
// a drill has no say here.

import type { Keys } from './keys.ts'
import type { RedisClient } from './redis.ts'

/**
 * `gate`: people wait for it. `progress`: may be late, and leaves a token for gates. `proof`: edits what is shown already; it never
 * stands in line, and has its turn only while nobody does.
 */
export type EditUrgency = 'gate' | 'progress' | 'proof'

/** The turns of one installation. */
export type EditTurns = {
  /** 0: the turn was taken. Else the real ms after which to ask again; `who` keeps its place in line by asking. */
  ask(who: string, urgency: EditUrgency): Promise<number>
  /** Slack put off an edit that had its turn: nobody has one for so many real ms, nor out of what had gathered before. */
  refused(retryAfterMs: number): Promise<void>
}

/**
 * chat.update is Tier 3: "50+ per minute" a method and workspace (Slack, rate limits). At most 2.3 + 60 x 0.61, which is 38 whole
 * turns, in any minute: two edits that are longer under way than those behind them still make no more than 40 (bench:slack has seen
 * one). What the bucket holds beyond two makes up for progress that asks half a second late, which needs two.
 */
export const EDITS = { burst: 2.3, perSecond: 0.61 } as const
/** Real ms between two asks of one who waits, at most: by this it is seen that it still does. */
const ASK_AGAIN_MS = 2_000
/**
 * Real ms without an ask after which a place in line is given up: one ask may be late, and a process that is held up for longer loses
 * its jobs to others after 5 s (jobs/worker.ts). Until then those of a dead one hold up all behind them.
 */
const GONE_AFTER_MS = 4_000
/** Real ms for which turns rest at most, also where the clock of another Redis is behind: a minute is what Slack counts. */
const REST_MAX_MS = 60_000
/** The place of each urgency in line, and how many tokens it leaves in the bucket. */
const PLACES: Readonly<Record<EditUrgency, { readonly rank: number; readonly leaves: number }>> = {
  gate: { rank: 0, leaves: 0 },
  progress: { rank: 1, leaves: 1 },
  proof: { rank: 2, leaves: 1 },
}

/** Computes what the bucket holds by now. `at` is when it held `tokens`; it lies ahead while turns rest. */
const REFILL = `
local now, burst, perMs, restMax = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(held[1]) or burst
local at = math.min(tonumber(held[2]) or now, now + restMax)
tokens = math.min(burst, tokens + math.max(0, now - at) * perMs)
at = math.max(at, now)
`

/** A score is the rank times more ms than have passed since 1970, and the ms of the first ask. */
const ASK = `${REFILL}
local who, rank, leaves, askAgain, goneAfter = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now - goneAfter)) do
  redis.call('ZREM', KEYS[2], gone)
  redis.call('ZREM', KEYS[3], gone)
end
local before
if rank == 2 then -- a proof
  before = redis.call('ZCARD', KEYS[2]) > 0 and burst or 0
else
  redis.call('ZADD', KEYS[2], 'NX', rank * 1e14 + now, who)
  redis.call('ZADD', KEYS[3], now, who)
  before = redis.call('ZRANK', KEYS[2], who)
end
local needed, wait = before + 1 + leaves, 0
if tokens >= needed then
  tokens = tokens - 1
  redis.call('ZREM', KEYS[2], who)
  redis.call('ZREM', KEYS[3], who)
else
  wait = math.max(1, math.min(askAgain, (needed - tokens) / perMs + at - now))
end
redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', at)
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, 3600000) end
return math.ceil(wait)
`

const REFUSED = `${REFILL}
redis.call('HSET', KEYS[1], 'tokens', 0, 'at', math.max(at, now + tonumber(ARGV[5])))
redis.call('PEXPIRE', KEYS[1], 3600000)
`

/** `now` in ms; null: Redis's own clock. What nobody uses for an hour expires, and the bucket is full again. */
export function redisEditTurns(redis: RedisClient, keys: Keys, now: (() => number) | null): EditTurns {
  const names = [keys.of('edit-turns'), keys.of('edit-turns', 'line'), keys.of('edit-turns', 'asked')]
  const run = async (script: string, ...more: readonly (string | number)[]): Promise<unknown> => {
    const bucket = [now ? now() : '', EDITS.burst, EDITS.perSecond / 1000, REST_MAX_MS]
    return await redis.eval(script, names.length, ...names, ...bucket, ...more)
  }
  return {
    async ask(who, urgency) {
      const { rank, leaves } = PLACES[urgency]
      return Number(await run(ASK, who, rank, leaves, ASK_AGAIN_MS, GONE_AFTER_MS))
    },
    refused: async (retryAfterMs) => void (await run(REFUSED, retryAfterMs)),
  }
}
