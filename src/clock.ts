// The clocks a bot can run on: the system's, or a drill's that it asks over HTTP.
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { Clock } from './core/ports.ts'

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}).catch(() => undefined),
  speed: () => 1,
}

const answer = z.object({ nowMs: z.number(), speed: z.number() })

/** How often the drill is asked for the time; between two answers it is taken to stand still, so that it is never passed. */
const ASK_EVERY_MS = 25
/** After an answer that failed: the drill may be starting, or gone. */
const ASK_AGAIN_MS = 250

export type DrillClock = Clock & { close(): void }

/** Follows `GET url` -> { nowMs, speed }; `GET url?until=<ms>` answers when that time has come. Rejects when there is no drill. */
export async function drillClock(url: string): Promise<DrillClock> {
  const closed = new AbortController()
  let last = await ask(url, closed.signal)
  const follow = async (): Promise<void> => {
    while (!closed.signal.aborted) {
      await delay(ASK_EVERY_MS, undefined, { signal: closed.signal }).catch(() => undefined)
      last = await ask(url, closed.signal).catch(() => last)
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
          last = await ask(until.href, either)
          return
        } catch {
          await delay(ASK_AGAIN_MS, undefined, { signal: either }).catch(() => undefined)
        }
      }
    },
    close: () => closed.abort(),
  }
}

async function ask(url: string, signal: AbortSignal) {
  const response = await fetch(url, { signal })
  return answer.parse(await response.json())
}
