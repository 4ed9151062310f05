// How the Slack edge reaches Slack.

/** The bot token (xoxb-), the app-level token (xapp-), and the Web API's URL; undefined means Slack's own. */
export type SlackConfig = {
  readonly botToken: string
  readonly appToken: string
  readonly apiUrl: string | undefined
}

/** Real ms for one call to Slack: Bolt's clients wait for ever by default; a person does not wait longer than this. */
export const CALL_TIMEOUT_MS = 10_000

/**
 * Real ms between two tries of a call that Slack does not answer. The SDK's own pauses grow to minutes, for which the thread would stay
 * silent and buttons dead once Slack is back.
 */
export const TRY_AGAIN_WITHIN_MS = 2_000
