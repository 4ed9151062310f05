// The link to the status message, which every answer about a migration ends with: there everybody sees what one person was told of. It only
// adds to the answer, so it is asked for once and for a short time, and where Slack does not say it the answer goes without.
import { setTimeout as delay } from 'node:timers/promises'
import { WebClient } from '@slack/web-api'
import { inLines, link } from '../../core/model/text.ts'
import type { PostedMessage, UseCases } from '../../core/ports.ts'
import type { SlackConfig } from '../config.ts'
import { loggerOf } from '../logger.ts'

/** The address of a message; null where Slack does not say it. Never throws. */
export type Permalink = (message: PostedMessage) => Promise<string | null>

/** By what links are asked for. */
export type Linking = {
  readonly operations: Pick<UseCases, 'statusMessage'>
  readonly permalink: Permalink
  readonly onError: (error: Error) => void
}

/** An answer, and the migration that it is about: `isNew` where its status message may be on its way still. */
export type Said = {
  readonly text: string
  readonly about: string | null
  readonly isNew?: boolean
}

/** Real ms for which Slack may think about an address, and for which a new status message is waited for. */
const ADDRESS_WITHIN_MS = 1_000
const POSTED_WITHIN_MS = 500
const LOOKS_EVERY_MS = 50
/** Addresses that a process keeps: a migration has one, unless somebody deletes its status message. */
const KEPT_MAX = 1_000

/** Asks Slack, once for each message. `onError` gets why there is no address. */
export function permalinks({ botToken, apiUrl }: SlackConfig, onError: (error: Error) => void): Permalink {
  const client = new WebClient(botToken, {
    timeout: ADDRESS_WITHIN_MS,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: loggerOf(() => undefined),
    ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
  })
  const kept = new Map<string, string>()
  return async ({ channel, ts }) => {
    const key = `${channel} ${ts}`
    const known = kept.get(key)
    if (known !== undefined) return known
    try {
      const { permalink = null } = await client.chat.getPermalink({ channel, message_ts: ts })
      if (kept.size >= KEPT_MAX) kept.clear()
      if (permalink !== null) kept.set(key, permalink)
      return permalink
    } catch (error) {
      onError(error as Error)
      return null
    }
  }
}

/** The answer with the link at its end. Never throws: what was asked is done by then. */
export async function linked({ text, about, isNew = false }: Said, linking: Linking): Promise<string> {
  if (about === null) return text
  if (isNew) await posted(about, linking).catch(linking.onError)
  const there = await statusLink(about, linking)
  return there === null ? text : inLines([text, there])
}

/** The link to the status message of a migration; null while none is posted, and where nobody can say. */
export async function statusLink(id: string, { operations, permalink, onError }: Linking): Promise<string | null> {
  try {
    const message = await operations.statusMessage(id)
    const address = message && (await permalink(message))
    return address ? link(address, `Status message of ${id}`) : null
  } catch (error) {
    onError(error as Error)
    return null
  }
}

/** Waits until the status message is posted, or long enough. */
async function posted(id: string, { operations }: Linking): Promise<void> {
  for (let waitedMs = 0; waitedMs < POSTED_WITHIN_MS; waitedMs += LOOKS_EVERY_MS) {
    if (await operations.statusMessage(id)) return
    await delay(LOOKS_EVERY_MS)
  }
}
