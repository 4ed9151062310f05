// Posts and edits messages. It has two WebClients, since a 429 on progress must not hold up a gate.
import { WebClient } from '@slack/web-api'
import { CALL_TIMEOUT_MS, type SlackConfig } from './config.ts'
import { loggerOf } from './logger.ts'
import type { Message } from './messages/blocks.ts'

/** Implements `Speaker` of jobs/speak.ts; throws what the WebClient throws. */
export function speaker({ botToken, apiUrl }: SlackConfig, onError: (error: Error) => void) {
  const options = { timeout: CALL_TIMEOUT_MS, ...(apiUrl ? { slackApiUrl: apiUrl } : {}), logger: loggerOf(onError) }
  const gates = new WebClient(botToken, options)
  const progress = new WebClient(botToken, options)
  return {
    async post(channel: string, thread: string | null, { text, blocks }: Message): Promise<string> {
      const place = { channel, ...(thread ? { thread_ts: thread } : {}) }
      const { ts } = await gates.chat.postMessage({ ...place, text, blocks })
      if (!ts) throw new Error('Slack took the message but gave no timestamp')
      return ts
    },
    async update(channel: string, ts: string, { text, blocks }: Message, isProgress: boolean): Promise<void> {
      await (isProgress ? progress : gates).chat.update({ channel, ts, text, blocks })
    },
  }
}
