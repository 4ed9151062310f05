// Posts, edits and pins messages. It has three WebClients, since a 429 on an edit or a pin must not hold up what is posted.
import { WebAPIPlatformError, WebAPIRateLimitedError, WebClient } from '@slack/web-api'
import { CALL_TIMEOUT_MS, type SlackConfig, TRY_AGAIN_WITHIN_MS } from './config.ts'
import { isNoGroup } from './directory.ts'
import { loggerOf } from './logger.ts'
import type { Message } from './messages/blocks.ts'
import { kindOfRefusal } from './messages/refusals.ts'

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

/** The message is there, and Slack lets nobody edit it. */
export class FixedMessage extends Error {
  readonly code: string
  constructor(code: string, cause: Error) {
    super(`Slack takes no edit of a message (${code}): where it asks anew it is posted anew, else it stays as it is.`, {
      cause,
    })
    this.code = code
  }
}

/** Slack takes nothing from the bot's account, wherever it writes; `code` is Slack's word for why. */
export class RefusedAccount extends Error {
  readonly code: string
  constructor(code: string, cause: Error) {
    super(`Slack takes nothing from zonehop's account (${code}): see the bot token, and that the app is installed.`, {
      cause,
    })
    this.code = code
  }
}

/** Slack does not take a message now; `isUnknown`: by a code of which nobody knows whether that lasts, and what it is about. */
export class UntakenMessage extends Error {
  readonly code: string
  readonly isUnknown: boolean
  constructor(code: string, isUnknown: boolean, cause: Error) {
    super(`Slack does not take a message now (${code})`, { cause })
    this.code = code
    this.isUnknown = isUnknown
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

/** What became of a call, as the class that says what to do about it; what is no refusal of Slack's is left as it is. */
function refusalOf(error: unknown, isEdit: boolean): unknown {
  if (error instanceof WebAPIRateLimitedError) return new LimitedEdits(error.retryAfter * 1000, error)
  if (!(error instanceof WebAPIPlatformError)) return error
  const code = error.data.error
  const kind = kindOfRefusal(code)
  if (kind === 'content') return new RefusedContent(code, error)
  if (kind === 'gone') return new GoneMessage(`Slack does not show a message any more (${code})`, { cause: error })
  if (kind === 'channel') return new LostChannel(code, error)
  if (kind === 'account') return new RefusedAccount(code, error)
  // What is wrong with an edit need not be wrong with a post, whose refusal says more.
  if (isEdit && kind !== 'later') return new FixedMessage(code, error)
  return new UntakenMessage(code, kind !== 'later', error)
}

/** Tells what Slack makes of calls. `heard` gives the answer or throws the refusal; `onError` hears of edits that are left, once a code. */
function hearing(onError: (error: Error) => void) {
  const unedited = new Set<string>()
  let refused: RefusedAccount | null = null
  return {
    /** What Slack has against the bot's account, in a sentence; null once it took a message, or where it never refused one for that. */
    trouble: (): string | null => refused?.message ?? null,
    async heard<T>(call: Promise<T>, isEdit: boolean): Promise<T> {
      try {
        const answer = await call
        refused = null
        return answer
      } catch (error) {
        const refusal = refusalOf(error, isEdit)
        if (refusal instanceof RefusedAccount) refused = refusal
        if (refusal instanceof FixedMessage && !unedited.has(refusal.code)) onError(refusal)
        if (refusal instanceof FixedMessage) unedited.add(refusal.code)
        throw refusal
      }
    },
  }
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

/**
 * Implements `Speaker` of jobs/speak.ts; throws RefusedContent, GoneMessage, FixedMessage, LostChannel, RefusedAccount, UntakenMessage,
 * LimitedEdits, or else what the WebClient throws.
 */
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
  const { heard, trouble } = hearing(onError)
  return {
    trouble,
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
      const { ts } = await heard(posted, false)
      if (!ts) throw new Error('Slack took the message but gave no timestamp')
      return ts
    },
    async update(channel: string, ts: string, message: Message): Promise<void> {
      await heard(edits.chat.update({ channel, ts, ...contentOf(message) }), true)
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
