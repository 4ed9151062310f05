// The Slack edge: real Bolt in Socket Mode. Listeners acknowledge, call an operation, and answer the person alone.
//
// The receiver is built here because `socketMode: true` would let the socket client change the options of every
// WebClient. Posts and edits have WebClients of their own (speaker.ts): one 429 holds up a client's whole queue.

import { App, SocketModeReceiver } from '@slack/bolt'
import { WebAPIPlatformError } from '@slack/web-api'
import type { Hearing, UseCases } from '../core/ports.ts'
import { listenForClicks } from './clicks.ts'
import { listenForCommands } from './commands.ts'
import { CALL_TIMEOUT_MS, type SlackConfig, TRY_AGAIN_WITHIN_MS } from './config.ts'
import { loggerOf } from './logger.ts'
import { listenForMentions } from './mentions.ts'
import { refused } from './tokens.ts'
import { permalinks } from './typed/status-link.ts'
import { listenForWatchClicks } from './watch/clicks.ts'

/** How long the exit waits for the socket to close, real ms: a dead peer must not hold it up. */
const CLOSE_WITHIN_MS = 2_000

/** A started connection to Slack. */
export type Slack = {
  /** Whether the socket is open, so that commands and clicks arrive. */
  isConnected(): boolean
  close(): Promise<void>
}

type Desk = {
  readonly operations: UseCases
  readonly hearing: Hearing
  /** Whether to wait for the connection. Slack that is away is tried for as long as it takes, and nobody waits for that. */
  readonly isSlackThere: boolean
}

/**
 * Throws a sentence for the person who starts zonehop if Slack refuses the app token; where Slack is away, that ends the process later,
 * as a rejection that nobody handles. `onError` gets later errors.
 */
export async function startSlack(
  config: SlackConfig,
  { operations, hearing, isSlackThere }: Desk,
  onError: (error: Error) => void,
): Promise<Slack> {
  const { botToken, appToken, apiUrl } = config
  const clientOptions = apiUrl ? { slackApiUrl: apiUrl } : {}
  const logger = loggerOf(onError)
  const receiver = new SocketModeReceiver({
    appToken,
    logger,
    // It never gives up: a process that ended while Slack is away could not start again, and would take its workers with it.
    installerOptions: {
      clientOptions: { ...clientOptions, retryConfig: { forever: true, maxTimeout: TRY_AGAIN_WITHIN_MS } },
    },
  })
  const timed = { ...clientOptions, timeout: CALL_TIMEOUT_MS }
  const app = new App({ token: botToken, receiver, logger, clientOptions: timed })
  app.error(async (error) => onError(error))
  const desk = { operations, permalink: permalinks(config, onError), onError }
  listenForCommands(app, desk)
  listenForClicks(app, operations, onError)
  listenForWatchClicks(app, operations, onError)
  listenForMentions(app, { ...desk, hearing })
  const started = app.start().catch((error: unknown) => {
    throw error instanceof WebAPIPlatformError ? refused('SLACK_APP_TOKEN', error) : error
  })
  if (isSlackThere) await started
  return {
    isConnected: () => receiver.client.websocket?.isActive() ?? false,
    async close() {
      // Bolt's stop() resolves while the socket is still open, and not at all where it is being opened again.
      const closed = new Promise((resolve) => receiver.client.once('disconnected', resolve))
      const stopped = app.stop().then(() => closed)
      await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, CLOSE_WITHIN_MS).unref())])
    },
  }
}
