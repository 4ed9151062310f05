// The token buckets in memory, by the same contract as those in Redis; and turns to edit where no Slack counts them.
import type { Turns } from '../../jobs/turns.ts'
import type { Call } from '../../src/core/model/effects.ts'
import { CALLS, GIVE_WAY, RATE_BACK_MS, type Rate } from '../../src/core/model/limits.ts'
import type { Tokens } from '../../src/store/tokens.ts'

type Bucket = {
  readonly tokens: number
  readonly atMs: number
  /** The part of the rate at which it fills now. */
  readonly share: number
  readonly gaveWayAtMs: number
}

const GROWTH_PER_MS = (1 - GIVE_WAY.leastShare) / RATE_BACK_MS

/** Always free: Slack's limits are real time, for which neither trials nor tests of what is said wait. */
export const FREE_TURNS: Turns = { take: async () => true, wait: async () => undefined, refused: async () => undefined }

export function memoryTokens(now: () => number): Tokens {
  const buckets = new Map<Call, Bucket>()
  const refilled = (call: Call): Bucket => {
    const { burst, perSecond }: Rate = CALLS[call]
    const bucket = buckets.get(call) ?? { tokens: burst, atMs: now(), share: 1, gaveWayAtMs: Number.NEGATIVE_INFINITY }
    const passedMs = Math.max(0, now() - bucket.atMs)
    const tokens = Math.min(burst, bucket.tokens + (areaOf(bucket.share, passedMs) * perSecond) / 1000)
    const share = Math.min(1, bucket.share + GROWTH_PER_MS * passedMs)
    return { ...bucket, tokens, share, atMs: Math.max(bucket.atMs, now()) }
  }
  return {
    async take(call, priority) {
      const bucket = refilled(call)
      const { tokens, share } = bucket
      const isTaken = tokens >= priority
      buckets.set(call, { ...bucket, tokens: isTaken ? tokens - 1 : tokens })
      return isTaken ? 0 : Math.ceil(waitOf(share, ((1 - (tokens % 1)) * 1000) / CALLS[call].perSecond))
    },
    async refused(call) {
      const bucket = refilled(call)
      const isOne = now() - bucket.gaveWayAtMs < GIVE_WAY.asOneMs
      const share = Math.max(GIVE_WAY.leastShare, bucket.share * GIVE_WAY.factor)
      buckets.set(call, { ...bucket, tokens: 0, ...(isOne ? {} : { share, gaveWayAtMs: now() }) })
    },
  }
}

/** In ms at the whole rate: what fills in this time while the share grows. */
function areaOf(share: number, ms: number): number {
  const growingMs = Math.min(ms, (1 - share) / GROWTH_PER_MS)
  return share * growingMs + (GROWTH_PER_MS * growingMs * growingMs) / 2 + ms - growingMs
}

/** The time in which so much fills. */
function waitOf(share: number, missingMs: number): number {
  const growingMs = (1 - share) / GROWTH_PER_MS
  const area = areaOf(share, growingMs)
  if (missingMs >= area) return growingMs + missingMs - area
  return (Math.sqrt(share * share + 2 * GROWTH_PER_MS * missingMs) - share) / GROWTH_PER_MS
}
