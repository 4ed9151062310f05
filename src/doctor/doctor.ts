// `npm run doctor`: looks at all that zonehop stands on (tokens, scopes, channels, AWS, documents, Redis, clocks), one line each, with the
// one thing to do where something is wrong. It asks what start-up and a plan ask, by the same code; nothing is started or changed.
import { openClients } from '../aws/clients.ts'
import { aheadOfEc2Ms } from '../aws/time.ts'
import { type Config, parseConfig } from '../config.ts'
import { type Check, green, red } from '../core/model/checks.ts'
import { seenOf } from '../core/model/text.ts'
import { aheadOfSlackMs } from '../slack/time.ts'
import { awsChecks } from './aws-checks.ts'
import { clockChecks, redisChecks } from './redis-checks.ts'
import { slackChecks } from './slack-checks.ts'

type Doing = { readonly now: () => number; readonly out: { write(text: string): unknown } }

/** Writes a line for each thing that it looked at; the exit code is 0 where nothing is red. */
export async function runDoctor(
  environment: Readonly<Record<string, string | undefined>>,
  { now, out }: Doing,
): Promise<number> {
  const checks = await examine(environment, now)
  for (const check of checks) out.write(`${lineOf(check)}\n`)
  const count = (result: Check['result']): number => checks.filter((check) => check.result === result).length
  out.write(`${count('green')} green, ${count('yellow')} yellow, ${count('red')} red.\n`)
  return count('red') === 0 ? 0 : 1
}

async function examine(environment: Parameters<typeof parseConfig>[0], now: () => number): Promise<Check[]> {
  const config = parseConfig(environment)
  if ('problems' in config) return config.problems.map((problem) => red('settings', withoutStop(problem), ''))
  const clients = openClients()
  try {
    const [ofSlack, ofAws, { checks: ofRedis, aheadMs }, aheadOfEc2, aheadOfSlack] = await Promise.all([
      slackChecks(config),
      awsChecks(clients, config.rules),
      redisChecks(config, now),
      aheadOfEc2Ms(clients, now),
      aheadOfSlackMs(config.slack, now),
    ])
    const clocks = { Redis: aheadMs, EC2: aheadOfEc2, Slack: aheadOfSlack }
    return [
      green('settings', 'the environment and zonehop.yaml can be read'),
      ...ofSlack,
      peopleCheck(config),
      ...ofAws,
      ...ofRedis,
      ...clockChecks(clocks, config.allowed),
    ]
  } finally {
    clients.close()
  }
}

function peopleCheck({ people: { approvers } }: Config): Check {
  return approvers.length > 0
    ? green('approvers', `zonehop.yaml names ${approvers.length}`)
    : red('approvers', 'nobody may approve, so nothing starts', 'name approvers under people in zonehop.yaml')
}

/** What others wrote into an answer stays on its one line. */
function lineOf({ result, name, cause, remedy }: Check): string {
  const todo = remedy === '' ? '' : `: ${remedy}`
  return seenOf(`${result.padEnd(6)} ${name}: ${withoutStop(cause)}${todo}.`)
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, '')
}
