// The variables of the environment that a process takes: what each must look like, and what is said of one that does not. None of these
// sentences repeats what was given, since it may hold a password.
import { z } from 'zod'

/** The namespace of an installation that shares its Redis with no other. */
export const DEFAULT_NAMESPACE = 'zonehop'

/** Variables as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Names of the variables that zonehop, or the AWS SDK beneath it, reads. */
const READ = /^(?:AWS|REDIS|SLACK|ZONEHOP)_/

/**
 * Trims what zonehop and the AWS SDK read there, and takes away what is empty: `${X:-}` of a compose file sets what nobody has set, and
 * the SDK takes an empty region for a region.
 */
export function tidy(environment: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(environment)) {
    if (!READ.test(name)) continue
    const text = value?.trim() ?? ''
    if (text === '') delete environment[name]
    else environment[name] = text
  }
}

const REDIS_FORMS = 'must be redis://host:port, rediss://host:port or the path of a unix socket'
/**
 * A password must not hold as it is what would end the host, or begin a code; the codes are those of RFC 3986, 2.1. The example has no
 * password in its place, since whatever writes this takes passwords out.
 */
const REDIS_UNREADABLE =
  'cannot be read: write redis://host:6379/0, with a port up to 65535, and user:password@ before the host, where the password has %25 for %, %23 for #, %2F for /, %3F for ? and %40 for @'

const missing = (what: string) => ({ error: `is missing: set it to ${what}` })

/** AWS's form, such as us-gov-west-1. A zone goes on with a letter or a place: us-east-1a, us-west-2-lax-1a. */
const REGION = /^[a-z]+(?:-[a-z]+)+-\d+$/
const ZONE = /^([a-z]+(?:-[a-z]+)+-\d+)(?:[a-z]|-[a-z0-9-]+)$/

const region = z
  .string(missing('the region of both zones, such as us-east-1'))
  .regex(REGION, { error: ({ input }) => notARegion(String(input)) })

/** The variables that every role takes. */
export const processSchema = z.object({
  SLACK_BOT_TOKEN: z
    .string(missing('the bot token of your Slack app, which begins with xoxb-'))
    .startsWith('xoxb-', 'must be a bot token, which begins with xoxb-'),
  SLACK_APP_TOKEN: z
    .string(missing('an app-level token with connections:write, which begins with xapp-'))
    .startsWith('xapp-', 'must be an app-level token, which begins with xapp-'),
  SLACK_API_URL: z.url('must be a URL like https://slack.com/api/, or be left out').optional(),
  REDIS_URL: z
    .string(missing('your Redis, redis://host:6379'))
    .regex(/^(rediss?:\/\/|\/)/, { error: REDIS_FORMS, abort: true })
    .refine(isRedisAddress, REDIS_UNREADABLE),
  ZONEHOP_NAMESPACE: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'must be at most 40 of a-z, 0-9, - and _, such as zonehop')
    .default(DEFAULT_NAMESPACE),
  AWS_REGION: region,
  ZONEHOP_CONFIG: z.string().optional(),
  ZONEHOP_ALLOW: z.string().optional(),
  ZONEHOP_CLOCK_URL: z.url('must be the URL of a drill, or be left out').optional(),
  ZONEHOP_HEALTH_FILE: z.string().optional(),
})

/** The variables that a command of a terminal takes; without a region the SDK looks for one in its own files. */
export const terminalSchema = processSchema
  .pick({ REDIS_URL: true, ZONEHOP_NAMESPACE: true, ZONEHOP_CLOCK_URL: true, ZONEHOP_ALLOW: true })
  .extend({ AWS_REGION: region.optional() })

function notARegion(text: string): string {
  const [, of] = ZONE.exec(text) ?? []
  return of ? `names a zone: set it to the zone's region, ${of}` : 'must name a region, such as us-east-1'
}

/** A `#`, `/` or `?` in a password would make a host of what stands before it, and of the rest a path. */
function isRedisAddress(text: string): boolean {
  if (text.startsWith('/')) return true
  if (text.includes('#') || !URL.canParse(text)) return false
  const { hostname, username, password, pathname, search } = new URL(text)
  return hostname !== '' && /^(?:\/\d*)?$/.test(pathname) && !search.includes('@') && isDecodable(username + password)
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
