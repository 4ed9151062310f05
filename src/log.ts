// What a process tells those who keep it running, on standard error. Errors of libraries carry what was sent: ioredis keeps a
// command's arguments, the password of AUTH and journal entries among them. So only named fields of an error are written, and the
// secrets that this process was given are taken out of every text.
import { pino } from 'pino'

/** Real ms for which a message that was written is left out. */
const SAYS_AGAIN_MS = 10_000
/** Messages that are remembered; at this many all of them are forgotten. */
const SAID_MAX = 1_000
/** Slack's tokens (xoxb-, xoxp-, xapp- ...) with all their dotted parts, and the user and password of a URL. */
const SECRETS = /\bx(?:ox[a-z]|app)-[\w-]+(?:\.[\w-]+)*|(?<=\/\/)[^\s/@]*:[^\s/@]*(?=@)/g

type Environment = Readonly<Record<string, string | undefined>>

/** A text without secrets. */
export type Redact = (text: string) => string

/** Takes out the secrets of this environment (tokens, keys, the password of Redis), and whatever looks like one. */
export function redacting(environment: Environment): Redact {
  const { SLACK_BOT_TOKEN, SLACK_APP_TOKEN, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, REDIS_URL = '' } = environment
  const given = [SLACK_BOT_TOKEN, SLACK_APP_TOKEN, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, ...passwordsOf(REDIS_URL)]
  const known = given.filter((secret) => secret !== undefined && secret !== '') as string[]
  return (text) => known.reduce((all, secret) => all.replaceAll(secret, '[secret]'), text.replace(SECRETS, '[secret]'))
}

/**
 * As it stands there, whatever is wrong with it, as a URL has it, and as it is sent: a process that refuses its settings writes too. None
 * where there is none, or a socket's path.
 */
function passwordsOf(redisUrl: string): string[] {
  const [, typed = ''] = /^\w+:\/\/[^:@/]*:(.*)@/s.exec(redisUrl) ?? []
  const { password = '', searchParams } = URL.canParse(redisUrl) ? new URL(redisUrl) : {}
  const all = [typed, password, searchParams?.get('password') ?? '']
  return [...new Set([...all, ...all.map(decoded)])].filter((one) => one !== '')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * Writes an error as one line of JSON: its name, message, code and stack, and those of its causes. Thirty connections that lose one
 * Redis emit the same error every second, so the same message is written once in SAYS_AGAIN_MS.
 */
export function errorLog(
  redact: Redact,
  out: { write(line: string): void } = pino.destination(2),
): (error: Error) => void {
  const log = pino({ name: 'zonehop', serializers: { err: (error: Error) => fieldsOf(error, redact) } }, out)
  const saidAtMs = new Map<string, number>()
  return (error) => {
    const nowMs = performance.now()
    if (nowMs - (saidAtMs.get(error.message) ?? Number.NEGATIVE_INFINITY) < SAYS_AGAIN_MS) return
    if (saidAtMs.size >= SAID_MAX) saidAtMs.clear()
    saidAtMs.set(error.message, nowMs)
    log.error({ err: error }, redact(error.message))
  }
}

function fieldsOf(error: Error, redact: Redact): object {
  const { name, message, stack = '', cause } = error
  const { code } = error as { code?: unknown }
  return {
    type: name,
    message: redact(message),
    ...(typeof code === 'string' ? { code } : {}),
    stack: redact(stack),
    ...(cause instanceof Error ? { cause: fieldsOf(cause, redact) } : {}),
  }
}
