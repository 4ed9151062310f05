// Tells the threads while Redis cannot be reached, or takes no entries: then nothing can be decided or appended, so what is said rests on
// what this process knew last. It runs beside the bot, which people write to; two bots may both say it.
import { setTimeout as delay } from 'node:timers/promises'
import { clockTime } from '../src/core/model/text.ts'
import type { Clock } from '../src/core/ports.ts'
import { duration, textMessage } from '../src/slack/messages/blocks.ts'
import type { Journal } from '../src/store/journal.ts'
import { redisTrouble } from '../src/store/redis-trouble.ts'
import { tsOf, type Views } from '../src/store/views.ts'
import type { Speaker } from './speak.ts'

/** What the watch works on; `tryToWrite` rejects while Redis keeps nothing, with why. */
export type RedisWatchPorts = {
  readonly tryToWrite: () => Promise<unknown>
  readonly journal: Pick<Journal, 'running' | 'read'>
  readonly views: Pick<Views, 'posted'>
  readonly speaker: Pick<Speaker, 'post'>
  readonly clock: Pick<Clock, 'now'>
  readonly onError: (error: Error) => void
}

/** Real ms between two looks, and after how many ms of Clock it is said: nobody should wait a minute without a word. */
const LOOKS_EVERY_MS = 5_000
const TELLS_AFTER_MS = 20_000

/** The thread of a migration that was running when Redis last answered. */
type Thread = { readonly channel: string; readonly ts: string | null }

function silentText(error: unknown, sinceMs: number): string {
  const trouble = redisTrouble(error)
  const since = `since ${clockTime(sinceMs)}`
  const what = trouble ? `takes no entries ${since}: ${trouble.what}` : `cannot be reached ${since}`
  const next = trouble?.remedy ?? 'start it, or look at the network between it and zonehop'
  return `Redis, which keeps the journal, ${what}. Until that is over nothing is decided, begun or taken back, and buttons and commands are not heard; what AWS was asked for goes on there. What to do: ${next}.`
}

/** One look after another until `stop` aborts; never rejects. */
export async function watchRedis(ports: RedisWatchPorts, stop: AbortSignal): Promise<void> {
  const look = redisWatch(ports)
  while (!stop.aborted) {
    await look()
    await delay(LOOKS_EVERY_MS, undefined, { signal: stop }).catch(() => undefined)
  }
}

/** Returns a function that takes one look, and says what is news. */
export function redisWatch({
  tryToWrite,
  journal,
  views,
  speaker,
  clock,
  onError,
}: RedisWatchPorts): () => Promise<void> {
  let threads: readonly Thread[] = []
  let awaySinceMs: number | null = null
  let isTold = false

  async function say(text: string): Promise<void> {
    for (const { channel, ts } of threads) {
      await speaker.post(channel, ts, textMessage(text)).catch((error: unknown) => onError(error as Error))
    }
  }

  async function threadsNow(): Promise<Thread[]> {
    const running = await Promise.all((await journal.running()).map((id) => journal.read(id)))
    const known = running.flatMap((m) => m ?? [])
    return await Promise.all(
      known.map(async ({ id, channel }) => ({
        channel,
        ts: tsOf((await views.posted(id)).status) || null,
      })),
    )
  }

  return async () => {
    try {
      await tryToWrite()
      if (awaySinceMs !== null && isTold) {
        const lasted = duration(clock.now() - awaySinceMs)
        await say(`Redis is back after ${lasted}: everything goes on from the journal and from what EC2 shows.`)
      }
      awaySinceMs = null
      isTold = false
      threads = await threadsNow()
    } catch (error) {
      awaySinceMs ??= clock.now()
      if (isTold || clock.now() - awaySinceMs < TELLS_AFTER_MS) return
      isTold = true
      // One that takes no entries may still be read.
      threads = await threadsNow().catch(() => threads)
      await say(silentText(error, awaySinceMs))
    }
  }
}
