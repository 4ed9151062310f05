// Environment and zonehop.yaml -> Config, parsed once. Reports every problem together, each with what to do.
import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { type Environment, processSchema, terminalSchema, tidy } from './environment.ts'
import { NO_FILE, parseRulesFile, type RulesFile } from './rules-file.ts'

/** What a process is told by its environment and by zonehop.yaml. */
export type Config = RulesFile & {
  readonly slack: { readonly botToken: string; readonly appToken: string; readonly apiUrl: string | undefined }
  /** redis:// URL, or the path of a unix socket. */
  readonly redisUrl: string
  /** What this installation's keys and queues in Redis begin with. */
  readonly namespace: string
  /** Names of dangers (checkup.ts) that somebody knows and accepts. */
  readonly allowed: readonly string[]
  /** The URL of a drill's clock, which is followed instead of the system's; undefined outside of drills. */
  readonly clockUrl: string | undefined
  /** The path of a file that is touched while the process is healthy, for a supervisor to look at. */
  readonly healthFile: string | undefined
}

/** What a command of a terminal is told: Redis, and who people are. It takes no Slack and no AWS. */
export type TerminalConfig = RulesFile & Pick<Config, 'redisUrl' | 'namespace' | 'clockUrl' | 'allowed'>

type Problems = { readonly problems: readonly string[] }

/** The configuration, or every problem as a sentence of its own. */
export function parseConfig(environment: Environment): Config | Problems {
  const parsed = parseWith(processSchema, environment)
  if ('problems' in parsed) return parsed
  const { file, found } = parsed
  const {
    SLACK_BOT_TOKEN,
    SLACK_APP_TOKEN,
    SLACK_API_URL,
    REDIS_URL,
    ZONEHOP_NAMESPACE,
    ZONEHOP_ALLOW,
    ZONEHOP_CLOCK_URL,
    ZONEHOP_HEALTH_FILE,
  } = found
  return {
    slack: { botToken: SLACK_BOT_TOKEN, appToken: SLACK_APP_TOKEN, apiUrl: SLACK_API_URL },
    redisUrl: REDIS_URL,
    namespace: ZONEHOP_NAMESPACE,
    ...file,
    allowed: namesIn(ZONEHOP_ALLOW),
    clockUrl: ZONEHOP_CLOCK_URL,
    healthFile: ZONEHOP_HEALTH_FILE,
  }
}

/** The part that a terminal takes, or every problem as a sentence of its own. */
export function parseTerminalConfig(environment: Environment): TerminalConfig | Problems {
  const parsed = parseWith(terminalSchema, environment)
  if ('problems' in parsed) return parsed
  const { REDIS_URL, ZONEHOP_NAMESPACE, ZONEHOP_CLOCK_URL, ZONEHOP_ALLOW } = parsed.found
  const told = { redisUrl: REDIS_URL, namespace: ZONEHOP_NAMESPACE, clockUrl: ZONEHOP_CLOCK_URL }
  return { ...parsed.file, ...told, allowed: namesIn(ZONEHOP_ALLOW) }
}

function namesIn(list: string | undefined): string[] {
  return (list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
}

function parseWith<T>(
  shape: z.ZodType<T>,
  environment: Environment,
): { readonly found: T; readonly file: RulesFile } | Problems {
  const given = { ...environment }
  tidy(given)
  const parsed = shape.safeParse(given)
  const file = readRules(given.ZONEHOP_CONFIG)
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}.`)),
    ...('problems' in file ? file.problems : []),
  ]
  return parsed.success && !('problems' in file) ? { found: parsed.data, file } : { problems }
}

/** Without a file, tags and people's choices alone make the plan; a file that ZONEHOP_CONFIG names must be there. */
function readRules(path: string | undefined): RulesFile | Problems {
  const name = path ?? 'zonehop.yaml'
  const said = path ? `ZONEHOP_CONFIG names ${path}, which` : name
  let text: string
  try {
    text = readFileSync(name, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return path ? { problems: [`${said} is not there.`] } : NO_FILE
    if (code === 'EISDIR') return { problems: [`${said} is a folder: put the file there, or name the one in it.`] }
    return { problems: [`${said} cannot be read (${code}): make it a file that the user of this process may read.`] }
  }
  return parseRulesFile(text, name)
}
