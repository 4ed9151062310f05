// How the Slack edge reaches Slack.

/** The bot token (xoxb-), the app-level token (xapp-), and the Web API's URL; undefined means Slack's own. */
export type SlackConfig = {
  readonly botToken: string
  readonly appToken: string
  readonly apiUrl: string | undefined
}

/** Real ms for one call to Slack: Bolt's clients wait for ever by default; a person does not wait longer than this. */
export const CALL_TIMEOUT_MS = 10_000
