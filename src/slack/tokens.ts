// Checks the bot token before anything else is started, so that a token that Slack refuses, or a Slack that does not
// answer, ends the start-up with one sentence. Bolt alone would leave a refused bot token to an unhandled rejection,
// and would wait half an hour for a silent Slack.
import { WebAPIPlatformError, WebClient } from '@slack/web-api'
import { CALL_TIMEOUT_MS, type SlackConfig } from './config.ts'
import { loggerOf } from './logger.ts'

/** Slack does not answer, which is no word against the tokens. */
export class SlackAway extends Error {}

/** Throws a sentence for the person who starts zonehop where Slack refuses the bot token; SlackAway where it does not answer. */
export async function requireBotToken(slack: SlackConfig, onError: (error: Error) => void): Promise<void> {
  // A Slack that does not say what its token may do is no reason to stop.
  const scopes = await grantedScopes(slack, onError)
  const missing = scopes ? NEEDED_SCOPES.filter((scope) => !scopes.includes(scope)) : []
  if (missing.length > 0) throw new Error(lacking('SLACK_BOT_TOKEN', missing))
}

/** What the bot token may do, as Slack says it with every answer; null where it does not say. Throws as requireBotToken does. */
export async function grantedScopes(
  { botToken, apiUrl }: SlackConfig,
  onError: (error: Error) => void,
): Promise<readonly string[] | null> {
  const client = askingOnce(botToken, apiUrl, onError)
  const said = await client.auth.test().catch((error: unknown) => unanswered('SLACK_BOT_TOKEN', apiUrl, error))
  return said.response_metadata?.scopes ?? null
}

/** Throws as requireBotToken does where Slack refuses the app token: Bolt alone tries for ever to open a socket with it. */
export async function requireAppToken(
  { appToken, apiUrl }: SlackConfig,
  onError: (error: Error) => void,
): Promise<void> {
  const client = askingOnce(appToken, apiUrl, onError)
  await client.apps.connections.open({}).catch((error: unknown) => unanswered('SLACK_APP_TOKEN', apiUrl, error))
}

/** A client that makes each call once: whoever starts zonehop waits for the answer. */
function askingOnce(token: string, apiUrl: string | undefined, onError: (error: Error) => void): WebClient {
  return new WebClient(token, {
    ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
    timeout: CALL_TIMEOUT_MS,
    retryConfig: { retries: 0 },
    logger: loggerOf(onError),
  })
}

/** The scopes of a bot token without which zonehop cannot do what it is for. */
export const NEEDED_SCOPES = ['commands', 'chat:write', 'users:read', 'channels:read'] as const

/** The other scopes of manifest.json, each with what is missing without it. */
export const FURTHER_SCOPES: Readonly<Record<string, string>> = {
  'groups:read': 'nothing starts in private channels',
  'app_mentions:read': '@zonehop is not heard',
  'im:history': 'direct messages are not heard',
  'im:read': 'direct messages are not told apart from channels',
  'usergroups:read': 'user groups in zonehop.yaml name nobody',
  'files:write': 'the files of a report are not posted',
  'pins:write': 'status messages are not pinned',
}

/** The sentence for a token that lacks these scopes; `name` is the token's environment variable. */
export function lacking(name: string, scopes: readonly string[]): string {
  const what = scopes.length === 1 ? `the scope ${scopes[0]}` : `the scopes ${scopes.join(', ')}`
  return `${name} lacks ${what}: add ${scopes.length === 1 ? 'it' : 'them'} in the settings of your Slack app (OAuth & Permissions) and install the app again.`
}

function unanswered(name: string, apiUrl: string | undefined, error: unknown): never {
  if (error instanceof WebAPIPlatformError) throw refused(name, error)
  const where = apiUrl ?? 'https://slack.com/api/'
  throw new SlackAway(`Slack does not answer at ${where} (${rootCauseOf(error)}).`, { cause: error })
}

/** The error for a token that Slack refused; `name` is the token's environment variable. */
export function refused(name: string, error: WebAPIPlatformError): Error {
  const { error: code, needed } = error.data as { readonly error: string; readonly needed?: string }
  if (code === 'missing_scope')
    return new Error(
      lacking(name, needed?.split(',') ?? [name === 'SLACK_APP_TOKEN' ? 'connections:write' : 'chat:write']),
      { cause: error },
    )
  const remedy =
    code === 'not_allowed_token_type'
      ? `it takes ${name === 'SLACK_APP_TOKEN' ? 'an app-level token (xapp-), which has connections:write' : 'a bot token (xoxb-)'}`
      : 'copy it again from the settings of your Slack app'
  return new Error(`Slack refuses ${name} (${error.data.error}): ${remedy}.`, { cause: error })
}

/** The message of the innermost cause: a failed fetch names the network's own error only there. */
function rootCauseOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? rootCauseOf(error.cause) : error.message
}
