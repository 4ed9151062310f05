// Sorts what the SDK threw for a call: whether the call took effect, and what follows. The table of codes is codes.ts; here
// stands what depends on the call too, and how errors without a code of AWS are named.

import { type Call, RATE_REFUSED } from '../../core/model/effects.ts'
import { RETRY_SLOW_MS, SHOWN_AFTER_MS } from '../../core/model/limits.ts'
import type { Away } from '../../core/model/migration.ts'
import { SAID_MAX, TOLD_MAX, theirs } from '../../core/model/text.ts'
import { type Answer, Unreadable } from '../../core/ports.ts'
import { isOfTls, KEY_REMEDY, type Means, mayBeOfRate, NO_ANSWERS, rowFor } from './codes.ts'

const SOON_MS = 2_000
const MINUTE_MS = 60_000

/** For how long a call is made again while AWS answers so; then it has failed, and people decide. */
const PATIENCE_MS: Readonly<Record<Means, number>> = {
  // With a thousand calls each is refused for long, and none of them is wrong.
  throttled: Number.POSITIVE_INFINITY,
  soon: 5 * MINUTE_MS,
  slow: 15 * MINUTE_MS,
  queued: 24 * 60 * MINUTE_MS,
  // Nothing that people press would end it sooner.
  unsent: Number.POSITIVE_INFINITY,
  // EC2 shows what it has made after five minutes at most (EC2 eventual consistency).
  gone: 5 * MINUTE_MS,
  // It is looked for, and made again where it is not found: failed, it would be made a second time unlooked for.
  unknown: Number.POSITIVE_INFINITY,
  refused: 0,
}

/**
 * The call that an error answers. `isRepeated`: an earlier attempt had no answer, and may have taken effect. `hasRate`: it
 * asks for an initialization rate, without which EC2 may take it.
 */
export type Answered = { readonly call: Call; readonly isRepeated?: boolean; readonly hasRate?: boolean }

/** What an error that the SDK threw means for the call. Never throws, whatever was thrown. */
export function sortError(error: unknown, answered: Answered): Answer {
  const code = theirs(codeOf(error))
  const problem = problemOf(error, code)
  const row = rowFor(code)
  if (answered.hasRate && mayBeOfRate(code, problem)) return rateRefused(code, problem, answered)
  const { means, remedy = row.remedy + elsewhere(error) } = forThisCall(row.means, { code, problem, ...answered })
  const failure = { code, problem, remedy }
  if (means === 'done') return { outcome: 'taken', resource: null }
  if (means === 'refused') return { outcome: 'refused', ...failure }
  const patienceMs = PATIENCE_MS[means]
  if (means === 'unknown') return { outcome: 'unknown', ...failure }
  const retryMs = means === 'throttled' || means === 'soon' ? SOON_MS : RETRY_SLOW_MS
  return { outcome: 'later', ...failure, retryMs, patienceMs }
}

/** An error of AWS in one sentence, for questions that change nothing. */
export function errorWords(error: unknown): string {
  const code = theirs(codeOf(error))
  const problem = problemOf(error, code)
  const detail = problem === '' || problem === code ? '' : problem
  const named = detail.includes(code) ? detail : [code, detail].filter(Boolean).join(': ')
  if (isOutOfReach(error)) return theirs(`AWS does not answer (${named})`, SAID_MAX)
  return theirs(`AWS answered ${code}${detail ? ` (${detail})` : ''}`, SAID_MAX)
}

/** An error of reading a service, in one sentence for people. */
export function unreadable(service: Away['service'], error: unknown): Unreadable {
  if (error instanceof Unreadable) return error
  return new Unreadable({ service, isAnswering: !isOutOfReach(error) }, errorWords(error), error)
}

/** Whether the error says that AWS cannot be reached, or does not answer: nothing about the question itself. */
export function isOutOfReach(error: unknown): boolean {
  const code = codeOf(error)
  const { means } = rowFor(code)
  return means === 'unsent' || NO_ANSWERS.includes(code)
}

/** The code stays in the sentence: with another cause than the rate, the call without one fails by it again, and says it. */
function rateRefused(code: string, problem: string, { isRepeated = false }: Answered): Answer {
  const said = problem === '' ? code : theirs(`${code}: ${problem}`, TOLD_MAX)
  const remedy = 'nothing is to be done: it is asked for again without an initialization rate'
  const failure = { code: RATE_REFUSED, problem: said, remedy }
  // EC2 may look at quotas before the token: an attempt without an answer may have made the volume, and is looked for first.
  return isRepeated
    ? { outcome: 'unknown', ...failure, patienceMs: SHOWN_AFTER_MS }
    : { outcome: 'refused', ...failure }
}

