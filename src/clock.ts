// The clocks that a process can run on: the system's, or a drill's, which it reads over HTTP.
import { Agent, get, type RequestOptions } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { Clock } from './core/ports.ts'

/** Real time, at speed 1. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}).catch(() => undefined),
  speed: () => 1,
}

const answer = z.object({ nowMs: z.number(), speed: z.number() })
type Answer = z.infer<typeof answer>

/** Real ms between two reads of the drill's time, which stands still here meanwhile, so that it is never overtaken. */
const ASK_EVERY_MS = 25
/** Real ms until a failed request is repeated: the drill may be starting, or gone. */
const ASK_AGAIN_MS = 250
/** Real ms after which a request for the time that has no answer is given up, and made again. */
const ANSWER_WITHIN_MS = 5_000

/** A clock that follows a drill; `close` stops following, and ends every sleep. */
export type DrillClock = Clock & { close(): void }

/**
 * Follows `GET url` -> { nowMs, speed }, always on one connection, by which the drill knows who follows it. A sleep is
 * `GET url?until=<ms>`, which answers when that time has come. Rejects where no drill answers.
 */
export async function drillClock(url: string): Promise<DrillClock> {
  const closed = new AbortController()
  const following = new Agent({ keepAlive: true, maxSockets: 1 })
  const askNow = (): Promise<Answer> => askDemoClock(url, { agent: following, timeout: ANSWER_WITHIN_MS })
  let last = await askNow()
  // One answer may overtake another; an older one must not turn the time back.
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

/** One request. Aborting it closes the connection, which the drill takes as the end of a sleep. */
async function askDemoClock(url: string, options: RequestOptions): Promise<Answer> {
  const body = await new Promise<string>((resolve, reject) => {
    const request = get(url, options, (response) => text(response).then(resolve, reject))
    request.once('error', reject).once('timeout', () => request.destroy(new Error('no answer')))
  })
  return answer.parse(JSON.parse(body))
}
