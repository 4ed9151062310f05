// Environment -> Config, parsed once. Reports every problem together, each with what to do.
import { z } from 'zod'

export type Config = {
  readonly slack: { readonly botToken: string; readonly appToken: string; readonly apiUrl: string | undefined }
  /** redis:// URL, or the path of a unix socket. */
  readonly redisUrl: string
}

const schema = z.object({
  SLACK_BOT_TOKEN: z
    .string({ error: 'is missing: set it to the bot token of your Slack app, xoxb-...' })
    .startsWith('xoxb-', 'must be a bot token, xoxb-...'),
  SLACK_APP_TOKEN: z
    .string({ error: 'is missing: set it to an app-level token with connections:write, xapp-...' })
    .startsWith('xapp-', 'must be an app-level token, xapp-...'),
  SLACK_API_URL: z.url('must be a URL like https://slack.com/api/, or be left out').optional(),
  REDIS_URL: z
    .string({ error: 'is missing: set it to your Redis, redis://host:6379' })
    .regex(/^(rediss?:\/\/|\/)/, 'must be redis://host:port, rediss://host:port or the path of a unix socket'),
  AWS_REGION: z
    .string({ error: 'is missing: set it to the region of both zones, such as us-east-1' })
    .min(1, 'must name a region, such as us-east-1'),
})

/** The configuration, or every problem as one sentence each. */
export function parseConfig(
  environment: Record<string, string | undefined>,
): Config | { readonly problems: readonly string[] } {
  const parsed = schema.safeParse(environment)
  if (!parsed.success)
    return { problems: parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}.`) }
  const { SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_API_URL, REDIS_URL } = parsed.data
  return { slack: { botToken: SLACK_BOT_TOKEN, appToken: SLACK_APP_TOKEN, apiUrl: SLACK_API_URL }, redisUrl: REDIS_URL }
}
