// How the Slack edge reaches Slack.

export type SlackConfig = {
  readonly botToken: string
  readonly appToken: string
  readonly apiUrl: string | undefined
}

/** Bolt's clients wait for ever unless told; a person waits no longer than this. */
export const CALL_TIMEOUT_MS = 10_000
