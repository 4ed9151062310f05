// Checks the bot token before anything else is started, so that a token that Slack refuses, or a Slack that does not
// answer, ends the start-up with one sentence. Bolt alone would leave a refused bot token to an unhandled rejection,
// and would wait half an hour for a silent Slack.
import { WebAPIPlatformError, WebClient } from '@slack/web-api'
import { CALL_TIMEOUT_MS, type SlackConfig } from './config.ts'
import { loggerOf } from './logger.ts'

/** Throws a sentence for the person who starts zonehop where Slack refuses the bot token or does not answer. */
export async function requireBotToken(
  { botToken, apiUrl }: SlackConfig,
  onError: (error: Error) => void,
): Promise<void> {
  const client = new WebClient(botToken, {
    ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
    timeout: CALL_TIMEOUT_MS,
    retryConfig: { retries: 0 },
    logger: loggerOf(onError),
  })
  await client.auth.test().catch((error: unknown) => {
    throw error instanceof WebAPIPlatformError
      ? refused('SLACK_BOT_TOKEN', error)
      : new Error(`Slack does not answer at ${apiUrl ?? 'https://slack.com/api/'} (${rootCauseOf(error)}).`, {
          cause: error,
        })
  })
}

/** The error for a token that Slack refused; `name` is the token's environment variable. */
export function refused(name: string, error: WebAPIPlatformError): Error {
  const remedy = 'copy it again from the settings of your Slack app'
  return new Error(`Slack refuses ${name} (${error.data.error}): ${remedy}.`, { cause: error })
}

/** The message of the innermost cause: a failed fetch names the network's own error only there. */
function rootCauseOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? rootCauseOf(error.cause) : error.message
}
