// Posts, edits and pins messages. It has three WebClients, since a 429 on an edit or a pin must not hold up what is posted.
import { WebAPIPlatformError, WebAPIRateLimitedError, WebClient } from '@slack/web-api'
import { CALL_TIMEOUT_MS, type SlackConfig, TRY_AGAIN_WITHIN_MS } from './config.ts'
import { isNoGroup } from './directory.ts'
import { loggerOf } from './logger.ts'
import type { Message } from './messages/blocks.ts'

/** Slack refuses a message for what is in it, whoever sends it and however often; `code` is its word for that. */
export class RefusedContent extends Error {
  readonly code: string
  constructor(code: string, cause: Error) {
    super(`Slack refuses a message (${code}): ${cause.message}`, { cause })
    this.code = code
  }
}

/** The message, or the one whose thread it is, is not there: somebody deleted it. */
export class GoneMessage extends Error {}

/** Nothing can be written in the channel any more; `code` is Slack's word for why. */
export class LostChannel extends Error {
  readonly code: string
  constructor(code: string, cause: Error) {
    super(`Slack takes nothing for the channel (${code})`, { cause })
    this.code = code
  }
}

/** Slack takes no edit for so many real ms: those of all migrations together were too many. */
export class LimitedEdits extends Error {
  readonly retryAfterMs: number
  constructor(retryAfterMs: number, cause: Error) {
    super(`Slack takes no edits for ${retryAfterMs} ms`, { cause })
    this.retryAfterMs = retryAfterMs
  }
}

const OF_GONE = new Set(['message_not_found', 'thread_not_found', 'cant_update_message'])
const OF_CHANNEL = new Set(['channel_not_found', 'not_in_channel', 'is_archived', 'restricted_action'])

/** Those codes of chat.postMessage and chat.update (Slack's pages on both). */
const OF_CONTENT = new Set([
  'block_mismatch',
  'invalid_arguments',
  'invalid_array_arg',
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_text',
])

function asRefusal(error: unknown): never {
  if (error instanceof WebAPIRateLimitedError) throw new LimitedEdits(error.retryAfter * 1000, error)
  const code = error instanceof WebAPIPlatformError ? error.data.error : ''
  if (error instanceof Error && OF_CONTENT.has(code)) throw new RefusedContent(code, error)
  if (OF_GONE.has(code)) throw new GoneMessage(`Slack does not show a message any more (${code})`, { cause: error })
  if (error instanceof Error && OF_CHANNEL.has(code)) throw new LostChannel(code, error)
  throw error
}

/** Why Slack did not do what was asked: its own code, or the client's where there was no answer. */
function codeIn(error: unknown): string {
  if (error instanceof WebAPIPlatformError) return error.data.error
  const { code = 'no answer' } = Object(error) as { readonly code?: string }
  return code
}

/** Slack takes no empty list of blocks; an edit without blocks takes them away. */
function contentOf({ text, blocks }: Message) {
  return { text, ...(blocks.length > 0 ? { blocks } : {}) }
}

/** Implements `Speaker` of jobs/speak.ts; throws RefusedContent, GoneMessage, LostChannel, LimitedEdits, or else what the WebClient throws. */
export function speaker({ botToken, apiUrl }: SlackConfig, onError: (error: Error) => void) {
  // What fails this often fails its job, which the heartbeat makes anew.
  const retryConfig = { retries: 10, maxTimeout: TRY_AGAIN_WITHIN_MS }
  const address = apiUrl ? { slackApiUrl: apiUrl } : {}
  const options = { timeout: CALL_TIMEOUT_MS, retryConfig, ...address, logger: loggerOf(onError) }
  const posts = new WebClient(botToken, options)
  // Each try of an edit takes a turn of its own (jobs/turns.ts), so its job makes the next one. A pin is not worth waiting for, and
  // what Slack says against it is told below, once.
  const once = {
    ...options,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: loggerOf(() => undefined),
  }
  const edits = new WebClient(botToken, once)
  const pins = new WebClient(botToken, once)
  const unpinned = new Set<string>()
  return {
    async post(channel: string, thread: string | null, message: Message): Promise<string> {
      const said = contentOf(message)
      const posted =
        thread === null
          ? posts.chat.postMessage({ channel, ...said })
          : posts.chat.postMessage({
              channel,
              thread_ts: thread,
              reply_broadcast: message.isBroadcast ?? false,
              ...said,
            })
      const { ts } = await posted.catch(asRefusal)
      if (!ts) throw new Error('Slack took the message but gave no timestamp')
      return ts
    },
    async update(channel: string, ts: string, message: Message): Promise<void> {
      await edits.chat.update({ channel, ts, ...contentOf(message) }).catch(asRefusal)
    },
    // Twice: Slack says already_pinned.
    async pin(channel: string, ts: string): Promise<void> {
      const code = await pins.pins.add({ channel, timestamp: ts }).then(
        () => 'already_pinned',
        (error: unknown) => codeIn(error),
      )
      if (code === 'already_pinned' || unpinned.has(code)) return
      unpinned.add(code)
      onError(new Error(`Slack does not pin the status message (${code}); nothing else changes by that.`))
    },
    async membersOf(group: string): Promise<readonly string[] | null> {
      const said = await pins.usergroups.users.list({ usergroup: group }).catch((error: unknown) => {
        onError(new Error(`Slack does not say who is in ${group} (${codeIn(error)}): they get no direct messages.`))
        // A group that is not there is no reason to ask again.
        return isNoGroup(error) ? { users: [] } : null
      })
      return said && (said.users ?? [])
    },
  }
}
