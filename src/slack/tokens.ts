// Asked before anything else is begun: a token that Slack refuses, or a Slack that does not answer, is told in one sentence at
// start-up. Bolt alone would leave a refused bot token to an unhandled rejection, and wait half an hour for a silent Slack.
import { LogLevel } from '@slack/bolt'
import { WebAPIPlatformError, WebClient } from '@slack/web-api'
import { CALL_TIMEOUT_MS, type SlackConfig } from './config.ts'

/** Throws the sentence for the person who starts zonehop. */
export async function requireBotToken({ botToken, apiUrl }: SlackConfig): Promise<void> {
  const client = new WebClient(botToken, {
    ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
    timeout: CALL_TIMEOUT_MS,
    retryConfig: { retries: 0 },
    logLevel: LogLevel.ERROR,
  })
  await client.auth.test().catch((error: unknown) => {
    throw error instanceof WebAPIPlatformError
      ? refused('SLACK_BOT_TOKEN', error)
      : new Error(`Slack does not answer at ${apiUrl ?? 'https://slack.com/api/'} (${rootCauseOf(error)}).`, {
          cause: error,
        })
  })
}

/** For a call that Slack answered with no. */
export function refused(name: string, error: WebAPIPlatformError): Error {
  const remedy = 'copy it again from the settings of your Slack app'
  return new Error(`Slack refuses ${name} (${error.data.error}): ${remedy}.`, { cause: error })
}

/** What lies underneath: a failed fetch names the network's own error only in its cause. */
function rootCauseOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? rootCauseOf(error.cause) : error.message
}
