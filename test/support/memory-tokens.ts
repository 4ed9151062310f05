// The token buckets in memory, by the same contract as those in Redis.
import { CALLS, type Rate } from '../../src/core/limits.ts'
import type { Tokens } from '../../src/store/tokens.ts'

export function memoryTokens(now: () => number): Tokens {
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  return {
    async take(call, priority) {
      const { burst, perSecond }: Rate = CALLS[call]
      const perMs = perSecond / 1000
      const { tokens, atMs } = buckets.get(call) ?? { tokens: burst, atMs: now() }
      const held = Math.min(burst, tokens + Math.max(0, now() - atMs) * perMs)
      const isTaken = held >= priority
      buckets.set(call, { tokens: isTaken ? held - 1 : held, atMs: Math.max(atMs, now()) })
      return isTaken ? 0 : Math.ceil((1 - (held % 1)) / perMs)
    },
  }
}