type Said = Answered & { readonly code: string; readonly problem: string }
type Meant = { readonly means: Means | 'done'; readonly remedy?: string }

function forThisCall(means: Means, { code, problem, call, isRepeated }: Said): Meant {
  if (means === 'gone') return goneFor(call)
  switch (code) {
    case 'SnapshotCreationPerVolumeRateExceeded':
      // Behind an attempt without an answer, what was made too soon before may be our own.
      return { means: isRepeated ? 'unknown' : means }
    case 'IdempotentParameterMismatch':
      // EC2 took the volume back, as it does where the key cannot be used; only another token makes another one.
      return /deleted/i.test(problem) ? { means: 'refused', remedy: KEY_REMEDY } : { means }
    case 'VolumeInUse':
      return call === 'delete' ? { means: 'slow', remedy: 'the volume is attached: see to which instance' } : { means }
    case 'InvalidParameterValue':
      return /already in use/i.test(problem)
        ? { means, remedy: 'the device is taken on the successor: free it there, then retry' }
        : { means }
    default:
      return { means }
  }
}

/** What is not there is deleted and detached already; what was just made is shown later; what was there is gone. */
function goneFor(call: Call): Meant {
  switch (call) {
    case 'delete':
      return { means: 'done' }
    case 'detach':
      return { means: 'unknown' }
    case 'snapshot':
    case 'instances':
    case 'command':
      return {
        means: 'refused',
        remedy: 'it is not there any more: look in EC2 whether somebody deleted it, then retry',
      }
    default:
      return { means: 'gone' }
  }
}

type Thrown = Partial<Error> & {
  readonly code?: unknown
  readonly syscall?: unknown
  readonly errors?: readonly unknown[]
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $response?: { readonly statusCode?: number }
}

/** System calls of Node that come before anything is sent. */
const BEFORE_SENDING: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo'])

/** What the SDK names an error in which it found no code, such as a page that happens to be XML. */
const CODELESS = 'Unknown'

/** AWS's code; else a name for why there is none: the system's, or one of our own. */
export function codeOf(error: unknown): string {
  const { name, code, syscall, errors, message, $response } = Object(error) as Thrown
  const said = typeof message === 'string' ? message : ''
  // Node tries all addresses of a name, and tells what became of each.
  if (name === 'AggregateError' && errors?.[0]) return codeOf(errors[0])
  if (code === 'ETIMEDOUT' && syscall === 'connect') return 'NotConnected'
  // Whatever the system says there, nothing was sent; it has more words for it than a list holds.
  if (typeof code === 'string' && BEFORE_SENDING.has(syscall))
    return rowFor(code).means === 'unsent' ? code : 'NotConnected'
  if (typeof code === 'string' && isOfTls(code)) return code
  if (said.includes('before secure TLS connection was established')) return 'NotConnected'
  // The HTTP handler of the SDK names both timeouts alike; only one of them comes before anything is sent.
  if (name === 'TimeoutError') return said.includes('did not establish a connection') ? 'NotConnected' : name
  if (name === 'SyntaxError' || name === CODELESS || (name === 'Error' && $response)) return 'UnreadableAnswer'
  if (typeof code === 'string' && code.startsWith('HPE_')) return 'UnreadableAnswer'
  // A connection that stood may have carried the request before the network was gone.
  if (name === 'Error' && typeof code === 'string') return rowFor(code).means === 'unsent' ? 'ECONNRESET' : code
  return name ?? 'NoAnswer'
}

/** Where EC2 says that it would do it, by the zones that its whole sentence offers; nothing where it offers none. */
function elsewhere(error: unknown): string {
  const { message = '' } = Object(error) as Thrown
  const [, offered = ''] = /\bchoosing (.*)/.exec(String(message)) ?? []
  const zones = [...new Set(offered.match(ZONE))]
  return zones.length > 0 ? `; EC2 offers ${zones.join(', ')}` : ''
}

/** As AWS names zones: us-east-1a, us-gov-west-1b, us-west-2-lax-1a. */
const ZONE = /\b[a-z]{2}(?:-[a-z]+)+-\d+(?:-[a-z]+-\d+)?[a-z]\b/g

/** The error's own sentence; of an answer that is no answer of AWS, the parser's sentence helps nobody. */
function problemOf(error: unknown, code: string): string {
  const { message, $response, $metadata } = Object(error) as Thrown
  if (code !== 'UnreadableAnswer') return typeof message === 'string' ? theirs(message, TOLD_MAX) : ''
  const status = $response?.statusCode ?? $metadata?.httpStatusCode
  return `something other than AWS answered${status === undefined ? '' : `, with HTTP status ${status}`}: a proxy, perhaps`
}
