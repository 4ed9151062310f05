// The clocks a bot can run on: the system's, or a drill's that it asks over HTTP.
import { Agent, get, type RequestOptions } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { Clock } from './core/ports.ts'

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}).catch(() => undefined),
  speed: () => 1,
}

const answer = z.object({ nowMs: z.number(), speed: z.number() })
type Answer = z.infer<typeof answer>

/** How often the drill is asked for the time; between two answers it is taken to stand still, so that it is never passed. */
const ASK_EVERY_MS = 25
/** After an answer that failed: the drill may be starting, or gone. */
const ASK_AGAIN_MS = 250
/** A drill that does not say what time it is within this is asked again. */
const ANSWER_WITHIN_MS = 5_000

export type DrillClock = Clock & { close(): void }

/**
 * Follows `GET url` -> { nowMs, speed }, always on one connection, by which the drill knows who follows it;
 * `GET url?until=<ms>` answers when that time has come. Rejects when there is no drill.
 */
export async function drillClock(url: string): Promise<DrillClock> {
  const closed = new AbortController()
  const following = new Agent({ keepAlive: true, maxSockets: 1 })
  const askNow = (): Promise<Answer> => askDemoClock(url, { agent: following, timeout: ANSWER_WITHIN_MS })
  let last = await askNow()
  // Two answers may overtake each other; time does not run backwards.
  const hear = (heard: Answer): void => {
    if (heard.nowMs >= last.nowMs) last = heard
  }
  const follow = async (): Promise<void> => {
    while (!closed.signal.aborted) {
      await delay(ASK_EVERY_MS, undefined, { signal: closed.signal }).catch(() => undefined)
      await askNow().then(hear, () => undefined)
    }
  }
  void follow()
  return {
    now: () => last.nowMs,
    speed: () => last.speed,
    async sleep(ms, signal) {
      const until = new URL(url)
      until.searchParams.set('until', String(last.nowMs + ms))
      const either = AbortSignal.any([closed.signal, ...(signal ? [signal] : [])])
      while (!either.aborted) {
        try {
          return hear(await askDemoClock(until.href, { agent: false, signal: either }))
        } catch {
          await delay(ASK_AGAIN_MS, undefined, { signal: either }).catch(() => undefined)
        }
      }
    },
    close: () => {
      closed.abort()
      following.destroy()
    },
  }
}

/** Aborting hangs up, which the drill takes as the end of a sleep. */
async function askDemoClock(url: string, options: RequestOptions): Promise<Answer> {
  const body = await new Promise<string>((resolve, reject) => {
    const request = get(url, options, (response) => text(response).then(resolve, reject))
    request.once('error', reject).once('timeout', () => request.destroy(new Error('no answer')))
  })
  return answer.parse(JSON.parse(body))
}
