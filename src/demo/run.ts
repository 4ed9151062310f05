// `npm run demo`: a world in a box. Starts Redis, the simulated EC2 and the local Slack, then the bot as `npm start` wires
// it; only endpoints and clock differ. Two scripted people do the rest, and the world is checked at the end.
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startBot } from '../bot.ts'
import type { Migration } from '../core/migration.ts'
import { redisJournal } from '../store/journal.ts'
import { connect } from '../store/redis.ts'
import { simulatedClock } from './clock.ts'
import { startSimulatedEc2 } from './ec2/server.ts'
import { playPeople } from './people.ts'
import { startRedis } from './redis.ts'
import { report } from './report.ts'
import { PEOPLE, type Scenario, wrongs } from './scenario.ts'
import { outageDay } from './scenarios/outage-day.ts'
import type { Row } from './slack/entities.ts'
import { startLocalSlack } from './slack/server.ts'
import { terminal } from './terminal.ts'

export type DemoOptions = {
  readonly scenario: Scenario
  readonly seed: number
  readonly speed: number
  readonly volumes: number
  readonly json: boolean
  readonly loseResponses?: readonly string[]
}

const SCENARIOS = [outageDay]
const CHANNEL = { id: 'C0INCIDENT', name: 'incident' }
/** Buttons with which a migration waits for people; the others may stand for as long as it runs. */
const isAsking = (actionId: string): boolean => /^(approve|confirm)-/.test(actionId)
/** Ten past five in the morning, UTC, of a day that means nothing. */
const START_MS = Date.UTC(2026, 2, 3, 5, 10)
/** Nobody asked anything of EC2 or Slack for this long, in real ms, though a migration is not over: the demo is stuck. */
const STUCK_AFTER_MS = 20_000
/** The longest a bot rests between two looks at EC2, in simulated ms. */
const LOOKS_WITHIN_MS = 120_000

/** Runs the demo the arguments ask for; returns the exit code. */
export async function runDemo(args: string[]): Promise<number> {
  const options = parseOptions(args)
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n`)
    return 2
  }
  try {
    const { json, summary, ok } = await play(options)
    if (!options.json) process.stdout.write(`${summary}\n`)
    if (options.json) process.stdout.write(`${JSON.stringify(json)}\n`)
    return ok ? 0 : 1
  } catch (error) {
    process.stderr.write(`The demo failed: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}

export async function play(options: DemoOptions) {
  const closers: (() => Promise<void> | void)[] = []
  const stop = new AbortController()
  const onSignal = () => stop.abort(new Error('stopped by Ctrl-C'))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal)
  try {
    const redis = await startRedis()
    closers.push(() => redis.close())
    let isDue = () => false
    const clock = simulatedClock({ startMs: START_MS, speedTop: options.speed, isDue: () => isDue() })
    closers.push(() => clock.close())
    const ec2 = await startSimulatedEc2({
      clock,
      world: options.scenario.world(options.volumes),
      random: randomFrom(options.seed),
      lostResponses: [...(options.loseResponses ?? [])],
    })
    closers.push(() => ec2.close())
    const screen = terminal(options.json)
    const onPost = (row: Row): void => {
      if (!row.edited) clock.watch()
      screen.show(row)
    }
    const slack = await startLocalSlack({ clock, people: [...PEOPLE], channel: CHANNEL, onPost, isAsking })
    closers.push(() => slack.close())
    isDue = () => ec2.isEffectInFlight() || slack.hasUnansweredButton()
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_EC2: ec2.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    })
    const before = ec2.state()
    const bot = await startBot(
      { slack: { botToken: slack.botToken, appToken: slack.appToken, apiUrl: slack.apiUrl }, redisUrl: redis.socket },
      clock,
      true,
    )
    closers.push(() => bot.close())
    const reader = connect(redis.socket)
    closers.push(() => reader.disconnect())
    const journal = redisJournal(reader, () => clock.now())
    const stuckAfterMs = STUCK_AFTER_MS + LOOKS_WITHIN_MS / options.speed
    const watchdog = setInterval(() => {
      if (clock.idleMs() > stuckAfterMs) stop.abort(new Error('nothing has been asked of EC2 or Slack for too long'))
    }, 1_000)
    closers.push(() => clearInterval(watchdog))
    const isOver = async () => (await ended(journal)) !== null
    await playPeople({ slack, clock, command: options.scenario.command, isOver, stop: stop.signal })
    const migration = await ended(journal)
    // The last edits keep Slack's pace; a demo ends when the channel has said so.
    await delay(3_500)
    const after = ec2.state()
    const wrong =
      migration?.phase === 'done'
        ? wrongs(before, after, options.scenario)
        : [`the migration ended ${migration?.phase ?? 'nowhere'}`]
    return report({ options, migration, wrong, before, after, slack, ec2, simulatedMs: clock.now() - START_MS })
  } finally {
    for (const close of closers.reverse()) await close()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal)
  }
}

async function ended(journal: ReturnType<typeof redisJournal>): Promise<Migration | null> {
  const [id] = await journal.all()
  const migration = id ? await journal.read(id) : null
  return migration && (migration.phase === 'done' || migration.phase === 'aborted') ? migration : null
}

function parseOptions(args: string[]): DemoOptions | string {
  const text = { type: 'string' } as const
  try {
    const { values } = parseArgs({
      args,
      options: { scenario: text, seed: text, speed: text, volumes: text, json: { type: 'boolean' } },
    })
    const scenario = SCENARIOS.find(({ name }) => name === (values.scenario ?? 'outage-day'))
    if (!scenario)
      return `There is no scenario "${values.scenario}"; there is ${SCENARIOS.map(({ name }) => name).join(', ')}.`
    const numbers = {
      seed: Number(values.seed ?? 1),
      speed: Number(values.speed ?? 3000),
      volumes: Number(values.volumes ?? 0),
    }
    const wrong = Object.entries(numbers).find(
      ([name, value]) => !Number.isInteger(value) || value < (name === 'speed' ? 1 : 0),
    )
    return wrong
      ? `--${wrong[0]} takes a whole number, such as --${wrong[0]} 20.`
      : { scenario, ...numbers, json: values.json ?? false }
  } catch (error) {
    return `${(error as Error).message} The options are --scenario, --seed, --speed, --volumes and --json.`
  }
}

/** A small seeded generator (mulberry32): the same seed gives the same world. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
