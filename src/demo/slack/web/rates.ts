// Slack's rate limits, in real time: a bucket for each method, for chat.postMessage one for each channel. Slack publishes
// rates ("50+ a minute", "one a second, short bursts") but no burst sizes; those here are ours, and small.
const TIER_2 = { aMinute: 20, burst: 8 }
const TIER_3 = { aMinute: 50, burst: 20 }
const TIER_4 = { aMinute: 100, burst: 40 }
const ONE_A_SECOND = { aMinute: 60, burst: 5 }

const RATES: Readonly<Record<string, { readonly aMinute: number; readonly burst: number }>> = {
  'chat.postMessage': ONE_A_SECOND,
  'chat.postEphemeral': TIER_4,
  'chat.update': TIER_3,
  'chat.delete': TIER_3,
  'conversations.info': TIER_3,
  'conversations.members': TIER_4,
  'files.completeUploadExternal': TIER_4,
  'files.getUploadURLExternal': TIER_4,
  'pins.add': TIER_2,
  'usergroups.users.list': TIER_2,
  'users.info': TIER_4,
  'views.open': TIER_4,
  'views.update': TIER_4,
}

/** The rate limits of all methods, each call using up what it takes. */
export type Rates = {
  /** Whether a call may go on: 0, or the whole seconds after which to ask again. */
  retryAfterSeconds(method: string, channel: string): number
}

/** Begins with full buckets; `steadyMs` is real time in ms. A method without a rate is never limited. */
export function openRates(steadyMs: () => number): Rates {
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  return {
    retryAfterSeconds(method, channel) {
      const rate = RATES[method]
      if (!rate) return 0
      const key = method === 'chat.postMessage' ? `${method} ${channel}` : method
      const before = buckets.get(key) ?? { tokens: rate.burst, atMs: steadyMs() }
      const gained = ((steadyMs() - before.atMs) / 60_000) * rate.aMinute
      const tokens = Math.min(rate.burst, before.tokens + gained)
      buckets.set(key, { tokens: tokens < 1 ? tokens : tokens - 1, atMs: steadyMs() })
      return tokens < 1 ? Math.ceil(((1 - tokens) / rate.aMinute) * 60) : 0
    },
  }
}
